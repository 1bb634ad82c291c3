// Compresses the blocks of one folder, in order.
import { maximumBlockBytes } from '../structures.ts'
import { LzxEncoder, type LzxWindowBits } from './lzx/lzx-encoder.ts'
import { Deflate, type DeflateLevel } from './mszip/deflate.ts'

/** Compresses to one raw deflate stream. `history`: the last 32 KiB before the block, fewer at a folder's beginning. */
export type DeflateBlock = (block: Uint8Array, history: Uint8Array) => Uint8Array

export interface EncoderOptions {
  readonly compression: 'none' | 'mszip' | 'lzx'
  readonly level?: DeflateLevel
  readonly windowBits?: LzxWindowBits
  readonly translateCalls?: boolean
  readonly deflate?: DeflateBlock
}

/** The result is valid until the next call. */
export type EncodeBlock = (block: Uint8Array) => Uint8Array

const defaultWindowBits = 21
/** MSZIP: "CK". */
const signatureBytes = 2
/** The most that any method adds to a block: LZX's headers, recent offsets and padding. */
export const largestGrowthBytes = 24

/** `typeCompress` of CFFOLDER. */
export function compressionType({ compression, windowBits = defaultWindowBits }: EncoderOptions): number {
  return compression === 'none' ? 0 : compression === 'mszip' ? 1 : 3 | windowBits << 8
}

export function createFolderEncoder(options: EncoderOptions): EncodeBlock {
  const { compression, level = 6, windowBits = defaultWindowBits, translateCalls = true, deflate } = options
  if (compression === 'none') return (block) => block
  if (compression === 'lzx') {
    const encoder = new LzxEncoder({ windowBits, level, translateCalls })
    return (block) => encoder.encode(block)
  }
  const compress = deflate === undefined ? ownDeflate(level) : withHistory(deflate)
  return (block) => mszipBlock(block, compress(block))
}

/** @param stream what the block is deflated to; it is stored instead where that is shorter. */
export function mszipBlock(block: Uint8Array, stream: Uint8Array): Uint8Array {
  const chosen = stream.length <= storedBytes(block) ? stream : stored(block)
  const output = new Uint8Array(signatureBytes + chosen.length)
  output.set([0x43, 0x4b])
  output.set(chosen, signatureBytes)
  return output
}

function ownDeflate(level: DeflateLevel): EncodeBlock {
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
