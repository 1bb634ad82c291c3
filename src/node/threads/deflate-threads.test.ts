import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { bytesSource, concatBytes } from '../../base/index.ts'
import { writeCabinet, writeCabinetAsync, type CabinetInput } from '../../cabinet/index.ts'
import { DeflateThreads, type DeflateThreadsOptions } from './deflate-threads.ts'
import { deflateBlock } from './zlib-blocks.ts'

/** Of 92 blocks and a bit; every fourth cannot be compressed. */
const content = Uint8Array.from({ length: 3_020_000 }, (_, index) => index >> 15 & 3 ? index * (index >> 7) >> 9 : Math.imul(index, 0x9e3779b1) >>> 7 ^ Math.imul(index ^ index >> 3, 0x85ebca6b) >>> 21)

async function onThreads(options: Omit<DeflateThreadsOptions, 'bytes'>, source = bytesSource(content)): Promise<Uint8Array> {
  using threads = new DeflateThreads({ level: 1, bytes: content.length, ...options })
  const parts: Uint8Array[] = []
  await writeCabinetAsync([{ name: 'x', source }], { write: (chunk) => { parts.push(new Uint8Array(chunk)) } },
    { compression: 'mszip', deflate: threads.deflate, blocksInWork: threads.blocksInWork })
  return concatBytes(parts)
}

function alone(): Uint8Array {
  const parts: Uint8Array[] = []
  const files: CabinetInput[] = [{ name: 'x', source: bytesSource(content) }]
  writeCabinet(files, { write: (chunk) => { parts.push(new Uint8Array(chunk)) } }, { compression: 'mszip', deflate: (block, history) => deflateBlock(block, history, 1) })
  return concatBytes(parts)
}

test('threads give the bytes that one thread gives, and so does doing without them', async () => {
  const expected = alone()
  for (const threads of [0, 1, 3]) assert.ok(Buffer.from(expected).equals(await onThreads({ threads })), `${threads} threads`)
})

test('what threads fail with is tried again without them, and told', { timeout: 20_000 }, async () => {
  using threads = new DeflateThreads({ level: 99, bytes: 0, threads: 2 })
  // Until they run.
  await setTimeout(200)
  const results = await Promise.allSettled(Array.from({ length: 100 }, () => threads.deflate(content.subarray(0, 1 << 15), new Uint8Array(0))))
  for (const result of results) assert.match(String(result.status === 'rejected' && result.reason), /"options.level" is out of range/)
})

test('a source that fails ends the threads', { timeout: 20_000 }, async () => {
  const source = { size: content.length, read: (offset: number, length: number) => {
    if (offset > 2_900_000) throw new Error('gone')
    return content.subarray(offset, offset + length)
  } }
  await assert.rejects(onThreads({ threads: 2 }, source), /gone/)
})
