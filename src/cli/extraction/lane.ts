// What each thread does: takes the next folder until none is left.
import { DecoderMemory } from '../../cabinet/index.ts'
import type { OutputFile, OutputFolder } from '../output-folder.ts'
import type { Place } from '../places.ts'
import { runTask, type FolderTask } from './folder-task.ts'
import type { SharedState } from './shared-state.ts'

/** Where the files of a lane go. */
export interface FileOpener {
  /** @param flag is to be set when the file is written. */
  create(target: Place, modifiedMs: number, flag: number): OutputFile
}

export function openerOf(output: OutputFolder, shared: SharedState): FileOpener {
  return { create: (target, modifiedMs, flag) => shared.finishing(output.create(target, modifiedMs), flag) }
}

/** @param task gives a folder by its number */
export function runLane(count: number, task: (index: number) => FolderTask, files: FileOpener, shared: SharedState, draw: () => void = () => {}): void {
  const decoders = new DecoderMemory()
  let rest = 0
  const written = (bytes: number): void => {
    rest += bytes
    if (rest < reportedBytes) return
    shared.addKibibytes(rest >> 10)
    rest &= 1023
    draw()
  }
  const create = files.create.bind(files)
  for (let index = shared.takeTask(); index < count; index = shared.takeTask()) runTask(task(index), { decoders, written, create })
}

const reportedBytes = 1 << 18
