// What a Windows root holds, in the form of the recordings: files with size and digest, shortcuts parsed, registry values.
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createNodePlatform } from 'msikit/node'
import type { Registry, RegistryValue } from 'msikit/platform'
import { readShellLink } from 'msikit/shell-link'
import type { RecordedFile, RecordedValue } from './recording.ts'

export interface RootState {
  /** Key: normalised path, lower case, `/` separated. */
  readonly files: Map<string, RecordedFile>
  /** Normalised paths of folders. */
  readonly folders: ReadonlySet<string>
  /** Key: normalised registry key, lower case; then value name, lower case. */
  readonly keys: Map<string, Map<string, RecordedValue>>
}

/** Bookkeeping of the root itself: hives and their neighbours. */
const ownFiles = /^windows\/system32\/config\/|^users\/[^/]+\/ntuser\.dat|^config\.msi(\/|$)|^system volume information\//

export function readRootState(root: string): RootState {
  const files = new Map<string, RecordedFile>()
  const folders = new Set<string>()
  if (existsSync(root)) collectFiles(root, '', files, folders)
  const platform = createNodePlatform({ root })
  const keys = new Map<string, Map<string, RecordedValue>>()
  for (const top of ['HKLM\\Software', 'HKLM\\System', 'HKCU', 'HKU\\.DEFAULT']) collectKeys(platform.registry, top, keys)
  return { files, folders, keys }
}

function collectFiles(root: string, relative: string, files: Map<string, RecordedFile>, folders: Set<string>): void {
  for (const name of readdirSync(join(root, relative))) {
    const path = relative === '' ? name : `${relative}/${name}`
    if (ownFiles.test(`${path.toLowerCase()}/`) || ownFiles.test(path.toLowerCase())) continue
    const stat = lstatSync(join(root, path))
    if (stat.isDirectory()) {
      folders.add(normaliseFolder(path))
      collectFiles(root, path, files, folders)
    } else files.set(normalisePath(path), describeFile(readFileSync(join(root, path)), path))
  }
}

function describeFile(bytes: Uint8Array, path: string): RecordedFile {
  if (!/\.lnk$/i.test(path)) return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
  const link = readShellLink(bytes)
  return { size: bytes.length, lnk: { ...link } }
}

function collectKeys(registry: Registry, key: string, keys: Map<string, Map<string, RecordedValue>>): void {
  if (!registry.keyExists(key)) return
  const values = new Map<string, RecordedValue>()
  for (const name of registry.valueNames(key)) {
    const value = registry.value(key, name)
    if (value !== undefined) values.set(name.toLowerCase(), recorded(value))
  }
  keys.set(normaliseKey(key), values)
  for (const name of registry.subkeys(key)) collectKeys(registry, `${key}\\${name}`, keys)
}

function recorded(value: RegistryValue): RecordedValue {
  return { type: value.type, data: typeof value.data === 'bigint' ? Number(value.data) : value.data }
}

/** Cached packages have random names; that they are there is told by LocalPackage in the registry. */
export const cachedPackage = 'windows/installer/<cached>'

/** Recordings and roots name user, cached packages and case differently. */
export function normalisePath(path: string): string {
  return path.toLowerCase()
    .replace(/^users\/(?!public\/)[^/]+\//, 'users/<user>/')
    .replace(/^windows\/installer\/(?:[0-9a-f]+|<cached[^>]*>)\.(msi|msp|mst)$/, cachedPackage)
}

export function normaliseFolder(path: string): string {
  return normalisePath(`${path}/`).slice(0, -1)
}

export function normaliseKey(key: string): string {
  return key.toLowerCase()
    .replace(/^hklm\\system\\controlset001\\/, 'hklm\\system\\currentcontrolset\\')
    .replace(/s-1-5-21-[\d-]+/, '<sid>')
    // The keys of private assemblies have paths for names.
    .replace(/c:\|users\|(?!public\|)[^|]+/, 'c:|users|<user>')
}
