// Joins the cabinets of a set: folders that run over from one to the next become one, files are listed once.
// [MS-CAB] section 2.3, CFFILE.iFolder.
import { FormatError, type ByteSource, type Findings } from '../base/index.ts'
import type { CabinetDirectory, CabinetLink } from './cabinet-directory.ts'
import { isSafeName, type CabinetFile } from './cabinet-file.ts'
import { readCompression, type Compression } from './folder-decoder.ts'
import type { FolderPart } from './folder-blocks.ts'
import { folderIndex, maximumBlockBytes } from './structures.ts'

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
    const continued = directory.files.some(({ folder }) => folder === folderIndex.continuedFromPrevious || folder === folderIndex.continuedBoth)
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
    // Not by entries(): there may be tens of thousands.
    for (let index = 0; index < directory.files.length; index++) {
      const file = directory.files[index]!
      const stored = file.folder
      const toNext = stored === folderIndex.continuedToNext || stored === folderIndex.continuedBoth
      const fromPrevious = stored === folderIndex.continuedFromPrevious || stored === folderIndex.continuedBoth
      file.folder = fromPrevious ? base : toNext ? folders.length - 1 : base + stored
      file.cabinet = memberIndex
      const joined = folders[file.folder]
      if (joined === undefined) {
        throw new FormatError({ structure: 'cabinet file', field: `folder of ${JSON.stringify(file.name)}`, offsetBytes: directory.fileOffsets[index]! + 8,
          expected: `less than ${directory.folders.length}`, found: `${stored}` })
      }
      if (toNext) joined.continuesTo = directory.next ?? unnamed
      // A later cabinet repeats the files that run over into it.
      if (fromPrevious && joins) continue
      files.push(file)
      if (isSafeName(file.name)) continue
      findings.report({ id: 'cabinet-file-name-unsafe', structure: 'cabinet file', field: 'name', offsetBytes: directory.fileOffsets[index]! + 16,
        expected: 'a relative path without ..', found: JSON.stringify(file.name) })
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

/** @throws FormatError when the file lies beyond what the folder's blocks can hold. */
export function checkRange(file: Pick<CabinetFile, 'name' | 'size' | 'offset'>, folder: CabinetFolder): void {
  const most = folder.blockCount * maximumBlockBytes
  if (file.offset + file.size > most) {
    throw new FormatError({ structure: 'cabinet file', field: `size of ${JSON.stringify(file.name)}`,
      expected: `an end within the folder's ${folder.blockCount} blocks of at most ${maximumBlockBytes} bytes`, found: `${file.offset} + ${file.size}` })
  }
}
