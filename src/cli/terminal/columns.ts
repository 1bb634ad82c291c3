// Text in columns for terminals.
import { padWidth, textWidth } from './text-width.ts'

/** Two columns, indented. @param lineWidth where the second one goes on in the next line, when there is room for it; as long as it likes when absent */
export function twoColumns(rows: readonly (readonly [string, string])[], indent = '  ', lineWidth = Infinity): string {
  const width = Math.max(0, ...rows.map((row) => textWidth(row[0])))
  const room = Math.max(lineWidth - indent.length - width - 2, narrowestText)
  const further = `\n${' '.repeat(indent.length + width + 2)}`
  return rows.map((row) => `${indent}${padWidth(row[0], width)}  ${wrapped(row[1], room).join(further)}`.trimEnd()).join('\n')
}

/** A column narrower than this would be worse to read than lines that the terminal breaks. */
const narrowestText = 30

/** Broken at spaces. */
export function wrapped(text: string, width: number): string[] {
  if (textWidth(text) <= width) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** A cell wider than this does not widen its column. */
const widestColumn = 48

/** So many rows decide how wide columns are: the rest need not be in memory. */
const measuredRows = 1000

/** A header, a rule and one line per row; line breaks and other control characters within cells are escaped. */
export function tableLines(header: readonly string[], rows: Iterable<readonly string[]>): string[] {
  return [...streamTable(header, rows)]
}

/** As {@link tableLines}, with a thousand rows in memory at most. */
export function* streamTable(header: readonly string[], rows: Iterable<readonly string[]>): Generator<string, void> {
  const iterator = rows[Symbol.iterator]()
  const widths = header.map(textWidth)
  const first: string[][] = []
  for (let next = iterator.next(); !next.done; next = iterator.next()) {
    const cells = next.value.map(escapeControls)
    for (const [column, cell] of cells.entries()) {
      const width = textWidth(cell)
      if (width > widths[column]! && width <= widestColumn) widths[column] = width
    }
    if (first.push(cells) === measuredRows) break
  }
  const line = (cells: readonly string[]): string => cells.map((cell, column) => padWidth(cell, widths[column]!)).join('  ').trimEnd()
  yield line(header)
  yield line(widths.map((width) => '-'.repeat(width)))
  for (const cells of first) yield line(cells)
  for (let next = iterator.next(); !next.done; next = iterator.next()) yield line(next.value.map(escapeControls))
}

export function escapeControls(text: string): string {
  return !/[\0-\x1f\x7f-\x9f]/.test(text) ? text : text.replace(/[\0-\x1f\x7f-\x9f]/g, (one) => ({ '\n': '\\n', '\r': '\\r', '\t': '\\t' })[one] ?? `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** Bytes as people read them: `1338 bytes`, `2.7 MiB`. */
export function humanSize(bytes: number): string {
  if (bytes < 10_000) return `${bytes} byte${bytes === 1 ? '' : 's'}`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes / 1024
  let unit = 0
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1024
  return `${value.toFixed(value < 100 ? 1 : 0)} ${units[unit]}`
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
