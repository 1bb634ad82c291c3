// The Registry port over key trees mounted on paths, as Windows mounts its hives: `HKLM\SOFTWARE` is one tree,
// the user's branch another. What loads the trees and makes them durable is the mount's own affair.
// Symbolic links (`SYSTEM\CurrentControlSet`, and those in Wine prefixes) are followed here.
import { bytesFromHex, bytesToHex, decodeUtf16, foldCase, RegistryKey, ValueRoom, WindowsError } from '../base/index.ts'
import type { Registry, RegistryValue } from './registry.ts'
import { registryDataOf, registryValueOf, sameRegistryData } from './registry-data.ts'

export interface RegistryMount {
  /** Upper-case path such as `HKLM\SOFTWARE`. */
  readonly path: string
  /** The tree; loaded at first use, and anew when what it stands in was changed by somebody else: another object then. */
  root(): RegistryKey
  /** Something is about to change: where the tree is shared, a copy takes its place. */
  own?(): void
  /** Something in the tree changed. */
  touch(): void
  flush(): void
}

export interface MountedRegistryOptions {
  /** Below `HKLM`; asked for when somebody goes there. */
  readonly machine: () => readonly RegistryMount[]
  /** Below `HKU`. */
  readonly users: () => readonly RegistryMount[]
  /** Where `HKCU` leads, such as `HKU\S-1-5-21-…`. */
  readonly currentUser: () => string
  /** FILETIME of now. */
  readonly now: () => bigint
}

const longestKeyName = 255
const longestValueName = 16383
const deepestKey = 512
const mostLinks = 16

interface Mounted {
  readonly mount: RegistryMount
  /** Its path in upper case, taken apart. */
  readonly segments: readonly string[]
}

interface Location {
  readonly mount: RegistryMount
  /** Of the mount. Another one when the mount has been loaded anew. */
  readonly root: RegistryKey
  readonly segments: readonly string[]
  /** What stands there. */
  readonly key: RegistryKey | undefined
}

/** Keys found lately: an installation writes value after value of one key. */
const mostKnown = 256

export class MountedRegistry implements Registry {
  readonly #options: MountedRegistryOptions
  #machine: readonly Mounted[] | undefined
  #users: readonly Mounted[] | undefined
  /** By their path as it was asked for. A tree changes in here alone, or as a whole; where links lead is not remembered. */
  readonly #known = new Map<string, Location>()
  /** The last one below a known key, which is asked for several times in a row. */
  #last: { readonly path: string; readonly location: Location } | undefined
  readonly #room = new ValueRoom()
  /** Of the last value that was new: many keys have one of the same name. */
  #lastName = ''

  constructor(options: MountedRegistryOptions) {
    this.#options = options
  }

  keyExists(key: string): boolean {
    return this.#find(key) !== undefined || this.#mountNames(key).length > 0
  }

  subkeys(key: string): readonly string[] {
    const found = this.#find(key)?.subkeys().map((child) => child.name) ?? []
    const seen = new Set(found.map(foldCase))
    return [...found, ...this.#mountNames(key).filter((name) => !seen.has(foldCase(name)))]
  }

  valueNames(key: string): readonly string[] {
    return [...this.#find(key)?.values() ?? []].map((value) => value.name)
  }

  counts(key: string): { subkeys: number; values: number } | undefined {
    const found = this.#find(key)
    const isMountedBelow = this.#mountNames(key).length > 0
    if (found === undefined && !isMountedBelow) return undefined
    return { subkeys: isMountedBelow ? this.subkeys(key).length : found!.subkeyCount, values: found?.valueCount ?? 0 }
  }

  keySpelling(key: string): string {
    const segments = key.split('\\')
    const location = this.#resolve(key)
    if (location === undefined || segments.length < 2 || !endsAlike(segments, location.segments)) return this.#spelledStepwise(segments)
    // The mount's own path, and what leads to it, are spelled as given.
    const inside = location.segments.length
    let at: RegistryKey | undefined = location.mount.root()
    const spelled = location.segments.map((segment) => {
      at = at?.subkey(segment)
      return at?.name ?? segment
    })
    return [...segments.slice(0, segments.length - inside), ...spelled].join('\\')
  }

  valueSpelling(key: string, name: string): string | undefined {
    return this.#find(key)?.value(name)?.name
  }

  value(key: string, name: string): RegistryValue | undefined {
    const found = this.#find(key)?.value(name)
    return found === undefined ? undefined : registryValueOf(found)
  }

  createKey(key: string): void {
    const found = this.#locate(key, 'create')
    if (found.key !== undefined) return
    const { mount, root, segments } = this.#own(found, key)
    let at = root
    for (const [depth, segment] of segments.entries()) {
      if (segment.length > longestKeyName) throw keyError('ERROR_INVALID_PARAMETER', 'create', key, `a name has ${segment.length} characters; ${longestKeyName} are the most`)
      if (depth >= deepestKey) throw keyError('ERROR_INVALID_PARAMETER', 'create', key, `it lies deeper than ${deepestKey} keys`)
      const existing = at.subkey(segment)
      if (existing === undefined) mount.touch()
      at = existing ?? at.createSubkey(detached(segment), this.#options.now())
    }
  }

  setValue(key: string, name: string, value: RegistryValue): void {
    const location = this.#locate(key, 'set a value of')
    if (location.key === undefined) throw keyError('ERROR_FILE_NOT_FOUND', 'set a value of', key, 'there is no such key')
    if (name.length > longestValueName) throw keyError('ERROR_INVALID_PARAMETER', 'set a value of', key, `its name has ${name.length} characters; ${longestValueName} are the most`)
    const { type, data } = registryDataOf(value)
    const existing = location.key.value(name)
    if (existing !== undefined && sameRegistryData(existing, { type, data })) return
    const { mount, key: own } = this.#own(location, key)
    own!.setValue(existing?.name ?? this.#nameOf(name), type, this.#room.keep(data), this.#options.now())
    mount.touch()
  }

  #nameOf(value: string): string {
    if (value !== this.#lastName) this.#lastName = detached(value)
    return this.#lastName
  }

  deleteValue(key: string, name: string): void {
    const location = this.#resolve(key)
    if (location?.key?.value(name) === undefined) return
    const { mount, key: own } = this.#own(location, key)
    own!.deleteValue(name, this.#options.now())
    mount.touch()
  }

  deleteKey(key: string): void {
    const location = this.#resolve(key, false)
    if (location === undefined) return
    const last = location.segments.at(-1)
    if (last === undefined) throw keyError('ERROR_ACCESS_DENIED', 'delete', key, 'it is the root of a hive')
    if (location.key === undefined) return
    const { mount, root, segments } = this.#own(location, key, false)
    descend(root, segments.slice(0, -1))!.deleteSubkey(last, this.#options.now())
    mount.touch()
  }

  security(key: string): string | undefined {
    const found = this.#find(key)?.security
    return found === undefined ? undefined : bytesToHex(found)
  }

  setSecurity(key: string, descriptor: string | undefined): void {
    const location = this.#locate(key, 'secure')
    const { key: found } = location
    if (found === undefined) throw keyError('ERROR_FILE_NOT_FOUND', 'secure', key, 'there is no such key')
    if ((found.security === undefined ? undefined : bytesToHex(found.security)) === descriptor) return
    const { mount, key: own } = this.#own(location, key)
    own!.security = descriptor === undefined ? undefined : bytesFromHex(descriptor)
    mount.touch()
  }

  flush(): void {
    for (const { mount } of [...this.#machine ?? [], ...this.#users ?? []]) mount.flush()
  }

  /** A link leads elsewhere on the way: each key is looked up by itself. */
  #spelledStepwise(segments: readonly string[]): string {
    let spelled = segments[0] ?? ''
    for (const segment of segments.slice(1)) {
      const name = this.#find(spelled)?.subkey(segment)?.name ?? this.#mountNames(spelled).find((one) => foldCase(one) === foldCase(segment))
      spelled += `\\${name ?? segment}`
    }
    return spelled
  }

  #find(key: string): RegistryKey | undefined {
    return this.#resolve(key)?.key
  }

  #locate(key: string, operation: string): Location {
    const location = this.#resolve(key)
    if (location === undefined) throw keyError('ERROR_ACCESS_DENIED', operation, key, 'no hive is mounted there')
    return location
  }

  /** The same place in a tree that may be changed. */
  #own(location: Location, key: string, followLast = true): Location {
    if (location.mount.own === undefined) return location
    location.mount.own()
    return location.root === location.mount.root() ? location : this.#resolve(key, followLast)!
  }

  /** The tree and the way in it, links followed; those of the last segment only when `followLast`. */
  #resolve(key: string, followLast = true): Location | undefined {
    return (followLast ? this.#knownAt(key) : undefined) ?? this.#belowKnown(key, followLast) ?? this.#resolveAnew(key, followLast)
  }

  #resolveAnew(key: string, followLast: boolean): Location | undefined {
    let segments = this.#absolute(key)
    for (let links = 0; links < mostLinks; links++) {
      const found = this.#mounts(segments).find((mount) => mount.segments.length <= segments.length && mount.segments.every((segment, index) => segment === foldCase(segments[index]!)))
      if (found === undefined) return undefined
      const start = found.segments.length
      const root = found.mount.root()
      const target = controlSet(root, segments, start) ?? walk(root, segments, start, followLast)
      if (!Array.isArray(target)) {
        const location = { mount: found.mount, root, segments: segments.slice(start), key: target }
        if (target !== undefined && links === 0 && followLast) this.#remember(key, location)
        return location
      }
      segments = target
    }
    throw keyError('ERROR_BADKEY', 'open', key, 'its symbolic links go in a circle')
  }

  #remember(key: string, location: Location): void {
    if (this.#known.size >= mostKnown) this.#known.clear()
    this.#known.set(key, location)
  }

  #knownAt(key: string): Location | undefined {
    const known = this.#last?.path === key ? this.#last.location : this.#known.get(key)
    return known !== undefined && known.key?.isDeleted === false && known.root === known.mount.root() ? known : undefined
  }

  /** One name below a key that was found, or is found now: siblings follow. Not so near a root, where hives and control sets are mounted. */
  #belowKnown(key: string, followLast: boolean): Location | undefined {
    const at = key.lastIndexOf('\\')
    if (at === key.indexOf('\\') || at === key.length - 1) return undefined
    const path = key.slice(0, at)
    const above = this.#knownAt(path) ?? this.#resolveAnew(path, true)
    if (above?.key === undefined || above.segments.length < 2) return undefined
    const name = key.slice(at + 1)
    const found = above.key.subkey(name)
    if (followLast && found?.isLink === true) return undefined
    const location = { mount: above.mount, root: above.root, segments: [...above.segments, name], key: found }
    if (found?.isLink === false) this.#last = { path: key, location }
    return location
  }

  /** Deepest first. */
  #mounts([root]: readonly string[]): readonly Mounted[] {
    if (root?.toUpperCase() === 'HKLM') return this.#machine ??= deepestFirst(this.#options.machine())
    return this.#users ??= deepestFirst(this.#options.users())
  }

  #absolute(key: string): string[] {
    const split = key.split('\\')
    const segments = split.includes('') ? split.filter((segment) => segment !== '') : split
    const root = segments[0]?.toUpperCase()
    if (root === 'HKCU') return [...this.#options.currentUser().split('\\'), ...segments.slice(1)]
    if (root !== 'HKLM' && root !== 'HKU') throw keyError('ERROR_BADKEY', 'open', key, 'expected a key below HKLM, HKU or HKCU')
    return segments
  }

  /** Names of the mounts directly below a key that may itself lie in no mount, such as `HKLM`. */
  #mountNames(key: string): string[] {
    const [deepest] = this.#mounts([key.slice(0, key.indexOf('\\'))])
    if (deepest === undefined || hasSegments(key, deepest.segments.length)) return []
    const folded = this.#absolute(key).map(foldCase)
    const names = this.#mounts(folded).filter(({ segments }) => segments.length > folded.length && folded.every((segment, index) => segment === segments[index]))
    return [...new Set(names.map(({ mount }) => mount.path.split('\\')[folded.length]!))].sort()
  }
}

/** At least so many. */
function hasSegments(key: string, count: number): boolean {
  let at = 0
  for (let left = count - 1; left > 0; left--) {
    at = key.indexOf('\\', at) + 1
    if (at === 0) return false
  }
  return true
}

/** Engines keep a part of a text as a reference to the whole, which would stay in memory for as long as the part does. */
function detached(name: string): string {
  return name.length < 13 ? name : [name.slice(0, 1), name.slice(1)].join('')
}

function endsAlike(path: readonly string[], end: readonly string[]): boolean {
  return path.length > end.length && end.every((segment, index) => segment === path[path.length - end.length + index])
}

function deepestFirst(mounts: readonly RegistryMount[]): Mounted[] {
  return mounts.map((mount) => ({ mount, segments: foldCase(mount.path).split('\\') })).sort((a, b) => b.segments.length - a.segments.length)
}

function descend(root: RegistryKey, segments: readonly string[]): RegistryKey | undefined {
  let at: RegistryKey | undefined = root
  for (const segment of segments) at = at?.subkey(segment)
  return at
}

/** Hives do not store the link `CurrentControlSet`: Windows makes it when it starts, from `Select\\Current`. */
function controlSet(root: RegistryKey, path: readonly string[], start: number): string[] | undefined {
  if (start > 2 || path[2]?.length !== 'CurrentControlSet'.length || foldCase(path.slice(0, 3).join('\\')) !== 'HKLM\\SYSTEM\\CURRENTCONTROLSET') return undefined
  const system = start === 1 ? root.subkey('System') : root
  if (system === undefined || system.subkey('CurrentControlSet') !== undefined) return undefined
  const current = system.subkey('Select')?.value('Current')?.data[0] ?? 1
  return [path[0]!, path[1]!, `ControlSet${String(current).padStart(3, '0')}`, ...path.slice(3)]
}

/** The key at the end of the way, or where the first link on it leads, with the rest of the way. */
function walk(root: RegistryKey, path: readonly string[], start: number, followLast: boolean): RegistryKey | string[] | undefined {
  let at: RegistryKey = root
  for (let index = start; index < path.length; index++) {
    const below = at.subkey(path[index]!)
    if (below === undefined) return undefined
    at = below
    if (!at.isLink || (index === path.length - 1 && !followLast)) continue
    const target = linkTarget(at)
    if (target !== undefined) return [...target, ...path.slice(index + 1)]
  }
  return at
}

function linkTarget(key: RegistryKey): string[] | undefined {
  const value = key.value('SymbolicLinkValue')
  if (value === undefined) return undefined
  const match = /^\\Registry\\(Machine|User)(?:\\([^\0]*))?\0?$/i.exec(decodeUtf16(value.data))
  if (match === null) return undefined
  return [match[1]!.toLowerCase() === 'machine' ? 'HKLM' : 'HKU', ...(match[2] ?? '').split('\\').filter((segment) => segment !== '')]
}

function keyError(code: 'ERROR_ACCESS_DENIED' | 'ERROR_BADKEY' | 'ERROR_FILE_NOT_FOUND' | 'ERROR_INVALID_PARAMETER', operation: string, key: string, reason: string): WindowsError {
  return new WindowsError(code, `${operation} registry key ${key.length > 300 ? `${key.slice(0, 300)}…` : key}: ${reason}`)
}
