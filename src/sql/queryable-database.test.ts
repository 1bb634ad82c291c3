import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { bytesSource, type ByteSource } from '../base/index.ts'
import type { Cell } from '../database/index.ts'
import { createDatabase, openDatabase, type QueryRow } from './index.ts'

function aDatabase() {
  const database = createDatabase()
  database.query('CREATE TABLE `File` (`File` CHAR(72) NOT NULL, `Component_` CHAR(72) NOT NULL, `FileName` CHAR(255) NOT NULL LOCALIZABLE, `FileSize` LONG NOT NULL PRIMARY KEY `File`)')
  database.query('CREATE TABLE `Component` (`Component` CHAR(72) NOT NULL, `Directory_` CHAR(72) NOT NULL PRIMARY KEY `Component`)')
  database.query("INSERT INTO `Component` (`Component`, `Directory_`) VALUES ('Main', 'APP')")
  for (const [file, size] of [['a', 10], ['b', 100000], ['c', 70000]] as const) {
    database.query('INSERT INTO `File` (`File`, `Component_`, `FileName`, `FileSize`) VALUES (?, ?, ?, ?)', [file, 'Main', `${file}.txt`, size])
  }
  return database
}

/** Fails to compile unless the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
const typesAre = <const Answers extends readonly true[]>(...answers: Answers): number => answers.length

test('A query runs at once, and its rows are typed by the columns that are known', () => {
  const database = aDatabase()
  const large: string[] = []
  for (const row of database.query('SELECT `File`, `FileSize` FROM `File` WHERE `FileSize` > ? ORDER BY `FileSize`', [65536])) {
    large.push(`${row.File.toUpperCase()} ${row.FileSize + 1}`)
  }
  assert.deepEqual(large, ['C 70001', 'B 100001'])
  database.query("DELETE FROM `File` WHERE `File` = 'a'")
  assert.equal(database.query('SELECT * FROM `File`').all().length, 2)
})

test('Rows are found from the first each time, and names that occur twice carry their table', () => {
  const result = aDatabase().query('SELECT `File`.`File`, `Component`.`Component`, `Directory_` FROM `File`, `Component` WHERE `Component_` = `Component`')
  assert.deepEqual(result.first(), { File: 'a', Component: 'Main', Directory_: 'APP' })
  assert.equal(result.all().length, 3)
  assert.equal([...result].length, 3)
  const twice = createDatabase()
  twice.query('CREATE TABLE `A` (`K` SHORT NOT NULL PRIMARY KEY `K`)')
  twice.query('CREATE TABLE `B` (`K` SHORT NOT NULL PRIMARY KEY `K`)')
  twice.query('INSERT INTO `A` (`K`) VALUES (1)')
  twice.query('INSERT INTO `B` (`K`) VALUES (2)')
  assert.deepEqual(twice.query('SELECT `A`.`K`, `B`.`K` FROM `A`, `B`').first(), { 'A.K': 1, 'B.K': 2 })
})

test('Types follow the text of the query', () => {
  assert.equal(typesAre<[
    Same<QueryRow<'SELECT `File`, `FileName` FROM `File` WHERE `FileSize` > ?'>, { readonly File: string; readonly FileName: string }>,
    Same<QueryRow<'SELECT `Value` FROM `Registry`'>, { readonly Value: string | null }>,
    Same<QueryRow<'SELECT Sequence,Condition FROM InstallExecuteSequence ORDER BY Sequence'>, { readonly Sequence: number | null; readonly Condition: string | null }>,
    Same<QueryRow<'SELECT `Data` FROM `Binary`'>, { readonly Data: ByteSource }>,
    Same<QueryRow<'SELECT `Mine`, `File`.`File` FROM `Own`, `File`'>, { readonly Mine: Cell; readonly File: string }>,
    Same<QueryRow<'SELECT `File`.`Component_`, `Registry`.`Component_` FROM `File`, `Registry`'>, { readonly 'File.Component_': string; readonly 'Registry.Component_': string }>,
    Same<QueryRow<'SELECT DISTINCT `Root` FROM `Registry`'>, { readonly Root: number }>,
    Same<QueryRow<'SELECT * FROM `File`'>['FileSize'], number>,
    Same<QueryRow<'SELECT * FROM `File`'>['FileName'], string>,
    Same<QueryRow<'SELECT * FROM `File`, `Component`'>, { readonly [column: string]: Cell }>,
    Same<QueryRow<'SELECT * FROM `Own`'>['Any'], Cell>,
    Same<QueryRow<string>, { readonly [column: string]: Cell }>,
    Same<QueryRow<'select `Value`\n  from `Property`\n  where `Property` = ?'>, { readonly Value: string }>,
    Same<QueryRow<'Select\t`Value`,\n\t`Order`\n\tFrom `ListBox` Order By `Order`'>, { readonly Value: string; readonly Order: number }>,
    Same<QueryRow<'SELECT `Name`, `Data` FROM `_Streams`'>, { readonly Name: string; readonly Data: ByteSource | null }>,
    Same<QueryRow<'SELECT `_Columns`.`Name`, `Number` FROM `_Columns`, `_Tables`'>, { readonly Name: string; readonly Number: number }>,
    Same<QueryRow<'delete from `File`'>, never>,
  ]>(true, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true), 17)
})

test('A database is opened from bytes, and a source that can be closed is closed with it', () => {
  const chunks: Uint8Array[] = []
  aDatabase().save({ write: (chunk) => { chunks.push(chunk.slice()) } })
  const bytes = new Uint8Array(Buffer.concat(chunks))
  let closed = false
  {
    using database = openDatabase({ ...bytesSource(bytes), [Symbol.dispose]: () => { closed = true } } as ByteSource)
    assert.equal(database.query("SELECT `Directory_` FROM `Component`").first()?.Directory_, 'APP')
  }
  assert.ok(closed)
  assert.equal(openDatabase(bytes).tableNames.length, 2)
})
