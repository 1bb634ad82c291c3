// The FileSystem port on the host: drive C is a folder, drive Z the host's own file system, to be read only.
// Read-only files have no write permission; creation times are the host's and cannot be set.
import { closeSync, constants, fsync, lstatSync, lutimesSync, mkdirSync, openSync, readdirSync, realpathSync, renameSync, rmdirSync, statfsSync, unlinkSync, type Stats } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { WindowsError } from '../base/index.ts'
import { fileError, parseFullPath, type FileAttributes, type FileStat, type FileSystem, type FileTimes, type FileWriter, type FullPath, type OpenFile } from '../platform/index.ts'
import { AttributeStore } from './attribute-store.ts'
import { childPath } from './directory-cache.ts'
import { existingFolder, HostDrive, type HostPlace } from './host-drive.ts'
import { HeldDirectories } from './held-directories.ts'
import { attempt, hostError, hostErrorCode } from './host-errors.ts'
import { changeMode, changeOwner, fileWriter, hostSeconds, openFile, syncHostDirectory } from './host-file.ts'

const writeBits = 0o222
const ownerWriteBit = 0o200

interface DrivePlace extends HostPlace {
  readonly drive: HostDrive
  readonly segments: readonly string[]
}

/** A path that was found on its drive. */
interface Found extends DrivePlace {
  /** Host path, links followed. */
  readonly target: string
  readonly stat: Stats
}

/** Enough for the host to write them in one go; each takes a file descriptor. */
const filesSyncedAtOnce = 64

export class NodeFileSystem implements FileSystem {
  readonly #drives: ReadonlyMap<string, HostDrive>
  readonly #attributes: AttributeStore
  readonly #held = new HeldDirectories()
  /** Who asks whether a file is there works on it next. */
  #lastParsed: { readonly path: string; readonly parsed: FullPath } = { path: '', parsed: { drive: '', segments: [] } }

  constructor(root: string) {
    const system = new HostDrive({ letter: 'C:', folder: root, readOnly: false, confined: true })
    const host = new HostDrive({ letter: 'Z:', folder: '/', readOnly: true, confined: false })
    this.#drives = new Map([[system.letter, system], [host.letter, host]])
    this.#attributes = new AttributeStore(system.folder, (path) => this.#heldPath(system, 'keep attributes in', path, path))
  }

  /** Takes away what a killed process left of its own files. Nobody else may be changing the root. */
  clearUp(): void {
    attempt('clear up', 'C:\\', () => this.#attributes.clearUp())
  }

  /** Forgets attributes of what is no more. What was interrupted must have been taken back: until then it may come back. */
  forgetMissing(): void {
    attempt('clear up', 'C:\\', () => this.#attributes.sweep((path) => this.stat(`C:\\${path}`) !== undefined))
  }

  stat(path: string): FileStat | undefined {
    try {
      const found = this.#find(path)
      return found && this.#statOf(found)
    } catch (error) {
      if (error instanceof WindowsError) return undefined
      throw error
    }
  }

  list(path: string): readonly string[] {
    const found = this.#find(path)
    if (found === undefined) throw fileError('ERROR_PATH_NOT_FOUND', 'list', path, 'there is no such directory')
    if (!found.stat.isDirectory()) throw fileError('ERROR_DIRECTORY', 'list', path)
    return attempt('list', path, () => found.drive.names(found.target)) ?? []
  }

  isEmpty(path: string): boolean {
    const found = this.#find(path)
    return found?.stat.isDirectory() === true && attempt('list', path, () => readdirSync(found.target).length === 0)
  }

  spelling(path: string): string {
    const { drive: letter, segments } = this.#parse(path)
    const spelled = this.#drives.get(letter)?.spelled(segments) ?? segments
    return `${letter}\\${spelled.join('\\')}`
  }

  open(path: string): OpenFile {
    const found = this.#existing('open', path)
    if (!found.stat.isFile()) throw fileError('ERROR_ACCESS_DENIED', 'open', path, 'it is a directory')
    const handle = attempt('open', path, () => openSync(found.target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK))
    return openFile(handle, path)
  }

  create(path: string): FileWriter {
    const place = this.#writable('create', path)
    const { drive, entry } = place
    if (place.segments.length === 0 || entry?.kind === 'directory') throw fileError('ERROR_ACCESS_DENIED', 'create', path, 'it is a directory')
    const handle = entry === undefined ? this.#createNew(place, path) : this.#truncate(place, path)
    if (entry === undefined) drive.cache.added(place.directory, place.name, 'file')
    return fileWriter(handle, path)
  }

  createDirectory(path: string): void {
    const place = this.#writable('create directory', path)
    const { drive, directory, name, path: hostPath, entry, segments } = place
    if (entry !== undefined) throw drive.target(place) === undefined ? this.#absent('create directory', path, place) : fileError('ERROR_FILE_EXISTS', 'create directory', path)
    attempt('create directory', path, () => mkdirSync(this.#heldPath(drive, 'create directory', path, hostPath)))
    this.#attributes.removed(segments)
    drive.cache.added(directory, name, 'directory')
  }

  removeFile(path: string, evenReadOnly = false): void {
    if (evenReadOnly && this.#removeKnown(path)) return
    const found = this.#changeable('remove file', path)
    if (found.stat.isDirectory()) throw fileError('ERROR_ACCESS_DENIED', 'remove file', path, 'it is a directory')
    if (!evenReadOnly && this.#isReadOnly(found)) throw fileError('ERROR_ACCESS_DENIED', 'remove file', path, 'the file is read-only')
    attempt('remove file', path, () => {
      const held = this.#heldPath(found.drive, 'remove file', path, found.path)
      // Not elsewhere: a file shares its permissions with all its names, and others may lie outside the root.
      if (process.platform === 'win32' && evenReadOnly) changeMode(held, writableMode(found.stat.mode))
      unlinkSync(held)
    })
    this.#attributes.removed(found.segments)
    found.drive.cache.removed(found.directory, found.name)
  }

  /** A file that is known to be there. `false` when it has to be looked at. */
  #removeKnown(path: string): boolean {
    const place = this.#placeOf(path)
    if (process.platform === 'win32' || place?.entry?.kind !== 'file' || place.drive.readOnly) return false
    const { drive, directory, name } = place
    try {
      unlinkSync(this.#heldPath(drive, 'remove file', path, place.path))
    } catch (error) {
      if (hostErrorCode(error) === undefined) throw error
      drive.cache.forget(directory)
      return false
    }
    this.#attributes.removed(place.segments)
    drive.cache.removed(directory, name)
    return true
  }

  removeDirectory(path: string): void {
    const found = this.#changeable('remove directory', path)
    if (found.segments.length === 0) throw fileError('ERROR_ACCESS_DENIED', 'remove directory', path, 'it is the root of a drive')
    if (!found.stat.isDirectory()) throw fileError('ERROR_DIRECTORY', 'remove directory', path)
    if (this.#isReadOnly(found)) throw fileError('ERROR_ACCESS_DENIED', 'remove directory', path, 'the directory is read-only')
    this.#held.forget(found.path)
    attempt('remove directory', path, () => rmdirSync(this.#heldPath(found.drive, 'remove directory', path, found.path)))
    this.#attributes.removed(found.segments)
    found.drive.cache.forget(found.path)
    found.drive.cache.removed(found.directory, found.name)
  }

  rename(from: string, to: string): void {
    if (this.#renameKnown(from, to)) return
    const source = this.#changeable('rename', from)
    const target = this.#writable('rename to', to)
    const both = `${from} to ${to}`
    if (source.drive !== target.drive) throw fileError('ERROR_NOT_SAME_DEVICE', 'rename', both)
    if (source.segments.length === 0 || target.segments.length === 0) throw fileError('ERROR_ACCESS_DENIED', 'rename', both, 'it is the root of a drive')
    const replaced = target.entry === undefined || target.path === source.path ? undefined : this.#find(to)
    if (replaced !== undefined) {
      if (source.stat.isDirectory()) throw fileError('ERROR_FILE_EXISTS', 'rename to', to)
      if (replaced.stat.isDirectory()) throw fileError('ERROR_ACCESS_DENIED', 'rename to', to, 'it is a directory')
      if (this.#isReadOnly(replaced)) throw fileError('ERROR_ACCESS_DENIED', 'rename to', to, 'the file is read-only')
    }
    this.#moveOnHost(source, target, both)
    this.#attributes.moved(source.segments, target.segments)
  }

  /** A file that is known to be there, to a name that is free: nothing has to be looked at again. `false` when it is more than that. */
  #renameKnown(from: string, to: string): boolean {
    const source = this.#placeOf(from)
    const target = this.#placeOf(to, true)
    if (source?.entry?.kind !== 'file' || target === undefined || target.entry !== undefined || source.drive !== target.drive || source.drive.readOnly) return false
    if (source.segments.length === 0 || target.segments.length === 0) return false
    const { drive: { cache } } = source
    try {
      renameSync(this.#heldPath(source.drive, 'rename', from, source.path), this.#heldPath(source.drive, 'rename', from, target.path))
    } catch (error) {
      if (hostErrorCode(error) === undefined) throw error
      cache.forget(source.directory)
      cache.forget(target.directory)
      return false
    }
    cache.moved(source, { directory: target.directory, replaced: target.name, name: target.name }, 'file')
    this.#attributes.moved(source.segments, target.segments)
    return true
  }

  setAttributes(path: string, attributes: FileAttributes): void {
    const found = this.#changeable('set attributes of', path)
    const isDirectory = found.stat.isDirectory()
    if (!isDirectory) {
      const mode = attributes.readOnly ? found.stat.mode & ~writeBits : writableMode(found.stat.mode)
      if (mode !== found.stat.mode) attempt('set attributes of', path, () => changeMode(this.#heldPath(found.drive, 'set attributes of', path, found.target), mode & 0o7777))
    }
    const stored = { ...(attributes.hidden && { hidden: true as const }), ...(attributes.system && { system: true as const }), ...(isDirectory && attributes.readOnly && { readOnly: true as const }) }
    attempt('set attributes of', path, () => this.#attributes.set(found.segments, stored))
  }

  setTimes(path: string, times: FileTimes): void {
    const found = this.#changeable('set times of', path)
    const [accessed, modified] = [hostSeconds(found.stat.atimeMs), hostSeconds(times.modifiedMs)]
    attempt('set times of', path, () => lutimesSync(this.#heldPath(found.drive, 'set times of', path, found.target), accessed, modified))
  }

  /** What is executable by what it is stays so; nobody's rights are lent to new content. */
  copyPermissions(from: string, to: string): void {
    const { stat: like } = this.#existing('copy permissions of', from)
    const found = this.#changeable('set permissions of', to)
    if (process.platform === 'win32') return
    const held = (): string => this.#heldPath(found.drive, 'set permissions of', to, found.target)
    if (like.uid !== found.stat.uid || like.gid !== found.stat.gid) attempt('set permissions of', to, () => changeOwner(held(), like))
    const executable = found.stat.mode & 0o111 & (like.mode >> 2)
    const writable = this.#isReadOnly(found) ? 0 : writableMode(like.mode) & writeBits
    const mode = (like.mode & 0o555) | executable | writable
    if (mode !== (found.stat.mode & 0o7777)) attempt('set permissions of', to, () => changeMode(held(), mode))
  }

  async syncFiles(paths: readonly string[]): Promise<void> {
    for (let start = 0; start < paths.length; start += filesSyncedAtOnce) {
      await Promise.all(paths.slice(start, start + filesSyncedAtOnce).map((path) => this.#syncFile(path)))
    }
  }

  /** Of the three calls only the one that waits for the disk is given to another thread. */
  #syncFile(path: string): Promise<void> | undefined {
    const { drive: letter, segments } = this.#parse(path)
    const drive = this.#drives.get(letter)
    const place = drive?.place(segments)
    const target = place?.entry?.kind === 'file' || place?.entry?.kind === 'link' ? drive!.target(place) : undefined
    if (target === undefined) return undefined
    const handle = attempt('sync', path, () => openIfThere(target))
    return handle === undefined ? undefined : new Promise((done, failed) => {
      fsync(handle, (error) => {
        closeSync(handle)
        if (error === null) done()
        else failed(hostError('sync', path, error))
      })
    })
  }

  syncDirectory(path: string): void {
    const found = this.#find(path)
    if (found === undefined || !found.stat.isDirectory()) throw fileError('ERROR_PATH_NOT_FOUND', 'sync', path, 'there is no such directory')
    attempt('sync', path, () => {
      syncHostDirectory(found.target)
      this.#attributes.sync()
    })
  }

  freeBytes(path: string): number {
    const { drive: letter, segments } = this.#parse(path)
    const drive = this.#drive('free space of', path, letter)
    // The nearest directory that exists: another file system may be mounted below the root.
    for (let count = segments.length; ; count--) {
      const place = drive.place(segments.slice(0, count))
      const target = place && drive.target(place)
      if (target === undefined && count > 0) continue
      const { bavail, bsize } = attempt('free space of', path, () => statfsSync(existingFolder(target ?? drive.folder)))
      return bavail * bsize
    }
  }

  drives(): readonly string[] {
    return [...this.#drives.keys()].sort().map((letter) => `${letter}\\`)
  }

  hostPath(path: string): string | undefined {
    const { drive: letter, segments } = this.#parse(path)
    return this.#drives.get(letter)?.hostPath(segments)
  }

  /** The same place by a way that leads nowhere else, whoever puts links into the root meanwhile. For one change at once. */
  heldHostPath(path: string): string | undefined {
    const { drive: letter, segments } = this.#parse(path)
    const drive = this.#drives.get(letter)
    const hostPath = drive?.hostPath(segments)
    return drive === undefined || hostPath === undefined ? undefined : this.#heldPath(drive, 'write', path, hostPath)
  }

  fromHostPath(hostPath: string): string | undefined {
    for (const drive of this.#drives.values()) {
      const segments = drive.segmentsOf(resolve(hostPath)) ?? drive.segmentsOf(realDirectory(hostPath))
      if (segments !== undefined) return `${drive.letter}\\${segments.join('\\')}`
    }
    return undefined
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

  #drive(operation: string, path: string, letter: string): HostDrive {
    const drive = this.#drives.get(letter)
    if (drive === undefined) throw fileError('ERROR_INVALID_DRIVE', operation, path)
    return drive
  }

  /** What stands at a path, looked for once more when the cache was wrong. */
  #find(path: string): Found | undefined {
    const { drive: letter, segments } = this.#parse(path)
    const drive = this.#drives.get(letter)
    if (drive === undefined) return undefined
    return attempt('find', path, () => {
      const first = findOnHost(drive, segments)
      if (first !== 'stale') return first
      const second = findOnHost(drive, segments)
      return second === 'stale' ? undefined : second
    })
  }

  #existing(operation: string, path: string): Found {
    const found = this.#find(path)
    if (found !== undefined) return found
    const { drive: letter, segments } = this.#parse(path)
    const place = this.#drive(operation, path, letter).place(segments)
    throw this.#absent(operation, path, place)
  }

  #absent(operation: string, path: string, place: HostPlace | undefined): WindowsError {
    if (place === undefined) return fileError('ERROR_PATH_NOT_FOUND', operation, path)
    if (place.entry !== undefined) return fileError('ERROR_ACCESS_DENIED', operation, path, place.entry.kind === 'link' ? 'a symbolic link there leads out of the root' : 'it is no file')
    return fileError('ERROR_FILE_NOT_FOUND', operation, path)
  }

  #changeable(operation: string, path: string): Found {
    const found = this.#existing(operation, path)
    if (found.drive.readOnly) throw fileError('ERROR_WRITE_PROTECT', operation, path)
    return found
  }

  #writable(operation: string, path: string): DrivePlace {
    const { drive: letter } = this.#parse(path)
    this.#drive(operation, path, letter)
    const place = this.#placeOf(path, true)
    if (place === undefined) throw fileError('ERROR_PATH_NOT_FOUND', operation, path)
    if (place.drive.readOnly) throw fileError('ERROR_WRITE_PROTECT', operation, path)
    return place
  }

  #placeOf(path: string, forCreation = false): DrivePlace | undefined {
    const { drive: letter, segments } = this.#parse(path)
    const drive = this.#drives.get(letter)
    const place = drive?.place(segments, forCreation)
    return drive === undefined || place === undefined ? undefined : { directory: place.directory, name: place.name, entry: place.entry, path: place.path, drive, segments }
  }

  /** @param hostPath links resolved, but for its last name */
  #heldPath(drive: HostDrive, operation: string, path: string, hostPath: string): string {
    if (hostPath === drive.folder) return hostPath
    const end = hostPath.lastIndexOf(sep)
    const held = this.#held.hold(end <= 0 ? dirname(hostPath) : hostPath.slice(0, end))
    if (held !== undefined) return childPath(held, hostPath.slice(end + 1))
    drive.cache.clear()
    throw fileError('ERROR_ACCESS_DENIED', operation, path, 'its folder was moved or replaced meanwhile')
  }

  #statOf({ stat, segments, drive }: Found): FileStat {
    const stored = drive.readOnly ? undefined : this.#attributes.get(segments)
    const isDirectory = stat.isDirectory()
    return {
      kind: isDirectory ? 'directory' : 'file',
      size: isDirectory ? 0 : stat.size,
      modifiedMs: stat.mtimeMs,
      createdMs: stat.birthtimeMs,
      attributes: { readOnly: isDirectory ? stored?.readOnly === true : (stat.mode & writeBits) === 0, hidden: stored?.hidden === true, system: stored?.system === true },
    }
  }

  #isReadOnly(found: Found): boolean {
    return this.#statOf(found).attributes.readOnly
  }

  #createNew({ path: hostPath, segments, drive, directory }: DrivePlace, path: string): number {
    this.#attributes.removed(segments)
    try {
      return openSync(this.#heldPath(drive, 'create', path, hostPath), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666)
    } catch (error) {
      drive.cache.forget(directory)
      if (hostErrorCode(error) === 'ENOENT') throw fileError('ERROR_PATH_NOT_FOUND', 'create', path, undefined, error)
      throw hostError('create', path, error)
    }
  }

  #truncate(place: HostPlace & { drive: HostDrive }, path: string): number {
    const found = this.#existing('create', path)
    if (found.stat.isDirectory()) throw fileError('ERROR_ACCESS_DENIED', 'create', path, 'it is a directory')
    if (this.#isReadOnly(found)) throw fileError('ERROR_ACCESS_DENIED', 'create', path, 'the file is read-only')
    const target = this.#heldPath(place.drive, 'create', path, place.entry?.kind === 'link' ? found.target : found.path)
    return attempt('create', path, () => {
      if (found.stat.nlink === 1) return openSync(target, constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW)
      // Its other names may lie outside the root: their content stays.
      unlinkSync(target)
      return openSync(target, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, found.stat.mode & 0o7777)
    })
  }

  /** A file of another spelling at the target is replaced first, atomically, and then gets its new spelling. */
  #moveOnHost(source: Found, target: DrivePlace, paths: string): void {
    const { cache } = source.drive
    const wanted = target.segments.at(-1)!
    const held = (path: string): string => this.#heldPath(source.drive, 'rename', paths, path)
    const wantedPath = childPath(target.directory, wanted)
    if (source.stat.isDirectory()) this.#held.forget(source.path)
    attempt('rename', paths, () => {
      if (isBelow(target.directory, source.path)) throw fileError('ERROR_ACCESS_DENIED', 'rename', paths, 'a directory cannot move into itself')
      if (source.path !== target.path) renameSync(held(source.path), held(target.path))
      if (target.path !== wantedPath) renameSync(held(target.path), held(wantedPath))
    })
    if (source.stat.isDirectory()) cache.forget(source.path)
    cache.moved(source, { directory: target.directory, replaced: target.name, name: wanted }, source.entry?.kind ?? 'file')
  }
}

/** `stale` when the cache knows a name that is no more, or is no file or directory any more. */
function findOnHost(drive: HostDrive, segments: readonly string[]): Found | 'stale' | undefined {
  const place = drive.place(segments)
  const target = place && drive.target(place)
  if (place === undefined || target === undefined) return undefined
  const stat = lstatSync(target, { throwIfNoEntry: false })
  if (stat?.isFile() === true || stat?.isDirectory() === true) return { ...place, drive, segments, target, stat }
  drive.cache.forget(place.directory)
  return 'stale'
}

/** A file that is gone, or is none any more, has nothing to be written. */
function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (hostErrorCode(error) === 'ENOENT' || hostErrorCode(error) === 'ELOOP') return undefined
    throw error
  }
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
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

/** Writing is given back to those whom the file creation mask would give it to. */
function writableMode(mode: number): number {
  if ((mode & writeBits) !== 0) return mode
  return mode | ownerWriteBit | (0o666 & ~process.umask() & writeBits)
}
