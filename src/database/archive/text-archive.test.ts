import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { bytesSource, codePage, readAll } from '../../base/index.ts'
import type { SummaryValue } from '../../property-set/index.ts'
import { createDatabase, exportTable, importTable, type Database } from '../index.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const shown = (one: Database): unknown => [...one.table('T')!.rows()].map((row) => row.cells())
const byKey = (one: Database): unknown => new Map([...one.table('T')!.rows()].map((row) => [row.text('A'), row.cells()]))
const text = (bytes: Uint8Array): string => codePage(65001).decode(bytes)

test('a table is written as Windows writes it', () => {
  const database = createDatabase({ codepage: 1252 })
  const table = database.createTable({
    name: 'Icon', columns: [{ name: 'Name', type: 'string', width: 72, key: true }, { name: 'Text', type: 'string', nullable: true, localizable: true },
      { name: 'Size', type: 'int32', nullable: true }, { name: 'Data', type: 'binary' }],
  })
  table.insert(['app.ico', 'one\ttwo\r\nthree', -5, bytesSource(Uint8Array.of(1))])
  const streams: string[] = []
  const archive = exportTable(database, 'Icon', { onStream: (name, source) => streams.push(`${name} ${source.size}`) })
  assert.equal(text(archive), 'Name\tText\tSize\tData\r\ns72\tL0\tI4\tv0\r\nIcon\tName\r\napp.ico\tone\u0010two\u0011\u0019three\t-5\tapp.ico.ibd\r\n')
  assert.deepEqual(streams, ['app.ico.ibd 1'])
})

test('the code page stands in line 3 when there is text beyond ASCII', () => {
  const database = createDatabase({ codepage: 1252 })
  database.createTable({ name: 'T', columns: [{ name: 'A', type: 'string', key: true }] }).insert(['é'])
  assert.deepEqual([...exportTable(database, 'T')].slice(-14), [...utf8('\n1252\tT\tA\r\n'), 0xe9, 0x0d, 0x0a])
})

test('a neutral database takes the code page of an archive, another one refuses it', () => {
  const archive = Uint8Array.of(...utf8('A\r\ns0\r\n1251\tT\tA\r\n'), 0xc6, 0x0d, 0x0a)
  const database = createDatabase()
  importTable(database, archive)
  assert.equal(database.codepage, 1251)
  assert.equal(database.table('T')!.find('Ж')?.text('A'), 'Ж')
  assert.throws(() => importTable(createDatabase({ codepage: 1252 }), archive), { number: 2221 })
})

test('_ForceCodepage sets the code page and an unknown one is refused', () => {
  const database = createDatabase()
  assert.equal(importTable(database, utf8('\r\n\r\n932\t_ForceCodepage\r\n')), '_ForceCodepage')
  assert.equal(database.codepage, 932)
  assert.equal(text(exportTable(database, '_ForceCodepage')), '\r\n\r\n932\t_ForceCodepage\r\n')
  assert.throws(() => importTable(database, utf8('\r\n\r\n12345\t_ForceCodepage\r\n')), { code: 'ERROR_FUNCTION_FAILED' })
})

test('summary information goes out and in', () => {
  const database = createDatabase()
  const archive = 'PropertyId\tValue\r\ni2\tl255\r\n_SummaryInformation\tPropertyId\r\n1\t1252\r\n2\tTitle\r\n12\t2017/02/18 17:14:40\r\n14\t200\r\n'
  importTable(database, utf8(archive))
  assert.equal(text(exportTable(database, '_SummaryInformation')), archive)
})

test('properties of the summary information that a text archive cannot have are left out of it', () => {
  const database = createDatabase()
  database.summary = { codepage: 1252, properties: new Map<number, SummaryValue>([
    [2, { type: 'i4', value: 5 }], [7, { type: 'other', variant: 31, bytes: new Uint8Array(4) }], [12, { type: 'filetime', value: 0xffff_ffff_ffff_ffffn }],
    [13, { type: 'lpstr', value: 'now' }], [100, { type: 'lpstr', value: 'x' }],
  ]) }
  const archive = exportTable(database, '_SummaryInformation')
  importTable(database, archive)
  assert.deepEqual([...database.summary.properties.keys()], [2])
})

test('control characters of the summary information are escaped as those of tables are', () => {
  const database = createDatabase({ codepage: 1252 })
  const value = 'one\ttwo\r\nthree'
  database.summary = { codepage: 1252, properties: new Map([[1, { type: 'i2', value: 1252 }], [6, { type: 'lpstr', value }]]) }
  const archive = exportTable(database, '_SummaryInformation')
  assert.match(text(archive), /\r\n6\tone\u0010two\u0011\u0019three\r\n$/)
  const other = createDatabase()
  importTable(other, archive)
  assert.deepEqual(other.summary.properties.get(6), { type: 'lpstr', value })
})

test('streams are asked for by the names in their cells', () => {
  const database = createDatabase()
  const archive = utf8('Name\tData\r\ns72\tV0\r\nBinary\tName\r\none\tone.ibd\r\n')
  importTable(database, archive, { stream: (name) => name === 'one.ibd' ? bytesSource(utf8('words')) : undefined })
  assert.equal(text(database.stream('Binary.one')!.read(0, 9)), 'words')
  assert.throws(() => importTable(database, archive), /expected a file "one.ibd", found none/)
})

const refused: readonly (readonly [name: string, archive: string, message: RegExp])[] = [
  ['no table in line 3', 'A\r\ns0\r\n\r\n', /expected the name of a table/],
  ['an unknown type', 'A\r\nx9\r\nT\tA\r\n', /expected a column type for A, found "x9"/],
  ['an integer of three bytes', 'A\r\ni3\r\nT\tA\r\n', /expected a column type for A, found "i3"/],
  ['more fields than columns', 'A\r\ns0\r\nT\tA\r\nx\ty\r\n', /expected 1 fields in row 1, found 2/],
  ['no primary key', 'A\r\ns0\r\nT\r\n', /expected a primary key/],
]
for (const [name, archive, message] of refused) {
  test(`an archive with ${name} is refused`, () => assert.throws(() => importTable(createDatabase(), utf8(archive)), message))
}

test('whatever is exported is imported again', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'B', '\t', '\r', '\n', '\b', '\f', 'é', '漢', ' ', '|') })
  fc.assert(fc.property(fc.uniqueArray(fc.tuple(cell.filter((one) => one !== ''), fc.option(fc.integer({ min: -32767, max: 32767 })), cell), { selector: ([key]) => key }), (rows) => {
    const database = createDatabase({ codepage: 65001 })
    const table = database.createTable({
      name: 'T', columns: [{ name: 'A', type: 'string', key: true }, { name: 'B', type: 'int16', nullable: true }, { name: 'C', type: 'string', nullable: true }],
    })
    for (const row of rows) table.insert(row)
    const copy = createDatabase({ codepage: 65001 })
    importTable(copy, exportTable(database, 'T'))
    // Rows come in the order of their texts' numbers in the string pool, and the copy met the texts in another order.
    assert.deepEqual(byKey(copy), byKey(database))
  }))
})

test('an archive that is refused leaves the database as it was, streams and code page too', () => {
  const database = createDatabase()
  const stream = (file: string) => bytesSource(utf8(file))
  importTable(database, utf8('A\tD\ns72\tV0\nT\tA\na\ta.ibd\nb\tb.ibd\n'), { stream })
  const before = text(exportTable(database, 'T'))
  const left = (): unknown => [text(exportTable(database, 'T')), database.streamNames(), text(readAll(database.stream('T.a')!)), database.codepage]
  for (const bad of ['A\tD\ns72\tV0\n1252\tT\tA\na\tother.ibd\nc\tc.ibd\nc\tc.ibd\n', 'A\tB\ns72\ti2\n1252\tT\tA\na\tx\n', 'A\tB\ns72\tS0\n1252\tT\tB\na\tx\n']) {
    assert.throws(() => importTable(database, utf8(bad), { stream }), { code: 'ERROR_FUNCTION_FAILED' })
    assert.deepEqual(left(), [before, ['T.a', 'T.b'], 'a.ibd', 0])
  }
  importTable(database, utf8('A\tD\ns72\tV0\n1252\tT\tA\nb\tnew.ibd\n'), { stream })
  assert.deepEqual([database.streamNames(), text(readAll(database.stream('T.b')!)), database.codepage], [['T.b'], 'new.ibd', 1252])
})

test('a byte order mark in front of an archive is passed over', () => {
  const database = createDatabase()
  importTable(database, utf8('\ufeffA\ns72\n65001\tT\tA\nä\n'))
  assert.deepEqual(shown(database), [['ä']])
})
