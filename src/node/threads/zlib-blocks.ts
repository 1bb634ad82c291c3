// The host's zlib for the data blocks of MSZIP cabinets: nearly twice as fast as portable code. docs/decisions/0041-cabinet-compression.md
import { deflateRaw, deflateRawSync, type ZlibOptions } from 'node:zlib'

/** For `writeCabinet` of msikit/cabinet: compresses one block against the history before it. @param level 1 to 9; zlib's own, 6, when absent. */
export function deflateBlock(block: Uint8Array, history: Uint8Array, level?: number): Uint8Array {
  return deflateRawSync(block, optionsFor(history, level))
}

/** The same on libuv's pool. */
export function deflateBlockAsync(block: Uint8Array, history: Uint8Array, level?: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    deflateRaw(block, optionsFor(history, level), (error, stream) => {
      if (error === null) resolve(stream)
      else reject(error)
    })
  })
}

function optionsFor(history: Uint8Array, level: number | undefined): ZlibOptions {
  return { ...(history.length === 0 ? {} : { dictionary: history }), ...(level === undefined ? {} : { level }) }
}
