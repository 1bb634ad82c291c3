// The tables of a database as its catalog has them: `_Tables` (names) and `_Columns` (table, number, name, type word).
import type { ByteSource } from '../base/index.ts'
import { cellSize, column, columnFromTypeWord, integerBias, isRegularTypeWord, typeWord, type Column } from './column.ts'
import { standardTable } from './standard-tables.ts'
import type { StoredRows } from './stored-rows.ts'
import { maximumColumns, Table, type TableOwner } from './table.ts'

/** Tables that every database has without listing them. */
export const systemTableNames: readonly string[] = ['_Tables', '_Columns', '_Streams', '_Storages']

const name = { type: 'string', width: 64 } as const
export const tablesColumns: readonly Column[] = [column({ ...name, name: 'Name', key: true })]
export const columnsColumns: readonly Column[] = [
  column({ ...name, name: 'Table', key: true }),
  column({ name: 'Number', type: 'int16', key: true }),
  column({ ...name, name: 'Name' }),
  column({ name: 'Type', type: 'int16' }),
]

/**
 * @param streams The rows of tables by their names; a table without a stream has none.
 * @param isDamaged Something of the file is missing already: tables that the catalog lost are taken for what they must have been.
 */
export function readCatalog(owner: TableOwner, streams: ReadonlyMap<string, ByteSource>, isDamaged: boolean): Map<string, Table> {
  const streamOf = (table: string): ByteSource | undefined => streams.get(table)
  const rowsOf = (table: string): StoredRows | undefined => {
    const source = streamOf(table)
    return source && { source, referenceSize: owner.pool.referenceSize }
  }
  const definitions = readColumns(owner, new Table(owner, '_Columns', columnsColumns, rowsOf('_Columns')))
  const tables = new Map<string, Table>()
  for (const row of new Table(owner, '_Tables', tablesColumns, rowsOf('_Tables')).rows()) {
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
    if (isDamaged && streams.has(table)) tables.set(table, new Table(owner, table, definitions.get(table)!, rowsOf(table)))
  }
  if (isDamaged) for (const [table, source] of streams) if (!tables.has(table) && !definitions.has(table)) assumeDocumented(owner, table, source, tables)
  return tables
}

/** The rows of a table whose columns are lost, read as those of the documented table when they fit. */
function assumeDocumented(owner: TableOwner, name: string, source: ByteSource, tables: Map<string, Table>): void {
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
  // Raw values: there are some seven hundred rows in most packages, read by code that has not run before.
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
