// What the signature of a package covers: the digest over its streams and storages.
// https://learn.microsoft.com/windows/win32/msi/digital-signatures-and-windows-installer
// The entries of each storage go in the order of their names' UTF-16 bytes, a storage ends with its class identifier,
// the two streams of the signature itself are left out. `MsiDigitalSignatureEx`, when there is one, holds a digest of
// what the streams do not say (names, sizes, times, state bits) and goes in front. Without it names are not covered.
import { copyBytes, encodeUtf16, guidToBytes, type Hash } from '../base/index.ts'
import type { Storage, StorageEntry } from '../compound-file/index.ts'

export const signatureStream = '\u0005DigitalSignature'
export const metadataStream = '\u0005MsiDigitalSignatureEx'

/** Deeper storages are not read: real ones have two levels. */
const deepest = 64

interface Step {
  readonly storage: Storage
  readonly entries: readonly StorageEntry[]
  next: number
}

/** Every entry before the end of its storage, without recursion. */
function walk(root: Storage, onEntry: (entry: StorageEntry) => void, onEnd: (storage: Storage) => void): void {
  const stack: Step[] = [{ storage: root, entries: signedEntries(root, true), next: 0 }]
  for (let step = stack.at(-1); step !== undefined; step = stack.at(-1)) {
    const entry = step.entries[step.next++]
    if (entry === undefined) {
      onEnd(step.storage)
      stack.pop()
      continue
    }
    onEntry(entry)
    if (entry.kind === 'storage' && stack.length < deepest) stack.push({ storage: entry, entries: signedEntries(entry, false), next: 0 })
  }
}

function signedEntries(storage: Storage, isRoot: boolean): StorageEntry[] {
  return storage.entries.filter(({ name }) => !isRoot || (name !== signatureStream && name !== metadataStream))
    .map((entry) => ({ entry, name: encodeUtf16(entry.name) })).sort((a, b) => compareBytes(a.name, b.name)).map(({ entry }) => entry)
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let at = 0; at < shared; at++) if (a[at] !== b[at]) return a[at]! - b[at]!
  return a.length - b.length
}

const classIdBytes = ({ classId }: Storage): Uint8Array => guidToBytes(classId) ?? new Uint8Array(16)

/** Puts the content of all streams into a digest. */
export function digestContent(root: Storage, into: Hash): void {
  walk(root, (entry) => {
    if (entry.kind === 'stream') copyBytes(entry.source, { write: (chunk) => { into.update(chunk) } })
  }, (storage) => { into.update(classIdBytes(storage)) })
}

/** Puts what the directory of the compound file says into a digest: what `MsiDigitalSignatureEx` has. */
export function digestMetadata(root: Storage, into: Hash): void {
  into.update(classIdBytes(root))
  into.update(words(root.stateBits))
  walk(root, (entry) => {
    into.update(encodeUtf16(entry.name))
    into.update(entry.kind === 'storage' ? classIdBytes(entry) : words(entry.source.size))
    into.update(words(entry.stateBits))
    into.update(words(Number(entry.created & 0xffffffffn), Number(entry.created >> 32n), Number(entry.modified & 0xffffffffn), Number(entry.modified >> 32n)))
  }, () => {})
}

/** Little-endian. */
function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  values.forEach((value, index) => { view.setUint32(index * 4, value, true) })
  return bytes
}

export interface Coverage {
  readonly streams: number
  readonly storages: number
  readonly bytes: number
}

export function coverageOf(root: Storage): Coverage {
  const count = { streams: 0, storages: 0, bytes: 0 }
  walk(root, (entry) => {
    if (entry.kind === 'storage') count.storages++
    else {
      count.streams++
      count.bytes += entry.source.size
    }
  }, () => {})
  return count
}
