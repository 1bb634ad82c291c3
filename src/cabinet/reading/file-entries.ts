// The entries of a cabinet's files as they are stored, one after the other, and where each begins: CFFILE, [MS-CAB]
// section 2.3. There may be tens of thousands: nothing is made of each.
import { codePage, FormatError, type ByteSource, type CodePage } from '../../base/index.ts'
import { fileAttributes, fileEntry, folderIndex } from '../structures.ts'

/** The longest name, its NUL included. */
const nameBytes = 256

/** What is looked for in the bytes of names. */
const kinds = { separator: 1, beyondAscii: 2 } as const
const kindOfByte = Uint8Array.from({ length: 256 }, (_, byte) => byte >= 0x80 || byte === 0x1b ? kinds.beyondAscii : '\\/:'.includes(String.fromCharCode(byte)) ? kinds.separator : 0)
const dot = 0x2e

/** A number for each file. */
interface Columns {
  readonly sizes: Uint32Array
  /** Where each begins in its folder's uncompressed data. */
  readonly offsets: Uint32Array
  /** As stored: see `folderIndex`. */
  readonly folders: Uint16Array
  /** DOS date in the upper 16 bits, DOS time in the lower ones. */
  readonly modified: Uint32Array
}

export class FileEntries {
  readonly columns: Columns
  readonly #bytes: Uint8Array
  /** Of each entry, and of what follows the last one. */
  readonly #starts: Uint32Array
  readonly #page: CodePage
  /** Where the bytes lie in the cabinet. */
  readonly #offset: number
  /** Some entry stands for a file that runs over from the cabinet before. */
  readonly isContinued: boolean
  /** All names are ASCII. */
  readonly isAscii: boolean
  /** Numbers of the files whose name is more than a plain segment, or may be. */
  readonly unusual: readonly number[]

  private constructor(columns: Columns, bytes: Uint8Array, starts: Uint32Array, page: CodePage, offset: number, { isContinued, isAscii, unusual }: Pick<FileEntries, 'isContinued' | 'isAscii' | 'unusual'>) {
    this.columns = columns
    this.#bytes = bytes
    this.#starts = starts
    this.#page = page
    this.#offset = offset
    this.isContinued = isContinued
    this.isAscii = isAscii
    this.unusual = unusual
  }

  /** @param likelyEnd where the last one ends, or later @param page of names that are not UTF-8 @throws FormatError */
  static read(source: ByteSource, offset: number, likelyEnd: number, count: number, page: CodePage): FileEntries {
    const most = Math.min(source.size - offset, count * (fileEntry.size + nameBytes))
    let bytes = source.read(offset, Math.min(most, likelyEnd - offset))
    const starts = new Uint32Array(count + 1)
    const [sizes, offsets, folders, modified] = [new Uint32Array(count), new Uint32Array(count), new Uint16Array(count), new Uint32Array(count)]
    const unusual: number[] = []
    let [isContinued, isAscii] = [false, true]
    let at = 0
    for (let index = 0; index < count; index++) {
      starts[index] = at
      const name = at + fileEntry.size
      const limit = Math.min(bytes.length, name + nameBytes)
      let end = name
      let found = bytes[name] === dot ? kinds.separator : 0
      for (let byte = bytes[end]; byte !== 0 && end < limit; byte = bytes[++end]) found |= kindOfByte[byte!]!
      if (end >= limit && bytes.length < most) {
        // They go on behind where data begin.
        bytes = source.read(offset, most)
        index--
        continue
      }
      if (end >= limit || end === name) {
        throw new FormatError({ structure: 'cabinet file', field: `name of file ${index}`, offsetBytes: offset + name,
          expected: `1 to ${nameBytes - 1} bytes and a NUL`, found: end >= limit ? 'no NUL' : 'an empty name' })
      }
      if (found !== 0) {
        unusual.push(index)
        isAscii &&= (found & kinds.beyondAscii) === 0
      }
      sizes[index] = bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24
      offsets[index] = bytes[at + 4]! | bytes[at + 5]! << 8 | bytes[at + 6]! << 16 | bytes[at + 7]! << 24
      const folder = folders[index] = bytes[at + 8]! | bytes[at + 9]! << 8
      modified[index] = bytes[at + 10]! << 16 | bytes[at + 11]! << 24 | bytes[at + 12]! | bytes[at + 13]! << 8
      isContinued ||= folder === folderIndex.continuedFromPrevious || folder === folderIndex.continuedBoth
      at = end + 1
    }
    starts[count] = at
    // What was read beyond them is not kept, when it is much.
    const kept = bytes.length - at < at >> 2 ? bytes.subarray(0, at) : bytes.slice(0, at)
    return new FileEntries({ sizes, offsets, folders, modified }, kept, starts, page, offset, { isContinued, isAscii, unusual })
  }

  get count(): number {
    return this.columns.sizes.length
  }

  /** Where an entry stands in the cabinet. */
  offsetBytes(index: number): number {
    return this.#offset + this.#starts[index]!
  }

  flags(index: number): number {
    const start = this.#starts[index]! + 14
    return this.#bytes[start]! | this.#bytes[start + 1]! << 8
  }

  name(index: number): string {
    const start = this.#starts[index]! + fileEntry.size
    const page = (this.flags(index) & fileAttributes.utf8Name) !== 0 ? codePage(65001) : this.#page
    return page.decode(this.#bytes.subarray(start, this.#nameEnd(index)))
  }

  /** @param isSame told where the bytes of the name lie, which are ASCII */
  nameIs(index: number, isSame: (bytes: Uint8Array, start: number, end: number) => boolean): boolean {
    return isSame(this.#bytes, this.#starts[index]! + fileEntry.size, this.#nameEnd(index))
  }

  /** Entries follow each other. */
  #nameEnd(index: number): number {
    return this.#starts[index + 1]! - 1
  }
}
