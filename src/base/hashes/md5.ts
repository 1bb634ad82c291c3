// MD5, RFC 1321: what the MsiFileHash table holds. Not for secrets.
import { blockHash, type Hash } from './block-hash.ts'

const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]

export function createMd5(): Hash {
  const sines = Int32Array.from({ length: 64 }, (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32))
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476)
  const words = new Int32Array(16)

  const compress = (block: DataView): void => {
    for (let index = 0; index < 16; index++) words[index] = block.getInt32(index * 4, true)
    let [a, b, c, d] = state as unknown as [number, number, number, number]
    for (let step = 0; step < 64; step++) {
      const round = step >> 4
      const mixed = round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d)
      const word = words[round === 0 ? step : round === 1 ? (5 * step + 1) & 15 : round === 2 ? (3 * step + 5) & 15 : (7 * step) & 15]!
      const sum = (a + mixed + sines[step]! + word) | 0
      const shift = shifts[round * 4 + (step & 3)]!
      a = d
      d = c
      c = b
      b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0
    }
    state[0]! += a
    state[1]! += b
    state[2]! += c
    state[3]! += d
  }

  return blockHash(compress, () => {
    const digest = new DataView(new ArrayBuffer(16))
    state.forEach((word, index) => digest.setInt32(index * 4, word, true))
    return new Uint8Array(digest.buffer)
  }, true)
}
