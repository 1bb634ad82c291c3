// Random access to bytes: a file, a stream of a compound file, a buffer. Synchronous and positional, so that nothing
// is read that nobody asked for.
import { WindowsError } from './windows-error.ts'

export interface ByteSource {
  /** Length in bytes. */
  readonly size: number
  /**
   * The bytes from `offset`: fewer than `length` only at the end of the source. The result may be a view of the
   * source's own memory; callers do not write to it.
   */
  read(offset: number, length: number): Uint8Array
  /** The same into memory that the caller uses again and again, as far as that goes; returns the number of bytes. */
  readInto?(offset: number, target: Uint8Array): number
  /** What the source consists of, when that is runs of bytes of another one, in order. */
  origin?(): SourceOrigin
}

export interface SourceOrigin {
  readonly source: ByteSource
  readonly runs: readonly { readonly offset: number; readonly length: number }[]
}

/** Accepts bytes in order. */
export interface ByteSink {
  /** The chunk belongs to the caller again when the call returns. */
  write(chunk: Uint8Array): void
}

export function bytesSource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, Math.min(bytes.length, offset + length)) }
}

/** The whole source; refuses more than `limit` bytes, so that a hostile length cannot exhaust the memory. */
export function readAll(source: ByteSource, limit = 0x7fffffff): Uint8Array {
  if (source.size > limit) {
    throw new WindowsError('ERROR_OUTOFMEMORY', `expected at most ${limit} bytes, found ${source.size}`)
  }
  return source.read(0, source.size)
}

/** Copies the source into the sink in pieces of `pieceBytes`. */
export function copyBytes(source: ByteSource, sink: ByteSink, pieceBytes = 1 << 20): void {
  for (let offset = 0; offset < source.size;) {
    const piece = source.read(offset, Math.min(pieceBytes, source.size - offset))
    if (piece.length === 0) throw new WindowsError('ERROR_READ_FAULT', `expected ${source.size} bytes, found ${offset}`)
    sink.write(piece)
    offset += piece.length
  }
}
