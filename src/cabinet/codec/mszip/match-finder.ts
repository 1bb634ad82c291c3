// Finds repetitions within the last 32 KiB for deflate: chains of positions with the same hash of three bytes, and lazy
// evaluation (a match is given up for a longer one that begins at the next byte). Works block by block, history is kept.
import { agreement } from '../agreement.ts'

/** How hard to look. */
export interface MatchEffort {
  /** Candidates tried for one position. */
  readonly chain: number
  /** A match this long is taken without looking on. */
  readonly nice: number
  /** From this length on the next position is not tried. */
  readonly lazy: number
}

export const windowBytes = 1 << 15
const shortestMatch = 3
const longestMatch = 258
/** Matches of three bytes further away than this cost more than three literals. */
const farForThree = 4096
const hashBits = 15
const hashFactor = 0x9e3779b1
const nothing = -1 - windowBytes

export class MatchFinder {
  readonly #effort: MatchEffort
  readonly #view = new DataView(new ArrayBuffer(windowBytes * 2 + 4))
  readonly #bytes = new Uint8Array(this.#view.buffer, 0, windowBytes * 2)
  /** Positions count from the first byte of the folder; `#bytes` begins at this one. */
  #base = 0
  #filled = 0
  readonly #heads = new Int32Array(1 << hashBits).fill(nothing)
  readonly #links = new Int32Array(windowBytes)
  /** The tokens of the last block: length and distance, or 0 and a literal. */
  readonly lengths = new Uint16Array(windowBytes)
  readonly values = new Uint16Array(windowBytes)
  tokenCount = 0

  constructor(effort: MatchEffort) {
    this.#effort = effort
  }

  /**
   * Divides a block of at most 32 KiB into tokens. One long loop on local variables: this is where compression spends
   * its time, and fields would be read again after every store.
   */
  tokenize(block: Uint8Array): void {
    const start = this.#append(block)
    const end = start + block.length
    const hashEnd = end - 2
    const { chain: longChain, nice: niceLength, lazy } = this.#effort
    const view = this.#view
    const heads = this.#heads
    const links = this.#links
    const base = this.#base
    const { lengths, values } = this
    let tokens = 0
    let pendingLength = 0
    let pendingDistance = 0
    let hasPending = false
    // The last two bytes of a block can be hashed only now that what follows is there.
    for (let at = Math.max(0, start - 2); at < start; at++) if (at < hashEnd) this.#insert(at)
    for (let at = start; at < end;) {
      let length = 0
      let distance = 0
      if (at < hashEnd) {
        const hash = Math.imul(view.getUint32(at, true) & 0xffffff, hashFactor) >>> 32 - hashBits
        let position = heads[hash]!
        heads[hash] = base + at
        links[base + at & windowBytes - 1] = position
        let best = pendingLength > 2 ? pendingLength : 2
        const most = end - at < longestMatch ? end - at : longestMatch
        if (pendingLength < lazy && best < most) {
          const nice = niceLength < most ? niceLength : most
          const earliest = base + at - windowBytes > base ? base + at - windowBytes : base
          // A longer match must agree in the two bytes where the best one so far ends: few candidates pass.
          let ending = view.getUint16(at + best - 1)
          for (let chain = best >= 8 ? longChain >> 2 : longChain; position >= earliest && chain > 0; chain--) {
            const candidate = position - base
            if (view.getUint16(candidate + best - 1) === ending) {
              const agreed = agreement(view, candidate, at, most)
              if (agreed > best) {
                best = agreed
                length = agreed
                distance = at - candidate
                if (agreed >= nice) break
                ending = view.getUint16(at + best - 1)
              }
            }
            position = links[position & windowBytes - 1]!
          }
          if (length === shortestMatch && distance > farForThree) length = 0
        }
      }
      if (pendingLength >= shortestMatch && length <= pendingLength) {
        lengths[tokens] = pendingLength
        values[tokens++] = pendingDistance
        const next = at - 1 + pendingLength
        const insertEnd = next < hashEnd ? next : hashEnd
        for (at++; at < insertEnd; at++) {
          const hash = Math.imul(view.getUint32(at, true) & 0xffffff, hashFactor) >>> 32 - hashBits
          links[base + at & windowBytes - 1] = heads[hash]!
          heads[hash] = base + at
        }
        at = next
        hasPending = false
        pendingLength = 0
        continue
      }
      if (hasPending) {
        lengths[tokens] = 0
        values[tokens++] = view.getUint8(at - 1)
      }
      hasPending = true
      pendingLength = length
      pendingDistance = distance
      at++
    }
    if (hasPending) {
      lengths[tokens] = 0
      values[tokens++] = view.getUint8(end - 1)
    }
    this.tokenCount = tokens
  }

  #append(block: Uint8Array): number {
    const excess = this.#filled + block.length - this.#bytes.length
    if (excess > 0) {
      const drop = this.#filled - windowBytes
      this.#bytes.copyWithin(0, drop, this.#filled)
      this.#base += drop
      this.#filled -= drop
    }
    const start = this.#filled
    this.#bytes.set(block, start)
    this.#filled += block.length
    return start
  }

  #insert(at: number): void {
    const hash = Math.imul(this.#view.getUint32(at, true) & 0xffffff, hashFactor) >>> 32 - hashBits
    this.#links[this.#base + at & windowBytes - 1] = this.#heads[hash]!
    this.#heads[hash] = this.#base + at
  }
}
