// Where the bytes at a position stood before: chains of positions with the same hash of four bytes, and the latest places of
// two and three. The window is kept from frame to frame. Positions count from the first byte of the folder, places in `bytes`.

/** Before any position. */
export const nothing = -(1 << 30)

const hashBits = 17
const hash3Bits = 15
const hashFactor = 0x9e3779b1

export class LzxMatches {
  readonly view: DataView
  readonly bytes: Uint8Array
  /** The position of the first of `bytes`. */
  base = 0
  #filled = 0
  /** Of the place that was entered last: positions with the same two, three and four bytes, or {@link nothing}. */
  near2 = nothing
  near3 = nothing
  chain = nothing
  /** By position, modulo the window: the one before in its chain. */
  readonly links: Int32Array
  readonly #windowBytes: number
  readonly #heads = new Int32Array(1 << hashBits).fill(nothing)
  readonly #heads3 = new Int32Array(1 << hash3Bits).fill(nothing)
  readonly #heads2 = new Int32Array(1 << 16).fill(nothing)

  /** @param spareBytes frames may have in all before the window is moved */
  constructor(windowBytes: number, spareBytes: number) {
    this.#windowBytes = windowBytes
    const size = windowBytes + spareBytes
    this.view = new DataView(new ArrayBuffer(size + 8))
    this.bytes = new Uint8Array(this.view.buffer, 0, size)
    this.links = new Int32Array(windowBytes)
  }

  /** @returns where the frame begins */
  append(frame: Uint8Array): number {
    if (this.#filled + frame.length > this.bytes.length) {
      const drop = this.#filled - this.#windowBytes
      this.bytes.copyWithin(0, drop, this.#filled)
      this.base += drop
      this.#filled -= drop
    }
    const start = this.#filled
    this.bytes.set(frame, start)
    this.#filled += frame.length
    // The last three bytes of a frame can be hashed only when what follows is there.
    for (let at = Math.max(0, start - 3); at < start; at++) if (at + 4 <= this.#filled) this.enter(at)
    return start
  }

  /** Finds what stood before with the four bytes from here, and enters them. */
  enter(at: number): void {
    const position = this.base + at
    const word = this.view.getUint32(at, true)
    const hash = Math.imul(word, hashFactor) >>> 32 - hashBits
    this.chain = this.#heads[hash]!
    this.#heads[hash] = position
    this.links[position & this.#windowBytes - 1] = this.chain
    const hash3 = Math.imul(word & 0xffffff, hashFactor) >>> 32 - hash3Bits
    this.near3 = this.#heads3[hash3]!
    this.#heads3[hash3] = position
    this.near2 = this.#heads2[word & 0xffff]!
    this.#heads2[word & 0xffff] = position
  }

  /** For a place with fewer than four bytes behind it. */
  enterNothing(): void {
    this.chain = this.near3 = this.near2 = nothing
  }
}
