// Rows in the order of their keys: integers by value, null first, texts byte by byte. A stable merge sort over records of
// 16 bytes: the next eight bytes of the key's first part, big end first, after those that all rows have in common, and
// the number of the row. Only where these are the same are whole keys compared.
import { cell, columnBytes, isText } from './column'

let keys: usize = 0
let keysEnd: usize = 0
let texts: usize = 0
let pool: usize = 0

/** @param records room for twice as many records as rows; @param order where the row numbers go */
export function sortRows(columns: usize, keyCount: u32, rows: u32, offsets: usize, data: usize, records: usize, order: usize): void {
  keys = columns
  keysEnd = columns + <usize>keyCount * columnBytes
  texts = offsets
  pool = data
  const skipped = isText(columns) ? commonPrefix(columns, rows) : 0
  for (let row: u32 = 0, at = records; row < rows; row++, at += 16) {
    const raw = cell(columns, row)
    store<u64>(at, isText(columns) ? prefix(raw, skipped) : <u64>raw)
    store<u32>(at, row, 8)
  }
  const sorted = mergeSort(records, <usize>rows << 4)
  for (let row: u32 = 0; row < rows; row++) store<u32>(order + (<usize>row << 2), load<u32>(sorted + (<usize>row << 4), 8))
}

@inline
function textStart(id: u32): usize {
  return id == 0 ? pool : pool + load<u32>(texts + (<usize>id << 2) - 4)
}

@inline
function textEnd(id: u32): usize {
  return id == 0 ? pool : pool + load<u32>(texts + (<usize>id << 2))
}

function commonPrefix(column: usize, rows: u32): usize {
  const first = cell(column, 0)
  const start = textStart(first)
  let common = textEnd(first) - start
  for (let row: u32 = 1; row < rows && common != 0; row++) {
    const id = cell(column, row)
    const other = textStart(id)
    common = min(common, textEnd(id) - other)
    let same: usize = 0
    while (same < common && load<u8>(start + same) == load<u8>(other + same)) same++
    common = same
  }
  return common
}

function prefix(id: u32, skipped: usize): u64 {
  const start = textStart(id) + skipped
  const left = textEnd(id) - start
  if (left == 0) return 0
  const word = bswap<u64>(load<u64>(start))
  return left >= 8 ? word : word & (<u64>-1 << (64 - (left << 3)))
}

function mergeSort(records: usize, bytes: usize): usize {
  let from = records
  let to = records + bytes
  for (let width: usize = 16; width < bytes; width <<= 1) {
    for (let start: usize = 0; start < bytes; start += width << 1) {
      merge(from + start, from + min(start + width, bytes), from + min(start + (width << 1), bytes), to + start)
    }
    const other = from
    from = to
    to = other
  }
  return from
}

function merge(start: usize, middle: usize, end: usize, to: usize): void {
  let left = start
  let right = middle
  if (middle == end || !isBefore(middle, middle - 16)) {
    memory.copy(to, start, end - start)
    return
  }
  while (left < middle && right < end) {
    const next = isBefore(right, left) ? right : left
    store<u64>(to, load<u64>(next))
    store<u64>(to, load<u64>(next, 8), 8)
    to += 16
    if (next == right) right += 16
    else left += 16
  }
  memory.copy(to, left, middle - left)
  memory.copy(to + (middle - left), right, end - right)
}

@inline
function isBefore(one: usize, other: usize): bool {
  const a = load<u64>(one)
  const b = load<u64>(other)
  return a != b ? a < b : compareKeys(load<u32>(one, 8), load<u32>(other, 8)) < 0
}

function compareKeys(a: u32, b: u32): i32 {
  for (let column = keys; column < keysEnd; column += columnBytes) {
    const one = cell(column, a)
    const other = cell(column, b)
    if (one == other) continue
    if (!isText(column)) return one < other ? -1 : 1
    const difference = compareTexts(one, other)
    if (difference != 0) return difference
  }
  return 0
}

function compareTexts(a: u32, b: u32): i32 {
  let one = textStart(a)
  let other = textStart(b)
  const oneLength = textEnd(a) - one
  const otherLength = textEnd(b) - other
  for (const end = one + min(oneLength, otherLength); one < end; one++, other++) {
    const difference = <i32>load<u8>(one) - <i32>load<u8>(other)
    if (difference != 0) return difference
  }
  return oneLength == otherLength ? 0 : oneLength < otherLength ? -1 : 1
}
