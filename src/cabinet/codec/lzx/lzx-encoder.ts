// LZX for cabinets: one LZX block in each 32 KiB frame, so that a folder may end with any of them. A block is verbatim, has
// aligned offsets or is not compressed, whichever is smallest; its trees are new or those of the block before.
// [MS-PATCH] section 2. Deterministic.
import { canonicalCodes, codeLengths } from '../code-lengths.ts'
import { translateCallsBack } from './e8-translation.ts'
import { LzxBitWriter } from './lzx-bit-writer.ts'
import { frameBytes, LzxParser, type ParseEffort } from './lzx-parser.ts'
import { positionSlot, positionSlotCount, slotBases, slotExtraBits } from './lzx-tables.ts'
import { planLengths, type LengthPlan } from './lzx-tree-writer.ts'

/** 2 to this power is the size of the window, in bytes. */
export type LzxWindowBits = 15 | 16 | 17 | 18 | 19 | 20 | 21

export interface LzxEncoderOptions {
  readonly windowBits: LzxWindowBits
  readonly level: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9
  /** Translates the targets of x86 CALL instructions: code becomes smaller, everything else hardly larger. */
  readonly translateCalls: boolean
}

const efforts: Readonly<Record<LzxEncoderOptions['level'], ParseEffort>> = {
  1: { chain: 1, nice: 12 }, 2: { chain: 2, nice: 16 }, 3: { chain: 4, nice: 24 }, 4: { chain: 6, nice: 32 }, 5: { chain: 10, nice: 32 },
  6: { chain: 16, nice: 48 }, 7: { chain: 32, nice: 64 }, 8: { chain: 96, nice: 128 }, 9: { chain: 512, nice: 257 },
}
const blockKinds = { verbatim: 1, aligned: 2, uncompressed: 3 } as const
/** The size of the file that targets are taken to be in: what every other compressor says. */
const translationBytes = 12_000_000
const translatedFrames = 32768

interface Trees {
  readonly main: Uint8Array
  readonly length: Uint8Array
}

/** A frame's block in one way to write it. */
interface BlockPlan extends Trees {
  readonly literals: LengthPlan
  readonly matches: LengthPlan
  readonly lengths: LengthPlan
  readonly bits: number
}

export class LzxEncoder {
  readonly #parser: LzxParser
  readonly #translates: boolean
  readonly #frame = new Uint8Array(frameBytes)
  readonly #output = new LzxBitWriter()
  #before: Trees
  #frames = 0
  // The symbols of the frame's tokens.
  readonly #mainSymbols = new Uint16Array(frameBytes)
  readonly #lengthSymbols = new Int16Array(frameBytes)
  readonly #footers = new Int32Array(frameBytes)
  readonly #mainCounts: Uint32Array
  readonly #lengthCounts = new Uint32Array(249)
  readonly #alignedCounts = new Uint32Array(8)
  /** Bits of all offsets behind their slots, and of those how many have three or more. */
  #footerBits = 0
  #alignable = 0

  constructor({ windowBits, level, translateCalls }: LzxEncoderOptions) {
    this.#parser = new LzxParser(windowBits, efforts[level])
    this.#translates = translateCalls
    const symbols = 256 + 8 * positionSlotCount(windowBits)
    this.#mainCounts = new Uint32Array(symbols)
    this.#before = { main: new Uint8Array(symbols), length: new Uint8Array(249) }
  }

  /** Compresses at most 32 KiB; fewer end the folder. The result is valid until the next call. */
  encode(block: Uint8Array): Uint8Array {
    const frame = this.#frame.subarray(0, block.length)
    frame.set(block)
    if (this.#translates && this.#frames < translatedFrames) translateCallsBack(frame, this.#frames * frameBytes, translationBytes)
    const output = this.#output
    output.begin()
    if (this.#frames++ === 0) this.#writeHeader()
    const recent = Int32Array.from(this.#parser.recent)
    this.#parser.parse(frame)
    this.#count()
    this.#write(frame, recent)
    this.#parser.costs.learn(this.#mainCounts, this.#lengthCounts, this.#alignedCounts)
    return output.finish()
  }

  #writeHeader(): void {
    this.#output.put(this.#translates ? 1 : 0, 1)
    if (!this.#translates) return
    this.#output.put(translationBytes >>> 16, 16)
    this.#output.put(translationBytes & 0xffff, 16)
  }

  #count(): void {
    const { lengths, values, tokenCount } = this.#parser
    const main = this.#mainCounts.fill(0)
    const long = this.#lengthCounts.fill(0)
    const aligned = this.#alignedCounts.fill(0)
    this.#footerBits = 0
    this.#alignable = 0
    for (let token = 0; token < tokenCount; token++) {
      const length = lengths[token]!
      const value = values[token]!
      let symbol = value
      let longSymbol = -1
      if (length > 1) {
        const slot = value < 0 ? -1 - value : positionSlot(value)
        symbol = 256 + slot * 8 + (length < 9 ? length - 2 : 7)
        if (length >= 9) long[longSymbol = length - 9]!++
        const extra = slotExtraBits[slot]!
        this.#footers[token] = slot > 2 ? value + 2 - slotBases[slot]! : 0
        this.#footerBits += extra
        if (extra >= 3) {
          this.#alignable++
          aligned[value + 2 & 7]!++
        }
      }
      main[symbol]!++
      this.#mainSymbols[token] = symbol
      this.#lengthSymbols[token] = longSymbol
    }
  }

  /** Chooses the smallest of the ways to write the frame. */
  #write(frame: Uint8Array, recent: Int32Array): void {
    const before = this.#before
    const fresh = this.#plan({ main: codeLengths(this.#mainCounts, 16), length: this.#anyLength() ? codeLengths(this.#lengthCounts, 16) : new Uint8Array(249) })
    const same = covers(before.main, this.#mainCounts) && covers(before.length, this.#lengthCounts) ? this.#plan(before) : undefined
    const plan = same !== undefined && same.bits <= fresh.bits ? same : fresh
    const alignedLengths = codeLengths(this.#alignedCounts, 7)
    const alignedBits = 24 + codedBits(this.#alignedCounts, alignedLengths) - 3 * this.#alignable
    const isAligned = alignedBits < 0
    const output = this.#output
    if ((frame.length + 16) * 8 <= plan.bits + (isAligned ? alignedBits : 0)) {
      this.#writeUncompressed(frame, recent)
      return
    }
    this.#writeBlockHeader(isAligned ? blockKinds.aligned : blockKinds.verbatim, frame.length)
    if (isAligned) for (const length of alignedLengths) output.put(length, 3)
    plan.literals.write(output)
    plan.matches.write(output)
    plan.lengths.write(output)
    this.#writeTokens(plan, isAligned ? alignedLengths : undefined)
    this.#before = { main: plan.main, length: plan.length }
  }

  #anyLength(): boolean {
    return this.#lengthCounts.some((count) => count > 0)
  }

  #plan(trees: Trees): BlockPlan {
    const { main, length } = this.#before
    const literals = planLengths(main, trees.main, 0, 256)
    const matches = planLengths(main, trees.main, 256, main.length)
    const lengths = planLengths(length, trees.length, 0, 249)
    return { ...trees, literals, matches, lengths, bits: 27 + literals.bits + matches.bits + lengths.bits + this.#footerBits
      + codedBits(this.#mainCounts, trees.main) + codedBits(this.#lengthCounts, trees.length) }
  }

  #writeBlockHeader(kind: number, bytes: number): void {
    this.#output.put(kind, 3)
    this.#output.put(bytes >> 8, 16)
    this.#output.put(bytes & 255, 8)
  }

  #writeUncompressed(frame: Uint8Array, recent: Int32Array): void {
    this.#writeBlockHeader(blockKinds.uncompressed, frame.length)
    this.#output.align()
    // The tokens found are not sent: the recent offsets are those of before.
    this.#parser.recent.set(recent)
    this.#output.bytes(new Uint8Array(recent.buffer))
    this.#output.bytes(frame)
    if ((frame.length & 1) === 1) this.#output.bytes(new Uint8Array(1))
  }

  #writeTokens({ main, length }: Trees, alignedLengths: Uint8Array | undefined): void {
    const output = this.#output
    const mainCodes = canonicalCodes(main)
    const lengthCodes = canonicalCodes(length)
    const alignedCodes = alignedLengths === undefined ? undefined : canonicalCodes(alignedLengths)
    for (let token = 0; token < this.#parser.tokenCount; token++) {
      const symbol = this.#mainSymbols[token]!
      output.put(mainCodes[symbol]!, main[symbol]!)
      if (symbol < 256) continue
      const long = this.#lengthSymbols[token]!
      if (long >= 0) output.put(lengthCodes[long]!, length[long]!)
      const extra = slotExtraBits[symbol - 256 >> 3]!
      if (extra === 0) continue
      const footer = this.#footers[token]!
      if (alignedCodes === undefined || extra < 3) output.put(footer, extra)
      else {
        if (extra > 3) output.put(footer >> 3, extra - 3)
        output.put(alignedCodes[footer & 7]!, alignedLengths![footer & 7]!)
      }
    }
  }
}

/** Whether every symbol that occurs has a code. */
function covers(lengths: Uint8Array, counts: Uint32Array): boolean {
  for (let symbol = 0; symbol < counts.length; symbol++) if (counts[symbol]! > 0 && lengths[symbol] === 0) return false
  return true
}

function codedBits(counts: Uint32Array, lengths: Uint8Array): number {
  let bits = 0
  for (let symbol = 0; symbol < counts.length; symbol++) bits += counts[symbol]! * lengths[symbol]!
  return bits
}
