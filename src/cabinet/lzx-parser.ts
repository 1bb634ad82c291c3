// Divides frames into literals and matches so that they cost the fewest bits: shortest paths over the positions of a frame,
// with what symbols cost taken from the frames before. Matches come from chains of positions with the same hash of four
// bytes, and from the latest places of two and three bytes. Works frame by frame; the window is kept.
import { LzxCosts } from './lzx-costs.ts'
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
const hashBits = 17
const hash3Bits = 15
const hashFactor = 0x9e3779b1
const nothing = -(1 << 30)

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
  readonly #view: DataView
  readonly #bytes: Uint8Array
  /** Positions count from the first byte of the folder; `#bytes` begins at this one. */
  #base = 0
  #filled = 0
  readonly #heads = new Int32Array(1 << hashBits).fill(nothing)
  readonly #heads3 = new Int32Array(1 << hash3Bits).fill(nothing)
  readonly #heads2 = new Int32Array(1 << 16).fill(nothing)
  readonly #links: Int32Array
  // By position in the frame: the cheapest way to get there and the recent offsets on that way.
  readonly #bits = new Int32Array(frameBytes + 1)
  readonly #wayLengths = new Uint16Array(frameBytes + 1)
  readonly #wayValues = new Int32Array(frameBytes + 1)
  readonly #recents = new Int32Array((frameBytes + 1) * 3)

  constructor(windowBits: number, effort: ParseEffort) {
    this.#effort = effort
    this.#windowBytes = 1 << windowBits
    const size = this.#windowBytes + Math.max(this.#windowBytes, frameBytes * 4)
    this.#view = new DataView(new ArrayBuffer(size + 8))
    this.#bytes = new Uint8Array(this.#view.buffer, 0, size)
    this.#links = new Int32Array(this.#windowBytes)
    this.costs = new LzxCosts(windowBits)
  }

  parse(frame: Uint8Array): void {
    const start = this.#append(frame)
    // The last three bytes of a frame can be hashed only now that what follows is there.
    for (let at = Math.max(0, start - 3); at < start; at++) if (at + 4 <= this.#filled) this.#insert(at)
    this.#weigh(start, frame.length)
    this.#collect(frame.length)
  }

  /** One long loop on local variables: this is where compression spends its time. */
  #weigh(start: number, size: number): void {
    const view = this.#view
    const bytes = this.#bytes
    const base = this.#base
    const { chain: longestChain, nice } = this.#effort
    const { main, length: lengthCosts, aligned } = this.costs
    const heads = this.#heads
    const heads3 = this.#heads3
    const heads2 = this.#heads2
    const links = this.#links
    const linkMask = this.#windowBytes - 1
    const farthest = this.#windowBytes - 3
    const bits = this.#bits.fill(0x7fffffff, 0, size + 1)
    const wayLengths = this.#wayLengths
    const wayValues = this.#wayValues
    const recents = this.#recents
    bits[0] = 0
    recents.set(this.recent)
    const hashEnd = start + size - 3
    /** Positions before this one lie inside a long match that is taken in any case. */
    let skipTo = 0
    for (let index = 0; index < size; index++) {
      const at = start + index
      const position = base + at
      let chainHead = nothing
      let near3 = nothing
      let near2 = nothing
      if (at < hashEnd) {
        const word = view.getUint32(at, true)
        const hash = Math.imul(word, hashFactor) >>> 32 - hashBits
        chainHead = heads[hash]!
        heads[hash] = position
        links[position & linkMask] = chainHead
        const hash3 = Math.imul(word & 0xffffff, hashFactor) >>> 32 - hash3Bits
        near3 = heads3[hash3]!
        heads3[hash3] = position
        near2 = heads2[word & 0xffff]!
        heads2[word & 0xffff] = position
      }
      if (index < skipTo) continue
      const here = bits[index]!
      let r0 = recents[index * 3]!
      let r1 = recents[index * 3 + 1]!
      let r2 = recents[index * 3 + 2]!
      if (index > 0) {
        const parent = (index - wayLengths[index]!) * 3
        r0 = recents[parent]!
        r1 = recents[parent + 1]!
        r2 = recents[parent + 2]!
        if (wayLengths[index]! > 1) {
          const value = wayValues[index]!
          if (value >= 0) {
            r2 = r1
            r1 = r0
            r0 = value
          } else if (value === -2) {
            const other = r0
            r0 = r1
            r1 = other
          } else if (value === -3) {
            const other = r0
            r0 = r2
            r2 = other
          }
        }
        recents[index * 3] = r0
        recents[index * 3 + 1] = r1
        recents[index * 3 + 2] = r2
      }
      const asLiteral = here + main[bytes[at]!]!
      if (asLiteral < bits[index + 1]!) {
        bits[index + 1] = asLiteral
        wayLengths[index + 1] = 1
        wayValues[index + 1] = bytes[at]!
      }
      const most = size - index < longestMatch ? size - index : longestMatch
      if (most < 2) continue
      let best = 1
      // The recent offsets cost least.
      for (let which = 0; which < 3; which++) {
        const distance = which === 0 ? r0 : which === 1 ? r1 : r2
        if (distance > position || distance > at || bytes[at] !== bytes[at - distance] || bytes[at + 1] !== bytes[at + 1 - distance]) continue
        if ((which === 1 && distance === r0) || (which === 2 && (distance === r0 || distance === r1))) continue
        const agreed = agreement(view, at - distance, at, most)
        const first = 256 + which * 8
        for (let length = agreed >= nice ? agreed : 2; length <= agreed; length++) {
          const cost = here + (length < 9 ? main[first + length - 2]! : main[first + 7]! + lengthCosts[length - 9]!)
          if (cost < bits[index + length]!) {
            bits[index + length] = cost
            wayLengths[index + length] = length
            wayValues[index + length] = -1 - which
          }
        }
        if (agreed > best) best = agreed
      }
      if (best >= nice) {
        skipTo = index + best
        continue
      }
      // The latest places of two and of three bytes, then the chain of four, which goes from near to far.
      const earliest = position - farthest > base ? position - farthest : base
      let candidate = near2
      let step = 0
      let chain = best >= 16 ? longestChain >> 2 : longestChain
      // Lengths up to `best` are reached more cheaply with one of the recent offsets, or nearer.
      let ending = view.getUint16(at + best - 1)
      for (;;) {
        if (candidate >= earliest && best < most) {
          const place = candidate - base
          // A longer match must agree in the two bytes where the best one so far ends: few candidates pass.
          if (view.getUint16(place + best - 1) === ending && bytes[place] === bytes[at]) {
            const agreed = agreement(view, place, at, most)
            if (agreed > best) {
              const distance = at - place
              const slot = positionSlot(distance)
              const extra = slotExtraBits[slot]!
              const footer = extra >= 3 ? (extra - 3 << 4) + aligned[distance + 2 & 7]! : extra << 4
              const first = 256 + slot * 8
              const offsetCost = here + footer
              for (let length = agreed >= nice ? agreed : best + 1; length <= agreed; length++) {
                const cost = offsetCost + (length < 9 ? main[first + length - 2]! : main[first + 7]! + lengthCosts[length - 9]!)
                if (cost < bits[index + length]!) {
                  bits[index + length] = cost
                  wayLengths[index + length] = length
                  wayValues[index + length] = distance
                }
              }
              best = agreed
              if (agreed >= nice) break
              ending = view.getUint16(at + best - 1)
            }
          }
        }
        if (step === 0 && near3 !== candidate) {
          candidate = near3
          step = 1
        } else if (step < 2) {
          if (chainHead === candidate) chain++
          candidate = chainHead
          step = 2
        } else candidate = links[candidate & linkMask]!
        if (step === 2 && (candidate < earliest || --chain < 0)) break
      }
      if (best >= nice) skipTo = index + best
    }
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

  #append(frame: Uint8Array): number {
    if (this.#filled + frame.length > this.#bytes.length) {
      const drop = this.#filled - this.#windowBytes
      this.#bytes.copyWithin(0, drop, this.#filled)
      this.#base += drop
      this.#filled -= drop
    }
    const start = this.#filled
    this.#bytes.set(frame, start)
    this.#filled += frame.length
    return start
  }

  #insert(at: number): void {
    const word = this.#view.getUint32(at, true)
    const position = this.#base + at
    const hash = Math.imul(word, hashFactor) >>> 32 - hashBits
    this.#links[position & this.#windowBytes - 1] = this.#heads[hash]!
    this.#heads[hash] = position
    this.#heads3[Math.imul(word & 0xffffff, hashFactor) >>> 32 - hash3Bits] = position
    this.#heads2[word & 0xffff] = position
  }
}

/** How many of `most` bytes are the same; the buffer has spare ones. */
function agreement(view: DataView, a: number, b: number, most: number): number {
  for (let length = 0; length < most; length += 4) {
    const difference = view.getUint32(a + length, true) ^ view.getUint32(b + length, true)
    if (difference === 0) continue
    const agreed = length + (31 - Math.clz32(difference & -difference) >> 3)
    return agreed < most ? agreed : most
  }
  return most
}
