// The texts of a string pool as bytes in one code page, and whether any of them needs care when it is written.
import { latin1Text } from '../../base/index.ts'

/** Texts of a pool in a code page: those that were loaded in it are a part of `data`. */
export interface EncodedTexts {
  readonly data: Uint8Array
  /** String `id` is from `offsets[id - 1]` to `offsets[id]`, for ids below the length; an empty one is among the others. */
  readonly offsets: Uint32Array
  /** Some byte of `data` is a control character or from 0x80. */
  readonly needsCare: boolean
  /** Of the others. */
  encode(id: number): Uint8Array
}

const pieceBytes = 1 << 16
const unusual = /[^\x20-\x7f]/

/** Whether a byte is a control character, or from 0x80. The host looks: a loop over the bytes would run before it is compiled. */
export function hasUnusualBytes(bytes: Uint8Array): boolean {
  for (let start = 0; start < bytes.length; start += pieceBytes) if (unusual.test(latin1Text(bytes.subarray(start, start + pieceBytes)))) return true
  return false
}
