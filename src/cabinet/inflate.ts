// Decompression of one raw deflate stream (RFC 1951) into a flat buffer that already holds its history.
// Tables and scratch memory are made once and reused; the inner loop allocates nothing.
import { FormatError } from '../base/index.ts'
import { copyMatch } from './copy-match.ts'

/** Root bits of the two tables: a longer code takes a second look-up. */
const literalRootBits = 10
const literalRootMask = (1 << literalRootBits) - 1
const distanceRootBits = 9
const distanceRootMask = (1 << distanceRootBits) - 1

// A table entry: bits 0-4 the bits to consume, bits 5-8 extra bits (or index bits of the second table), then flags,
// and in bits 16-30 the literal, base length, base distance or place of the second table. A negative entry is a literal.
const endOfBlock = 1 << 10
const special = 1 << 9
const invalid = 1 << 11
const literal = 1 << 31

const lengthBases = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258]
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** Zeros behind the input, so that loads near its end need no check. */
const slack = 64

/** What each symbol means, as the part of an entry above the bits to consume. */
const literalMeanings = Int32Array.from({ length: 288 }, (_, symbol) => symbol < 256 ? literal | symbol << 16
  : symbol === 256 ? special | endOfBlock
    : symbol > 285 ? special | invalid
      : lengthBases[symbol - 257]! << 16 | lengthExtra[symbol - 257]! << 5)
const distanceMeanings = Int32Array.from({ length: 32 }, (_, symbol) => {
  if (symbol > 29) return special | invalid
  const extra = symbol < 4 ? 0 : (symbol >> 1) - 1
  return ((symbol < 4 ? symbol : (2 | symbol & 1) << extra) + 1) << 16 | extra << 5
})
const codeLengthMeanings = Int32Array.from({ length: 19 }, (_, symbol) => symbol << 16)

export class Inflate {
  // The largest second tables for these root bits and 288 and 32 symbols of at most 15 bits are smaller than these.
  readonly #literals = new Int32Array(2048)
  readonly #distances = new Int32Array(1024)
  readonly #codeLengths = new Int32Array(128)
  readonly #lengths = new Uint8Array(288 + 32)
  readonly #counts = new Uint16Array(16)
  readonly #nextCodes = new Uint16Array(16)
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
    this.#build(this.#literals, literalRootBits, 0, 288, literalMeanings, 'literal codes')
    lengths.fill(5, 0, 32)
    this.#build(this.#distances, distanceRootBits, 0, 32, distanceMeanings, 'distance codes')
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
    this.#build(this.#codeLengths, 7, 0, 19, codeLengthMeanings, 'code length codes')
    this.#readLengths(literalCount + distanceCount)
    if (lengths[256] === 0) throw corrupt('literal codes', 'a code for the end of the block', 'none')
    this.#build(this.#distances, distanceRootBits, literalCount, distanceCount, distanceMeanings, 'distance codes')
    this.#build(this.#literals, literalRootBits, 0, literalCount, literalMeanings, 'literal codes')
  }

  #readLengths(total: number): void {
    const lengths = this.#lengths
    for (let index = 0; index < total;) {
      const entry = this.#codeLengths[this.#peek() & 127]!
      if ((entry & special) !== 0) throw corrupt('code lengths', 'a code that is in use', 'another')
      this.#take(entry & 31)
      const symbol = entry >> 16
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

  /** Builds a table from `count` code lengths at `first`. Incomplete codes are allowed, unused ones are errors when met. */
  #build(table: Int32Array, rootBits: number, first: number, count: number, meanings: Int32Array, what: string): void {
    const lengths = this.#lengths
    const counts = this.#counts.fill(0)
    for (let symbol = 0; symbol < count; symbol++) counts[lengths[first + symbol]!]!++
    const nextCodes = this.#nextCodes
    let code = 0
    for (let length = 1; length <= 15; length++) {
      nextCodes[length] = code
      code = code + counts[length]! << 1
      if (code > 1 << length + 1) throw corrupt(what, 'lengths that form a code', 'too many short ones')
    }
    const rootSize = 1 << rootBits
    // Codes that fill the code space overwrite every entry; only an incomplete one leaves some of them.
    if (code !== 1 << 16) table.fill(special | invalid | 1)
    else table.fill(0, 0, rootSize)
    let free = rootSize
    for (let length = 1; length <= 15; length++) {
      if (counts[length] === 0) continue
      for (let symbol = 0; symbol < count; symbol++) {
        if (lengths[first + symbol] !== length) continue
        const reversed = reverseBits(nextCodes[length]!++, length)
        if (length <= rootBits) {
          const entry = meanings[symbol]! | length
          for (let index = reversed; index < rootSize; index += 1 << length) table[index] = entry
        } else free = this.#addLong(table, rootBits, free, reversed, length, meanings[symbol]!)
        counts[length]!--
      }
    }
  }

  /** Adds a code longer than the root; returns the place of the next second table. */
  #addLong(table: Int32Array, rootBits: number, free: number, reversed: number, length: number, meaning: number): number {
    const root = reversed & (1 << rootBits) - 1
    let pointer = table[root]!
    if ((pointer & (special | invalid | endOfBlock)) !== special || pointer < 0) {
      // Canonical codes come shortest first: those that are still to be placed tell how deep the table of this root must be.
      let bits = length - rootBits
      for (let space = (1 << bits) - this.#counts[length]!; space > 0 && rootBits + bits < 15;) {
        bits++
        space = (space << 1) - this.#counts[rootBits + bits]!
      }
      pointer = free << 16 | special | bits << 5 | rootBits
      table[root] = pointer
      free += 1 << bits
    }
    const base = pointer >>> 16
    const size = 1 << ((pointer >> 5) & 15)
    const entry = meaning | length - rootBits
    for (let index = reversed >> rootBits; index < size; index += 1 << length - rootBits) table[base + index] = entry
    return free
  }

  /**
   * Literals and matches until the end of the deflate block. Bits are taken straight from memory, 25 or more with each
   * 32-bit load, which is cheaper than keeping a bit buffer filled. Shift counts use the low 5 bits of an entry only.
   */
  #codes(output: Uint8Array, out: DataView, position: number, earliest: number, limit: number): number {
    const literals = this.#literals
    const distances = this.#distances
    const view = this.#view
    let bit = this.#bit
    const bitLimit = this.#inputBytes * 8
    while (bit <= bitLimit) {
      let hold = view.getUint32(bit >>> 3, true) >>> (bit & 7)
      let entry = literals[hold & literalRootMask]!
      if (entry < 0) {
        // Often another literal follows; its code of at most 10 bits is in the same load.
        if (position + 2 > limit) {
          if (position >= limit) throw tooLong()
          output[position++] = entry >> 16
          bit += entry & 31
          continue
        }
        output[position++] = entry >> 16
        bit += entry & 31
        entry = literals[(hold >>> entry) & literalRootMask]!
        if (entry >= 0) continue
        output[position++] = entry >> 16
        bit += entry & 31
        continue
      }
      if ((entry & special) !== 0) {
        if ((entry & (endOfBlock | invalid)) === 0) {
          hold >>>= literalRootBits
          bit += literalRootBits
          entry = literals[(entry >>> 16) + (hold & (1 << ((entry >> 5) & 15)) - 1)]!
          if (entry < 0) {
            if (position >= limit) throw tooLong()
            output[position++] = entry >> 16
            bit += entry & 31
            continue
          }
        }
        if ((entry & special) !== 0) {
          if ((entry & invalid) !== 0) throw corrupt('literal codes', 'a code that is in use', 'another')
          this.#bit = bit + (entry & 31)
          return position
        }
      }
      hold >>>= entry
      const lengthBits = (entry >> 5) & 15
      const length = (entry >> 16) + (hold & (1 << lengthBits) - 1)
      bit += (entry & 31) + lengthBits
      hold = view.getUint32(bit >>> 3, true) >>> (bit & 7)
      entry = distances[hold & distanceRootMask]!
      if ((entry & special) !== 0) {
        if ((entry & invalid) === 0) {
          hold >>>= distanceRootBits
          bit += distanceRootBits
          entry = distances[(entry >>> 16) + (hold & (1 << ((entry >> 5) & 15)) - 1)]!
        }
        if ((entry & special) !== 0) throw corrupt('distance codes', 'a code that is in use', 'another')
      }
      bit += entry & 31
      const distanceBits = (entry >> 5) & 15
      const extra = view.getUint32(bit >>> 3, true) >>> (bit & 7)
      bit += distanceBits
      const distance = (entry >> 16) + (extra & (1 << distanceBits) - 1)
      const from = position - distance
      if (from < earliest) throw corrupt('distance', `at most ${position - earliest}`, `${distance}`)
      const end = position + length
      if (end > limit) throw tooLong()
      copyMatch(output, out, from, position, length)
      position = end
    }
    throw corrupt('data', 'an end of stream', 'the end of the block')
  }
}

function reverseBits(code: number, length: number): number {
  let reversed = 0
  for (; length > 0; length--, code >>= 1) reversed = reversed << 1 | code & 1
  return reversed
}

function corrupt(field: string, expected: string, found: string): FormatError {
  return new FormatError({ structure: 'MSZIP block', field, expected, found })
}

function tooLong(): FormatError {
  return corrupt('data', 'no more than the block\'s uncompressed size', 'more')
}
