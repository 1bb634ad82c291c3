import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { bytesSource } from '../base/index.ts'
import { createDatabase, type Cell, type Database } from '../database/index.ts'
import { prepare, query, Record } from './index.ts'

function databaseOf(...statements: readonly string[]): Database {
  const database = createDatabase()
  for (const statement of statements) run(database, statement)
  return database
}

function run(database: Database, statement: string, parameters: readonly Cell[] = []): void {
  prepare(database, statement).execute(parameters)
}

const rows = (database: Database, text: string, parameters: readonly Cell[] = []): string[] =>
  [...query(database, text, parameters)].map((record) => record.cells().map((cell) => String(cell ?? '')).join())

const people = (): Database => databaseOf(
  'CREATE TABLE `P` (`Id` SHORT NOT NULL, `Name` CHAR(32), `Boss` SHORT PRIMARY KEY `Id`)',
  "INSERT INTO `P` (`Id`, `Name`) VALUES (1, 'Ann')",
  "INSERT INTO `P` (`Id`, `Name`, `Boss`) VALUES (2, 'Bob', 1)",
  "INSERT INTO `P` (`Id`, `Name`, `Boss`) VALUES (3, 'Cid', 1)",
  'CREATE TABLE `Room` (`Number` SHORT NOT NULL, `Who` SHORT PRIMARY KEY `Number`)',
  'INSERT INTO `Room` (`Number`, `Who`) VALUES (10, 3)',
  'INSERT INTO `Room` (`Number`, `Who`) VALUES (11, 1)',
)

test('rows come in key order, or as ORDER BY says, null first', () => {
  assert.deepEqual(rows(people(), 'SELECT `Name` FROM `P`'), ['Ann', 'Bob', 'Cid'])
  assert.deepEqual(rows(people(), 'SELECT `Id` FROM `P` ORDER BY `Boss`, `Name`'), ['1', '2', '3'])
})

test('a null cell is different from any value and neither smaller nor greater', () => {
  const database = people()
  assert.deepEqual(rows(database, 'SELECT `Id` FROM `P` WHERE `Boss` <> 1'), ['1'])
  assert.deepEqual(rows(database, 'SELECT `Id` FROM `P` WHERE `Boss` < 5'), ['2', '3'])
  assert.deepEqual(rows(database, 'SELECT `Id` FROM `P` WHERE `Boss` > -40000'), ['2', '3'])
  assert.deepEqual(rows(database, 'SELECT `Id` FROM `P` WHERE `Boss` IS NULL'), ['1'])
})

test('a join is looked up by key and ordered by its last table', () => {
  assert.deepEqual(rows(people(), 'SELECT `Name`, `Number` FROM `P`, `Room` WHERE `Id` = `Who`'), ['Cid,10', 'Ann,11'])
  assert.deepEqual(rows(people(), 'SELECT `Name`, `Number` FROM `Room`, `P` WHERE `Id` = `Who`'), ['Ann,11', 'Cid,10'])
})

test('tables that are tied out of order still come in order', () => {
  const database = databaseOf('CREATE TABLE `A` (`a` SHORT, `b` SHORT PRIMARY KEY `a`)', 'CREATE TABLE `B` (`c` SHORT PRIMARY KEY `c`)', 'CREATE TABLE `C` (`d` SHORT PRIMARY KEY `d`)')
  for (const [a, b] of [[1, 2], [2, 1], [3, 2]]) run(database, 'INSERT INTO `A` (`a`, `b`) VALUES (?, ?)', [a!, b!])
  for (const value of [1, 2]) {
    run(database, 'INSERT INTO `B` (`c`) VALUES (?)', [value])
    run(database, 'INSERT INTO `C` (`d`) VALUES (?)', [value])
  }
  assert.deepEqual(rows(database, 'SELECT `a`, `c`, `d` FROM `A`, `B`, `C` WHERE `A`.`a` = `C`.`d` AND `A`.`b` = `B`.`c`'), ['1,2,1', '2,1,2'])
})

test('a large join on keys does not multiply out', () => {
  const database = databaseOf('CREATE TABLE `A` (`a` LONG NOT NULL, `n` LONG PRIMARY KEY `a`)', 'CREATE TABLE `B` (`b` LONG NOT NULL PRIMARY KEY `b`)')
  for (let index = 0; index < 20_000; index++) {
    database.table('A')!.insert([index, index * 2])
    database.table('B')!.insert([index])
  }
  assert.equal([...query(database, 'SELECT `a` FROM `A`, `B` WHERE `n` = `b`')].length, 10_000)
  assert.equal([...query(database, 'SELECT `a` FROM `B`, `A` WHERE `n` = `b`')].length, 10_000)
})

test('joins agree with a product that is filtered', () => {
  const pair = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }))
  const table = fc.uniqueArray(pair, { selector: ([a, b]) => a * 10 + b, maxLength: 8 })
  fc.assert(fc.property(table, table, table, (x, y, z) => {
    const database = createDatabase()
    const names = ['X', 'Y', 'Z']
    for (const [index, content] of [x, y, z].entries()) {
      run(database, `CREATE TABLE \`${names[index]!}\` (\`a\` SHORT NOT NULL, \`b\` SHORT NOT NULL PRIMARY KEY \`a\`, \`b\`)`)
      for (const cells of content) database.table(names[index]!)!.insert(cells)
      content.sort(([a, b], [c, d]) => a - c || b - d)
    }
    const expected = z.flatMap(([e, f]) => y.flatMap(([c, d]) => x.filter(([a, b]) => b === e && (c === a || d === 2)).map(([a, b]) => [a, b, c, d, e, f].join())))
    assert.deepEqual(rows(database, 'SELECT * FROM `X`, `Y`, `Z` WHERE `X`.`b` = `Z`.`a` AND (`Y`.`a` = `X`.`a` OR `Y`.`b` = 2)'), expected)
  }))
})

test('queries that Windows refuses are refused', () => {
  const database = people()
  run(database, 'CREATE TABLE `P2` (`Id` SHORT NOT NULL PRIMARY KEY `Id`)')
  assert.throws(() => prepare(database, 'SELECT `Id` FROM `P`, `P2`'), /expected a column of one of P, P2, found "Id"/)
  assert.throws(() => prepare(database, 'SELECT `Name` FROM `P`, `P`'), /expected each table once/)
  assert.throws(() => prepare(database, "SELECT `Name` FROM `P` WHERE `Id` < '5'"), /expected = or <> to compare text/)
  assert.throws(() => prepare(database, `SELECT \`Name\` FROM \`P\` WHERE ${Array.from({ length: 33 }, () => '`Id` = 1').join(' OR ')}`), /at most 32 comparisons/)
  assert.throws(() => prepare(database, 'INSERT INTO `P` (`Id`, `Id`) VALUES (1, 2)'), /expected each column once/)
  assert.throws(() => rows(database, 'SELECT `Name` FROM `P` WHERE `Id` = ?'), { code: 'ERROR_FUNCTION_FAILED', number: 2208 })
})

test('a refused query has the number of the documented message', () => {
  for (const [number, text] of [[2228, 'SELECT * FROM `Nope`'], [2230, 'SELECT * FROM `P`, `P`'], [2231, 'INSERT INTO `P` (`Id` VALUES (1)'], [2232, 'SELECT * FROM `P` `Id`'],
    [2233, 'SELECT FROM `P`'], [2235, 'SELECT `Nope` FROM `P`'], [2236, "SELECT * FROM `P` WHERE `Name` > 'x'"], [2237, ''], [2238, 'SELECT `Id`'], [2239, 'INSERT INTO `P` (`Id`, `Name`) VALUES (1)'],
    [2242, 'INSERT INTO `P` (`Id`, `Id`) VALUES (1, 2)'], [2243, 'CREATE TABLE `N` (`A` SHORT)'], [2244, 'CREATE TABLE `N` (`A` REAL PRIMARY KEY `A`)'], [2204, 'CREATE TABLE `P` (`A` SHORT PRIMARY KEY `A`)'],
    [2278, `SELECT * FROM \`P\` WHERE ${'`Id` = 1 OR '.repeat(32)}\`Id\` = 1`]] as const) {
    assert.throws(() => prepare(people(), text), { code: 'ERROR_BAD_QUERY_SYNTAX', number }, text)
  }
  assert.doesNotThrow(() => prepare(databaseOf('CREATE TABLE `T` (`From` SHORT PRIMARY KEY `From`)'), 'SELECT `From` FROM `T`'))
})

test('changes do not disturb an open result', () => {
  const database = people()
  const view = prepare(database, 'SELECT `Id`, `Name` FROM `P`')
  view.execute()
  assert.equal(view.fetch()!.text(2), 'Ann')
  run(database, "INSERT INTO `P` (`Id`, `Name`) VALUES (4, 'Dot')")
  run(database, 'DELETE FROM `P` WHERE `Id` = 2')
  run(database, "UPDATE `P` SET `Name` = 'Cyd' WHERE `Id` = 3")
  assert.equal(view.fetch()!.text(2), 'Cyd')
  assert.equal(view.fetch(), undefined)
  assert.equal(view.fetch()!.text(2), 'Ann')
})

test('a view can be fetched from once it is executed and until it is closed', () => {
  const view = prepare(people(), 'SELECT * FROM `P`')
  assert.throws(() => view.fetch(), { code: 'ERROR_FUNCTION_FAILED' })
  view.execute()
  view.close()
  assert.throws(() => view.fetch(), { code: 'ERROR_FUNCTION_FAILED' })
})

test('columns are described as MsiViewGetColumnInfo does', () => {
  const database = databaseOf('CREATE TABLE `T` (`A` CHAR(72) NOT NULL, `B` LONGCHAR LOCALIZABLE, `C` LONG, `D` OBJECT NOT NULL, `E` INT TEMPORARY PRIMARY KEY `A`)')
  assert.deepEqual(prepare(database, "SELECT *, '' FROM `T`").columns.map(({ name, type }) => `${name} ${type}`), ['A s72', 'B L0', 'C I4', 'D v0', 'E J2', ' f0'])
})

test('UPDATE, REPLACE and DELETE need the record that the view fetched', () => {
  const view = prepare(people(), 'SELECT `Id`, `Name` FROM `P`')
  view.execute()
  for (const mode of ['UPDATE', 'REPLACE', 'DELETE', 'REFRESH'] as const) {
    assert.throws(() => view.modify(mode, Record.of(1, 'x')), /expected a record that this view fetched/)
  }
  const record = view.fetch()!
  record.set(1, 9)
  assert.throws(() => view.modify('UPDATE', record), /a primary key cannot be updated/)
  view.modify('REPLACE', record)
  record.set(2, 'Zoe')
  view.modify('UPDATE', record)
  view.execute()
  assert.deepEqual([view.fetch(), view.fetch(), view.fetch()].map((one) => `${one!.text(1)} ${one!.text(2)}`), ['2 Bob', '3 Cid', '9 Zoe'])
})

test('SEEK finds by key, MERGE takes only what is the same', () => {
  const view = prepare(people(), 'SELECT `Id`, `Name` FROM `P`')
  view.execute()
  const record = Record.of(3, null)
  view.modify('SEEK', record)
  assert.equal(record.text(2), 'Cid')
  view.modify('MERGE', record)
  view.modify('MERGE', Record.of(4, 'Dot'))
  assert.throws(() => view.modify('MERGE', Record.of(4, 'Dan')), { code: 'ERROR_FUNCTION_FAILED' })
})

test('a record that was inserted can be updated and deleted without fetching it', () => {
  const database = people()
  const view = prepare(database, 'SELECT `Id`, `Name` FROM `P`')
  view.execute()
  for (const [mode, id] of [['INSERT', 7], ['INSERT_TEMPORARY', 8]] as const) {
    const record = Record.of(id, 'Guy')
    view.modify(mode, record)
    record.set(2, 'Gus')
    view.modify('UPDATE', record)
    assert.equal(database.table('P')!.find(id)!.text('Name'), 'Gus')
    view.modify('DELETE', record)
    assert.equal(database.table('P')!.find(id), undefined)
  }
})

test('a row deleted meanwhile refreshes to its key alone', () => {
  const database = people()
  const view = prepare(database, 'SELECT `Id`, `Name` FROM `P`')
  view.execute()
  const record = view.fetch()!
  run(database, 'DELETE FROM `P` WHERE `Id` = 1')
  view.modify('REFRESH', record)
  assert.deepEqual(record.cells(), [1, null])
})

test('validation names the problem and the column', () => {
  const database = databaseOf('CREATE TABLE `T` (`A` CHAR(72) NOT NULL, `B` SHORT, `C` CHAR(72) PRIMARY KEY `A`)',
    'CREATE TABLE `_Validation` (`Table` CHAR(32) NOT NULL, `Column` CHAR(32) NOT NULL, `Nullable` CHAR(4) NOT NULL, `MinValue` LONG, `MaxValue` LONG, `KeyTable` CHAR(255), `KeyColumn` SHORT, `Category` CHAR(32), `Set` CHAR(255), `Description` CHAR(255) PRIMARY KEY `Table`, `Column`)',
    "INSERT INTO `_Validation` (`Table`, `Column`, `Nullable`, `Category`) VALUES ('T', 'A', 'N', 'Identifier')",
    "INSERT INTO `_Validation` (`Table`, `Column`, `Nullable`, `MinValue`, `MaxValue`) VALUES ('T', 'B', 'Y', 1, 5)",
    "INSERT INTO `_Validation` (`Table`, `Column`, `Nullable`, `KeyTable`, `KeyColumn`, `Category`) VALUES ('T', 'C', 'Y', 'T', 1, 'Identifier')",
    "INSERT INTO `T` (`A`) VALUES ('here')")
  const view = prepare(database, 'SELECT * FROM `T`')
  view.execute()
  const problems = (mode: 'VALIDATE' | 'VALIDATE_NEW' | 'VALIDATE_FIELD' | 'VALIDATE_DELETE', ...cells: Cell[]): string[] => {
    try {
      view.modify(mode, Record.of(...cells))
    } catch (error) {
      assert.equal((error as { errno?: number }).errno, 13)
    }
    const found: string[] = []
    for (let problem = view.nextProblem(); problem !== undefined; problem = view.nextProblem()) found.push(`${problem.error} ${problem.column}`)
    return found
  }
  assert.deepEqual(problems('VALIDATE', '9x', 7, 'gone'), ['BADIDENTIFIER A', 'OVERFLOW B', 'BADLINK C'])
  assert.deepEqual(problems('VALIDATE_FIELD', null, 0, 'gone'), ['REQUIRED A', 'UNDERFLOW B'])
  assert.deepEqual(problems('VALIDATE_NEW', 'here', 1, 'here'), ['DUPLICATEKEY A'])
  assert.deepEqual(problems('VALIDATE', 'x', null, null), [])
  assert.deepEqual(problems('VALIDATE', 'x'.repeat(73), '6', null), ['STRINGOVERFLOW A', 'OVERFLOW B'])
  assert.deepEqual([view.nextProblem()?.error, view.nextProblem()?.error, view.nextProblem()], ['STRINGOVERFLOW', 'OVERFLOW', undefined])
  run(database, "INSERT INTO `T` (`A`, `C`) VALUES ('there', 'here')")
  assert.deepEqual(problems('VALIDATE_DELETE', 'here', null, null), ['BADLINK C'])
})

test('streams and storages are rows of _Streams and _Storages', () => {
  const database = people()
  run(database, 'INSERT INTO `_Streams` (`Name`, `Data`) VALUES (?, ?)', ['data.cab', bytesSource(Uint8Array.of(1, 2))])
  assert.deepEqual(database.streamNames(), ['data.cab'])
  assert.equal([...query(database, "SELECT `Data` FROM `_Streams` WHERE `Name` = 'data.cab'")][0]!.stream(1)!.size, 2)
  run(database, "DELETE FROM `_Streams` WHERE `Name` = 'data.cab'")
  assert.deepEqual(database.streamNames(), [])
})

test('an UPDATE of their key gives streams and storages another name', () => {
  const database = people()
  database.setStream('a.cab', bytesSource(Uint8Array.of(1, 2)))
  database.setStorage('One', { entries: [{ kind: 'stream', name: 'S', source: bytesSource(Uint8Array.of(3)) }] })
  for (const [table, from, to] of [['_Streams', 'a.cab', 'b.cab'], ['_Storages', 'One', 'Two']] as const) {
    const view = prepare(database, `SELECT \`Name\`, \`Data\` FROM \`${table}\` WHERE \`Name\` = ?`)
    view.execute([from])
    const record = view.fetch()!
    record.set(1, to)
    view.modify('UPDATE', record)
  }
  assert.deepEqual([database.streamNames(), database.storageNames()], [['b.cab'], ['Two']])
  assert.deepEqual([database.stream('b.cab')!.size, database.storage('Two')!.entries.length], [2, 1])
  assert.throws(() => database.setStorage('x'.repeat(32), { entries: [] }), { code: 'ERROR_FUNCTION_FAILED' })
})

test('a table gets one binary column at most, whenever it is added', () => {
  const database = databaseOf('CREATE TABLE `T` (`A` SHORT NOT NULL, `B` OBJECT PRIMARY KEY `A`)')
  assert.throws(() => run(database, 'ALTER TABLE `T` ADD `C` OBJECT'), { code: 'ERROR_FUNCTION_FAILED' })
})

test('a record counts digits as an integer and nothing else', () => {
  const record = Record.of('42', '-42', ' 42', '0x42', '4294967297', '', 7)
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7, 8].map((field) => record.integer(field)), [42, -42, null, null, 1, null, 7, null])
  assert.equal(record.isNull(6), true)
  assert.throws(() => record.set(8, 1), { code: 'ERROR_INVALID_PARAMETER' })
})

test('an UPDATE that names several tables changes the rows that the others choose', () => {
  const database = people()
  run(database, 'UPDATE `P`, `Room` SET `P`.`Name` = ?, `Who` = 2 WHERE `Room`.`Who` = `P`.`Id` AND `Number` = 10', ['Cyd'])
  assert.deepEqual(rows(database, 'SELECT `Name` FROM `P`'), ['Ann', 'Bob', 'Cyd'])
  assert.deepEqual(rows(database, 'SELECT * FROM `Room`'), ['10,2', '11,1'])
  assert.throws(() => run(database, 'UPDATE `P`, `Room` SET `Id` = 1, `Nothing` = 1'), { code: 'ERROR_BAD_QUERY_SYNTAX' })
})

test('a column may be temporary and localizable', () => {
  const database = databaseOf('CREATE TABLE `T` (`A` SHORT NOT NULL, `B` CHAR(20) NOT NULL TEMPORARY LOCALIZABLE PRIMARY KEY `A`)')
  assert.deepEqual(prepare(database, 'SELECT * FROM `T`').columns.map(({ type }) => type), ['i2', 'g20'])
})

test('a fetched row that was deleted since is not updated, replaced or deleted, but refreshed', () => {
  const database = people()
  const view = prepare(database, 'SELECT * FROM `P`')
  view.execute()
  const record = view.fetch()!
  run(database, 'DELETE FROM `P` WHERE `Id` = 1')
  for (const mode of ['UPDATE', 'REPLACE', 'DELETE'] as const) assert.throws(() => view.modify(mode, record), { code: 'ERROR_FUNCTION_FAILED' }, mode)
  view.modify('REFRESH', record)
  assert.deepEqual(record.cells(), [1, null, null])
})
