// A second thread that asks for files and looks at processes while the caller does: nearly all of a scan is the kernel's work, which two processors do
// in little more than half the time. A thread costs 100 ms of processor time until it is as quick and 20 MiB, so it is started by the second
// scan, when there are many processes and a processor with nothing to do, kept for those that follow soon, and never waited for before it has begun.
// docs/decisions/0025-who-reads-proc.md
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { HostPath } from '../../platform/index.ts'
import type { LookOptions } from './look.ts'
import { parseProcessStat } from './process-stat.ts'
import { names, type ProcReader } from './read.ts'
import type { Sighting } from './sighting.ts'
import type { StatShare } from './stat-share.ts'
import type { TargetNumbers } from './targets.ts'

/** To ask for files with the caller; what is learnt lies in the memory of their `StatShare`. */
export interface StatJob {
  readonly files: readonly (HostPath | undefined)[]
  readonly share: SharedArrayBuffer
}

/** To look at processes with the caller. */
export interface LookJob {
  readonly id: number
  readonly targets: TargetNumbers
  readonly options: LookOptions
  readonly pids: readonly number[]
  /** Of their `PidShare`. */
  readonly share: SharedArrayBuffer
}

/** Some of what is seen, as it is seen: what comes all at once at the end is waited for. */
export interface ScanAnswer {
  readonly id: number
  readonly sightings: readonly Sighting[]
  readonly isLast: boolean
}

/** For one scan. */
export interface Help {
  /** Joins in where there are many. */
  stat(files: StatJob['files'], share: StatShare): void
  /** @returns how to wait for what the helper sees, which is `undefined` when it fails */
  look(job: Omit<LookJob, 'id'>): Wait
}

type Wait = () => Promise<readonly Sighting[] | undefined>

interface Answer {
  readonly sightings: Sighting[]
  readonly resolve: (sightings: readonly Sighting[] | undefined) => void
}

/** What the help is worth its start for: fewer are looked at before it runs. */
const fewestProcesses = 250
/** And what telling it the names is worth. */
const fewestFiles = 500
const keptMs = 5000

export class ScanHelper {
  readonly #waiting = new Map<number, Answer>()
  #worker: Worker | undefined
  #jobs = 0
  #waits = 0
  #scans = 0
  /** As where the program may not have threads, or was bundled without the file of this one. */
  #hasFailed = false
  #idle: NodeJS.Timeout | undefined
  readonly #isWorthIt: (processes: number, scansBefore: number, reader: ProcReader) => boolean

  constructor(isWorthIt = savesTime) {
    this.#isWorthIt = isWorthIt
  }

  /** @returns nothing when it is not worth asking */
  join(processes: number, reader: ProcReader): Help | undefined {
    if (this.#hasFailed || !this.#isWorthIt(processes, this.#scans++, reader)) return undefined
    this.#worker ??= this.#start()
    if (this.#worker === undefined) return undefined
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => { void this.#worker?.terminate() }, keptMs).unref()
    return {
      stat: (files, share) => {
        if (files.length >= fewestFiles) this.#worker?.postMessage({ files, share: share.buffer } satisfies StatJob, [])
      },
      look: (job) => this.#look(job),
    }
  }

  #look(job: Omit<LookJob, 'id'>): Wait {
    const worker = this.#worker
    if (worker === undefined) return () => Promise.resolve(undefined)
    const id = ++this.#jobs
    const answer = new Promise<readonly Sighting[] | undefined>((resolve) => { this.#waiting.set(id, { sightings: [], resolve }) })
    worker.postMessage({ ...job, id } satisfies LookJob, [])
    return async () => {
      // Only who waits keeps the program running.
      if (this.#waits++ === 0) worker.ref()
      try {
        return await answer
      } finally {
        if (--this.#waits === 0) worker.unref()
      }
    }
  }

  #start(): Worker | undefined {
    let worker: Worker
    try {
      // Not with the options of this program, which may be for one that is given as text.
      worker = new Worker(threadPath(), { execArgv: [] })
    } catch {
      // Not allowed, or no memory: it goes without.
      this.#hasFailed = true
      return undefined
    }
    worker.on('message', ({ id, sightings, isLast }: ScanAnswer) => {
      const answer = this.#waiting.get(id)
      answer?.sightings.push(...sightings)
      if (!isLast) return
      answer?.resolve(answer.sightings)
      this.#waiting.delete(id)
    })
    const end = () => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      for (const { resolve } of this.#waiting.values()) resolve(undefined)
      this.#waiting.clear()
    }
    worker.on('exit', end).on('error', () => {
      this.#hasFailed = true
      end()
    })
    worker.unref()
    return worker
  }
}

function savesTime(processes: number, scansBefore: number, reader: ProcReader): boolean {
  const processors = availableParallelism()
  return scansBefore > 0 && processors > 1 && processes >= fewestProcesses && countOthersRunning(reader) < processors
}

/** Threads of other programs that run or want to, as proc_loadavg(5) counts them. Ours are this one, and those that compile or collect garbage. */
function countOthersRunning(reader: ProcReader): number {
  const all = Number(/^\S+ \S+ \S+ (\d+)\//.exec(reader.text('/proc/loadavg') ?? '')?.[1] ?? Infinity)
  const threads = names('/proc/self/task')
  const own = typeof threads === 'string' ? 1 : threads.filter((thread) => parseProcessStat(reader.text(`/proc/self/task/${thread}/stat`) ?? '')?.state === 'R').length
  return all - own
}

/** Beside the bundles of the commands, or beside this module where nothing is bundled. */
function threadPath(): string {
  const bundled = join(import.meta.dirname, 'scan-thread.cjs')
  return existsSync(bundled) ? bundled : join(import.meta.dirname, 'scan-thread.js')
}
