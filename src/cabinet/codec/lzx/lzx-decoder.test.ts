import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { bytesSource, concatBytes, equalBytes, FormatError } from '../../../base/index.ts'
import { anLzxCabinet, encodeLzx, type LzxOptions } from '../../../testing/index.ts'
import { openCabinet } from '../../index.ts'
import { LzxDecoder } from './lzx-decoder.ts'

/** Repetitive enough for matches at all distances, with bytes of every value and many E8. */
function program(size: number): Uint8Array {
  let state = 12345
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size;) {
    state = Math.imul(state, 1103515245) + 12345 >>> 0
    const kind = state >>> 28
    if (kind < 2) {
      bytes[at++] = 0xe8
      for (let byte = 0; byte < 4 && at < size; byte++) bytes[at++] = byte < 2 ? state >>> 8 * byte + 8 : byte === 2 ? state >>> 26 & 3 : 0
    } else if (kind < 10 && at > 1000) {
      const from = at - 1 - (state >>> 4) % Math.min(at - 1, 70000)
      for (let length = 3 + (state >>> 20) % 300; length > 0 && at < size; length--, at++) bytes[at] = bytes[from + at % 7]!
    } else bytes[at++] = state >>> 16
  }
  return bytes
}

function decode(plain: Uint8Array, options: LzxOptions): Uint8Array {
  const decoder = new LzxDecoder(options.windowBits ?? 15, plain.length)
  return concatBytes(encodeLzx(plain, options).map((frame) => new Uint8Array(decoder.decode(frame.data, frame.uncompressedBytes))))
}

const plain = program(300000)
const cases: Record<string, LzxOptions> = {
  'verbatim blocks': {},
  'verbatim blocks that end within frames': { blocks: [{ kind: 'verbatim', bytes: 10001 }] },
  'aligned offset blocks': { windowBits: 17, blocks: [{ kind: 'aligned', bytes: 50000 }] },
  'uncompressed blocks of even size': { blocks: [{ kind: 'uncompressed', bytes: 40000 }] },
  'uncompressed blocks of odd size across frames': { blocks: [{ kind: 'uncompressed', bytes: 33333 }] },
  'an odd uncompressed block that ends with its frame': { blocks: [{ kind: 'verbatim', bytes: 3 }, { kind: 'uncompressed', bytes: 32765 }, { kind: 'verbatim', bytes: 70000 }] },
  'all kinds in turn': { windowBits: 21, blocks: [{ kind: 'aligned', bytes: 100000 }, { kind: 'uncompressed', bytes: 12345 }, { kind: 'verbatim', bytes: 54321 },
    { kind: 'uncompressed', bytes: 1 }, { kind: 'aligned', bytes: 40000 }] },
  'calls translated': { windowBits: 18, translationBytes: 12000000 },
  'calls translated with a small file size': { windowBits: 16, translationBytes: 40000 },
}
for (const [name, options] of Object.entries(cases)) {
  test(`LZX: ${name}`, () => {
    assert.ok(equalBytes(decode(plain, options), plain))
  })
}

for (const windowBits of [15, 16, 17, 18, 19, 20, 21] as const) {
  test(`LZX with a window of 2^${windowBits} bytes`, () => {
    const long = program(windowBits > 18 ? 3 << 20 : 1 << 20)
    assert.ok(equalBytes(decode(long, { windowBits }), long))
  })
}

test('LZX of nothing but one byte', () => {
  const zeros = new Uint8Array(100000)
  assert.ok(equalBytes(decode(zeros, { windowBits: 21 }), zeros))
})

test('files come out of an LZX cabinet', () => {
  const contents = { one: program(50000), two: 'text', three: program(10) }
  const cabinet = openCabinet(bytesSource(anLzxCabinet(contents, { windowBits: 19, translationBytes: 12000000 })), { strict: true })
  assert.deepEqual(cabinet.folders[0]!.compression, { method: 'lzx', windowBits: 19 })
  const found = new Map<string, number[]>()
  cabinet.extract((file) => {
    const bytes: number[] = []
    found.set(file.name, bytes)
    return { write: (chunk) => { bytes.push(...chunk) } }
  })
  assert.deepEqual(found.get('one'), [...contents.one])
  assert.equal(String.fromCharCode(...found.get('two')!), 'text')
})

test('damaged LZX data give a format error or other bytes, never anything else', () => {
  const frames = encodeLzx(plain.subarray(0, 60000), { blocks: [{ kind: 'aligned', bytes: 20000 }, { kind: 'uncompressed', bytes: 999 }, { kind: 'verbatim', bytes: 20000 }] })
  let state = 99
  let refused = 0
  for (let round = 0; round < 400; round++) {
    const decoder = new LzxDecoder(15, 65536)
    try {
      for (const frame of frames) {
        const data = new Uint8Array(frame.data)
        state = Math.imul(state, 1103515245) + 12345 >>> 0
        const at = (state >>> 8) % (round % 2 === 0 ? 200 : data.length)
        data[at]! ^= 1 << (state >>> 28 & 7)
        decoder.decode(round % 5 === 0 ? data.subarray(0, at) : data, frame.uncompressedBytes)
      }
    } catch (error) {
      assert.ok(error instanceof FormatError, String(error))
      refused++
    }
  }
  assert.ok(refused > 200, `${refused}`)
})

test('a match before the beginning of the data is refused', () => {
  const frames = encodeLzx(plain, {})
  const decoder = new LzxDecoder(15, plain.length)
  decoder.decode(frames[0]!.data, frames[0]!.uncompressedBytes)
  const other = new LzxDecoder(15, plain.length)
  assert.throws(() => other.decode(frames[1]!.data, frames[1]!.uncompressedBytes), FormatError)
})
