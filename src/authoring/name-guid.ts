// GUIDs that follow from names, so that the same package gets the same ones each time it is built. RFC 9562, version 8:
// the first 16 bytes of a SHA-256 over the namespace and the name.
import { createHashes, guidFromBytes, guidToBytes, WindowsError } from '../base/index.ts'

/** Registry form, upper case. @param namespace a GUID */
export function nameGuid(namespace: string, name: string): string {
  const space = guidToBytes(namespace)
  if (space === undefined) throw new WindowsError('ERROR_INVALID_PARAMETER', `namespace: expected a GUID in registry form, found ${namespace}`)
  const hash = createHashes().sha256()
  hash.update(space)
  hash.update(new TextEncoder().encode(name))
  return guidOfDigest(hash.digest())
}

/** A GUID made of the first 16 bytes of a digest. */
export function guidOfDigest(digest: Uint8Array): string {
  const bytes = digest.slice(0, 16)
  // Byte 7 is the high byte of the third group, which is stored little-endian.
  bytes[7] = (bytes[7]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return guidFromBytes(bytes)
}
