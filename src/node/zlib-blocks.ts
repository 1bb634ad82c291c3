// The host's zlib for the data blocks of MSZIP cabinets: nearly twice as fast as portable code, and on as many threads as
// libuv's pool has. docs/decisions/0041-cabinet-compression.md
import { deflateRaw, deflateRawSync } from 'node:zlib'

/** For `writeCabinet` of msikit/cabinet: compresses one block against the history before it. */
export function deflateBlock(block: Uint8Array, history: Uint8Array): Uint8Array {
  return deflateRawSync(block, withHistory(history))
}

/** For `writeCabinetAsync` of msikit/cabinet. @param level 1 to 9; zlib's own, 6, when absent. */
export function deflateBlockAsync(level?: number): (block: Uint8Array, history: Uint8Array) => Promise<Uint8Array> {
  return (block, history) => new Promise((resolve, reject) => {
    deflateRaw(block, { ...withHistory(history), ...(level === undefined ? {} : { level }) }, (error, stream) => {
      if (error === null) resolve(stream)
      else reject(error)
    })
  })
}

function withHistory(history: Uint8Array): { dictionary?: Uint8Array } {
  return history.length === 0 ? {} : { dictionary: history }
}
