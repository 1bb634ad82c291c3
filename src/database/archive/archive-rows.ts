// The rows of a text archive, written straight from the string pool's bytes into one buffer: texts that were loaded in
// the code page of the archive are never decoded. The size of everything else is known before, so that nothing is
// checked while rows are written.
import { WindowsError, type CodePage } from '../../base/index.ts'
import type { EncodedTexts } from '../string-pool/encoded-texts.ts'
import { integerBias, type ColumnType } from '../table/column.ts'
import { sortedByKey } from '../table/key-order.ts'
import type { Table } from '../table/table.ts'

/** Digits, a minus, and the tab or line end behind them. */
const widestInteger = 13
const mostBytes = 0x7fffffff
/** Texts are copied in words of four bytes. */
const slack = 4
const [tab, lineFeed, carriageReturn, minus, zero] = [0x09, 0x0a, 0x0d, 0x2d, 0x30] as const

/** The order of rows: that of the texts of their keys, which stays when texts get other numbers; or as the table has them. */
export type RowOrder = 'keys' | 'stored'

export interface WrittenRows {
  readonly bytes: Uint8Array
  /** Some byte is from 0x80. */
  readonly hasHighBytes: boolean
}

export interface ArchiveRowsOptions {
  /** What to write for each byte of a text. */
  readonly substitutes: Uint8Array
  /** The name of the file that a binary cell of a row goes to, in the code page. */
  readonly fileOf: (row: number, position: number) => Uint8Array
  /** Bytes left free in front. */
  readonly headerBytes: number
  /** `keys`: texts byte by byte, integers by value; otherwise as the table has them. */
  readonly order: RowOrder
}

interface WrittenColumn {
  readonly type: ColumnType
  readonly cells: Uint32Array
  readonly position: number
}

/** @throws DatabaseError for a text that the code page cannot hold. */
export function writeRows(table: Table, page: CodePage, options: ArchiveRowsOptions): WrittenRows {
  const quick = writeUnchanged(table, page, options)
  if (quick !== undefined) return quick
  const columns = table.columns.flatMap(({ type, temporary }, position): WrittenColumn[] => temporary ? [] : [{ type, position, cells: table.rawColumn(position) }])
  const texts = table.pool.encoded(page)
  const rows = options.order === 'keys' ? sortedByKey(table, texts) : table.rowNumbers()
  const files = new Map<number, Uint8Array>()
  let size = options.headerBytes + rows.length * (columns.length + 2)
  for (const { type, cells, position } of columns) {
    if (type === 'string') size += textBytes(rows, cells, texts)
    else if (type !== 'binary') size += rows.length * widestInteger
    else {
      for (const row of rows) {
        if (cells[row] === 0) continue
        const file = options.fileOf(row, position)
        files.set(row, file)
        size += file.length
      }
    }
  }
  if (size > mostBytes) throw new WindowsError('ERROR_OUTOFMEMORY', `table ${table.name}: expected a text archive of at most ${mostBytes} bytes, found ${size}`)
  return writeCells(new Uint8Array(size + slack), options.headerBytes, rows, columns, texts, options.substitutes, files)
}

/** Tables of large databases that are as they were loaded. */
function writeUnchanged(table: Table, page: CodePage, { substitutes, headerBytes, order }: ArchiveRowsOptions): WrittenRows | undefined {
  const rows = table.unchangedRows()
  if (rows === undefined || rows.columns.some(({ type }) => type === 'binary')) return undefined
  return table.pool.writeUnchanged(rows, page, { substitutes, headerBytes, keys: order === 'keys' ? table.keyColumns : [] })
}

function textBytes(rows: Uint32Array, cells: Uint32Array, { offsets, encode }: EncodedTexts): number {
  const known = offsets.length
  let size = 0
  for (let at = 0; at < rows.length; at++) {
    const id = cells[rows[at]!]!
    if (id === 0) continue
    const stored = id < known ? offsets[id]! - offsets[id - 1]! : 0
    size += stored > 0 ? stored : encode(id).length
  }
  return size
}

/** `needsCare`: some text has a byte that `substitutes` changes, or one from 0x80. */
function writeCells(bytes: Uint8Array, first: number, rows: Uint32Array, columns: readonly WrittenColumn[], texts: EncodedTexts, substitutes: Uint8Array,
  files: ReadonlyMap<number, Uint8Array>): WrittenRows {
  const { data, offsets, needsCare } = texts
  const from = new DataView(data.buffer, data.byteOffset, data.length)
  const to = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const lastWord = data.length - 4
  let at = first
  let seen = 0
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!
    for (let number = 0; number < columns.length; number++) {
      const { type, cells } = columns[number]!
      const raw = cells[row]!
      if (raw === 0) {
        // An empty field.
      } else if (type === 'string' && !needsCare && raw < offsets.length && offsets[raw]! <= lastWord && offsets[raw]! > offsets[raw - 1]!) {
        const start = offsets[raw - 1]!
        const length = offsets[raw]! - start
        // The last word may be a few bytes too many: what comes next overwrites them.
        for (let done = 0; done < length; done += 4) to.setUint32(at + done, from.getUint32(start + done, true), true)
        at += length
      } else if (type === 'int16' || type === 'int32') {
        at = writeInteger(bytes, at, raw - integerBias[type])
      } else {
        const isKnown = type === 'string' && raw < offsets.length && offsets[raw]! > offsets[raw - 1]!
        const source = isKnown ? data : type === 'string' ? texts.encode(raw) : files.get(row)!
        const end = isKnown ? offsets[raw]! : source.length
        for (let next = isKnown ? offsets[raw - 1]! : 0; next < end; next++) {
          const byte = source[next]!
          seen |= byte
          bytes[at++] = substitutes[byte]!
        }
      }
      bytes[at++] = tab
    }
    bytes[at - 1] = carriageReturn
    bytes[at++] = lineFeed
  }
  return { bytes: bytes.subarray(0, at), hasHighBytes: seen > 0x7f }
}

/** @returns where the next byte goes */
function writeInteger(bytes: Uint8Array, start: number, value: number): number {
  let at = start
  if (value < 0) bytes[at++] = minus
  let left = Math.abs(value)
  let end = at + 1
  for (let power = 10; left >= power; power *= 10) end++
  for (let next = end - 1; next >= at; next--) {
    const tenth = Math.floor(left / 10)
    bytes[next] = zero + left - tenth * 10
    left = tenth
  }
  return end
}
