// What is to be written, how, and where to.
import type { ByteSink, ByteSource } from '../../base/index.ts'
import type { DeflateBlock } from '../codec/folder-encoder.ts'
import type { LzxWindowBits } from '../codec/lzx/lzx-encoder.ts'
import type { DeflateLevel } from '../codec/mszip/deflate.ts'
import type { CabinetAttributes } from '../reading/cabinet-file.ts'

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

/** Compresses to one raw deflate stream, elsewhere; the block and the history are not changed meanwhile. */
export type AsyncDeflateBlock = (block: Uint8Array, history: Uint8Array) => Promise<Uint8Array>

export interface WriteCabinetAsyncOptions extends Omit<WriteCabinetOptions, 'compression' | 'deflate' | 'windowBits' | 'translateCalls'> {
  readonly compression: 'mszip'
  readonly deflate: AsyncDeflateBlock
  /** How many blocks are compressed at once; 16 when absent. */
  readonly blocksInWork?: number
}

export interface CabinetReserve {
  /** What stands in the header's reserve area, at most 60,000 bytes. */
  readonly header?: Uint8Array
  /** Bytes reserved in every folder, at most 255. */
  readonly folderBytes?: number
  /** Bytes reserved in every data block, at most 255. */
  readonly dataBytes?: number
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
