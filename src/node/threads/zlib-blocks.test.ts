import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { bytesSource, concatBytes } from '../../base/index.ts'
import { openCabinet, writeCabinet } from '../../cabinet/index.ts'
import { deflateBlock } from './zlib-blocks.ts'

const content = Uint8Array.from({ length: 150000 }, (_, index) => index * index >> 9)

function cabinet(): Uint8Array {
  const parts: Uint8Array[] = []
  writeCabinet([{ name: 'x', source: bytesSource(content) }], { write: (chunk) => { parts.push(new Uint8Array(chunk)) } }, { compression: 'mszip', deflate: deflateBlock })
  return concatBytes(parts)
}

test('a cabinet compressed by zlib is read', () => {
  const parts: Uint8Array[] = []
  openCabinet(bytesSource(cabinet())).extract(() => ({ write: (chunk) => { parts.push(new Uint8Array(chunk)) } }))
  assert.deepEqual(concatBytes(parts), content)
})
