// LZX as cabinets use it: windows of 2^15 to 2^21 bytes, one 32 KiB frame in each data block, state kept over the folder.
// [MS-PATCH] section 2 (without the delta extensions); the translation of E8 calls is in e8-translation.ts.
import { FormatError } from '../base/index.ts'
import { translateCalls } from './e8-translation.ts'
import { LzxBitReader } from './lzx-bit-reader.ts'
import { HuffmanTable, positionSlotCount, secondTable, slotBases, slotExtraBits } from './lzx-tables.ts'
import { SlidingWindow } from './sliding-window.ts'
import type { FolderDecoder } from './folder-decoder.ts'

const blockKinds = { verbatim: 1, aligned: 2, uncompressed: 3 } as const
const mainRootBits = 11
const lengthRootBits = 10
const alignedRootBits = 7
/** Frames from here on are not translated: 1 GiB. */
const translatedFrames = 32768

export class LzxDecoder implements FolderDecoder {
  readonly #windowBytes: number
  readonly #window: SlidingWindow
  readonly #translated = new SlidingWindow(0, 1 << 18)
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

  constructor(windowBits: number) {
    this.#windowBytes = 1 << windowBits
    this.#window = new SlidingWindow(this.#windowBytes, Math.max(1 << 18, this.#windowBytes))
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
    const copy = output.bytes.subarray(from, output.position)
    translateCalls(copy, at, this.#translationBytes)
    return copy
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

  /** Literals and matches from `position` to exactly `end`. The bit buffer lives in local variables. */
  #symbols(bytes: Uint8Array, position: number, end: number): void {
    const input = this.#input
    const words = input.words
    const main = this.#main.entries
    const isAligned = this.#blockKind === blockKinds.aligned
    const windowBytes = this.#windowBytes
    let next = input.next
    let hold = input.hold
    let count = input.count
    let [r0, r1, r2] = this.#recent as unknown as [number, number, number]
    while (position < end) {
      if (count < 16) {
        hold |= words[next++]! << 16 - count
        count += 16
      }
      let entry = main[hold >>> 21]!
      if ((entry & secondTable) !== 0) {
        hold <<= mainRootBits
        count -= mainRootBits
        entry = main[(entry >>> 16) + (hold >>> 32 - ((entry >> 6) & 15))]!
      }
      hold <<= entry & 31
      count -= entry & 31
      if (entry < 0x1000000) {
        bytes[position++] = entry >> 16
        continue
      }
      let length = ((entry >> 16) & 7) + 2
      const slot = (entry >> 19) - 32
      if (length === 9) {
        if (count < 16) {
          hold |= words[next++]! << 16 - count
          count += 16
        }
        const lengths = this.#length.entries
        entry = lengths[hold >>> 32 - lengthRootBits]!
        if ((entry & secondTable) !== 0) {
          hold <<= lengthRootBits
          count -= lengthRootBits
          entry = lengths[(entry >>> 16) + (hold >>> 32 - ((entry >> 6) & 15))]!
        }
        if (entry === 0) throw corrupt('length tree', 'codes', 'none')
        hold <<= entry & 31
        count -= entry & 31
        length += entry >> 16
      }
      let distance = 0
      if (slot > 2) {
        let extra = slotExtraBits[slot]!
        distance = slotBases[slot]! - 2
        const alignedBits = isAligned && extra >= 3
        if (alignedBits) extra -= 3
        if (extra > 0) {
          if (count < 16) {
            hold |= words[next++]! << 16 - count
            count += 16
          }
          // 17 bits may be more than the buffer holds: the highest goes first.
          let high = 0
          if (extra === 17) {
            high = hold >>> 31 << 16
            hold <<= 1
            count--
            extra = 16
            if (count < 16) {
              hold |= words[next++]! << 16 - count
              count += 16
            }
          }
          const value = high + (hold >>> 32 - extra)
          distance += alignedBits ? value << 3 : value
          hold <<= extra
          count -= extra
        }
        if (alignedBits) {
          if (count < 16) {
            hold |= words[next++]! << 16 - count
            count += 16
          }
          entry = this.#aligned.entries[hold >>> 32 - alignedRootBits]!
          if (entry === 0) throw corrupt('aligned offset tree', 'codes', 'none')
          hold <<= entry & 31
          count -= entry & 31
          distance += entry >> 16
        }
        r2 = r1
        r1 = r0
        r0 = distance
      } else if (slot === 0) distance = r0
      else if (slot === 1) {
        distance = r1
        r1 = r0
        r0 = distance
      } else {
        distance = r2
        r2 = r0
        r0 = distance
      }
      if ((distance - 1 >>> 0) >= Math.min(position, windowBytes)) throw corrupt('match offset', 'an offset within the data before', `${distance}`)
      const matchEnd = position + length
      if (matchEnd > end) throw corrupt('match length', `at most ${end - position}`, `${length}`)
      let from = position - distance
      if (length > 24 && distance >= length) {
        bytes.copyWithin(position, from, from + length)
        position = matchEnd
      } else if (length > 24 && distance === 1) {
        bytes.fill(bytes[from]!, position, matchEnd)
        position = matchEnd
      } else while (position < matchEnd) bytes[position++] = bytes[from++]!
    }
    this.#recent[0] = r0
    this.#recent[1] = r1
    this.#recent[2] = r2
    input.next = next
    input.hold = hold
    input.count = count
  }
}

function corrupt(field: string, expected: string, found: string): FormatError {
  return new FormatError({ structure: 'LZX block', field, expected, found })
}
