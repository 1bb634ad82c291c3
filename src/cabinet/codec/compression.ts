// How the data of a folder are compressed, and what every decoder of them offers. [MS-CAB] section 2.2, typeCompress.
import { FormatError } from '../../base/index.ts'

export type CompressionMethod = 'none' | 'mszip' | 'quantum' | 'lzx'

export interface Compression {
  readonly method: CompressionMethod
  /** The window is 2 to this power, in bytes; LZX and Quantum only. */
  readonly windowBits?: number
}

export interface FolderDecoder {
  /** Bytes that can be decoded before results of earlier calls are overwritten. */
  readonly room: number
  /**
   * Exactly `size` bytes, a view that stays valid while `room` lasts.
   * @throws FormatError without an offset: the caller knows where the block stands.
   */
  decode(block: Uint8Array, size: number): Uint8Array
  /** The checksum of a block that will be decoded next, where this is faster at it than `blockChecksum`. */
  checksum?(block: Uint8Array): number
}

/** @throws FormatError for a method that is not known, ERROR_UNSUPPORTED_TYPE. */
export function readCompression(typeCompress: number): Compression {
  const method = typeCompress & 15
  const windowBits = (typeCompress >> 8) & 31
  if (method === 0) return { method: 'none' }
  if (method === 1) return { method: 'mszip' }
  const [name, least] = method === 2 ? ['quantum', 10] as const : method === 3 ? ['lzx', 15] as const : [undefined, 0]
  if (name === undefined) {
    throw new FormatError({ structure: 'cabinet folder', field: 'compression type', expected: '0 to 3', found: `${method}` }, 'ERROR_UNSUPPORTED_TYPE')
  }
  if (windowBits < least || windowBits > 21) {
    throw new FormatError({ structure: 'cabinet folder', field: 'window bits', expected: `${least} to 21 for ${name}`, found: `${windowBits}` })
  }
  return { method: name, windowBits }
}
