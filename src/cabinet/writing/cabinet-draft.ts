// One cabinet of a set while it is filled: its size is known at any time, its bytes are written when it is closed.
import { concatBytes, type ByteSink } from '../../base/index.ts'
import { compressionType, type EncoderOptions } from '../codec/folder-encoder.ts'
import { cabinetHeader, fileEntry, folderEntry, folderIndex, headerFlags, type FolderEntry } from '../structures.ts'
import { encodeName, entryBytes, refused, type PlannedFile } from './cabinet-plan.ts'
import { folderBytes, writeReserve } from './reserve.ts'
import { writeBlock } from './single-cabinet-writer.ts'
import type { CabinetReserve, CabinetSetOptions } from './write-options.ts'

export interface DraftOptions extends EncoderOptions {
  readonly setId?: number
  readonly reserve?: CabinetReserve
}

interface DraftEntry {
  readonly file: PlannedFile
  readonly folder: number
  /** Position where the file's folder begins. */
  readonly base: number
  readonly fromPrevious: boolean
  toNext: boolean
}

export class CabinetDraft {
  readonly index: number
  readonly name: string
  readonly #links: { readonly previous: Uint8Array; readonly next: Uint8Array }
  readonly #options: DraftOptions
  readonly #reserved: Uint8Array
  readonly #folders: { dataOffset: number; blockCount: number }[] = []
  readonly #entries: DraftEntry[] = []
  readonly #chunks: Uint8Array[] = []
  #dataBytes = 0
  /** All that stands before the data, the link to the next cabinet included. */
  #headBytes: number

  constructor(index: number, set: CabinetSetOptions, options: DraftOptions) {
    this.index = index
    this.name = set.nameOf(index)
    this.#links = { previous: index === 0 ? new Uint8Array(0) : encodeLink(index - 1, set), next: encodeLink(index + 1, set) }
    this.#options = options
    this.#reserved = writeReserve(options.reserve)
    this.#headBytes = cabinetHeader.size + this.#reserved.length + this.#links.previous.length + this.#links.next.length
  }

  get sizeBytes(): number {
    return this.#headBytes + this.#dataBytes
  }

  /** The files whose data begin here. */
  get files(): string[] {
    return this.#entries.filter((entry) => !entry.fromPrevious).map((entry) => entry.file.input.name)
  }

  beginFolder(): void {
    this.#folders.push({ dataOffset: this.#dataBytes, blockCount: 0 })
    this.#headBytes += folderBytes(this.#options.reserve)
  }

  /** Lists a file in the last folder. */
  addFile(file: PlannedFile, base: number, fromPrevious: boolean): void {
    this.#entries.push({ file, folder: this.#folders.length - 1, base, fromPrevious, toNext: false })
    this.#headBytes += entryBytes(file)
  }

  /** Adds a block, or with 0 uncompressed bytes the first part of one, to the last folder. */
  addBlock(data: Uint8Array, uncompressedBytes: number): void {
    const chunk = { write: (bytes: Uint8Array) => { this.#chunks.push(new Uint8Array(bytes)) } }
    this.#dataBytes += writeBlock(chunk, data, uncompressedBytes, this.#options.reserve?.dataBytes)
    this.#folders.at(-1)!.blockCount++
  }

  /** The files that have bytes from `position` on, and empty ones between them, run over into the next cabinet. */
  runOver(position: number): PlannedFile[] {
    const over = this.#entries.slice(this.#entries.findIndex(({ file }) => file.end > position))
    for (const entry of over) entry.toNext = true
    return over.map((entry) => entry.file)
  }

  get entryCount(): number {
    return this.#entries.length
  }

  write(sink: ByteSink, isLast: boolean): number {
    const { setId = 0, reserve } = this.#options
    const { previous, next } = this.#links
    const links = concatBytes(isLast ? [previous] : [previous, next])
    const headBytes = this.#headBytes - (isLast ? next.length : 0)
    const filesOffset = cabinetHeader.size + this.#reserved.length + links.length + this.#folders.length * folderBytes(reserve)
    sink.write(cabinetHeader.write({ cabinetBytes: headBytes + this.#dataBytes, filesOffset, minorVersion: 3, majorVersion: 1,
      folderCount: this.#folders.length, fileCount: this.#entries.length, setId, index: this.index,
      flags: (this.index === 0 ? 0 : headerFlags.previousCabinet) | (isLast ? 0 : headerFlags.nextCabinet)
        | (reserve === undefined ? 0 : headerFlags.reservePresent) }))
    sink.write(this.#reserved)
    sink.write(links)
    for (const { dataOffset, blockCount } of this.#folders) {
      const folder: FolderEntry = { dataOffset: headBytes + dataOffset, blockCount, compression: compressionType(this.#options) }
      sink.write(folderEntry.write(folder))
      sink.write(new Uint8Array(reserve?.folderBytes ?? 0))
    }
    for (const entry of this.#entries) sink.write(writeEntry(entry))
    for (const chunk of this.#chunks) sink.write(chunk)
    return headBytes + this.#dataBytes
  }
}

function writeEntry({ file, folder, base, fromPrevious, toNext }: DraftEntry): Uint8Array {
  const index = fromPrevious && toNext ? folderIndex.continuedBoth
    : fromPrevious ? folderIndex.continuedFromPrevious
      : toNext ? folderIndex.continuedToNext : folder
  return fileEntry.write({ size: file.end - file.start, folderOffset: file.start - base, folder: index, date: file.date, time: file.time,
    attributes: file.attributes }, file.name)
}

/** Name and disk label, each with its NUL. */
function encodeLink(index: number, set: CabinetSetOptions): Uint8Array {
  const label = new TextEncoder().encode(set.diskLabelOf?.(index) ?? '')
  if (label.length > 255 || label.includes(0)) throw refused('disk label', 'at most 255 bytes without NUL', `${label.length} bytes`)
  return concatBytes([encodeName(set.nameOf(index), 'cabinet name'), new Uint8Array(1), label, new Uint8Array(1)])
}
