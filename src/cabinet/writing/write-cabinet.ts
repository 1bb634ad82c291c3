// Writes a cabinet, or a set of cabinets when a maximum size is given. [MS-CAB]. Compression: none, MSZIP or LZX.
// Deterministic: the same files and options give the same bytes; there is no clock in here.
import { WindowsError, type ByteSink } from '../../base/index.ts'
import { CabinetPlan } from './cabinet-plan.ts'
import { writeSet } from './cabinet-set-writer.ts'
import { runSteps, runStepsAsync, type Steps } from './encode-steps.ts'
import { writeReserve } from './reserve.ts'
import { writeSingle } from './single-cabinet-writer.ts'
import type { CabinetInput, WriteCabinetAsyncOptions, WriteCabinetOptions, WrittenCabinet } from './write-options.ts'

/** The smallest {@link CabinetSetOptions.maximumBytes}, reserve areas not counted: a block with all that may have to stand before it is below 38000. */
export const leastMaximumBytes = 40_000
/** CFHEADER counts files in 16 bits. */
const mostFilesInCabinet = 0xffff

/**
 * Writes the files in the given order, as one folder unless an input begins a new one.
 *
 * A single cabinet goes out as it is compressed when the sink is a {@link PatchableSink}; otherwise its compressed data
 * stay in memory until their size is known, as do those of each cabinet of a set.
 * @throws WindowsError ERROR_INVALID_PARAMETER for a name, size or count that a cabinet cannot hold.
 * @example
 * writeCabinet([{ name: 'readme.txt', source: bytesSource(text) }], sink, { compression: 'mszip' })
 */
export function writeCabinet(files: readonly CabinetInput[], sink: ByteSink, options: WriteCabinetOptions): readonly WrittenCabinet[] {
  const plan = planFor(files, options)
  return runSteps(plan, write(plan, sink, options), options)
}

/**
 * Writes what `writeCabinet` writes with the same deflate, but with many blocks compressed at once.
 * @throws WindowsError as `writeCabinet` does.
 */
export async function writeCabinetAsync(files: readonly CabinetInput[], sink: ByteSink, options: WriteCabinetAsyncOptions): Promise<readonly WrittenCabinet[]> {
  const { deflate, blocksInWork = 16, ...others } = options
  const plan = planFor(files, others)
  return runStepsAsync(plan, write(plan, sink, others), deflate, Math.max(1, blocksInWork))
}

function planFor(files: readonly CabinetInput[], { set }: WriteCabinetOptions): CabinetPlan {
  return new CabinetPlan(files, set === undefined ? mostFilesInCabinet : Number.POSITIVE_INFINITY)
}

function write(plan: CabinetPlan, sink: ByteSink, options: WriteCabinetOptions): Steps<readonly WrittenCabinet[]> {
  const { set, reserve } = options
  if (set === undefined) return writeOne(plan, sink, options)
  const least = leastMaximumBytes + writeReserve(reserve).length + (reserve?.folderBytes ?? 0) + 2 * (reserve?.dataBytes ?? 0)
  if (set.maximumBytes < least || set.maximumBytes > 0x7fffffff) {
    throw new WindowsError('ERROR_INVALID_PARAMETER', `cabinet set, maximum size: expected ${least} to ${0x7fffffff} bytes, found ${set.maximumBytes}`)
  }
  return writeSet(plan, sink, options, set)
}

function* writeOne(plan: CabinetPlan, sink: ByteSink, options: WriteCabinetOptions): Steps<readonly WrittenCabinet[]> {
  return [yield* writeSingle(plan, sink, options)]
}
