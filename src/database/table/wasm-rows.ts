// Large tables written as text archives by WebAssembly, five times as fast as archive-rows.ts, which is the reference:
// it takes over where WebAssembly is missing or forbidden, and for everything that is not as it was loaded. The sources
// are in assembly/database/, compiled by scripts/build-assembly.mjs. docs/decisions/0062-webassembly-for-rows.md
//
// Memory of the module: descriptions of columns, the offsets of the pool's texts, their bytes, and behind them, for one
// table after the other, its cells, its order, and the archive.
import type { ByteSource } from '../../base/index.ts'
import { cellSize, type Column } from './column.ts'
import { rowsWasm } from './rows-wasm.ts'
import type { StoredRows } from './stored-rows.ts'

/** What the module exports; addresses are offsets into its memory. */
interface RowsExports {
  readonly memory: WebAssembly.Memory
  readonly cut: WebAssembly.Global
  readonly seen: WebAssembly.Global
  readonly columnSize: WebAssembly.Global
  readonly slack: WebAssembly.Global
  readOffsets(pool: number, end: number, offsets: number, dataSize: number): number
  isUnusual(start: number, end: number): number
  measureRows(columns: number, columnCount: number, rows: number, offsets: number, count: number): number
  sortRows(keys: number, keyCount: number, rows: number, offsets: number, data: number, records: number, order: number): void
  writeRows(columns: number, columnCount: number, rows: number, order: number, offsets: number, data: number, substitutes: number, out: number): number
}

/** Rows of a table that is as it was loaded, without a binary column. */
export interface UnchangedRows extends StoredRows {
  readonly columns: readonly Column[]
  readonly count: number
}

export interface WasmRowsOptions {
  /** What to write for each byte of a text. */
  readonly substitutes: Uint8Array
  /** Bytes left free in front. */
  readonly headerBytes: number
  /** Columns by whose cells the rows are sorted; none: as they are stored. */
  readonly keys: readonly number[]
}

const [columnsAt, keysAt, substitutesAt, offsetsAt] = [0x400, 0x800, 0xc00, 0x1000] as const
const pageBytes = 1 << 16
/** What a module may have of memory. */
const mostBytes = 0x7fff0000
const bytesOfRecord = 16

export class WasmRows {
  readonly #exports: RowsExports
  #texts = 0
  /** Where the texts begin; what was there before is overwritten when they are first needed. */
  #dataAt: number = offsetsAt
  #end = 0
  #isUnusual = false

  private constructor(exports: RowsExports) {
    this.#exports = exports
  }

  /** `undefined` where there is no WebAssembly, or it is not allowed to be compiled here. */
  static load(): WasmRows | undefined {
    try {
      const binary = Uint8Array.from(atob(rowsWasm), (character) => character.charCodeAt(0))
      return new WasmRows(new WebAssembly.Instance(new WebAssembly.Module(binary)).exports as RowsExports)
    } catch {
      return undefined
    }
  }

  /**
   * Where the texts of a pool end; the module keeps them.
   * @returns `undefined` when there is not enough memory. `cut`: the first text that the data does not hold whole, or 0.
   */
  readOffsets(pool: Uint8Array, dataSize: number): { offsets: Uint32Array; cut: number } | undefined {
    const poolAt = this.#aligned(offsetsAt + Math.max(4, pool.length))
    const end = poolAt + (pool.length & ~3)
    if (dataSize > mostBytes || !this.#reserve(end)) return undefined
    this.#bytes(poolAt, pool.length).set(pool)
    this.#texts = this.#exports.readOffsets(poolAt, end, offsetsAt, dataSize)
    this.#dataAt = this.#aligned(offsetsAt + (this.#texts + 1) * 4)
    return { offsets: new Uint32Array(this.#exports.memory.buffer, offsetsAt, this.#texts + 1).slice(), cut: this.#exports.cut.value }
  }

  /** As if it had read them. @returns false when there is not enough memory */
  useOffsets(offsets: Uint32Array): boolean {
    this.#texts = offsets.length - 1
    this.#dataAt = this.#aligned(offsetsAt + offsets.length * 4)
    if (!this.#reserve(this.#dataAt)) return false
    new Uint32Array(this.#exports.memory.buffer, offsetsAt, offsets.length).set(offsets)
    return true
  }

  /**
   * Writes rows whose texts are those of the pool, byte for byte.
   * @param data the texts of the pool @returns `undefined` when it cannot be done here
   */
  write(rows: UnchangedRows, data: ByteSource, { substitutes, headerBytes, keys }: WasmRowsOptions): { bytes: Uint8Array; hasHighBytes: boolean } | undefined {
    if (this.#end === 0 && !this.#loadTexts(data)) return undefined
    const cellsAt = this.#loadCells(rows)
    if (cellsAt === undefined) return undefined
    const exports = this.#exports
    const { count, columns: { length: columnCount } } = rows
    const size = exports.measureRows(columnsAt, columnCount, count, offsetsAt, this.#texts)
    const orderAt = this.#aligned(cellsAt.end)
    const out = orderAt + (keys.length > 0 ? count * 4 : 0)
    const needed = out + Math.max(headerBytes + size, this.#aligned(count * bytesOfRecord * 2))
    if (size < 0 || needed > mostBytes || !this.#reserve(needed)) return undefined
    if (keys.length > 0) {
      this.#describe(keysAt, keys.map((position) => cellsAt.columns[position]!))
      // The records are gone when the rows are written.
      exports.sortRows(keysAt, keys.length, count, offsetsAt, this.#dataAt, this.#aligned(out), orderAt)
    }
    this.#bytes(substitutesAt, 256).set(substitutes)
    const end = exports.writeRows(columnsAt, columnCount, count, keys.length > 0 ? orderAt : 0, offsetsAt, this.#dataAt, this.#isUnusual ? substitutesAt : 0, out + headerBytes)
    return { bytes: this.#bytes(out, end - out).slice(), hasHighBytes: exports.seen.value > 0x7f }
  }

  #loadTexts(data: ByteSource): boolean {
    const size = new Uint32Array(this.#exports.memory.buffer, offsetsAt, this.#texts + 1)[this.#texts]!
    if (!this.#reserve(this.#dataAt + size) || readInto(data, 0, this.#bytes(this.#dataAt, size)) < size) return false
    this.#end = this.#aligned(this.#dataAt + size + this.#exports.slack.value)
    this.#isUnusual = this.#exports.isUnusual(this.#dataAt, this.#dataAt + size) !== 0
    return true
  }

  #loadCells({ source, referenceSize, columns, count }: UnchangedRows): { columns: ColumnPlace[]; end: number } | undefined {
    let at = this.#end
    const places = columns.map(({ type }): ColumnPlace => {
      const place = { isText: type === 'string', size: cellSize(type, referenceSize), at }
      at += place.size * count
      return place
    })
    if (!this.#reserve(at) || readInto(source, 0, this.#bytes(this.#end, at - this.#end)) < at - this.#end) return undefined
    this.#describe(columnsAt, places)
    return { columns: places, end: at + this.#exports.slack.value }
  }

  #describe(address: number, columns: readonly ColumnPlace[]): void {
    const words = new Uint32Array(this.#exports.memory.buffer, address, columns.length * this.#exports.columnSize.value / 4)
    for (const [index, { isText, size, at }] of columns.entries()) words.set([isText ? 1 : 0, size, at], index * words.length / columns.length)
  }

  /** A view that is good until more memory is reserved. */
  #bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer, address, length)
  }

  #aligned(address: number): number {
    return Math.ceil(address / 8) * 8
  }

  #reserve(end: number): boolean {
    const { memory, slack } = this.#exports
    const missing = Math.ceil((end + slack.value - memory.buffer.byteLength) / pageBytes)
    if (missing <= 0) return true
    try {
      memory.grow(missing)
      return true
    } catch {
      return false
    }
  }
}

interface ColumnPlace {
  readonly isText: boolean
  readonly size: number
  readonly at: number
}

function readInto(source: ByteSource, offset: number, target: Uint8Array): number {
  if (source.readInto !== undefined) return source.readInto(offset, target)
  const bytes = source.read(offset, target.length)
  target.set(bytes)
  return bytes.length
}
