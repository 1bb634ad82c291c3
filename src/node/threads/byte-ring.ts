// Bytes in order from one thread to another, through slots of shared memory. Each waits for the other: the writer for a
// slot that is free, the reader for one that is full.
// Slots are numbered for ever; slot n lies at n modulo `slotCount`.

const slotBytes = 1 << 18
const slotCount = 16

/** Places of the shared counters: how many slots are full, or its complement when no more will be; how many are read; the lengths. */
const filled = 0
const read = 1
const lengthsAt = 2
const dataAt = 4 * (lengthsAt + slotCount)

/** Of slots read: the reader has left. */
const gone = 0x7fffffff
/** After so long without a byte the writer is given up: it may have died without a word. */
const limitMs = 10_000

export class ByteRing {
  readonly buffer: SharedArrayBuffer
  readonly #control: Int32Array
  #count = 0

  constructor(buffer = new SharedArrayBuffer(dataAt + slotBytes * slotCount)) {
    this.buffer = buffer
    this.#control = new Int32Array(buffer, 0, dataAt / 4)
  }

  /** @throws Error when the reader has left */
  write(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; from += slotBytes) {
      for (let seen = this.#read(); this.#count - seen >= slotCount; seen = this.#read()) Atomics.wait(this.#control, read, seen)
      const part = bytes.subarray(from, from + slotBytes)
      this.#slot(this.#count, part.length).set(part)
      this.#control[lengthsAt + this.#count % slotCount] = part.length
      this.#tell(filled, ++this.#count)
    }
  }

  /** No more will come. */
  end(): void {
    this.#tell(filled, ~this.#count)
  }

  /** Each is valid until the next one is asked for. When it is left, the writer has ended, or is given up. */
  * pieces(): Generator<Uint8Array, void> {
    let isLeft = true
    try {
      for (let slot = 0; this.#isFilled(slot); slot++) {
        yield this.#slot(slot, this.#control[lengthsAt + slot % slotCount]!)
        this.#tell(read, slot + 1)
      }
      isLeft = false
    } finally {
      this.#tell(read, gone)
      // Until the writer has seen it: what it reads from may be closed afterwards.
      if (isLeft) this.#isFilled(gone - 1)
    }
  }

  #slot(slot: number, length: number): Uint8Array {
    return new Uint8Array(this.buffer, dataAt + slot % slotCount * slotBytes, length)
  }

  #read(): number {
    const count = Atomics.load(this.#control, read)
    if (count === gone) throw new Error('nobody reads any more')
    return count
  }

  /** Waits for a slot. @returns whether there will be such a one */
  #isFilled(slot: number): boolean {
    for (;;) {
      const count = Atomics.load(this.#control, filled)
      if (slot < (count < 0 ? ~count : count)) return true
      if (count < 0 || Atomics.wait(this.#control, filled, count, limitMs) === 'timed-out') return false
    }
  }

  #tell(place: number, count: number): void {
    Atomics.store(this.#control, place, count)
    Atomics.notify(this.#control, place)
  }
}
