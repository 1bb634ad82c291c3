// Cells of a database as text and as JSON.
import type { Cell } from '../database/index.ts'
import { humanSize } from './columns.ts'

export function cellText(cell: Cell): string {
  if (cell === null) return ''
  return typeof cell === 'object' ? `[${humanSize(cell.size)}]` : String(cell)
}

/** A stream is told by its size: its bytes are had with `msikit streams`. */
export function jsonRow(columns: readonly string[], cells: readonly Cell[]): Record<string, string | number | null | { sizeBytes: number }> {
  return Object.fromEntries(columns.map((column, index) => {
    const cell = cells[index] ?? null
    return [column, cell !== null && typeof cell === 'object' ? { sizeBytes: cell.size } : cell]
  }))
}
