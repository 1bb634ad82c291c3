// LZX: the twin of src/cabinet/codec/lzx/lzx-decoder.ts, which explains the format. What is different here: the words of a block
// are put in reverse order, so that one 64-bit load anywhere gives the next bits, the first of them highest; the bit
// buffer is then filled once for several symbols, without a branch.
import { copyMatch } from './copy'
import * as failure from './failure'
import { fail } from './failure'
import { buildTable, complete, empty, literal, oversubscribed, secondTable } from './huffman'
import { alignedLengths, alignedTable, block, lengthLengths, lengthTable, mainLengths, mainTable, preLengths, preTable, reversedBlock, slots } from './memory'

const mainRootBits: u32 = 12
const lengthRootBits: u32 = 10
const alignedRootBits: u32 = 7
const preRootBits: u32 = 8

const verbatim = 1
const aligned = 2
const uncompressed = 3

let hold: u64 = 0
let count: u32 = 0
/** Where the next eight bytes of bits are loaded from; it moves down. */
let next: usize = 0
/** What `next` is when nothing is consumed. */
let top: usize = 0
/** Where the words begin: after uncompressed bytes that may be an odd byte of the block. */
let base: usize = 0
let blockEnd: usize = 0
let wordBytes: usize = 0

let mainSymbols: u32 = 0
let windowBytes: usize = 0
let r0: u32 = 1
let r1: u32 = 1
let r2: u32 = 1
let frame: u32 = 0
export let translationBytes: i32 = 0
let kind: i32 = 0
let lzxBlockBytes: usize = 0
let remaining: usize = 0
let paddingDue = false

export function setupLzx(windowBits: u32): void {
  windowBytes = 1 << windowBits
  const slotCount: u32 = windowBits == 21 ? 50 : windowBits == 20 ? 42 : windowBits * 2
  mainSymbols = 256 + 8 * slotCount
  memory.fill(mainLengths, 0, 0x400)
  let first: i32 = -2
  for (let slot: u32 = 0; slot < 50; slot++) {
    const extra: u32 = slot < 4 ? 0 : min<u32>(17, (slot >> 1) - 1)
    store<u32>(slots + slot * 8, extra)
    store<i32>(slots + slot * 8 + 4, first)
    first += 1 << extra
  }
  r0 = r1 = r2 = 1
  frame = 0
  translationBytes = 0
  kind = 0
  lzxBlockBytes = 0
  remaining = 0
  paddingDue = false
}

/** Decodes a frame to `start`; matches reach back to `earliest`. */
export function decodeLzx(blockBytes: usize, start: usize, size: usize, earliest: usize): bool {
  begin(blockBytes)
  if (frame == 0 && bits(1) == 1) translationBytes = bits(16) << 16 | bits(16)
  frame++
  let position = start
  for (const end = start + size; position < end;) {
    if (remaining == 0 && !beginBlock()) return false
    const runEnd = min<usize>(end, position + remaining)
    if (kind == uncompressed) {
      if (!copyBytes(position, runEnd - position)) return false
    } else if (!(kind == aligned ? symbols<bool>(position, runEnd, earliest) : symbols<i32>(position, runEnd, earliest))) return false
    remaining -= runEnd - position
    position = runEnd
    if (remaining == 0 && kind == uncompressed && lzxBlockBytes & 1) endBytes()
    if (overrun()) return fail(failure.endOfBlock)
  }
  return true
}

function begin(blockBytes: usize): void {
  blockEnd = block + blockBytes
  memory.fill(blockEnd, 0, 16)
  rebase(paddingDue ? block + min<usize>(1, blockBytes) : block)
  paddingDue = false
}

/** Puts the words that begin at `start` in reverse order. */
function rebase(start: usize): void {
  base = start
  const size = blockEnd - base
  wordBytes = size + 1 & ~1
  const bottom = reversedBlock + 64
  memory.fill(reversedBlock, 0, 64)
  // Eight bytes at a time, the end first: the last may reach into the zeros behind the block.
  const whole = wordBytes + 7 & ~7
  let to = bottom + whole
  for (let from = base; to > bottom; from += 8) {
    to -= 8
    const words = rotl<u64>(load<u64>(from), 32)
    store<u64>(to, (words & 0x0000ffff0000ffff) << 16 | words >> 16 & 0x0000ffff0000ffff)
  }
  top = bottom + whole - 8
  next = top
  hold = 0
  count = 0
}

// @ts-ignore: decorator
@inline
function consumedBits(): usize {
  return (top - next) * 8 - count
}

function overrun(): bool {
  return <isize>consumedBits() > <isize>(wordBytes * 8)
}

// @ts-ignore: decorator
@inline
function refill(): void {
  hold |= load<u64>(next) >> count
  next -= 63 - count >> 3
  count |= 56
}

/** At most 16 bits. Past the end there are zeros; whoever asks many times checks `overrun`. */
function bits(wanted: u32): u32 {
  if (next < reversedBlock + 16) return 0
  refill()
  const value = <u32>(hold >> (64 - wanted))
  hold <<= wanted
  count -= wanted
  return value
}

function beginBlock(): bool {
  if (overrun()) return fail(failure.blockHeaderEnd)
  kind = bits(3)
  lzxBlockBytes = bits(16) << 8 | bits(8)
  remaining = lzxBlockBytes
  if (overrun()) return fail(failure.endOfBlock)
  if (kind == verbatim) return readTrees()
  if (kind == aligned) {
    for (let index: usize = 0; index < 8; index++) store<u8>(alignedLengths + index, <u8>bits(3))
    if (overrun()) return fail(failure.endOfBlock)
    const built = buildTable(alignedLengths, 8, alignedTable, alignedRootBits, false)
    if (built != complete) return fail(built == empty ? failure.alignedEmpty : built == oversubscribed ? failure.alignedOversubscribed : failure.alignedIncomplete)
    return readTrees()
  }
  if (kind == uncompressed) return beginBytes()
  return fail(failure.blockType, kind)
}

function readTrees(): bool {
  if (!readLengths(mainLengths, 0, 256) || !readLengths(mainLengths, 256, mainSymbols)) return false
  const main = buildTable(mainLengths, mainSymbols, mainTable, mainRootBits, true)
  if (main != complete) return fail(main == empty ? failure.mainEmpty : main == oversubscribed ? failure.mainOversubscribed : failure.mainIncomplete)
  if (!readLengths(lengthLengths, 0, 249)) return false
  const built = buildTable(lengthLengths, 249, lengthTable, lengthRootBits, false)
  if (built == complete || built == empty) return true
  return fail(built == oversubscribed ? failure.lengthOversubscribed : failure.lengthIncomplete)
}

function readLengths(lengths: usize, from: u32, to: u32): bool {
  for (let index: u32 = 0; index < 20; index++) store<u8>(preLengths + index, <u8>bits(4))
  if (overrun()) return fail(failure.endOfBlock)
  const built = buildTable(preLengths, 20, preTable, preRootBits, false)
  if (built != complete) return fail(built == empty ? failure.preEmpty : built == oversubscribed ? failure.preOversubscribed : failure.preIncomplete)
  for (let index = from; index < to;) {
    if (overrun()) return fail(failure.endOfBlock)
    const symbol = preSymbol()
    if (symbol < 17) {
      store<u8>(lengths + index, <u8>((load<u8>(lengths + index) + 17 - symbol) % 17))
      index++
      continue
    }
    const repeat = symbol == 17 ? 4 + bits(4) : symbol == 18 ? 20 + bits(5) : 4 + bits(1)
    let value: u32 = 0
    if (symbol == 19) {
      if (overrun()) return fail(failure.endOfBlock)
      const delta = preSymbol()
      if (delta > 16) return fail(failure.preRepeat, delta)
      value = (load<u8>(lengths + index) + 17 - delta) % 17
    }
    const end = min<u32>(index + repeat, to)
    memory.fill(lengths + index, <u8>value, end - index)
    index = end
  }
  return true
}

function preSymbol(): u32 {
  if (next < reversedBlock + 16) return 0
  refill()
  let entry = load<u32>(<usize>(hold >> (64 - preRootBits)) << 2, preTable)
  if (entry & secondTable) entry = load<u32>((entry >> 16) + <u32>(hold << preRootBits >> (64 - (entry >> 6 & 15))) << 2, preTable)
  hold <<= entry & 31
  count -= entry & 31
  return entry >> 16
}

function beginBytes(): bool {
  // 1 to 16 bits of padding.
  const from = (consumedBits() >> 4) * 2 + 2
  if (!seek(from, 12)) return false
  r0 = load<u32>(base + from)
  r1 = load<u32>(base + from + 4)
  r2 = load<u32>(base + from + 8)
  return true
}

/** Goes on behind `length` bytes at `from`, when the block has them. */
function seek(from: usize, length: usize): bool {
  const available = <isize>(blockEnd - base) - <isize>from
  if (<isize>length > available) return fail(failure.uncompressedData, <i32>max<isize>(0, available), <i32>length)
  if (from + length & 1) rebase(base + from + length)
  else {
    next = top - from - length
    hold = 0
    count = 0
  }
  return true
}

function copyBytes(to: usize, length: usize): bool {
  const from = consumedBits() >> 3
  const start = base + from
  if (!seek(from, length)) return false
  memory.copy(to, start, length)
  return true
}

/** The byte that pads an odd uncompressed block may stand in the next data block. */
function endBytes(): void {
  const from = consumedBits() >> 3
  if (base + from >= blockEnd) paddingDue = true
  else seek(from, 1)
}

/** What is read past the end makes no sense: the end is what is wrong then. */
function failAt(bits: u64, left: u32, from: usize, code: i32, what: i32 = 0, most: i32 = 0): bool {
  hold = bits
  count = left
  next = from
  return overrun() ? fail(failure.endOfBlock) : fail(code, what, most)
}

/** Literals and matches from `position` to exactly `end`. Compiled twice: `bool` for blocks with aligned offsets. */
function symbols<T>(position: usize, end: usize, earliest: usize): bool {
  const isAligned = isBoolean<T>()
  let bits = hold
  let left = count
  let from = next
  const lowest = reversedBlock + 16
  while (position < end) {
    if (from < lowest) return fail(failure.endOfBlock)
    bits |= load<u64>(from) >> left
    from -= 63 - left >> 3
    left |= 56
    let entry = load<u32>(<usize>(bits >> (64 - mainRootBits)) << 2, mainTable)
    if (entry & secondTable) entry = load<u32>((entry >> 16) + <u32>(bits << mainRootBits >> (64 - (entry >> 6 & 15))) << 2, mainTable)
    bits <<= entry & 31
    left -= entry & 31
    if (entry & literal) {
      store<u8>(position++, entry >> 16)
      // 40 bits are left: enough for two more literals.
      entry = load<u32>(<usize>(bits >> (64 - mainRootBits)) << 2, mainTable)
      if (entry & secondTable) entry = load<u32>((entry >> 16) + <u32>(bits << mainRootBits >> (64 - (entry >> 6 & 15))) << 2, mainTable)
      if (position >= end) break
      bits <<= entry & 31
      left -= entry & 31
      if (entry & literal) {
        store<u8>(position++, entry >> 16)
        entry = load<u32>(<usize>(bits >> (64 - mainRootBits)) << 2, mainTable)
        if (!(entry & literal) || position >= end) continue
        bits <<= entry & 31
        left -= entry & 31
        store<u8>(position++, entry >> 16)
        continue
      }
      bits |= load<u64>(from) >> left
      from -= 63 - left >> 3
      left |= 56
    }
    // At least 40 bits are left: 16 for the length, 17 for the offset and 7 for its lowest bits.
    let length: usize = entry >> 16 & 15
    if (length == 9) {
      let longer = load<u32>(<usize>(bits >> (64 - lengthRootBits)) << 2, lengthTable)
      if (longer & secondTable) longer = load<u32>((longer >> 16) + <u32>(bits << lengthRootBits >> (64 - (longer >> 6 & 15))) << 2, lengthTable)
      if (longer == 0) return failAt(bits, left, from, failure.lengthEmpty)
      bits <<= longer & 31
      left -= longer & 31
      length += longer >> 16
    }
    const slot = entry >> 20 & 63
    let distance: u32
    if (slot > 2) {
      const info = load<u64>(slot << 3, slots)
      let extra = <u32>info
      distance = <u32>(info >> 32)
      if (isAligned && extra >= 3) {
        extra -= 3
        // Two shifts, because a shift by 64 is none.
        distance += <u32>(bits >> 1 >> (63 - extra)) << 3
        bits <<= extra
        const low = load<u32>(<usize>(bits >> (64 - alignedRootBits)) << 2, alignedTable)
        bits <<= low & 31
        left -= extra + (low & 31)
        distance += low >> 16
      } else {
        distance += <u32>(bits >> 1 >> (63 - extra))
        bits <<= extra
        left -= extra
      }
      r2 = r1
      r1 = r0
      r0 = distance
    } else if (slot == 0) distance = r0
    else if (slot == 1) {
      distance = r1
      r1 = r0
      r0 = distance
    } else {
      distance = r2
      r2 = r0
      r0 = distance
    }
    if (distance - 1 >= <u32>min<usize>(position - earliest, windowBytes)) return failAt(bits, left, from, failure.matchOffset, distance)
    if (position + length > end) return failAt(bits, left, from, failure.matchLength, <i32>length, <i32>(end - position))
    copyMatch(position, distance, length)
    position += length
  }
  hold = bits
  count = left
  next = from
  return true
}
