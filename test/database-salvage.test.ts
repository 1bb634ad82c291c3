// Damaged files open as far as they can, with findings that say what is wrong and where; strict reading refuses them.
import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { bytesSource, readAll } from 'msikit/base'
import { openCompoundFile, writeCompoundFile } from 'msikit/compound-file'
import { createDatabase, decodeStreamName, openDatabase, standardTable } from 'msikit/database'
import { sharedPath, skipWithout } from './shared.ts'

const sectorBytes = 512

function aFile(): Uint8Array {
  const database = createDatabase({ codepage: 1252 })
  for (const name of ['Property', 'Binary']) database.createTable({ name, columns: standardTable(name)!.columns })
  for (let row = 0; row < 1500; row++) database.table('Property')!.insert([`NAME${row}`, `value ${row}`])
  database.table('Binary')!.insert(['icon', bytesSource(new Uint8Array(20_000).fill(7))])
  database.table('Binary')!.insert(['small', bytesSource(new Uint8Array(100).fill(8))])
  const chunks: Uint8Array[] = []
  database.save({ write: (chunk) => { chunks.push(chunk.slice()) } })
  return new Uint8Array(Buffer.concat(chunks))
}

/** The ids of findings, each once. */
function findingsOf(bytes: Uint8Array): string[] {
  const database = openDatabase(bytes)
  for (const name of database.tableNames) for (const row of database.table(name)!.rows()) row.cells()
  return [...new Set(database.findings.map(({ id }) => id))]
}

test('A file without its allocation table is read as one that lies in order, whole', () => {
  const bytes = aFile()
  const view = new DataView(bytes.buffer)
  for (let index = 0; index < 109; index++) if (view.getUint32(0x4c + index * 4, true) < 0xfffffff0) view.setUint32(0x4c + index * 4, 0x7000_0000, true)
  const database = openDatabase(bytes)
  assert.equal(database.table('Property')!.find('NAME1499')!.text('Value'), 'value 1499')
  assert.ok(readAll(database.stream('Binary.icon')!).every((byte) => byte === 7))
  assert.deepEqual([...readAll(database.stream('Binary.small')!)], Array.from({ length: 100 }, () => 8))
  assert.deepEqual(findingsOf(bytes), ['fat-lost'])
  assert.throws(() => openDatabase(bytes, { strict: true }), { code: 'ERROR_INVALID_DATA', message: /FAT sector 0: expected a sector below \d+, found 1879048192/ })
})

test('Entries of a directory whose links are broken are found all the same', () => {
  const bytes = aFile()
  const view = new DataView(bytes.buffer)
  const directory = (view.getUint32(0x30, true) + 1) * sectorBytes
  view.setUint32(directory + 76, 9999, true)
  const database = openDatabase(bytes)
  assert.equal(database.table('Property')!.rowCount, 1500)
  assert.deepEqual(findingsOf(bytes), ['directory-link', 'directory-orphan'])
})

function lost(names: readonly string[]): Uint8Array {
  const root = openCompoundFile(bytesSource(aFile())).root
  const chunks: Uint8Array[] = []
  const entries = root.entries.filter((entry) => !names.includes(decodeStreamName(entry.name).name))
    .map((entry) => ({ kind: 'stream' as const, name: entry.name, source: (entry as { source: ReturnType<typeof bytesSource> }).source }))
  writeCompoundFile({ classId: root.classId, entries }, { write: (chunk) => { chunks.push(chunk.slice()) } })
  const bytes = new Uint8Array(Buffer.concat(chunks))
  // Something else that is wrong: otherwise nothing is lost, and the tables are not there on purpose.
  bytes[0x1a] = 9
  return bytes
}

test('Tables that the catalog lost are known from their columns, or from the documentation', () => {
  assert.deepEqual(findingsOf(lost(['_Tables'])), ['header-field', 'table-unlisted'])
  assert.equal(openDatabase(lost(['_Tables'])).table('Property')!.find('NAME7')!.text('Value'), 'value 7')
  const assumed = openDatabase(lost(['_Tables', '_Columns']))
  assert.equal(assumed.table('Property')!.find('NAME7')!.text('Value'), 'value 7')
  assert.ok(assumed.findings.some(({ id, found }) => id === 'table-assumed' && found === 'none; read as the documented table'))
})

test('A file that was cut gives what comes before the cut, at every length', () => {
  const bytes = aFile()
  let most = 0
  for (let length = bytes.length; length >= sectorBytes; length -= sectorBytes * 3) {
    try {
      const database = openDatabase(bytes.subarray(0, length))
      for (const name of database.tableNames) for (const row of database.table(name)!.rows()) row.cells()
      for (const name of database.streamNames()) database.stream(name)!.read(0, 1 << 20)
      if (length < bytes.length) assert.ok(database.findings.length > 0, `${length} bytes`)
      most = Math.max(most, database.findings.length)
    } catch (error) {
      assert.match(String(error), /compound file directory, root entry/, `${length} bytes`)
    }
    if (length < bytes.length) assert.throws(() => openDatabase(bytes.subarray(0, length), { strict: true }), { code: 'ERROR_INVALID_DATA' })
  }
  assert.ok(most < 100, `${most} findings: expected one for each thing that is wrong, not for each cell`)
})

test('A real package of which a tenth is left still has most of its tables', { skip: skipWithout('corpus', 'NUnit-2.5.2.9222.msi') }, () => {
  const whole = readFileSync(sharedPath('corpus', 'NUnit-2.5.2.9222.msi')!)
  const left = openDatabase(whole.subarray(0, whole.length / 10))
  assert.equal(left.table('File')!.rowCount, openDatabase(whole).table('File')!.rowCount)
  assert.ok(left.tableNames.length > 30)
})
