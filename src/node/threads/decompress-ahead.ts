// Decompresses what an installation needs of a large cabinet on another thread, ahead of the one that writes and renames:
// that is a third of the work. A thread costs 30 ms and 25 MiB, so small cabinets have none.
// docs/decisions/0044-extraction-threads.md
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { CompressedFolder, DecompressAhead } from '../../platform/index.ts'
import { shareSource, type SharedSource } from '../files/shared-source.ts'
import { ByteRing } from './byte-ring.ts'

export interface DecompressionJob {
  readonly folder: Omit<CompressedFolder, 'parts'> & { readonly parts: readonly (Omit<CompressedFolder['parts'][number], 'source'> & { readonly source: SharedSource })[] }
  readonly bytes: number
  readonly ring: SharedArrayBuffer
}

const leastBytes = 30 << 20
const youngMebibytes = 2

export const decompressAhead: DecompressAhead = (folder, bytes) =>
  bytes >= leastBytes && availableParallelism() > 1 ? decompressOnThread(folder, bytes) : undefined

/** `undefined` when the cabinet lies in no file of the host, or there may be no threads. */
export function decompressOnThread({ compression, blockCount, parts }: CompressedFolder, bytes: number): Iterable<Uint8Array> | undefined {
  const shared = parts.flatMap(({ source, ...part }) => {
    const place = shareSource(source)
    return place === undefined ? [] : [{ ...part, source: place }]
  })
  const program = threadProgram()
  if (shared.length < parts.length || program === undefined) return undefined
  const ring = new ByteRing()
  const job: DecompressionJob = { folder: { compression, blockCount, parts: shared }, bytes, ring: ring.buffer }
  try {
    const worker = new Worker(program, { workerData: job, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: youngMebibytes } })
    // What it cannot do is done without it.
    worker.on('error', () => {}).unref()
  } catch {
    return undefined
  }
  return ring.pieces()
}

/** Beside the bundles of the commands, or beside this module where nothing is bundled; nowhere when somebody else has bundled it. */
function threadProgram(): string | undefined {
  return ['cjs', 'js'].map((suffix) => join(import.meta.dirname, `decompression-thread.${suffix}`)).find((path) => existsSync(path))
}
