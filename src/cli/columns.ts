// Text in columns for terminals.

/** Two columns, indented, the second one as long as it likes. */
export function twoColumns(rows: readonly (readonly [string, string])[], indent = '  '): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `${indent}${left.padEnd(width)}  ${right}`.trimEnd()).join('\n')
}

/** A cell wider than this does not widen its column. */
const widestColumn = 48

/** A header, a rule and one line per row; line breaks and other control characters within cells are escaped. */
export function tableLines(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const plain = rows.map((row) => row.map(escapeControls))
  const widths = header.map((name, column) => Math.max(name.length, ...plain.map((row) => row[column]!.length).filter((length) => length <= widestColumn)))
  const line = (cells: readonly string[]): string => cells.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...plain.map(line)]
}

export function escapeControls(text: string): string {
  return text.replace(/[\0-\x1f\x7f]/g, (one) => ({ '\n': '\\n', '\r': '\\r', '\t': '\\t' })[one] ?? `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`)
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
