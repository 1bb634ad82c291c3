// Joins the cabinets of a set: folders that run over from one to the next become one, files are listed once.
// [MS-CAB] section 2.3, CFFILE.iFolder.
import { FormatError, type ByteSource, type Findings } from '../../base/index.ts'
import { readCompression, type Compression } from '../codec/compression.ts'
import { folderIndex, maximumBlockBytes } from '../structures.ts'
import type { CabinetDirectory, CabinetLink } from './cabinet-directory.ts'
import type { FileEntries } from './file-entries.ts'
import { FileList, unsafeNames } from './file-list.ts'
import type { FolderPart } from './folder-blocks.ts'

export interface CabinetFolder {
  readonly compression: Compression
  /** Data blocks of at most 32768 bytes when decompressed. One that is split between two cabinets counts twice. */
  readonly blockCount: number
  /** The folder begins in a cabinet before the one that was opened: it cannot be decompressed from here. */
  readonly continuesFrom: CabinetLink | undefined
  /** The folder ends in a later cabinet that was not given. */
  readonly continuesTo: CabinetLink | undefined
  /** Where its blocks lie, in order: more than one part when it runs over into other cabinets. */
  readonly parts: readonly FolderPart[]
}

export interface SetMember {
  readonly source: ByteSource
  readonly directory: CabinetDirectory
}

export interface JoinedSet {
  readonly folders: readonly CabinetFolder[]
  readonly files: FileList
}

export function joinSet(members: readonly SetMember[], findings: Findings): JoinedSet {
  const folders: GrowingFolder[] = []
  const files = new JoinedFiles(members)
  for (const [memberIndex, { source, directory }] of members.entries()) {
    const before = folders.at(-1)
    const joins = directory.files.isContinued && memberIndex > 0 && before !== undefined
    const base = joins ? folders.length - 1 : folders.length
    const ends = dataEnds(directory, source.size)
    for (const [index, entry] of directory.folders.entries()) {
      const part: FolderPart = { source, dataOffset: entry.dataOffset, blockCount: entry.blockCount,
        dataReserveBytes: directory.dataReserveBytes, endOffset: ends[index]! }
      if (joins && index === 0) {
        before.parts = [...before.parts, part]
        before.blockCount += part.blockCount
        before.continuesTo = undefined
      } else {
        folders.push({ compression: readCompression(entry.compression), blockCount: part.blockCount, parts: [part],
          continuesFrom: directory.files.isContinued && index === 0 ? directory.previous ?? unnamed : undefined, continuesTo: undefined })
      }
    }
    files.add(memberIndex, folders, { base, joins }, findings)
  }
  return { folders, files: files.list() }
}

type GrowingFolder = { -readonly [Key in keyof CabinetFolder]: CabinetFolder[Key] }

/** The files of the members seen so far. */
class JoinedFiles {
  readonly #members: readonly SetMember[]
  readonly #folders: Uint32Array
  readonly #memberOf: Uint16Array
  readonly #indexOf: Uint32Array
  readonly #unsafe = new Set<number>()
  #count = 0

  constructor(members: readonly SetMember[]) {
    const most = members.reduce((sum, { directory }) => sum + directory.files.count, 0)
    this.#members = members
    this.#folders = new Uint32Array(most)
    this.#memberOf = new Uint16Array(members.length > 1 ? most : 0)
    this.#indexOf = new Uint32Array(members.length > 1 ? most : 0)
  }

  /** @param base number of the member's first folder; `joins` when it continues one of the member before */
  add(member: number, folders: readonly GrowingFolder[], { base, joins }: { readonly base: number; readonly joins: boolean }, findings: Findings): void {
    const { directory } = this.#members[member]!
    const { files } = directory
    const unsafe = new Set(unsafeNames(files))
    for (let index = 0; index < files.count; index++) {
      const stored = files.columns.folders[index]!
      const toNext = stored === folderIndex.continuedToNext || stored === folderIndex.continuedBoth
      const fromPrevious = stored === folderIndex.continuedFromPrevious || stored === folderIndex.continuedBoth
      const folder = fromPrevious ? base : toNext ? folders.length - 1 : base + stored
      const joined = folders[folder]
      if (joined === undefined) {
        throw new FormatError({ structure: 'cabinet file', field: `folder of ${JSON.stringify(files.name(index))}`, offsetBytes: files.offsetBytes(index) + 8,
          expected: `less than ${directory.folders.length}`, found: `${stored}` })
      }
      if (toNext) joined.continuesTo = directory.next ?? unnamed
      // A later cabinet repeats the files that run over into it.
      if (fromPrevious && joins) continue
      if (unsafe.has(index)) this.#noteUnsafe(files, index, findings)
      this.#folders[this.#count] = folder
      if (this.#members.length > 1) {
        this.#memberOf[this.#count] = member
        this.#indexOf[this.#count] = index
      }
      this.#count++
    }
  }

  #noteUnsafe(files: FileEntries, index: number, findings: Findings): void {
    this.#unsafe.add(this.#count)
    findings.report({ id: 'cabinet-file-name-unsafe', structure: 'cabinet file', field: 'name', offsetBytes: files.offsetBytes(index) + 16,
      expected: 'a relative path without ..', found: JSON.stringify(files.name(index)) })
  }

  list(): FileList {
    const places = this.#members.length === 1 ? undefined : { members: this.#memberOf, indexes: this.#indexOf }
    return new FileList(this.#members.map(({ directory }) => directory.files), this.#folders.subarray(0, this.#count), this.#unsafe, places)
  }
}

const unnamed: CabinetLink = { name: '', diskLabel: '' }

/** Where each folder's data end at the latest: data areas do not overlap. */
function dataEnds(directory: CabinetDirectory, sourceBytes: number): number[] {
  const ends = directory.folders.map((folder) => folder.dataOffset)
  const order = [...directory.folders.keys()].filter((index) => directory.folders[index]!.blockCount > 0)
    .sort((a, b) => directory.folders[a]!.dataOffset - directory.folders[b]!.dataOffset)
  for (const [place, index] of order.entries()) {
    const { dataOffset } = directory.folders[index]!
    const following = order[place + 1]
    const end = following === undefined ? sourceBytes : directory.folders[following]!.dataOffset
    if (end === dataOffset && following !== undefined) {
      throw new FormatError({ structure: 'cabinet folder', field: `data offset of folder ${index}`, expected: 'data of its own',
        found: `${dataOffset}, as folder ${following} has` })
    }
    ends[index] = end
  }
  return ends
}

/** Of a file that lies beyond what the folder's blocks can hold. */
export function beyondFolder(name: string, offset: number, size: number, folder: CabinetFolder): FormatError {
  return new FormatError({ structure: 'cabinet file', field: `size of ${JSON.stringify(name)}`,
    expected: `an end within the folder's ${folder.blockCount} blocks of at most ${maximumBlockBytes} bytes`, found: `${offset} + ${size}` })
}
