// A drive letter that stands on a folder of the host. Finds the host path of a Windows path: names without regard to
// case, symbolic links followed only as far as they stay in the folder.
import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { nameProblem } from '../../platform/index.ts'
import { childPath, DirectoryCache, type HostEntry } from './directory-cache.ts'

export interface HostDriveOptions {
  /** Such as `C:`. */
  readonly letter: string
  readonly folder: string
  readonly readOnly: boolean
  /** Symbolic links may not lead out of the folder, and names that Windows cannot have are not there. */
  readonly confined: boolean
}

/** Where a path leads on the host. Its directory exists. */
export interface HostPlace {
  /** Host path of the directory, links resolved. */
  readonly directory: string
  /** As on disk; as given when nothing is there. */
  readonly name: string
  readonly entry: HostEntry | undefined
  /** Host path. */
  readonly path: string
}

/** Of the directories on the way to a path: less than what a listing is believed for. */
const wayTrustMs = 4

export class HostDrive {
  readonly letter: string
  /** Real path of the folder. */
  readonly folder: string
  readonly readOnly: boolean
  readonly #confined: boolean
  readonly cache = new DirectoryCache()
  /** Directories that led to the last path, believed for a moment. */
  #lastWay: { readonly segments: readonly string[]; readonly depth: number; readonly directory: string; readonly changes: number; readonly untilMs: number }
    = { segments: [], depth: -1, directory: '', changes: -1, untilMs: 0 }

  constructor({ letter, folder, readOnly, confined }: HostDriveOptions) {
    this.letter = letter
    this.folder = realFolder(folder)
    this.readOnly = readOnly
    this.#confined = confined
  }

  /** `undefined` when a directory on the way is missing, is no directory, or leads out of the drive. */
  place(segments: readonly string[], forCreation = false): HostPlace | undefined {
    const directory = this.#directoryOf(segments)
    if (directory === undefined) return undefined
    const name = segments.at(-1)
    if (name === undefined) return { directory, name: '', entry: { name: '', kind: 'directory' }, path: directory }
    const entry = this.cache.find(directory, name, forCreation)
    const spelled = entry?.name ?? name
    return { directory, name: spelled, entry, path: childPath(directory, spelled) }
  }

  /** Where the last name of a path is looked for. */
  #directoryOf(segments: readonly string[]): string | undefined {
    const depth = segments.length - 1
    if (this.#isLastWay(segments, depth)) return this.#lastWay.directory
    let directory = this.folder
    let isStraight = true
    for (let index = 0; index < depth; index++) {
      const entry = this.cache.find(directory, segments[index]!)
      const next = this.#entered(directory, entry)
      if (next === undefined) return undefined
      isStraight &&= entry?.kind === 'directory'
      directory = next
    }
    // Where links lead is looked at every time.
    if (isStraight) this.#lastWay = { segments, depth, directory, changes: this.cache.directoryChanges, untilMs: performance.now() + wayTrustMs }
    return directory
  }

  /** One file follows another in the same directory. */
  #isLastWay(segments: readonly string[], depth: number): boolean {
    const last = this.#lastWay
    if (last.depth !== depth || last.changes !== this.cache.directoryChanges || performance.now() > last.untilMs) return false
    for (let index = depth - 1; index >= 0; index--) if (segments[index] !== last.segments[index]) return false
    return true
  }

  /** The host path of what stands at a place, links followed; `undefined` when nothing does. */
  target(place: HostPlace): string | undefined {
    if (place.entry === undefined) return undefined
    return place.entry.kind === 'link' ? this.followed(place.path) : place.path
  }

  /** Where a symbolic link leads, if that may be. */
  followed(path: string): string | undefined {
    try {
      const real = realpathSync(path)
      return this.#confined && !isInside(this.folder, real) ? undefined : real
    } catch {
      return undefined
    }
  }

  /** Names in a directory that a Windows path can have. */
  names(directory: string): string[] | undefined {
    return this.cache.entries(directory)?.filter((entry) => this.#isVisible(directory, entry)).map((entry) => entry.name).sort()
  }

  /** Existing names as on disk, the others as given. */
  spelled(segments: readonly string[]): string[] {
    let directory: string | undefined = this.folder
    return segments.map((segment) => {
      const name: string = (directory === undefined ? undefined : this.cache.find(directory, segment))?.name ?? segment
      directory = directory === undefined ? undefined : this.#enter(directory, segment)
      return name
    })
  }

  /** Where something stands or would stand; `undefined` when a link on the way leads out, or a file is in the way. */
  hostPath(segments: readonly string[]): string | undefined {
    for (let count = segments.length; count >= 0; count--) {
      const place = this.place(segments.slice(0, count))
      if (place === undefined) continue
      if (place.entry === undefined) return join(place.path, ...segments.slice(count))
      const target = this.target(place)
      return count === segments.length ? target : undefined
    }
    return undefined
  }

  /** The segments of a host path in this drive; `undefined` when it lies elsewhere or has a name that Windows cannot have. */
  segmentsOf(hostPath: string): string[] | undefined {
    if (!isInside(this.folder, hostPath)) return undefined
    const segments = relative(this.folder, hostPath).split(sep).filter((segment) => segment !== '')
    return segments.every((segment) => this.#isExpressible(segment)) ? segments : undefined
  }

  #enter(directory: string, segment: string): string | undefined {
    return this.#entered(directory, this.cache.find(directory, segment))
  }

  #entered(directory: string, entry: HostEntry | undefined): string | undefined {
    if (entry === undefined) return undefined
    const path = childPath(directory, entry.name)
    if (entry.kind === 'directory') return path
    const real = entry.kind === 'link' ? this.followed(path) : undefined
    return real !== undefined && statSync(real, { throwIfNoEntry: false })?.isDirectory() === true ? real : undefined
  }

  #isVisible(directory: string, { name, kind }: HostEntry): boolean {
    if (!this.#isExpressible(name)) return false
    if (kind === 'link') return this.followed(childPath(directory, name)) !== undefined
    return kind !== 'other'
  }

  #isExpressible(name: string): boolean {
    if (name.includes('\\') || name.includes('/')) return false
    return !this.#confined || (nameProblem(name) === undefined && !/[. ]$/.test(name))
  }
}

export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

/** The folder with its links resolved; one that is missing is where it would be made. */
export function realFolder(folder: string): string {
  const path = resolve(folder)
  return existsSync(path) ? realpathSync(path) : join(realFolder(dirname(path)), basename(path))
}

/** The folder, or the nearest one above it that exists. */
export function existingFolder(folder: string): string {
  return existsSync(folder) ? folder : existingFolder(dirname(folder))
}
