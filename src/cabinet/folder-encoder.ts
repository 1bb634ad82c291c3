// Compresses the blocks of one folder, in order.
import { Deflate, type DeflateLevel } from './deflate.ts'
import { maximumBlockBytes } from './structures.ts'

/** Compresses to one raw deflate stream. `history`: the last 32 KiB before the block, fewer at a folder's beginning. */
export type DeflateBlock = (block: Uint8Array, history: Uint8Array) => Uint8Array

export interface EncoderOptions {
  readonly compression: 'none' | 'mszip'
  readonly level?: DeflateLevel
  readonly deflate?: DeflateBlock
}

/** The result is valid until the next call. */
export type EncodeBlock = (block: Uint8Array) => Uint8Array

/** `typeCompress` of CFFOLDER. */
export function compressionType(options: EncoderOptions): number {
  return options.compression === 'mszip' ? 1 : 0
}

export function createFolderEncoder({ compression, level, deflate }: EncoderOptions): EncodeBlock {
  if (compression === 'none') return (block) => block
  const output = new Uint8Array(maximumBlockBytes * 2)
  output.set([0x43, 0x4b])
  const compress = deflate === undefined ? ownDeflate(level) : withHistory(deflate)
  return (block) => {
    const stream = compress(block)
    const chosen = stream.length <= storedBytes(block) ? stream : stored(block)
    output.set(chosen, 2)
    return output.subarray(0, chosen.length + 2)
  }
}

function ownDeflate(level: DeflateLevel = 6): EncodeBlock {
  const deflate = new Deflate(level)
  return (block) => deflate.deflate(block)
}

function withHistory(deflate: DeflateBlock): EncodeBlock {
  const history = new Uint8Array(maximumBlockBytes)
  let historyBytes = 0
  return (block) => {
    const stream = deflate(block, history.subarray(0, historyBytes))
    const kept = Math.min(historyBytes, maximumBlockBytes - block.length)
    history.copyWithin(0, historyBytes - kept, historyBytes)
    history.set(block, kept)
    historyBytes = kept + block.length
    return stream
  }
}

/** No block may become longer than this: readers provide for 12 bytes more than 32 KiB. */
function storedBytes(block: Uint8Array): number {
  return block.length + 5
}

function stored(block: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(storedBytes(block))
  bytes.set([1, block.length & 0xff, block.length >> 8, ~block.length & 0xff, ~block.length >> 8 & 0xff])
  bytes.set(block, 5)
  return bytes
}
