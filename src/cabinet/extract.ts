// Decompresses the folders of a cabinet once, in order, and hands every wanted file its bytes.
// Memory is bounded by the decoder's window, one piece and one kept file; nothing depends on the size of files or folders.
// Files with the same content may be stored once (WiX calls it smart cabbing): their entries tell the same place, and
// each gets the bytes in its turn.
import { FormatError, type ByteSink } from '../base/index.ts'
import { isSafeName, type CabinetFile } from './cabinet-file.ts'
import { checkRange, type CabinetFolder, type JoinedSet } from './cabinet-set.ts'
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
  /**
   * Decompresses the first `bytes` bytes of a folder elsewhere, such as on another thread: in order, each piece valid until the
   * next is asked for. They may end early, as when something is wrong with them: the rest is done here. `undefined`: all is.
   */
  readonly ahead?: (folder: CabinetFolder, bytes: number) => Iterable<Uint8Array> | undefined
}

/** What is needed of a file of a folder to take it out. */
export type FolderFile = Pick<CabinetFile, 'name' | 'size' | 'offset'>

export type SelectFolderFile = (file: FolderFile, index: number) => CabinetFileSink | undefined

const largestPiece = 1 << 20
/** A file that others have the same bytes as is kept up to this size; beyond, the folder is decompressed once more for each. */
const largestKept = 8 << 20

/**
 * Decompresses one folder, as `Cabinet.extract` does all of them: for callers that divide them among threads.
 * @param files of the folder, in the order of {@link inFolder}. `select` is told the index of each among them.
 */
export function extractFolder(folder: CabinetFolder, files: readonly FolderFile[], select: SelectFolderFile, options: ExtractOptions = {}): void {
  run(new FolderExtraction(folder, files, select, options, sharedBy([folder], files, options)).run())
}

/** By offset; empty files before what begins at the same place. */
export function inFolder(a: FolderFile, b: FolderFile): number {
  return a.offset - b.offset || a.size - b.size
}

export function extractAll(set: JoinedSet, select: SelectFile, options: ExtractOptions = {}): void {
  run(extractSet(set, select, options))
}

/** Yields after every piece, of one data block at least. */
export function* extractSet(set: JoinedSet, select: SelectFile, options: ExtractOptions): Generator<void, void> {
  const byFolder: CabinetFile[][] = set.folders.map(() => [])
  for (const file of set.files) byFolder[file.folder]!.push(file)
  const shared = sharedBy(set.folders, set.files, options)
  for (const [index, folder] of set.folders.entries()) {
    const files = byFolder[index]!.sort(inFolder)
    yield* new FolderExtraction(folder, files, (_, at) => select(files[at]!), options, shared).run()
  }
}

function run(steps: Generator<void, void>): void {
  while (steps.next().done !== true);
}

/** What is smaller is done before WebAssembly would be ready: code that has not run before decodes a few bytes in a microsecond. */
const leastBytesForWasm = 4096

/** What the folders of an extraction have in common. */
interface Shared {
  readonly wasm: WasmDecoders | undefined
  /** Bytes that may still be produced. */
  remaining: number
}

function sharedBy(folders: readonly CabinetFolder[], files: readonly FolderFile[], options: ExtractOptions): Shared {
  return { wasm: chooseWasm(folders, files, options), remaining: options.maximumBytes ?? Number.POSITIVE_INFINITY }
}

function chooseWasm(folders: readonly CabinetFolder[], files: readonly FolderFile[], { webAssembly, decoders }: ExtractOptions): WasmDecoders | undefined {
  if (webAssembly === false || !folders.some(({ compression: { method } }) => method === 'lzx' || method === 'mszip')) return undefined
  if (webAssembly !== true && decoders?.isLoaded !== true && files.reduce((sum, { size }) => sum + size, 0) < leastBytesForWasm) return undefined
  return decoders === undefined ? WasmDecoders.load() : decoders.load()
}

class FolderExtraction {
  readonly #folder: CabinetFolder
  readonly #files: readonly FolderFile[]
  readonly #select: SelectFolderFile
  readonly #options: ExtractOptions
  readonly #shared: Shared
  /** Indexes of the files that this pass over the folder asks for, and those that wait for the next one. */
  #queue: readonly number[]
  #deferred: number[] = []
  #next = 0
  /** Where the last wanted file ends. */
  #end = 0
  #file: FolderFile | undefined
  #sink: CabinetFileSink | undefined
  /** Bytes of the current file that are decoded and not yet written. */
  #pending: Uint8Array | undefined
  /** The bytes of the current file, while others are known to have the same. */
  #kept: Uint8Array | undefined

  constructor(folder: CabinetFolder, files: readonly FolderFile[], select: SelectFolderFile, options: ExtractOptions, shared: Shared) {
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
    let position = 0
    for (const plain of this.#plain()) {
      this.#distribute(plain, position)
      if (this.#file === undefined) return
      position += plain.length
      yield
    }
    const { continuesTo } = this.#folder
    const file = this.#file
    if (continuesTo !== undefined) throw missing('next', continuesTo.name, file)
    throw new FormatError({ structure: 'cabinet file', field: `size of ${JSON.stringify(file.name)}`,
      expected: `an end within the folder's ${position} bytes`, found: `${file.offset} + ${file.size}` })
  }

  /** The folder's bytes in order. */
  * #plain(): Generator<Uint8Array, void> {
    let done = 0
    for (const piece of this.#options.ahead?.(this.#folder, this.#wantedBytes()) ?? []) {
      yield piece
      this.#flush()
      done += piece.length
    }
    const { compression, blockCount, parts, continuesTo } = this.#folder
    const decoder = createFolderDecoder(compression, blockCount * maximumBlockBytes, this.#shared.wasm)
    for (const block of readBlocks(parts, { continues: continuesTo !== undefined, ...decoder.checksum === undefined ? {} : { checksum: decoder.checksum.bind(decoder) } })) {
      if (decoder.room < block.uncompressedBytes) this.#flush()
      const plain = decode(decoder, block)
      if (done < plain.length) yield plain.subarray(done)
      done = Math.max(0, done - plain.length)
    }
  }

  /** How far files reach that may be wanted of the folder. */
  #wantedBytes(): number {
    return this.#queue.reduce((most, index) => Math.max(most, this.#files[index]!.offset + this.#files[index]!.size), 0)
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
      const index = this.#queue[this.#next++]!
      const file = this.#files[index]!
      const sink = this.#wanted(file, index)
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

  #wanted(file: FolderFile, index: number): CabinetFileSink | undefined {
    if (isSafeName(file.name)) return this.#select(file, index)
    if (this.#options.unsafeNames === 'skip') return undefined
    throw new FormatError({ structure: 'cabinet file', field: 'name', expected: 'a relative path without ..', found: JSON.stringify(file.name) })
  }

  /** The next file, if it lies where this one does. */
  #twin({ offset, size }: FolderFile): FolderFile | undefined {
    const next = this.#next < this.#queue.length ? this.#files[this.#queue[this.#next]!] : undefined
    return next?.offset === offset && next.size === size ? next : undefined
  }

  #writeTwins(file: FolderFile): void {
    for (let twin = this.#twin(file); twin !== undefined; twin = this.#twin(file)) {
      const index = this.#queue[this.#next++]!
      if (this.#kept === undefined) {
        this.#deferred.push(index)
        continue
      }
      const sink = this.#wanted(twin, index)
      if (sink === undefined) continue
      this.#count(twin)
      sink.write(this.#kept)
      sink.end?.()
    }
  }

  #check(file: FolderFile): void {
    if (file.size === 0) return
    const { continuesFrom, continuesTo } = this.#folder
    if (continuesFrom !== undefined) throw missing('previous', continuesFrom.name, file)
    if (continuesTo === undefined) checkRange(file, this.#folder)
    if (file.offset < this.#end) {
      throw new FormatError({ structure: 'cabinet file', field: `offset of ${JSON.stringify(file.name)}`,
        expected: `${this.#end} or more, where the file before ends`, found: `${file.offset}` })
    }
    this.#end = file.offset + file.size
    this.#count(file)
  }

  #count(file: FolderFile): void {
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

function missing(which: 'previous' | 'next', name: string, file: FolderFile): FormatError {
  return new FormatError({ structure: 'cabinet folder', field: `data of ${JSON.stringify(file.name)}`,
    expected: `the ${which} cabinet ${JSON.stringify(name)} of the set`, found: 'no such cabinet given' }, 'ERROR_OPEN_FAILED')
}
