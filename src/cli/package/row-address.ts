// Cells as the command line names them: `Table.Key.Column`, the parts of a longer key joined with full stops as in the
// names of streams. Keys may have full stops themselves, so a row is found by comparing, not by splitting.
import { standardTable, type Database, type Row, type Table } from '../../database/index.ts'
import { CommandError, UsageError } from '../program/errors.ts'
import { nearest } from '../program/nearest.ts'

export interface CellAddress {
  readonly table: Table
  /** As it was typed. */
  readonly key: string
  /** Column number. */
  readonly column: number
  readonly row: Row | undefined
}

/**
 * @param makesTable whether a documented table that the package lacks is made.
 * @throws CommandError when there is no such table or column, or two rows fit.
 */
export function findCell(database: Database, path: string, typed: string, makesTable = false): CellAddress {
  const name = typed.split('.', 1)[0]!
  const standard = makesTable && !database.tableNames.includes(name) ? standardTable(name) : undefined
  if (standard !== undefined) database.createTable({ name, columns: standard.columns })
  const { table, rest } = findTable(database, path, typed)
  const isOther = (position: number): boolean => !table.columns[position]!.key
  const dot = rest.lastIndexOf('.')
  const named = dot < 0 ? undefined : table.columnNumber(rest.slice(dot + 1))
  if (named !== undefined && isOther(named)) {
    const key = rest.slice(0, dot)
    return { table, key, column: named, row: findRow(table, key) }
  }
  const others = table.columns.flatMap((_, position) => isOther(position) ? [position] : [])
  if (others.length === 1) return { table, key: rest, column: others[0]!, row: findRow(table, rest) }
  const columns = others.map((position) => table.columns[position]!.name)
  const close = dot < 0 ? undefined : nearest(rest.slice(dot + 1), columns)
  throw new CommandError('ERROR_INVALID_FIELD', `${typed}: expected ${table.name}.KEY.COLUMN with one of the columns ${columns.join(', ')}, found "${rest}"`,
    close === undefined ? undefined : `Did you mean ${table.name}.${rest.slice(0, dot)}.${close}?`)
}

/** @throws CommandError when there is no such table or row. */
export function requireRow(database: Database, path: string, typed: string): { table: Table; row: Row } {
  const { table, rest } = findTable(database, path, typed)
  const row = findRow(table, rest)
  if (row !== undefined) return { table, row }
  throw missingRow(table, rest, '')
}

/** @param more What else can be done about it. */
export function missingRow(table: Table, key: string, more: string): CommandError {
  const close = nearest(key, Array.from(table.rowNumbers(), (number) => keyText(table, number)))
  return new CommandError('ERROR_INVALID_PARAMETER', `${table.name}.${key}: expected a row with this key, found none`,
    `${close === undefined ? '' : `Did you mean ${table.name}.${close}? `}${more}` || undefined)
}

function findTable(database: Database, path: string, typed: string): { table: Table; rest: string } {
  const dot = typed.indexOf('.')
  if (dot <= 0 || dot === typed.length - 1) throw new UsageError(`expected TABLE.KEY.COLUMN, found "${typed}"`)
  const name = typed.slice(0, dot)
  const table = database.tableNames.includes(name) ? database.table(name) : undefined
  if (table !== undefined) return { table, rest: typed.slice(dot + 1) }
  const close = database.tableNames.find((one) => one.toLowerCase() === name.toLowerCase()) ?? nearest(name, database.tableNames)
  throw new CommandError('ERROR_INVALID_TABLE', `${path}: expected a table of the package, found "${name}"`,
    `${close === undefined ? '' : `Did you mean ${close}? `}\`msikit tables ${path}\` lists the tables.`)
}

function findRow(table: Table, key: string): Row | undefined {
  if (table.keyColumns.length === 1) return table.find(key)
  const found = Array.from(table.rowNumbers()).filter((number) => keyText(table, number) === key)
  if (found.length > 1) throw new CommandError('ERROR_INVALID_PARAMETER', `${table.name}.${key}: expected one row with this key, found ${found.length}`, 'Change it with `msikit query`.')
  return found[0] === undefined ? undefined : table.row(found[0])
}

function keyText(table: Table, row: number): string {
  return table.streamName(row).slice(table.name.length + 1)
}

/** The cells of a new row's key: as many parts as there are columns. */
export function newKey(table: Table, key: string): string[] {
  const { length } = table.keyColumns
  if (length === 1) return [key]
  const parts = key.split('.')
  if (parts.length === length) return parts
  throw new CommandError('ERROR_INVALID_PARAMETER', `${table.name}.${key}: expected ${length} parts of the key, joined with full stops, found ${parts.length}`,
    'Keys with full stops of their own are added with `msikit query`.')
}
