// The output of a folder's decoder: one flat buffer with at least `historyBytes` of the past before `position`, so that
// matches are copied without wrapping around. When it is full, the history moves to its start.

import { matchSlack } from './copy-match.ts'

export class SlidingWindow {
  readonly bytes: Uint8Array
  /** The same memory, and some more behind it for copies in words. */
  readonly view: DataView
  /** Where the next byte goes. */
  position = 0
  readonly #historyBytes: number

  /** @param totalBytes what will be added in all, at most. */
  constructor(historyBytes: number, spareBytes: number, totalBytes: number) {
    const size = Math.min(historyBytes + spareBytes, totalBytes)
    const buffer = new ArrayBuffer(size + matchSlack)
    this.bytes = new Uint8Array(buffer, 0, size)
    this.view = new DataView(buffer)
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
