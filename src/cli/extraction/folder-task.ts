// One folder of a cabinet with the files wanted of it. For another thread it is made plain data.
import { extractFolder, inFolder, type DecoderMemory, type Cabinet, type CabinetFile, type CabinetFolder, type FolderFile, type FolderPart } from '../../cabinet/index.ts'
import { openShared, shareSource, type SharedSource } from '../../node/index.ts'
import type { OutputFile } from '../output-folder.ts'
import type { Place } from '../places.ts'

/** A file of a cabinet, and where it goes. */
export interface WantedFile<Target extends Place = Place> {
  readonly entry: CabinetFile
  readonly target: Target
}

export interface FolderTask {
  readonly bytes: number
  readonly folder: CabinetFolder
  /** In the order of their offsets. */
  readonly files: readonly FolderFile[]
  readonly targets: readonly Place[]
  readonly modifiedMs: Float64Array
  /** The files have flags from here on that tell whether they are finished. */
  readonly firstFlag: number
}

/** A task that can be handed to another thread. */
export type PortableTask = Omit<FolderTask, 'folder'> & { readonly folder: Omit<CabinetFolder, 'parts'> & { readonly parts: readonly PortablePart[] } }

type PortablePart = Omit<FolderPart, 'source'> & { readonly source: SharedSource }

/** Those of the cabinet's folders that have wanted files and lie in files of the host. @param owners gets the file of each flag */
export function folderTasks<Target extends Place>({ folders }: Cabinet, wanted: readonly WantedFile<Target>[], owners: WantedFile<Target>[]): FolderTask[] {
  const byFolder = folders.map((): WantedFile<Target>[] => [])
  for (const file of wanted) byFolder[file.entry.folder]!.push(file)
  const tasks: FolderTask[] = []
  for (const [index, files] of byFolder.entries()) {
    const folder = folders[index]!
    if (files.length === 0 || !folder.parts.every(({ source }) => shareSource(source) !== undefined)) continue
    files.sort((a, b) => inFolder(a.entry, b.entry))
    const firstFlag = owners.length
    for (const file of files) owners.push(file)
    tasks.push({ folder, firstFlag, files: files.map(({ entry }) => entry), targets: files.map(({ target }) => target),
      modifiedMs: Float64Array.from(files, ({ entry }) => entry.modifiedMs), bytes: files.reduce((sum, { entry }) => sum + entry.size, 0) })
  }
  return tasks
}

export function portable({ folder, files, targets, ...task }: FolderTask): PortableTask {
  return {
    ...task, files: files.map(({ name, size, offset }) => ({ name, size, offset })), targets: targets.map(({ folder: segments, name }) => ({ folder: segments, name })),
    folder: { ...folder, parts: folder.parts.map(({ source, ...part }) => ({ ...part, source: shareSource(source)! })) },
  }
}

export function opened(task: PortableTask): FolderTask {
  return { ...task, folder: { ...task.folder, parts: task.folder.parts.map(({ source, ...part }) => ({ ...part, source: openShared(source) })) } }
}

/** What a thread works with. */
export interface TaskMeans {
  readonly decoders: DecoderMemory
  /** @param flag to be set when the file is written */
  create(target: Place, modifiedMs: number, flag: number): OutputFile
  /** Told of every piece. */
  written(bytes: number): void
}

/** Leaves off at the first thing that goes wrong: whoever takes the files that are not finished will see what it is. */
export function runTask({ folder, files, targets, modifiedMs, firstFlag }: FolderTask, { decoders, create, written }: TaskMeans): void {
  let current: OutputFile | undefined
  const sink = {
    write: (chunk: Uint8Array): void => {
      current!.write(chunk)
      written(chunk.length)
    },
    end: (): void => {
      current!.end()
      current = undefined
    },
  }
  try {
    extractFolder(folder, files, (_, index) => {
      current = create(targets[index]!, modifiedMs[index]!, firstFlag + index)
      return sink
    }, { decoders, unsafeNames: 'skip' })
  } catch {
    abandon(current)
  }
}

function abandon(file: OutputFile | undefined): void {
  try {
    file?.abandon()
  } catch {
    // The thread that had it is gone, and has given it up itself.
  }
}
