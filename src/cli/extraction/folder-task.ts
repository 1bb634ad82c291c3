// One folder of a cabinet with the files wanted of it. For another thread it is made plain data: sources are told by the
// file of the host they lie in.
import type { ByteSource, SourceOrigin } from '../../base/index.ts'
import { extractFolder, inFolder, type DecoderMemory, type Cabinet, type CabinetFile, type CabinetFolder, type FolderFile, type FolderPart } from '../../cabinet/index.ts'
import { openFileSource, type FileSource } from '../../node/index.ts'
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

type PortablePart = Omit<FolderPart, 'source'> & { readonly place: SourcePlace }

interface SourcePlace {
  readonly file: string
  readonly size: number
  /** `undefined`: the file itself. */
  readonly runs: SourceOrigin['runs'] | undefined
}

/** Those of the cabinet's folders that have wanted files and lie in files of the host. @param owners gets the file of each flag */
export function folderTasks<Target extends Place>({ folders }: Cabinet, wanted: readonly WantedFile<Target>[], owners: WantedFile<Target>[]): FolderTask[] {
  const byFolder = folders.map((): WantedFile<Target>[] => [])
  for (const file of wanted) byFolder[file.entry.folder]!.push(file)
  const tasks: FolderTask[] = []
  for (const [index, files] of byFolder.entries()) {
    const folder = folders[index]!
    if (files.length === 0 || !folder.parts.every(({ source }) => placeOf(source) !== undefined)) continue
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
    folder: { ...folder, parts: folder.parts.map(({ source, ...part }) => ({ ...part, place: placeOf(source)! })) },
  }
}

export function opened(task: PortableTask, sources: OpenSources): FolderTask {
  return { ...task, folder: { ...task.folder, parts: task.folder.parts.map(({ place, ...part }) => ({ ...part, source: sources.at(place) })) } }
}

function placeOf(source: ByteSource): SourcePlace | undefined {
  if ('path' in source) return { file: source.path as string, size: source.size, runs: undefined }
  const origin = source.origin?.()
  return origin !== undefined && 'path' in origin.source ? { file: origin.source.path as string, size: source.size, runs: origin.runs } : undefined
}

/** The files that a thread has open. */
export class OpenSources implements Disposable {
  readonly #files = new Map<string, FileSource>()

  at({ file, size, runs }: SourcePlace): ByteSource {
    const opened = this.#files.get(file) ?? openFileSource(file)
    this.#files.set(file, opened)
    return runs === undefined ? opened : runsOf(opened, size, runs)
  }

  [Symbol.dispose](): void {
    for (const file of this.#files.values()) file[Symbol.dispose]()
  }
}

/** Cabinets are read from front to back: the run of the last reading is the one to begin with. */
function runsOf(file: FileSource, size: number, runs: SourceOrigin['runs']): ByteSource {
  let run = 0
  let start = 0
  const readInto = (offset: number, target: Uint8Array): number => {
    const end = Math.min(size, offset + target.length)
    if (offset < start) run = start = 0
    let count = 0
    for (let at = offset; at < end;) {
      const { offset: position, length } = runs[run]!
      if (at >= start + length) {
        start += length
        run++
        continue
      }
      const part = target.subarray(count, count + Math.min(end, start + length) - at)
      const step = file.readInto!(position + at - start, part)
      count += step
      at += step
      if (step < part.length) break
    }
    return count
  }
  const read = (offset: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)))
    return bytes.subarray(0, readInto(offset, bytes))
  }
  return { size, read, readInto }
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
