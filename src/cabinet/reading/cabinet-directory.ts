// Everything of one cabinet file before its data: header, reserve areas, names of its neighbours, folders, files.
// [MS-CAB] sections 2.1 to 2.3. Folders and files are not yet matched here, and nothing is decompressed.
import { codePage, type CodePage, type Findings, FormatError, type ByteSource } from '../../base/index.ts'
import { cabinetHeader, folderEntry, headerFlags, type CabinetHeader, type FolderEntry } from '../structures.ts'
import { FileEntries } from './file-entries.ts'
import { PieceReader } from './piece-reader.ts'

/** Another cabinet of the set, as a header names it. */
export interface CabinetLink {
  readonly name: string
  /** What the disk is called that the cabinet is on, for people. */
  readonly diskLabel: string
}

export interface CabinetDirectory {
  readonly header: CabinetHeader
  /** The reserve area of the header: in a signed cabinet it tells where the signature is. */
  readonly reserve: Uint8Array
  /** Bytes reserved in every CFDATA. */
  readonly dataReserveBytes: number
  readonly previous: CabinetLink | undefined
  readonly next: CabinetLink | undefined
  readonly folders: readonly FolderEntry[]
  readonly files: FileEntries
}

/** The longest string, its NUL included. */
const stringBytes = 256

export function readDirectory(source: ByteSource, findings: Findings, ansi: number): CabinetDirectory {
  const reader = new PieceReader(source)
  const page = codePage(ansi)
  const header = cabinetHeader.read(reader.at(0, cabinetHeader.size))
  checkHeader(header, source, findings)
  const cursor: Cursor = { reader, page, offset: cabinetHeader.size }
  const hasReserve = (header.flags & headerFlags.reservePresent) !== 0
  const sizes = hasReserve ? new Uint8Array(take(cursor, 4, 'reserve sizes')) : new Uint8Array(4)
  const reserve = new Uint8Array(take(cursor, sizes[0]! | sizes[1]! << 8, 'reserve area'))
  const previous = (header.flags & headerFlags.previousCabinet) !== 0 ? readLink(cursor, 'previous cabinet') : undefined
  const next = (header.flags & headerFlags.nextCabinet) !== 0 ? readLink(cursor, 'next cabinet') : undefined
  const folders: FolderEntry[] = []
  for (let index = 0; index < header.folderCount; index++) {
    folders.push(folderEntry.read(take(cursor, folderEntry.size + sizes[2]!, `folder ${index}`)))
  }
  // Data follow, in the cabinets of most writers.
  const dataOffset = Math.min(...folders.map((folder) => folder.dataOffset).filter((offset) => offset > header.filesOffset), source.size)
  const files = FileEntries.read(source, header.filesOffset, dataOffset, header.fileCount, page)
  return { header, reserve, dataReserveBytes: sizes[3]!, previous, next, folders, files }
}

function checkHeader(header: CabinetHeader, source: ByteSource, findings: Findings): void {
  if (header.majorVersion !== 1 || header.minorVersion !== 3) {
    findings.report({ id: 'cabinet-version', structure: 'cabinet header', field: 'version', offsetBytes: 24, expected: '1.3',
      found: `${header.majorVersion}.${header.minorVersion}` })
  }
  if (header.cabinetBytes > source.size) {
    findings.report({ id: 'cabinet-truncated', structure: 'cabinet header', field: 'cabinet size', offsetBytes: 8,
      expected: `at most ${source.size} bytes`, found: `${header.cabinetBytes}` })
  }
  if (header.filesOffset < cabinetHeader.size || header.filesOffset > source.size) {
    throw new FormatError({ structure: 'cabinet header', field: 'offset of the first file', offsetBytes: 16,
      expected: `${cabinetHeader.size} to ${source.size}`, found: `${header.filesOffset}` })
  }
}

interface Cursor {
  readonly reader: PieceReader
  readonly page: CodePage
  offset: number
}

function take(cursor: Cursor, length: number, field: string): Uint8Array {
  const bytes = cursor.reader.at(cursor.offset, length)
  if (bytes.length < length) {
    throw new FormatError({ structure: 'cabinet header', field, offsetBytes: cursor.offset, expected: `${length} bytes`, found: `${bytes.length}` })
  }
  cursor.offset += length
  return bytes
}

function readLink(cursor: Cursor, field: string): CabinetLink {
  return { name: readString(cursor, `${field} name`), diskLabel: readString(cursor, `${field} disk`) }
}

function readString(cursor: Cursor, field: string): string {
  const bytes = cursor.reader.at(cursor.offset, stringBytes)
  const end = bytes.indexOf(0)
  if (end < 0) {
    throw new FormatError({ structure: 'cabinet header', field, offsetBytes: cursor.offset, expected: `a NUL within ${stringBytes} bytes`, found: 'none' })
  }
  cursor.offset += end + 1
  return cursor.page.decode(bytes.subarray(0, end))
}
