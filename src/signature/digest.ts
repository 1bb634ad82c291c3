// The digests that signatures use, by name and by object identifier. Incremental: packages are larger than memory is.
import { md5, sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js'
import type { Hash } from '../base/index.ts'

export type DigestName = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512'

/** Makes an empty digest; hosts have faster ones than the default. */
export type CreateDigest = (name: DigestName) => Hash

const functions = { md5, sha1, sha256, sha384, sha512 }

export const createDigest: CreateDigest = (name) => {
  const state = functions[name].create()
  return { update: (chunk) => { state.update(chunk) }, digest: () => state.digest() }
}

const names: Readonly<Record<string, DigestName>> = {
  '1.2.840.113549.2.5': 'md5', '1.3.14.3.2.26': 'sha1', '2.16.840.1.101.3.4.2.1': 'sha256', '2.16.840.1.101.3.4.2.2': 'sha384', '2.16.840.1.101.3.4.2.3': 'sha512',
}

/** `undefined` for one that signatures of packages do not use. */
export function digestName(identifier: string): DigestName | undefined {
  return Object.hasOwn(names, identifier) ? names[identifier] : undefined
}

/** As the Web Cryptography API names it; it has no MD5. */
export function webName(name: DigestName): string | undefined {
  return { md5: undefined, sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' }[name]
}

export function digestOf(name: DigestName, bytes: Uint8Array): Uint8Array {
  const digest = createDigest(name)
  digest.update(bytes)
  return digest.digest()
}
