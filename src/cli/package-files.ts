// Takes the files of a package out of its cabinets, or from beside it where they are not compressed. What is damaged or
// missing costs the files that it holds, and no others: they are named, and the rest is taken.
import { dirname, join } from 'node:path'
import { copyBytes, type ByteSource, type WindowsError } from '../base/index.ts'
import { DecoderMemory, openCabinet, type Cabinet } from '../cabinet/index.ts'
import type { Database } from '../database/index.ts'
import { openFileSource } from '../node/index.ts'
import { CommandError } from './errors.ts'
import type { WantedFile } from './extraction/folder-task.ts'
import { salvage, survivable, type TargetFile } from './extraction/salvage.ts'
import { extractOnThreads, type ThreadOptions } from './extraction/threads.ts'
import type { LaidOutFile } from './file-layout.ts'
import { findBeside } from './find-beside.ts'
import { within, type OpenedPackage } from './open-package.ts'
import type { OutputFolder } from './output-folder.ts'

/** What is needed of an open package. */
export type PackageSource = Pick<OpenedPackage, 'path' | 'database'> & { readonly file?: string }

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
  const wanted = compressedByKey(files)
  const problems: FileProblem[] = []
  const decoders = new DecoderMemory()
  for (const one of wanted.size === 0 ? [] : chosenMedia(opened, options)) {
    if (anyWanted(wanted, one)) takeFromCabinet(opened, one, wanted, open, { ...options, decoders }, problems)
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
  const wanted = compressedByKey(files)
  const cabinets = chosenMedia(opened, options).filter((one) => anyWanted(wanted, one)).flatMap(({ cabinet }) => tryOpen(opened, cabinet, options))
  const left = await extractOnThreads(cabinets.map((cabinet) => ({ cabinet, wanted: wantedOf(cabinet, wanted) })), output, options)
  if (left.length === 0 && wanted.size === 0) return files.filter(({ compressed }) => !compressed)
  const isLeft = new Set([...left.map(({ target }) => target), ...wanted.values()])
  return files.filter((file) => !file.compressed || isLeft.has(file))
}

function compressedByKey(files: readonly LaidOutFile[]): Map<string, LaidOutFile> {
  const byKey = new Map<string, LaidOutFile>()
  for (const file of files) if (file.compressed) byKey.set(file.key, file)
  return byKey
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

/** They are no longer `wanted` then. */
function wantedOf(cabinet: Cabinet, wanted: Map<string, LaidOutFile>): WantedFile<LaidOutFile>[] {
  const found: WantedFile<LaidOutFile>[] = []
  for (const entry of cabinet.files) {
    const target = wanted.get(entry.name)
    if (target === undefined) continue
    wanted.delete(entry.name)
    found.push({ entry, target })
  }
  return found
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

/** One cabinet with those that follow it. Takes whatever is wanted: a file that runs over into the next counts as one of the first. */
function takeFromCabinet(opened: PackageSource, media: Media, wanted: Map<string, LaidOutFile>, open: OpenTarget, options: TakeOptions & { readonly decoders: DecoderMemory }, problems: FileProblem[]): void {
  const reading = <T>(read: () => T): T => within(`${opened.path}, cabinet ${media.cabinet}`, 'ERROR_INSTALL_PACKAGE_INVALID', read, { forDamage: 'The cabinet is damaged or incomplete: compare the size and checksum of the file with the original\'s.' })
  const failed = (file: LaidOutFile, error: WindowsError): void => { problems.push({ file, error }) }
  const claim = (key: string): LaidOutFile | undefined => {
    const file = wanted.get(key)
    if (file !== undefined) wanted.delete(key)
    return file
  }
  let cabinet: Cabinet
  try {
    cabinet = reading(() => openWithNext(opened, media.cabinet, options))
  } catch (error) {
    const problem = survivable(error)
    for (const { key, sequence } of wanted.values()) if (isOf(media, sequence)) failed(claim(key)!, problem)
    return
  }
  salvage(cabinet, { claim: ({ name }) => claim(name), open, within: reading, failed, decoders: options.decoders })
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
