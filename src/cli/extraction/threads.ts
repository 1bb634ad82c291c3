// Extraction of much: columns of numbers instead of an object for each file. The main thread and workers take folders of
// cabinets in turn, the largest first; one folder alone is decompressed by one thread and written by two. A worker costs
// 30 ms and 20 MiB, so there are none for small packages. What is damaged is left to the caller, who takes the files that are not finished one after the other and
// says what is wrong. docs/decisions/0044-extraction-threads.md
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Cabinet } from '../../cabinet/index.ts'
import type { OutputFolder } from '../files/output-folder.ts'
import type { PlaceList } from '../layout/places.ts'
import type { OptionSpec } from '../program/command.ts'
import { UsageError } from '../program/errors.ts'
import { folderTasks, portable, type FolderTask, type PortableTask, type WantedFiles } from './folder-task.ts'
import { DirectWriter, runLane } from './lane.ts'
import { Pipeline, type WriterInput } from './pipeline.ts'
import { portablePlaces, type PortablePlaces } from './portable-places.ts'
import { SharedState } from './shared-state.ts'

const leastBytes = 30 << 20
const leastFiles = 2000
/** More would write to one disk, and memory grows with each. */
const mostThreads = 4

/** Of a thread, whose objects die young. */
const youngMebibytes = 2

export interface WorkerInput {
  readonly tasks: readonly PortableTask[]
  readonly places: PortablePlaces
  readonly output: string
  readonly replace: boolean
  readonly shared: SharedArrayBuffer
}

export interface WantedOfCabinet extends WantedFiles {
  readonly cabinet: Cabinet
}

export interface ThreadOptions {
  /** Chosen by what there is to do when absent. */
  readonly threads?: number | undefined
  /** Called often, with the bytes written so far. */
  readonly draw: (writtenBytes: number) => void
}

export const threadsOption: OptionSpec = { value: 'N', about: 'Decompress on so many threads; chosen by what there is to do when absent' }

/** @throws UsageError */
export function threadsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^([1-9]|[1-5]\d|6[0-4])$/.test(text)) return Number(text)
  throw new UsageError(`option --threads: expected 1 to 64, found "${text}"`)
}

/**
 * Each target at most once.
 * @returns whether a target is finished: none when there is so little that the caller does it as well, fewer than all when something is wrong with them
 */
export async function extractOnThreads(cabinets: readonly WantedOfCabinet[], places: PlaceList, output: OutputFolder, { threads, draw }: ThreadOptions): Promise<(target: number) => boolean> {
  if (isLittle(cabinets) && (threads ?? 1) === 1) return nothingFinished
  const tasks = cabinets.flatMap((one) => folderTasks(one.cabinet, one)).toSorted((a, b) => b.bytes - a.bytes)
  if (tasks.length === 0) return nothingFinished
  const shared = SharedState.create(places.length)
  const most = threads ?? Math.min(mostThreads, availableParallelism())
  if (tasks.length === 1 && most > 1) await runPipeline(tasks[0]!, places, output, shared, draw)
  else await runLanes(tasks, places, output, shared, Math.min(tasks.length, most), draw)
  return (target) => shared.isFinished(target)
}

function nothingFinished(): boolean {
  return false
}

function isLittle(cabinets: readonly WantedOfCabinet[]): boolean {
  let [count, bytes] = [0, 0]
  for (const { cabinet: { list }, files } of cabinets) {
    count += files.length
    for (const file of files) bytes += list.sizes[file]!
  }
  return count < leastFiles && bytes < leastBytes
}

async function runLanes(tasks: readonly FolderTask[], places: PlaceList, output: OutputFolder, shared: SharedState, threads: number, draw: ThreadOptions['draw']): Promise<void> {
  const input = (): WorkerInput => ({ tasks: tasks.map(portable), places: portablePlaces(places), output: output.path, replace: output.replaces, shared: shared.buffer })
  const ends = threads === 1 ? [] : workerEnds(threads - 1, 'worker', input())
  const timer = setInterval(() => draw(shared.writtenBytes), 100)
  try {
    runLane(tasks.length, (index) => tasks[index]!, new DirectWriter(output, places, shared), shared, () => draw(shared.writtenBytes))
    await Promise.all(ends)
  } finally {
    clearInterval(timer)
  }
}

async function runPipeline(task: FolderTask, places: PlaceList, output: OutputFolder, shared: SharedState, draw: ThreadOptions['draw']): Promise<void> {
  const pipeline = new Pipeline(output, places, shared)
  const ends = workerEnds(1, 'writer', pipeline.writerInput)
  try {
    runLane(1, () => task, pipeline, shared, () => draw(shared.writtenBytes))
  } finally {
    pipeline.close()
  }
  await Promise.all(ends)
}

function workerEnds(count: number, name: 'worker' | 'writer', input: WorkerInput | WriterInput): Promise<void>[] {
  // Loading it costs what a thread would gain in a small package.
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  return Array.from({ length: count }, () => new Promise((resolve, reject) => {
    const worker = new Worker(workerPath(name), { workerData: input, resourceLimits: { maxYoungGenerationSizeMb: youngMebibytes } })
    worker.once('error', reject)
    worker.once('exit', () => { resolve() })
  }))
}

/** Beside the bundles of the commands, or beside this module where nothing is bundled. */
function workerPath(name: string): string {
  const bundled = join(import.meta.dirname, `extraction-${name}.cjs`)
  return existsSync(bundled) ? bundled : join(import.meta.dirname, `${name}.js`)
}
