// The tables of a database as its catalog has them: `_Tables` (names) and `_Columns` (table, number, name, type word).
import type { ByteSource } from '../base/index.ts'
import { standardTable } from './standard-tables.ts'
import { cellSize, column, columnFromTypeWord, integerBias, isRegularTypeWord, typeOfWord, typeWord, type Column } from './table/column.ts'
import type { StoredRows } from './table/stored-rows.ts'
import { maximumColumns, Table, type TableOwner } from './table/table.ts'
import { Tables } from './tables.ts'

/** Tables that every database has without listing them. */
export const systemTableNames: readonly string[] = ['_Tables', '_Columns', '_Streams', '_Storages']

/** Written out: as constants they cost a start less than calls that make them. */
export const tablesColumns: readonly Column[] = [
  { name: 'Name', type: 'string', width: 64, nullable: false, key: true, localizable: false, temporary: false },
]
export const columnsColumns: readonly Column[] = [
  { name: 'Table', type: 'string', width: 64, nullable: false, key: true, localizable: false, temporary: false },
  { name: 'Number', type: 'int16', width: 2, nullable: false, key: true, localizable: false, temporary: false },
  { name: 'Name', type: 'string', width: 64, nullable: false, key: false, localizable: false, temporary: false },
  { name: 'Type', type: 'int16', width: 2, nullable: false, key: false, localizable: false, temporary: false },
]

/**
 * @param streams The rows of tables by their names; a table without a stream has none.
 * @param isDamaged Something of the file is missing already: tables that the catalog lost are taken for what they must have been.
 */
export function readCatalog(owner: TableOwner, streams: ReadonlyMap<string, ByteSource>, isDamaged: boolean): Tables {
  const rowsOf = (table: string): StoredRows | undefined => {
    const source = streams.get(table)
    return source && { source, referenceSize: owner.pool.referenceSize }
  }
  const names = new Table(owner, '_Tables', tablesColumns, rowsOf('_Tables'))
  const columns = new Table(owner, '_Columns', columnsColumns, rowsOf('_Columns'))
  return (isDamaged ? undefined : readRegular(owner, names, columns, rowsOf)) ?? readAny(owner, names, columns, rowsOf, isDamaged ? streams : new Map())
}

/** Rows of `_Columns` that follow each other, and the size of a row they make. */
interface ColumnRange {
  readonly first: number
  readonly end: number
  readonly rowBytes: number
}

/** A catalog without anything to be said about it, in one pass over its numbers: tables are made when they are asked for. @returns undefined for any other */
function readRegular(owner: TableOwner, names: Table, columns: Table, rowsOf: (table: string) => StoredRows | undefined): Tables | undefined {
  const { pool } = owner
  const ranges = columnRanges(columns, pool.referenceSize)
  if (ranges === undefined || ranges.size !== names.rowCount) return undefined
  const tables = new Tables()
  const isRegular = names.rawColumn(0).every((id) => {
    const name = pool.text(id)
    const range = ranges.get(id)
    const rows = rowsOf(name)
    if (range === undefined || name === '' || tables.has(name) || (rows !== undefined && rows.source.size % range.rowBytes !== 0)) return false
    tables.set(name, () => new Table(owner, name, columnsOf(owner, columns, range), rows))
    return true
  })
  return isRegular ? tables : undefined
}

/** By the number of the table's name. @returns undefined unless the columns of each table stand together, in order, with types that make sense */
function columnRanges(columns: Table, referenceSize: 2 | 3): Map<number, ColumnRange> | undefined {
  const tables = columns.rawColumn(0)
  const numbers = columns.rawColumn(1)
  const words = columns.rawColumn(3)
  const count = tables.length
  const ranges = new Map<number, ColumnRange>()
  /** Of a cell, by the raw type word: a package has some twenty. */
  const sizes = new Map<number, number>()
  for (let row = 0; row < count;) {
    const first = row
    const table = tables[row]!
    let rowBytes = 0
    for (; row < count && tables[row] === table; row++) {
      if (numbers[row]! - integerBias.int16 !== row - first + 1) return undefined
      let size = sizes.get(words[row]!)
      if (size === undefined) {
        const word = words[row]! ^ integerBias.int16
        if (!isRegularTypeWord(word)) return undefined
        sizes.set(words[row]!, size = cellSize(typeOfWord(word), referenceSize))
      }
      rowBytes += size
    }
    if (ranges.has(table) || row - first > maximumColumns) return undefined
    ranges.set(table, { first, end: row, rowBytes })
  }
  return ranges
}

function columnsOf({ pool }: TableOwner, columns: Table, { first, end }: ColumnRange): Column[] {
  const names = columns.rawColumn(2)
  const words = columns.rawColumn(3)
  const made: Column[] = []
  for (let row = first; row < end; row++) made.push(columnFromTypeWord(pool.text(names[row]!), words[row]! ^ integerBias.int16))
  return made
}

/** @param lost what there may be tables of that the catalog does not have */
function readAny(owner: TableOwner, names: Table, columns: Table, rowsOf: (table: string) => StoredRows | undefined, lost: ReadonlyMap<string, ByteSource>): Tables {
  const definitions = readColumns(owner, columns)
  const tables = new Tables()
  for (const row of names.rows()) {
    const table = row.text('Name')
    const columns = definitions.get(table)
    if (table === '' || tables.has(table) || columns === undefined) {
      owner.findings.report({
        id: 'table-definition', structure: '_Tables', field: `row ${row.number + 1}`,
        expected: 'the name of a table with columns, once', found: table === '' ? 'no name' : table,
      })
      continue
    }
    tables.set(table, new Table(owner, table, columns, rowsOf(table)))
  }
  for (const table of definitions.keys()) {
    if (tables.has(table)) continue
    owner.findings.report({ id: 'table-unlisted', structure: '_Columns', expected: 'tables that _Tables lists', found: table })
    if (lost.has(table)) tables.set(table, new Table(owner, table, definitions.get(table)!, rowsOf(table)))
  }
  for (const [table, source] of lost) if (!tables.has(table) && !definitions.has(table)) assumeDocumented(owner, table, source, tables)
  return tables
}

/** The rows of a table whose columns are lost, read as those of the documented table when they fit. */
function assumeDocumented(owner: TableOwner, name: string, source: ByteSource, tables: Tables): void {
  const columns = standardTable(name)?.columns
  const { referenceSize } = owner.pool
  if (columns === undefined || source.size === 0 || source.size % columns.reduce((sum, { type }) => sum + cellSize(type, referenceSize), 0) !== 0) return
  owner.findings.report({ id: 'table-assumed', structure: '_Columns', expected: `the columns of table ${name}`, found: 'none; read as the documented table' })
  tables.set(name, new Table(owner, name, columns.map(column), { source, referenceSize }))
}

function readColumns(owner: TableOwner, rows: Table): Map<string, Column[]> {
  const found = new Map<string, { readonly numbers: number[]; readonly columns: Column[] }>()
  const raw = columnsColumns.map((_, column) => rows.rawColumn(column))
  const rawOf = (row: number, column: number): number => raw[column]![row]!
  for (const row of rows.rowNumbers()) {
    const table = owner.pool.text(rawOf(row, 0))
    const word = rawOf(row, 3) ^ integerBias.int16
    const column = columnFromTypeWord(owner.pool.text(rawOf(row, 2)), word)
    if (!isRegularTypeWord(word)) {
      owner.findings.report({
        id: 'column-type', structure: `table ${table}`, field: `column ${column.name}`, expected: 'a known column type', found: `0x${word.toString(16)}`,
      })
    }
    const number = rawOf(row, 1) === 0 ? 0 : rawOf(row, 1) - integerBias.int16
    const known = found.get(table)
    if (known === undefined) {
      found.set(table, { numbers: [number], columns: [column] })
      continue
    }
    known.numbers.push(number)
    known.columns.push(column)
  }
  return new Map([...found].map(([table, { numbers, columns }]) => [table, inOrder(owner, table, numbers, columns)]))
}

/** Columns by their numbers. */
function inOrder(owner: TableOwner, table: string, numbers: readonly number[], columns: Column[]): Column[] {
  if (columns.length <= maximumColumns && numbers.every((number, index) => number === index + 1)) return columns
  const order = [...columns.keys()].sort((a, b) => numbers[a]! - numbers[b]!)
  if (columns.length > maximumColumns || order.some((at, index) => numbers[at] !== index + 1)) {
    owner.findings.report({
      id: 'column-numbers', structure: `table ${table}`, field: 'column numbers',
      expected: `1 to at most ${maximumColumns}, without gaps`, found: order.map((at) => numbers[at]).slice(0, 40).join(', '),
    })
  }
  return order.map((at) => columns[at]!)
}

/** `_Tables` and `_Columns` of the tables that are saved. Names enter the string pool when they are not there yet. */
export function buildCatalog(owner: TableOwner, tables: Iterable<Table>): { tables: Table; columns: Table } {
  const names = new Table(owner, '_Tables', tablesColumns)
  const columns = new Table(owner, '_Columns', columnsColumns)
  for (const table of tables) {
    names.insert([table.name])
    let number = 0
    for (const one of table.columns) {
      if (!one.temporary) columns.insert([table.name, ++number, one.name, typeWord(one)])
    }
  }
  return { tables: names, columns }
}
