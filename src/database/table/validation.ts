// Internal validation: the cells of a row against the `_Validation` table.
// https://learn.microsoft.com/windows/win32/msi/internal-validation
// Problems bear the names of MSIDBERROR; https://learn.microsoft.com/windows/win32/api/msiquery/nf-msiquery-msiviewgeterrorw
import { categoryProblem, type CategoryProblem } from './categories.ts'
import { integerOf, type Cell } from './cell.ts'
import type { Column } from './column.ts'
import type { Row } from './row.ts'
import type { Table } from './table.ts'

export interface ValidationProblem {
  readonly error: CategoryProblem | 'DUPLICATEKEY' | 'REQUIRED' | 'BADLINK' | 'OVERFLOW' | 'UNDERFLOW' | 'NOTINSET'
    | 'MISSINGDATA' | 'BADKEYTABLE' | 'BADMAXMINVALUES' | 'STRINGOVERFLOW' | 'BADLOCALIZEATTRIB'
  readonly column: string
}

/** `fields`: each cell alone; `row`: foreign keys too; `new-row`: and that the key is new. */
export type ValidationScope = 'fields' | 'row' | 'new-row'

interface Tables {
  table(name: string): Table | undefined
}

/** @param positions The columns to look at; all by default. */
export function validateRow(database: Tables, table: Table, cells: readonly Cell[], scope: ValidationScope,
  positions: readonly number[] = table.columns.map((_, position) => position)): ValidationProblem[] {
  const problems: ValidationProblem[] = []
  if (scope === 'new-row') {
    const key = table.rawKey(table.keyColumns.map((position) => cells[position] ?? null))
    if (key !== undefined && table.findRaw(key) !== undefined) problems.push({ error: 'DUPLICATEKEY', column: table.columns[table.keyColumns[0]!]!.name })
  }
  const validation = database.table('_Validation')
  for (const position of positions) {
    const column = table.columns[position]!
    const rule = validation?.find(table.name, column.name)
    const given = cells[position] ?? null
    const cell = column.type === 'int16' || column.type === 'int32' ? integerOf(given) ?? given : given
    const error = rule === undefined ? 'MISSINGDATA' : cellProblem(rule, cell) ?? columnProblem(column, cell)
      ?? (scope === 'fields' ? undefined : linkProblem(database, table, rule, cell, cells))
    if (error !== undefined) problems.push({ error, column: column.name })
  }
  return problems
}

/** Columns of other rows that hold the key of a row about to be deleted. */
export function validateRowDeletion(database: Tables, table: Table, cells: readonly Cell[]): ValidationProblem[] {
  const problems: ValidationProblem[] = []
  const key = table.keyColumns.map((position) => cells[position] ?? null)
  for (const rule of database.table('_Validation')?.rows() ?? []) {
    if (!rule.text('KeyTable').split(';').includes(table.name)) continue
    const value = key[(rule.integer('KeyColumn') ?? 1) - 1] ?? null
    const referring = database.table(rule.text('Table'))
    if (value === null || referring === undefined) continue
    const column = rule.text('Column')
    for (const row of referring.rows()) {
      if (row.text(column) !== String(value)) continue
      problems.push({ error: 'BADLINK', column })
      break
    }
  }
  return problems
}

function cellProblem(rule: Row, cell: Cell): ValidationProblem['error'] | undefined {
  if (cell === null || cell === '') return rule.text('Nullable').toUpperCase().startsWith('N') ? 'REQUIRED' : undefined
  if (typeof cell === 'object') return undefined
  if (isInSet(rule, cell)) return undefined
  const category = rule.text('Category')
  if (rule.text('KeyTable') === '' && category === '' && rule.text('Set') !== '') return 'NOTINSET'
  const range = rangeProblem(rule, cell)
  if (range !== undefined) return range
  return typeof cell === 'string' && category !== '' ? categoryProblem(category, cell) : undefined
}

function isInSet(rule: Row, cell: string | number): boolean {
  return rule.text('Set') !== '' && rule.text('Set').split(';').includes(String(cell))
}

/** What the column's own definition does not allow. */
function columnProblem({ type, width, key, localizable }: Column, cell: Cell): ValidationProblem['error'] | undefined {
  if (key && localizable) return 'BADLOCALIZEATTRIB'
  return type === 'string' && width > 0 && typeof cell === 'string' && cell.length > width ? 'STRINGOVERFLOW' : undefined
}

function rangeProblem(rule: Row, cell: string | number): ValidationProblem['error'] | undefined {
  const least = rule.integer('MinValue')
  const most = rule.integer('MaxValue')
  if (least !== null && most !== null && most < least) return 'BADMAXMINVALUES'
  if (typeof cell !== 'number') return undefined
  if (least !== null && cell < least) return 'UNDERFLOW'
  return most !== null && cell > most ? 'OVERFLOW' : undefined
}

/** A value is good when any of the tables has it; a table may be named by another column of the row. */
function linkProblem(database: Tables, table: Table, rule: Row, cell: Cell, cells: readonly Cell[]): ValidationProblem['error'] | undefined {
  if (cell === null || cell === '' || typeof cell === 'object' || rule.text('KeyTable') === '' || isInSet(rule, cell)) return undefined
  const keyColumn = rule.integer('KeyColumn') ?? 1
  let known = false
  for (const listed of rule.text('KeyTable').split(';')) {
    const position = table.columnNumber(listed)
    const target = database.table(position === undefined ? listed : String(cells[position] ?? ''))
    const column = target?.columns[keyColumn - 1]
    if (target === undefined || column === undefined) continue
    known = true
    if (target.keyColumns.length === 1 && keyColumn === 1 ? target.find(cell) !== undefined : hasValue(target, column.name, cell)) return undefined
  }
  return known ? 'BADLINK' : 'BADKEYTABLE'
}

function hasValue(table: Table, column: string, cell: string | number): boolean {
  for (const row of table.rows()) if (row.text(column) === String(cell)) return true
  return false
}
