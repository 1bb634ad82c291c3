// The FileSystem port on the host; where its paths lie is in host-places.ts.
// Read-only files have no write permission; creation times are the host's and cannot be set.
import { closeSync, constants, fsync, lutimesSync, mkdirSync, openSync, readdirSync, renameSync, rmdirSync, statfsSync, unlinkSync } from 'node:fs'
import { WindowsError } from '../../base/index.ts'
import { fileError, type FileAttributes, type FileStat, type FileSystem, type FileTimes, type FileWriter, type OpenFile } from '../../platform/index.ts'
import { AttributeStore } from './attribute-store.ts'
import { childPath } from './directory-cache.ts'
import { existingFolder, type HostDrive, type HostPlace } from './host-drive.ts'
import { attempt, hostError, hostErrorCode } from './host-errors.ts'
import { changeMode, changeOwner, fileWriter, hostSeconds, openFile, syncHostDirectory } from './host-file.ts'
import { HostPlaces, type DrivePlace, type Found } from './host-places.ts'

const writeBits = 0o222
const ownerWriteBit = 0o200

/** Enough for the host to write them in one go; each takes a file descriptor. */
const filesSyncedAtOnce = 64

export class NodeFileSystem implements FileSystem {
  readonly #places: HostPlaces
  readonly #attributes: AttributeStore

  constructor(root: string) {
    this.#places = new HostPlaces(root)
    const { system } = this.#places
    this.#attributes = new AttributeStore(system.folder, (path) => this.#places.held(system, 'keep attributes in', path, path))
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
      const found = this.#places.find(path)
      return found && this.#statOf(found)
    } catch (error) {
      if (error instanceof WindowsError) return undefined
      throw error
    }
  }

  kind(path: string): FileStat['kind'] | undefined {
    try {
      const kind = attempt('find', path, () => this.#places.placeOf(path)?.entry?.kind)
      return kind === 'link' ? this.stat(path)?.kind : kind === 'other' ? undefined : kind
    } catch (error) {
      if (error instanceof WindowsError) return undefined
      throw error
    }
  }

  list(path: string): readonly string[] {
    const found = this.#places.find(path)
    if (found === undefined) throw fileError('ERROR_PATH_NOT_FOUND', 'list', path, 'there is no such directory')
    if (!found.stat.isDirectory()) throw fileError('ERROR_DIRECTORY', 'list', path)
    return attempt('list', path, () => found.drive.names(found.target)) ?? []
  }

  isEmpty(path: string): boolean {
    const found = this.#places.find(path)
    return found?.stat.isDirectory() === true && attempt('list', path, () => readdirSync(found.target).length === 0)
  }

  spelling(path: string): string {
    const { drive, letter, segments } = this.#places.locate(path)
    return `${letter}\\${(drive?.spelled(segments) ?? segments).join('\\')}`
  }

  open(path: string): OpenFile {
    const handle = this.#openKnown(path) ?? this.#openFound(path)
    return openFile(handle, path)
  }

  /** What is known to be a file is looked at once, when it is open. `undefined` when it has to be looked at before. */
  #openKnown(path: string): number | undefined {
    const place = attempt('open', path, () => this.#places.placeOf(path))
    if (place?.entry?.kind !== 'file') return undefined
    try {
      return openSync(place.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    } catch (error) {
      if (hostErrorCode(error) === undefined) throw error
      place.drive.cache.forget(place.directory)
      return undefined
    }
  }

  #openFound(path: string): number {
    const found = this.#places.existing('open', path)
    if (!found.stat.isFile()) throw fileError('ERROR_ACCESS_DENIED', 'open', path, 'it is a directory')
    return attempt('open', path, () => openSync(found.target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK))
  }

  create(path: string): FileWriter {
    const place = this.#places.writable('create', path)
    const { drive, entry } = place
    if (place.segments.length === 0 || entry?.kind === 'directory') throw fileError('ERROR_ACCESS_DENIED', 'create', path, 'it is a directory')
    const handle = entry === undefined ? this.#createNew(place, path) : this.#truncate(place, path)
    if (entry === undefined) drive.cache.added(place.directory, place.name, 'file')
    return fileWriter(handle, path)
  }

  createDirectory(path: string): void {
    const place = this.#places.writable('create directory', path)
    const { drive, directory, name, path: hostPath, entry, segments } = place
    if (entry !== undefined) throw drive.target(place) === undefined ? this.#places.absent('create directory', path, place) : fileError('ERROR_FILE_EXISTS', 'create directory', path)
    attempt('create directory', path, () => mkdirSync(this.#places.held(drive, 'create directory', path, hostPath)))
    this.#attributes.removed(segments)
    drive.cache.added(directory, name, 'directory')
  }

  removeFile(path: string, evenReadOnly = false): void {
    if (evenReadOnly && this.#removeKnown(path)) return
    const found = this.#places.changeable('remove file', path)
    if (found.stat.isDirectory()) throw fileError('ERROR_ACCESS_DENIED', 'remove file', path, 'it is a directory')
    if (!evenReadOnly && this.#isReadOnly(found)) throw fileError('ERROR_ACCESS_DENIED', 'remove file', path, 'the file is read-only')
    attempt('remove file', path, () => {
      const held = this.#places.held(found.drive, 'remove file', path, found.path)
      // Not elsewhere: a file shares its permissions with all its names, and others may lie outside the root.
      if (process.platform === 'win32' && evenReadOnly) changeMode(held, writableMode(found.stat.mode))
      unlinkSync(held)
    })
    this.#attributes.removed(found.segments)
    found.drive.cache.removed(found.directory, found.name)
  }

  /** A file that is known to be there. `false` when it has to be looked at. */
  #removeKnown(path: string): boolean {
    const place = this.#places.placeOf(path)
    if (process.platform === 'win32' || place?.entry?.kind !== 'file' || place.drive.readOnly) return false
    const { drive, directory, name } = place
    try {
      unlinkSync(this.#places.held(drive, 'remove file', path, place.path))
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
    const found = this.#places.changeable('remove directory', path)
    if (found.segments.length === 0) throw fileError('ERROR_ACCESS_DENIED', 'remove directory', path, 'it is the root of a drive')
    if (!found.stat.isDirectory()) throw fileError('ERROR_DIRECTORY', 'remove directory', path)
    if (this.#isReadOnly(found)) throw fileError('ERROR_ACCESS_DENIED', 'remove directory', path, 'the directory is read-only')
    this.#places.forgetHeld(found.path)
    attempt('remove directory', path, () => rmdirSync(this.#places.held(found.drive, 'remove directory', path, found.path)))
    this.#attributes.removed(found.segments)
    found.drive.cache.forget(found.path)
    found.drive.cache.removed(found.directory, found.name)
  }

  rename(from: string, to: string): void {
    if (this.#renameKnown(from, to)) return
    const source = this.#places.changeable('rename', from)
    const target = this.#places.writable('rename to', to)
    const both = `${from} to ${to}`
    if (source.drive !== target.drive) throw fileError('ERROR_NOT_SAME_DEVICE', 'rename', both)
    if (source.segments.length === 0 || target.segments.length === 0) throw fileError('ERROR_ACCESS_DENIED', 'rename', both, 'it is the root of a drive')
    const replaced = target.entry === undefined || target.path === source.path ? undefined : this.#places.find(to)
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
    const source = this.#places.placeOf(from)
    const target = this.#places.placeOf(to, true)
    if (source?.entry?.kind !== 'file' || target === undefined || target.entry !== undefined || source.drive !== target.drive || source.drive.readOnly) return false
    if (source.segments.length === 0 || target.segments.length === 0) return false
    const { drive: { cache } } = source
    try {
      renameSync(this.#places.held(source.drive, 'rename', from, source.path), this.#places.held(source.drive, 'rename', from, target.path))
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
    const found = this.#places.changeable('set attributes of', path)
    const isDirectory = found.stat.isDirectory()
    if (!isDirectory) {
      const mode = attributes.readOnly ? found.stat.mode & ~writeBits : writableMode(found.stat.mode)
      if (mode !== found.stat.mode) attempt('set attributes of', path, () => changeMode(this.#places.held(found.drive, 'set attributes of', path, found.target), mode & 0o7777))
    }
    const stored = { ...(attributes.hidden && { hidden: true as const }), ...(attributes.system && { system: true as const }), ...(isDirectory && attributes.readOnly && { readOnly: true as const }) }
    attempt('set attributes of', path, () => this.#attributes.set(found.segments, stored))
  }

  setTimes(path: string, times: FileTimes): void {
    const found = this.#places.changeable('set times of', path)
    const [accessed, modified] = [hostSeconds(found.stat.atimeMs), hostSeconds(times.modifiedMs)]
    attempt('set times of', path, () => lutimesSync(this.#places.held(found.drive, 'set times of', path, found.target), accessed, modified))
  }

  /** What is executable by what it is stays so; nobody's rights are lent to new content. */
  copyPermissions(from: string, to: string): void {
    const { stat: like } = this.#places.existing('copy permissions of', from)
    const found = this.#places.changeable('set permissions of', to)
    if (process.platform === 'win32') return
    const held = (): string => this.#places.held(found.drive, 'set permissions of', to, found.target)
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
    const { drive, segments } = this.#places.locate(path)
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
    const found = this.#places.find(path)
    if (found === undefined || !found.stat.isDirectory()) throw fileError('ERROR_PATH_NOT_FOUND', 'sync', path, 'there is no such directory')
    attempt('sync', path, () => {
      syncHostDirectory(found.target)
      this.#attributes.sync()
    })
  }

  freeBytes(path: string): number {
    const { drive, segments } = this.#places.locate(path)
    if (drive === undefined) throw fileError('ERROR_INVALID_DRIVE', 'free space of', path)
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
    return this.#places.letters.map((letter) => `${letter}\\`)
  }

  hostPath(path: string): string | undefined {
    const { drive, segments } = this.#places.locate(path)
    return drive?.hostPath(segments)
  }

  /** The same place by a way that leads nowhere else, whoever puts links into the root meanwhile. For one change at once. */
  heldHostPath(path: string): string | undefined {
    const { drive, segments } = this.#places.locate(path)
    const hostPath = drive?.hostPath(segments)
    return drive === undefined || hostPath === undefined ? undefined : this.#places.held(drive, 'write', path, hostPath)
  }

  fromHostPath(hostPath: string): string | undefined {
    return this.#places.fromHostPath(hostPath)
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
      return openSync(this.#places.held(drive, 'create', path, hostPath), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666)
    } catch (error) {
      drive.cache.forget(directory)
      if (hostErrorCode(error) === 'ENOENT') throw fileError('ERROR_PATH_NOT_FOUND', 'create', path, undefined, error)
      throw hostError('create', path, error)
    }
  }

  #truncate(place: HostPlace & { drive: HostDrive }, path: string): number {
    const found = this.#places.existing('create', path)
    if (found.stat.isDirectory()) throw fileError('ERROR_ACCESS_DENIED', 'create', path, 'it is a directory')
    if (this.#isReadOnly(found)) throw fileError('ERROR_ACCESS_DENIED', 'create', path, 'the file is read-only')
    const target = this.#places.held(place.drive, 'create', path, place.entry?.kind === 'link' ? found.target : found.path)
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
    const held = (path: string): string => this.#places.held(source.drive, 'rename', paths, path)
    const wantedPath = childPath(target.directory, wanted)
    if (source.stat.isDirectory()) this.#places.forgetHeld(source.path)
    attempt('rename', paths, () => {
      if (isBelow(target.directory, source.path)) throw fileError('ERROR_ACCESS_DENIED', 'rename', paths, 'a directory cannot move into itself')
      if (source.path !== target.path) renameSync(held(source.path), held(target.path))
      if (target.path !== wantedPath) renameSync(held(target.path), held(wantedPath))
    })
    if (source.stat.isDirectory()) cache.forget(source.path)
    cache.moved(source, { directory: target.directory, replaced: target.name, name: wanted }, source.entry?.kind ?? 'file')
  }
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

/** Writing is given back to those whom the file creation mask would give it to. */
function writableMode(mode: number): number {
  if ((mode & writeBits) !== 0) return mode
  return mode | ownerWriteBit | (0o666 & ~process.umask() & writeBits)
}
