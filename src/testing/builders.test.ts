import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { bytesSource } from '../base/index.ts'
import { openDatabase } from '../database/index.ts'
import { aDatabase, aPackage, bytesOf } from './index.ts'

test('a package with one file is a database that opens without findings', () => {
  const builder = aPackage({ version: '2.0' })
  builder.feature('Main').file(builder.folder('ProgramFilesFolder\\Example'), 'a.txt', 'hello')
  const database = openDatabase(bytesSource(bytesOf((sink) => builder.build().save(sink))), { strict: true })
  assert.equal(database.table('Property')!.find('ProductVersion')?.text('Value'), '2.0')
})

test('a database has the rows that it is given, in standard tables or its own', () => {
  const database = aDatabase({ Property: [['A', 'b']], Mine: { columns: 'Id* i2; Text S0', rows: [[1, 'x'], [2]] } })
  assert.equal(database.table('Property')!.find('A')?.text('Value'), 'b')
  assert.equal(database.table('Mine')!.find(2)?.isNull('Text'), true)
  assert.throws(() => aDatabase({ Other: [] }), /table Other: expected columns/)
})
