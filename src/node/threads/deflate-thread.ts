// A thread of `DeflateThreads`: compresses batches of blocks where they lie in shared memory.
import { parentPort, workerData } from 'node:worker_threads'
import { blockAt, slotBytes, type DeflateBatch, type DeflateThreadInput } from './deflate-threads.ts'
import { deflateBlock } from './zlib-blocks.ts'

const { memory: buffer, level } = workerData as DeflateThreadInput
const memory = new Uint8Array(buffer)
parentPort!.on('message', ({ firstSlot, sizes }: DeflateBatch) => {
  parentPort!.postMessage(sizes.map(({ history, block }, index) => {
    const start = (firstSlot + index) * slotBytes
    const stream = deflateBlock(memory.subarray(start + blockAt, start + blockAt + block), memory.subarray(start + blockAt - history, start + blockAt), level)
    memory.set(stream, start)
    return stream.length
  }), [])
})
