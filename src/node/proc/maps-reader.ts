// The mappings of many processes, read by the threads that Node.js keeps for files while the caller goes on: making them up takes
// the kernel a quarter of the time of a scan, and of all of /proc they alone are worth handing over. They are handed over in batches,
// because waking a thread for each costs what it saves, and only while no more runs than there are processors: else they are read on
// the spot. So they are if the threads, which are the whole program's, do not answer, because others wait for a dead server in them.
import { closeSync, openSync, read } from 'node:fs'
import { availableParallelism } from 'node:os'
import { endsWithGate, ProcReader, refusalOf, type Refusal } from './read.ts'

/** At most twice as many descriptors are open at a time. */
const batchSize = 32
/** What the kernel answers at most at a time; a buffer grows where a process has more mappings. */
const bufferBytes = 4096
/** Without an answer for so long the threads count as taken. */
const patienceMs = 100

const processors = availableParallelism()

interface Job {
  readonly path: string
  readonly descriptor: number
  /** The bytes are valid during the call. */
  readonly done: (found: Buffer | Refusal) => void
}

export class MapsReader {
  #collected: Job[] = []
  /** Handed over and not answered yet. */
  readonly #awaited = new Set<Job>()
  readonly #buffers: Buffer[] = []
  readonly #reader: ProcReader
  readonly #mayHandOver: () => boolean
  #whenAnswered = () => {}
  #answers = 0
  #isGivenUp = false

  /** @param reader for what is read on the spot */
  constructor(reader: ProcReader, mayHandOver = () => countRunning(reader) <= processors) {
    this.#reader = reader
    this.#mayHandOver = mayHandOver
  }

  /** Opens them now, and so holds on to the process that has this number now. */
  add(path: string, done: Job['done']): void {
    try {
      this.#collected.push({ path, descriptor: openSync(path, 'r'), done })
    } catch (error) {
      done(refusalOf(error))
    }
  }

  get isFull(): boolean {
    return this.#collected.length >= batchSize
  }

  /** Waits for the batch before. */
  async handOver(): Promise<void> {
    await this.#answered()
    const jobs = this.#collected
    this.#collected = []
    const isWorthIt = !this.#isGivenUp && this.#mayHandOver()
    for (const job of jobs) {
      if (isWorthIt) {
        this.#awaited.add(job)
        this.#read(job, this.#buffers.pop() ?? Buffer.allocUnsafe(bufferBytes), 0)
      } else job.done(this.#reader.readOpened(job.descriptor))
    }
  }

  async finish(): Promise<void> {
    await this.handOver()
    await this.#answered()
  }

  /** What was collected is not read any more. */
  [Symbol.dispose](): void {
    for (const { descriptor } of this.#collected) closeSync(descriptor)
    this.#collected = []
    this.#awaited.clear()
  }

  #read(job: Job, buffer: Buffer, length: number): void {
    read(job.descriptor, buffer, length, buffer.length - length, null, (error, count) => {
      this.#answers++
      const end = length + count
      if (!error && count > 0 && !endsWithGate(buffer, end)) {
        this.#read(job, end < buffer.length ? buffer : Buffer.concat([buffer], buffer.length * 2), end)
        return
      }
      // Not before: a number given anew would be read from.
      closeSync(job.descriptor)
      if (this.#awaited.delete(job)) job.done(error ? refusalOf(error) : buffer.subarray(0, end))
      this.#buffers.push(buffer)
      if (this.#awaited.size === 0) this.#whenAnswered()
    })
  }

  async #answered(): Promise<void> {
    while (this.#awaited.size > 0) {
      const before = this.#answers
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMs)
        this.#whenAnswered = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      if (this.#answers > before) continue
      // After a long turn of somebody else's the timer comes before the answers that were there long before.
      await new Promise(setImmediate)
      if (this.#answers === before) this.#answerNow()
    }
  }

  #answerNow(): void {
    this.#isGivenUp = true
    const jobs = [...this.#awaited]
    this.#awaited.clear()
    for (const { path, done } of jobs) done(this.#reader.read(path))
  }
}

/** Threads that run or want to, as proc_loadavg(5) counts them; the caller is one. */
function countRunning(reader: ProcReader): number {
  return Number(/^\S+ \S+ \S+ (\d+)\//.exec(reader.text('/proc/loadavg') ?? '')?.[1] ?? Infinity)
}
