// The encoder below is made from the decoder's own models: it shows that the two agree, not that others would. Real
// Quantum cabinets are rare; the decoder was compared with cabextract on one of them.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { FormatError } from '../base/index.ts'
import { Model, QuantumDecoder } from './quantum-decoder.ts'

/** A match of 3 or more bytes, or a literal. */
type Token = number | { readonly length: 3 | 4; readonly distance: number }

function encode(blocks: readonly (readonly Token[])[]): Uint8Array[] {
  const selector = new Model(0, 7)
  const literals = [new Model(0, 64), new Model(64, 64), new Model(128, 64), new Model(192, 64)]
  const positions = [new Model(0, 24), new Model(0, 36)]
  return blocks.map((tokens) => {
    const coder = new ArithmeticEncoder()
    for (const token of tokens) {
      if (typeof token === 'number') {
        coder.symbol(selector, token >> 6)
        coder.symbol(literals[token >> 6]!, token)
        continue
      }
      coder.symbol(selector, token.length + 1)
      let slot = 0
      while (base(slot + 1) < token.distance) slot++
      coder.symbol(positions[token.length - 3]!, slot)
      coder.raw(token.distance - 1 - base(slot), slot < 4 ? 0 : (slot >> 1) - 1)
    }
    return coder.finish()
  })
}

const base = (slot: number): number => slot < 4 ? slot : (2 | slot & 1) << (slot >> 1) - 1

/** Raw bits stand where the decoder reads them: 16 bits behind those that are settled, so they are put in later. */
class ArithmeticEncoder {
  readonly #bits: number[] = []
  readonly #raw: { readonly at: number; readonly bits: readonly number[] }[] = []
  #low = 0
  #high = 0xffff
  #pending = 0
  #shifts = 0

  symbol(model: Model, symbol: number): void {
    const index = model.symbols.indexOf(symbol)
    const total = model.cumulated[0]!
    const range = this.#high - this.#low + 1
    this.#high = this.#low + Math.floor(model.cumulated[index]! * range / total) - 1
    this.#low += Math.floor(model.cumulated[index + 1]! * range / total)
    model.update(index)
    for (;;) {
      if (((this.#low ^ this.#high) & 0x8000) === 0) this.#settle(this.#low >> 15)
      else if ((this.#low & 0x4000) !== 0 && (this.#high & 0x4000) === 0) {
        this.#pending++
        this.#low &= 0x3fff
        this.#high |= 0x4000
      } else return
      this.#shifts++
      this.#low = this.#low << 1 & 0xffff
      this.#high = (this.#high << 1 | 1) & 0xffff
    }
  }

  raw(value: number, count: number): void {
    this.#raw.push({ at: this.#shifts + 16, bits: Array.from({ length: count }, (_, index) => value >> count - 1 - index & 1) })
  }

  finish(): Uint8Array {
    this.#pending++
    this.#settle(this.#low >> 14 & 1)
    const bits: number[] = []
    let code = 0
    for (const { at, bits: raw } of [...this.#raw, { at: this.#bits.length, bits: [] }]) {
      while (code < at) bits.push(this.#bits[code++] ?? 0)
      bits.push(...raw)
    }
    const bytes = new Uint8Array((bits.length + 7 >> 3) + 2)
    for (const [index, bit] of bits.entries()) bytes[index >> 3]! |= bit << 7 - (index & 7)
    return bytes
  }

  #settle(bit: number): void {
    this.#bits.push(bit)
    for (; this.#pending > 0; this.#pending--) this.#bits.push(1 - bit)
  }
}

function tokensOf(seed: number, size: number, before: number): { tokens: Token[] } {
  let state = seed
  const tokens: Token[] = []
  for (let at = 0; at < size;) {
    state = Math.imul(state, 1103515245) + 12345 >>> 0
    const distance = 1 + (state >>> 12) % Math.min(at + before || 1, 1000)
    if (state >>> 30 === 0 && at + before > 10 && at + 4 <= size) {
      const length = (state & 1 << 27) === 0 ? 3 : 4
      tokens.push({ length, distance })
      at += length
    } else {
      tokens.push((state >>> 29) * 32 + (state >>> 20 & 15))
      at++
    }
  }
  return { tokens }
}

test('Quantum blocks are decoded with models and window kept between them', () => {
  const sizes = [32768, 32768, 5000]
  const blocks = sizes.map((size, index) => tokensOf(index + 5, size, index * 32768).tokens)
  const expected: number[] = []
  for (const token of blocks.flat()) {
    if (typeof token === 'number') expected.push(token)
    else for (let count = 0; count < token.length; count++) expected.push(expected[expected.length - token.distance]!)
  }
  const decoder = new QuantumDecoder(18, expected.length)
  const found = encode(blocks).flatMap((data, index) => [...decoder.decode(data, sizes[index]!)])
  assert.deepEqual(found, expected)
})

test('Quantum data that end early are refused', () => {
  const [data] = encode([tokensOf(5, 3000, 0).tokens])
  assert.throws(() => new QuantumDecoder(18, 32768).decode(data!.subarray(0, 400), 3000), FormatError)
})
