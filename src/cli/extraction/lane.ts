// What each thread does: takes the next folder until none is left.
import { DecoderMemory } from '../../cabinet/index.ts'
import type { OutputFile, OutputFolder } from '../output-folder.ts'
import { OpenSources, runTask, type FolderTask, type Target } from './folder-task.ts'
import type { SharedState } from './shared-state.ts'

/** Where the files of a lane go. */
export interface FileOpener {
  /** @param flag is to be set when the file is written. */
  create(target: Target, flag: number): OutputFile
}

export function openerOf(output: OutputFolder, shared: SharedState): FileOpener {
  return { create: ({ path, modifiedMs }, flag) => shared.finishing(output.create(path, modifiedMs), flag) }
}

export function runLane(tasks: readonly FolderTask[], files: FileOpener, shared: SharedState, draw: () => void = () => {}): void {
  using sources = new OpenSources()
  const decoders = new DecoderMemory()
  let rest = 0
  const written = (bytes: number): void => {
    rest += bytes
    shared.addKibibytes(rest >> 10)
    rest &= 1023
    draw()
  }
  for (let index = shared.takeTask(); index < tasks.length; index = shared.takeTask()) {
    runTask(tasks[index]!, { sources, decoders, written, create: (target, flag) => files.create(target, flag) })
  }
}
