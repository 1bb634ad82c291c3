// The host's zlib for the data blocks of MSZIP cabinets: nearly twice as fast as portable code.
// docs/decisions/0041-cabinet-compression.md
import { deflateRawSync } from 'node:zlib'

/** For `writeCabinet` of msikit/cabinet: compresses one block against the history before it. */
export function deflateBlock(block: Uint8Array, history: Uint8Array): Uint8Array {
  return deflateRawSync(block, withHistory(history))
}

function withHistory(history: Uint8Array): { dictionary?: Uint8Array } {
  return history.length === 0 ? {} : { dictionary: history }
}
