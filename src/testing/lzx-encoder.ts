// A small LZX compressor for tests: nothing but makecab writes LZX cabinets, and tests must not depend on it.
// Every kind of block, blocks across frames, the three recent offsets, E8 translation. Greedy, one candidate for a match.

export interface LzxBlockPlan {
  readonly kind: 'verbatim' | 'aligned' | 'uncompressed'
  /** Bytes the block stands for; the last one of the plan is repeated. */
  readonly bytes: number
}

export interface LzxOptions {
  readonly windowBits?: 15 | 16 | 17 | 18 | 19 | 20 | 21
  readonly blocks?: readonly LzxBlockPlan[]
  /** Turns on E8 translation with this file size. */
  readonly translationBytes?: number
}

export interface LzxFrame {
  readonly data: Uint8Array
  readonly uncompressedBytes: number
}

const frameBytes = 32768
const slotCounts = [30, 32, 34, 36, 38, 42, 50]
const extraBits = Array.from({ length: 50 }, (_, slot) => slot < 4 ? 0 : Math.min(17, (slot >> 1) - 1))
const bases = extraBits.map((_, slot) => extraBits.slice(0, slot).reduce((sum, bits) => sum + 2 ** bits, 0))

interface Token {
  readonly main: number
  /** Symbol of the length tree, or -1. */
  readonly length: number
  /** Formatted offset less the base of its slot. */
  readonly footer: number
  readonly slot: number
}

export function encodeLzx(plain: Uint8Array, options: LzxOptions = {}): LzxFrame[] {
  return new LzxEncoder(plain, options).run()
}

class LzxEncoder {
  readonly #plain: Uint8Array
  readonly #options: LzxOptions
  readonly #slots: number
  readonly #frames: LzxFrame[] = []
  readonly #heads = new Int32Array(1 << 16).fill(-1)
  readonly #recent = [1, 1, 1]
  readonly #mainLengths: Uint8Array
  readonly #lengthLengths = new Uint8Array(249)
  #bits = new BitWriter()
  #position = 0

  constructor(plain: Uint8Array, options: LzxOptions) {
    this.#options = options
    this.#plain = options.translationBytes === undefined ? plain : translate(plain, options.translationBytes)
    this.#slots = slotCounts[(options.windowBits ?? 15) - 15]!
    this.#mainLengths = new Uint8Array(256 + 8 * this.#slots)
  }

  run(): LzxFrame[] {
    const plans = this.#options.blocks ?? [{ kind: 'verbatim', bytes: frameBytes * 2 }]
    const size = this.#options.translationBytes
    this.#bits.put(size === undefined ? 0 : 1, 1)
    if (size !== undefined) {
      this.#bits.put(size >>> 16, 16)
      this.#bits.put(size & 0xffff, 16)
    }
    for (let index = 0; this.#position < this.#plain.length; index++) {
      const plan = plans[Math.min(index, plans.length - 1)]!
      const end = Math.min(this.#plain.length, this.#position + plan.bytes)
      this.#bits.put({ verbatim: 1, aligned: 2, uncompressed: 3 }[plan.kind], 3)
      this.#bits.put((end - this.#position) >> 8, 16)
      this.#bits.put((end - this.#position) & 255, 8)
      if (plan.kind === 'uncompressed') this.#uncompressed(end)
      else this.#compressed(end, plan.kind === 'aligned')
    }
    return this.#frames
  }

  /** Ends the frame when it is full or the data are. */
  #endFrame(): void {
    if (this.#position % frameBytes !== 0 && this.#position !== this.#plain.length) return
    const uncompressedBytes = (this.#position - 1) % frameBytes + 1
    this.#frames.push({ data: this.#bits.finish(), uncompressedBytes })
    this.#bits = new BitWriter()
  }

  #uncompressed(end: number): void {
    const odd = (end - this.#position) % 2 === 1
    this.#bits.align()
    for (const offset of this.#recent) this.#bits.bytes(Uint8Array.of(offset, offset >> 8, offset >> 16, offset >> 24))
    while (this.#position < end) {
      const stop = Math.min(end, (Math.floor(this.#position / frameBytes) + 1) * frameBytes)
      this.#bits.bytes(this.#plain.subarray(this.#position, stop))
      this.#position = stop
      if (stop === end && odd) this.#bits.bytes(new Uint8Array(1))
      this.#endFrame()
    }
  }

  #compressed(end: number, aligned: boolean): void {
    const tokens: (readonly Token[])[] = []
    for (let from = this.#position; from < end;) {
      const stop = Math.min(end, (Math.floor(from / frameBytes) + 1) * frameBytes)
      tokens.push(this.#tokenize(from, stop))
      from = stop
    }
    const all = tokens.flat()
    const alignedLengths = huffmanLengths(count(8, all.filter((one) => extraBits[one.slot]! >= 3).map((one) => one.footer & 7)), 7)
    if (aligned) for (const length of alignedLengths) this.#bits.put(length, 3)
    const main = huffmanLengths(count(this.#mainLengths.length, all.map((one) => one.main)), 16)
    const lengths = huffmanLengths(count(249, all.filter((one) => one.length >= 0).map((one) => one.length)), 16)
    this.#lengths(this.#mainLengths, main, 0, 256)
    this.#lengths(this.#mainLengths, main, 256, main.length)
    this.#lengths(this.#lengthLengths, lengths, 0, 249)
    const codes = { main: codesOf(main), length: codesOf(lengths), aligned: codesOf(alignedLengths) }
    for (const frame of tokens) {
      for (const token of frame) {
        this.#bits.put(codes.main[token.main]!, main[token.main]!)
        if (token.length >= 0) this.#bits.put(codes.length[token.length]!, lengths[token.length]!)
        const extra = extraBits[token.slot] ?? 0
        if (token.slot < 3 || extra === 0) continue
        if (aligned && extra >= 3) {
          this.#bits.put(token.footer >> 3, extra - 3)
          this.#bits.put(codes.aligned[token.footer & 7]!, alignedLengths[token.footer & 7]!)
        } else this.#bits.put(token.footer, extra)
      }
      this.#position = Math.min(end, (Math.floor(this.#position / frameBytes) + 1) * frameBytes)
      this.#endFrame()
    }
  }

  #tokenize(from: number, end: number): Token[] {
    const plain = this.#plain
    const window = 1 << (this.#options.windowBits ?? 15)
    const tokens: Token[] = []
    for (let at = from; at < end;) {
      let length = 0
      let distance = 0
      if (at + 2 < end) {
        const hash = Math.imul(plain[at]! | plain[at + 1]! << 8 | plain[at + 2]! << 16, 0x9e3779b1) >>> 16
        const candidates = [...this.#recent, at - this.#heads[hash]!]
        this.#heads[hash] = at
        for (const one of candidates) {
          if (one > at || one > window - 3) continue
          let agreed = 0
          while (agreed < 257 && at + agreed < end && plain[at + agreed] === plain[at + agreed - one]) agreed++
          if (agreed > length) [length, distance] = [agreed, one]
        }
      }
      if (length < 2 || (length < 3 && !this.#recent.includes(distance))) {
        tokens.push({ main: plain[at]!, length: -1, footer: 0, slot: -1 })
        at++
      } else {
        tokens.push(this.#match(length, distance))
        at += length
      }
    }
    return tokens
  }

  #match(length: number, distance: number): Token {
    const [r0, r1, r2] = this.#recent as [number, number, number]
    let slot = [r0, r1, r2].indexOf(distance)
    let footer = 0
    if (slot === 0) this.#recent.splice(0, 3, r0, r1, r2)
    else if (slot === 1) this.#recent.splice(0, 3, r1, r0, r2)
    else if (slot === 2) this.#recent.splice(0, 3, r2, r1, r0)
    else {
      this.#recent.splice(0, 3, distance, r0, r1)
      slot = 3
      while (slot + 1 < this.#slots && bases[slot + 1]! <= distance + 2) slot++
      footer = distance + 2 - bases[slot]!
    }
    return { main: 256 + slot * 8 + Math.min(7, length - 2), length: length > 8 ? length - 9 : -1, footer, slot }
  }

  /** Sends lengths as differences to those of the block before. */
  #lengths(before: Uint8Array, now: Uint8Array, from: number, to: number): void {
    const codes: [number, number, number][] = []
    for (let index = from; index < to;) {
      let run = 1
      while (index + run < to && now[index + run] === now[index]) run++
      const delta = (before[index]! + 17 - now[index]!) % 17
      if (now[index] === 0 && run >= 20) codes.push([18, run = Math.min(run, 51), 5], [-1, run - 20, 5])
      else if (now[index] === 0 && run >= 4) codes.push([17, run = Math.min(run, 19), 4], [-1, run - 4, 4])
      else if (run >= 4) codes.push([19, run = Math.min(run, 5), 1], [-1, run - 4, 1], [delta, 0, 0])
      else codes.push([delta, run = 1, 0])
      index += run
    }
    const lengths = huffmanLengths(count(20, codes.filter(([symbol]) => symbol >= 0).map(([symbol]) => symbol)), 15)
    const table = codesOf(lengths)
    for (const length of lengths) this.#bits.put(length, 4)
    for (const [symbol, value, bits] of codes) {
      if (symbol < 0) this.#bits.put(value, bits)
      else this.#bits.put(table[symbol]!, lengths[symbol]!)
    }
    before.set(now.subarray(from, to), from)
  }
}

/** 16-bit little-endian words, highest bit first. */
class BitWriter {
  #output = new Uint8Array(1 << 17)
  #size = 0
  #hold = 0
  #count = 0

  put(value: number, bits: number): void {
    for (let bit = bits - 1; bit >= 0; bit--) {
      this.#hold = this.#hold << 1 | (value >>> bit) & 1
      if (++this.#count === 16) this.#word()
    }
  }

  #word(): void {
    this.#output[this.#size++] = this.#hold
    this.#output[this.#size++] = this.#hold >> 8
    this.#hold = 0
    this.#count = 0
  }

  /** 1 to 16 bits. */
  align(): void {
    this.#hold <<= 16 - this.#count
    this.#word()
  }

  bytes(bytes: Uint8Array): void {
    this.#output.set(bytes, this.#size)
    this.#size += bytes.length
  }

  finish(): Uint8Array {
    if (this.#count > 0) this.align()
    return this.#output.slice(0, this.#size)
  }
}

function count(symbols: number, values: readonly number[]): Uint32Array {
  const counts = new Uint32Array(symbols)
  for (const value of values) counts[value]!++
  return counts
}

/** A complete code unless no symbol occurs at all. */
function huffmanLengths(counts: Uint32Array, maximum: number): Uint8Array {
  const lengths = new Uint8Array(counts.length)
  let nodes = [...counts.keys()].filter((symbol) => counts[symbol]! > 0).map((symbol) => ({ weight: counts[symbol]!, symbols: [symbol] }))
  if (nodes.length === 0) return lengths
  if (nodes.length === 1) nodes.push({ weight: 0, symbols: [nodes[0]!.symbols[0] === 0 ? 1 : 0] })
  nodes.sort((a, b) => a.weight - b.weight)
  const merged: typeof nodes = []
  const take = (): typeof nodes[number] => nodes.length > 0 && (merged.length === 0 || nodes[0]!.weight <= merged[0]!.weight) ? nodes.shift()! : merged.shift()!
  while (nodes.length + merged.length > 1) {
    const [a, b] = [take(), take()]
    const symbols = [...a.symbols, ...b.symbols]
    for (const symbol of symbols) lengths[symbol]!++
    merged.push({ weight: a.weight + b.weight, symbols })
  }
  nodes = []
  return lengths.some((length) => length > maximum) ? huffmanLengths(counts.map((one) => one === 0 ? 0 : (one >> 1) + 1), maximum) : lengths
}

function codesOf(lengths: Uint8Array): number[] {
  const codes: number[] = []
  let code = 0
  for (let length = 1; length <= 16; length++, code <<= 1) {
    for (const [symbol, one] of lengths.entries()) if (one === length) codes[symbol] = code++
  }
  return codes
}

/** Makes the relative targets of CALL instructions absolute. */
function translate(plain: Uint8Array, fileBytes: number): Uint8Array {
  const bytes = new Uint8Array(plain)
  const view = new DataView(bytes.buffer)
  for (let frame = 0; frame < bytes.length; frame += frameBytes) {
    const end = Math.min(bytes.length, frame + frameBytes) - 10
    for (let at = frame; at < end; at++) {
      if (bytes[at] !== 0xe8) continue
      const relative = view.getInt32(at + 1, true)
      const absolute = relative + at
      if (absolute >= 0 && absolute < fileBytes && relative < fileBytes) view.setInt32(at + 1, absolute, true)
      else if (relative > 0 && relative >= fileBytes - at && relative < fileBytes) view.setInt32(at + 1, relative - fileBytes, true)
      at += 4
    }
  }
  return bytes
}
