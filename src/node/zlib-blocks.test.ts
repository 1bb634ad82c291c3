import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { bytesSource, concatBytes, FormatError } from '../base/index.ts'
import { openCabinet, writeCabinet } from '../cabinet/index.ts'
import { deflateBlock, inflateBlock } from './zlib-blocks.ts'

const content = Uint8Array.from({ length: 150000 }, (_, index) => index * index >> 9)

function cabinet(): Uint8Array {
  const parts: Uint8Array[] = []
  writeCabinet([{ name: 'x', source: bytesSource(content) }], { write: (chunk) => { parts.push(new Uint8Array(chunk)) } }, { compression: 'mszip', deflate: deflateBlock })
  return concatBytes(parts)
}

function extract(bytes: Uint8Array, inflate?: typeof inflateBlock): Uint8Array {
  const parts: Uint8Array[] = []
  openCabinet(bytesSource(bytes)).extract(() => ({ write: (chunk) => { parts.push(new Uint8Array(chunk)) } }), inflate === undefined ? {} : { inflate })
  return concatBytes(parts)
}

test('a cabinet compressed by zlib is read by zlib and by msikit\'s own decoder', () => {
  const bytes = cabinet()
  assert.deepEqual(extract(bytes, inflateBlock), content)
  assert.deepEqual(extract(bytes), content)
})

test('a block that zlib cannot inflate, or that is longer than it says, is a format error', () => {
  const bytes = cabinet()
  const damaged = new Uint8Array(bytes)
  damaged.fill(0, 62, 66)
  damaged.fill(0xff, 72, 90)
  assert.throws(() => extract(damaged, inflateBlock), FormatError)
  const longer = new Uint8Array(bytes)
  longer.fill(0, 62, 66)
  longer[68] = 0x10
  longer[69] = 0
  assert.throws(() => extract(longer, inflateBlock), FormatError)
})
