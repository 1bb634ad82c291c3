// Rows as lines of fields parted by tabs, ending in CR LF.
import { cell, cellSize, columnBytes, isText } from './column'

const tab: u8 = 0x09
const minus: u8 = 0x2d
const lineEnd: u16 = 0x0a0d
const widestInteger: u64 = 11

/** All bytes of texts that were written through `substitutes`, or-ed. */
export let seen: u32 = 0

/**
 * What the rows take at most. @param count of the string pool's texts
 * @returns -1 when a cell refers to a text beyond them
 */
export function measureRows(columns: usize, columnCount: u32, rows: u32, offsets: usize, count: u32): f64 {
  let size: u64 = <u64>rows * (columnCount + 2)
  for (let number: u32 = 0; number < columnCount; number++) {
    const column = columns + <usize>number * columnBytes
    if (!isText(column)) {
      size += <u64>rows * widestInteger
      continue
    }
    for (let row: u32 = 0; row < rows; row++) {
      const id = cell(column, row)
      if (id == 0) continue
      if (id > count) return -1
      const end = offsets + (<usize>id << 2)
      size += load<u32>(end) - load<u32>(end - 4)
    }
  }
  return <f64>size
}

/**
 * Writes the rows, which must have been measured.
 * @param order row numbers; 0: as they are stored
 * @param substitutes what to write for each byte of a text; 0: the byte itself
 * @returns where the next byte goes
 */
export function writeRows(columns: usize, columnCount: u32, rows: u32, order: usize, offsets: usize, data: usize, substitutes: usize, out: usize): usize {
  seen = 0
  let at = out
  for (let index: u32 = 0; index < rows; index++) {
    const row = order == 0 ? index : load<u32>(order + (<usize>index << 2))
    for (let column = columns, end = columns + <usize>columnCount * columnBytes; column < end; column += columnBytes) {
      const raw = cell(column, row)
      if (raw != 0) {
        if (isText(column)) {
          const where = offsets + (<usize>raw << 2)
          at = writeText(data + load<u32>(where - 4), data + load<u32>(where), substitutes, at)
        } else at = writeInteger(cellSize(column) == 2 ? <i32>raw - 0x8000 : <i32>(raw - 0x80000000), at)
      }
      store<u8>(at++, tab)
    }
    store<u16>(at - 1, lineEnd)
    at++
  }
  return at
}

@inline
function writeText(start: usize, end: usize, substitutes: usize, to: usize): usize {
  if (substitutes == 0) {
    // The last word may be a few bytes too many: what comes next overwrites them.
    for (let from = start, at = to; from < end; from += 8, at += 8) store<u64>(at, load<u64>(from))
    return to + (end - start)
  }
  for (let from = start; from < end; from++) {
    const byte = load<u8>(from)
    seen |= byte
    store<u8>(to++, load<u8>(substitutes + byte))
  }
  return to
}

function writeInteger(value: i32, to: usize): usize {
  let left: u32 = value < 0 ? -value : value
  if (value < 0) store<u8>(to++, minus)
  let end = to + 1
  for (let rest = left / 10; rest != 0; rest /= 10) end++
  for (let at = end; at > to;) {
    const tenth = left / 10
    store<u8>(--at, <u8>(0x30 + left - tenth * 10))
    left = tenth
  }
  return end
}
