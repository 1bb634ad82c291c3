import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import * as fc from 'fast-check'
import { concatBytes, equalBytes, FormatError } from '../../../base/index.ts'
import { codeLengths } from '../code-lengths.ts'
import { createFolderEncoder } from '../folder-encoder.ts'
import { Deflate, type DeflateLevel } from './deflate.ts'
import { MszipDecoder } from './mszip-decoder.ts'

const blockBytes = 32768

/** Runs, copies and noise, so that every kind of symbol occurs. */
const data = fc.array(fc.oneof(
  fc.record({ kind: fc.constant('run' as const), length: fc.integer({ min: 1, max: 9000 }), value: fc.nat(255) }),
  fc.record({ kind: fc.constant('copy' as const), length: fc.integer({ min: 1, max: 400 }), value: fc.nat(60000) }),
  fc.record({ kind: fc.constant('noise' as const), length: fc.integer({ min: 1, max: 3000 }), value: fc.nat() }),
), { maxLength: 60 }).map((parts) => {
  const bytes: number[] = []
  for (const { kind, length, value } of parts) {
    let state = value
    for (let count = 0; count < length; count++) {
      state = Math.imul(state, 1103515245) + 12345 >>> 0
      bytes.push(kind === 'run' ? value : kind === 'copy' ? bytes[bytes.length - 1 - value] ?? 65 : state >>> 16 & 255)
    }
  }
  return Uint8Array.from(bytes)
})

function* blocksOf(bytes: Uint8Array): Generator<{ block: Uint8Array; history: Uint8Array }> {
  for (let at = 0; at < bytes.length; at += blockBytes) {
    yield { block: bytes.subarray(at, at + blockBytes), history: bytes.subarray(Math.max(0, at - blockBytes), at) }
  }
}

test('zlib inflates what is deflated here, at every level', () => {
  fc.assert(fc.property(data, fc.integer({ min: 1, max: 9 }), (bytes, level) => {
    const deflate = new Deflate(level as DeflateLevel)
    for (const { block, history } of blocksOf(bytes)) {
      const stream = deflate.deflate(block)
      const plain = inflateRawSync(stream, history.length > 0 ? { dictionary: history } : {})
      assert.ok(equalBytes(plain, block))
    }
  }), { numRuns: 60 })
})

test('what zlib deflates is inflated here, whatever its strategy', () => {
  const strategies = [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY, constants.Z_RLE]
  fc.assert(fc.property(data, fc.integer({ min: 0, max: 9 }), fc.constantFrom(...strategies), (bytes, level, strategy) => {
    const decoder = new MszipDecoder(bytes.length)
    for (const { block, history } of blocksOf(bytes)) {
      const stream = deflateRawSync(block, { level, strategy, ...(history.length > 0 ? { dictionary: history } : {}) })
      const plain = decoder.decode(concatBytes([Uint8Array.of(0x43, 0x4b), stream]), block.length)
      assert.ok(equalBytes(plain, block))
    }
  }), { numRuns: 60 })
})

test('compression from elsewhere is used with the history it needs', () => {
  const bytes = Uint8Array.from({ length: 100000 }, (_, index) => index * index >> 7)
  const encode = createFolderEncoder({ compression: 'mszip',
    deflate: (block, history) => deflateRawSync(block, history.length > 0 ? { dictionary: history } : {}) })
  const own = new MszipDecoder(bytes.length)
  for (const { block } of blocksOf(bytes)) {
    const data = new Uint8Array(encode(block))
    assert.ok(equalBytes(own.decode(data, block.length), block))
  }
})

test('a block that cannot be compressed grows by 7 bytes at most', () => {
  let state = 1
  const noise = Uint8Array.from({ length: blockBytes }, () => (state = Math.imul(state, 1103515245) + 12345 >>> 0) >>> 16)
  const data = createFolderEncoder({ compression: 'mszip' })(noise)
  assert.equal(data.length, blockBytes + 7)
  const grown = createFolderEncoder({ compression: 'mszip', deflate: (block) => new Uint8Array(block.length + 100) })(noise)
  assert.deepEqual(grown, data)
})

test('damaged streams give a format error or other bytes, never anything else', () => {
  const plain = Uint8Array.from({ length: 5000 }, (_, index) => index % 11 * (index >> 8))
  const stream = deflateRawSync(plain)
  fc.assert(fc.property(fc.nat(stream.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, change, cut) => {
    const data = concatBytes([Uint8Array.of(0x43, 0x4b), stream])
    data[at + 2]! ^= change
    try {
      new MszipDecoder(32768).decode(cut ? data.subarray(0, at + 2) : data, 5000)
    } catch (error) {
      assert.ok(error instanceof FormatError, String(error))
    }
  }), { numRuns: 500 })
})

test('code lengths form a complete code within the limit', () => {
  fc.assert(fc.property(fc.array(fc.nat(100000), { minLength: 2, maxLength: 286 }), fc.constantFrom(15, 9), (frequencies, maximum) => {
    const lengths = codeLengths(frequencies, maximum)
    assert.equal(lengths.reduce((sum, length) => sum + (length > 0 ? 2 ** -length : 0), 0), 1)
    assert.ok(lengths.every((length, symbol) => length <= maximum && (frequencies[symbol] === 0 || length > 0)))
  }))
})

test('code lengths of Fibonacci frequencies are limited', () => {
  const frequencies = [1, 1]
  while (frequencies.length < 30) frequencies.push(frequencies.at(-1)! + frequencies.at(-2)!)
  const lengths = codeLengths(frequencies, 15)
  assert.equal(Math.max(...lengths), 15)
  assert.equal(lengths.reduce((sum, length) => sum + 2 ** -length, 0), 1)
})
