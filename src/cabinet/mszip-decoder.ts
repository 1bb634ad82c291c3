// MSZIP: each data block is "CK" and one deflate stream; the 32 KiB before a block are its history. [MS-MCI] section 2.
import { FormatError } from '../base/index.ts'
import { Inflate } from './inflate.ts'
import { SlidingWindow } from './sliding-window.ts'
import type { FolderDecoder } from './folder-decoder.ts'

/** Inflates a raw deflate stream of `size` bytes against up to 32 KiB of history. */
export type InflateBlock = (stream: Uint8Array, history: Uint8Array, size: number) => Uint8Array

const historyBytes = 1 << 15

export class MszipDecoder implements FolderDecoder {
  readonly #window: SlidingWindow
  readonly #own = new Inflate()
  readonly #injected: InflateBlock | undefined

  /** @param folderBytes what the folder decompresses to at most. */
  constructor(folderBytes: number, inflate?: InflateBlock) {
    this.#window = new SlidingWindow(historyBytes, 1 << 18, folderBytes)
    this.#injected = inflate
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
    const end = this.#injected === undefined
      ? this.#own.inflate(block, 2, window.bytes, window.view, from, earliest, from + size)
      : this.#useInjected(this.#injected, block, earliest, from, size)
    if (end !== from + size) throw new FormatError({ structure: 'MSZIP block', field: 'data', expected: `${size} bytes`, found: `${end - from}` })
    window.position = end
    return window.bytes.subarray(from, end)
  }

  #useInjected(inflate: InflateBlock, block: Uint8Array, earliest: number, from: number, size: number): number {
    const { bytes } = this.#window
    let plain: Uint8Array
    try {
      plain = inflate(block.subarray(2), bytes.subarray(earliest, from), size)
    } catch (cause) {
      throw new FormatError({ structure: 'MSZIP block', field: 'data', expected: 'a deflate stream', found: String(cause) }, 'ERROR_INVALID_DATA', { cause })
    }
    if (plain.length <= size) bytes.set(plain, from)
    return from + plain.length
  }
}
