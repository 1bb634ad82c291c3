// Everything that an installation could have changed, as text by path: files with digest, attributes and times, keys
// and values of the registry. Two snapshots that are equal prove that a root is what it was. Times of directories and
// of keys are left out: whatever happens in a directory changes them, on Windows too.
import { bytesToHex, copyBytes, joinPath } from '../base/index.ts'
import { type Platform, type RegistryValue, walk } from '../platform/index.ts'

export type Snapshot = ReadonlyMap<string, string>

export interface SnapshotOptions {
  /** Root directories; `C:\` alone when absent. */
  readonly drives?: readonly string[]
  /** Paths of files and keys that do not matter. */
  readonly ignore?: (path: string) => boolean
}

export function takeSnapshot(platform: Platform, { drives = ['C:\\'], ignore = () => false }: SnapshotOptions = {}): Snapshot {
  const facts = new Map<string, string>()
  for (const drive of drives) {
    for (const path of walk(platform.files, drive)) if (!ignore(path)) facts.set(path, fileFacts(platform, path))
  }
  const keys = ['HKLM', 'HKU']
  for (let key = keys.pop(); key !== undefined; key = keys.pop()) {
    if (ignore(key)) continue
    facts.set(key, 'key')
    for (const name of platform.registry.valueNames(key)) facts.set(`${key} → ${name}`, valueFacts(platform.registry.value(key, name)))
    for (const name of platform.registry.subkeys(key)) keys.push(joinPath(key, name))
  }
  return new Map([...facts].sort(([a], [b]) => a < b ? -1 : 1))
}

/** One line for every path that differs; empty when the snapshots are equal. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort()
  return paths.filter((path) => before.get(path) !== after.get(path)).map((path) => {
    const [was, is] = [before.get(path), after.get(path)]
    if (was === undefined) return `+ ${path}: ${is}`
    return is === undefined ? `- ${path}: ${was}` : `! ${path}: ${was} → ${is}`
  })
}

function fileFacts({ files, hashes }: Platform, path: string): string {
  const stat = files.stat(path)
  if (stat === undefined) return 'vanished'
  const attributes = [stat.attributes.readOnly ? 'R' : '', stat.attributes.hidden ? 'H' : '', stat.attributes.system ? 'S' : ''].join('')
  if (stat.kind === 'directory') return `directory ${attributes}`.trim()
  using file = files.open(path)
  const hash = hashes.sha256()
  copyBytes(file, { write: (chunk) => hash.update(chunk) })
  return `${stat.size} bytes, ${bytesToHex(hash.digest())}, ${new Date(stat.modifiedMs).toISOString()} ${attributes}`.trim()
}

function valueFacts(value: RegistryValue | undefined): string {
  return JSON.stringify(value, (_, part: unknown) => typeof part === 'bigint' ? part.toString() : part)
}
