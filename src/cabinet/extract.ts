// Decompresses the folders of a cabinet once, in order, and hands every wanted file its bytes.
// Memory is bounded by the decoder's window, one piece and one kept file; nothing depends on the size of files or folders.
// Files with the same content may be stored once (WiX calls it smart cabbing): their entries tell the same place, and
// each gets the bytes in its turn.
import { FormatError, type ByteSink } from '../base/index.ts'
import { checkRange, type CabinetFile, type CabinetFolder, type JoinedSet } from './cabinet-set.ts'
import { readBlocks, type DataBlock } from './folder-blocks.ts'
import { createFolderDecoder, type FolderDecoder } from './folder-decoder.ts'
import { maximumBlockBytes } from './structures.ts'
import { WasmDecoders, type DecoderMemory } from './wasm-decoder.ts'

/** Where a file's bytes go. */
export interface CabinetFileSink extends ByteSink {
  /** Called once after the file's last byte; not called when extraction fails. */
  end?(): void
}

export type SelectFile = (file: CabinetFile) => CabinetFileSink | undefined

export interface ExtractOptions {
  /** What becomes of files whose name is no safe relative path: an error (as without this option), or they are passed over. */
  readonly unsafeNames?: 'fail' | 'skip'
  /** Refuse to produce more than this many bytes in all. Not limited when absent. */
  readonly maximumBytes?: number
  /** `true`: decode with WebAssembly however little there is; `false`: with TypeScript. Chosen by the size when absent. */
  readonly webAssembly?: boolean
  /** For several extractions one after the other: decoders and their memory are made once. */
  readonly decoders?: DecoderMemory
}

const largestPiece = 1 << 20
/** A file that others have the same bytes as is kept up to this size; beyond, the folder is decompressed once more for each. */
const largestKept = 8 << 20

/**
 * Decompresses some of a cabinet's folders, as `Cabinet.extract` does all of them: for callers that divide them among threads.
 * @param files those of the folders; their `folder` is an index into `folders`.
 */
export function extractFolders(folders: readonly CabinetFolder[], files: readonly CabinetFile[], select: SelectFile, options: ExtractOptions = {}): void {
  const steps = extractSet({ folders, files }, select, options)
  while (steps.next().done !== true);
}

/** Yields after every data block. */
export function* extractSet(set: JoinedSet, select: SelectFile, options: ExtractOptions): Generator<void, void> {
  const byFolder: CabinetFile[][] = set.folders.map(() => [])
  for (const file of set.files) byFolder[file.folder]!.push(file)
  const shared = { wasm: chooseWasm(set, options), remaining: options.maximumBytes ?? Number.POSITIVE_INFINITY }
  for (const [index, folder] of set.folders.entries()) {
    const files = byFolder[index]!.sort((a, b) => a.offset - b.offset || a.size - b.size)
    yield* new FolderExtraction(folder, files, select, options, shared).run()
  }
}

/** Small cabinets are done before WebAssembly would be ready. */
const leastBlocksForWasm = 8

/** What the folders of an extraction have in common. */
interface Shared {
  readonly wasm: WasmDecoders | undefined
  /** Bytes that may still be produced. */
  remaining: number
}

function chooseWasm({ folders }: JoinedSet, { webAssembly, decoders }: ExtractOptions): WasmDecoders | undefined {
  if (webAssembly === false) return undefined
  const counted = folders.filter(({ compression: { method } }) => method === 'lzx' || method === 'mszip')
  const least = webAssembly === true ? 1 : leastBlocksForWasm
  return counted.reduce((sum, { blockCount }) => sum + blockCount, 0) < least ? undefined : decoders === undefined ? WasmDecoders.load() : decoders.load()
}

class FolderExtraction {
  readonly #folder: CabinetFolder
  readonly #files: readonly CabinetFile[]
  readonly #select: SelectFile
  readonly #options: ExtractOptions
  readonly #shared: Shared
  /** Indexes of the files that this pass over the folder asks for, and those that wait for the next one. */
  #queue: readonly number[]
  #deferred: number[] = []
  #next = 0
  /** Where the last wanted file ends. */
  #end = 0
  #file: CabinetFile | undefined
  #sink: CabinetFileSink | undefined
  /** Bytes of the current file that are decoded and not yet written. */
  #pending: Uint8Array | undefined
  /** The bytes of the current file, while others are known to have the same. */
  #kept: Uint8Array | undefined

  constructor(folder: CabinetFolder, files: readonly CabinetFile[], select: SelectFile, options: ExtractOptions, shared: Shared) {
    this.#folder = folder
    this.#files = files
    this.#select = select
    this.#options = options
    this.#shared = shared
    this.#queue = files.map((_, index) => index)
  }

  * run(): Generator<void, void> {
    while (this.#queue.length > 0) {
      yield* this.#pass()
      this.#queue = this.#deferred
      this.#deferred = []
      this.#next = this.#end = 0
    }
  }

  * #pass(): Generator<void, void> {
    this.#advance()
    if (this.#file === undefined) return
    const decoder = createFolderDecoder(this.#folder.compression, this.#folder.blockCount * maximumBlockBytes,
      this.#shared.wasm)
    let position = 0
    for (const block of readBlocks(this.#folder.parts)) {
      if (decoder.room < block.uncompressedBytes) this.#flush()
      const plain = decode(decoder, block)
      this.#distribute(plain, position)
      if (this.#file === undefined) return
      position += plain.length
      yield
    }
    const file = this.#file
    throw new FormatError({ structure: 'cabinet file', field: `size of ${JSON.stringify(file.name)}`,
      expected: `an end within the folder's ${position} bytes`, found: `${file.offset} + ${file.size}` })
  }

  /** Writes what a decoded block has for the wanted files, one after the other. */
  #distribute(plain: Uint8Array, position: number): void {
    for (let file = this.#file; file !== undefined && file.offset < position + plain.length; file = this.#file) {
      const from = Math.max(0, file.offset - position)
      const to = Math.min(plain.length, file.offset + file.size - position)
      this.#append(plain, from, to)
      this.#kept?.set(plain.subarray(from, to), position + from - file.offset)
      if (file.offset + file.size > position + plain.length) return
      this.#flush()
      this.#sink?.end?.()
      this.#writeTwins(file)
      this.#advance()
    }
  }

  /** Goes on to the next file that is wanted. Asking ahead tells when the rest of the folder need not be decoded. */
  #advance(): void {
    this.#file = undefined
    this.#sink = undefined
    while (this.#next < this.#queue.length) {
      const file = this.#files[this.#queue[this.#next++]!]!
      const sink = this.#wanted(file)
      if (sink === undefined) continue
      this.#check(file)
      if (file.size === 0) {
        sink.end?.()
        continue
      }
      this.#file = file
      this.#sink = sink
      this.#kept = file.size <= largestKept && this.#twin(file) !== undefined ? new Uint8Array(file.size) : undefined
      return
    }
  }

  #wanted(file: CabinetFile): CabinetFileSink | undefined {
    if (file.safePath !== undefined) return this.#select(file)
    if (this.#options.unsafeNames === 'skip') return undefined
    throw new FormatError({ structure: 'cabinet file', field: 'name', expected: 'a relative path without ..', found: JSON.stringify(file.name) })
  }

  /** The next file, if it lies where this one does. */
  #twin({ offset, size }: CabinetFile): CabinetFile | undefined {
    const next = this.#next < this.#queue.length ? this.#files[this.#queue[this.#next]!] : undefined
    return next?.offset === offset && next.size === size ? next : undefined
  }

  #writeTwins(file: CabinetFile): void {
    for (let twin = this.#twin(file); twin !== undefined; twin = this.#twin(file)) {
      const index = this.#queue[this.#next++]!
      if (this.#kept === undefined) {
        this.#deferred.push(index)
        continue
      }
      const sink = this.#wanted(twin)
      if (sink === undefined) continue
      this.#count(twin)
      sink.write(this.#kept)
      sink.end?.()
    }
  }

  #check(file: CabinetFile): void {
    if (file.size === 0) return
    const { continuesFrom, continuesTo } = this.#folder
    if (continuesFrom !== undefined) throw missing('previous', continuesFrom.name, file)
    if (continuesTo !== undefined) throw missing('next', continuesTo.name, file)
    checkRange(file, this.#folder)
    if (file.offset < this.#end) {
      throw new FormatError({ structure: 'cabinet file', field: `offset of ${JSON.stringify(file.name)}`,
        expected: `${this.#end} or more, where the file before ends`, found: `${file.offset}` })
    }
    this.#end = file.offset + file.size
    this.#count(file)
  }

  #count(file: CabinetFile): void {
    this.#shared.remaining -= file.size
    if (this.#shared.remaining < 0) {
      throw new FormatError({ structure: 'cabinet', field: 'total size', expected: `at most ${this.#options.maximumBytes} bytes`,
        found: `${-this.#shared.remaining} bytes more` })
    }
  }

  #append(plain: Uint8Array, from: number, to: number): void {
    const pending = this.#pending
    const start = plain.byteOffset + from
    if (pending !== undefined && pending.buffer === plain.buffer && pending.byteOffset + pending.length === start && pending.length < largestPiece) {
      this.#pending = new Uint8Array(plain.buffer, pending.byteOffset, pending.length + to - from)
      return
    }
    this.#flush()
    this.#pending = plain.subarray(from, to)
  }

  #flush(): void {
    if (this.#pending !== undefined) this.#sink!.write(this.#pending)
    this.#pending = undefined
  }
}

/** Adds to a decoder's error where the block stands. */
function decode(decoder: FolderDecoder, block: DataBlock): Uint8Array {
  try {
    return decoder.decode(block.data, block.uncompressedBytes)
  } catch (error) {
    if (!(error instanceof FormatError) || error.problem.offsetBytes !== undefined) throw error
    throw new FormatError({ ...error.problem, offsetBytes: block.offsetBytes }, error.code, { cause: error })
  }
}

function missing(which: 'previous' | 'next', name: string, file: CabinetFile): FormatError {
  return new FormatError({ structure: 'cabinet folder', field: `data of ${JSON.stringify(file.name)}`,
    expected: `the ${which} cabinet ${JSON.stringify(name)} of the set`, found: 'no such cabinet given' }, 'ERROR_FILE_NOT_FOUND')
}
