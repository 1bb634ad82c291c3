// MSZIP and LZX decoded by WebAssembly: two to three times as fast as the TypeScript decoders, which are the reference
// and take over where WebAssembly is missing or forbidden. The sources are in assembly/cabinet/, compiled by
// scripts/build-assembly.mjs. docs/decisions/0042-webassembly.md
import { FormatError, WindowsError } from '../../../base/index.ts'
import type { Compression, FolderDecoder } from '../compression.ts'
import { decodersWasm } from './decoders-wasm.ts'
import { wasmProblem } from './wasm-problem.ts'

/** What the module exports; addresses are offsets into its memory. */
interface DecoderExports {
  readonly memory: WebAssembly.Memory
  readonly blockAddress: WebAssembly.Global
  readonly blockCapacity: WebAssembly.Global
  readonly failure: WebAssembly.Global
  readonly found: WebAssembly.Global
  readonly limit: WebAssembly.Global
  readonly produced: WebAssembly.Global
  /** Of the block, as a signed integer. */
  checksum(blockBytes: number): number
  setup(windowBits: number, folderBytes: number): number
  room(): number
  /** The address of the result; 0 when it failed. */
  decode(blockBytes: number, size: number): number
}

/** One instance of the module, for one folder after the other. */
export class WasmDecoders {
  readonly #exports: DecoderExports
  /** The one decoder that may be used now. */
  #current: WasmDecoder | undefined

  private constructor(exports: DecoderExports) {
    this.#exports = exports
  }

  /** `undefined` where there is no WebAssembly, or it is not allowed to be compiled here. */
  static load(): WasmDecoders | undefined {
    try {
      return new WasmDecoders(new WebAssembly.Instance(new WebAssembly.Module(bytesOfBase64(decodersWasm))).exports as DecoderExports)
    } catch {
      return undefined
    }
  }

  /** Ends the use of the decoder given before. `undefined` for other methods, or when there is not enough memory. */
  decoder({ method, windowBits = 0 }: Compression, folderBytes: number): FolderDecoder | undefined {
    if (method !== 'mszip' && method !== 'lzx') return undefined
    if (this.#exports.setup(windowBits, folderBytes) === 0) return undefined
    this.#current?.end()
    return this.#current = new WasmDecoder(this.#exports, method)
  }
}

/** What extractions that do not overlap can share. */
export class DecoderMemory {
  #decoders: WasmDecoders | undefined
  #isLoaded = false

  get isLoaded(): boolean {
    return this.#isLoaded
  }

  load(): WasmDecoders | undefined {
    if (!this.#isLoaded) this.#decoders = WasmDecoders.load()
    this.#isLoaded = true
    return this.#decoders
  }
}

function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text)
  const bytes = new Uint8Array(characters.length)
  for (let index = 0; index < bytes.length; index++) bytes[index] = characters.charCodeAt(index)
  return bytes
}

class WasmDecoder implements FolderDecoder {
  readonly #exports: DecoderExports
  readonly #method: 'mszip' | 'lzx'
  /** The memory does not grow while a folder is decoded. */
  readonly #buffer: ArrayBuffer
  readonly #block: Uint8Array
  /** What is in `#block` already. */
  #loaded: Uint8Array | undefined
  #ended = false

  constructor(exports: DecoderExports, method: 'mszip' | 'lzx') {
    this.#exports = exports
    this.#method = method
    this.#buffer = exports.memory.buffer
    this.#block = new Uint8Array(this.#buffer, exports.blockAddress.value, exports.blockCapacity.value)
  }

  get room(): number {
    return this.#exports.room()
  }

  end(): void {
    this.#ended = true
  }

  checksum(block: Uint8Array): number {
    this.#load(block)
    return this.#exports.checksum(block.length) >>> 0
  }

  decode(block: Uint8Array, size: number): Uint8Array {
    if (this.#method === 'mszip' && (block[0] !== 0x43 || block[1] !== 0x4b)) {
      throw new FormatError({ structure: 'MSZIP block', field: 'signature', expected: 'CK', found: [...block.subarray(0, 2)].join(' ') })
    }
    if (block !== this.#loaded) this.#load(block)
    // Decoding writes behind the block's end, and LZX puts its words in another order.
    this.#loaded = undefined
    const exports = this.#exports
    const address = exports.decode(block.length, size)
    if (address === 0) throw wasmProblem(exports.failure.value, exports.found.value, exports.limit.value)
    if (exports.produced.value !== size) {
      throw new FormatError({ structure: 'MSZIP block', field: 'data', expected: `${size} bytes`, found: `${exports.produced.value}` })
    }
    return new Uint8Array(this.#buffer, address, size)
  }

  #load(block: Uint8Array): void {
    if (this.#ended) throw new WindowsError('ERROR_INVALID_HANDLE', 'cabinet decoder: expected one extraction after the other, found two at once')
    if (block.length > this.#block.length) {
      throw new FormatError({ structure: 'cabinet data block', field: 'size', expected: `at most ${this.#block.length}`, found: `${block.length}` })
    }
    this.#block.set(block)
    this.#loaded = block
  }
}
