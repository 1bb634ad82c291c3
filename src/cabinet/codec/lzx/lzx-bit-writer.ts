// The bits of one LZX data block: 16-bit little-endian words, highest bit first.

export class LzxBitWriter {
  readonly #output = new Uint8Array(1 << 17)
  #size = 0
  #hold = 0
  #count = 0

  begin(): void {
    this.#size = 0
    this.#count = 0
  }

  /** At most 17 bits. */
  put(value: number, bits: number): void {
    this.#hold = this.#hold << bits | value
    this.#count += bits
    while (this.#count >= 16) {
      this.#count -= 16
      const word = this.#hold >>> this.#count
      this.#output[this.#size++] = word
      this.#output[this.#size++] = word >>> 8
    }
  }

  /** Adds 1 to 16 zeros, up to the next word. */
  align(): void {
    this.put(0, 16 - this.#count)
  }

  /** Only at the beginning of a word. */
  bytes(bytes: Uint8Array): void {
    this.#output.set(bytes, this.#size)
    this.#size += bytes.length
  }

  /** Valid until `begin`. */
  finish(): Uint8Array {
    if (this.#count > 0) this.align()
    return this.#output.subarray(0, this.#size)
  }
}
