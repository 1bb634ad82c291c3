// What decompresses the data blocks of one folder, in order.
import { FormatError } from '../../base/index.ts'
import type { Compression, FolderDecoder } from './compression.ts'
import { LzxDecoder } from './lzx/lzx-decoder.ts'
import { MszipDecoder } from './mszip/mszip-decoder.ts'
import { QuantumDecoder } from './quantum-decoder.ts'
import { SlidingWindow } from './sliding-window.ts'
import type { WasmDecoders } from './wasm/wasm-decoder.ts'

/** @param folderBytes what the folder decompresses to at most. */
export function createFolderDecoder(compression: Compression, folderBytes: number, wasm?: WasmDecoders): FolderDecoder {
  const fast = wasm?.decoder(compression, folderBytes)
  if (fast !== undefined) return fast
  switch (compression.method) {
    case 'none': return new StoredDecoder(folderBytes)
    case 'mszip': return new MszipDecoder(folderBytes)
    case 'lzx': return new LzxDecoder(compression.windowBits!, folderBytes)
    case 'quantum': return new QuantumDecoder(compression.windowBits!, folderBytes)
  }
}

/** Copies, so that many blocks reach the file in one piece. */
class StoredDecoder implements FolderDecoder {
  readonly #window: SlidingWindow

  constructor(folderBytes: number) {
    this.#window = new SlidingWindow(0, 1 << 18, folderBytes)
  }

  get room(): number {
    return this.#window.room
  }

  decode(block: Uint8Array, size: number): Uint8Array {
    if (block.length !== size) {
      throw new FormatError({ structure: 'uncompressed data block', field: 'size', expected: `${size} bytes`, found: `${block.length}` })
    }
    const window = this.#window
    window.reserve(size)
    const from = window.position
    window.bytes.set(block, from)
    window.position += size
    return window.bytes.subarray(from, window.position)
  }
}
