// Tables of canonical codes that are read highest bit first (LZX): one look-up for codes of up to `rootBits`, two for
// longer ones. An entry: bits 0-4 the bits to consume in all, bit 5 set for a second table, bits 6-9 its index bits,
// bits 16 and up the symbol or the place of the second table. 0 is a code that is not in use.
import { counts, places, sorted } from './memory'

export const secondTable: u32 = 1 << 5

export const complete = 0
export const empty = 1
export const incomplete = 2
export const oversubscribed = 3

/** @param main entries are those of the main tree; see {@link mainEntry}. */
export function buildTable(lengths: usize, symbolCount: u32, table: usize, rootBits: u32, main: bool): i32 {
  memory.fill(counts, 0, 128)
  for (let symbol: u32 = 0; symbol < symbolCount; symbol++) {
    const at = counts + (<usize>load<u8>(lengths + symbol) << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
  if (load<u32>(counts) == symbolCount) {
    memory.fill(table, 0, 4 << rootBits)
    return empty
  }
  let space: i32 = 1 << 16
  let place: u32 = 0
  for (let length: u32 = 1; length <= 16; length++) {
    const count = load<u32>(counts + (length << 2))
    space -= count << (16 - length)
    store<u32>(places + (length << 2), place)
    place += count
  }
  if (space != 0) return space < 0 ? oversubscribed : incomplete
  for (let symbol: u32 = 0; symbol < symbolCount; symbol++) {
    const length: usize = load<u8>(lengths + symbol)
    if (length == 0) continue
    const at = places + (length << 2)
    const index = load<u32>(at)
    store<u32>(at, index + 1)
    store<u16>(sorted + (index << 1), <u16>symbol)
  }
  fill(lengths, place, table, rootBits, main)
  return complete
}

function fill(lengths: usize, total: u32, table: usize, rootBits: u32, main: bool): void {
  let index: u32 = 0
  let at: u32 = 0
  for (; index < total; index++) {
    const symbol: u32 = load<u16>(sorted + (index << 1))
    const length: u32 = load<u8>(lengths + symbol)
    if (length > rootBits) break
    const end = at + (1 << (rootBits - length))
    const entry = (main ? mainEntry(symbol) : symbol << 16) | length
    if (end - at == 1) store<u32>(table + (at++ << 2), entry)
    else {
      // Two at once: their number is a power of two.
      const pair = <u64>entry | <u64>entry << 32
      for (; at < end; at += 2) store<u64>(table + (at << 2), pair)
    }
  }
  let free: u32 = 1 << rootBits
  while (index < total) {
    // The codes below one root entry: take them until its space is full; the last is the longest.
    const from = index
    let last: u32 = 0
    for (let space: i32 = 1 << (16 - rootBits); space > 0; index++) {
      last = load<u8>(lengths + load<u16>(sorted + (index << 1)))
      space -= 1 << (16 - last)
    }
    const bits = last - rootBits
    store<u32>(table + (at << 2), free << 16 | bits << 6 | secondTable | rootBits)
    at++
    for (let member = from; member < index; member++) {
      const symbol: u32 = load<u16>(sorted + (member << 1))
      const length: u32 = load<u8>(lengths + symbol)
      const end = free + (1 << (bits + rootBits - length))
      const entry = (main ? mainEntry(symbol) : symbol << 16) | length
      for (; free < end; free++) store<u32>(table + (free << 2), entry)
    }
  }
}

export const literal: u32 = 1 << 31

/** A literal has the highest bit set; a match has its length (9: the length tree is asked) and above its position slot. */
// @ts-ignore: decorator
@inline
function mainEntry(symbol: u32): u32 {
  return symbol < 256 ? literal | symbol << 16 : (symbol & 7) + 2 << 16 | (symbol - 256 >> 3) << 20
}
