// Extraction on several threads: the main one and workers take folders of cabinets in turn, the largest first; one folder
// alone is decompressed by one thread and written by two. A worker costs 30 ms and 20 MiB, so there are none for small
// packages. What is damaged is left to the caller, who takes the files that are not finished one after the other and
// says what is wrong. docs/decisions/0044-extraction-threads.md
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Cabinet } from '../../cabinet/index.ts'
import type { OptionSpec } from '../command.ts'
import { UsageError } from '../errors.ts'
import type { OutputFolder } from '../output-folder.ts'
import type { Place } from '../places.ts'
import { folderTasks, portable, type FolderTask, type PortableTask, type WantedFile } from './folder-task.ts'
import { openerOf, runLane } from './lane.ts'
import { Pipeline, type WriterInput } from './pipeline.ts'
import { SharedState } from './shared-state.ts'

const leastBytes = 30 << 20
const leastFiles = 2000
/** More would write to one disk, and memory grows with each. */
const mostThreads = 4

/** Of a thread, whose objects die young. */
const youngMebibytes = 2

export interface WorkerInput {
  readonly tasks: readonly PortableTask[]
  readonly output: string
  readonly replace: boolean
  readonly shared: SharedArrayBuffer
}

export interface WantedOfCabinet<Target extends Place> {
  readonly cabinet: Cabinet
  readonly wanted: readonly WantedFile<Target>[]
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

/** @returns the files that are left: all when one thread is enough, some when something is wrong with them. */
export async function extractOnThreads<Target extends Place>(cabinets: readonly WantedOfCabinet<Target>[], output: OutputFolder, { threads, draw }: ThreadOptions): Promise<WantedFile<Target>[]> {
  const all = cabinets.flatMap(({ wanted }) => wanted)
  if (threads === 1 || threads === undefined && isLittle(all)) return all
  const owners: WantedFile<Target>[] = []
  const tasks = cabinets.flatMap(({ cabinet, wanted }) => folderTasks(cabinet, wanted, owners))
  if (tasks.length === 0) return all
  const shared = SharedState.create(owners.length)
  const largestFirst = tasks.toSorted((a, b) => b.bytes - a.bytes)
  if (tasks.length === 1) await runPipeline(largestFirst[0]!, output, shared, draw)
  else await runLanes(largestFirst, output, shared, Math.min(tasks.length, threads ?? Math.min(mostThreads, availableParallelism())), draw)
  if (owners.every((_, flag) => shared.isFinished(flag)) && owners.length === all.length) return []
  const finished = new Set(owners.filter((_, flag) => shared.isFinished(flag)))
  return all.filter((file) => !finished.has(file))
}

function isLittle(files: readonly WantedFile[]): boolean {
  return files.length < leastFiles && files.reduce((sum, { entry }) => sum + entry.size, 0) < leastBytes || availableParallelism() < 2
}

async function runLanes(tasks: readonly FolderTask[], output: OutputFolder, shared: SharedState, threads: number, draw: ThreadOptions['draw']): Promise<void> {
  const input: WorkerInput = { tasks: tasks.map(portable), output: output.path, replace: output.replaces, shared: shared.buffer }
  const ends = Array.from({ length: threads - 1 }, () => workerEnd('worker', input))
  const timer = setInterval(() => draw(shared.writtenBytes), 100)
  try {
    runLane(tasks.length, (index) => tasks[index]!, openerOf(output, shared), shared, () => draw(shared.writtenBytes))
    await Promise.all(ends)
  } finally {
    clearInterval(timer)
  }
}

async function runPipeline(task: FolderTask, output: OutputFolder, shared: SharedState, draw: ThreadOptions['draw']): Promise<void> {
  const pipeline = new Pipeline(output, shared)
  const end = workerEnd('writer', pipeline.writerInput)
  try {
    runLane(1, () => task, pipeline, shared, () => draw(shared.writtenBytes))
  } finally {
    pipeline.close()
  }
  await end
}

function workerEnd(name: 'worker' | 'writer', input: WorkerInput | WriterInput): Promise<void> {
  // Loading it costs what a thread would gain in a small package.
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerPath(name), { workerData: input, resourceLimits: { maxYoungGenerationSizeMb: youngMebibytes } })
    worker.once('error', reject)
    worker.once('exit', () => { resolve() })
  })
}

/** Beside the bundles of the commands, or beside this module where nothing is bundled. */
function workerPath(name: string): string {
  const bundled = join(import.meta.dirname, `extraction-${name}.cjs`)
  return existsSync(bundled) ? bundled : join(import.meta.dirname, `${name}.js`)
}
