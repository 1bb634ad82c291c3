// The rows of a large text archive put into a table, field by field from the bytes: plain texts go to the string pool
// without being decoded. Fields are parted by tabs, rows by LF or CR LF; no code page has these bytes inside a character.
import type { CodePage } from '../../base/index.ts'
import type { Cell } from '../table/cell.ts'
import { integerBias, type Column } from '../table/column.ts'
import type { Table } from '../table/table.ts'

const [tab, lineFeed, carriageReturn, minus, zero, nine] = [0x09, 0x0a, 0x0d, 0x2d, 0x30, 0x39] as const

export interface ArchiveRows {
  readonly bytes: Uint8Array
  /** Where the first row begins. */
  readonly start: number
  readonly page: CodePage
  /** A field with control characters as they are meant. */
  readonly unescape: (field: string) => string
  /** The cell of a field that is not empty, in a binary column. */
  readonly streamOf: (field: string) => Cell
  readonly refuse: (problem: string) => never
}

/** @throws DatabaseError for a field that its column does not take, and for a key that is there twice. */
export function readBytes(table: Table, archive: ArchiveRows): void {
  const { bytes } = archive
  table.reserve(countLines(bytes, archive.start))
  table.pool.reserve(bytes.length - archive.start)
  const reader = new RowReader(table, archive)
  for (let start = archive.start; start < bytes.length;) {
    const at = bytes.indexOf(lineFeed, start)
    const next = at < 0 ? bytes.length : at
    const end = next > start && bytes[next - 1] === carriageReturn ? next - 1 : next
    if (end > start) reader.read(start, end)
    start = next + 1
  }
}

function countLines(bytes: Uint8Array, start: number): number {
  let lines = 0
  for (let at = bytes.indexOf(lineFeed, start); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) lines++
  return lines
}

class RowReader {
  readonly #table: Table
  readonly #archive: ArchiveRows
  readonly #columns: readonly Column[]
  readonly #raw: Uint32Array
  readonly #binary: number
  /** Cells of tables that have a binary column. */
  #cells: Cell[] = []
  #number = 0

  constructor(table: Table, archive: ArchiveRows) {
    this.#table = table
    this.#archive = archive
    this.#columns = table.columns
    this.#raw = new Uint32Array(table.columns.length)
    this.#binary = table.columns.findIndex(({ type }) => type === 'binary')
  }

  read(start: number, end: number): void {
    const { bytes } = this.#archive
    this.#number++
    let column = 0
    let from = start
    for (; column < this.#columns.length; column++) {
      let to = from
      let range = 0
      for (let byte = bytes[from]!; to < end && byte !== tab; byte = bytes[++to]!) range |= (byte - 0x20) | (0x7e - byte)
      // Below zero once a byte was no printable ASCII.
      if (this.#binary < 0) this.#raw[column] = this.#rawOf(column, from, to, range >= 0)
      else this.#cells[column] = this.#cellOf(column, from, to)
      // Fields that the line does not have are empty.
      from = Math.min(end, to + 1)
    }
    for (let at = from; at < end; at++) if (bytes[at] !== tab && bytes[at] !== carriageReturn) this.#refuseFields(start, end)
    if (this.#binary < 0) this.#table.insertRaw(this.#raw)
    else this.#table.insert(this.#cells)
  }

  #rawOf(column: number, start: number, end: number, isPlain: boolean): number {
    const { type } = this.#columns[column]!
    if (start < end && type === 'string' && isPlain) return this.#table.pool.internBytes(this.#archive.bytes, start, end)
    const value = start < end && type !== 'string' && type !== 'binary' ? this.#integer(start, end) : undefined
    return value !== undefined && Math.abs(value) < integerBias[type as 'int16'] ? value + integerBias[type as 'int16'] : this.#table.rawFor(column, this.#cellOf(column, start, end))
  }

  #cellOf(column: number, start: number, end: number): Cell {
    const field = start === end ? '' : this.#archive.unescape(this.#archive.page.decode(this.#archive.bytes.subarray(start, end)))
    return field === '' ? null : this.#columns[column]!.type === 'binary' ? this.#archive.streamOf(field) : field
  }

  /** `undefined` for what is no short run of digits. */
  #integer(start: number, end: number): number | undefined {
    const { bytes } = this.#archive
    const isNegative = bytes[start] === minus
    let value = 0
    const first = isNegative ? start + 1 : start
    if (first === end || end - first > 10) return undefined
    for (let at = first; at < end; at++) {
      const digit = bytes[at]!
      if (digit < zero || digit > nine) return undefined
      value = value * 10 + digit - zero
    }
    return isNegative ? -value : value
  }

  #refuseFields(start: number, end: number): never {
    const fields = this.#archive.page.decode(this.#archive.bytes.subarray(start, end)).split('\t')
    while (fields.at(-1) === '') fields.pop()
    return this.#archive.refuse(`expected ${this.#columns.length} fields in row ${this.#number}, found ${fields.length}`)
  }
}
