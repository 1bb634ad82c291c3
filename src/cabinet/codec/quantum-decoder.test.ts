import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { bytesSource, concatBytes, equalBytes, FormatError } from '../../base/index.ts'
import { aQuantumCabinet, encodeQuantum } from '../../testing/index.ts'
import { openCabinet } from '../index.ts'
import { QuantumDecoder } from './quantum-decoder.ts'

/** Text-like bytes with repetitions near and far, of all lengths; every byte value; noise. */
function sample(size: number): Uint8Array {
  let state = 7
  const random = (limit: number): number => (state = Math.imul(state, 1103515245) + 12345 >>> 0, (state >>> 8) % limit)
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size;) {
    if (at > 100 && random(3) > 0) {
      const distance = 1 + random(random(4) === 0 ? at - 1 : 90)
      for (let length = 3 + random(random(5) === 0 ? 400 : 9); length > 0 && at < size; length--, at++) bytes[at] = bytes[at - distance]!
    } else bytes[at++] = random(8) === 0 ? random(256) : 97 + random(20)
  }
  return bytes
}

const plain = sample(150_001)

for (const windowBits of [10, 11, 12, 15, 18, 21]) {
  test(`Quantum with a window of 2^${windowBits} bytes: models and window are kept from block to block`, () => {
    const frames = encodeQuantum(plain, windowBits)
    assert.ok(frames.reduce((sum, { data }) => sum + data.length, 0) < plain.length * 0.6)
    const decoder = new QuantumDecoder(windowBits, plain.length)
    assert.ok(equalBytes(concatBytes(frames.map(({ data, uncompressedBytes }) => new Uint8Array(decoder.decode(data, uncompressedBytes)))), plain))
  })
}

test('files come out of a Quantum cabinet', () => {
  const contents = { 'a.txt': plain.subarray(0, 40_000), 'b.txt': plain.subarray(40_000, 90_000) }
  const cabinet = openCabinet(bytesSource(aQuantumCabinet(contents, 17)), { strict: true })
  assert.deepEqual(cabinet.folders[0]!.compression, { method: 'quantum', windowBits: 17 })
  const found = new Map<string, Uint8Array>()
  cabinet.extract(({ name }) => ({ write: (chunk) => { found.set(name, concatBytes([found.get(name) ?? new Uint8Array(0), chunk])) } }))
  for (const [name, content] of Object.entries(contents)) assert.ok(equalBytes(found.get(name)!, content), name)
})

test('Quantum data that end early are refused', () => {
  const [frame] = encodeQuantum(plain, 18)
  assert.throws(() => new QuantumDecoder(18, 32768).decode(frame!.data.subarray(0, 400), 32768), FormatError)
})

test('damaged Quantum data give a format error or other bytes, never anything else', () => {
  const [frame] = encodeQuantum(plain, 12)
  for (let at = 0; at < frame!.data.length; at += 97) {
    const damaged = new Uint8Array(frame!.data)
    damaged[at]! ^= 0x55
    try {
      assert.equal(new QuantumDecoder(12, 32768).decode(damaged, 32768).length, 32768)
    } catch (error) {
      assert.ok(error instanceof FormatError, String(error))
    }
  }
})
