import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { bytesSource, codePage } from '../../base/index.ts'
import { createDatabase, type ColumnDefinition } from '../index.ts'
import { readBytes, type ArchiveRows } from './archive-bytes.ts'
import { unescapeField } from './archive-escapes.ts'
import { readFields } from './archive-fields.ts'

const columns: readonly ColumnDefinition[] = [
  { name: 'Key', type: 'string', key: true }, { name: 'Number', type: 'int16', nullable: true, key: true }, { name: 'Text', type: 'string', nullable: true }, { name: 'Long', type: 'int32', nullable: true },
]

/** The rows that a table has then, or the refusal. */
function rowsBy(read: typeof readBytes, rows: Uint8Array, codepage: number, definitions = columns): unknown {
  const database = createDatabase({ codepage })
  const table = database.createTable({ name: 'T', columns: definitions })
  const archive: ArchiveRows = {
    bytes: rows, start: 0, page: codePage(codepage), unescape: unescapeField, streamOf: (field) => bytesSource(new TextEncoder().encode(field)),
    refuse: (problem) => { throw new Error(problem) },
  }
  try {
    read(table, archive)
  } catch (error) {
    return (error as Error).message
  }
  return Array.from(table.rows(), (row) => row.cells().map((cell) => typeof cell === 'object' && cell !== null ? cell.size : cell))
}

const field = fc.oneof(fc.constantFrom('', 'a', 'b', '\r', '1', '-32767', '32768', '007', '2147483647', '99999999999', 'a\u0011\u0019b', '\u001b', '\u0000', 'Ä€', '日本', '~\u007f'), fc.string({ maxLength: 3 }).map((text) => text.replace(/[\t\r\n]/g, '')))
const line = fc.tuple(fc.array(field, { maxLength: 6 }), fc.constantFrom('\n', '\r\n', '\r\r\n')).map(([fields, end]) => fields.join('\t') + end)
const plainRow = fc.tuple(fc.constantFrom('a', 'b', 'c', 'dd', 'long text'), fc.integer({ min: -5, max: 5 }), fc.constantFrom('', 'a', 'x y'), fc.constantFrom('', '0', '-70000')).map((cells) => `${cells.join('\t')}\r\n`)

const sorted = (value: unknown): unknown => Array.isArray(value) ? value.map((row) => JSON.stringify(row)).sort() : value

test('rows are the same whether fields are read as bytes or as texts', () => {
  fc.assert(fc.property(fc.array(fc.oneof(line, plainRow, plainRow), { maxLength: 6 }), fc.constantFrom(1252, 932, 65001), (lines, codepage) => {
    const bytes = codePage(codepage).encode(lines.join(''))
    fc.pre(bytes !== undefined)
    const [one, other] = [readBytes, readFields].map((read) => sorted(rowsBy(read, bytes, codepage)))
    // Where several rows are refused, either is told.
    if (typeof one === 'string') assert.equal(typeof other, 'string', one)
    else assert.deepEqual(other, one)
  }), { numRuns: 200 })
})

test('lines with nothing in them, fields behind the last and fields that are missing are taken alike', () => {
  for (const text of ['', '\n', 'a', 'a\r\n\r\nb\t1\r\n', 'a\t1\tx\t2\t\t\r\n', 'a\t\t\t\r\r\n', 'a\tb', 'a\na\n', 'a\t1\tx\t2\ty\n']) {
    const bytes = new TextEncoder().encode(text)
    for (const definitions of [columns, columns.slice(0, 1), [...columns, { name: 'Data', type: 'binary', nullable: true }] as const]) {
      assert.deepEqual(rowsBy(readFields, bytes, 1252, definitions), rowsBy(readBytes, bytes, 1252, definitions), JSON.stringify(text))
    }
  }
})
