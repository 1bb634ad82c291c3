// A folder on two threads: the main one decompresses, the other one writes. When that has enough to do, the main thread
// writes too. Workers of threads.ts share folders out instead, which gains more where there are several.
import type { OutputFolder } from '../files/output-folder.ts'
import type { PlaceList } from '../layout/places.ts'
import type { TargetWriter } from './folder-task.ts'
import { DirectWriter } from './lane.ts'
import type { SharedState } from './shared-state.ts'
import { RingProducer } from './write-ring.ts'

export interface WriterInput {
  readonly ring: SharedArrayBuffer
  readonly shared: SharedArrayBuffer
  readonly replace: boolean
}

export class Pipeline implements TargetWriter {
  readonly #ring = new RingProducer()
  readonly #output: OutputFolder
  readonly #places: PlaceList
  readonly #shared: SharedState
  readonly #direct: TargetWriter
  /** Whether the file that was begun last went to the other thread. */
  #isHandedOver = false

  constructor(output: OutputFolder, places: PlaceList, shared: SharedState) {
    this.#output = output
    this.#places = places
    this.#shared = shared
    this.#direct = new DirectWriter(output, places, shared)
  }

  get writerInput(): WriterInput {
    return { ring: this.#ring.buffer, shared: this.#shared.buffer, replace: this.#output.replaces }
  }

  begin(target: number, modified: number): void {
    this.#isHandedOver = this.#ring.hasRoom
    if (this.#isHandedOver) this.#ring.begin(target, modified, this.#output.place(this.#places.folder(target), this.#places.name(target)))
    else this.#direct.begin(target, modified)
  }

  write(bytes: Uint8Array): void {
    if (this.#isHandedOver) this.#ring.bytes(bytes)
    else this.#direct.write(bytes)
  }

  end(): void {
    if (this.#isHandedOver) this.#ring.end()
    else this.#direct.end()
  }

  abandon(): void {
    if (this.#isHandedOver) this.#ring.abandon()
    else this.#direct.abandon()
  }

  /** The writer ends when it has written all. */
  close(): void {
    this.#ring.close()
  }
}
