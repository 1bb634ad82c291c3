// The host's zlib on all processors, for the data blocks of MSZIP cabinets. Threads of our own call it synchronously, a batch of blocks
// for each message: its asynchronous calls cost a tenth of what compressing does. Those are for what no thread takes: small cabinets, the
// first blocks until a thread runs, and all where threads may not be or fail.
// docs/decisions/0099-threads-for-deflate.md
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { deflateBlockAsync } from './zlib-blocks.ts'

export interface DeflateThreadInput {
  readonly memory: SharedArrayBuffer
  readonly level: number | undefined
}

/** Blocks in consecutive slots. The answer is the lengths of the streams, which begin where the slots do. */
export interface DeflateBatch {
  readonly firstSlot: number
  readonly sizes: readonly { readonly history: number; readonly block: number }[]
}

interface Job {
  readonly block: Uint8Array
  readonly history: Uint8Array
  readonly resolve: (stream: Uint8Array | Promise<Uint8Array>) => void
}

export interface DeflateThreadsOptions {
  /** 1 to 9; zlib's own, 6, when absent. */
  readonly level?: number | undefined
  /** What is to be compressed: little is not worth the start of a thread. */
  readonly bytes: number
  /** Chosen by `bytes` and the processors when absent. */
  readonly threads?: number
}

/** A slot holds the history up to here, the block from here on. */
export const blockAt = 1 << 15
export const slotBytes = 2 * blockAt
const batchBlocks = 16
/** One in work, and one that waits. */
const batchesOfThread = 2
const slotsOfThread = batchBlocks * batchesOfThread
const mostThreads = 8
const leastBytes = 30 << 20
/** In work on libuv's pool. */
const poolBlocks = 16
const youngMebibytes = 2

/** To be disposed of when the cabinet is written, or given up. */
export class DeflateThreads implements Disposable {
  /** That so many blocks are in work keeps all threads busy. */
  readonly blocksInWork: number
  readonly #level: number | undefined
  readonly #threads: DeflateThread[] = []
  #waiting: Job[] = []
  #turn: NodeJS.Immediate | undefined

  /** For `writeCabinetAsync` of msikit/cabinet: what `deflateBlock` gives. */
  readonly deflate = (block: Uint8Array, history: Uint8Array): Promise<Uint8Array> => new Promise((resolve) => {
    this.#take([{ block, history, resolve }])
  })

  constructor({ level, bytes, threads = threadsFor(bytes) }: DeflateThreadsOptions) {
    this.#level = level
    this.blocksInWork = Math.max(poolBlocks, threads * slotsOfThread)
    try {
      while (this.#threads.length < threads) {
        this.#threads.push(new DeflateThread(level, () => { this.#awaitTurn() }, (unfinished) => { this.#take(unfinished) }))
      }
    } catch {
      // Not allowed, or no memory: those there are do it, or none.
    }
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#turn)
    this.#waiting = []
    for (const thread of this.#threads) thread.end()
  }

  #take(jobs: readonly Job[]): void {
    this.#waiting.push(...jobs)
    if (this.#threads.some(({ isRunning }) => isRunning)) this.#awaitTurn()
    else for (const { block, history, resolve } of this.#waiting.splice(0)) resolve(deflateBlockAsync(block, history, this.#level))
  }

  /** Blocks that are asked for together make a batch. */
  #awaitTurn(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined
      for (let free = this.#mostFree(); free !== undefined && this.#waiting.length > 0; free = this.#mostFree()) free.take(this.#waiting.splice(0, batchBlocks))
    })
  }

  #mostFree(): DeflateThread | undefined {
    return this.#threads.filter(({ isRunning, freeBatches }) => isRunning && freeBatches > 0).toSorted((a, b) => b.freeBatches - a.freeBatches)[0]
  }
}

class DeflateThread {
  readonly #memory = new Uint8Array(new SharedArrayBuffer(slotsOfThread * slotBytes))
  readonly #worker: Worker
  /** In the order in which they are answered. */
  readonly #batches: Job[][] = []
  #nextSlot = 0
  #isRunning = false

  constructor(level: number | undefined, hasRoom: () => void, hasEnded: (unfinished: readonly Job[]) => void) {
    const input: DeflateThreadInput = { memory: this.#memory.buffer, level }
    // Not with the options of this program, which may be for one that is given as text.
    this.#worker = new Worker(threadPath(), { workerData: input, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: youngMebibytes } })
    this.#worker.unref()
    this.#worker.on('online', () => {
      this.#isRunning = true
      hasRoom()
    })
    this.#worker.on('message', (lengths: readonly number[]) => {
      this.#finish(lengths)
      hasRoom()
    })
    // What it cannot do is done without it.
    this.#worker.on('error', () => {}).on('exit', () => {
      this.#isRunning = false
      hasEnded(this.#batches.splice(0).flat())
    })
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  get freeBatches(): number {
    return batchesOfThread - this.#batches.length
  }

  take(jobs: Job[]): void {
    const firstSlot = this.#nextSlot
    this.#nextSlot = (firstSlot + batchBlocks) % slotsOfThread
    for (const [index, { block, history }] of jobs.entries()) {
      const at = (firstSlot + index) * slotBytes + blockAt
      this.#memory.set(history, at - history.length)
      this.#memory.set(block, at)
    }
    // Only while it has work it keeps the program running.
    if (this.#batches.push(jobs) === 1) this.#worker.ref()
    const batch: DeflateBatch = { firstSlot, sizes: jobs.map(({ history, block }) => ({ history: history.length, block: block.length })) }
    this.#worker.postMessage(batch, [])
  }

  end(): void {
    this.#worker.removeAllListeners('exit')
    void this.#worker.terminate()
  }

  #finish(lengths: readonly number[]): void {
    // It began with the slot after the batches that are still in work.
    const firstSlot = (this.#nextSlot + (batchesOfThread - this.#batches.length) * batchBlocks) % slotsOfThread
    for (const [index, job] of this.#batches.shift()!.entries()) {
      const start = (firstSlot + index) * slotBytes
      job.resolve(this.#memory.slice(start, start + lengths[index]!))
    }
    if (this.#batches.length === 0) this.#worker.unref()
  }
}

function threadsFor(bytes: number): number {
  const processors = availableParallelism()
  return bytes < leastBytes || processors === 1 ? 0 : Math.min(mostThreads, processors)
}

/** Beside the bundles of the commands, or beside this module where nothing is bundled. */
function threadPath(): string {
  const bundled = join(import.meta.dirname, 'deflate-thread.cjs')
  return existsSync(bundled) ? bundled : join(import.meta.dirname, 'deflate-thread.js')
}
