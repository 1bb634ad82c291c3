// Changing tables through the rows of a view. https://learn.microsoft.com/windows/win32/api/msiquery/nf-msiquery-msiviewmodify
// A view on several tables can only be refreshed and updated.
import {
  DatabaseError, validateRow, validateRowDeletion, type Cell, type Database, type Table, type ValidationProblem, type ValidationScope,
} from '../database/index.ts'
import type { Record } from './record.ts'
import type { Selection } from './selection.ts'

export type ModifyMode =
  | 'SEEK' | 'REFRESH' | 'INSERT' | 'UPDATE' | 'ASSIGN' | 'REPLACE' | 'MERGE' | 'DELETE' | 'INSERT_TEMPORARY'
  | 'VALIDATE' | 'VALIDATE_NEW' | 'VALIDATE_FIELD' | 'VALIDATE_DELETE'

export interface Modification {
  readonly database: Database
  readonly selection: Selection
  readonly mode: ModifyMode
  readonly record: Record
  /** The row the view fetched into the record; `undefined` for records that it did not hand out. */
  readonly origin: Int32Array | undefined
  setOrigin(tuple: Int32Array): void
}

/** @returns What a validation found. @throws DatabaseError when the change is refused. */
export function modifyThrough(modification: Modification): readonly ValidationProblem[] {
  const { selection, mode } = modification
  const single = selection.tables.length === 1 ? selection.tables[0]! : undefined
  if (mode === 'REFRESH') refresh(modification, fetched(modification))
  else if (mode === 'UPDATE') update(modification, standing(modification))
  else if (single === undefined) throw new DatabaseError(`view: expected a view on one table for ${mode}`, 'ERROR_FUNCTION_FAILED', 2275)
  else if (mode === 'VALIDATE' || mode === 'VALIDATE_NEW' || mode === 'VALIDATE_FIELD') return validate(modification, single, mode)
  else if (mode === 'VALIDATE_DELETE') return validateRowDeletion(modification.database, single, rowCells(modification, single))
  else modifyTable(modification, single, mode)
  return []
}

function modifyTable(modification: Modification, table: Table, mode: 'SEEK' | 'INSERT' | 'ASSIGN' | 'REPLACE' | 'MERGE' | 'DELETE' | 'INSERT_TEMPORARY'): void {
  const cells = rowCells(modification, table)
  switch (mode) {
    case 'SEEK': {
      const row = findRow(table, cells) ?? refuse('expected a row with the key of the record')
      modification.setOrigin(Int32Array.of(row))
      refresh(modification, Int32Array.of(row))
      return
    }
    case 'INSERT':
    case 'INSERT_TEMPORARY': {
      // As after a fetch, the record may be updated or deleted then.
      modification.setOrigin(Int32Array.of(table.insert(cells, { temporary: mode === 'INSERT_TEMPORARY' }).number))
      return
    }
    case 'ASSIGN': {
      const row = findRow(table, cells)
      if (row === undefined) table.insert(cells)
      else writeCells(table, row, cells, table.columns.map((_, position) => position))
      return
    }
    case 'REPLACE': {
      replace(modification, table, cells)
      return
    }
    case 'MERGE': {
      const row = findRow(table, cells)
      if (row === undefined) table.insert(cells)
      else if (selectedPositions(modification).some((position) => !sameCell(table.cell(row, position), cells[position]!))) {
        refuse('expected the row of the same key to be the same')
      }
      return
    }
    case 'DELETE': {
      table.deleteRow(standing(modification)[0]!)
    }
  }
}

/** Puts the row's cells into the record; of a row that was deleted meanwhile the key alone. */
function refresh({ selection, record }: Modification, tuple: Int32Array): void {
  selection.columns.forEach(({ source }, index) => {
    if (source === undefined) return
    const deleted = selection.tables[source.table]!.isDeleted(tuple[source.table]!)
    record.set(index + 1, deleted && !source.column.key ? null : selection.cell(tuple, source))
  })
}

/** Streams and storages may be given another name, other rows keep their key. */
function update(modification: Modification, tuple: Int32Array): void {
  const { selection, record } = modification
  const changes = selection.columns.flatMap(({ source }, index) => source === undefined ? [] : [{ source, cell: record.cell(index + 1) }])
    .filter(({ source, cell }) => !sameCell(selection.cell(tuple, source), cell))
  if (changes.some(({ source }) => source.column.key)) {
    const [table] = selection.tables
    if (selection.tables.length > 1 || !table!.keysCanChange) refuse('a primary key cannot be updated')
    replace(modification, table!, rowCells(modification, table!))
    return
  }
  for (const { source, cell } of changes) selection.tables[source.table]!.updateCell(tuple[source.table]!, source.position, cell)
}

function replace(modification: Modification, table: Table, cells: Cell[]): void {
  const old = standing(modification)[0]!
  const selected = new Set(selectedPositions(modification))
  table.columns.forEach((_, position) => { if (!selected.has(position)) cells[position] = table.cell(old, position) })
  if (table.keyColumns.every((position) => sameCell(table.cell(old, position), cells[position]!))) {
    writeCells(table, old, cells, [...selected])
    return
  }
  if (findRow(table, cells) !== undefined) refuse('a row with the key of the record exists already')
  const temporary = table.isTemporary(old)
  table.deleteRow(old)
  modification.setOrigin(Int32Array.of(table.insert(cells, { temporary }).number))
}

function validate(modification: Modification, table: Table, mode: 'VALIDATE' | 'VALIDATE_NEW' | 'VALIDATE_FIELD'): readonly ValidationProblem[] {
  const scope: ValidationScope = mode === 'VALIDATE' ? 'row' : mode === 'VALIDATE_NEW' ? 'new-row' : 'fields'
  return validateRow(modification.database, table, rowCells(modification, table), scope, selectedPositions(modification))
}

/** The cells of a whole row, from the fields of the record; columns that the view does not have are null. */
function rowCells({ selection, record }: Modification, table: Table): Cell[] {
  const cells: Cell[] = table.columns.map(() => null)
  selection.columns.forEach(({ source }, index) => { if (source !== undefined) cells[source.position] = record.cell(index + 1) })
  return cells
}

function selectedPositions({ selection }: Modification): number[] {
  return selection.columns.flatMap(({ source }) => source === undefined ? [] : [source.position])
}

function findRow(table: Table, cells: readonly Cell[]): number | undefined {
  const key = table.rawKey(table.keyColumns.map((position) => cells[position]!))
  return key && table.findRaw(key)
}

function writeCells(table: Table, row: number, cells: readonly Cell[], positions: readonly number[]): void {
  for (const position of positions) if (!table.columns[position]!.key) table.updateCell(row, position, cells[position]!)
}

const plain = (cell: Cell): Cell => typeof cell === 'number' ? String(cell) : cell === '' ? null : cell

/** As the table would store them: integers and their decimal text are the same, streams only when they are one object. */
function sameCell(a: Cell, b: Cell): boolean {
  return plain(a) === plain(b)
}

function fetched({ origin }: Modification): Int32Array {
  return origin ?? refuse('expected a record that this view fetched')
}

/** A fetched row that was not deleted since: only refreshing takes one that was. */
function standing(modification: Modification): Int32Array {
  const tuple = fetched(modification)
  return modification.selection.tables.some((table, index) => table.isDeleted(tuple[index]!)) ? refuse('expected a row that is still there, found one that was deleted') : tuple
}

function refuse(problem: string): never {
  throw new DatabaseError(`view: ${problem}`)
}
