// The bits of one LZX data block: 16-bit little-endian words, highest bit first. Once the two bytes of every word are
// exchanged, that is a plain sequence of bits, of which any 25 can be loaded at once. The decoder's inner loop does so
// itself and puts `bit` back.
import { FormatError } from '../../../base/index.ts'
import { secondTable } from './lzx-tables.ts'

/** Zeros behind the input, so that loads near its end need no check. */
const slack = 64

export class LzxBitReader {
  #block: Uint8Array = new Uint8Array(0)
  /** Where in the block the exchanged words begin: they may have to begin at an odd byte. */
  #base = 0
  #words = new Uint16Array(1 << 15)
  view = new DataView(this.#words.buffer)
  /** The next bit. */
  bit = 0
  /** The number of bits, that of the last word included. */
  bitLimit = 0

  /** Takes a block from byte `skip`. */
  begin(block: Uint8Array, skip: number): void {
    this.#block = block
    this.#exchange(Math.min(skip, block.length))
  }

  /** Whether more was taken than the block has. The zeros read instead do no harm until then. */
  get overrun(): boolean {
    return this.bit > this.bitLimit
  }

  /** The next `count` bits, at most 25. */
  bits(count: number): number {
    if (this.overrun) throw endOfBlock()
    // Two shifts, because a shift by 32 is none.
    const value = this.view.getUint32(this.bit >>> 3) << (this.bit & 7) >>> 1 >>> 31 - count
    this.bit += count
    return value
  }

  symbol(entries: Int32Array, rootBits: number): number {
    if (this.overrun) throw endOfBlock()
    const hold = this.view.getUint32(this.bit >>> 3) << (this.bit & 7)
    let entry = entries[hold >>> 32 - rootBits]!
    if ((entry & secondTable) !== 0) {
      this.bit += rootBits
      entry = entries[(entry >>> 16) + (hold << rootBits >>> 32 - ((entry >> 6) & 15))]!
    }
    this.bit += entry & 31
    return entry >> 16
  }

  /** Begins an uncompressed block: 1 to 16 bits of padding, then the three recent offsets. */
  beginBytes(recent: Int32Array): void {
    this.bit = (this.bit >>> 4) * 16 + 16
    const bytes = this.#take(12)
    const view = new DataView(bytes.buffer, bytes.byteOffset, 12)
    for (let index = 0; index < 3; index++) recent[index] = view.getInt32(index * 4, true)
  }

  /** Copies bytes of an uncompressed block to `output` from `position` to `end`. */
  copyTo(output: Uint8Array, position: number, end: number): void {
    output.set(this.#take(end - position), position)
  }

  /** Ends an uncompressed block; returns whether the byte that pads an odd one stands in the next data block. */
  endBytes(blockBytes: number): boolean {
    if ((blockBytes & 1) === 0) return false
    if (this.#base + (this.bit >>> 3) >= this.#block.length) return true
    this.#take(1)
    return false
  }

  #take(length: number): Uint8Array {
    const from = this.#base + (this.bit >>> 3)
    const end = from + length
    if (end > this.#block.length) {
      throw new FormatError({ structure: 'LZX block', field: 'uncompressed data', expected: `${length} bytes`,
        found: `${Math.max(0, this.#block.length - from)}` })
    }
    if ((length & 1) === 0) this.bit += length * 8
    else this.#exchange(end)
    return this.#block.subarray(from, end)
  }

  #exchange(base: number): void {
    const size = this.#block.length - base
    if (this.#words.byteLength < size + slack) {
      this.#words = new Uint16Array(size + slack + 1 >> 1)
      this.view = new DataView(this.#words.buffer)
    }
    const words = this.#words
    const bytes = new Uint8Array(words.buffer)
    bytes.set(base === 0 ? this.#block : this.#block.subarray(base))
    bytes.fill(0, size, size + slack)
    const count = size + 1 >> 1
    for (let index = 0; index < count; index++) {
      const word = words[index]!
      words[index] = word << 8 | word >> 8
    }
    this.#base = base
    this.bit = 0
    this.bitLimit = count * 16
  }
}

export function endOfBlock(): FormatError {
  return new FormatError({ structure: 'LZX block', field: 'data', expected: 'symbols within the data block', found: 'its end' })
}
