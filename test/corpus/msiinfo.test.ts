// Every table of every package in the corpus, exported by us and by `msiinfo export` of msitools.
import { strict as assert } from 'node:assert'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { bytesSource, concatBytes } from 'msikit/base'
import { openDatabase, type Database } from 'msikit/database'
import { hasMsiinfo, ourFields, requireSame, suminfo, tableNames, theirFields } from './msitools.ts'

const corpus = join(process.env.MSIKIT_SHARED ?? resolve(import.meta.dirname, '../../../shared'), 'corpus')
const missing = !existsSync(corpus) ? `${corpus} is absent` : hasMsiinfo ? false : 'msiinfo is not installed'
const packages = existsSync(corpus)
  ? readdirSync(corpus, { recursive: true }).map(String).filter((name) => /\.ms[imp]$/i.test(name)).sort() : []

const open = (path: string): Database => openDatabase(bytesSource(readFileSync(path)))

/** msiinfo writes the streams of a table into folders of the working directory. */
const scratch = mkdtempSync(join(tmpdir(), 'msikit-msiinfo-'))
after(() => { rmSync(scratch, { recursive: true, force: true }) })

for (const name of packages) {
  test(`the tables of ${name} are those that msiinfo exports`, { skip: missing }, () => {
    const path = join(corpus, name)
    const database = open(path)
    assert.deepEqual([...database.tableNames].sort(), tableNames(path))
    for (const table of database.tableNames) {
      requireSame(ourFields(database, table), theirFields(path, table, scratch), table)
    }
    assert.deepEqual(database.findings, [])
  })

  test(`${name}, saved by us, is the same to msiinfo`, { skip: missing }, () => {
    const path = join(corpus, name)
    const database = open(path)
    const parts: Uint8Array[] = []
    database.save({ write: (chunk) => { parts.push(chunk.slice()) } })
    const folder = mkdtempSync(join(tmpdir(), 'msikit-'))
    try {
      const saved = join(folder, 'saved.msi')
      writeFileSync(saved, concatBytes(parts))
      assert.deepEqual(tableNames(saved), tableNames(path))
      for (const table of database.tableNames) {
        requireSame(theirFields(saved, table, scratch).sort(), theirFields(path, table, scratch).sort(), table)
      }
      assert.equal(suminfo(saved), suminfo(path))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}
