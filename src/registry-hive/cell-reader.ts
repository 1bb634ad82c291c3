// Cells of a REGF hive by offset: every access is checked against the cell it lies in and the cell against the bins,
// so that no offset or length of a hostile hive leads outside. Nothing is copied. A sound hive has every cell read once:
// reading more than its size means that cells are shared or overlap, which a small file could use to become a large tree.
import { FormatError } from '../base/index.ts'
import { baseBlockBytes, hex } from './base-block.ts'

/** The contents of one allocated cell, without its length. */
export interface Cell {
  /** From the start of the bins. */
  readonly offset: number
  readonly bytes: Uint8Array
  readonly view: DataView
}

export class CellReader {
  readonly #bins: Uint8Array
  #unreadBytes: number

  /** `file` is the whole hive. */
  constructor(file: Uint8Array) {
    this.#bins = file.subarray(baseBlockBytes)
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
    const view = new DataView(bins.buffer, bins.byteOffset, bins.length)
    const size = -view.getInt32(offset, true)
    if (size < 8 || offset + size > bins.length) throw this.#error(structure, offset, 'an allocated cell within the hive', `a size of ${-size}`)
    this.#unreadBytes -= size
    if (this.isExhausted) throw this.#error(structure, offset, 'every cell in use once', 'cells that are shared')
    const bytes = bins.subarray(offset + 4, offset + size)
    if (bytes.length < atLeast) throw this.#error(structure, offset, `a cell of at least ${atLeast} bytes`, `${bytes.length}`)
    return { offset, bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) }
  }

  #error(structure: string, offset: number, expected: string, found: string): FormatError {
    return new FormatError({ structure, offsetBytes: baseBlockBytes + offset, expected, found })
  }
}

export function signatureOf(cell: Cell): string {
  return String.fromCharCode(cell.bytes[0]!, cell.bytes[1]!)
}

/** Throws when a structure is not what it should be. */
export function cellError(structure: string, cell: Cell, field: string, expected: string, found: string): FormatError {
  return new FormatError({ structure, field, offsetBytes: baseBlockBytes + cell.offset, expected, found })
}
