// The port to another processor for what an installation decompresses. Optional: without it, one thread does everything.
import type { ByteSource } from '../base/index.ts'

/** A folder of a cabinet: data blocks that are decompressed one after the other. [MS-CAB] section 2.2 */
export interface CompressedFolder {
  readonly compression: { readonly method: 'none' | 'mszip' | 'quantum' | 'lzx'; readonly windowBits?: number }
  readonly blockCount: number
  /** One for each cabinet that has some of its blocks. */
  readonly parts: readonly {
    readonly source: ByteSource
    readonly dataOffset: number
    readonly blockCount: number
    readonly dataReserveBytes: number
    readonly endOffset: number
  }[]
}

/**
 * Begins to decompress the first `bytes` bytes of a folder.
 * @returns them in order, each piece valid until the next is asked for; `undefined` when it would not be worth it. When
 * something is wrong they just end: who does the rest will see what it is.
 */
export type DecompressAhead = (folder: CompressedFolder, bytes: number) => Iterable<Uint8Array> | undefined
