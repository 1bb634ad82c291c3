// Writes a set of cabinets none of which exceeds a size. A cabinet that is full ends in the middle of a data block, as
// readers expect; the next one has the rest of it. [MS-CAB] section 2.4; at most 15 files may run over from one cabinet
// to the next (https://learn.microsoft.com/windows/win32/msi/cabinet-files), so a folder ends early where more would.
import type { ByteSink } from '../../base/index.ts'
import { largestGrowthBytes } from '../codec/folder-encoder.ts'
import { dataEntry, maximumBlockBytes } from '../structures.ts'
import { CabinetDraft, type DraftOptions } from './cabinet-draft.ts'
import { entryBytes, type CabinetPlan } from './cabinet-plan.ts'
import type { Steps } from './encode-steps.ts'
import { folderBytes } from './reserve.ts'
import type { CabinetSetOptions, WrittenCabinet } from './write-options.ts'

const mostFilesRunningOver = 15
/** What is kept free while a folder goes on: the header of a block and one byte of it. */
const leastSpareBytes = dataEntry.size + 1
/** CFHEADER counts files in 16 bits. */
const mostFiles = 0xffff

export function* writeSet(plan: CabinetPlan, sink: ByteSink, options: DraftOptions, set: CabinetSetOptions): Steps<readonly WrittenCabinet[]> {
  const writer = new SetWriter(plan, sink, options, set)
  for (const [index, first] of plan.folderStarts.entries()) yield* writer.writeFiles(first, plan.folderStarts[index + 1] ?? plan.files.length)
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
  readonly #options: DraftOptions
  readonly #set: CabinetSetOptions
  /** What is kept free while a folder goes on, and what a block that cannot be compressed takes besides. */
  readonly #spareBytes: number
  readonly #largestBlock: number
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

  constructor(plan: CabinetPlan, sink: ByteSink, options: DraftOptions, set: CabinetSetOptions) {
    this.#plan = plan
    this.#options = options
    this.#set = set
    this.#sink = sink
    this.#spareBytes = leastSpareBytes + (options.reserve?.dataBytes ?? 0)
    this.#largestBlock = maximumBlockBytes + largestGrowthBytes + this.#spareBytes * 2
    this.#draft = new CabinetDraft(0, set, options)
  }

  /** Writes the files from `first` to before `last`: one folder, or more where cabinets end. */
  *writeFiles(first: number, last: number): Steps<void> {
    this.#next = first
    const end = this.#plan.startOf(last)
    let inFolder = false
    /** The next block is the first of its folder: empty files before it are no block. */
    let isFirst = true
    while (this.#next < last || this.#position < end) {
      if (this.#runsOver && this.#plan.startOf(this.#next) === this.#position) inFolder = false
      if (!inFolder) {
        inFolder = true
        isFirst = true
        this.#base = undefined
        this.#runsOver = false
      }
      const shape = this.#shape(last, end)
      if (shape.end === this.#position && shape.next === this.#next) {
        this.#startCabinet()
        inFolder = false
        continue
      }
      const before = this.#position
      yield* this.#write(shape, isFirst, end)
      isFirst &&= this.#position === before
      inFolder = !shape.endsFolder
    }
    this.#base = undefined
  }

  close(isLast: boolean): void {
    const draft = this.#draft
    const sizeBytes = draft.write(this.#sink, isLast)
    this.written.push({ name: draft.name, sizeBytes, files: draft.files })
  }

  /** A block's header with its reserve. */
  get #headerBytes(): number {
    return dataEntry.size + (this.#options.reserve?.dataBytes ?? 0)
  }

  get #room(): number {
    return this.#set.maximumBytes - this.#draft.sizeBytes - (this.#base === undefined ? folderBytes(this.#options.reserve) : 0)
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
      const fits = entries + this.#spareBytes <= this.#room && (count <= mostFilesRunningOver || entries + this.#largestBlock <= this.#room)
        && this.#draft.entryCount + next - this.#next < mostFiles
      if (!fits) return { end: file.start, next, endsFolder: true }
    }
    return { end, next: last, endsFolder: false }
  }

  *#write(shape: Shape, isFirst: boolean, folderEnd: number): Steps<void> {
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
    const size = shape.end - position
    const data = yield { isFirst, file: firstFile, position, end: shape.end, folderEnd }
    const spare = shape.endsFolder || shape.end === folderEnd ? 0 : this.#spareBytes
    if (this.#headerBytes + data.length + spare <= this.#room) this.#draft.addBlock(data, size)
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
    const part = Math.min(this.#room - this.#headerBytes, data.length - 1)
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
    this.#draft = new CabinetDraft(index, this.#set, this.#options)
  }
}
