import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parseQuery } from './parser.ts'
import { QuerySyntaxError } from './query-syntax-error.ts'

test('a SELECT keeps its parts as written', () => {
  const select = parseQuery("SELECT DISTINCT `A`, T.`B`, '' FROM `T`, U WHERE (`A` = ? OR B <> 'x') AND C IS NOT NULL ORDER BY `A`")
  assert.ok(select.kind === 'select')
  assert.equal(select.distinct, true)
  assert.deepEqual(select.tables.map(({ name }) => name), ['T', 'U'])
  assert.deepEqual(select.items.map((item) => item.kind === 'column' ? [item.table, item.name] : item.kind), [[undefined, 'A'], ['T', 'B'], 'text'])
  assert.ok(select.where?.kind === 'and')
  assert.deepEqual(select.where.terms.map(({ kind }) => kind), ['or', 'is-null'])
  assert.ok(Object.isFrozen(select.where.terms))
})

test('markers are numbered through the whole query', () => {
  const update = parseQuery('UPDATE `T` SET `A` = ?, `B` = ? WHERE `C` = ?')
  assert.ok(update.kind === 'update' && update.where?.kind === 'comparison')
  assert.deepEqual(update.where.right, { kind: 'marker', index: 3 })
})

const refused: readonly (readonly [query: string, position: number, message: RegExp])[] = [
  ['SELEKT', 0, /expected SELECT, INSERT, UPDATE, DELETE, CREATE, DROP or ALTER, found "SELEKT"/],
  ['SELECT * FROM Table', 14, /expected a table, found "Table"/],
  ["SELECT * FROM 'T'", 14, /expected a table/],
  ["SELECT * FROM T WHERE A = 'x", 26, /expected a closing '/],
  ['SELECT * FROM T WHERE A = "x"', 26, /expected a word, found "\\""/],
  ['SELECT * FROM T\r', 15, /expected a word, found "\\r"/],
  ["SELECT * FROM T WHERE 'a' = A", 22, /expected a column/],
  ['CREATE TABLE `T` (`A` CHAR(256) PRIMARY KEY `A`)', 27, /expected a width from 0 to 255/],
  ['CREATE TABLE `T` (`A` CHAR)', 26, /expected PRIMARY/],
  ['INSERT INTO `T` (`A`, `B`) VALUES (1)', 36, /expected 2 values/],
  ['SELECT `` FROM `T`', 7, /expected a name, found nothing/],
  ['DELETE FROM T WHERE A = 99999999999', 24, /expected an integer/],
]
for (const [query, position, message] of refused) {
  test(`refused with its position: ${JSON.stringify(query)}`, () => {
    assert.throws(() => parseQuery(query), (error) => {
      assert.ok(error instanceof QuerySyntaxError)
      assert.equal(error.errno, 1615)
      assert.equal(error.position, position)
      assert.match(error.message, message)
      return true
    })
  })
}

test('parentheses nest only so deep', () => {
  assert.throws(() => parseQuery(`SELECT * FROM T WHERE ${'('.repeat(100_000)}`), /nested parentheses/)
  assert.doesNotThrow(() => parseQuery(`SELECT * FROM T WHERE ${'('.repeat(50)}A = 1${')'.repeat(50)}`))
})

test('any text is parsed or refused with a position', () => {
  const words = fc.constantFrom('SELECT', '*', 'FROM', '`T`', 'WHERE', 'A', '=', '?', "'x'", '1', '(', ')', ',', 'AND', 'ORDER', 'BY', 'IS', 'NULL', '.', '-', '`', "'")
  fc.assert(fc.property(fc.oneof(fc.string(), fc.array(words).map((list) => list.join(' '))), (query) => {
    try {
      parseQuery(query)
    } catch (error) {
      assert.ok(error instanceof QuerySyntaxError && error.position >= 0 && error.position <= query.length)
    }
  }), { numRuns: 500 })
})
