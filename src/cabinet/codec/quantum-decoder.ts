// Quantum: LZ77 with adaptive arithmetic coding. Each data block begins a new arithmetic code; window and models are kept.
// No published specification: the models and constants are those of the format as every known archive uses it.
import { FormatError } from '../../base/index.ts'
import type { FolderDecoder } from './compression.ts'
import { SlidingWindow } from './sliding-window.ts'

/** Totals above this halve all frequencies. */
const maximumTotal = 3800
const positionExtraBits = Uint8Array.from({ length: 42 }, (_, slot) => slot < 4 ? 0 : (slot >> 1) - 1)
const positionBases = Int32Array.from({ length: 42 }, (_, slot) => slot < 4 ? slot : (2 | slot & 1) << (slot >> 1) - 1)
const lengthExtraBits = Uint8Array.from({ length: 27 }, (_, slot) => slot < 6 || slot === 26 ? 0 : (slot - 2) >> 2)
const lengthBases = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 18, 22, 26, 30, 38, 46, 54, 62, 78, 94, 110, 126, 158, 190, 222, 254]

export class QuantumDecoder implements FolderDecoder {
  readonly #windowBytes: number
  readonly #window: SlidingWindow
  readonly #coder = new ArithmeticDecoder()
  readonly #selector = new Model(0, 7)
  readonly #literals = [new Model(0, 64), new Model(64, 64), new Model(128, 64), new Model(192, 64)]
  readonly #lengths = new Model(0, 27)
  /** Positions of matches of 3, of 4, and of more bytes. */
  readonly #positions: readonly Model[]

  /** @param folderBytes what the folder decompresses to at most. */
  constructor(windowBits: number, folderBytes: number) {
    this.#windowBytes = 1 << windowBits
    this.#window = new SlidingWindow(this.#windowBytes, Math.max(1 << 18, this.#windowBytes), folderBytes)
    this.#positions = [24, 36, 42].map((most) => new Model(0, Math.min(most, windowBits * 2)))
  }

  get room(): number {
    return this.#window.room
  }

  decode(block: Uint8Array, size: number): Uint8Array {
    const window = this.#window
    window.reserve(size)
    const bytes = window.bytes
    const from = window.position
    const end = from + size
    const coder = this.#coder
    coder.begin(block)
    let position = from
    while (position < end) {
      const selector = coder.symbol(this.#selector)
      if (selector < 4) {
        bytes[position++] = coder.symbol(this.#literals[selector]!)
        continue
      }
      let length = selector - 1
      if (selector === 6) {
        const slot = coder.symbol(this.#lengths)
        length = lengthBases[slot]! + coder.bits(lengthExtraBits[slot]!) + 5
      }
      const slot = coder.symbol(this.#positions[selector - 4]!)
      const distance = positionBases[slot]! + coder.bits(positionExtraBits[slot]!) + 1
      if (distance > Math.min(position, this.#windowBytes)) throw corrupt('match offset', `at most ${position}`, `${distance}`)
      if (position + length > end) throw corrupt('match length', `at most ${end - position}`, `${length}`)
      for (const matchEnd = position + length; position < matchEnd; position++) bytes[position] = bytes[position - distance]!
    }
    if (coder.overrun) throw corrupt('data', 'symbols within the data block', 'its end')
    window.position = end
    return bytes.subarray(from, end)
  }
}

/** Symbols in falling order of frequency, with cumulated frequencies; one entry more than symbols, which stays 0. */
class Model {
  readonly symbols: Uint16Array
  readonly cumulated: Uint16Array
  readonly count: number
  #halvingsToSort = 4

  constructor(first: number, count: number) {
    this.count = count
    this.symbols = Uint16Array.from({ length: count }, (_, index) => first + index)
    this.cumulated = Uint16Array.from({ length: count + 1 }, (_, index) => count - index)
  }

  /** Adds 8 to the frequency of the symbol at `index`. */
  update(index: number): void {
    const { cumulated } = this
    for (let at = index; at >= 0; at--) cumulated[at]! += 8
    if (cumulated[0]! <= maximumTotal) return
    this.#halvingsToSort--
    if (this.#halvingsToSort > 0) this.#halve()
    else {
      this.#halvingsToSort = 50
      this.#sort()
    }
  }

  #halve(): void {
    const { cumulated } = this
    for (let at = this.count - 1; at >= 0; at--) cumulated[at] = Math.max(cumulated[at]! >> 1, cumulated[at + 1]! + 1)
  }

  /** Halves the plain frequencies and sorts by them. The order of equal ones is that of this very exchange sort. */
  #sort(): void {
    const { cumulated, symbols, count } = this
    for (let at = 0; at < count; at++) cumulated[at] = (cumulated[at]! - cumulated[at + 1]! + 1) >> 1
    for (let at = 0; at < count - 1; at++) {
      for (let other = at + 1; other < count; other++) {
        if (cumulated[at]! >= cumulated[other]!) continue
        ;[cumulated[at], cumulated[other]] = [cumulated[other]!, cumulated[at]!]
        ;[symbols[at], symbols[other]] = [symbols[other]!, symbols[at]!]
      }
    }
    for (let at = count - 1; at >= 0; at--) cumulated[at]! += cumulated[at + 1]!
  }
}

/** Bits are taken highest first. Past the end of the block zeros come, which `overrun` tells. */
class ArithmeticDecoder {
  #bytes: Uint8Array = new Uint8Array(0)
  #bit = 0
  #high = 0
  #low = 0
  #code = 0

  begin(block: Uint8Array): void {
    this.#bytes = block
    this.#bit = 0
    this.#high = 0xffff
    this.#low = 0
    this.#code = this.bits(16)
  }

  /** The code is read up to two bytes ahead, and trailing zeros may be left out. */
  get overrun(): boolean {
    return this.#bit > this.#bytes.length * 8 + 32
  }

  bits(count: number): number {
    let value = 0
    for (; count > 0; count--) value = value << 1 | this.#nextBit()
    return value
  }

  symbol(model: Model): number {
    const { cumulated } = model
    const total = cumulated[0]!
    const range = this.#high - this.#low + 1
    const target = Math.floor(((this.#code - this.#low + 1) * total - 1) / range)
    let index = 0
    while (index < model.count - 1 && cumulated[index + 1]! > target) index++
    const symbol = model.symbols[index]!
    this.#high = this.#low + Math.floor(cumulated[index]! * range / total) - 1
    this.#low += Math.floor(cumulated[index + 1]! * range / total)
    model.update(index)
    this.#normalise()
    return symbol
  }

  #normalise(): void {
    for (;;) {
      if (((this.#low ^ this.#high) & 0x8000) !== 0) {
        if ((this.#low & 0x4000) === 0 || (this.#high & 0x4000) !== 0) return
        this.#code ^= 0x4000
        this.#low &= 0x3fff
        this.#high |= 0x4000
      }
      this.#low = this.#low << 1 & 0xffff
      this.#high = (this.#high << 1 | 1) & 0xffff
      this.#code = (this.#code << 1 | this.#nextBit()) & 0xffff
    }
  }

  #nextBit(): number {
    const byte = this.#bytes[this.#bit >> 3] ?? 0
    return byte >> 7 - (this.#bit++ & 7) & 1
  }
}

function corrupt(field: string, expected: string, found: string): FormatError {
  return new FormatError({ structure: 'Quantum block', field, expected, found })
}
