// Takes the files of a package out of its cabinets, or from beside it where they are not compressed. What is damaged or
// missing costs the files that it holds, and no others: they are named, and the rest is taken.
import { dirname, join } from 'node:path'
import { copyBytes, type ByteSource, type WindowsError } from '../../base/index.ts'
import { DecoderMemory, openCabinet, type Cabinet, type CabinetFileList } from '../../cabinet/index.ts'
import type { Database } from '../../database/index.ts'
import { openFileSource } from '../../node/index.ts'
import { salvage, survivable, type TargetFile } from '../extraction/salvage.ts'
import { extractOnThreads, type ThreadOptions, type WantedOfCabinet } from '../extraction/threads.ts'
import type { OutputFolder } from '../files/output-folder.ts'
import type { FileLayout, LaidOutFile } from '../layout/file-layout.ts'
import { CommandError } from '../program/errors.ts'
import { findBeside } from './find-beside.ts'
import { within, type OpenedPackage } from './open-package.ts'

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
  const { cabinets } = options
  if (haveTwins(files.length, (number) => files[number]!.key, options)) {
    return cabinets!.flatMap((cabinet, number) => takeFiles(opened, files.filter(({ sequence }) => sequence === number), open, { ...options, cabinets: [cabinet] }))
  }
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

/** Whether cabinets of a patch have files with the same keys, each for another version of the product. */
function haveTwins(count: number, key: (number: number) => string, { cabinets }: TakeOptions): boolean {
  return cabinets !== undefined && cabinets.length > 1 && new Set(Array.from({ length: count }, (_, number) => key(number))).size < count
}

/** What is much is taken without an object for each file, and on several threads where that is worth it. @returns the files that are left for `takeFiles` */
export async function takeOnThreads(opened: PackageSource, layout: FileLayout, output: OutputFolder, options: TakeOptions & ThreadOptions): Promise<number[]> {
  if (haveTwins(layout.length, (number) => layout.key(number), options)) return Array.from({ length: layout.length }, (_, number) => number)
  const wanted = new WantedKeys(layout)
  const cabinets = chosenMedia(opened, options).filter((one) => wanted.hasAnyOf(one)).flatMap(({ cabinet }) => tryOpen(opened, cabinet, options)).map((cabinet) => wanted.claim(cabinet))
  const isFinished = await extractOnThreads(cabinets, layout, output, options)
  const left: number[] = []
  for (let number = 0; number < layout.length; number++) if (!isFinished(number)) left.push(number)
  return left
}

/** Finds the files of a layout by the names that a cabinet has for them, each once. */
class WantedKeys {
  readonly #layout: FileLayout
  readonly #claimed: Uint8Array
  /** Numbers of the compressed files in the order of their sequence: that of cabinets, usually. */
  readonly #bySequence: Uint32Array
  /** Where the file with a key is among those, once one does not come in their order. */
  #places: Map<string, number> | undefined
  #next = 0

  constructor(layout: FileLayout) {
    this.#layout = layout
    this.#claimed = new Uint8Array(layout.length)
    const numbers = new Uint32Array(layout.length)
    let count = 0
    let isSorted = true
    for (let number = 0; number < layout.length; number++) {
      if (!layout.compressed(number)) continue
      if (count > 0 && layout.sequence(numbers[count - 1]!) > layout.sequence(number)) isSorted = false
      numbers[count++] = number
    }
    this.#bySequence = numbers.subarray(0, count)
    if (!isSorted) this.#bySequence.sort((a, b) => layout.sequence(a) - layout.sequence(b))
  }

  hasAnyOf(media: Media): boolean {
    let [low, high] = [0, this.#bySequence.length]
    while (low < high) {
      const middle = low + high >> 1
      if (this.#layout.sequence(this.#bySequence[middle]!) < media.firstSequence) low = middle + 1
      else high = middle
    }
    return low < this.#bySequence.length && isOf(media, this.#layout.sequence(this.#bySequence[low]!))
  }

  /** What the cabinet has of those that no other one had. */
  claim(cabinet: Cabinet): WantedOfCabinet {
    const { list } = cabinet
    const [files, targets] = [new Uint32Array(list.length), new Uint32Array(list.length)]
    let count = 0
    for (let file = 0; file < list.length; file++) {
      const number = this.#find(list, file)
      if (number === undefined || this.#claimed[number] !== 0) continue
      this.#claimed[number] = 1
      files[count] = file
      targets[count++] = number
    }
    return { cabinet, files: files.subarray(0, count), targets: targets.subarray(0, count) }
  }

  /** That which follows the one before is looked at first. */
  #find(list: CabinetFileList, file: number): number | undefined {
    if (this.#next < this.#bySequence.length && list.nameIs(file, this.#isNext) === true) return this.#bySequence[this.#next++]!
    this.#places ??= new Map(Array.from(this.#bySequence, (number, place) => [this.#layout.key(number), place]))
    const place = this.#places.get(list.name(file))
    if (place === undefined) return undefined
    this.#next = place + 1
    return this.#bySequence[place]!
  }

  readonly #isNext = (bytes: Uint8Array, start: number, end: number): boolean => this.#layout.keyIs(this.#bySequence[this.#next]!, bytes, start, end)
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
