// Tables for the codes of deflate, which are read lowest bit first: one look-up for a short code, two for a long one.
// An entry: bits 0-4 the bits to consume, bits 5-8 extra bits (or index bits of the second table), then flags, and in bits
// 16-30 the literal, base length, base distance or place of the second table. A negative entry is a literal.
import { FormatError } from '../../../base/index.ts'

const endOfBlock = 1 << 10
const special = 1 << 9
const invalid = 1 << 11
const literal = 1 << 31

const lengthBases = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258]
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]

/** What each symbol means, as the part of an entry above the bits to consume. */
export const literalMeanings = Int32Array.from({ length: 288 }, (_, symbol) => symbol < 256 ? literal | symbol << 16
  : symbol === 256 ? special | endOfBlock
    : symbol > 285 ? special | invalid
      : lengthBases[symbol - 257]! << 16 | lengthExtra[symbol - 257]! << 5)
export const distanceMeanings = Int32Array.from({ length: 32 }, (_, symbol) => {
  if (symbol > 29) return special | invalid
  const extra = symbol < 4 ? 0 : (symbol >> 1) - 1
  return ((symbol < 4 ? symbol : (2 | symbol & 1) << extra) + 1) << 16 | extra << 5
})
export const codeLengthMeanings = Int32Array.from({ length: 19 }, (_, symbol) => symbol << 16)

/** The length, distance or plain symbol that an entry stands for, before its extra bits are added. */
export const baseOf = (entry: number): number => entry >> 16
export const codeBits = (entry: number): number => entry & 31
export const extraBits = (entry: number): number => entry >> 5 & 15
export const isLiteral = (entry: number): boolean => entry < 0
export const isEnd = (entry: number): boolean => entry >= 0 && (entry & endOfBlock) !== 0

export class DeflateTable {
  readonly #rootBits: number
  readonly #meanings: Int32Array
  readonly #what: string
  readonly #entries: Int32Array
  readonly #counts = new Uint16Array(16)
  readonly #nextCodes = new Uint16Array(16)

  /** @param size of all tables together @param what they are, for messages */
  constructor(rootBits: number, size: number, meanings: Int32Array, what: string) {
    this.#rootBits = rootBits
    this.#entries = new Int32Array(size)
    this.#meanings = meanings
    this.#what = what
  }

  /** @param hold the next 15 bits or more @throws FormatError when no such code is in use */
  entry(hold: number): number {
    const entries = this.#entries
    const rootBits = this.#rootBits
    let entry = entries[hold & (1 << rootBits) - 1]!
    if (isPointer(entry)) entry = entries[(entry >>> 16) + (hold >>> rootBits & (1 << extraBits(entry)) - 1)]!
    if (entry >= 0 && (entry & invalid) !== 0) throw corrupt(this.#what, 'a code that is in use', 'another')
    return entry
  }

  /** Takes the place of the code before. Incomplete codes are allowed, unused ones are errors when met. @param lengths by symbol */
  build(lengths: Uint8Array): void {
    const table = this.#entries
    const meanings = this.#meanings
    const isComplete = this.#countCodes(lengths)
    const rootSize = 1 << this.#rootBits
    // Codes that fill the code space overwrite every entry; only an incomplete one leaves some of them.
    if (isComplete) table.fill(0, 0, rootSize)
    else table.fill(special | invalid | 1)
    let free = rootSize
    const counts = this.#counts
    for (let length = 1; length <= 15; length++) {
      if (counts[length] === 0) continue
      for (let symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] !== length) continue
        const reversed = reverseBits(this.#nextCodes[length]!++, length)
        if (length <= this.#rootBits) {
          const entry = meanings[symbol]! | length
          for (let index = reversed; index < rootSize; index += 1 << length) table[index] = entry
        } else free = this.#addLong(free, reversed, length, meanings[symbol]!)
        counts[length]!--
      }
    }
  }

  /** The first code of each length. @returns whether they fill the code space */
  #countCodes(lengths: Uint8Array): boolean {
    const counts = this.#counts.fill(0)
    for (const length of lengths) counts[length]!++
    let code = 0
    for (let length = 1; length <= 15; length++) {
      this.#nextCodes[length] = code
      code = code + counts[length]! << 1
      if (code > 1 << length + 1) throw corrupt(this.#what, 'lengths that form a code', 'too many short ones')
    }
    return code === 1 << 16
  }

  /** Adds a code longer than the root; returns the place of the next second table. */
  #addLong(free: number, reversed: number, length: number, meaning: number): number {
    const table = this.#entries
    const rootBits = this.#rootBits
    const root = reversed & (1 << rootBits) - 1
    let pointer = table[root]!
    if (!isPointer(pointer)) {
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
    const size = 1 << extraBits(pointer)
    const entry = meaning | length
    for (let index = reversed >> rootBits; index < size; index += 1 << length - rootBits) table[base + index] = entry
    return free
  }
}

/** To a second table. */
function isPointer(entry: number): boolean {
  return entry >= 0 && (entry & (special | invalid | endOfBlock)) === special
}

function reverseBits(code: number, length: number): number {
  let reversed = 0
  for (; length > 0; length--, code >>= 1) reversed = reversed << 1 | code & 1
  return reversed
}

export function corrupt(field: string, expected: string, found: string): FormatError {
  return new FormatError({ structure: 'MSZIP block', field, expected, found })
}
