// Every table of every package in the corpus, exported by us and by `msiinfo export` of msitools.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { bytesSource, codePage, concatBytes } from 'msikit/base'
import { exportTable, openDatabase, type Database } from 'msikit/database'

const corpus = join(process.env.MSIKIT_SHARED ?? resolve(import.meta.dirname, '../../../shared'), 'corpus')
const missing = !existsSync(corpus) ? `${corpus} is absent` : spawnSync('msiinfo', ['--version']).error ? 'msiinfo is not installed' : false
const packages = existsSync(corpus)
  ? readdirSync(corpus, { recursive: true }).map(String).filter((name) => /\.ms[imp]$/i.test(name)).sort() : []

const open = (path: string): Database => openDatabase(bytesSource(readFileSync(path)))

/** msiinfo writes the streams of a table into folders of the working directory. */
const scratch = mkdtempSync(join(tmpdir(), 'msikit-msiinfo-'))
after(() => { rmSync(scratch, { recursive: true, force: true }) })

function msiinfo(path: string, table: string): Uint8Array {
  const { stdout, status, stderr } = spawnSync('msiinfo', ['export', resolve(path), table], { maxBuffer: 1 << 28, cwd: scratch })
  assert.equal(status, 0, String(stderr))
  return stdout
}

/** All fields, with control characters as they are in the database and streams named by the key. */
function ourFields(archive: Uint8Array, codepage: number): string[] {
  const text = codePage(codepage === 0 ? 1252 : codepage).decode(archive)
  const fields = text.replace(/^(.*\r\n.*\r\n)\d+\t/, '$1').split(/\t|\r\n/)
  return fields.join('\t').replaceAll('\u0011', '\r').replaceAll('\u0019', '\n').split(/\t|\r\n/)
}

/** msiinfo writes UTF-8 without a code page in line 3, leaves control characters alone, and names a stream by its table too. */
function theirFields(archive: Uint8Array, table: string): string[] {
  return codePage(65001).decode(archive).split(/\t|\r\n/).map((field) => field.startsWith(`${table}.`) ? `${field.slice(table.length + 1)}.ibd` : field)
}

const suminfo = (path: string): string => String(spawnSync('msiinfo', ['suminfo', path]).stdout)

function requireSame(ours: readonly string[], theirs: readonly string[], table: string): void {
  const at = theirs.findIndex((field, index) => field !== ours[index])
  const shown = at < 0 ? '' : `field ${at}: ${JSON.stringify(ours[at])?.slice(0, 200)} but msiinfo has ${JSON.stringify(theirs[at])?.slice(0, 200)}`
  assert.ok(at < 0 && ours.length === theirs.length, `${table}, ${shown}`)
}

for (const name of packages) {
  test(`the tables of ${name} are those that msiinfo exports`, { skip: missing }, () => {
    const path = join(corpus, name)
    const database = open(path)
    assert.deepEqual([...database.tableNames].sort(), tableNames(path))
    for (const table of database.tableNames) {
      requireSame(ourFields(exportTable(database, table), database.codepage), theirFields(msiinfo(path, table), table), table)
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
        requireSame(theirFields(msiinfo(saved, table), table).sort(), theirFields(msiinfo(path, table), table).sort(), table)
      }
      assert.equal(suminfo(saved), suminfo(path))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}

function tableNames(path: string): string[] {
  return String(spawnSync('msiinfo', ['tables', path]).stdout).split('\n').filter((table) => table !== '' && !/^_(SummaryInformation|ForceCodepage)$/.test(table)).sort()
}
