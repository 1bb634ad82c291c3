// Joins the cabinets of a set: folders that run over from one to the next become one, files are listed once.
// [MS-CAB] section 2.3, CFFILE.iFolder.
import { pathSegments, unixMsFromDosTime, FormatError, type ByteSource, type Findings } from '../base/index.ts'
import type { CabinetDirectory, CabinetLink, NamedFileEntry } from './cabinet-directory.ts'
import { readCompression, type Compression } from './folder-decoder.ts'
import type { FolderPart } from './folder-blocks.ts'
import { fileAttributes, folderIndex, maximumBlockBytes } from './structures.ts'

export interface CabinetAttributes {
  readonly readOnly: boolean
  readonly hidden: boolean
  readonly system: boolean
  readonly archive: boolean
  readonly execute: boolean
  /** The name is stored in UTF-8. */
  readonly utf8Name: boolean
}

export interface CabinetFile {
  /** As stored, with backslashes between folders. Never trust it as a path: see `safePath`. */
  readonly name: string
  /** The name's segments when it is a relative path that stays below its root; otherwise `undefined`. */
  readonly safePath: readonly string[] | undefined
  readonly size: number
  /** Milliseconds since 1970-01-01; the stored local time is read as UTC. Two-second steps. */
  readonly modifiedMs: number
  readonly attributes: CabinetAttributes
  /** Index into {@link Cabinet.folders}. */
  readonly folder: number
  /** Where the file begins in its folder's uncompressed data. */
  readonly offset: number
  /** 0 for the cabinet that was opened, 1 for the next of its set, and so on: where the file begins. */
  readonly cabinet: number
}

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
  readonly files: readonly CabinetFile[]
}

export function joinSet(members: readonly SetMember[], findings: Findings): JoinedSet {
  const folders: { -readonly [Key in keyof CabinetFolder]: CabinetFolder[Key] }[] = []
  const files: CabinetFile[] = []
  for (const [memberIndex, { source, directory }] of members.entries()) {
    const before = folders.at(-1)
    const continued = directory.files.some(({ entry }) => entry.folder === folderIndex.continuedFromPrevious || entry.folder === folderIndex.continuedBoth)
    const joins = continued && memberIndex > 0 && before !== undefined
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
          continuesFrom: continued && index === 0 ? directory.previous ?? unnamed : undefined, continuesTo: undefined })
      }
    }
    for (const file of directory.files) {
      const { entry } = file
      const toNext = entry.folder === folderIndex.continuedToNext || entry.folder === folderIndex.continuedBoth
      const fromPrevious = entry.folder === folderIndex.continuedFromPrevious || entry.folder === folderIndex.continuedBoth
      const folder = fromPrevious ? base : toNext ? folders.length - 1 : base + entry.folder
      const joined = folders[folder]
      if (joined === undefined) {
        throw new FormatError({ structure: 'cabinet file', field: `folder of ${JSON.stringify(file.name)}`, offsetBytes: file.offsetBytes + 8,
          expected: `less than ${directory.folders.length}`, found: `${entry.folder}` })
      }
      if (toNext) joined.continuesTo = directory.next ?? unnamed
      // A later cabinet repeats the files that run over into it.
      if (!fromPrevious || !joins) files.push(describeFile(file, folder, memberIndex, findings))
    }
  }
  return { folders, files }
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

function describeFile(file: NamedFileEntry, folder: number, cabinet: number, findings: Findings): CabinetFile {
  const { entry, name } = file
  const safePath = safeSegments(name)
  if (safePath === undefined) {
    findings.report({ id: 'cabinet-file-name-unsafe', structure: 'cabinet file', field: 'name', offsetBytes: file.offsetBytes + 16,
      expected: 'a relative path without ..', found: JSON.stringify(name) })
  }
  const has = (flag: number): boolean => (entry.attributes & flag) !== 0
  return {
    name, safePath, size: entry.size, modifiedMs: unixMsFromDosTime(entry.date, entry.time), folder, offset: entry.folderOffset, cabinet,
    attributes: { readOnly: has(fileAttributes.readOnly), hidden: has(fileAttributes.hidden), system: has(fileAttributes.system),
      archive: has(fileAttributes.archive), execute: has(fileAttributes.execute), utf8Name: has(fileAttributes.utf8Name) },
  }
}

/** Most names: one segment that begins with no dot. */
const plainName = /^[^\\/:\0.][^\\/:\0]*$/

function safeSegments(name: string): readonly string[] | undefined {
  if (plainName.test(name)) return [name]
  if (/^[\\/]|^[A-Za-z]:|\0/.test(name) || /(^|[\\/])\.\.([\\/]|$)/.test(name)) return undefined
  const path = pathSegments(name)
  return path === undefined || path.segments.length === 0 ? undefined : path.segments
}

/** @throws FormatError when the file lies beyond what the folder's blocks can hold. */
export function checkRange(file: CabinetFile, folder: CabinetFolder): void {
  const most = folder.blockCount * maximumBlockBytes
  if (file.offset + file.size > most) {
    throw new FormatError({ structure: 'cabinet file', field: `size of ${JSON.stringify(file.name)}`,
      expected: `an end within the folder's ${folder.blockCount} blocks of at most ${maximumBlockBytes} bytes`, found: `${file.offset} + ${file.size}` })
  }
}
