// The host's zlib for the data blocks of MSZIP cabinets: several times as fast as portable code, from the first block on.
// docs/decisions/0041-cabinet-compression.md
import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** For `extract` of msikit/cabinet: inflates one block against the history before it. */
export function inflateBlock(stream: Uint8Array, history: Uint8Array, size: number): Uint8Array {
  // One byte more than is expected: then one output buffer does, and a longer result is an error.
  return inflateRawSync(stream, { chunkSize: Math.max(64, size + 1), maxOutputLength: size + 1, ...withHistory(history) })
}

/** For `writeCabinet` of msikit/cabinet: compresses one block against the history before it. */
export function deflateBlock(block: Uint8Array, history: Uint8Array): Uint8Array {
  return deflateRawSync(block, withHistory(history))
}

function withHistory(history: Uint8Array): { dictionary?: Uint8Array } {
  return history.length === 0 ? {} : { dictionary: history }
}
