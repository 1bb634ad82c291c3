// One folder of a cabinet with the files wanted of it, as plain data that another thread can work on: sources are told by
// the file of the host they lie in.
import type { ByteSource, SourceOrigin } from '../../base/index.ts'
import { extractFolders, type DecoderMemory, type Cabinet, type CabinetFile, type CabinetFolder, type FolderPart } from '../../cabinet/index.ts'
import { openFileSource, type FileSource } from '../../node/index.ts'
import type { OutputFile } from '../output-folder.ts'

/** Where a file goes. */
export interface Target {
  /** Segments below the output folder. */
  readonly path: readonly string[]
  readonly modifiedMs: number
}

interface Place {
  readonly file: string
  readonly size: number
  /** `undefined`: the file itself. */
  readonly runs: SourceOrigin['runs'] | undefined
}

type TaskPart = Omit<FolderPart, 'source'> & { readonly place: Place }

export interface FolderTask {
  readonly bytes: number
  readonly folder: Omit<CabinetFolder, 'parts'> & { readonly parts: readonly TaskPart[] }
  readonly files: readonly TaskFile[]
}

/** A file with where it goes. */
interface TaskFile extends CabinetFile {
  readonly target: Target
  /** Its place among the flags that tell which files are finished. */
  readonly flag: number
}

/** Those of the cabinet's folders that have wanted files and lie in files of the host. @param owners gets the file of each flag */
export function folderTasks({ folders, files }: Cabinet, targets: ReadonlyMap<CabinetFile, Target>, owners: CabinetFile[]): FolderTask[] {
  const byFolder = folders.map((): CabinetFile[] => [])
  for (const file of files) if (targets.has(file)) byFolder[file.folder]!.push(file)
  const tasks: FolderTask[] = []
  for (const [index, wanted] of byFolder.entries()) {
    const folder = folders[index]!
    const parts = folder.parts.flatMap(({ source, ...part }) => partAt(placeOf(source), part))
    if (wanted.length === 0 || parts.length < folder.parts.length) continue
    const taskFiles = wanted.map((file) => ({ ...file, folder: 0, target: targets.get(file)!, flag: owners.push(file) - 1 }))
    tasks.push({ folder: { ...folder, parts }, files: taskFiles, bytes: wanted.reduce((sum, { size }) => sum + size, 0) })
  }
  return tasks
}

function partAt(place: Place | undefined, part: Omit<FolderPart, 'source'>): TaskPart[] {
  return place === undefined ? [] : [{ ...part, place }]
}

function placeOf(source: ByteSource): Place | undefined {
  if ('path' in source) return { file: source.path as string, size: source.size, runs: undefined }
  const origin = source.origin?.()
  return origin !== undefined && 'path' in origin.source ? { file: origin.source.path as string, size: source.size, runs: origin.runs } : undefined
}

/** The files that a thread has open. */
export class OpenSources implements Disposable {
  readonly #files = new Map<string, FileSource>()

  at({ file, size, runs }: Place): ByteSource {
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
  readonly sources: OpenSources
  readonly decoders: DecoderMemory
  /** @param flag to be set when the file is written */
  create(target: Target, flag: number): OutputFile
  /** Told of every piece. */
  written(bytes: number): void
}

/** Leaves off at the first thing that goes wrong: whoever takes the files that are not finished will see what it is. */
export function runTask(task: FolderTask, { sources, decoders, create, written }: TaskMeans): void {
  let current: OutputFile | undefined
  try {
    const folder: CabinetFolder = { ...task.folder, parts: task.folder.parts.map(({ place, ...part }) => ({ ...part, source: sources.at(place) })) }
    extractFolders([folder], task.files, (file) => {
      const sink = current = create((file as TaskFile).target, (file as TaskFile).flag)
      return {
        write: (chunk) => {
          sink.write(chunk)
          written(chunk.length)
        },
        end: () => {
          sink.end()
          current = undefined
        },
      }
    }, { decoders })
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
