// A stream as extents: runs of bytes of the underlying source, in stream order. Adjacent sectors are one run, so that
// a stream written in one piece is read in one piece. Offsets and lengths in bytes.
import type { ByteSource, SourceOrigin } from '../base/index.ts'

export class Extents implements ByteSource {
  readonly #base: ByteSource
  /** Where each run begins in the stream, and where in the source. */
  readonly #starts: number[] = []
  readonly #positions: number[] = []
  #size = 0

  constructor(base: ByteSource) {
    this.#base = base
  }

  get size(): number {
    return this.#size
  }

  append(position: number, length: number): void {
    const last = this.#starts.length - 1
    if (last < 0 || this.#positions[last]! + (this.#size - this.#starts[last]!) !== position) {
      this.#starts.push(this.#size)
      this.#positions.push(position)
    }
    this.#size += length
  }

  read(offset: number, length: number): Uint8Array {
    const end = Math.min(this.#size, offset + length)
    if (offset < 0 || offset >= end) return new Uint8Array(0)
    let run = this.#runAt(offset)
    const first = this.#piece(run, offset, end)
    if (offset + first.length === end) return first
    const whole = new Uint8Array(end - offset)
    whole.set(first)
    for (let at = offset + first.length; at < end;) {
      run++
      const piece = this.#piece(run, at, end)
      if (piece.length === 0) return whole.subarray(0, at - offset)
      whole.set(piece, at - offset)
      at += piece.length
    }
    return whole
  }

  readInto(offset: number, target: Uint8Array): number {
    const base = this.#base
    const end = Math.min(this.#size, offset + target.length)
    let count = 0
    for (let run = this.#runAt(offset), at = offset; at < end; run++) {
      const length = Math.min(end, this.#starts[run + 1] ?? this.#size) - at
      const part = target.subarray(count, count + length)
      const position = this.#positions[run]! + at - this.#starts[run]!
      const step = base.readInto?.(position, part) ?? copyInto(part, base.read(position, length))
      count += step
      at += step
      if (step < length) break
    }
    return count
  }

  origin(): SourceOrigin {
    return { source: this.#base, runs: this.#positions.map((offset, run) => ({ offset, length: (this.#starts[run + 1] ?? this.#size) - this.#starts[run]! })) }
  }

  #piece(run: number, offset: number, end: number): Uint8Array {
    const runEnd = this.#starts[run + 1] ?? this.#size
    return this.#base.read(this.#positions[run]! + offset - this.#starts[run]!, Math.min(end, runEnd) - offset)
  }

  #runAt(offset: number): number {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
}

function copyInto(target: Uint8Array, bytes: Uint8Array): number {
  target.set(bytes)
  return bytes.length
}
