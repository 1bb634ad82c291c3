// The files of a cabinet, or of a set with each file once: by number, in stored order.
import { isSafeName, ListedFile, type CabinetFile } from './cabinet-file.ts'
import type { FileEntries } from './file-entries.ts'

/** What is known of a set's files, without an object for each: columns, by number. */
export interface CabinetFileList {
  readonly length: number
  readonly sizes: Uint32Array
  /** Where each begins in its folder's uncompressed data. */
  readonly offsets: Uint32Array
  /** Indexes into {@link Cabinet.folders}. */
  readonly folders: Uint32Array
  /** DOS date in the upper 16 bits, DOS time in the lower ones. */
  readonly modified: Uint32Array
  name(number: number): string
  /** The name is a relative path that stays below its root. */
  isSafe(number: number): boolean
  /** Compares names as bytes, where all of them are ASCII; `undefined` where they are not. */
  nameIs(number: number, isSame: (bytes: Uint8Array, start: number, end: number) => boolean): boolean | undefined
}

/** Which member of a set each file is listed in, and where there. */
export interface MemberPlaces {
  readonly members: Uint16Array
  readonly indexes: Uint32Array
}

export class FileList implements CabinetFileList {
  readonly sizes: Uint32Array
  readonly offsets: Uint32Array
  readonly folders: Uint32Array
  readonly modified: Uint32Array
  readonly #members: readonly FileEntries[]
  readonly #places: MemberPlaces | undefined
  readonly #unsafe: ReadonlySet<number>
  #files: readonly CabinetFile[] | undefined

  /** @param folders of each file, in the set @param places absent when there is one member, which has the files as they are */
  constructor(members: readonly FileEntries[], folders: Uint32Array, unsafe: ReadonlySet<number>, places?: MemberPlaces) {
    const gather = (column: 'sizes' | 'offsets' | 'modified'): Uint32Array =>
      places === undefined ? members[0]!.columns[column] : folders.map((_, number) => members[places.members[number]!]!.columns[column][places.indexes[number]!]!)
    this.sizes = gather('sizes')
    this.offsets = gather('offsets')
    this.modified = gather('modified')
    this.folders = folders
    this.#members = members
    this.#unsafe = unsafe
    this.#places = places
  }

  get length(): number {
    return this.folders.length
  }

  /** An object for each, made when they are asked for. */
  get files(): readonly CabinetFile[] {
    return this.#files ??= Array.from({ length: this.length }, (_, number) => new ListedFile(this, number))
  }

  name(number: number): string {
    return this.#entries(number).name(this.#index(number))
  }

  isSafe(number: number): boolean {
    return this.#unsafe.size === 0 || !this.#unsafe.has(number)
  }

  flags(number: number): number {
    return this.#entries(number).flags(this.#index(number))
  }

  cabinet(number: number): number {
    return this.#places === undefined ? 0 : this.#places.members[number]!
  }

  nameIs(number: number, isSame: (bytes: Uint8Array, start: number, end: number) => boolean): boolean | undefined {
    const entries = this.#entries(number)
    return entries.isAscii ? entries.nameIs(this.#index(number), isSame) : undefined
  }

  #entries(number: number): FileEntries {
    return this.#members[this.cabinet(number)]!
  }

  #index(number: number): number {
    return this.#places === undefined ? number : this.#places.indexes[number]!
  }
}

/** Of the files whose name is unusual, those whose name is not safe. */
export function unsafeNames(entries: FileEntries): number[] {
  return entries.unusual.filter((index) => !isSafeName(entries.name(index)))
}

/** Where the wanted files of a folder lie in its bytes: in the order of their offsets, empty ones before what begins at the same place. */
export interface FolderFiles {
  readonly offsets: Uint32Array
  readonly sizes: Uint32Array
  /** For messages. */
  name(index: number): string
}

/** @param numbers of files of one folder @returns them in the order of their bytes: the same array where they are */
export function inFolder(list: CabinetFileList, numbers: Uint32Array): FolderFiles & { readonly numbers: Uint32Array } {
  const { offsets, sizes } = list
  let isSorted = true
  for (let index = 1; isSorted && index < numbers.length; index++) {
    const [before, next] = [numbers[index - 1]!, numbers[index]!]
    isSorted = offsets[before]! < offsets[next]! || (offsets[before] === offsets[next] && sizes[before]! <= sizes[next]!)
  }
  const sorted = isSorted ? numbers : numbers.toSorted((a, b) => offsets[a]! - offsets[b]! || sizes[a]! - sizes[b]! || a - b)
  return { numbers: sorted, offsets: gathered(offsets, sorted), sizes: gathered(sizes, sorted), name: (index) => list.name(sorted[index]!) }
}

/** Of a column, the values of some files. */
export function gathered(column: Uint32Array, numbers: Uint32Array): Uint32Array {
  const values = new Uint32Array(numbers.length)
  for (let index = 0; index < values.length; index++) values[index] = column[numbers[index]!]!
  return values
}

/** @returns the numbers of each folder's files, of those wanted; all when absent */
export function byFolder(list: CabinetFileList, folders: number, wanted?: Uint32Array): Uint32Array[] {
  const count = wanted?.length ?? list.length
  const counts = new Uint32Array(folders)
  for (let index = 0; index < count; index++) counts[list.folders[wanted === undefined ? index : wanted[index]!]!]!++
  const numbers = Array.from(counts, (size) => new Uint32Array(size))
  counts.fill(0)
  for (let index = 0; index < count; index++) {
    const number = wanted === undefined ? index : wanted[index]!
    const folder = list.folders[number]!
    numbers[folder]![counts[folder]!++] = number
  }
  return numbers
}
