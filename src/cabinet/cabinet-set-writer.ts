// Writes a set of cabinets none of which exceeds a size. A cabinet that is full ends in the middle of a data block, as
// readers expect; the next one has the rest of it. [MS-CAB] section 2.4; at most 15 files may run over from one cabinet
// to the next (https://learn.microsoft.com/windows/win32/msi/cabinet-files), so a folder ends early where more would.
import type { ByteSink } from '../base/index.ts'
import { CabinetDraft } from './cabinet-draft.ts'
import { entryBytes, type CabinetPlan } from './cabinet-plan.ts'
import { compressionType, createFolderEncoder, type EncodeBlock, type EncoderOptions } from './folder-encoder.ts'
import { dataEntry, folderEntry, maximumBlockBytes } from './structures.ts'
import type { CabinetSetOptions, WrittenCabinet } from './write-cabinet.ts'

const mostFilesRunningOver = 15
/** What is kept free while a folder goes on: the header of a block and one byte of it. */
const spareBytes = dataEntry.size + 1
/** A block that cannot be compressed, with the bytes that MSZIP adds, and what must stay free after it. */
const largestBlock = dataEntry.size + maximumBlockBytes + 7 + spareBytes

interface SetWriterOptions extends EncoderOptions {
  readonly setId?: number
}

export function writeSet(plan: CabinetPlan, sink: ByteSink, options: SetWriterOptions, set: CabinetSetOptions): readonly WrittenCabinet[] {
  const writer = new SetWriter(plan, sink, options, set)
  for (const [index, first] of plan.folderStarts.entries()) writer.writeFiles(first, plan.folderStarts[index + 1] ?? plan.files.length)
  writer.close(true)
  return writer.written
}

/** What goes into the next block: the plain bytes up to `end`, and the files before `next` that are not listed yet. */
interface Shape {
  readonly end: number
  readonly next: number
  /** Files were left out that would have had bytes in the block: they begin a new folder. */
  readonly endsFolder: boolean
}

class SetWriter {
  readonly written: WrittenCabinet[] = []
  readonly #plan: CabinetPlan
  readonly #options: SetWriterOptions
  readonly #set: CabinetSetOptions
  #sink: ByteSink
  #draft: CabinetDraft
  /** The next file to be listed. */
  #next = 0
  /** The next byte to be written. */
  #position = 0
  /** Where the folder began; `undefined` before its first file is listed. */
  #base: number | undefined
  /** The folder began in an earlier cabinet. It ends with the files that do so: some readers know no other way. */
  #runsOver = false

  constructor(plan: CabinetPlan, sink: ByteSink, options: SetWriterOptions, set: CabinetSetOptions) {
    this.#plan = plan
    this.#options = options
    this.#set = set
    this.#sink = sink
    this.#draft = new CabinetDraft(0, set, compressionType(options))
  }

  /** Writes the files from `first` to before `last`: one folder, or more where cabinets end. */
  writeFiles(first: number, last: number): void {
    this.#next = first
    const end = this.#plan.startOf(last)
    let encode: EncodeBlock | undefined
    while (this.#next < last || this.#position < end) {
      if (this.#runsOver && this.#plan.startOf(this.#next) === this.#position) encode = undefined
      if (encode === undefined) {
        encode = createFolderEncoder(this.#options)
        this.#base = undefined
        this.#runsOver = false
      }
      const shape = this.#shape(last, end)
      if (shape.end === this.#position && shape.next === this.#next) {
        this.#startCabinet()
        encode = undefined
        continue
      }
      this.#write(shape, encode, end)
      if (shape.endsFolder) encode = undefined
    }
    this.#base = undefined
  }

  close(isLast: boolean): void {
    const draft = this.#draft
    const sizeBytes = draft.write(this.#sink, this.#options.setId ?? 0, isLast)
    this.written.push({ name: draft.name, sizeBytes, files: draft.files })
  }

  get #room(): number {
    return this.#set.maximumBytes - this.#draft.sizeBytes - (this.#base === undefined ? folderEntry.size : 0)
  }

  /** As many bytes as a block holds, unless the entries of their files would not fit or too many might run over. */
  #shape(last: number, folderEnd: number): Shape {
    const { files } = this.#plan
    if (this.#runsOver) {
      const limit = this.#plan.startOf(this.#next)
      const end = Math.min(this.#position + maximumBlockBytes, limit)
      return { end, next: this.#next, endsFolder: end === limit }
    }
    const end = Math.min(this.#position + maximumBlockBytes, folderEnd)
    let count = this.#plan.startOf(this.#next) > this.#position ? 1 : 0
    let entries = 0
    for (let next = this.#next; next < last; next++) {
      const file = files[next]!
      if (file.start > end || (file.start === end && file.end > end)) return { end, next, endsFolder: false }
      count++
      entries += entryBytes(file)
      const fits = entries + spareBytes <= this.#room && (count <= mostFilesRunningOver || entries + largestBlock <= this.#room)
      if (!fits) return { end: file.start, next, endsFolder: true }
    }
    return { end, next: last, endsFolder: false }
  }

  #write(shape: Shape, encode: EncodeBlock, folderEnd: number): void {
    const { files } = this.#plan
    const position = this.#position
    if (this.#base === undefined) {
      this.#base = position
      this.#draft.beginFolder()
    }
    const firstFile = this.#fileAt(position)
    for (const file of files.slice(this.#next, shape.next)) this.#draft.addFile(file, this.#base, false)
    this.#next = shape.next
    this.#position = shape.end
    if (shape.end === position) return
    const plain = this.#plan.read(firstFile, position, shape.end)
    const size = plain.length
    const data = encode(plain)
    const spare = shape.endsFolder || shape.end === folderEnd ? 0 : spareBytes
    if (dataEntry.size + data.length + spare <= this.#room) this.#draft.addBlock(data, size)
    else this.#split(data, size, position)
  }

  /** The last listed file, or an earlier one, has the byte at `position`: or the first one to be listed. */
  #fileAt(position: number): number {
    const { files } = this.#plan
    let index = this.#next
    while (index > 0 && files[index - 1]!.end > position) index--
    return index
  }

  #split(data: Uint8Array, uncompressedBytes: number, position: number): void {
    const part = Math.min(this.#room - dataEntry.size, data.length - 1)
    this.#draft.addBlock(data.subarray(0, part), 0)
    const over = this.#draft.runOver(position)
    this.#startCabinet()
    this.#draft.beginFolder()
    for (const file of over) this.#draft.addFile(file, this.#base!, true)
    this.#draft.addBlock(data.subarray(part), uncompressedBytes)
    this.#runsOver = true
  }

  #startCabinet(): void {
    this.close(false)
    const index = this.#draft.index + 1
    this.#sink = this.#set.sinkOf(index, this.#set.nameOf(index))
    this.#draft = new CabinetDraft(index, this.#set, compressionType(this.#options))
  }
}
