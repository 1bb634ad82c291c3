// Decompresses the folders of a cabinet once, in order, and hands every wanted file its bytes.
// Memory is bounded by the decoder's window, one piece and one kept file; nothing depends on the size of files or folders.
// Files with the same content may be stored once (WiX calls it smart cabbing): their entries tell the same place, and
// each gets the bytes in its turn.
import { FormatError, type ByteSink } from '../../base/index.ts'
import type { FolderDecoder } from '../codec/compression.ts'
import { createFolderDecoder } from '../codec/folder-decoder.ts'
import { WasmDecoders, type DecoderMemory } from '../codec/wasm/wasm-decoder.ts'
import { maximumBlockBytes } from '../structures.ts'
import type { CabinetFile } from './cabinet-file.ts'
import { beyondFolder, type CabinetFolder, type JoinedSet } from './cabinet-set.ts'
import { byFolder, inFolder, type FileList, type FolderFiles } from './file-list.ts'
import { readBlocks, type DataBlock } from './folder-blocks.ts'

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

/** Asked with the index of each file shortly before it is reached. */
export type SelectFolderFile = (index: number) => CabinetFileSink | undefined

const largestPiece = 1 << 20
/** A file that others have the same bytes as is kept up to this size; beyond, the folder is decompressed once more for each. */
const largestKept = 8 << 20

/**
 * Decompresses one folder, as `Cabinet.extract` does all of them: for callers that divide them among threads. Names are the
 * caller's affair.
 */
export function extractFolder(folder: CabinetFolder, files: FolderFiles, select: SelectFolderFile, options: ExtractOptions = {}): void {
  run(new FolderExtraction(folder, files, select, options, sharedBy([folder], files.sizes.reduce((sum, size) => sum + size, 0), options)).run())
}

export function extractAll(set: JoinedSet, select: SelectFile, options: ExtractOptions = {}): void {
  run(extractSet(set, select, options))
}

/** Yields after every piece, of one data block at least. */
export function* extractSet({ folders, files: list }: JoinedSet, select: SelectFile, options: ExtractOptions): Generator<void, void> {
  const { files } = list
  const numbers = byFolder(list, folders.length)
  const shared = sharedBy(folders, list.sizes.reduce((sum, size) => sum + size, 0), options)
  for (const [index, folder] of folders.entries()) {
    const wanted = inFolder(list, numbers[index]!)
    const selectAt = (at: number): CabinetFileSink | undefined => isAllowed(list, wanted.numbers[at]!, options) ? select(files[wanted.numbers[at]!]!) : undefined
    yield* new FolderExtraction(folder, wanted, selectAt, options, shared).run()
  }
}

/** @throws FormatError unless such files are passed over */
function isAllowed(list: FileList, number: number, { unsafeNames }: ExtractOptions): boolean {
  if (list.isSafe(number)) return true
  if (unsafeNames === 'skip') return false
  throw new FormatError({ structure: 'cabinet file', field: 'name', expected: 'a relative path without ..', found: JSON.stringify(list.name(number)) })
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

/** @param bytes of all files */
function sharedBy(folders: readonly CabinetFolder[], bytes: number, options: ExtractOptions): Shared {
  return { wasm: chooseWasm(folders, bytes, options), remaining: options.maximumBytes ?? Number.POSITIVE_INFINITY }
}

function chooseWasm(folders: readonly CabinetFolder[], bytes: number, { webAssembly, decoders }: ExtractOptions): WasmDecoders | undefined {
  if (webAssembly === false || !folders.some(({ compression: { method } }) => method === 'lzx' || method === 'mszip')) return undefined
  if (webAssembly !== true && decoders?.isLoaded !== true && bytes < leastBytesForWasm) return undefined
  return decoders === undefined ? WasmDecoders.load() : decoders.load()
}

/** No file. */
const none = -1

class FolderExtraction {
  readonly #folder: CabinetFolder
  readonly #files: FolderFiles
  readonly #select: SelectFolderFile
  readonly #options: ExtractOptions
  readonly #shared: Shared
  /** Indexes of the files that this pass over the folder asks for, all of them when absent, and those that wait for the next one. */
  #queue: readonly number[] | undefined
  #deferred: number[] = []
  #next = 0
  /** Where the last wanted file ends. */
  #end = 0
  /** The file that bytes are written to: its index, and where it begins and ends. */
  #file = none
  #fileStart = 0
  #fileEnd = 0
  #sink: CabinetFileSink | undefined
  /** Bytes of the current file that are decoded and not yet written. */
  #pending: Uint8Array | undefined
  /** The bytes of the current file, while others are known to have the same. */
  #kept: Uint8Array | undefined

  constructor(folder: CabinetFolder, files: FolderFiles, select: SelectFolderFile, options: ExtractOptions, shared: Shared) {
    this.#folder = folder
    this.#files = files
    this.#select = select
    this.#options = options
    this.#shared = shared
  }

  * run(): Generator<void, void> {
    do {
      yield* this.#pass()
      this.#queue = this.#deferred
      this.#deferred = []
      this.#next = this.#end = 0
    } while (this.#queue.length > 0)
  }

  * #pass(): Generator<void, void> {
    this.#advance()
    if (this.#file === none) return
    let position = 0
    for (const plain of this.#plain()) {
      this.#distribute(plain, position)
      if (this.#file === none) return
      position += plain.length
      yield
    }
    const { continuesTo } = this.#folder
    const name = this.#files.name(this.#file)
    if (continuesTo !== undefined) throw missing('next', continuesTo.name, name)
    throw new FormatError({ structure: 'cabinet file', field: `size of ${JSON.stringify(name)}`,
      expected: `an end within the folder's ${position} bytes`, found: `${this.#fileStart} + ${this.#fileEnd - this.#fileStart}` })
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

  /** How many files this pass may ask for. */
  get #queued(): number {
    return this.#queue?.length ?? this.#files.sizes.length
  }

  #indexAt(place: number): number {
    return this.#queue === undefined ? place : this.#queue[place]!
  }

  /** How far files reach that may be wanted of the folder. */
  #wantedBytes(): number {
    const { offsets, sizes } = this.#files
    let most = 0
    for (let place = 0; place < this.#queued; place++) most = Math.max(most, offsets[this.#indexAt(place)]! + sizes[this.#indexAt(place)]!)
    return most
  }

  /** Writes what a decoded block has for the wanted files, one after the other. */
  #distribute(plain: Uint8Array, position: number): void {
    const end = position + plain.length
    while (this.#file !== none && this.#fileStart < end) {
      const from = Math.max(0, this.#fileStart - position)
      const to = Math.min(plain.length, this.#fileEnd - position)
      this.#append(plain, from, to)
      this.#kept?.set(plain.subarray(from, to), position + from - this.#fileStart)
      if (this.#fileEnd > end) return
      this.#flush()
      this.#sink?.end?.()
      if (this.#hasTwin(this.#file)) this.#writeTwins(this.#file)
      this.#advance()
    }
  }

  /** Goes on to the next file that is wanted. Asking ahead tells when the rest of the folder need not be decoded. */
  #advance(): void {
    const { offsets, sizes } = this.#files
    const queued = this.#queued
    this.#file = none
    this.#sink = this.#kept = undefined
    while (this.#next < queued) {
      const index = this.#indexAt(this.#next++)
      const sink = this.#select(index)
      if (sink === undefined) continue
      const size = sizes[index]!
      if (size === 0) {
        sink.end?.()
        continue
      }
      this.#check(index)
      this.#file = index
      this.#fileStart = offsets[index]!
      this.#fileEnd = this.#fileStart + size
      this.#sink = sink
      if (size <= largestKept && this.#hasTwin(index)) this.#kept = new Uint8Array(size)
      return
    }
  }

  /** Whether the next file lies where this one does. */
  #hasTwin(index: number): boolean {
    if (this.#next >= this.#queued) return false
    const { offsets, sizes } = this.#files
    const next = this.#indexAt(this.#next)
    return offsets[next] === offsets[index] && sizes[next] === sizes[index]
  }

  #writeTwins(file: number): void {
    while (this.#hasTwin(file)) {
      const index = this.#indexAt(this.#next++)
      if (this.#kept === undefined) {
        this.#deferred.push(index)
        continue
      }
      const sink = this.#select(index)
      if (sink === undefined) continue
      this.#count(this.#kept.length)
      sink.write(this.#kept)
      sink.end?.()
    }
  }

  /** Of a file that is not empty. */
  #check(index: number): void {
    const { continuesFrom, continuesTo } = this.#folder
    const [offset, size] = [this.#files.offsets[index]!, this.#files.sizes[index]!]
    if (continuesFrom !== undefined) throw missing('previous', continuesFrom.name, this.#files.name(index))
    if (continuesTo === undefined && offset + size > this.#folder.blockCount * maximumBlockBytes) throw beyondFolder(this.#files.name(index), offset, size, this.#folder)
    if (offset < this.#end) {
      throw new FormatError({ structure: 'cabinet file', field: `offset of ${JSON.stringify(this.#files.name(index))}`,
        expected: `${this.#end} or more, where the file before ends`, found: `${offset}` })
    }
    this.#end = offset + size
    this.#count(size)
  }

  #count(size: number): void {
    this.#shared.remaining -= size
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

function missing(which: 'previous' | 'next', name: string, file: string): FormatError {
  return new FormatError({ structure: 'cabinet folder', field: `data of ${JSON.stringify(file)}`,
    expected: `the ${which} cabinet ${JSON.stringify(name)} of the set`, found: 'no such cabinet given' }, 'ERROR_OPEN_FAILED')
}
