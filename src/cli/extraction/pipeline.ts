// A folder on two threads: the main one decompresses, the other one writes. When that has enough to do, the main thread
// writes too. Workers of threads.ts share folders out instead, which gains more where there are several.
import type { OutputFile, OutputFolder } from '../output-folder.ts'
import type { Place } from '../places.ts'
import type { SharedState } from './shared-state.ts'
import { RingProducer } from './write-ring.ts'

export interface WriterInput {
  readonly ring: SharedArrayBuffer
  readonly shared: SharedArrayBuffer
  readonly replace: boolean
}

export class Pipeline {
  readonly #ring = new RingProducer()
  readonly #output: OutputFolder
  readonly #shared: SharedState

  constructor(output: OutputFolder, shared: SharedState) {
    this.#output = output
    this.#shared = shared
  }

  get writerInput(): WriterInput {
    return { ring: this.#ring.buffer, shared: this.#shared.buffer, replace: this.#output.replaces }
  }

  /** @param flag of the file, set when it is written, by whichever thread */
  create(target: Place, modifiedMs: number, flag: number): OutputFile {
    const ring = this.#ring
    if (!ring.hasRoom) return this.#shared.finishing(this.#output.create(target, modifiedMs), flag)
    ring.begin(flag, modifiedMs, this.#output.place(target))
    return this.#handedOver
  }

  /** The file that the other thread has begun last. */
  readonly #handedOver: OutputFile = {
    write: (chunk) => { this.#ring.bytes(chunk) },
    end: () => { this.#ring.end() },
    abandon: () => { this.#ring.abandon() },
  }

  /** The writer ends when it has written all. */
  close(): void {
    this.#ring.close()
  }
}
