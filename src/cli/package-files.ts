// Takes the files of a package out of its cabinets, or from beside it where they are not compressed. What is damaged or
// missing costs the files that it holds, and no others: they are named, and the rest is taken.
import { dirname, join } from 'node:path'
import { copyBytes, WindowsError, type ByteSource } from '../base/index.ts'
import { DecoderMemory, openCabinet, type Cabinet, type CabinetFile, type CabinetFileSink } from '../cabinet/index.ts'
import type { Database } from '../database/index.ts'
import { openFileSource } from '../node/index.ts'
import { CommandError, OutputError } from './errors.ts'
import type { Target } from './extraction/folder-task.ts'
import { extractOnThreads, type ThreadOptions, type WantedOfCabinet } from './extraction/threads.ts'
import type { LaidOutFile } from './file-layout.ts'
import { findBeside } from './find-beside.ts'
import { within, type OpenedPackage } from './open-package.ts'
import type { OutputFolder } from './output-folder.ts'

/** What is needed of an open package. */
export type PackageSource = Pick<OpenedPackage, 'path' | 'database'> & { readonly file?: string }

/** Takes a file's bytes; `abandon` comes instead of `end` when they are not whole. */
export interface TargetFile extends CabinetFileSink {
  abandon?(): void
}

/** Opens the place for a file; `modifiedMs` is what the cabinet says. */
export type OpenTarget = (file: LaidOutFile, modifiedMs?: number) => TargetFile

export interface FileProblem {
  readonly file: LaidOutFile
  readonly error: WindowsError
}

export interface TakeOptions {
  /** Where cabinets are looked for before the folder of the package. */
  readonly cabinetFolder?: string | undefined
  /** Instead of those that the Media table names; `#name` lies in the package. */
  readonly cabinets?: readonly string[] | undefined
  /** Those that are open already, by name; others are added. */
  readonly open?: Map<string, Cabinet>
}

/** In the order of the cabinets. @returns the files that could not be taken, and why */
export function takeFiles(opened: PackageSource, files: readonly LaidOutFile[], open: OpenTarget, options: TakeOptions = {}): FileProblem[] {
  const wanted = new Map(files.filter((file) => file.compressed).map((file) => [file.key, file]))
  const problems: FileProblem[] = []
  const decoders = new DecoderMemory()
  for (const one of chosenMedia(opened, options)) {
    if (anyWanted(wanted, one)) new CabinetRun(opened, one, wanted, open, { ...options, decoders }, problems).take()
  }
  for (const file of wanted.values()) {
    problems.push({ file, error: new CommandError('ERROR_INSTALL_SOURCE_ABSENT', `${opened.path}: expected file ${file.key} in a cabinet, found none that has it`) })
  }
  for (const file of files) if (!file.compressed) copyFromSource(opened, file, open, problems)
  return problems
}

/** What can be taken on several threads, where that is worth it. @returns the files that are left for `takeFiles` */
export async function takeOnThreads(opened: PackageSource, files: readonly LaidOutFile[], output: OutputFolder, options: TakeOptions & ThreadOptions): Promise<readonly LaidOutFile[]> {
  if (options.threads === 1) return files
  const wanted = new Map(files.filter((file) => file.compressed).map((file) => [file.key, file]))
  const owners = new Map<CabinetFile, LaidOutFile>()
  const cabinets = chosenMedia(opened, options).filter((one) => anyWanted(wanted, one)).flatMap(({ cabinet }) => tryOpen(opened, cabinet, options))
  const finished = await extractOnThreads(cabinets.map((cabinet) => wantedOf(cabinet, wanted, owners)), output, options)
  const taken = new Set([...finished].map((entry) => owners.get(entry)))
  return files.filter((file) => !taken.has(file))
}

/** Nothing when the cabinet cannot be opened: `takeFiles` will say why. */
function tryOpen(opened: PackageSource, name: string, options: TakeOptions): Cabinet[] {
  try {
    return [openWithNext(opened, name, options)]
  } catch (error) {
    survivable(error)
    return []
  }
}

function wantedOf(cabinet: Cabinet, wanted: Map<string, LaidOutFile>, owners: Map<CabinetFile, LaidOutFile>): WantedOfCabinet {
  const targets = new Map<CabinetFile, Target>()
  for (const entry of cabinet.files) {
    const file = entry.safePath === undefined ? undefined : wanted.get(entry.name)
    if (file === undefined) continue
    wanted.delete(entry.name)
    owners.set(entry, file)
    targets.set(entry, { path: file.path, modifiedMs: entry.modifiedMs })
  }
  return { cabinet, targets }
}

function openWithNext(opened: PackageSource, name: string, { cabinetFolder, open }: TakeOptions): Cabinet {
  const known = open?.get(name)
  if (known !== undefined) return known
  const cabinet = openCabinet(cabinetSource(opened, name, cabinetFolder), { next: (next) => opened.database.stream(next) ?? cabinetSource(opened, next, cabinetFolder) })
  open?.set(name, cabinet)
  return cabinet
}

function chosenMedia({ database }: PackageSource, { cabinets }: TakeOptions): Media[] {
  return cabinets?.map((cabinet) => ({ cabinet, firstSequence: -Infinity, lastSequence: Infinity })) ?? mediaOf(database)
}

interface Media {
  /** `#name` lies in the package, `name` beside it. */
  readonly cabinet: string
  readonly firstSequence: number
  readonly lastSequence: number
}

function mediaOf(database: Database): Media[] {
  const table = database.table('Media')
  // A merge module has no Media table: its one cabinet has a fixed name.
  if (table === undefined) return database.stream('MergeModule.CABinet') ? [{ cabinet: '#MergeModule.CABinet', firstSequence: 0, lastSequence: Infinity }] : []
  const rows = [...table.rows()].map((row) => ({ cabinet: row.text('Cabinet'), lastSequence: row.integer('LastSequence') ?? 0 }))
  rows.sort((a, b) => a.lastSequence - b.lastSequence)
  return rows.map((row, index) => ({ ...row, firstSequence: index === 0 ? 0 : rows[index - 1]!.lastSequence + 1 })).filter(({ cabinet }) => cabinet !== '')
}

function anyWanted(wanted: ReadonlyMap<string, LaidOutFile>, media: Media): boolean {
  for (const { sequence } of wanted.values()) if (isOf(media, sequence)) return true
  return false
}

function isOf({ firstSequence, lastSequence }: Media, sequence: number): boolean {
  return sequence >= firstSequence && sequence <= lastSequence
}

interface RunOptions extends TakeOptions {
  readonly decoders: DecoderMemory
}

/** One cabinet with those that follow it. Takes whatever is wanted: a file that runs over into the next counts as one of the first. */
class CabinetRun {
  readonly #opened: PackageSource
  readonly #media: Media
  readonly #wanted: Map<string, LaidOutFile>
  readonly #open: OpenTarget
  readonly #options: RunOptions
  readonly #problems: FileProblem[]
  /** Folders of the cabinet whose data are damaged. */
  readonly #damaged = new Set<number>()
  #current: { readonly file: LaidOutFile; readonly folder: number; readonly sink: TargetFile } | undefined

  constructor(opened: PackageSource, media: Media, wanted: Map<string, LaidOutFile>, open: OpenTarget, options: RunOptions, problems: FileProblem[]) {
    this.#opened = opened
    this.#media = media
    this.#wanted = wanted
    this.#open = open
    this.#options = options
    this.#problems = problems
  }

  take(): void {
    let cabinet: Cabinet
    try {
      cabinet = this.#within(() => openWithNext(this.#opened, this.#media.cabinet, this.#options))
    } catch (error) {
      this.#fail([...this.#wanted.values()].filter(({ sequence }) => isOf(this.#media, sequence)), survivable(error))
      return
    }
    while (!this.#extract(cabinet));
  }

  /** @returns whether all was done; otherwise the damage is left out the next time */
  #extract(cabinet: Cabinet): boolean {
    try {
      this.#within(() => { cabinet.extract(({ name, folder, modifiedMs }) => this.#select(name, folder, modifiedMs), { unsafeNames: 'skip', decoders: this.#options.decoders }) })
      return true
    } catch (error) {
      const current = this.#current
      this.#current = undefined
      current?.sink.abandon?.()
      const problem = survivable(error)
      if (current === undefined) throw error
      this.#wanted.set(current.file.key, current.file)
      this.#fail([current.file], problem)
      if (isAboutOneFile(problem)) return false
      this.#damaged.add(current.folder)
      const behind = cabinet.files.filter(({ folder }) => folder === current.folder).flatMap(({ name }) => this.#wanted.get(name) ?? [])
      this.#fail(behind, problem)
      return false
    }
  }

  #select(name: string, folder: number, modifiedMs: number | undefined): CabinetFileSink | undefined {
    const file = this.#damaged.has(folder) ? undefined : this.#wanted.get(name)
    if (file === undefined) return undefined
    this.#wanted.delete(name)
    const sink = this.#open(file, modifiedMs)
    this.#current = { file, folder, sink }
    return {
      write: (chunk) => { sink.write(chunk) },
      end: () => {
        this.#current = undefined
        sink.end?.()
      },
    }
  }

  #fail(files: readonly LaidOutFile[], error: WindowsError): void {
    for (const file of files) {
      this.#wanted.delete(file.key)
      this.#problems.push({ file, error })
    }
  }

  #within<T>(read: () => T): T {
    return within(`${this.#opened.path}, cabinet ${this.#media.cabinet}`, 'ERROR_INSTALL_PACKAGE_INVALID', read, { forDamage: 'The cabinet is damaged or incomplete: compare the size and checksum of the file with the original\'s.' })
  }
}

/** What the file system says of the output, such as that the disk is full, ends everything. */
function survivable(error: unknown): WindowsError {
  if (error instanceof WindowsError && !(error instanceof OutputError)) return error
  throw error
}

/** The cabinet's list is wrong about it, or it runs over into a cabinet that is missing: others may be whole. */
function isAboutOneFile({ cause }: WindowsError): boolean {
  const problem = (cause as { problem?: { structure: string; field?: string } } | undefined)?.problem
  return problem !== undefined && (problem.structure === 'cabinet file' || (problem.structure === 'cabinet folder' && problem.field?.startsWith('data of') === true))
}

/** @throws CommandError ERROR_INSTALL_SOURCE_ABSENT */
export function cabinetSource({ path, file = path, database }: PackageSource, name: string, folder?: string): ByteSource {
  const inside = name.startsWith('#') ? database.stream(name.slice(1)) : undefined
  const source = inside ?? (name.startsWith('#') ? undefined : (folder === undefined ? undefined : openBeside(`${folder}/package`, [name])) ?? openBeside(file, [name]))
  if (source !== undefined) return source
  const where = name.startsWith('#') ? 'a stream of the package' : folder === undefined ? `a file beside ${path}` : `a file in ${folder} or beside ${path}`
  throw new CommandError('ERROR_INSTALL_SOURCE_ABSENT', `cabinet ${name.replace(/^#/, '')}: expected ${where}, found nothing`,
    name.startsWith('#') ? undefined : 'Put the cabinet into the folder of the package, or name its folder with --external-cabinets DIR.')
}

function copyFromSource({ path, file: packageFile = path }: PackageSource, file: LaidOutFile, open: OpenTarget, problems: FileProblem[]): void {
  const source = openBeside(packageFile, file.sourcePath)
  if (source === undefined) {
    problems.push({ file, error: new CommandError('ERROR_INSTALL_SOURCE_ABSENT', `file ${file.key}: expected ${join(dirname(packageFile), ...file.sourcePath)}, found nothing`,
      'The package does not carry this file: its source folder must lie beside it.') })
    return
  }
  const sink = open(file)
  copyBytes(source, sink)
  sink.end?.()
  source[Symbol.dispose]()
}

/** A file below the folder of the package; names match as on Windows. */
export function openBeside(path: string, segments: readonly string[]): ReturnType<typeof openFileSource> | undefined {
  const found = findBeside(path, segments)
  return found === undefined ? undefined : openFileSource(found)
}
