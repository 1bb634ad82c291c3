// MSZIP: each data block is "CK" and one deflate stream; the 32 KiB before a block are its history. [MS-MCI] section 2.
import { FormatError } from '../../../base/index.ts'
import type { FolderDecoder } from '../compression.ts'
import { SlidingWindow } from '../sliding-window.ts'
import { Inflate } from './inflate.ts'

const historyBytes = 1 << 15

export class MszipDecoder implements FolderDecoder {
  readonly #window: SlidingWindow
  readonly #inflate = new Inflate()

  /** @param folderBytes what the folder decompresses to at most. */
  constructor(folderBytes: number) {
    this.#window = new SlidingWindow(historyBytes, 1 << 18, folderBytes)
  }

  get room(): number {
    return this.#window.room
  }

  decode(block: Uint8Array, size: number): Uint8Array {
    if (block[0] !== 0x43 || block[1] !== 0x4b) {
      throw new FormatError({ structure: 'MSZIP block', field: 'signature', expected: 'CK', found: [...block.subarray(0, 2)].join(' ') })
    }
    const window = this.#window
    window.reserve(size)
    const from = window.position
    const earliest = Math.max(0, from - historyBytes)
    const end = this.#inflate.inflate(block, 2, window.bytes, window.view, from, earliest, from + size)
    if (end !== from + size) throw new FormatError({ structure: 'MSZIP block', field: 'data', expected: `${size} bytes`, found: `${end - from}` })
    window.position = end
    return window.bytes.subarray(from, end)
  }
}
