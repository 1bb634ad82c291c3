// LZX as cabinets use it: windows of 2^15 to 2^21 bytes, one 32 KiB frame in each data block, state kept over the folder.
// [MS-PATCH] section 2 (without the delta extensions); the translation of E8 calls is in e8-translation.ts.
import { FormatError } from '../base/index.ts'
import { copyMatch } from './copy-match.ts'
import { translateCalls } from './e8-translation.ts'
import { LzxBitReader } from './lzx-bit-reader.ts'
import { HuffmanTable, positionSlotCount, secondTable, slotBases, slotExtraBits } from './lzx-tables.ts'
import { SlidingWindow } from './sliding-window.ts'
import type { FolderDecoder } from './folder-decoder.ts'

const blockKinds = { verbatim: 1, aligned: 2, uncompressed: 3 } as const
const mainRootBits = 11
/** Entries of the main table below this are literals. */
const firstMatch = 256 << 16
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
      else this.#symbols(window.bytes, position, runEnd)
      this.#blockRemaining -= runEnd - position
      position = runEnd
      if (this.#blockRemaining === 0) this.#endBlock()
      if (input.overrun) throw corrupt('data', 'symbols within the data block', 'its end')
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

  /**
   * Literals and matches from `position` to exactly `end`. Every 32-bit load gives 25 bits or more: enough for a symbol
   * of the main tree and, when that was a literal with a short code, for another literal.
   */
  #symbols(bytes: Uint8Array, position: number, end: number): void {
    const { view, bitLimit } = this.#input
    const main = this.#main.entries
    const lengths = this.#length.entries
    const aligned = this.#aligned.entries
    const isAligned = this.#blockKind === blockKinds.aligned
    const windowBytes = this.#windowBytes
    const windowView = this.#window.view
    let bit = this.#input.bit
    let r0 = this.#recent[0]!
    let r1 = this.#recent[1]!
    let r2 = this.#recent[2]!
    while (position < end) {
      if (bit > bitLimit) throw corrupt('data', 'symbols within the data block', 'its end')
      let hold = view.getUint32(bit >>> 3) << (bit & 7)
      let entry = main[hold >>> 32 - mainRootBits]!
      if ((entry & secondTable) !== 0) {
        hold <<= mainRootBits
        bit += mainRootBits
        entry = main[(entry >>> 16) + (hold >>> 32 - ((entry >> 6) & 15))]!
        if (entry < firstMatch) {
          bytes[position++] = entry >> 16
          bit += entry & 31
          continue
        }
      } else if (entry < firstMatch) {
        bytes[position++] = entry >> 16
        bit += entry & 31
        entry = main[hold << entry >>> 32 - mainRootBits]!
        if (position >= end || entry >= firstMatch || (entry & secondTable) !== 0) continue
        bytes[position++] = entry >> 16
        bit += entry & 31
        continue
      }
      bit += entry & 31
      let length = ((entry >> 16) & 7) + 2
      const slot = (entry >> 19) - 32
      if (length === 9) {
        hold = view.getUint32(bit >>> 3) << (bit & 7)
        entry = lengths[hold >>> 32 - lengthRootBits]!
        if ((entry & secondTable) !== 0) {
          hold <<= lengthRootBits
          bit += lengthRootBits
          entry = lengths[(entry >>> 16) + (hold >>> 32 - ((entry >> 6) & 15))]!
        }
        if (entry === 0) throw corrupt('length tree', 'codes', 'none')
        bit += entry & 31
        length += entry >> 16
      }
      let distance = r0
      if (slot > 2) {
        let extra = slotExtraBits[slot]!
        distance = slotBases[slot]! - 2
        if (extra > 0) {
          hold = view.getUint32(bit >>> 3) << (bit & 7)
          if (isAligned && extra >= 3) {
            extra -= 3
            // Two shifts, because a shift by 32 is none.
            distance += hold >>> 1 >>> 31 - extra << 3
            entry = aligned[hold << extra >>> 32 - alignedRootBits]!
            distance += entry >> 16
            bit += extra + (entry & 31)
          } else {
            distance += hold >>> 32 - extra
            bit += extra
          }
        }
        r2 = r1
        r1 = r0
        r0 = distance
      } else if (slot === 1) {
        distance = r1
        r1 = r0
        r0 = distance
      } else if (slot === 2) {
        distance = r2
        r2 = r0
        r0 = distance
      }
      if ((distance - 1 >>> 0) >= Math.min(position, windowBytes)) throw corrupt('match offset', 'an offset within the data before', `${distance}`)
      if (position + length > end) throw corrupt('match length', `at most ${end - position}`, `${length}`)
      copyMatch(bytes, windowView, position - distance, position, length)
      position += length
    }
    this.#recent[0] = r0
    this.#recent[1] = r1
    this.#recent[2] = r2
    this.#input.bit = bit
  }
}

function corrupt(field: string, expected: string, found: string): FormatError {
  return new FormatError({ structure: 'LZX block', field, expected, found })
}
