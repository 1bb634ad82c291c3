// Raw deflate (RFC 1951) for MSZIP: the twin of src/cabinet/codec/mszip/inflate.ts, with a 64-bit bit buffer that is filled without
// a branch. A table entry: bits 0-4 the bits to consume in all, bits 5-8 extra bits (or index bits of the second
// table), bits 9-11 flags, bits 16-30 the literal, base length, base distance or place of the second table; the highest
// bit for a literal.
import { copyMatch } from './copy'
import * as failure from './failure'
import { fail } from './failure'
import { literal } from './huffman'
import { block, counts, deflateLengths, distanceMeanings, firstCodes, lengthTable, literalMeanings, mainTable, places, plainMeanings, preTable, sorted } from './memory'

const literalRootBits: u32 = 11
const distanceRootBits: u32 = 9
const codeLengthRootBits: u32 = 7
const special: u32 = 1 << 9
const endOfBlock: u32 = 1 << 10
const invalid: u32 = 1 << 11

let hold: u64 = 0
let count: u32 = 0
let next: usize = 0
let inputStart: usize = 0
let inputEnd: usize = 0

export function setupInflate(): void {
  for (let symbol: u32 = 0; symbol < 288; symbol++) {
    let meaning: u32
    if (symbol < 256) meaning = literal | symbol << 16
    else if (symbol == 256) meaning = special | endOfBlock
    else if (symbol > 285) meaning = special | invalid
    else {
      const code = symbol - 257
      const extra: u32 = code < 8 || code == 28 ? 0 : (code >> 2) - 1
      const base: u32 = code == 28 ? 258 : code < 8 ? code + 3 : (4 + (code & 3) << extra) + 3
      meaning = base << 16 | extra << 5
    }
    store<u32>(literalMeanings + (symbol << 2), meaning)
  }
  for (let symbol: u32 = 0; symbol < 32; symbol++) {
    const extra: u32 = symbol < 4 ? 0 : (symbol >> 1) - 1
    const base: u32 = (symbol < 4 ? symbol : (2 | symbol & 1) << extra) + 1
    store<u32>(distanceMeanings + (symbol << 2), symbol > 29 ? special | invalid : base << 16 | extra << 5)
    store<u32>(plainMeanings + (symbol << 2), symbol << 16)
  }
}

/** Inflates the block from byte 2 on, to `limit` at most; returns where the output ends, 0 when it failed. */
export function inflateBlock(blockBytes: usize, start: usize, limit: usize, earliest: usize): usize {
  inputStart = block + 2
  inputEnd = block + blockBytes
  memory.fill(inputEnd, 0, 64)
  seek(inputStart)
  let position = start
  let isLast = false
  do {
    refill()
    const header = take(3)
    isLast = (header & 1) == 1
    const kind = header >> 1
    if (kind == 0) position = stored(position, limit)
    else if (kind == 1) {
      fixedTables()
      position = codes(position, limit, earliest)
    } else if (kind == 2) {
      if (!dynamicTables()) return 0
      position = codes(position, limit, earliest)
    } else fail(failure.streamType)
    if (failure.failure != 0) return 0
    if (overrun()) {
      fail(failure.streamEnd)
      return 0
    }
  } while (!isLast)
  return position
}

function seek(to: usize): void {
  next = to
  hold = 0
  count = 0
}

// @ts-ignore: decorator
@inline
function consumedBits(): usize {
  return (next - inputStart) * 8 - count
}

function overrun(): bool {
  return consumedBits() > (inputEnd - inputStart) * 8
}

/** Leaves 56 bits or more. Far behind the end nothing is loaded any more. */
function refill(): void {
  if (next > inputEnd + 40) return
  hold |= load<u64>(next) << count
  next += 63 - count >> 3
  count |= 56
}

// @ts-ignore: decorator
@inline
function take(wanted: u32): u32 {
  const value = <u32>hold & (1 << wanted) - 1
  hold >>= wanted
  count -= wanted
  return value
}

function stored(position: usize, limit: usize): usize {
  const at = inputStart + (consumedBits() + 7 >> 3)
  if (at + 4 > inputEnd) {
    fail(failure.storedHeader, <i32>(inputEnd - at))
    return 0
  }
  const length: usize = load<u16>(at)
  const complement: usize = load<u16>(at + 2)
  if ((length ^ complement) != 0xffff) fail(failure.storedComplement, <i32>length, <i32>complement)
  else if (at + 4 + length > inputEnd) fail(failure.storedLength, <i32>length, <i32>(inputEnd - at - 4))
  else if (position + length > limit) fail(failure.tooLong)
  else {
    memory.copy(position, at + 4, length)
    seek(at + 4 + length)
    return position + length
  }
  return 0
}

function fixedTables(): void {
  memory.fill(deflateLengths, 8, 144)
  memory.fill(deflateLengths + 144, 9, 112)
  memory.fill(deflateLengths + 256, 7, 24)
  memory.fill(deflateLengths + 280, 8, 8)
  build(mainTable, literalRootBits, deflateLengths, 288, literalMeanings)
  memory.fill(deflateLengths, 5, 32)
  build(lengthTable, distanceRootBits, deflateLengths, 32, distanceMeanings)
}

/** Symbol of the n-th code length, five bits each: 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, then 12, 3, 13, 2, 14, 1, 15. */
// @ts-ignore: decorator
@inline
function orderOf(index: u32): usize {
  const first: u64 = 16 | 17 << 5 | 18 << 10 | 0 << 15 | 8 << 20 | 7 << 25 | 9 << 30 | 6 << 35 | 10 << 40 | 5 << 45 | 11 << 50 | 4 << 55
  const second: u64 = 12 | 3 << 5 | 13 << 10 | 2 << 15 | 14 << 20 | 1 << 25 | 15 << 30
  return <usize>((index < 12 ? first >> (index * 5) : second >> ((index - 12) * 5)) & 31)
}

function dynamicTables(): bool {
  const literalCount = take(5) + 257
  const distanceCount = take(5) + 1
  const codeLengthCount = take(4) + 4
  if (literalCount > 286 || distanceCount > 30) return fail(failure.codeCounts, <i32>literalCount, <i32>distanceCount)
  memory.fill(deflateLengths, 0, 19)
  for (let index: u32 = 0; index < codeLengthCount; index++) {
    refill()
    store<u8>(deflateLengths + orderOf(index), <u8>take(3))
  }
  if (overrun()) return fail(failure.streamEnd)
  if (!build(preTable, codeLengthRootBits, deflateLengths, 19, plainMeanings)) return fail(failure.codeLengthCodes)
  if (!readLengths(literalCount + distanceCount)) return false
  if (load<u8>(deflateLengths + 256) == 0) return fail(failure.noEndOfBlock)
  if (!build(lengthTable, distanceRootBits, deflateLengths + literalCount, distanceCount, distanceMeanings)) return fail(failure.distanceCodes)
  if (!build(mainTable, literalRootBits, deflateLengths, literalCount, literalMeanings)) return fail(failure.literalCodes)
  return true
}

function readLengths(total: usize): bool {
  for (let index: usize = 0; index < total;) {
    if (overrun()) return fail(failure.streamEnd)
    refill()
    const entry = load<u32>(preTable + ((<u32>hold & 127) << 2))
    if (entry & special) return fail(failure.unusedCodeLength)
    take(entry & 31)
    const symbol = entry >> 16
    if (symbol < 16) {
      store<u8>(deflateLengths + index++, <u8>symbol)
      continue
    }
    if (symbol == 16 && index == 0) return fail(failure.nothingToRepeat)
    const value: u8 = symbol == 16 ? load<u8>(deflateLengths + index - 1) : 0
    const repeat: usize = symbol == 16 ? 3 + take(2) : symbol == 17 ? 3 + take(3) : 11 + take(7)
    if (index + repeat > total) return fail(failure.tooManyLengths, <i32>(index + repeat), <i32>total)
    memory.fill(deflateLengths + index, value, repeat)
    index += repeat
  }
  return true
}

/** Incomplete codes are allowed, unused ones are errors when met; false when the lengths form no code. */
function build(table: usize, rootBits: u32, lengths: usize, symbolCount: u32, meanings: usize): bool {
  memory.fill(counts, 0, 64)
  for (let symbol: u32 = 0; symbol < symbolCount; symbol++) {
    const at = counts + (<usize>load<u8>(lengths + symbol) << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
  let code: u32 = 0
  let place: u32 = 0
  for (let length: u32 = 1; length <= 15; length++) {
    store<u32>(firstCodes + (length << 2), code)
    store<u32>(places + (length << 2), place)
    const count = load<u32>(counts + (length << 2))
    place += count
    code = code + count << 1
    if (code > <u32>(1 << length + 1)) return false
  }
  for (let symbol: u32 = 0; symbol < symbolCount; symbol++) {
    const length: usize = load<u8>(lengths + symbol)
    if (length == 0) continue
    const at = places + (length << 2)
    const index = load<u32>(at)
    store<u32>(at, index + 1)
    store<u16>(sorted + (index << 1), <u16>symbol)
  }
  const rootSize: u32 = 1 << rootBits
  // Codes that fill the code space overwrite every entry; only an incomplete one leaves some of them.
  if (code != 1 << 16) for (let index: u32 = 0; index < tableEntries; index++) store<u32>(table + (index << 2), special | invalid | 1)
  else memory.fill(table, 0, rootSize << 2)
  let free = rootSize
  for (let index: u32 = 0; index < place; index++) {
    const symbol: usize = load<u16>(sorted + (index << 1))
    const length: u32 = load<u8>(lengths + symbol)
    const next = firstCodes + (length << 2)
    const reversed = reverse(load<u32>(next), length)
    store<u32>(next, load<u32>(next) + 1)
    const entry = load<u32>(meanings + (symbol << 2)) | length
    if (length <= rootBits) for (let at = reversed; at < rootSize; at += 1 << length) store<u32>(table + (at << 2), entry)
    else free = addLong(table, rootBits, free, reversed, length, entry)
    const left = counts + (length << 2)
    store<u32>(left, load<u32>(left) - 1)
  }
  return true
}

/** What an incomplete code may touch: the second tables are smaller than the root. */
const tableEntries: u32 = 3072

/** Adds a code longer than the root; returns the place of the next second table. */
function addLong(table: usize, rootBits: u32, free: u32, reversed: u32, length: u32, entry: u32): u32 {
  const at = table + ((reversed & (1 << rootBits) - 1) << 2)
  let pointer = load<u32>(at)
  if ((pointer & (special | invalid | endOfBlock)) != special || pointer & literal) {
    // Canonical codes come shortest first: those that are still to be placed tell how deep the table of this root must be.
    let bits = length - rootBits
    for (let space: i32 = (1 << bits) - load<u32>(counts + (length << 2)); space > 0 && rootBits + bits < 15;) {
      bits++
      space = (space << 1) - load<u32>(counts + (rootBits + bits << 2))
    }
    pointer = free << 16 | special | bits << 5 | rootBits
    store<u32>(at, pointer)
    free += 1 << bits
  }
  const base = pointer >> 16
  const size: u32 = 1 << (pointer >> 5 & 15)
  for (let index = reversed >> rootBits; index < size; index += 1 << length - rootBits) store<u32>(table + (base + index << 2), entry)
  return free
}

/** At most 15 bits. */
function reverse(code: u32, length: u32): u32 {
  code = (code & 0x5555) << 1 | code >> 1 & 0x5555
  code = (code & 0x3333) << 2 | code >> 2 & 0x3333
  code = (code & 0x0f0f) << 4 | code >> 4 & 0x0f0f
  return ((code & 0xff) << 8 | code >> 8) >> (16 - length)
}

/** Literals and matches until the end of the deflate block; returns where the output ends. */
function codes(position: usize, limit: usize, earliest: usize): usize {
  let bits = hold
  let left = count
  let from = next
  const lastLoad = inputEnd + 32
  while (from <= lastLoad) {
    bits |= load<u64>(from) << left
    from += 63 - left >> 3
    left |= 56
    let entry = load<u32>((<u32>bits & (1 << literalRootBits) - 1) << 2, mainTable)
    if (entry & literal) {
      if (position >= limit) break
      bits >>= entry & 31
      left -= entry & 31
      store<u8>(position++, entry >> 16)
      entry = load<u32>((<u32>bits & (1 << literalRootBits) - 1) << 2, mainTable)
      if (entry & literal) {
        if (position >= limit) break
        bits >>= entry & 31
        left -= entry & 31
        store<u8>(position++, entry >> 16)
        entry = load<u32>((<u32>bits & (1 << literalRootBits) - 1) << 2, mainTable)
        if (entry & literal) {
          if (position >= limit) break
          bits >>= entry & 31
          left -= entry & 31
          store<u8>(position++, entry >> 16)
          continue
        }
      }
      // A match needs 48 bits: 15 and 5 for its length, 15 and 13 for its distance.
      bits |= load<u64>(from) << left
      from += 63 - left >> 3
      left |= 56
    }
    if (entry & special) {
      if (!(entry & (endOfBlock | invalid))) {
        entry = load<u32>((entry >> 16) + (<u32>bits >> literalRootBits & (1 << (entry >> 5 & 15)) - 1) << 2, mainTable)
        if (entry & literal) {
          if (position >= limit) break
          bits >>= entry & 31
          left -= entry & 31
          store<u8>(position++, entry >> 16)
          continue
        }
      }
      if (entry & special) {
        if (entry & invalid) fail(failure.unusedLiteral)
        hold = bits >> (entry & 31)
        count = left - (entry & 31)
        next = from
        return position
      }
    }
    bits >>= entry & 31
    left -= entry & 31
    let extra = entry >> 5 & 15
    const length: usize = (entry >> 16) + (<u32>bits & (1 << extra) - 1)
    bits >>= extra
    left -= extra
    entry = load<u32>((<u32>bits & (1 << distanceRootBits) - 1) << 2, lengthTable)
    if (entry & special) {
      if (!(entry & invalid)) entry = load<u32>((entry >> 16) + (<u32>bits >> distanceRootBits & (1 << (entry >> 5 & 15)) - 1) << 2, lengthTable)
      if (entry & special) {
        fail(failure.unusedDistance)
        return 0
      }
    }
    bits >>= entry & 31
    extra = entry >> 5 & 15
    left -= (entry & 31) + extra
    const distance: usize = (entry >> 16) + (<u32>bits & (1 << extra) - 1)
    bits >>= extra
    if (distance > position - earliest) {
      fail(failure.distanceTooFar, <i32>distance, <i32>(position - earliest))
      return 0
    }
    if (position + length > limit) break
    copyMatch(position, distance, length)
    position += length
  }
  fail(from <= lastLoad ? failure.tooLong : failure.streamEnd)
  return 0
}
