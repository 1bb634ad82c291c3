// Cells of a REGF hive by offset: every access is checked against the cell it lies in and the cell against the bins,
// so that no offset or length of a hostile hive leads outside. Nothing is copied. A sound hive has every cell read once:
// reading more than its size means that cells are shared or overlap, which a small file could use to become a large tree.
import { FormatError } from '../base/index.ts'
import { baseBlockBytes, hex } from './base-block.ts'

/** The contents of one allocated cell, without its length. A hive has a hundred thousand: they share one view. */
export class Cell {
  /** From the start of the bins. */
  readonly offset: number
  readonly length: number
  readonly #bins: Uint8Array
  readonly #view: DataView

  constructor(bins: Uint8Array, view: DataView, offset: number, length: number) {
    this.offset = offset
    this.length = length
    this.#bins = bins
    this.#view = view
  }

  /** Here and below: positions in the cell, which its `length` has been compared with. */
  uint16(at: number): number {
    return this.#view.getUint16(this.offset + 4 + at, true)
  }

  uint32(at: number): number {
    return this.#view.getUint32(this.offset + 4 + at, true)
  }

  uint64(at: number): bigint {
    return this.#view.getBigUint64(this.offset + 4 + at, true)
  }

  /** Not copied; no further than the cell. */
  bytes(from: number, end: number): Uint8Array {
    return this.#bins.subarray(this.offset + 4 + from, this.offset + 4 + Math.min(end, this.length))
  }
}

export class CellReader {
  readonly #bins: Uint8Array
  readonly #view: DataView
  #unreadBytes: number

  /** `file` is the whole hive. */
  constructor(file: Uint8Array) {
    this.#bins = file.subarray(baseBlockBytes)
    this.#view = new DataView(this.#bins.buffer, this.#bins.byteOffset, this.#bins.length)
    this.#unreadBytes = this.#bins.length
  }

  /** More was read than there is: nothing further will be. */
  get isExhausted(): boolean {
    return this.#unreadBytes < 0
  }

  /** @throws FormatError when no allocated cell of at least `atLeast` bytes stands there */
  cell(structure: string, offset: number, atLeast: number): Cell {
    const bins = this.#bins
    if (offset % 8 !== 0 || offset < 32 || offset + 4 > bins.length) throw this.#error(structure, offset, 'the offset of a cell', hex(offset))
    const size = -this.#view.getInt32(offset, true)
    if (size < 8 || offset + size > bins.length) throw this.#error(structure, offset, 'an allocated cell within the hive', `a size of ${-size}`)
    this.#unreadBytes -= size
    if (this.isExhausted) throw this.#error(structure, offset, 'every cell in use once', 'cells that are shared')
    const length = size - 4
    if (length < atLeast) throw this.#error(structure, offset, `a cell of at least ${atLeast} bytes`, `${length}`)
    return new Cell(bins, this.#view, offset, length)
  }

  #error(structure: string, offset: number, expected: string, found: string): FormatError {
    return new FormatError({ structure, offsetBytes: baseBlockBytes + offset, expected, found })
  }
}

export function signatureOf(cell: Cell): string {
  const two = cell.uint16(0)
  return String.fromCharCode(two & 0xff, two >> 8)
}

/** Throws when a structure is not what it should be. */
export function cellError(structure: string, cell: Cell, field: string, expected: string, found: string): FormatError {
  return new FormatError({ structure, field, offsetBytes: baseBlockBytes + cell.offset, expected, found })
}
