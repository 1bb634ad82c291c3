// LZX as cabinets use it: windows of 2^15 to 2^21 bytes, one 32 KiB frame in each data block, state kept over the folder.
// [MS-PATCH] section 2 (without the delta extensions); the translation of E8 calls is in e8-translation.ts. This is the
// readable one of two: assembly/cabinet/lzx.ts does the same in a hurry, and both are tested against each other.
import { FormatError } from '../../../base/index.ts'
import type { FolderDecoder } from '../compression.ts'
import { copyMatch } from '../copy-match.ts'
import { SlidingWindow } from '../sliding-window.ts'
import { translateCalls } from './e8-translation.ts'
import { endOfBlock, LzxBitReader } from './lzx-bit-reader.ts'
import { HuffmanTable, positionSlotCount, slotBases, slotExtraBits } from './lzx-tables.ts'

const blockKinds = { verbatim: 1, aligned: 2, uncompressed: 3 } as const
const mainRootBits = 11
const lengthRootBits = 10
const alignedRootBits = 7
/** Frames from here on are not translated: 1 GiB. */
const translatedFrames = 32768

export class LzxDecoder implements FolderDecoder {
  readonly #windowBytes: number
  readonly #window: SlidingWindow
  readonly #translated: SlidingWindow
  readonly #input = new LzxBitReader()
  readonly #main: HuffmanTable
  readonly #length = new HuffmanTable('length', 249, lengthRootBits)
  readonly #aligned = new HuffmanTable('aligned offset', 8, alignedRootBits)
  readonly #pre = new HuffmanTable('pre', 20, 8)
  readonly #recent = new Int32Array([1, 1, 1])
  #frame = 0
  #totalBytes = 0
  /** From the stream: what E8 translation takes for the size of the file; 0 for no translation. */
  #translationBytes = 0
  #blockKind = 0
  #blockBytes = 0
  #blockRemaining = 0
  #paddingDue = false

  /** @param folderBytes what the folder decompresses to at most: a small one needs no whole window. */
  constructor(windowBits: number, folderBytes: number) {
    this.#windowBytes = 1 << windowBits
    this.#window = new SlidingWindow(this.#windowBytes, Math.max(1 << 18, this.#windowBytes), folderBytes)
    this.#translated = new SlidingWindow(0, 1 << 18, folderBytes)
    this.#main = new HuffmanTable('main', 256 + 8 * positionSlotCount(windowBits), mainRootBits)
  }

  get room(): number {
    return Math.min(this.#window.room, this.#translated.room)
  }

  decode(block: Uint8Array, size: number): Uint8Array {
    const window = this.#window
    window.reserve(size)
    const from = window.position
    const input = this.#input
    input.begin(block, this.#paddingDue ? 1 : 0)
    this.#paddingDue = false
    if (this.#frame === 0 && input.bits(1) === 1) this.#translationBytes = input.bits(16) << 16 | input.bits(16)
    let position = from
    for (const end = from + size; position < end;) {
      if (this.#blockRemaining === 0) this.#beginBlock()
      const runEnd = Math.min(end, position + this.#blockRemaining)
      if (this.#blockKind === blockKinds.uncompressed) input.copyTo(window.bytes, position, runEnd)
      else this.#symbols(position, runEnd)
      this.#blockRemaining -= runEnd - position
      position = runEnd
      if (this.#blockRemaining === 0) this.#endBlock()
      if (input.overrun) throw endOfBlock()
    }
    window.position = position
    return this.#finish(window.bytes.subarray(from, position))
  }

  /** E8 translation works on a copy: later matches refer to what was there before. */
  #finish(frame: Uint8Array): Uint8Array {
    const at = this.#totalBytes
    this.#totalBytes += frame.length
    if (this.#frame++ >= translatedFrames || this.#translationBytes === 0) return frame
    const output = this.#translated
    output.reserve(frame.length)
    const from = output.position
    output.bytes.set(frame, from)
    output.position += frame.length
    translateCalls(output.view, from, output.position, at, this.#translationBytes)
    return output.bytes.subarray(from, output.position)
  }

  #beginBlock(): void {
    const input = this.#input
    if (input.overrun) throw corrupt('block header', 'a block', 'the end of the data block')
    this.#blockKind = input.bits(3)
    this.#blockBytes = input.bits(16) << 8 | input.bits(8)
    this.#blockRemaining = this.#blockBytes
    switch (this.#blockKind) {
      case blockKinds.verbatim: return this.#readTrees()
      case blockKinds.aligned:
        for (let index = 0; index < 8; index++) this.#aligned.lengths[index] = input.bits(3)
        this.#aligned.build()
        if (!this.#aligned.used) throw corrupt('aligned offset tree', 'codes', 'none')
        return this.#readTrees()
      case blockKinds.uncompressed: return input.beginBytes(this.#recent)
      default: throw corrupt('block type', '1 to 3', `${this.#blockKind}`)
    }
  }

  #endBlock(): void {
    if (this.#blockKind === blockKinds.uncompressed) this.#paddingDue = this.#input.endBytes(this.#blockBytes)
  }

  #readTrees(): void {
    const main = this.#main
    this.#readLengths(main.lengths, 0, 256)
    this.#readLengths(main.lengths, 256, main.lengths.length)
    main.build()
    if (!main.used) throw corrupt('main tree', 'codes', 'none')
    this.#readLengths(this.#length.lengths, 0, 249)
    this.#length.build()
  }

  /** Code lengths as differences to those of the block before, themselves coded with a tree of their own. */
  #readLengths(lengths: Uint8Array, from: number, to: number): void {
    const input = this.#input
    const pre = this.#pre
    for (let index = 0; index < 20; index++) pre.lengths[index] = input.bits(4)
    pre.build()
    if (!pre.used) throw corrupt('pre tree', 'codes', 'none')
    for (let index = from; index < to;) {
      const symbol = input.symbol(pre.entries, 8)
      if (symbol < 17) {
        lengths[index] = (lengths[index]! + 17 - symbol) % 17
        index++
        continue
      }
      const repeat = symbol === 17 ? 4 + input.bits(4) : symbol === 18 ? 20 + input.bits(5) : 4 + input.bits(1)
      let value = 0
      if (symbol === 19) {
        const delta = input.symbol(pre.entries, 8)
        if (delta > 16) throw corrupt('pre tree', 'a difference to repeat', `symbol ${delta}`)
        value = (lengths[index]! + 17 - delta) % 17
      }
      // A run may be coded longer than what is left, as other decoders accept.
      const end = Math.min(index + repeat, to)
      lengths.fill(value, index, end)
      index = end
    }
  }

  /** Literals and matches from `position` to exactly `end`. */
  #symbols(position: number, end: number): void {
    const input = this.#input
    const main = this.#main.entries
    const { bytes, view } = this.#window
    while (position < end) {
      const symbol = input.symbol(main, mainRootBits)
      if (symbol < 256) {
        bytes[position++] = symbol
        continue
      }
      const length = this.#matchLength(symbol & 7)
      const distance = this.#distance(symbol - 256 >> 3)
      if ((distance - 1 >>> 0) >= Math.min(position, this.#windowBytes)) throw this.#mistake('match offset', 'an offset within the data before', `${distance}`)
      if (position + length > end) throw this.#mistake('match length', `at most ${end - position}`, `${length}`)
      copyMatch(bytes, view, position - distance, position, length)
      position += length
    }
  }

  /** @param header the last three bits of the main symbol: 7 for what the length tree tells */
  #matchLength(header: number): number {
    if (header < 7) return header + 2
    if (!this.#length.used) throw this.#mistake('length tree', 'codes', 'none')
    return 9 + this.#input.symbol(this.#length.entries, lengthRootBits)
  }

  /** Slots 0 to 2 stand for the offsets used last, which change places. */
  #distance(slot: number): number {
    const recent = this.#recent
    const distance = slot < 3 ? recent[slot]! : slotBases[slot]! - 2 + this.#footer(slotExtraBits[slot]!)
    if (slot < 3) recent[slot] = recent[0]!
    else {
      recent[2] = recent[1]!
      recent[1] = recent[0]!
    }
    recent[0] = distance
    return distance
  }

  /** What is read past the end makes no sense: the end is what is wrong then. */
  #mistake(field: string, expected: string, found: string): FormatError {
    return this.#input.overrun ? endOfBlock() : corrupt(field, expected, found)
  }

  /** The lower bits of an offset; in blocks of the aligned kind the lowest three of them have a tree. */
  #footer(extraBits: number): number {
    const input = this.#input
    if (this.#blockKind !== blockKinds.aligned || extraBits < 3) return input.bits(extraBits)
    const upper = input.bits(extraBits - 3) << 3
    return upper + input.symbol(this.#aligned.entries, alignedRootBits)
  }
}

function corrupt(field: string, expected: string, found: string): FormatError {
  return new FormatError({ structure: 'LZX block', field, expected, found })
}
