import { strict as assert } from 'node:assert'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { bytesSource } from '../base/index.ts'
import { columnsFromText, createDatabase, openDatabase, standardTable, standardTableNames, typeLetters } from './index.ts'

test('every standard table can be created', () => {
  const database = createDatabase()
  for (const name of standardTableNames()) if (!name.startsWith('_')) database.createTable(standardTable(name)!)
  assert.equal(database.tableNames.length, standardTableNames().filter((name) => !name.startsWith('_')).length)
  assert.equal(standardTable('toString'), undefined)
})

test('a column may say what it refers to and which values it takes', () => {
  assert.deepEqual(columnsFromText('A* s72 Identifier; B_ S50 Identifier>X/Y.2; C i2 -1..3; D I4 {1;3}').map(({ name, category, keyTables, keyColumn, minimum, maximum, values }) =>
    ({ name, category, keyTables, keyColumn, minimum, maximum, values })), [
    { name: 'A', category: 'Identifier', keyTables: undefined, keyColumn: undefined, minimum: undefined, maximum: undefined, values: undefined },
    { name: 'B_', category: 'Identifier', keyTables: ['X', 'Y'], keyColumn: 2, minimum: undefined, maximum: undefined, values: undefined },
    { name: 'C', category: undefined, keyTables: undefined, keyColumn: undefined, minimum: -1, maximum: 3, values: undefined },
    { name: 'D', category: undefined, keyTables: undefined, keyColumn: undefined, minimum: undefined, maximum: undefined, values: ['1', '3'] },
  ])
  assert.throws(() => columnsFromText('A s72,B s72'), /column: expected "Name s72", found/)
})

test('every table that is referred to exists', () => {
  for (const name of standardTableNames()) {
    for (const { keyTables, keyColumn } of standardTable(name)!.columns) {
      for (const target of keyTables ?? []) assert(standardTable(target)?.columns[keyColumn! - 1], `${name} refers to ${target}`)
    }
  }
})

const corpus = resolve(process.env['MSIKIT_SHARED'] ?? resolve(import.meta.dirname, '../../../shared'), 'corpus')
test('real packages have the same columns', { skip: existsSync(corpus) ? false : 'the corpus is not here' }, () => {
  for (const file of ['NUnit-2.5.2.9222.msi', 'SequenceTables.msi', 'ui.msi', 'single-file.msi', 'MergeModule1.msm']) {
    const database = openDatabase(bytesSource(readFileSync(join(corpus, file))))
    for (const name of database.tableNames) {
      const expected = new Map(standardTable(name)!.columns.map((column) => [column.name, column]))
      for (const column of database.table(name)!.columns) {
        const standard = expected.get(column.name)
        assert(standard, `${file}: ${name}.${column.name}`)
        assert.equal(column.key, standard.key)
        // Tools widen texts: what a column holds and whether it may be empty is what counts.
        assert.equal(typeLetters(column).replace(/(?<=[sl])\d+/i, ''), typeLetters(standard).replace(/(?<=[sl])\d+/i, ''), `${file}: ${name}.${column.name}`)
      }
    }
  }
})
