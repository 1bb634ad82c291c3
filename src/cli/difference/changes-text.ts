// Differences for people: one line for each row or cell, with +, - and ~ in front.
import { escapeControls, humanSize } from '../terminal/columns.ts'
import type { Output } from '../terminal/output.ts'
import type { CellChange, RowDifference, TableDifference, Value } from './changes.ts'

export function printTable({ table, kind, columns, rows }: TableDifference, out: Output): void {
  out.line(out.style('bold', `Table ${table}${kind === 'added' ? ' (new)' : kind === 'removed' ? ' (gone)' : ''}`))
  for (const { kind: how, column, before, after } of columns) {
    if (how === 'changed') printLine('~', `column ${column}: ${before} -> ${after}`, out)
    else printLine(how === 'added' ? '+' : '-', `column ${column} ${after ?? before}`, out)
  }
  for (const row of rows) printRow(row, out)
}

function printRow({ kind, key, cells }: RowDifference, out: Output): void {
  const name = key.map(shown).join(', ')
  if (kind === 'changed') for (const cell of cells) printLine('~', `${name}: ${changeText(cell)}`, out)
  else if (kind === 'removed') printLine('-', name, out)
  else printLine('+', `${name}${cells.length === 0 ? '' : `: ${cells.map(({ column, after }) => `${column} ${shown(after)}`).join(', ')}`}`, out)
}

function changeText({ column, before, after }: CellChange): string {
  return before === null && after === null ? column : `${column} ${shown(before)} -> ${shown(after)}`
}

const styles = { '+': 'green', '-': 'red', '~': 'yellow' } as const

export function printLine(sign: keyof typeof styles, text: string, out: Output): void {
  out.line(`  ${out.style(styles[sign], `${sign} ${escapeControls(text)}`)}`)
}

const longest = 200

export function shown(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'object') return `[${humanSize(value.sizeBytes)}]`
  const text = String(value)
  return text === '' ? "''" : text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text
}
