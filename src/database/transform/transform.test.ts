import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { bytesSource } from '../../base/index.ts'
import type { StorageContent } from '../../compound-file/index.ts'
import {
  applyTransform, checkTransform, createDatabase, encodeStreamName, exportTable, generateTransform, mergeDatabase, openDatabase, readTransformSummary,
  transformErrors, transformValidations, type Database,
} from '../index.ts'

function base(): Database {
  const database = createDatabase({ codepage: 1252 })
  const table = database.createTable({ name: 'T', columns: [{ name: 'Id', type: 'int16', key: true }, { name: 'Name', type: 'string', nullable: true }] })
  table.insert([1, 'one'])
  table.insert([2, 'two'])
  return database
}

const tableStream = (name: string, bytes: Uint8Array) => ({ kind: 'stream' as const, name: encodeStreamName({ name, table: true }), source: bytesSource(bytes) })
const little = (list: readonly number[]): Uint8Array => Uint8Array.from(list.flatMap((word) => [word & 255, word >> 8]))

/** Strings 1 and up of the transform, and the raw records of its tables. */
function transform(strings: readonly string[], tables: Readonly<Record<string, readonly number[]>>, codepage = 0): StorageContent {
  const words = [codepage, 0, ...strings.flatMap((one) => [one.length, 1])]
  return {
    entries: [tableStream('_StringPool', little(words)), tableStream('_StringData', new TextEncoder().encode(strings.join(''))),
      ...Object.entries(tables).map(([name, records]) => tableStream(name, little(records)))],
  }
}

const shown = (database: Database): unknown => [...database.table('T')!.rows()].map((row) => row.cells())
const row = (id: number): number => id + 0x8000

test('rows are added, updated and deleted', () => {
  const database = base()
  applyTransform(database, transform(['uno', 'three'], { T: [0x0002, row(1), 1, 0x0000, row(2), 0x0201, row(3), 2] }))
  assert.deepEqual(shown(database), [[1, 'uno'], [3, 'three']])
})

test('columns and tables are added', () => {
  const database = base()
  applyTransform(database, transform(['T', 'Extra', 'New', 'Key', 'x'], {
    _Tables: [0x0101, 3], _Columns: [0x0401, 1, row(3), 2, 0x9d00, 0x0401, 3, 0, 4, 0xad00], T: [0x0004, row(1), 5], New: [0x0101, 5],
  }))
  assert.deepEqual(shown(database), [[1, 'one', 'x'], [2, 'two', null]])
  assert.deepEqual(database.table('New')!.find('x')?.cells(), ['x'])
})

const conditions: readonly (readonly [condition: keyof typeof transformErrors, number: number, content: StorageContent])[] = [
  ['addExistingRow', 2250, transform(['uno'], { T: [0x0201, row(1), 1] })],
  ['deleteMissingRow', 2251, transform([], { T: [0, row(9)] })],
  ['updateMissingRow', 2254, transform(['x'], { T: [0x0002, row(9), 1] })],
  ['addExistingTable', 2252, transform(['T'], { _Tables: [0x0101, 1] })],
  ['deleteMissingTable', 2253, transform(['Gone'], { _Tables: [0, 1] })],
  ['changeCodepage', 2222, transform([], {}, 1251)],
]
for (const [condition, number, content] of conditions) {
  test(`${condition} is an error unless it is passed over`, () => {
    assert.throws(() => applyTransform(base(), content), { number, code: 'ERROR_INSTALL_TRANSFORM_FAILURE' })
    assert.doesNotThrow(() => applyTransform(base(), content, { errorConditions: transformErrors[condition] }))
  })
}

test('a transform can be looked at instead', () => {
  const database = base()
  applyTransform(database, transform(['uno'], { T: [0x0002, row(1), 1, 0, row(2)] }), { errorConditions: transformErrors.viewTransform })
  assert.deepEqual([...database.table('_TransformView')!.rows()].map((one) => one.cells()), [['T', 'Name', '1', 'uno', 'one'], ['T', 'DELETE', '2', null, null]])
  assert.deepEqual(shown(database), [[1, 'one'], [2, 'two']])
})

test('what transforms change is shown together until the table is released', () => {
  const database = base()
  const view = { errorConditions: transformErrors.viewTransform }
  applyTransform(database, transform(['uno'], { T: [0x0002, row(1), 1] }), view)
  applyTransform(database, transform(['eins'], { T: [0x0002, row(1), 1, 0, row(2)] }), view)
  assert.deepEqual([...database.table('_TransformView')!.rows()].map((one) => one.cells()), [['T', 'Name', '1', 'eins', 'one'], ['T', 'DELETE', '2', null, null]])
  assert.equal(database.table('_TransformView')!.holdCount, 1)
})

test('records that end elsewhere are refused', () => {
  assert.throws(() => applyTransform(base(), transform([], { T: [0x0002, row(1)] })), { code: 'ERROR_INVALID_DATA' })
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (words) => {
    try {
      applyTransform(base(), transform(['a', 'b'], { T: words }))
    } catch (error) {
      assert.ok(error instanceof Error && 'errno' in error)
    }
  }))
})

test('temporary columns, and tables that are not saved, do not matter to a merge', () => {
  const target = base()
  const reference = base()
  reference.table('T')!.addColumn({ name: 'Mark', type: 'string', nullable: true, temporary: true })
  reference.table('T')!.insert([3, 'three', 'seen'])
  target.table('T')!.addColumn({ name: 'Note', type: 'int16', nullable: true, temporary: true })
  reference.createTable({ name: 'Passing', columns: [{ name: 'A', type: 'int16', key: true, temporary: true }] })
  assert.deepEqual(mergeDatabase(target, reference), [])
  assert.deepEqual(shown(target), [[1, 'one', null], [2, 'two', null], [3, 'three', null]])
  assert.equal(target.table('Passing'), undefined)
})

test('merging adds what is new, passes over what is the same and counts what differs', () => {
  const target = base()
  const reference = base()
  const table = reference.table('T')!
  table.insert([3, 'three'])
  table.update(table.find(2)!, 'Name', 'zwei')
  reference.createTable({ name: 'U', columns: [{ name: 'A', type: 'string', key: true }] }).insert(['x'])
  assert.deepEqual(mergeDatabase(target, reference, { errorTable: 'MergeErrors' }), [{ table: 'T', rows: 1 }])
  assert.deepEqual(shown(target), [[1, 'one'], [2, 'two'], [3, 'three']])
  assert.equal(target.table('MergeErrors')!.find('T')?.integer('NumRowMergeConflicts'), 1)
  assert.equal(target.table('U')!.rowCount, 1)
})

const everything = (database: Database): string[] => database.tableNames.toSorted().map((name) => new TextDecoder().decode(exportTable(database, name)).split('\r\n').toSorted().join('\n'))

test('a transform that is generated turns the one into the other', () => {
  const cell = fc.option(fc.constantFrom('a', 'b', 'c'))
  const rows = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 5 }), cell, cell), { selector: ([id]) => id })
  const content = fc.record({ rows, extra: fc.boolean(), other: fc.option(rows), stream: fc.option(fc.uint8Array({ maxLength: 3 })) })
  const build = ({ rows: own, extra, other, stream }: typeof content extends fc.Arbitrary<infer T> ? T : never, wide: boolean): Database => {
    const database = createDatabase({ codepage: 1252 })
    const columns = [{ name: 'Id', type: 'int32' as const, key: true }, { name: 'A', type: 'string' as const, nullable: true }]
    const table = database.createTable({ name: 'T', columns: extra || wide ? [...columns, { name: 'B', type: 'string', nullable: true, localizable: true }] : columns })
    for (const [id, a, b] of own) table.insert(table.columns.length === 3 ? [id, a, b] : [id, a])
    if (other) for (const [id, a] of other) (database.table('Other') ?? database.createTable({ name: 'Other', columns })).insert([id, a])
    const binary = database.createTable({ name: 'Binary', columns: [{ name: 'Name', type: 'string', key: true }, { name: 'Data', type: 'binary', nullable: true }] })
    if (stream) binary.insert(['x', bytesSource(stream)])
    return database
  }
  fc.assert(fc.property(content, content, (before, after) => {
    const base = build(before, false)
    const changed = build(after, before.extra)
    const made = generateTransform(changed, base)
    if (made === undefined) return
    applyTransform(base, made)
    assert.deepEqual(everything(base), everything(changed))
    assert.deepEqual(base.stream('Binary.x')?.read(0, 9), changed.stream('Binary.x')?.read(0, 9))
  }))
})

test('databases that are the same give no transform', () => {
  assert.equal(generateTransform(base(), base()), undefined)
})

const product = (version: string, code = '{11111111-1111-1111-1111-111111111111}'): Database => {
  const database = base()
  const table = database.createTable({ name: 'Property', columns: [{ name: 'Property', type: 'string', key: true }, { name: 'Value', type: 'string' }] })
  table.insert(['ProductVersion', version])
  table.insert(['ProductCode', code])
  return database
}

test('a transform is checked against the product it was made for', () => {
  const { product: code, minorVersion, equal, less } = transformValidations
  const summary = readTransformSummary(generateTransform(product('1.3'), product('1.2'), { validation: code | minorVersion | equal })!)
  assert.equal(checkTransform(product('1.2.9'), summary), undefined)
  assert.deepEqual(checkTransform(product('1.3'), summary), { condition: 'version', number: 2749, expected: '= 1.2', found: '1.3' })
  assert.equal(checkTransform(product('1.3'), summary, minorVersion | less)?.number, 2747)
  assert.equal(checkTransform(product('1.2', '{22222222-2222-2222-2222-222222222222}'), summary)?.number, 2746)
})

test('a sub-storage is opened like a file', () => {
  const database = base()
  database.setStorage('nested', base().toStorage())
  assert.deepEqual(shown(openDatabase(database.storage('nested')!)), shown(base()))
})

function withTemporary(bold: string, note: number): Database {
  const database = createDatabase({ codepage: 1252 })
  const table = database.createTable({ name: 'T', columns: [
    { name: 'Id', type: 'int16', key: true }, { name: 'Note', type: 'int16', nullable: true, temporary: true }, { name: 'Name', type: 'string', nullable: true },
    { name: 'Bold', type: 'string', nullable: true },
  ] })
  table.insert([1, note, 'one', bold])
  return database
}

test('temporary columns are neither counted nor compared, wherever they stand', () => {
  const changed = withTemporary('yes', 8)
  changed.table('T')!.insert([2, 9, 'two', 'no'])
  const database = withTemporary('no', 7)
  applyTransform(database, generateTransform(changed, database)!)
  assert.deepEqual(shown(database), [[1, 7, 'one', 'yes'], [2, null, 'two', 'no']])
  assert.equal(generateTransform(withTemporary('no', 1), withTemporary('no', 2)), undefined)
})
