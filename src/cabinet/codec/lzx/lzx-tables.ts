// Constants and Huffman tables of LZX. [MS-PATCH] section 2 describes the same format with other window sizes.
// Codes are read highest bit first, at most 16 bits long; a table is one look-up for short codes and two for long ones.
import { FormatError } from '../../../base/index.ts'

/** Number of position slots by window bits, 15 to 21. */
const slotCounts = [30, 32, 34, 36, 38, 42, 50]

export function positionSlotCount(windowBits: number): number {
  return slotCounts[windowBits - 15]!
}

/** Bits that follow a position slot. */
export const slotExtraBits = Uint8Array.from({ length: 50 }, (_, slot) => slot < 4 ? 0 : Math.min(17, (slot >> 1) - 1))
/** The first formatted offset of a position slot. */
export const slotBases = Int32Array.from({ length: 50 }, (_, slot) => {
  let base = 0
  for (let lower = 0; lower < slot; lower++) base += 1 << slotExtraBits[lower]!
  return base
})

/** The slot of a distance that is none of the recent ones. */
export function positionSlot(distance: number): number {
  const formatted = distance + 2
  if (formatted >= 1 << 18) return 34 + (formatted >> 17)
  const high = 31 - Math.clz32(formatted)
  return high * 2 + ((formatted >> high - 1) & 1)
}

// An entry: bits 0-4 the bits to consume, bit 5 set for a second table, bits 6-9 its index bits, bits 16 and up the
// symbol or the place of the second table. 0 is a code that is not in use.
export const secondTable = 1 << 5

export class HuffmanTable {
  /** Code lengths by symbol; blocks code them as differences to those of the block before. */
  readonly lengths: Uint8Array
  readonly entries: Int32Array
  readonly #rootBits: number
  readonly #name: string
  readonly #counts = new Uint16Array(17)
  readonly #sorted: Uint16Array
  /** Whether any symbol has a code. */
  used = false

  constructor(name: string, symbolCount: number, rootBits: number) {
    this.#name = name
    this.#rootBits = rootBits
    this.lengths = new Uint8Array(symbolCount)
    this.#sorted = new Uint16Array(symbolCount)
    // A complete second table of n index bits holds 2^n entries for n + 1 codes at least.
    const secondBits = 16 - rootBits
    this.entries = new Int32Array((1 << rootBits) + Math.ceil(symbolCount / (secondBits + 1)) * (1 << secondBits))
  }

  /** @throws FormatError when the lengths do not form a complete code (none at all is allowed). */
  build(): void {
    const { lengths, entries } = this
    const counts = this.#counts.fill(0)
    for (const length of lengths) counts[length]!++
    this.used = counts[0] !== lengths.length
    if (!this.used) {
      entries.fill(0)
      return
    }
    let space = 1 << 16
    for (let length = 1; length <= 16; length++) space -= counts[length]! << 16 - length
    if (space !== 0) {
      throw new FormatError({ structure: 'LZX block', field: `${this.#name} tree`, expected: 'lengths that form a complete code',
        found: space < 0 ? 'too many short ones' : 'too few' })
    }
    this.#fill(this.#sort(counts))
  }

  /** Symbols by length and value; returns how many there are. */
  #sort(counts: Uint16Array): number {
    const starts = new Uint16Array(18)
    for (let length = 1; length <= 16; length++) starts[length + 1] = starts[length]! + counts[length]!
    const total = starts[17]!
    for (let symbol = 0; symbol < this.lengths.length; symbol++) {
      const length = this.lengths[symbol]!
      if (length !== 0) this.#sorted[starts[length]!++] = symbol
    }
    return total
  }

  #fill(total: number): void {
    const { lengths, entries } = this
    const rootBits = this.#rootBits
    const sorted = this.#sorted
    let index = 0
    let at = 0
    for (; index < total; index++) {
      const symbol = sorted[index]!
      const length = lengths[symbol]!
      if (length > rootBits) break
      const end = at + (1 << rootBits - length)
      entries.fill(symbol << 16 | length, at, end)
      at = end
    }
    let free = 1 << rootBits
    while (index < total) {
      // The codes below one root entry: take them until its space is full; the last is the longest.
      const from = index
      for (let space = 1 << 16 - rootBits; space > 0; index++) space -= 1 << 16 - lengths[sorted[index]!]!
      const bits = lengths[sorted[index - 1]!]! - rootBits
      entries[at++] = free << 16 | bits << 6 | secondTable | rootBits
      for (let member = from; member < index; member++) {
        const symbol = sorted[member]!
        const length = lengths[symbol]! - rootBits
        const end = free + (1 << bits - length)
        entries.fill(symbol << 16 | length, free, end)
        free = end
      }
    }
  }
}
