// The form of every file in the session store: the SHA-256 of the content in hexadecimal, a line feed, the content.
// It finds files cut short or edited by hand; it is no protection against the user's own processes.
import { bytesToHex, concatBytes } from '../base/index.ts'
import type { Hashes, SessionStore } from '../platform/index.ts'
import { RestartManagerError } from './types.ts'

const digestLength = 64

export function digestHex(hashes: Hashes, bytes: Uint8Array): string {
  const hash = hashes.sha256()
  hash.update(bytes)
  return bytesToHex(hash.digest())
}

export function writeSealed(store: SessionStore, hashes: Hashes, folder: string, file: string, content: Uint8Array): void {
  store.write(folder, file, concatBytes([new TextEncoder().encode(`${digestHex(hashes, content)}\n`), content]))
}

/** `undefined` when there is no such file. @throws RestartManagerError ERROR_WRITE_FAULT when it is damaged */
export function readSealed(store: SessionStore, hashes: Hashes, folder: string, file: string): Uint8Array | undefined {
  const bytes = store.read(folder, file)
  if (bytes === undefined) return undefined
  const content = bytes.subarray(digestLength + 1)
  if (bytes.length <= digestLength || new TextDecoder().decode(bytes.subarray(0, digestLength)) !== digestHex(hashes, content)) {
    throw new RestartManagerError('ERROR_WRITE_FAULT', `session store, ${folder}/${file}: expected content that matches its digest, found it damaged`)
  }
  return content
}

export function writeSealedJson(store: SessionStore, hashes: Hashes, folder: string, file: string, value: unknown): void {
  writeSealed(store, hashes, folder, file, new TextEncoder().encode(JSON.stringify(value)))
}

/** The caller names the shape: the digest shows that this library wrote it, the file's name says as what. */
export function readSealedJson<Value>(store: SessionStore, hashes: Hashes, folder: string, file: string): Value | undefined {
  const content = readSealed(store, hashes, folder, file)
  return content === undefined ? undefined : JSON.parse(new TextDecoder().decode(content)) as Value
}
