import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { concatBytes, equalBytes } from '../../../base/index.ts'
import { LzxDecoder } from './lzx-decoder.ts'
import { LzxEncoder, type LzxEncoderOptions } from './lzx-encoder.ts'

/** Code-like: E8 with small targets, repeated records, text, noise and zeros. */
function program(size: number): Uint8Array {
  let state = 99
  const random = (limit: number): number => (state = Math.imul(state, 1103515245) + 12345 >>> 0) % 65536 % limit
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size;) {
    const kind = random(20)
    if (kind < 3) for (const byte of [0xe8, random(256), random(256), 0, 0]) bytes[at++] = byte
    else if (kind < 14 && at > 400) {
      const distance = random(3) === 0 ? 24 : 1 + random(Math.min(at - 1, 60000))
      for (let length = 3 + random(30); length > 0 && at < size; length--, at++) bytes[at] = bytes[at - distance]!
    } else if (kind === 14) at += random(300)
    else bytes[at++] = random(256)
  }
  return bytes
}

function compress(plain: Uint8Array, options: LzxEncoderOptions): Uint8Array[] {
  const encoder = new LzxEncoder(options)
  const frames: Uint8Array[] = []
  for (let at = 0; at < plain.length; at += 32768) frames.push(new Uint8Array(encoder.encode(plain.subarray(at, at + 32768))))
  return frames
}

function decompress(frames: readonly Uint8Array[], windowBits: number, size: number): Uint8Array {
  const decoder = new LzxDecoder(windowBits, size)
  return concatBytes(frames.map((frame, index) => new Uint8Array(decoder.decode(frame, Math.min(32768, size - index * 32768)))))
}

const plain = program(700_001)
for (const [windowBits, level, translateCalls] of [[15, 1, true], [16, 6, false], [17, 4, true], [18, 8, true], [21, 6, true]] as const) {
  test(`LZX:${windowBits} at level ${level}${translateCalls ? ', calls translated,' : ''} comes back and is smaller`, () => {
    const frames = compress(plain, { windowBits, level, translateCalls })
    assert.ok(equalBytes(decompress(frames, windowBits, plain.length), plain))
    assert.ok(frames.reduce((sum, frame) => sum + frame.length, 0) < plain.length * 0.45)
  })
}

test('the same input gives the same LZX bytes, and more effort fewer of them', () => {
  const sizes = ([1, 3, 7] as const).map((level) => {
    const [first, second] = [0, 1].map(() => concatBytes(compress(plain.subarray(0, 200_000), { windowBits: 18, level, translateCalls: true })))
    assert.ok(equalBytes(first!, second!))
    return first!.length
  })
  assert.deepEqual(sizes, sizes.toSorted((a, b) => b - a))
})

test('noise becomes uncompressed blocks that add 24 bytes at most, between others that are compressed', () => {
  let state = 5
  const noise = Uint8Array.from({ length: 65536 + 999 }, () => (state = Math.imul(state, 1103515245) + 12345 >>> 0) >>> 16)
  const text = program(32768)
  const all = concatBytes([text, noise.subarray(0, 65536), text, noise.subarray(65536)])
  const frames = compress(all, { windowBits: 17, level: 3, translateCalls: false })
  assert.ok(equalBytes(decompress(frames, 17, all.length), all))
  assert.deepEqual(frames.slice(1, 3).map((frame) => frame.length <= 32768 + 24), [true, true])
  assert.ok(frames[3]!.length < 1000, 'the history reaches back over uncompressed blocks')
})

test('frames of one byte and of one repeated byte are possible', () => {
  for (const size of [1, 2, 3, 4, 11, 32768, 32769]) {
    const bytes = new Uint8Array(size).fill(0xe8)
    assert.ok(equalBytes(decompress(compress(bytes, { windowBits: 15, level: 6, translateCalls: true }), 15, size), bytes), `${size}`)
  }
})
