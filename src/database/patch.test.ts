import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { bytesSource, type ByteSource } from '../base/index.ts'
import { writeCompoundFile, type StorageContent } from '../compound-file/index.ts'
import type { SummaryValue } from '../property-set/index.ts'
import { createDatabase, databaseClassIds, type Database } from './database.ts'
import { patchFiles, readPatch } from './patch.ts'
import { standardTable } from './standard-tables.ts'
import type { Cell } from './table/cell.ts'
import { generateTransform } from './transform/generate-transform.ts'
import { openTransform, readTransform } from './transform/transform-content.ts'
import { transformValidations } from './transform/transform-summary.ts'

const code = (digit: number): string => `{${String(digit).repeat(8)}-0000-0000-0000-000000000000}`
const text = (value: string): SummaryValue => ({ type: 'lpstr', value })

function aProduct(version: string, rows: Readonly<Record<string, readonly (readonly Cell[])[]>>): Database {
  const database = createDatabase({ codepage: 1252 })
  database.summary = { codepage: 1252, properties: new Map([[7, text('x64;1033')]]) }
  const all = { Property: [['ProductCode', code(1)], ['ProductVersion', version], ['UpgradeCode', code(2)]], Media: [[1, 9, null, '#own.cab', null, null]], ...rows }
  for (const [name, cells] of Object.entries(all)) {
    const table = database.createTable({ name, columns: standardTable(name)!.columns })
    for (const one of cells) table.insert(one)
  }
  return database
}

const file = (name: string, size: number, version: string, sequence: number): Cell[] => [name, 'C', name, size, version, null, 512, sequence]
const base = (): Database => aProduct('1.0.0', { File: [file('a', 1, '1.0', 1), file('b', 2, '1.0', 2)] })

function aPatch(): { patch: Database; product: StorageContent } {
  const validation = transformValidations.product | transformValidations.majorVersion | transformValidations.equal
  const changed = aProduct('1.0.1', { File: [file('a', 11, '1.1', 1), file('b', 2, '1.0', 2), file('new', 30, '1.1', 3)] })
  const product = generateTransform(changed, base(), { validation, errorConditions: 0x3f })!
  const sequenced = aProduct('1.0.1', { File: [file('a', 11, '1.1', 10000), file('b', 2, '1.0', 2), file('new', 30, '1.1', 10002)],
    Patch: [['b', 10001, 77, 0, null, null]], PatchPackage: [[code(5), 2]] })
  sequenced.table('Media')!.insert([2, 10002, null, '#PCW_CAB_Family', null, 'PatchSource'])
  const patch = createDatabase({ classId: databaseClassIds.patch })
  patch.summary = { codepage: 1252, properties: new Map([[2, text('Patch')], [5, text('src;other')], [7, text(`${code(1)};${code(3)}`)],
    [8, text(':One;:#One')], [9, text(`${code(5)}${code(6)}`)], [15, { type: 'i4', value: 4 }]]) }
  for (const [name, rows] of [['MsiPatchSequence', [['Family', null, '1.2', 1]]], ['MsiPatchMetadata', [[null, 'DisplayName', 'Fix']]]] as const) {
    const table = patch.createTable({ name, columns: standardTable(name)!.columns })
    for (const row of rows) table.insert(row)
  }
  patch.setStorage('One', product)
  patch.setStorage('#One', generateTransform(sequenced, changed))
  patch.setStream('PCW_CAB_Family', bytesSource(Uint8Array.of(1)))
  return { patch, product }
}

test('A patch says what it is for, what it brings, and in which order', () => {
  const { patch } = aPatch()
  const chunks: Uint8Array[] = []
  patch.save({ write: (chunk) => { chunks.push(chunk.slice()) } })
  const { database: _, transforms, ...facts } = readPatch(new Uint8Array(Buffer.concat(chunks)))
  assert.deepEqual(facts, {
    code: code(5), obsoletes: [code(6)], targets: [code(1), code(3)], title: 'Patch', description: '', sources: ['src', 'other'], installerLevel: 4,
    sequences: [{ family: 'Family', productCode: '', sequence: '1.2', attributes: 1 }],
    metadata: [{ company: '', property: 'DisplayName', value: 'Fix' }], cabinets: ['PCW_CAB_Family'],
  })
  assert.deepEqual(transforms.map(({ name, target }) => ({ name, target })), [{ name: 'One', target: {
    platform: 'x64', language: '1033', updatedPlatform: 'x64', updatedLanguage: '1033', productCode: code(1), productVersion: '1.0.0',
    updatedProductCode: code(1), updatedProductVersion: '1.0.1', upgradeCode: code(2), validation: 0x10a, errorConditions: 0x3f,
  } }])
})

test('The files of a patch are those its transforms give numbers, whole or as deltas', () => {
  assert.deepEqual(patchFiles(readPatch(aPatch().patch)), [
    { file: 'a', transform: 'One', kind: 'whole', sequence: 10000, size: 11, cabinet: 'PCW_CAB_Family' },
    { file: 'b', transform: 'One', kind: 'delta', sequence: 10001, size: 77, cabinet: 'PCW_CAB_Family' },
    { file: 'new', transform: 'One', kind: 'whole', sequence: 10002, size: 30, cabinet: 'PCW_CAB_Family' },
  ])
})

test('A package is no patch', () => {
  assert.throws(() => readPatch(createDatabase()), { code: 'ERROR_PATCH_PACKAGE_INVALID' })
})

test('A transform is read without the database it is made for, where its tables are documented ones', () => {
  const changed = aProduct('1.0.1', { File: [file('a', 11, '1.1', 1), file('b', 2, '1.0', 2)] })
  changed.createTable({ name: 'Own', columns: [{ name: 'K', type: 'int32', key: true }, { name: 'V', type: 'string' }] }).insert([70000, 'x'])
  changed.table('Property')!.deleteRow(changed.table('Property')!.find('UpgradeCode')!.number)
  const { tables, unknownTables } = readTransform(generateTransform(changed, base())!)
  const rows = Object.fromEntries(tables.map(({ name, rows: changes }) => [name, changes.map(({ kind, key, cells }) => [kind, key[0], Object.fromEntries(cells)])]))
  assert.deepEqual(rows, {
    Own: [['insert', 70000, { K: 70000, V: 'x' }]],
    Property: [['delete', 'UpgradeCode', {}], ['update', 'ProductVersion', { Value: '1.0.1' }]],
    File: [['update', 'a', { FileSize: 11, Version: '1.1' }]],
  })
  assert.deepEqual(unknownTables, [])
  assert.equal(openTransform(generateTransform(changed, base())!).table('_TransformView')!.find('File', 'Version', 'a')!.text('Data'), '1.1')
})

function own(value: string): Database {
  const database = base()
  database.createTable({ name: 'Own', columns: [{ name: 'K', type: 'int32', key: true }, { name: 'V', type: 'string' }] }).insert([1, value])
  return database
}

test('Tables that nobody documents are named; with the database they are read', () => {
  const transform = generateTransform(own('new'), own('old'))!
  assert.deepEqual(readTransform(transform).unknownTables, ['Own'])
  assert.deepEqual(readTransform(transform, own('old')).tables[0]!.rows[0]!.cells, new Map([['V', 'new']]))
  assert.throws(() => readTransform(transform, base()), { code: 'ERROR_INVALID_DATA' })
})

function narrow(sequence: number): Database {
  const database = createDatabase()
  database.createTable({ name: 'File', columns: standardTable('File')!.columns.map((column) => column.name === 'Sequence' ? { ...column, type: 'int16' as const, width: 2 } : column) })
    .insert(file('a', 1, '1.0', sequence))
  return database
}

test('Integers that packages have narrower than the documentation are read as they are', () => {
  const bytes: Uint8Array[] = []
  writeCompoundFile(generateTransform(narrow(7), narrow(6))!, { write: (chunk) => { bytes.push(chunk.slice()) } })
  const { tables } = readTransform(new Uint8Array(Buffer.concat(bytes)))
  assert.deepEqual(tables[0]!.rows[0]!.cells, new Map<string, Cell | ByteSource>([['Sequence', 7]]))
})
