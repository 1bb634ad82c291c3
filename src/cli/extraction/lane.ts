// What each thread does: takes the next folder until none is left. Threads share counters and one flag for each file.
import { DecoderMemory } from '../../cabinet/index.ts'
import type { OutputFolder } from '../output-folder.ts'
import { OpenSources, runTask, type FolderTask } from './folder-task.ts'

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

  take(): number {
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
}

export function runLane(tasks: readonly FolderTask[], output: OutputFolder, shared: SharedState, draw: () => void = () => {}): void {
  using sources = new OpenSources()
  const decoders = new DecoderMemory()
  let rest = 0
  const written = (bytes: number): void => {
    rest += bytes
    shared.addKibibytes(rest >> 10)
    rest &= 1023
    draw()
  }
  for (let index = shared.take(); index < tasks.length; index = shared.take()) {
    const task = tasks[index]!
    runTask(task, { sources, decoders, output }, { written, finished: (file) => shared.finish(task.firstFlag + file) })
  }
}
