import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { bytesSource, concatBytes } from '../base/index.ts'
import { createDatabase, openDatabase, type Database, type TableDefinition } from './index.ts'

const bytesOf = (database: Database): Uint8Array => {
  const parts: Uint8Array[] = []
  database.save({ write: (chunk) => { parts.push(chunk.slice()) } })
  return concatBytes(parts)
}
const reopen = (database: Database, strict = true): Database => openDatabase(bytesSource(bytesOf(database)), { strict })

function phoneBook(): Database {
  const database = createDatabase({ codepage: 1252 })
  const table = database.createTable({
    name: 'Phone',
    columns: [
      { name: 'Id', type: 'int16', key: true }, { name: 'Name', type: 'string', width: 32, nullable: true },
      { name: 'Number', type: 'int32', nullable: true }, { name: 'Photo', type: 'binary', nullable: true },
    ],
  })
  table.insert([7, 'Zoë', -2147483647, bytesSource(Uint8Array.of(1, 2, 3))])
  table.insert([-32767, 'Abe', null, null])
  table.insert([3, null, 0])
  return database
}

test('rows survive saving, in the order of their raw keys', () => {
  const rows = [...reopen(phoneBook()).table('Phone')!.rows()]
  assert.deepEqual(rows.map((row) => [row.integer('Id'), row.text('Name'), row.integer('Number')]),
    [[-32767, 'Abe', null], [3, '', 0], [7, 'Zoë', -2147483647]])
  assert.deepEqual([...rows[2]!.stream('Photo')!.read(0, 9)], [1, 2, 3])
  assert.equal(rows[0]!.stream('Photo'), undefined)
})

test('a column that the table does not have reads as null', () => {
  const row = phoneBook().table('Phone')!.find(7)!
  assert.deepEqual([row.text('X'), row.integer('X'), row.isNull('X'), row.stream('X'), row.cell('X')], ['', null, true, undefined, null])
})

test('the same content gives the same bytes', () => {
  assert.deepEqual(bytesOf(phoneBook()), bytesOf(phoneBook()))
})

test('a second row with the same key is refused, and a null in a column that is not nullable', () => {
  const table = phoneBook().table('Phone')!
  assert.throws(() => table.insert([7]), { code: 'ERROR_FUNCTION_FAILED', number: 2259 })
  assert.throws(() => table.insert([null]), /Id: expected a value, found null/)
  assert.throws(() => table.insert([32768]), /expected an integer from -32767 to 32767/)
})

test('a table that is there already, and one that is not, are told by their numbers', () => {
  const database = createDatabase()
  const definition: TableDefinition = { name: 'T', columns: [{ name: 'A', type: 'int16', key: true }] }
  database.createTable(definition)
  assert.throws(() => database.createTable(definition), { number: 2204 })
  assert.throws(() => database.dropTable('U'), { number: 2205 })
})

test('a deleted row is gone, with its stream, and its key is free again', () => {
  const database = phoneBook()
  const table = database.table('Phone')!
  table.delete(table.find(7)!)
  assert.equal(table.find(7), undefined)
  assert.deepEqual(database.streamNames(), [])
  table.insert([7, 'again'])
  assert.deepEqual([...reopen(database).table('Phone')!.rows()].map((row) => row.text('Name')), ['Abe', '', 'again'])
})

test('temporary rows, columns and tables are not saved', () => {
  const database = phoneBook()
  database.table('Phone')!.insert([1, 'gone'], { temporary: true })
  database.createTable({ name: 'T', columns: [{ name: 'A', type: 'string', key: true, temporary: true }] }).insert(['x'])
  const saved = reopen(database)
  assert.deepEqual(saved.tableNames, ['Phone'])
  assert.equal(saved.table('Phone')!.find(1), undefined)
  assert.equal(saved.pool.find('gone'), undefined)
})

test('a string longer than 64 KiB survives, and so do the strings around it', () => {
  const database = createDatabase()
  const table = database.createTable({ name: 'T', columns: [{ name: 'A', type: 'int16', key: true }, { name: 'B', type: 'string' }] })
  const texts = ['before', 'x'.repeat(65535), 'y'.repeat(65536), 'z'.repeat(200_000), 'after']
  texts.forEach((text, index) => table.insert([index + 1, text]))
  assert.deepEqual([...reopen(database).table('T')!.rows()].map((row) => row.text('B')), texts)
})

test('more than 65535 strings make references three bytes long', () => {
  const database = createDatabase()
  const table = database.createTable({ name: 'T', columns: [{ name: 'A', type: 'string', key: true }] })
  for (let index = 0; index < 70_000; index++) table.insert([`s${index}`])
  const saved = reopen(database)
  assert.equal(saved.pool.referenceSize, 3)
  assert.equal(saved.table('T')!.rowCount, 70_000)
  assert.equal(saved.table('T')!.find('s69999')?.text('A'), 's69999')
})

test('a text outside the code page cannot be saved', () => {
  const database = createDatabase({ codepage: 1252 })
  database.createTable({ name: 'T', columns: [{ name: 'A', type: 'string', key: true }] }).insert(['漢'])
  assert.throws(() => bytesOf(database), /expected text that code page 1252 can hold/)
  database.codepage = 65001
  assert.equal(reopen(database).table('T')!.find('漢')?.text('A'), '漢')
})

test('any rows survive saving and reopening, found by their keys', () => {
  const text = fc.string({ maxLength: 8 })
  const cells = fc.tuple(text, fc.integer({ min: -32767, max: 32767 }), fc.option(fc.integer({ min: -2147483647, max: 2147483647 })), fc.option(text))
  fc.assert(fc.property(fc.uniqueArray(cells, { selector: ([a, b]) => `${b}:${a}`, maxLength: 40 }), fc.boolean(), (rows, reopenTwice) => {
    let database = createDatabase({ codepage: 65001 })
    const table = database.createTable({
      name: 'T',
      columns: [{ name: 'A', type: 'string', key: true, nullable: true }, { name: 'B', type: 'int16', key: true },
        { name: 'C', type: 'int32', nullable: true }, { name: 'D', type: 'string', nullable: true, localizable: true }],
    })
    for (const row of rows) table.insert(row)
    database = reopen(database)
    if (reopenTwice) database = reopen(database)
    const saved = database.table('T')!
    assert.equal(saved.rowCount, rows.length)
    for (const [a, b, c, d] of rows) {
      const row = saved.find(a, b)!
      assert.deepEqual([row.text('A'), row.integer('B'), row.integer('C'), row.text('D')], [a, b, c, d ?? ''])
    }
  }), { numRuns: 60 })
})

test('bytes changed at random never hang and fail only as errors of the format', () => {
  const whole = bytesOf(phoneBook())
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 20 }), (changes) => {
    const bytes = whole.slice()
    for (const [at, value] of changes) bytes[at] = value
    try {
      const database = openDatabase(bytesSource(bytes))
      for (const name of database.tableNames) for (const row of database.table(name)!.rows()) row.cells()
    } catch (error) {
      assert.ok(error instanceof Error && 'errno' in error, (error as Error).stack?.slice(0, 900))
    }
  }), { numRuns: 300 })
})

test('summary information is kept, and read from the stream that is set', () => {
  const database = phoneBook()
  assert.equal(database.summary.properties.size, 0)
  database.summary = { codepage: 1252, properties: new Map([[2, { type: 'lpstr', value: 'Zoë' }], [14, { type: 'i4', value: 200 }]]) }
  const saved = reopen(database)
  assert.deepEqual([saved.summary.properties.get(2), saved.summary.properties.get(14)], [{ type: 'lpstr', value: 'Zoë' }, { type: 'i4', value: 200 }])
  assert.deepEqual(saved.streamNames().toSorted(), ['\u0005SummaryInformation', 'Phone.7'])
})

function saved(database: Database): Database {
  const chunks: Uint8Array[] = []
  database.save({ write: (chunk) => { chunks.push(chunk.slice()) } })
  return openDatabase(concatBytes(chunks), { strict: true })
}

test('a summary information that cannot be read is a finding, and an error of strict reading', () => {
  const database = phoneBook()
  database.setStream('\u0005SummaryInformation', bytesSource(new Uint8Array(40)))
  const opened = reopen(database, false)
  assert.equal(opened.summary.properties.size, 0)
  assert.deepEqual(opened.findings.map(({ id }) => id), ['summary-damaged'])
  assert.throws(() => reopen(database).summary, { code: 'ERROR_INVALID_DATA' })
})

test('references to strings take three bytes from the 65,536th string on, and two again when there are fewer', () => {
  const database = createDatabase()
  const table = database.createTable({ name: 'T', columns: [{ name: 'K', type: 'string', key: true }] })
  // Numbers begin at 5, and T and K have one each.
  for (let row = 0; row < 65535 - 6; row++) table.insert([`k${row}`])
  const short = saved(database)
  assert.equal(short.pool.referenceSize, 2)
  short.table('T')!.insert(['one more'])
  const long = saved(short)
  assert.equal(long.pool.referenceSize, 3)
  assert.ok(long.table('T')!.find('one more') && long.table('T')!.find('k65528'))
  long.table('T')!.delete(long.table('T')!.find('one more')!)
  const again = saved(long)
  assert.equal(again.pool.referenceSize, 2)
  assert.equal(again.table('T')!.rowCount, 65535 - 6)
})
