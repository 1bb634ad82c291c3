// The Hashes port in plain TypeScript, for every host.
import type { Hashes } from '../platform.ts'
import { createMd5 } from './md5.ts'
import { createSha256 } from './sha256.ts'

export function createHashes(): Hashes {
  return { md5: createMd5, sha256: createSha256 }
}
