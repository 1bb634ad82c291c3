// Digests in plain TypeScript, for every host: MD5 for the MsiFileHash table, SHA-256 for everything else.
import type { Hash } from './block-hash.ts'
import { createMd5 } from './md5.ts'
import { createSha256 } from './sha256.ts'

export type { Hash } from './block-hash.ts'

export interface Hashes {
  md5(): Hash
  sha256(): Hash
}

export function createHashes(): Hashes {
  return { md5: createMd5, sha256: createSha256 }
}
