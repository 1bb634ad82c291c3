// SHA-256, FIPS 180-4. The constants are computed as the standard defines them: fractions of roots of primes.
import { blockHash, type Hash } from './block-hash.ts'

export function createSha256(): Hash {
  const primes = firstPrimes(64)
  const constants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)))
  const state = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)))
  const words = new Int32Array(64)

  const compress = (block: DataView): void => {
    for (let index = 0; index < 16; index++) words[index] = block.getInt32(index * 4)
    for (let index = 16; index < 64; index++) {
      const before15 = words[index - 15]!
      const before2 = words[index - 2]!
      const sigma0 = rotate(before15, 7) ^ rotate(before15, 18) ^ (before15 >>> 3)
      const sigma1 = rotate(before2, 17) ^ rotate(before2, 19) ^ (before2 >>> 10)
      words[index] = words[index - 16]! + sigma0 + words[index - 7]! + sigma1
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
    for (let step = 0; step < 64; step++) {
      const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
      const first = (h + sum1 + ((e & f) ^ (~e & g)) + constants[step]! + words[step]!) | 0
      const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
      const second = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g
      g = f
      f = e
      e = (d + first) | 0
      d = c
      c = b
      b = a
      a = (first + second) | 0
    }
    const added = [a, b, c, d, e, f, g, h]
    for (let index = 0; index < 8; index++) state[index]! += added[index]!
  }

  return blockHash(compress, () => {
    const digest = new DataView(new ArrayBuffer(32))
    state.forEach((word, index) => digest.setInt32(index * 4, word))
    return new Uint8Array(digest.buffer)
  }, false)
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

function fraction(root: number): number {
  return Math.floor((root % 1) * 2 ** 32)
}

function firstPrimes(count: number): number[] {
  const primes: number[] = []
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate)
  }
  return primes
}
