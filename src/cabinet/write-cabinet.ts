// Writes a cabinet, or a set of cabinets when a maximum size is given. [MS-CAB]. Compression: none, MSZIP or LZX.
// Deterministic: the same files and options give the same bytes; there is no clock in here.
import { WindowsError, type ByteSink, type ByteSource } from '../base/index.ts'
import { CabinetPlan } from './cabinet-plan.ts'
import type { CabinetAttributes } from './cabinet-file.ts'
import { writeSet } from './cabinet-set-writer.ts'
import type { DeflateLevel } from './deflate.ts'
import { runSteps, runStepsAsync, type AsyncDeflateBlock, type Steps } from './encode-steps.ts'
import type { DeflateBlock } from './folder-encoder.ts'
import type { LzxWindowBits } from './lzx-encoder.ts'
import { writeReserve, type CabinetReserve } from './reserve.ts'
import { writeSingle } from './single-cabinet-writer.ts'

export interface CabinetInput {
  /** Stored as it is; folders are separated by backslashes. At most 255 bytes in ASCII or UTF-8. */
  readonly name: string
  readonly source: ByteSource
  /** Milliseconds since 1970-01-01, stored as UTC in two-second steps; 1980-01-01 when absent. */
  readonly modifiedMs?: number
  /** `archive` alone when absent. */
  readonly attributes?: Partial<Omit<CabinetAttributes, 'utf8Name'>>
  /** Begins a new folder, which can be decompressed without those before. */
  readonly newFolder?: boolean
}

export interface WriteCabinetOptions {
  readonly compression: 'none' | 'mszip' | 'lzx'
  /** 1 is fast, 9 is small; 6 when absent. */
  readonly level?: DeflateLevel
  /** LZX: the window is 2 to this power, in bytes; 21 when absent. */
  readonly windowBits?: LzxWindowBits
  /** LZX: rewrites the targets of x86 calls so that programs become smaller; `true` when absent. */
  readonly translateCalls?: boolean
  /** Used for MSZIP in place of msikit's own; the level does not reach it. */
  readonly deflate?: DeflateBlock
  /** 0 to 65535; 0 when absent. */
  readonly setId?: number
  /** Room for others in header, folders and blocks; none when absent. */
  readonly reserve?: CabinetReserve
  /** Divides the files over a set of cabinets. */
  readonly set?: CabinetSetOptions
}

export interface WriteCabinetAsyncOptions extends Omit<WriteCabinetOptions, 'compression' | 'deflate' | 'windowBits' | 'translateCalls'> {
  readonly compression: 'mszip'
  readonly deflate: AsyncDeflateBlock
  /** How many blocks are compressed at once; 16 when absent. */
  readonly blocksInWork?: number
}

export interface CabinetSetOptions {
  /** What no cabinet exceeds, at least {@link leastMaximumBytes}. */
  readonly maximumBytes: number
  /** What a cabinet of the set is called, from index 0: its neighbours refer to it. At most 255 bytes. */
  nameOf(index: number): string
  /** What the disk is called that it is on; empty when absent. */
  diskLabelOf?(index: number): string
  /** Where the following cabinets go; asked once for each, from index 1. */
  sinkOf(index: number, name: string): ByteSink
}

/** A sink that lets bytes already written be replaced: the place is counted from the first byte of the cabinet. */
export interface PatchableSink extends ByteSink {
  patch(offsetBytes: number, bytes: Uint8Array): void
}

export interface WrittenCabinet {
  /** Empty when the cabinet is no part of a set. */
  readonly name: string
  readonly sizeBytes: number
  /** The names of the files whose data begin in this cabinet. */
  readonly files: readonly string[]
}

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
