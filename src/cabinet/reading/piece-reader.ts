// Reads a source forwards in large pieces and hands out small views of them: one positional read serves many blocks.
import type { ByteSource } from '../../base/index.ts'

const largestPiece = 1 << 19

export class PieceReader {
  readonly #source: ByteSource
  #piece: Uint8Array = new Uint8Array(0)
  /** For sources that read into memory they are given. */
  #memory = new Uint8Array(0)
  #from = 0
  #pieceBytes = 1 << 14

  constructor(source: ByteSource) {
    this.#source = source
  }

  get size(): number {
    return this.#source.size
  }

  /** Fewer than `length` bytes only at the end of the source. The view is valid until the next call. */
  at(offset: number, length: number): Uint8Array {
    const start = offset - this.#from
    if (start >= 0 && start + length <= this.#piece.length) return this.#piece.subarray(start, start + length)
    if (offset >= this.#source.size) return new Uint8Array(0)
    this.#pieceBytes = Math.min(largestPiece, this.#pieceBytes * 2)
    this.#piece = this.#read(offset, Math.min(this.#source.size - offset, Math.max(length, this.#pieceBytes)))
    this.#from = offset
    return this.#piece.subarray(0, length)
  }

  #read(offset: number, length: number): Uint8Array {
    const source = this.#source
    if (source.readInto === undefined) return source.read(offset, length)
    if (this.#memory.length < length) this.#memory = new Uint8Array(length)
    return this.#memory.subarray(0, source.readInto(offset, this.#memory.subarray(0, length)))
  }
}
