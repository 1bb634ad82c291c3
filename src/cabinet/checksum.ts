// The checksum of a CFDATA block: the XOR of its little-endian 32-bit words. [MS-CAB] section 3.1.
// The last one to three bytes form a word of their own, the first of them highest.

/** Continues from `seed`; the result is unsigned. */
export function blockChecksum(bytes: Uint8Array, seed = 0): number {
  // A view of any alignment: V8 loads words from it as fast as from an aligned array, and nothing is copied.
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const wordBytes = bytes.length & ~3
  let a = seed | 0
  let b = 0
  let at = 0
  for (const end = wordBytes - 12; at < end; at += 16) {
    a ^= words.getInt32(at, true) ^ words.getInt32(at + 4, true)
    b ^= words.getInt32(at + 8, true) ^ words.getInt32(at + 12, true)
  }
  for (; at < wordBytes; at += 4) a ^= words.getInt32(at, true)
  let tail = 0
  for (; at < bytes.length; at++) tail = tail << 8 | bytes[at]!
  return (a ^ b ^ tail) >>> 0
}

export type Checksum = (bytes: Uint8Array) => number

/** The checksum that stands in a block's header: over the data, then over the two sizes. */
export function dataChecksum(data: Uint8Array, compressedBytes: number, uncompressedBytes: number, checksum: Checksum = blockChecksum): number {
  return (checksum(data) ^ (compressedBytes | uncompressedBytes << 16)) >>> 0
}
