// Merging the tables of one database into another, as MsiDatabaseMerge does.
// https://learn.microsoft.com/windows/win32/api/msiquery/nf-msiquery-msidatabasemergew
import { equalBytes, readAll } from '../base/index.ts'
import type { Database } from './database.ts'
import { DatabaseError } from './database-error.ts'
import type { Cell } from './table/cell.ts'
import { savedPositions, type Column } from './table/column.ts'
import type { Table } from './table/table.ts'

export interface MergeConflict {
  readonly table: string
  /** Rows whose key the target has with other values; the target's stay. */
  readonly rows: number
}

export interface MergeOptions {
  /** The table that gets a row for each table with conflicts. */
  readonly errorTable?: string
}

/**
 * Adds the tables and rows of `reference`. Rows that are the same in both are passed over.
 * @returns the tables with conflicts
 * @throws DatabaseError ERROR_DATATYPE_MISMATCH, before anything is changed, when a table of both is defined differently
 */
export function mergeDatabase(target: Database, reference: Database, options: MergeOptions = {}): MergeConflict[] {
  if (target === reference) throw new DatabaseError('merge: expected two databases, found the same one twice', 'ERROR_FUNCTION_FAILED', 2273)
  const pairs = reference.tableNames.map((name) => ({ from: reference.table(name)!, to: target.table(name) })).filter(({ from }) => !from.temporary)
  for (const { from, to } of pairs) if (to !== undefined) requireSameDefinition(from, to)
  const conflicts = pairs.flatMap(({ from, to }) => {
    const rows = mergeRows(from, to ?? target.createTable({ name: from.name, columns: savedColumns(from) }))
    return rows > 0 ? [{ table: from.name, rows }] : []
  })
  if (options.errorTable !== undefined && conflicts.length > 0) report(target, options.errorTable, conflicts)
  return conflicts
}

function savedColumns({ columns }: Table): Column[] {
  return savedPositions(columns).map((position) => columns[position]!)
}

/** Columns that only one has may stand at the end; strings differ in width as they like, and temporary columns do not matter. */
function requireSameDefinition(from: Table, to: Table): void {
  const [own, wanted] = [savedColumns(from), savedColumns(to)]
  const shared = Math.min(own.length, wanted.length)
  for (let position = 0; position < shared; position++) {
    const [a, b] = [own[position]!, wanted[position]!]
    if (a.name !== b.name || a.type !== b.type || a.key !== b.key || a.nullable !== b.nullable) mismatch(from.name, a.name)
  }
  const extra = [...own.slice(shared), ...wanted.slice(shared)]
  const extraKey = extra.find((column) => column.key)
  if (extraKey !== undefined) mismatch(from.name, extraKey.name)
}

function mismatch(table: string, column: string): never {
  throw new DatabaseError(`table ${table}, column ${column}: expected the same definition in both databases`, 'ERROR_DATATYPE_MISMATCH')
}

function mergeRows(from: Table, to: Table): number {
  const places = savedPositions(to.columns)
  const positions = savedPositions(from.columns).slice(0, places.length)
  positions.forEach((position, index) => {
    const { type, width } = from.columns[position]!
    const own = to.columns[places[index]!]!.width
    if (type === 'string' && own !== 0 && (width === 0 || width > own)) to.setColumnWidth(places[index]!, width)
  })
  let conflicts = 0
  for (const row of from.rows()) {
    const cells: Cell[] = to.columns.map(() => null)
    positions.forEach((position, index) => { cells[places[index]!] = from.cell(row.number, position) })
    const key = to.rawKey(to.keyColumns.map((position) => cells[position]!))
    const existing = key && to.findRaw(key)
    if (existing === undefined) to.insert(cells)
    else if (positions.some((_, index) => !sameCell(cells[places[index]!]!, to.cell(existing, places[index]!)))) conflicts++
  }
  return conflicts
}

function sameCell(a: Cell, b: Cell): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  return a === b || (a.size === b.size && equalBytes(readAll(a), readAll(b)))
}

function report(target: Database, name: string, conflicts: readonly MergeConflict[]): void {
  const table = target.table(name) ?? target.createTable({
    name, columns: [{ name: 'Table', type: 'string', width: 255, key: true }, { name: 'NumRowMergeConflicts', type: 'int16' }],
  })
  for (const { table: merged, rows } of conflicts) {
    const row = table.find(merged)
    if (row === undefined) table.insert([merged, rows])
    else table.update(row, 'NumRowMergeConflicts', rows)
  }
}
