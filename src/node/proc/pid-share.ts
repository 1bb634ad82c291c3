// The processes of one scan, taken a few at a time by the thread that scans and, if it comes in time, by one that helps.
// Two numbers in shared memory: which process is next, and whether anybody helps.

/** Taken at a time: between one and two milliseconds' work. */
const portion = 8

const next = 0
const helper = 1
const nobody = 0
const helping = 1
const closed = 2

export class PidShare {
  readonly buffer: SharedArrayBuffer
  readonly #pids: readonly number[]
  readonly #state: Int32Array

  constructor(pids: readonly number[], buffer = new SharedArrayBuffer(8)) {
    this.buffer = buffer
    this.#pids = pids
    this.#state = new Int32Array(buffer)
  }

  /** Empty when there are no more. */
  take(): readonly number[] {
    const start = Atomics.add(this.#state, next, portion)
    return this.#pids.slice(start, start + portion)
  }

  /** Takes all that nobody has taken. */
  takeAll(): readonly number[] {
    return this.#pids.slice(Atomics.exchange(this.#state, next, this.#pids.length))
  }

  /** By a helper, before it takes any. @returns false when it comes too late */
  join(): boolean {
    return Atomics.compareExchange(this.#state, helper, nobody, helping) === nobody
  }

  /** After everything was taken. @returns whether a helper has a part of it */
  close(): boolean {
    return Atomics.compareExchange(this.#state, helper, nobody, closed) === helping
  }
}
