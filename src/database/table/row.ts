// Rows as users of the library have them.
import type { ByteSource } from '../../base/index.ts'
import { integerOf, type Cell } from './cell.ts'
import type { Table } from './table.ts'

/** One row: a view of the table's cells, not a copy. */
export class Row {
  readonly table: Table
  /** Stays the same for the life of the table object. */
  readonly number: number

  constructor(table: Table, number: number) {
    this.table = table
    this.number = number
  }

  /** '' when the cell is null or the table has no such column; integers in decimal. */
  text(column: string): string {
    const cell = this.cell(column)
    return cell === null || typeof cell === 'object' ? '' : String(cell)
  }

  /** The same for who goes through very many rows: the text is not kept for the next who asks. */
  textOnce(column: string): string {
    const position = this.table.columnNumber(column)
    if (position === undefined || this.table.columns[position]!.type !== 'string') return this.text(column)
    return this.table.pool.textOnce(this.table.raw(this.number, position))
  }

  /** `null` also when the table has no such column or its text is no integer. */
  integer(column: string): number | null {
    const cell = this.cell(column)
    return cell === null || typeof cell === 'object' ? null : integerOf(cell) ?? null
  }

  isNull(column: string): boolean {
    const position = this.table.columnNumber(column)
    return position === undefined || this.table.raw(this.number, position) === 0
  }

  stream(column: string): ByteSource | undefined {
    const cell = this.cell(column)
    return typeof cell === 'object' ? cell ?? undefined : undefined
  }

  cell(column: string): Cell {
    const position = this.table.columnNumber(column)
    return position === undefined ? null : this.table.cell(this.number, position)
  }

  /** In the order of the columns. */
  cells(): Cell[] {
    return this.table.columns.map((_, column) => this.table.cell(this.number, column))
  }

  get temporary(): boolean {
    return this.table.isTemporary(this.number)
  }
}
