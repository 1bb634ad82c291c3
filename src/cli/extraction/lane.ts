// What each thread does: takes the next folder until none is left.
import { DecoderMemory, unixMsOf } from '../../cabinet/index.ts'
import { createOutputFile, type OutputFile, type OutputFolder } from '../files/output-folder.ts'
import type { PlaceList } from '../layout/places.ts'
import { runTask, type FolderTask, type TargetWriter } from './folder-task.ts'
import type { SharedState } from './shared-state.ts'

/** Writes the files itself. */
export class DirectWriter implements TargetWriter {
  readonly #output: OutputFolder
  readonly #places: PlaceList
  readonly #shared: SharedState
  #file: OutputFile | undefined
  #target = 0

  constructor(output: OutputFolder, places: PlaceList, shared: SharedState) {
    this.#output = output
    this.#places = places
    this.#shared = shared
  }

  begin(target: number, modified: number): void {
    this.#target = target
    this.#file = createOutputFile(this.#output.place(this.#places.folder(target), this.#places.name(target)), this.#output.replaces, unixMsOf(modified))
  }

  write(bytes: Uint8Array): void {
    this.#file!.write(bytes)
  }

  end(): void {
    this.#file!.end()
    this.#shared.finish(this.#target)
  }

  abandon(): void {
    this.#file!.abandon()
  }
}

/** @param task gives a folder by its number */
export function runLane(count: number, task: (index: number) => FolderTask, writer: TargetWriter, shared: SharedState, draw: () => void = () => {}): void {
  const decoders = new DecoderMemory()
  let rest = 0
  const written = (bytes: number): void => {
    rest += bytes
    if (rest < reportedBytes) return
    shared.addKibibytes(rest >> 10)
    rest &= 1023
    draw()
  }
  for (let index = shared.takeTask(); index < count; index = shared.takeTask()) runTask(task(index), writer, decoders, written)
}

const reportedBytes = 1 << 18
