// What the threads of an extraction share: which folder is next, how much is written, and one flag for each file.
import type { OutputFile } from '../output-folder.ts'

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

  static create(files: number): SharedState {
    return new SharedState(new SharedArrayBuffer(flagsOffset + files))
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

  finish(flag: number): void {
    Atomics.store(this.#flags, flag, 1)
  }

  isFinished(flag: number): boolean {
    return Atomics.load(this.#flags, flag) === 1
  }

  /** The same file, whose end sets the flag. */
  finishing(file: OutputFile, flag: number): OutputFile {
    return { write: (chunk) => { file.write(chunk) }, abandon: () => { file.abandon() }, end: () => {
      file.end()
      this.finish(flag)
    } }
  }
}
