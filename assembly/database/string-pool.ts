// The string pool's entries: a length and a reference count, 16 bits each; length 0 with a count is followed by the
// length in 32 bits. Entry 0 is the header.

/** The first text that the data does not hold whole; 0 when all are there. */
export let cut: u32 = 0

/**
 * Writes where each text ends into `offsets`, which begins with 0, as src/database/string-pool/string-pool.ts does.
 * @param end a whole number of entries
 * @returns how many texts there are
 */
export function readOffsets(pool: usize, end: usize, offsets: usize, dataSize: u32): u32 {
  let ids: u32 = 0
  let total: u64 = 0
  cut = 0
  store<u32>(offsets, 0)
  for (let at = pool + 4; at < end; at += 4) {
    const entry = load<u32>(at)
    let length = entry & 0xffff
    if (length == 0 && entry != 0 && at + 4 < end) {
      at += 4
      length = load<u32>(at)
    }
    total += length
    ids++
    if (total > dataSize) {
      if (cut == 0) cut = ids
      total = dataSize
    }
    store<u32>(offsets + (<usize>ids << 2), <u32>total)
  }
  return ids
}

/** Whether a byte is a control character, or from 0x80. */
export function isUnusual(start: usize, end: usize): bool {
  let at = start
  for (; at + 8 <= end; at += 8) {
    const word = load<u64>(at)
    if (((word - 0x2020202020202020 | word) & 0x8080808080808080) != 0) return true
  }
  for (; at < end; at++) if (load<u8>(at) < 0x20 || load<u8>(at) > 0x7f) return true
  return false
}
