// Decompression of one raw deflate stream (RFC 1951) into a flat buffer that already holds its history.
// Tables and scratch memory are made once and reused. This is the readable one of two: assembly/cabinet/inflate.ts does
// the same in a hurry, and both are tested against each other.
import type { FormatError } from '../../../base/index.ts'
import { copyMatch } from '../copy-match.ts'
import { baseOf, codeBits, codeLengthMeanings, corrupt, DeflateTable, distanceMeanings, extraBits, isEnd, isLiteral, literalMeanings } from './deflate-table.ts'

const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** Zeros behind the input, so that loads near its end need no check. */
const slack = 64

export class Inflate {
  // The largest second tables for these root bits and 288 and 32 symbols of at most 15 bits are smaller than these.
  readonly #literals = new DeflateTable(10, 2048, literalMeanings, 'literal codes')
  readonly #distances = new DeflateTable(9, 1024, distanceMeanings, 'distance codes')
  readonly #codeLengths = new DeflateTable(7, 128, codeLengthMeanings, 'code length codes')
  readonly #lengths = new Uint8Array(288 + 32)
  #input = new Uint8Array(0)
  #view = new DataView(this.#input.buffer)
  #inputBytes = 0
  /** The next bit of the input; bits are taken lowest first. */
  #bit = 0

  /**
   * Inflates `block` from `start` to `output[position]` and on, looking back to `earliest` at most.
   * @param out a view of `output`'s memory. Up to {@link matchSlack} bytes after the result may be overwritten.
   * @returns the position after the last byte, at most `limit`.
   * @throws FormatError
   */
  inflate(block: Uint8Array, start: number, output: Uint8Array, out: DataView, position: number, earliest: number, limit: number): number {
    this.#begin(block, start)
    for (;;) {
      const header = this.#take(3)
      const kind = header >> 1
      if (kind === 0) position = this.#stored(output, position, limit)
      else {
        if (kind === 1) this.#fixedTables()
        else if (kind === 2) this.#dynamicTables()
        else throw corrupt('block type', '0 to 2', '3')
        position = this.#codes(output, out, position, earliest, limit)
      }
      if (this.#bit > this.#inputBytes * 8) throw corrupt('data', 'an end of stream', 'the end of the block')
      if ((header & 1) === 1) return position
    }
  }

  /** Copies the stream to scratch memory, with zeros behind it. */
  #begin(block: Uint8Array, start: number): void {
    const size = block.length - start
    if (this.#input.length < size + slack) {
      this.#input = new Uint8Array(Math.max(1 << 16, size + slack))
      this.#view = new DataView(this.#input.buffer)
    }
    this.#input.set(start === 0 ? block : block.subarray(start))
    this.#input.fill(0, size, size + slack)
    this.#inputBytes = size
    this.#bit = 0
  }

  /** At most 16 bits; past the end there are zeros, then none. */
  #take(count: number): number {
    const value = this.#peek() & (1 << count) - 1
    this.#bit += count
    return value
  }

  #peek(): number {
    if (this.#bit > this.#inputBytes * 8) throw corrupt('data', 'an end of stream', 'the end of the block')
    return this.#view.getUint32(this.#bit >>> 3, true) >>> (this.#bit & 7)
  }

  #stored(output: Uint8Array, position: number, limit: number): number {
    const at = this.#bit + 7 >>> 3
    if (at + 4 > this.#inputBytes) throw corrupt('stored length', '4 bytes', `${this.#inputBytes - at}`)
    const length = this.#view.getUint16(at, true)
    const complement = this.#view.getUint16(at + 2, true)
    if ((length ^ complement) !== 0xffff) throw corrupt('stored length', 'length and its complement', `${length}, ${complement}`)
    const from = at + 4
    const end = from + length
    if (end > this.#inputBytes) throw corrupt('stored length', `at most ${this.#inputBytes - from}`, `${length}`)
    if (position + length > limit) throw tooLong()
    output.set(this.#input.subarray(from, end), position)
    this.#bit = end * 8
    return position + length
  }

  #fixedTables(): void {
    const lengths = this.#lengths
    lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288)
    this.#literals.build(lengths.subarray(0, 288))
    this.#distances.build(lengths.fill(5, 0, 32).subarray(0, 32))
  }

  #dynamicTables(): void {
    const literalCount = this.#take(5) + 257
    const distanceCount = this.#take(5) + 1
    const codeLengthCount = this.#take(4) + 4
    if (literalCount > 286 || distanceCount > 30) throw corrupt('code counts', 'at most 286 and 30', `${literalCount} and ${distanceCount}`)
    const lengths = this.#lengths
    lengths.fill(0, 0, 19)
    for (let index = 0; index < codeLengthCount; index++) {
      lengths[codeLengthOrder[index]!] = this.#take(3)
    }
    this.#codeLengths.build(lengths.subarray(0, 19))
    this.#readLengths(literalCount + distanceCount)
    if (lengths[256] === 0) throw corrupt('literal codes', 'a code for the end of the block', 'none')
    this.#distances.build(lengths.subarray(literalCount, literalCount + distanceCount))
    this.#literals.build(lengths.subarray(0, literalCount))
  }

  #readLengths(total: number): void {
    const lengths = this.#lengths
    for (let index = 0; index < total;) {
      const symbol = baseOf(this.#symbol(this.#codeLengths))
      if (symbol < 16) {
        lengths[index++] = symbol
        continue
      }
      if (symbol === 16 && index === 0) throw corrupt('code lengths', 'a length to repeat', 'none')
      const value = symbol === 16 ? lengths[index - 1]! : 0
      const repeat = symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7)
      if (index + repeat > total) throw corrupt('code lengths', `${total}`, `${index + repeat}`)
      lengths.fill(value, index, index + repeat)
      index += repeat
    }
  }

  /** Literals and matches until the end of the deflate block. */
  #codes(output: Uint8Array, out: DataView, position: number, earliest: number, limit: number): number {
    for (;;) {
      const entry = this.#symbol(this.#literals)
      if (isLiteral(entry)) {
        if (position >= limit) throw tooLong()
        output[position++] = baseOf(entry)
        continue
      }
      if (isEnd(entry)) return position
      const length = baseOf(entry) + this.#take(extraBits(entry))
      const distanceEntry = this.#symbol(this.#distances)
      const distance = baseOf(distanceEntry) + this.#take(extraBits(distanceEntry))
      if (distance > position - earliest) throw corrupt('distance', `at most ${position - earliest}`, `${distance}`)
      if (position + length > limit) throw tooLong()
      copyMatch(output, out, position - distance, position, length)
      position += length
    }
  }

  #symbol(table: DeflateTable): number {
    const entry = table.entry(this.#peek())
    this.#bit += codeBits(entry)
    return entry
  }
}

function tooLong(): FormatError {
  return corrupt('data', 'no more than the block\'s uncompressed size', 'more')
}
