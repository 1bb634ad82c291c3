// The checksum of a CFDATA block: the XOR of its little-endian 32-bit words. [MS-CAB] section 3.1.
// The last one to three bytes form a word of their own, the first of them highest.

/** Continues from `seed`; the result is unsigned. */
export function blockChecksum(bytes: Uint8Array, seed = 0): number {
  const wordCount = bytes.length >> 2
  // A typed array must be aligned; copying first is several times faster than putting words together from bytes.
  const aligned = (bytes.byteOffset & 3) === 0 ? bytes : new Uint8Array(bytes.subarray(0, wordCount << 2))
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, wordCount)
  let a = seed | 0
  let b = 0
  let index = 0
  for (const end = wordCount - 3; index < end; index += 4) {
    a ^= words[index]! ^ words[index + 1]!
    b ^= words[index + 2]! ^ words[index + 3]!
  }
  for (; index < wordCount; index++) a ^= words[index]!
  let tail = 0
  for (let at = wordCount << 2; at < bytes.length; at++) tail = tail << 8 | bytes[at]!
  return (a ^ b ^ tail) >>> 0
}

/** The checksum that stands in a block's header: over the data, then over the two sizes. */
export function dataChecksum(data: Uint8Array, compressedBytes: number, uncompressedBytes: number): number {
  return (blockChecksum(data) ^ (compressedBytes | uncompressedBytes << 16)) >>> 0
}
