// One folder of a cabinet with the files wanted of it: columns, as there may be tens of thousands, and plain data for another
// thread.
import { byFolder, extractFolder, gathered, inFolder, type Cabinet, type CabinetFolder, type DecoderMemory, type FolderFiles, type FolderPart } from '../../cabinet/index.ts'
import { openShared, shareSource, type SharedSource } from '../../node/index.ts'

/** Files of a cabinet's list, and the target that each one goes to: numbers of both. */
export interface WantedFiles {
  readonly files: Uint32Array
  readonly targets: Uint32Array
}

export interface FolderTask {
  readonly bytes: number
  readonly folder: CabinetFolder
  readonly files: Pick<FolderFiles, 'offsets' | 'sizes'>
  /** DOS date and time of each. */
  readonly modified: Uint32Array
  readonly targets: Uint32Array
}

/** A task that can be handed to another thread. */
export type PortableTask = Omit<FolderTask, 'folder'> & { readonly folder: Omit<CabinetFolder, 'parts'> & { readonly parts: readonly PortablePart[] } }
type PortablePart = Omit<FolderPart, 'source'> & { readonly source: SharedSource }

/** Those of the cabinet's folders that have wanted files and lie in files of the host. Names that are not safe are left out. */
export function folderTasks({ folders, list }: Cabinet, { files, targets }: WantedFiles): FolderTask[] {
  const safe = files.every((file) => list.isSafe(file)) ? files : files.filter((file) => list.isSafe(file))
  return (folders.length === 1 ? [safe] : byFolder(list, folders.length, safe)).flatMap((wanted, index): FolderTask[] => {
    const folder = folders[index]!
    if (wanted.length === 0 || !folder.parts.every(({ source }) => shareSource(source) !== undefined)) return []
    const { numbers, offsets, sizes } = inFolder(list, wanted)
    return [{ folder, files: { offsets, sizes }, modified: gathered(list.modified, numbers), targets: numbers === files ? targets : targetsOf(numbers, files, targets, list.length),
      bytes: sizes.reduce((sum, size) => sum + size, 0) }]
  })
}

/** Of some of the files. */
function targetsOf(numbers: Uint32Array, files: Uint32Array, targets: Uint32Array, count: number): Uint32Array {
  const targetOf = new Uint32Array(count)
  for (let index = 0; index < files.length; index++) targetOf[files[index]!] = targets[index]!
  return gathered(targetOf, numbers)
}

export function portable({ folder, ...task }: FolderTask): PortableTask {
  return { ...task, folder: { ...folder, parts: folder.parts.map(({ source, ...part }) => ({ ...part, source: shareSource(source)! })) } }
}

export function opened(task: PortableTask): FolderTask {
  return { ...task, folder: { ...task.folder, parts: task.folder.parts.map(({ source, ...part }) => ({ ...part, source: openShared(source) })) } }
}

/** Where the files of a thread go, one after the other. */
export interface TargetWriter {
  /** @param modified DOS date and time */
  begin(target: number, modified: number): void
  write(bytes: Uint8Array): void
  end(): void
  /** Instead of `end`: the file is not whole and shall not stay. */
  abandon(): void
}

/**
 * Leaves off at the first thing that goes wrong: whoever takes the files that are not finished will see what it is.
 * @param written told of every piece
 */
export function runTask({ folder, files, modified, targets }: FolderTask, writer: TargetWriter, decoders: DecoderMemory, written: (bytes: number) => void): void {
  let isOpen = false
  const sink = {
    write: (chunk: Uint8Array): void => {
      writer.write(chunk)
      written(chunk.length)
    },
    end: (): void => {
      isOpen = false
      writer.end()
    },
  }
  try {
    extractFolder(folder, { ...files, name: (index) => `${index}` }, (index) => {
      writer.begin(targets[index]!, modified[index]!)
      isOpen = true
      return sink
    }, { decoders })
  } catch {
    if (isOpen) abandon(writer)
  }
}

function abandon(writer: TargetWriter): void {
  try {
    writer.abandon()
  } catch {
    // The thread that had it is gone, and has given it up itself.
  }
}
