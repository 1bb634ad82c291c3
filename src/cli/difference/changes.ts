// Differences between two states of a package, as data: what `diff` finds and what a transform says.
import type { Cell } from '../../database/index.ts'

/** Null, text, a number, or how much a stream has. */
export type Value = string | number | null | { readonly sizeBytes: number }

export interface CellChange {
  readonly column: string
  readonly before: Value
  readonly after: Value
}

export interface RowDifference {
  readonly kind: 'added' | 'removed' | 'changed'
  readonly key: readonly Value[]
  /** Of an added row all cells that are not null, of a changed one those that differ. */
  readonly cells: readonly CellChange[]
}

export interface TableDifference {
  readonly table: string
  readonly kind: 'added' | 'removed' | 'changed'
  readonly columns: readonly { readonly kind: 'added' | 'removed' | 'changed'; readonly column: string; readonly before: string | null; readonly after: string | null }[]
  readonly rows: readonly RowDifference[]
}

export function plainValue(cell: Cell): Value {
  return cell !== null && typeof cell === 'object' ? { sizeBytes: cell.size } : cell
}
