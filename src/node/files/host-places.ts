// Where the paths of a root lie on the host: drive C is a folder, drive Z the host's own file system, to be read only.
// Changes go by ways that are held open, so that they lead nowhere else whoever puts links into the root meanwhile.
import { lstatSync, realpathSync, type Stats } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { WindowsError } from '../../base/index.ts'
import { fileError, parseFullPath, type FullPath } from '../../platform/index.ts'
import { childPath } from './directory-cache.ts'
import { HeldDirectories } from './held-directories.ts'
import { HostDrive, type HostPlace } from './host-drive.ts'
import { attempt, hostErrorCode } from './host-errors.ts'

export interface DrivePlace extends HostPlace {
  readonly drive: HostDrive
  readonly segments: readonly string[]
}

/** A path that was found on its drive. */
export interface Found extends DrivePlace {
  /** Host path, links followed. */
  readonly target: string
  readonly stat: Stats
}

export class HostPlaces {
  readonly system: HostDrive
  readonly #drives: ReadonlyMap<string, HostDrive>
  readonly #held = new HeldDirectories()
  /** Who asks whether a file is there works on it next. */
  #lastParsed: { readonly path: string; readonly parsed: FullPath } = { path: '', parsed: { drive: '', segments: [] } }

  constructor(root: string) {
    this.system = new HostDrive({ letter: 'C:', folder: root, readOnly: false, confined: true })
    const host = new HostDrive({ letter: 'Z:', folder: '/', readOnly: true, confined: false })
    this.#drives = new Map([[this.system.letter, this.system], [host.letter, host]])
  }

  get letters(): readonly string[] {
    return [...this.#drives.keys()].sort()
  }

  /** The drive and the segments of a path. */
  locate(path: string): { readonly drive: HostDrive | undefined; readonly letter: string; readonly segments: readonly string[] } {
    const { drive: letter, segments } = this.#parse(path)
    return { drive: this.#drives.get(letter), letter, segments }
  }

  fromHostPath(hostPath: string): string | undefined {
    for (const drive of this.#drives.values()) {
      const segments = drive.segmentsOf(resolve(hostPath)) ?? drive.segmentsOf(realDirectory(hostPath))
      if (segments !== undefined) return `${drive.letter}\\${segments.join('\\')}`
    }
    return undefined
  }

  /** A folder is about to be moved or removed. */
  forgetHeld(hostPath: string): void {
    this.#held.forget(hostPath)
  }

  /** On drive Z every name of the host may stand. */
  #parse(path: string): FullPath {
    if (this.#lastParsed.path === path) return this.#lastParsed.parsed
    const parsed = this.#parseAnew(path)
    this.#lastParsed = { path, parsed }
    return parsed
  }

  #parseAnew(path: string): FullPath {
    if (!/^z:[\\/]/i.test(path)) return parseFullPath(path)
    const segments = path.slice(3).split(/[\\/]+/).filter((segment) => segment !== '' && segment !== '.')
    if (segments.includes('..') || path.includes('\0')) throw fileError('ERROR_INVALID_NAME', 'open', path.replaceAll('\0', '\\0'), 'a name leads elsewhere')
    return { drive: 'Z:', segments }
  }

  /** What stands at a path, looked for once more when the cache was wrong. */
  find(path: string): Found | undefined {
    const { drive, segments } = this.locate(path)
    if (drive === undefined) return undefined
    return attempt('find', path, () => {
      const first = findOnHost(drive, segments)
      if (first !== 'stale') return first
      const second = findOnHost(drive, segments)
      return second === 'stale' ? undefined : second
    })
  }

  /** @param operation for the error. @throws WindowsError ERROR_FILE_NOT_FOUND and its like */
  existing(operation: string, path: string): Found {
    const found = this.find(path)
    if (found !== undefined) return found
    const { drive, segments } = this.locate(path)
    if (drive === undefined) throw fileError('ERROR_INVALID_DRIVE', operation, path)
    throw this.absent(operation, path, drive.place(segments))
  }

  absent(operation: string, path: string, place: HostPlace | undefined): WindowsError {
    if (place === undefined) return fileError('ERROR_PATH_NOT_FOUND', operation, path)
    if (place.entry !== undefined) return fileError('ERROR_ACCESS_DENIED', operation, path, place.entry.kind === 'link' ? 'a symbolic link there leads out of the root' : 'it is no file')
    return fileError('ERROR_FILE_NOT_FOUND', operation, path)
  }

  /** What stands at a path that is not read-only. */
  changeable(operation: string, path: string): Found {
    const found = this.existing(operation, path)
    if (found.drive.readOnly) throw fileError('ERROR_WRITE_PROTECT', operation, path)
    return found
  }

  /** Where something may be made. What stands there already is not looked at. */
  writable(operation: string, path: string): DrivePlace {
    if (this.locate(path).drive === undefined) throw fileError('ERROR_INVALID_DRIVE', operation, path)
    const place = this.placeOf(path, true)
    if (place === undefined) throw fileError('ERROR_PATH_NOT_FOUND', operation, path)
    if (place.drive.readOnly) throw fileError('ERROR_WRITE_PROTECT', operation, path)
    return place
  }

  /** As the names of its directory are known. @param forCreation a name that was missing a moment ago is taken to be missing still */
  placeOf(path: string, forCreation = false): DrivePlace | undefined {
    const { drive, segments } = this.locate(path)
    const place = drive?.place(segments, forCreation)
    return drive === undefined || place === undefined ? undefined : { directory: place.directory, name: place.name, entry: place.entry, path: place.path, drive, segments }
  }

  /** The way by which to change something, for one change at once. @param hostPath links resolved, but for its last name */
  held(drive: HostDrive, operation: string, path: string, hostPath: string): string {
    if (hostPath === drive.folder) return hostPath
    const end = hostPath.lastIndexOf(sep)
    const held = this.#held.hold(end <= 0 ? dirname(hostPath) : hostPath.slice(0, end))
    if (held !== undefined) return childPath(held, hostPath.slice(end + 1))
    drive.cache.clear()
    throw fileError('ERROR_ACCESS_DENIED', operation, path, 'its folder was moved or replaced meanwhile')
  }
}

/** `stale` when the cache knows a name that is no more, or is no file or directory any more. */
function findOnHost(drive: HostDrive, segments: readonly string[]): Found | 'stale' | undefined {
  const place = drive.place(segments)
  const target = place && drive.target(place)
  if (place === undefined || target === undefined) return undefined
  const stat = lstatSync(target, { throwIfNoEntry: false })
  if (stat?.isFile() === true || stat?.isDirectory() === true) {
    // Not by a spread: V8 keeps what such a literal holds for longer than it is used.
    return { directory: place.directory, name: place.name, entry: place.entry, path: place.path, drive, segments, target, stat }
  }
  drive.cache.forget(place.directory)
  return 'stale'
}

/** The real path of a file that need not exist, in a directory that does. */
function realDirectory(hostPath: string): string {
  const full = resolve(hostPath)
  try {
    return join(realpathSync(dirname(full)), basename(full))
  } catch (error) {
    if (hostErrorCode(error) === undefined) throw error
    return full
  }
}
