// The rows of a table on disk: column after column, each with the cells of all rows.
import { littleEndianHost, type ByteSource, type Findings } from '../../base/index.ts'
import { cellSize, type Column } from './column.ts'

/** The rows of a table as a stream holds them. */
export interface StoredRows {
  readonly source: ByteSource
  readonly referenceSize: 2 | 3
}

export function countRows(name: string, columns: readonly Column[], stored: StoredRows, findings: Findings): number {
  let rowSize = 0
  for (let index = 0; index < columns.length; index++) rowSize += cellSize(columns[index]!.type, stored.referenceSize)
  if (rowSize === 0) return 0
  if (stored.source.size % rowSize !== 0) {
    findings.report({
      id: 'table-size', structure: `table ${name}`, field: 'size', expected: `a multiple of ${rowSize} bytes`, found: `${stored.source.size} bytes`,
    })
  }
  return Math.floor(stored.source.size / rowSize)
}

export function readColumn(stored: StoredRows, columns: readonly Column[], column: number, rows: number, into: Uint32Array): void {
  const size = cellSize(columns[column]!.type, stored.referenceSize)
  let offset = 0
  for (let before = 0; before < column; before++) offset += cellSize(columns[before]!.type, stored.referenceSize) * rows
  const bytes = stored.source.read(offset, size * rows)
  const whole = Math.min(rows, Math.floor(bytes.length / size))
  if (littleEndianHost && size !== 3 && bytes.byteOffset % size === 0) {
    into.set(size === 2 ? new Uint16Array(bytes.buffer, bytes.byteOffset, whole) : new Uint32Array(bytes.buffer, bytes.byteOffset, whole))
    return
  }
  for (let row = 0, at = 0; row < whole; row++, at += size) {
    let value = bytes[at]! | bytes[at + 1]! << 8
    if (size > 2) value |= bytes[at + 2]! << 16
    if (size > 3) value |= bytes[at + 3]! << 24
    into[row] = value
  }
}

/** The cells of some rows, in the order of their numbers; `undefined`: of all, as they are. @param into as many bytes as they take */
export function writeColumn(cells: Uint32Array, rows: Uint32Array | undefined, size: number, into: Uint8Array): void {
  const count = into.length / size
  if (littleEndianHost && size !== 3 && into.byteOffset % size === 0) {
    const words = size === 2 ? new Uint16Array(into.buffer, into.byteOffset, count) : new Uint32Array(into.buffer, into.byteOffset, count)
    if (rows === undefined) words.set(cells.subarray(0, count))
    else for (let index = 0; index < count; index++) words[index] = cells[rows[index]!]!
    return
  }
  for (let index = 0, at = 0; index < count; index++, at += size) {
    const raw = cells[rows === undefined ? index : rows[index]!]!
    into[at] = raw & 0xff
    into[at + 1] = raw >>> 8 & 0xff
    if (size > 2) into[at + 2] = raw >>> 16 & 0xff
    if (size > 3) into[at + 3] = raw >>> 24
  }
}
