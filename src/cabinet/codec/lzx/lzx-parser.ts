// Divides frames into literals and matches so that they cost the fewest bits: shortest paths over the positions of a frame,
// with what symbols cost taken from the frames before. Works frame by frame; lzx-matches.ts finds the matches.
import { agreement } from '../agreement.ts'
import { LzxCosts } from './lzx-costs.ts'
import { LzxMatches } from './lzx-matches.ts'
import { positionSlot, slotExtraBits } from './lzx-tables.ts'

/** How hard to look. */
export interface ParseEffort {
  /** Candidates tried for one position. */
  readonly chain: number
  /** A match this long is taken without weighing others. */
  readonly nice: number
}

export const frameBytes = 1 << 15
const longestMatch = 257
export class LzxParser {
  readonly costs: LzxCosts
  /** The three latest offsets, after the last frame. */
  readonly recent = new Int32Array([1, 1, 1])
  /** The tokens of the last frame: length and distance, or 1 and a literal; -1 to -3 for the recent offsets. */
  readonly lengths = new Uint16Array(frameBytes)
  readonly values = new Int32Array(frameBytes)
  tokenCount = 0

  readonly #effort: ParseEffort
  readonly #windowBytes: number
  readonly #matches: LzxMatches
  // By position in the frame: the cheapest way to get there and the recent offsets on that way.
  readonly #bits = new Int32Array(frameBytes + 1)
  readonly #wayLengths = new Uint16Array(frameBytes + 1)
  readonly #wayValues = new Int32Array(frameBytes + 1)
  readonly #recents = new Int32Array((frameBytes + 1) * 3)

  constructor(windowBits: number, effort: ParseEffort) {
    this.#effort = effort
    this.#windowBytes = 1 << windowBits
    this.#matches = new LzxMatches(this.#windowBytes, Math.max(this.#windowBytes, frameBytes * 4))
    this.costs = new LzxCosts(windowBits)
  }

  parse(frame: Uint8Array): void {
    this.#weigh(this.#matches.append(frame), frame.length)
    this.#collect(frame.length)
  }

  /** Position by position: what leads on from it, and whether that is cheaper than what was found before. */
  #weigh(start: number, size: number): void {
    const matches = this.#matches
    const { nice } = this.#effort
    this.#bits.fill(0x7fffffff, 0, size + 1)
    this.#bits[0] = 0
    this.#recents.set(this.recent)
    /** Positions before this one lie inside a long match that is taken in any case. */
    let skipTo = 0
    for (let index = 0; index < size; index++) {
      const at = start + index
      if (index < size - 3) matches.enter(at)
      else matches.enterNothing()
      if (index < skipTo) continue
      if (index > 0) this.#inherit(index)
      this.#weighLiteral(index, matches.bytes[at]!)
      const most = size - index < longestMatch ? size - index : longestMatch
      if (most < 2) continue
      let best = this.#weighRecent(index, at, most)
      if (best < nice) best = this.#weighMatches(index, at, most, best)
      if (best >= nice) skipTo = index + best
    }
  }

  /** The recent offsets at a position are those where its cheapest way came from, and what that did to them. */
  #inherit(index: number): void {
    const recents = this.#recents
    const length = this.#wayLengths[index]!
    const parent = (index - length) * 3
    const to = index * 3
    const value = length > 1 ? this.#wayValues[index]! : -1
    const r0 = recents[parent]!
    const r1 = recents[parent + 1]!
    const r2 = recents[parent + 2]!
    recents[to] = value >= 0 ? value : value === -2 ? r1 : value === -3 ? r2 : r0
    recents[to + 1] = value >= 0 || value === -2 ? r0 : r1
    recents[to + 2] = value >= 0 ? r1 : value === -3 ? r0 : r2
  }

  #weighLiteral(index: number, byte: number): void {
    const cost = this.#bits[index]! + this.costs.main[byte]!
    if (cost >= this.#bits[index + 1]!) return
    this.#bits[index + 1] = cost
    this.#wayLengths[index + 1] = 1
    this.#wayValues[index + 1] = byte
  }

  /** @param first of the symbols of the match's offset @param cost of getting here, and of the rest of the offset */
  #weighLengths(index: number, from: number, to: number, value: number, first: number, cost: number): void {
    const { main, length: lengthCosts } = this.costs
    const bits = this.#bits
    for (let length = from; length <= to; length++) {
      const sum = cost + (length < 9 ? main[first + length - 2]! : main[first + 7]! + lengthCosts[length - 9]!)
      if (sum >= bits[index + length]!) continue
      bits[index + length] = sum
      this.#wayLengths[index + length] = length
      this.#wayValues[index + length] = value
    }
  }

  /** The recent offsets, which cost least. @returns the longest match */
  #weighRecent(index: number, at: number, most: number): number {
    const { view, bytes, base } = this.#matches
    const recents = this.#recents
    const r0 = recents[index * 3]!
    const r1 = recents[index * 3 + 1]!
    let best = 1
    for (let which = 0; which < 3; which++) {
      const distance = recents[index * 3 + which]!
      if (distance > base + at || distance > at || bytes[at] !== bytes[at - distance] || bytes[at + 1] !== bytes[at + 1 - distance]) continue
      if ((which === 1 && distance === r0) || (which === 2 && (distance === r0 || distance === r1))) continue
      const agreed = agreement(view, at - distance, at, most)
      this.#weighLengths(index, agreed >= this.#effort.nice ? agreed : 2, agreed, -1 - which, 256 + which * 8, this.#bits[index]!)
      if (agreed > best) best = agreed
    }
    return best
  }

  /** The latest places of two and of three bytes, then the chain of four, which goes from near to far. @returns the longest match */
  #weighMatches(index: number, at: number, most: number, longest: number): number {
    const { view, bytes, base, links, near3, chain } = this.#matches
    const { chain: longestChain, nice } = this.#effort
    const linkMask = this.#windowBytes - 1
    const earliest = Math.max(base, base + at - this.#windowBytes + 3)
    // Lengths up to `best` are reached more cheaply with one of the recent offsets, or nearer.
    let best = longest
    let left = best >= 16 ? longestChain >> 2 : longestChain
    let ending = view.getUint16(at + best - 1)
    let candidate = this.#matches.near2
    let step = 0
    for (;;) {
      const place = candidate - base
      // A longer match must agree in the two bytes where the best one so far ends: few candidates pass.
      if (candidate >= earliest && best < most && view.getUint16(place + best - 1) === ending && bytes[place] === bytes[at]) {
        const agreed = agreement(view, place, at, most)
        if (agreed > best) {
          this.#weighOffset(index, at - place, agreed >= nice ? agreed : best + 1, agreed)
          best = agreed
          if (agreed >= nice) return best
          ending = view.getUint16(at + best - 1)
        }
      }
      if (step === 0 && near3 !== candidate) {
        candidate = near3
        step = 1
      } else if (step < 2) {
        if (chain === candidate) left++
        candidate = chain
        step = 2
      } else candidate = links[candidate & linkMask]!
      if (step === 2 && (candidate < earliest || --left < 0)) return best
    }
  }

  #weighOffset(index: number, distance: number, from: number, to: number): void {
    const slot = positionSlot(distance)
    const extra = slotExtraBits[slot]!
    const footer = extra >= 3 ? (extra - 3 << 4) + this.costs.aligned[distance + 2 & 7]! : extra << 4
    this.#weighLengths(index, from, to, distance, 256 + slot * 8, this.#bits[index]! + footer)
  }

  /** Walks the cheapest way back and turns it round. */
  #collect(size: number): void {
    const { lengths, values } = this
    let count = 0
    for (let index = size; index > 0; index -= this.#wayLengths[index]!) count++
    this.tokenCount = count
    for (let index = size; index > 0; index -= this.#wayLengths[index]!) {
      count--
      lengths[count] = this.#wayLengths[index]!
      values[count] = this.#wayValues[index]!
    }
    this.#follow()
  }

  /** Brings the recent offsets up to date. */
  #follow(): void {
    let [r0, r1, r2] = this.recent as unknown as [number, number, number]
    for (let token = 0; token < this.tokenCount; token++) {
      if (this.lengths[token] === 1) continue
      const value = this.values[token]!
      if (value >= 0) [r0, r1, r2] = [value, r0, r1]
      else if (value === -2) [r0, r1] = [r1, r0]
      else if (value === -3) [r0, r2] = [r2, r0]
    }
    this.recent.set([r0, r1, r2])
  }
}
