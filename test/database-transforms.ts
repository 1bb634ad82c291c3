// Random pairs of databases, and what makes two databases equal: for the property that a transform generated from a pair
// and applied to the first gives the second.
import * as fc from 'fast-check'
import { bytesSource, readAll, type ByteSink } from 'msikit/base'
import { writeCompoundFile } from 'msikit/compound-file'
import { applyTransform, createDatabase, generateTransform, openDatabase, transformErrors, type Cell, type ColumnDefinition, type Database } from 'msikit/database'

interface TableModel {
  readonly keys: readonly ('string' | 'int16' | 'int32')[]
  readonly others: readonly ('string' | 'int16' | 'int32' | 'binary')[]
  /** How many of `others` the first and the second database have; absent when it has no such table. */
  readonly first: TableState | undefined
  readonly second: TableState | undefined
}

interface TableState {
  readonly columns: number
  /** Seeds of cells; few different ones, so that keys of both meet. */
  readonly rows: readonly (readonly number[])[]
}

const texts = ['a', 'b', 'C', 'A longer text', 'Straße', 'Ünïcödé', '0', '-5', 'x'.repeat(300), ' ', 'tab\tand\nline']
const plainType = fc.constantFrom('string', 'int16', 'int32')

function tableState(least: number, columns: number): fc.Arbitrary<TableState> {
  return fc.record({
    columns: fc.integer({ min: least, max: columns }),
    rows: fc.array(fc.array(fc.nat(9), { minLength: 24, maxLength: 24 }), { maxLength: 12 }),
  })
}

const tableModel: fc.Arbitrary<TableModel> = fc.tuple(
  fc.array(plainType, { minLength: 1, maxLength: 3 }), fc.oneof(fc.array(plainType, { maxLength: 5 }), fc.array(plainType, { minLength: 14, maxLength: 18 })), fc.option(fc.nat(17), { nil: undefined }),
).chain(([keys, plain, binaryAt]) => {
  const others: TableModel['others'] = plain.map((type, position) => position === binaryAt ? 'binary' : type)
  return fc.nat(others.length).chain((firstColumns) => fc.record({
    keys: fc.constant(keys), others: fc.constant(others),
    first: fc.option(tableState(firstColumns, firstColumns), { nil: undefined }),
    second: fc.option(tableState(firstColumns, others.length), { nil: undefined, freq: 8 }),
  }))
})

/** Models of a pair of databases. */
export const databasePair = fc.record({
  tables: fc.array(tableModel, { maxLength: 4 }),
  codepages: fc.constantFrom<[number, number]>([1252, 1252], [0, 1252], [65001, 65001], [1252, 65001]),
})

export function databasesOf({ tables, codepages }: { tables: readonly TableModel[]; codepages: readonly [number, number] }): [first: Database, second: Database] {
  return [build(tables, 'first', codepages[0]), build(tables, 'second', codepages[1])]
}

function build(tables: readonly TableModel[], which: 'first' | 'second', codepage: number): Database {
  const database = createDatabase({ codepage })
  tables.forEach(({ keys, others, [which]: state }, number) => {
    if (state === undefined) return
    const types = [...keys, ...others.slice(0, state.columns)]
    const columns = types.map((type, position): ColumnDefinition => ({ name: `C${position}`, type, key: position < keys.length, nullable: true, width: type === 'string' ? 72 : 0 }))
    const table = database.createTable({ name: `T${number}`, columns })
    for (const seeds of state.rows) {
      // Keys are part of the names of streams, which are short.
      const cells = types.map((type, position) => position < keys.length && type === 'string' && types.includes('binary') && seeds[position] !== 0
        ? `k${seeds[position]}` : cellOf(type, seeds[position]!, codepage))
      const key = table.rawKey(cells.slice(0, keys.length))
      if (key === undefined || table.findRaw(key) === undefined) table.insert(cells)
    }
  })
  return database
}

function cellOf(type: string, seed: number, codepage: number): Cell {
  if (seed === 0) return null
  if (type === 'binary') return bytesSource(Uint8Array.from({ length: seed * seed }, (_, index) => index * seed))
  if (type === 'int16') return [1, -1, 32767, -32767, 0, 7, 8, 9, 10][seed - 1]!
  if (type === 'int32') return [1, -1, 2147483647, -2147483647, 0, 65536, 8, 9, 10][seed - 1]!
  const text = texts[seed]!
  return codepage === 0 ? text.replace(/[^\0-\u007f]/g, '?') : text
}

/** Everything that a transform can carry over, as plain data; rows by their key. */
export function contentOf(database: Database): unknown {
  return {
    codepage: database.codepage,
    tables: Object.fromEntries([...database.tableNames].sort().map((name) => {
      const table = database.table(name)!
      const rows = [...table.rows()].map((row) => row.cells().map((cell) => typeof cell === 'object' && cell !== null ? [...readAll(cell)] : cell))
      return [name, { columns: table.columns, rows: rows.map((row) => JSON.stringify(row)).sort() }]
    })),
  }
}

/** The second database of the pair as the transform makes it of the first one, through bytes. */
export function transformed(first: Database, second: Database): Database {
  const transform = generateTransform(second, first)
  const result = reopened(first)
  if (transform !== undefined) applyTransform(result, bytesOf((sink) => writeCompoundFile(transform, sink)), { errorConditions: transformErrors.changeCodepage })
  return reopened(result)
}

function reopened(database: Database): Database {
  return openDatabase(bytesOf((sink) => database.save(sink)), { strict: true })
}

function bytesOf(write: (sink: ByteSink) => void): Uint8Array {
  const chunks: Uint8Array[] = []
  write({ write: (chunk) => { chunks.push(chunk.slice()) } })
  return new Uint8Array(Buffer.concat(chunks))
}
