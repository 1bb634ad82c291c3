// Cells of a database as text and as JSON.
import type { Cell } from '../database/index.ts'
import { humanSize, streamTable } from './columns.ts'
import type { Output } from './output.ts'

function cellText(cell: Cell): string {
  if (cell === null) return ''
  return typeof cell === 'object' ? `[${humanSize(cell.size)}]` : String(cell)
}

/** A stream is told by its size: its bytes are had with `msikit streams`. */
function jsonRow(columns: readonly string[], cells: readonly Cell[]): Record<string, string | number | null | { sizeBytes: number }> {
  return Object.fromEntries(columns.map((column, index) => {
    const cell = cells[index] ?? null
    return [column, cell !== null && typeof cell === 'object' ? { sizeBytes: cell.size } : cell]
  }))
}

/** Rows of a table or a query, for people or as JSON, one after the other. */
export function writeRows(out: Output, columns: readonly string[], rows: Iterable<readonly Cell[]>, json: boolean): void {
  if (json) out.jsonArray(mapped(rows, (cells) => jsonRow(columns, cells)))
  else for (const line of streamTable(columns, mapped(rows, (cells) => cells.map(cellText)))) out.line(line)
}

export function* mapped<From, To>(values: Iterable<From>, change: (value: From) => To): Generator<To, void> {
  for (const value of values) yield change(value)
}
