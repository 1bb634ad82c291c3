// A small Quantum compressor for tests: nothing that can be had writes Quantum any more. It shares no code with the decoder;
// that both mean the format everybody else means is shown by cabextract and 7-Zip, which read what it writes
// (test/corpus/cabinet-peers.test.ts). Greedy, one candidate for a match; every kind of match, every model.
import type { LzxFrame } from './lzx-encoder.ts'

const frameBytes = 32768
const longestMatch = 259
const slotBases = slots(43, (slot) => slot < 4 ? 0 : (slot >> 1) - 1)
const lengthBases = slots(28, (slot) => slot < 6 || slot === 26 ? 0 : slot - 2 >> 2)

/** Where the values of each slot begin, and how many bits tell them apart. */
function slots(count: number, bitsOf: (slot: number) => number): readonly { readonly base: number; readonly bits: number }[] {
  let base = 0
  return Array.from({ length: count }, (_, slot) => {
    const one = { base, bits: bitsOf(slot) }
    base += 1 << one.bits
    return one
  })
}

/** @param windowBits 10 to 21 */
export function encodeQuantum(plain: Uint8Array, windowBits: number): LzxFrame[] {
  const encoder = new QuantumEncoder(plain, windowBits)
  const frames: LzxFrame[] = []
  for (let from = 0; from < plain.length; from += frameBytes) {
    const to = Math.min(plain.length, from + frameBytes)
    frames.push({ data: encoder.frame(from, to), uncompressedBytes: to - from })
  }
  return frames
}

class QuantumEncoder {
  readonly #plain: Uint8Array
  readonly #windowBytes: number
  readonly #selector = new FrequencyModel(0, 7)
  readonly #literals = [0, 64, 128, 192].map((first) => new FrequencyModel(first, 64))
  readonly #lengths = new FrequencyModel(0, 27)
  readonly #positions: readonly FrequencyModel[]
  /** Where three bytes were met last. */
  readonly #last = new Map<number, number>()

  constructor(plain: Uint8Array, windowBits: number) {
    this.#plain = plain
    this.#windowBytes = 1 << windowBits
    this.#positions = [24, 36, 42].map((most) => new FrequencyModel(0, Math.min(most, windowBits * 2)))
  }

  frame(from: number, to: number): Uint8Array {
    const code = new ArithmeticCode()
    for (let at = from; at < to;) {
      const length = this.#match(code, at, to)
      if (length === 0) {
        const byte = this.#plain[at]!
        code.symbol(this.#selector, byte >> 6)
        code.symbol(this.#literals[byte >> 6]!, byte)
      }
      for (const end = at + Math.max(1, length); at < end; at++) this.#last.set(this.#key(at), at)
    }
    return code.finish()
  }

  /** @returns the length of the match that is coded, 0 when there is none */
  #match(code: ArithmeticCode, at: number, end: number): number {
    const plain = this.#plain
    const before = this.#last.get(this.#key(at))
    if (before === undefined || at - before > this.#windowBytes) return 0
    let length = 0
    while (length < longestMatch && at + length < end && plain[before + length] === plain[at + length]) length++
    const kind = Math.min(length, 5) - 3
    const value = at - before - 1
    const slot = slotBases.findLastIndex(({ base }) => base <= value)
    if (kind < 0 || slot >= this.#positions[kind]!.ranks.length) return 0
    code.symbol(this.#selector, kind + 4)
    if (kind === 2) this.#length(code, length - 5)
    code.symbol(this.#positions[kind]!, slot)
    code.raw(value - slotBases[slot]!.base, slotBases[slot]!.bits)
    return length
  }

  #length(code: ArithmeticCode, value: number): void {
    const slot = Math.min(26, lengthBases.findLastIndex(({ base }) => base <= value))
    code.symbol(this.#lengths, slot)
    code.raw(value - lengthBases[slot]!.base, lengthBases[slot]!.bits)
  }

  #key(at: number): number {
    return this.#plain[at]! | this.#plain[at + 1]! << 8 | this.#plain[at + 2]! << 16
  }
}

/** Symbols by rank, with their frequencies. Every one begins with 1, gets 8 for each use, and is halved when all come to more than 3800. */
class FrequencyModel {
  ranks: { symbol: number; frequency: number }[]
  #halvings = 0

  constructor(first: number, count: number) {
    this.ranks = Array.from({ length: count }, (_, index) => ({ symbol: first + index, frequency: 1 }))
  }

  /** The share of a symbol: what is above it, itself included, what is below, and the whole. */
  share(symbol: number): { above: number; below: number; total: number } {
    const rank = this.ranks.findIndex((one) => one.symbol === symbol)
    const below = sum(this.ranks.slice(rank + 1))
    return { above: below + this.ranks[rank]!.frequency, below, total: sum(this.ranks) }
  }

  use(symbol: number): void {
    this.ranks.find((one) => one.symbol === symbol)!.frequency += 8
    if (sum(this.ranks) <= 3800) return
    // The fourth time, and then every fiftieth, symbols are put into the order of their frequencies.
    if (++this.#halvings === 4 || (this.#halvings > 4 && (this.#halvings - 4) % 50 === 0)) this.#sort()
    else this.#halve()
  }

  /** Sums are halved, not frequencies; each stays above the one below it. */
  #halve(): void {
    let below = 0
    let halved = 0
    for (const one of this.ranks.toReversed()) {
      below += one.frequency
      const next = Math.max(below >> 1, halved + 1)
      one.frequency = next - halved
      halved = next
    }
  }

  /** By selection with exchanges: where frequencies are equal, the order depends on it. */
  #sort(): void {
    const { ranks } = this
    for (const one of ranks) one.frequency = one.frequency + 1 >> 1
    for (let at = 0; at < ranks.length; at++) {
      for (let other = at + 1; other < ranks.length; other++) {
        if (ranks[other]!.frequency > ranks[at]!.frequency) [ranks[at], ranks[other]] = [ranks[other]!, ranks[at]!]
      }
    }
  }
}

function sum(ranks: readonly { readonly frequency: number }[]): number {
  return ranks.reduce((total, { frequency }) => total + frequency, 0)
}

/** Raw bits stand where a decoder reads them: 16 bits behind those that are settled, so they are put in later. */
class ArithmeticCode {
  readonly #bits: number[] = []
  readonly #raw: { readonly at: number; readonly bits: readonly number[] }[] = []
  #low = 0
  #high = 0xffff
  #pending = 0
  #shifts = 0

  symbol(model: FrequencyModel, symbol: number): void {
    const { above, below, total } = model.share(symbol)
    const range = this.#high - this.#low + 1
    this.#high = this.#low + Math.floor(above * range / total) - 1
    this.#low += Math.floor(below * range / total)
    model.use(symbol)
    while (this.#settles()) {
      this.#shifts++
      this.#low = this.#low << 1 & 0xffff
      this.#high = (this.#high << 1 | 1) & 0xffff
    }
  }

  /** Whether the highest bit is certain, or that the next one will be its opposite. */
  #settles(): boolean {
    if (((this.#low ^ this.#high) & 0x8000) === 0) {
      this.#settle(this.#low >> 15)
      return true
    }
    if ((this.#low & 0x4000) === 0 || (this.#high & 0x4000) !== 0) return false
    this.#pending++
    this.#low &= 0x3fff
    this.#high |= 0x4000
    return true
  }

  raw(value: number, count: number): void {
    this.#raw.push({ at: this.#shifts + 16, bits: Array.from({ length: count }, (_, index) => value >> count - 1 - index & 1) })
  }

  /** Up to where a decoder, which is 16 bits ahead, has read, then zeros: two bits at least. 7-Zip demands this very length. */
  finish(): Uint8Array {
    this.#pending++
    this.#settle(this.#low >> 14 & 1)
    const bits: number[] = []
    let settled = 0
    for (const { at, bits: raw } of [...this.#raw, { at: this.#shifts + 16, bits: [0, 0] }]) {
      while (settled < at) bits.push(this.#bits[settled++] ?? 0)
      bits.push(...raw)
    }
    const bytes = new Uint8Array(bits.length + 7 >> 3)
    for (const [index, bit] of bits.entries()) bytes[index >> 3]! |= bit << 7 - (index & 7)
    return bytes
  }

  #settle(bit: number): void {
    this.#bits.push(bit)
    for (; this.#pending > 0; this.#pending--) this.#bits.push(1 - bit)
  }
}
