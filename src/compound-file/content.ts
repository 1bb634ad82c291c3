// What a compound file to be written is made of.
import type { ByteSource } from '../base/index.ts'

export interface StorageContent {
  /** GUID in registry form. */
  readonly classId?: string
  readonly stateBits?: number
  /** FILETIME. */
  readonly created?: bigint
  readonly modified?: bigint
  readonly entries: readonly StorageContentEntry[]
}

export type StorageContentEntry =
  | { readonly kind: 'stream'; readonly name: string; readonly source: ByteSource; readonly stateBits?: number; readonly created?: bigint; readonly modified?: bigint }
  | { readonly kind: 'storage'; readonly name: string; readonly content: StorageContent }
