// A process that edits a package in place and is killed at any moment leaves a package that opens strictly, with all of
// one commit and nothing of the next.
import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { bytesSource, readAll } from 'msikit/base'
import { createDatabaseFile, openDatabaseFile } from 'msikit/node'

const kills = 12
const rows = 3000

/** Writes the number of the commit into every row and into a stream, over and over. */
const editor = `
  import { openDatabaseFile } from 'msikit/node'
  import { bytesSource } from 'msikit/base'
  const database = openDatabaseFile(process.argv[1])
  for (let commit = database.query('SELECT \`V\` FROM \`T\`').first().V + 1; ; commit++) {
    database.query('UPDATE \`T\` SET \`V\` = ?', [commit])
    database.setStream('data', bytesSource(new Uint8Array(300_000).fill(commit & 0xff)))
    database.commit()
    process.stdout.write('.')
  }`

test('a package that is edited in place survives kill -9', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-kill-'))
  const path = join(folder, 'edited.msi')
  try {
    {
      using database = createDatabaseFile(path)
      database.query('CREATE TABLE `T` (`K` SHORT NOT NULL, `V` LONG NOT NULL PRIMARY KEY `K`)')
      for (let row = 1; row <= rows; row++) database.table('T')!.insert([row, 0])
      database.setStream('data', bytesSource(new Uint8Array(300_000)))
      database.commit()
    }
    let last = 0
    for (let kill = 0; kill < kills; kill++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', editor, path], { stdio: ['ignore', 'pipe', 'inherit'] })
      await once(child.stdout, 'data')
      await pause(kill * 7)
      child.kill('SIGKILL')
      await once(child, 'exit')
      using database = openDatabaseFile(path, { strict: true })
      const commits = new Set(database.query('SELECT `V` FROM `T`').all().map(({ V }) => V))
      assert.equal(commits.size, 1)
      const [commit] = commits
      assert.ok(Number(commit) > last, `commit ${String(commit)} after ${last}`)
      last = Number(commit)
      assert.ok(readAll(database.stream('data')!).every((byte) => byte === (last & 0xff)))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
