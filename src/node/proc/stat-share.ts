// The files of one scan, asked for device, inode and mode a few at a time by the thread that scans and by one that helps.
// What either learns lies in shared memory; nobody waits for the other: what is not there at the end is asked for again.
import type { HostPath } from '../../platform/index.ts'
import { bytesOf, statOf } from './read.ts'

/** Asked for at a time: a fifth of a millisecond's work. */
const portion = 64
const next = 0

/** Of each file three numbers; the mode is 0 where there is none. */
export class StatShare {
  readonly buffer: SharedArrayBuffer
  readonly #files: readonly (HostPath | undefined)[]
  readonly #portions: number
  readonly #numbers: Float64Array
  /** The next portion, and of each portion whether it is there. */
  readonly #state: Int32Array

  /** @param files those that are `undefined` are not asked for */
  constructor(files: readonly (HostPath | undefined)[], buffer?: SharedArrayBuffer) {
    const numbers = files.length * 3
    this.#files = files
    this.#portions = Math.ceil(files.length / portion)
    this.buffer = buffer ?? new SharedArrayBuffer(numbers * 8 + (1 + this.#portions) * 4)
    this.#numbers = new Float64Array(this.buffer, 0, numbers)
    this.#state = new Int32Array(this.buffer, numbers * 8)
  }

  /** @returns false when nothing is left to ask for */
  askSome(): boolean {
    const index = Atomics.add(this.#state, next, 1)
    if (index >= this.#portions) return false
    this.#ask(index, this.#numbers)
    Atomics.store(this.#state, 1 + index, 1)
    return true
  }

  /** So that the other thread asks for no more. */
  close(): void {
    Atomics.store(this.#state, next, this.#portions)
  }

  /** After everything was taken: device, inode and mode by file. */
  result(): Float64Array {
    const missing: number[] = []
    for (let index = 0; index < this.#portions; index++) if (Atomics.load(this.#state, 1 + index) === 0) missing.push(index)
    const numbers = this.#numbers.slice()
    for (const index of missing) this.#ask(index, numbers)
    return numbers
  }

  #ask(index: number, numbers: Float64Array): void {
    const end = Math.min((index + 1) * portion, this.#files.length)
    for (let file = index * portion; file < end; file++) {
      const path = this.#files[file]
      const stat = path === undefined ? 'gone' : statOf(typeof path === 'string' ? path : bytesOf(path))
      if (typeof stat === 'string') continue
      numbers[file * 3] = stat.dev
      numbers[file * 3 + 1] = stat.ino
      numbers[file * 3 + 2] = stat.mode
    }
  }
}
