// Writes a cabinet, or a set of cabinets when a maximum size is given. [MS-CAB]. Compression: none or MSZIP.
// Deterministic: the same files and options give the same bytes; there is no clock in here.
import { WindowsError, type ByteSink, type ByteSource } from '../base/index.ts'
import { CabinetPlan } from './cabinet-plan.ts'
import type { CabinetAttributes } from './cabinet-set.ts'
import { writeSet } from './cabinet-set-writer.ts'
import type { DeflateLevel } from './deflate.ts'
import type { DeflateBlock } from './folder-encoder.ts'
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
  readonly compression: 'none' | 'mszip'
  /** 6 when absent. */
  readonly level?: DeflateLevel
  /** Used in place of msikit's own. */
  readonly deflate?: DeflateBlock
  /** 0 to 65535; 0 when absent. */
  readonly setId?: number
  /** Divides the files over a set of cabinets. */
  readonly set?: CabinetSetOptions
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

/** The smallest {@link CabinetSetOptions.maximumBytes}: a block with all that may have to stand before it is below 38000. */
export const leastMaximumBytes = 40_000

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
  const plan = new CabinetPlan(files)
  if (options.set === undefined) return [writeSingle(plan, sink, options)]
  if (options.set.maximumBytes < leastMaximumBytes || options.set.maximumBytes > 0x7fffffff) {
    throw new WindowsError('ERROR_INVALID_PARAMETER',
      `cabinet set, maximum size: expected ${leastMaximumBytes} to ${0x7fffffff} bytes, found ${options.set.maximumBytes}`)
  }
  return writeSet(plan, sink, options, options.set)
}
