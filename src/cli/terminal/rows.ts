// Cells of a database as text, as JSON and as CSV (RFC 4180).
import type { Cell } from '../../database/index.ts'
import type { CommandInput, OptionSpec } from '../program/command.ts'
import { UsageError } from '../program/errors.ts'
import { humanSize, streamTable } from './columns.ts'
import type { Output } from './output.ts'

export type RowFormat = 'text' | 'json' | 'csv'

export const csvOption: OptionSpec = { about: 'Print comma-separated values for spreadsheets instead of text for people' }

/** @throws UsageError when both are asked for. */
export function rowFormat(input: Pick<CommandInput, 'json' | 'has'>): RowFormat {
  if (input.json && input.has('csv')) throw new UsageError('expected --json or --csv, found both')
  return input.json ? 'json' : input.has('csv') ? 'csv' : 'text'
}

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

/** Rows of a table or a query, for people or for programs, one after the other. */
export function writeRows(out: Output, columns: readonly string[], rows: Iterable<readonly Cell[]>, format: RowFormat): void {
  if (format === 'json') out.jsonArray(mapped(rows, (cells) => jsonRow(columns, cells)))
  else if (format === 'csv') writeCsv(out, columns, mapped(rows, (cells) => cells.map(cellText)))
  else for (const line of streamTable(columns, mapped(rows, (cells) => cells.map(cellText)))) out.line(line)
}

export function writeCsv(out: Output, header: readonly string[], rows: Iterable<readonly string[]>): void {
  out.write(csvLine(header))
  for (const row of rows) out.write(csvLine(row))
}

function csvLine(fields: readonly string[]): string {
  // An empty line would be no record to most readers.
  if (fields.length === 1 && fields[0] === '') return '""\r\n'
  return `${fields.map((field) => /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field).join(',')}\r\n`
}

export function* mapped<From, To>(values: Iterable<From>, change: (value: From) => To): Generator<To, void> {
  for (const value of values) yield change(value)
}
