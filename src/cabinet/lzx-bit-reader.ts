// The bits of one LZX data block: 16-bit little-endian words, highest bit first. The decoder's inner loop works on the
// fields directly and puts them back.
import { FormatError } from '../base/index.ts'
import { secondTable } from './lzx-tables.ts'

export class LzxBitReader {
  #bytes = new Uint8Array(0)
  #size = 0
  words = new Uint16Array(0)
  /** Index of the next word. */
  next = 0
  /** The `count` bits that come next, at the top of 32. */
  hold = 0
  count = 0

  /** Takes a block from byte `skip`, aligned and with zeros behind it. */
  begin(block: Uint8Array, skip: number): void {
    const size = Math.max(0, block.length - skip)
    if (this.#bytes.length < size + 64) {
      this.#bytes = new Uint8Array(Math.max(1 << 16, size + 65 & ~1))
      this.words = new Uint16Array(this.#bytes.buffer)
    }
    this.#bytes.set(skip === 0 ? block : block.subarray(skip))
    this.#bytes.fill(0, size, size + 64)
    this.#size = size
    this.#seek(0)
  }

  /** Whether more was taken than the block has. The zeros read instead do no harm until then. */
  get overrun(): boolean {
    return this.next * 2 - (this.count >> 3) > this.#size + 1
  }

  /** The next `count` bits, at most 16. */
  bits(count: number): number {
    this.#need()
    const value = this.hold >>> 32 - count
    this.hold <<= count
    this.count -= count
    return value
  }

  symbol(entries: Int32Array, rootBits: number): number {
    this.#need()
    let entry = entries[this.hold >>> 32 - rootBits]!
    let used = 0
    if ((entry & secondTable) !== 0) {
      used = rootBits
      entry = entries[(entry >>> 16) + (this.hold << used >>> 32 - ((entry >> 6) & 15))]!
    }
    used += entry & 31
    this.hold <<= used
    this.count -= used
    return entry >> 16
  }

  /** Begins an uncompressed block: 1 to 16 bits of padding, then the three recent offsets. */
  beginBytes(recent: Int32Array): void {
    const at = ((this.next * 16 - this.count >> 4) + 1) * 2
    if (at + 12 > this.#size) throw tooShort(12, this.#size - at)
    for (let index = 0; index < 3; index++) {
      const from = at + index * 4
      recent[index] = this.#bytes[from]! | this.#bytes[from + 1]! << 8 | this.#bytes[from + 2]! << 16 | this.#bytes[from + 3]! << 24
    }
    this.#seek(at + 12)
  }

  /** Copies bytes of an uncompressed block to `output` from `position` to `end`. */
  copyTo(output: Uint8Array, position: number, end: number): void {
    const at = this.next * 2
    const length = end - position
    if (at + length > this.#size) throw tooShort(length, this.#size - at)
    output.set(this.#bytes.subarray(at, at + length), position)
    this.#seek(at + length)
  }

  /** Ends an uncompressed block; returns whether the byte that pads an odd one stands in the next data block. */
  endBytes(blockBytes: number): boolean {
    if ((blockBytes & 1) === 0) return false
    const at = this.next * 2
    if (at >= this.#size) return true
    this.#seek(at + 1)
    return false
  }

  #need(): void {
    if (this.count >= 16) return
    this.hold |= (this.words[this.next++] ?? 0) << 16 - this.count
    this.count += 16
  }

  /** Words begin at even places: after an odd number of bytes the rest moves down by one. */
  #seek(at: number): void {
    if ((at & 1) === 1) {
      this.#bytes.copyWithin(0, at, this.#size + 1)
      this.#size -= at
      this.#bytes.fill(0, this.#size, this.#size + 64)
      at = 0
    }
    this.next = at >> 1
    this.hold = 0
    this.count = 0
  }
}

function tooShort(expected: number, found: number): FormatError {
  return new FormatError({ structure: 'LZX block', field: 'uncompressed data', expected: `${expected} bytes`, found: `${Math.max(0, found)}` })
}
