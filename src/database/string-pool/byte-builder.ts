// Bytes that are appended to, piece by piece, in one growing buffer.

export class ByteBuilder {
  #bytes = new Uint8Array(1 << 12)
  #length = 0
  get length(): number {
    return this.#length
  }

  /** What was appended so far; a view that further appending may leave behind. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  append(source: Uint8Array, start = 0, end = source.length): void {
    this.#reserve(end - start)
    this.#bytes.set(start === 0 && end === source.length ? source : source.subarray(start, end), this.#length)
    this.#length += end - start
  }

  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}
