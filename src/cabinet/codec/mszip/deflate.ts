// Compression of data blocks to raw deflate streams (RFC 1951), one stream for each block and one deflate block in it:
// stored, with the fixed code or with a code of its own, whichever is smallest. Deterministic.
import { canonicalCodes, codeLengths } from '../code-lengths.ts'
import { MatchFinder, type MatchEffort } from './match-finder.ts'

/** 1 is fast, 9 is small; the steps between are those that zlib made customary. */
export type DeflateLevel = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9

const efforts: Readonly<Record<DeflateLevel, MatchEffort>> = {
  1: { chain: 4, nice: 16, lazy: 4 }, 2: { chain: 8, nice: 24, lazy: 4 }, 3: { chain: 16, nice: 32, lazy: 6 },
  4: { chain: 24, nice: 48, lazy: 8 }, 5: { chain: 32, nice: 96, lazy: 16 }, 6: { chain: 64, nice: 128, lazy: 16 },
  7: { chain: 256, nice: 192, lazy: 32 }, 8: { chain: 1024, nice: 258, lazy: 128 }, 9: { chain: 4096, nice: 258, lazy: 258 },
}

const endOfBlock = 256
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
const lengthBases: number[] = []
const lengthSymbols = new Uint8Array(259)
for (let symbol = 0, base = 3; symbol < 28; base += 1 << lengthExtra[symbol]!, symbol++) {
  lengthBases.push(base)
  lengthSymbols.fill(symbol, base, Math.min(259, base + (1 << lengthExtra[symbol]!)))
}
lengthBases.push(258)
lengthSymbols[258] = 28

const fixedLengths = Uint8Array.from({ length: 288 }, (_, symbol) => symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)
const fixedDistanceLengths = new Uint8Array(30).fill(5)

/** Distances from 1; two symbols for each power of two. */
function distanceSymbol(distance: number): number {
  if (distance < 5) return distance - 1
  const bits = 30 - Math.clz32(distance - 1)
  return bits * 2 + ((distance - 1) >> bits)
}

export class Deflate {
  readonly #finder: MatchFinder
  readonly #literalFrequencies = new Uint16Array(286)
  readonly #distanceFrequencies = new Uint16Array(30)
  readonly #output = new Uint8Array(1 << 17)
  #size = 0
  #hold = 0
  #count = 0

  constructor(level: DeflateLevel = 6) {
    this.#finder = new MatchFinder(efforts[level])
  }

  /** Compresses at most 32 KiB; the blocks before are its history. The result is valid until the next call. */
  deflate(block: Uint8Array): Uint8Array {
    this.#finder.tokenize(block)
    this.#countSymbols()
    const plan = planDynamic(this.#literalFrequencies, this.#distanceFrequencies)
    const extraBits = this.#extraBits()
    const dynamicBits = plan.headerBits + extraBits + codedBits(this.#literalFrequencies, plan.literals) + codedBits(this.#distanceFrequencies, plan.distances)
    const fixedBits = extraBits + codedBits(this.#literalFrequencies, fixedLengths) + codedBits(this.#distanceFrequencies, fixedDistanceLengths)
    const storedBits = 5 + 32 + block.length * 8
    this.#size = 0
    this.#hold = 0
    this.#count = 0
    if (storedBits <= dynamicBits && storedBits <= fixedBits) this.#writeStored(block)
    else if (fixedBits <= dynamicBits) {
      this.#put(1 | 1 << 1, 3)
      this.#writeTokens(fixedLengths, fixedDistanceLengths)
    } else {
      this.#put(1 | 2 << 1, 3)
      for (const [value, bits] of plan.header) this.#put(value, bits)
      this.#writeTokens(plan.literals, plan.distances)
    }
    this.#flush()
    return this.#output.subarray(0, this.#size)
  }

  #countSymbols(): void {
    const { lengths, values, tokenCount } = this.#finder
    const literals = this.#literalFrequencies.fill(0)
    const distances = this.#distanceFrequencies.fill(0)
    for (let token = 0; token < tokenCount; token++) {
      const length = lengths[token]!
      if (length === 0) literals[values[token]!]!++
      else {
        literals[257 + lengthSymbols[length]!]!++
        distances[distanceSymbol(values[token]!)]!++
      }
    }
    literals[endOfBlock] = 1
  }

  #extraBits(): number {
    let bits = 0
    for (let symbol = 0; symbol < 29; symbol++) bits += this.#literalFrequencies[257 + symbol]! * lengthExtra[symbol]!
    for (let symbol = 4; symbol < 30; symbol++) bits += this.#distanceFrequencies[symbol]! * ((symbol >> 1) - 1)
    return bits
  }

  #writeStored(block: Uint8Array): void {
    this.#put(1, 3)
    this.#flush()
    this.#put(block.length, 16)
    this.#put(~block.length & 0xffff, 16)
    this.#flush()
    this.#output.set(block, this.#size)
    this.#size += block.length
  }

  #writeTokens(literalLengths: Uint8Array, distanceLengths: Uint8Array): void {
    const { lengths, values, tokenCount } = this.#finder
    const literalCodes = reversedCodes(literalLengths)
    const distanceCodes = reversedCodes(distanceLengths)
    for (let token = 0; token < tokenCount; token++) {
      const length = lengths[token]!
      const value = values[token]!
      if (length === 0) {
        this.#put(literalCodes[value]!, literalLengths[value]!)
        continue
      }
      const symbol = lengthSymbols[length]!
      this.#put(literalCodes[257 + symbol]!, literalLengths[257 + symbol]!)
      this.#put(length - lengthBases[symbol]!, lengthExtra[symbol]!)
      const distance = distanceSymbol(value)
      this.#put(distanceCodes[distance]!, distanceLengths[distance]!)
      if (distance < 4) continue
      const extra = (distance >> 1) - 1
      this.#put(value - 1 & (1 << extra) - 1, extra)
    }
    this.#put(literalCodes[endOfBlock]!, literalLengths[endOfBlock]!)
  }

  /** At most 16 bits, lowest first. */
  #put(value: number, bits: number): void {
    this.#hold |= value << this.#count
    this.#count += bits
    if (this.#count < 16) return
    this.#output[this.#size++] = this.#hold
    this.#output[this.#size++] = this.#hold >> 8
    this.#hold >>>= 16
    this.#count -= 16
  }

  #flush(): void {
    for (; this.#count > 0; this.#count -= 8, this.#hold >>>= 8) this.#output[this.#size++] = this.#hold
    this.#count = 0
    this.#hold = 0
  }
}

interface DynamicPlan {
  readonly literals: Uint8Array
  readonly distances: Uint8Array
  /** Value and number of bits, in order. */
  readonly header: readonly (readonly [number, number])[]
  readonly headerBits: number
}

/** The codes of a dynamic block and its header: run lengths of code lengths, themselves coded. */
function planDynamic(literalFrequencies: Uint16Array, distanceFrequencies: Uint16Array): DynamicPlan {
  const literals = codeLengths(literalFrequencies, 15)
  const distances = codeLengths(distanceFrequencies, 15)
  const literalCount = Math.max(257, lastUsed(literals) + 1)
  const distanceCount = Math.max(1, lastUsed(distances) + 1)
  const all = new Uint8Array(literalCount + distanceCount)
  all.set(literals.subarray(0, literalCount))
  all.set(distances.subarray(0, distanceCount), literalCount)
  const runs = runLengths(all)
  const frequencies = new Uint16Array(19)
  for (const [symbol] of runs) frequencies[symbol]!++
  const lengths = codeLengths(frequencies, 7)
  const codes = reversedCodes(lengths)
  let orderCount = 19
  while (orderCount > 4 && lengths[codeLengthOrder[orderCount - 1]!] === 0) orderCount--
  const header: [number, number][] = [[literalCount - 257, 5], [distanceCount - 1, 5], [orderCount - 4, 4]]
  for (let index = 0; index < orderCount; index++) header.push([lengths[codeLengthOrder[index]!]!, 3])
  for (const [symbol, extra, extraBits] of runs) {
    header.push([codes[symbol]!, lengths[symbol]!])
    if (extraBits > 0) header.push([extra, extraBits])
  }
  return { literals, distances, header, headerBits: header.reduce((sum, [, bits]) => sum + bits, 3) }
}

/** Symbol, value of its extra bits, number of extra bits. */
function runLengths(lengths: Uint8Array): [number, number, number][] {
  const runs: [number, number, number][] = []
  for (let index = 0; index < lengths.length;) {
    const value = lengths[index]!
    let end = index + 1
    while (end < lengths.length && lengths[end] === value) end++
    let run = end - index
    index = end
    if (value !== 0) {
      runs.push([value, 0, 0])
      run--
    }
    while (run >= 3) {
      const most = value !== 0 ? 6 : 138
      const part = Math.min(run, most)
      runs.push(value !== 0 ? [16, part - 3, 2] : part > 10 ? [18, part - 11, 7] : [17, part - 3, 3])
      run -= part
    }
    for (; run > 0; run--) runs.push([value, 0, 0])
  }
  return runs
}

function lastUsed(lengths: Uint8Array): number {
  return lengths.findLastIndex((length) => length > 0)
}

function codedBits(frequencies: Uint16Array, lengths: Uint8Array): number {
  let bits = 0
  for (let symbol = 0; symbol < frequencies.length; symbol++) bits += frequencies[symbol]! * lengths[symbol]!
  return bits
}

/** Deflate sends codes from the highest bit and everything else from the lowest. */
function reversedCodes(lengths: Uint8Array): Uint16Array {
  return canonicalCodes(lengths).map((code, symbol) => {
    let reversed = 0
    for (let bit = lengths[symbol]!; bit > 0; bit--, code >>= 1) reversed = reversed << 1 | code & 1
    return reversed
  })
}
