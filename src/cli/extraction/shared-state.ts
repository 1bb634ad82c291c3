// What the threads of an extraction share: which folder is next, how much is written, and one flag for each target.
const nextTask = 0
const kibibytes = 1
const flagsOffset = 8

export class SharedState {
  readonly buffer: SharedArrayBuffer
  readonly #counters: Int32Array
  readonly #flags: Uint8Array

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer
    this.#counters = new Int32Array(buffer, 0, 2)
    this.#flags = new Uint8Array(buffer, flagsOffset)
  }

  static create(targets: number): SharedState {
    return new SharedState(new SharedArrayBuffer(flagsOffset + targets))
  }

  takeTask(): number {
    return Atomics.add(this.#counters, nextTask, 1)
  }

  addKibibytes(count: number): void {
    Atomics.add(this.#counters, kibibytes, count)
  }

  get writtenBytes(): number {
    return Atomics.load(this.#counters, kibibytes) * 1024
  }

  finish(target: number): void {
    Atomics.store(this.#flags, target, 1)
  }

  isFinished(target: number): boolean {
    return Atomics.load(this.#flags, target) === 1
  }
}
