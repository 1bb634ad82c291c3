// The output of a folder's decoder: one flat buffer with at least `historyBytes` of the past before `position`, so that
// matches are copied without wrapping around. When it is full, the history moves to its start.

export class SlidingWindow {
  readonly bytes: Uint8Array
  /** Where the next byte goes. */
  position = 0
  readonly #historyBytes: number

  constructor(historyBytes: number, spareBytes: number) {
    this.bytes = new Uint8Array(historyBytes + spareBytes)
    this.#historyBytes = historyBytes
  }

  /** How much can be added before earlier output moves. */
  get room(): number {
    return this.bytes.length - this.position
  }

  /** Makes room for `count` bytes at `position`; `count` is at most the spare bytes. */
  reserve(count: number): void {
    if (this.room >= count) return
    const from = Math.max(0, this.position - this.#historyBytes)
    this.bytes.copyWithin(0, from, this.position)
    this.position -= from
  }
}
