// The bytes of a string pool's texts, one after the other, and where each begins: those of the file that was opened, and
// plain ASCII ones that were added since. A text that is not here has no bytes: its entry is empty.
import { bytesSource, type ByteSource } from '../../base/index.ts'

const windowBytes = 1 << 16
/** Who asks more often will ask for most of the texts. */
const mostWindows = 8

export class TextBytes {
  readonly #data: ByteSource
  #bytes: Uint8Array | undefined
  /** A part of the data, while nobody asked for much of it. */
  #window: { readonly start: number; readonly bytes: Uint8Array } | undefined
  #windows = 0
  /** String `id` is the bytes from `[id - 1]` to `[id]`. */
  #offsets: Uint32Array
  #count: number
  /** How many texts `data` has. */
  readonly loadedCount: number

  /** @param offsets Of the texts in `data`, from 0. */
  constructor(offsets: Uint32Array, data: ByteSource) {
    this.#offsets = offsets
    this.#data = data
    this.#count = this.loadedCount = offsets.length - 1
  }

  /** All bytes; there may be more behind the last text. */
  get bytes(): Uint8Array {
    return this.#bytes ??= this.#data.read(0, this.#offsets[this.#count]!)
  }

  /** The bytes of the texts that were loaded. */
  get loaded(): ByteSource {
    return this.#bytes === undefined ? this.#data : bytesSource(this.#bytes)
  }

  /** For ids up to the count; a view. */
  get offsets(): Uint32Array {
    return this.#offsets.subarray(0, this.#count + 1)
  }

  has(id: number): boolean {
    return id <= this.#count && this.#offsets[id]! > this.#offsets[id - 1]!
  }

  /** A view. */
  of(id: number): Uint8Array {
    if (id > this.#count) return new Uint8Array()
    const start = this.#offsets[id - 1]!
    const end = this.#offsets[id]!
    return this.#bytes?.subarray(start, end) ?? this.#part(start, end)
  }

  /** Of data that is not in memory. */
  #part(start: number, end: number): Uint8Array {
    const known = this.#window
    if (known !== undefined && start >= known.start && end <= known.start + known.bytes.length) return known.bytes.subarray(start - known.start, end - known.start)
    if (++this.#windows > mostWindows) return this.bytes.subarray(start, end)
    const bytes = this.#data.read(start, Math.max(end - start, windowBytes))
    this.#window = { start, bytes }
    return bytes.subarray(0, end - start)
  }

  equals(id: number, other: Uint8Array, start: number, end: number): boolean {
    const own = this.#offsets[id - 1]!
    if (this.#offsets[id]! - own !== end - start) return false
    const bytes = this.bytes
    for (let index = start; index < end; index++) if (bytes[own + index - start] !== other[index]) return false
    return true
  }

  /** Gives the next id its bytes. */
  append(source: Uint8Array, start: number, end: number): void {
    const first = this.#offsets[this.#count]!
    const needed = first + end - start
    if (this.bytes.length < needed) this.#growBytes(Math.max(1 << 12, needed, this.bytes.length * 2))
    const bytes = this.#bytes!
    for (let index = start, at = first; index < end; index++) bytes[at++] = source[index]!
    this.#next(needed)
  }

  /** Makes room for texts that are about to be added. */
  reserve(texts: number, bytes: number): void {
    const needed = this.#offsets[this.#count]! + bytes
    if (this.bytes.length < needed) this.#growBytes(needed)
    if (this.#offsets.length <= this.#count + texts) this.#growOffsets(this.#count + texts + 1)
  }

  #growBytes(size: number): void {
    const grown = new Uint8Array(size)
    grown.set(this.bytes)
    this.#bytes = grown
  }

  #growOffsets(size: number): void {
    const grown = new Uint32Array(size)
    grown.set(this.#offsets)
    this.#offsets = grown
  }

  /** Gives the next ids none. */
  skip(texts: number): void {
    const end = this.#offsets[this.#count]!
    if (this.#offsets.length <= this.#count + texts) this.#growOffsets(Math.max(64, (this.#count + texts) * 2))
    this.#offsets.fill(end, this.#count + 1, this.#count + texts + 1)
    this.#count += texts
  }

  #next(end: number): void {
    if (++this.#count === this.#offsets.length) this.#growOffsets(Math.max(64, this.#count * 2))
    this.#offsets[this.#count] = end
  }
}
