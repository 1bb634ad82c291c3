// The FileSystem port in memory: several drives, attributes, times, limited space. For tests, plans and browsers.
// A host path is the Windows path itself. A copy costs nothing: both share their entries, and whoever changes one first
// makes an entry of its own, and of every directory above it. What is the same object in two of them is the same.
import { foldCase, WindowsError, type ErrorCodeName } from '../../base/index.ts'
import { fileError } from '../file-errors.ts'
import { noAttributes, type FileAttributes, type FileStat, type FileSystem, type FileTimes, type FileWriter, type OpenFile } from '../file-system.ts'
import { parseFullPath, type FullPath } from '../full-path.ts'

export interface MemoryDrive {
  /** Bytes that fit on the drive; unlimited when absent. */
  readonly capacityBytes?: number
  readonly readOnly?: boolean
}

interface Entry {
  name: string
  modifiedMs: number
  createdMs: number
  attributes: FileAttributes
  /** Whoever has this may change the entry; everybody else makes a copy of it. */
  readonly owner: object
}

interface FileEntry extends Entry {
  readonly kind: 'file'
  /** May have room behind `size`, which belongs to the one writer of the file. What stands before does not change. */
  content: Uint8Array
  size: number
}

interface DirectoryEntry extends Entry {
  readonly kind: 'directory'
  /** By folded name. */
  readonly children: Map<string, FileEntry | DirectoryEntry>
}

interface FoldedPath extends FullPath {
  readonly folded: readonly string[]
}

interface Drive {
  root: DirectoryEntry
  readonly capacityBytes: number
  readonly readOnly: boolean
  usedBytes: number
}

/** What stood there at a moment; nothing changes it. */
export type MemoryEntry = Readonly<Omit<FileEntry, 'owner'>> | MemoryDirectory

export interface MemoryDirectory extends Readonly<Omit<DirectoryEntry, 'owner' | 'children'>> {
  /** By folded name. */
  readonly children: ReadonlyMap<string, MemoryEntry>
}

/** A program has it open: the entry as it is now, copies included. */
interface Hold {
  count: number
  entry: FileEntry | DirectoryEntry
}

interface Writing {
  file: FileEntry
  /** Where its entry stands; `undefined` once it was removed. */
  path: string | undefined
}

const mostParsed = 1 << 14

/** Where a path leads: the directory that holds its last segment, and what is there. */
interface Place {
  readonly drive: Drive
  readonly parent: DirectoryEntry
  readonly name: string
  readonly entry: FileEntry | DirectoryEntry | undefined
}

export class MemoryFileSystem implements FileSystem {
  readonly #drives = new Map<string, Drive>()
  readonly #held = new Map<FileEntry | DirectoryEntry, Hold>()
  readonly #writing = new Set<Writing>()
  readonly #now: () => number
  /** Of the entries that nobody else has. */
  #owner: object = {}
  /** Paths as they were asked for, taken apart. */
  #parsed = new Map<string, FoldedPath>()

  /** Drives by letter and colon, such as `C:`. */
  constructor(drives: Readonly<Record<string, MemoryDrive>>, now: () => number) {
    this.#now = now
    for (const [letter, drive] of Object.entries(drives)) {
      this.#drives.set(letter.toUpperCase(), {
        root: this.#newDirectory(''), capacityBytes: drive.capacityBytes ?? Number.MAX_SAFE_INTEGER, readOnly: drive.readOnly ?? false, usedBytes: 0,
      })
    }
  }

  /** The same drives once more; what happens to one copy does not happen to the other. */
  clone(now: () => number): MemoryFileSystem {
    const copy = new MemoryFileSystem({}, now)
    for (const [letter, drive] of this.#drives) copy.#drives.set(letter, { ...drive })
    this.#owner = {}
    copy.#parsed = this.#parsed
    return copy
  }

  /** The roots of the drives as they are now, by letter and colon. */
  contents(): ReadonlyMap<string, MemoryDirectory> {
    this.#owner = {}
    return new Map([...this.#drives].sort(([a], [b]) => a < b ? -1 : 1).map(([letter, { root }]) => [letter, root]))
  }

  /** As a program of Windows does that opens a file and shares it with readers only: until it lets go nobody can write, rename, replace or remove it. */
  hold(path: string): Disposable {
    const { entry } = this.#existing('hold', path)
    const hold = this.#held.get(entry) ?? { count: 0, entry }
    this.#held.set(entry, hold)
    hold.count++
    return { [Symbol.dispose]: () => {
      hold.count--
      if (hold.count === 0) this.#held.delete(hold.entry)
    } }
  }

  stat(path: string): FileStat | undefined {
    const entry = this.#findQuietly(path)
    if (entry === undefined) return undefined
    const { kind, modifiedMs, createdMs, attributes } = entry
    return { kind, size: kind === 'file' ? entry.size : 0, modifiedMs, createdMs, attributes }
  }

  kind(path: string): FileStat['kind'] | undefined {
    return this.#findQuietly(path)?.kind
  }

  list(path: string): readonly string[] {
    const entry = this.#findQuietly(path)
    if (entry === undefined) throw fileError('ERROR_PATH_NOT_FOUND', 'list', path, 'there is no such directory')
    if (entry.kind !== 'directory') throw fileError('ERROR_DIRECTORY', 'list', path)
    return [...entry.children.values()].map((child) => child.name).sort()
  }

  isEmpty(path: string): boolean {
    return this.list(path).length === 0
  }

  spelling(path: string): string {
    const { drive, segments } = parseFullPath(path)
    let entry: FileEntry | DirectoryEntry | undefined = this.#drives.get(drive)?.root
    const spelled = segments.map((segment) => {
      entry = entry?.kind === 'directory' ? entry.children.get(foldCase(segment)) : undefined
      return entry?.name ?? segment
    })
    return `${drive}\\${spelled.join('\\')}`
  }

  open(path: string): OpenFile {
    const { entry } = this.#existing('open', path)
    if (entry.kind === 'directory') throw fileError('ERROR_ACCESS_DENIED', 'open', path, 'it is a directory')
    return {
      get size() { return entry.size },
      read: (offset, length) => entry.content.subarray(offset, Math.min(entry.size, offset + length)),
      [Symbol.dispose]: () => {},
    }
  }

  create(path: string): FileWriter {
    const place = this.#writable('create', path)
    const existing = place.entry
    if (existing?.kind === 'directory') throw fileError('ERROR_ACCESS_DENIED', 'create', path, 'it is a directory')
    if (existing?.attributes.readOnly === true) throw fileError('ERROR_ACCESS_DENIED', 'create', path, 'the file is read-only')
    this.#refuseHeld(existing, 'create', path)
    const now = this.#now()
    const file: FileEntry = existing === undefined
      ? { kind: 'file', name: place.name, content: new Uint8Array(0), size: 0, modifiedMs: now, createdMs: now, attributes: noAttributes, owner: this.#owner }
      : this.#owned(place.parent, existing)
    if (existing === undefined) this.#add(place.parent, file)
    this.#resize(place.drive, file, 0, path)
    file.content = new Uint8Array(0)
    file.modifiedMs = now
    return this.#writer(place.drive, file, path)
  }

  createDirectory(path: string): void {
    const { parent, name, entry } = this.#writable('create directory', path)
    if (entry !== undefined) throw fileError('ERROR_FILE_EXISTS', 'create directory', path)
    this.#add(parent, this.#newDirectory(name))
  }

  removeFile(path: string, evenReadOnly = false): void {
    const { drive, parent, entry } = this.#existing('remove file', path, true)
    if (entry.kind === 'directory') throw fileError('ERROR_ACCESS_DENIED', 'remove file', path, 'it is a directory')
    if (entry.attributes.readOnly && !evenReadOnly) throw fileError('ERROR_ACCESS_DENIED', 'remove file', path, 'the file is read-only')
    drive.usedBytes -= entry.size
    this.#take(parent, entry)
    this.#moved(path)
  }

  removeDirectory(path: string): void {
    const { parent, entry } = this.#existing('remove directory', path, true)
    if (entry.kind === 'file') throw fileError('ERROR_DIRECTORY', 'remove directory', path)
    if (entry.children.size > 0) throw fileError('ERROR_DIR_NOT_EMPTY', 'remove directory', path)
    if (entry.attributes.readOnly) throw fileError('ERROR_ACCESS_DENIED', 'remove directory', path, 'the directory is read-only')
    this.#take(parent, entry)
  }

  rename(from: string, to: string): void {
    const source = this.#existing('rename', from, true)
    const target = this.#writable('rename to', to)
    if (source.drive !== target.drive) throw fileError('ERROR_NOT_SAME_DEVICE', 'rename', `${from} to ${to}`)
    const moved = this.#owned(source.parent, source.entry)
    const replaced = target.entry === source.entry || target.entry === moved ? undefined : target.entry
    if (moved.kind === 'directory' && target.entry !== source.entry && this.#below(to, from) !== undefined) throw fileError('ERROR_ACCESS_DENIED', 'rename', `${from} to ${to}`, 'a directory cannot move into itself')
    if (replaced !== undefined) {
      if (moved.kind === 'directory') throw fileError('ERROR_FILE_EXISTS', 'rename to', to)
      if (replaced.kind === 'directory') throw fileError('ERROR_ACCESS_DENIED', 'rename to', to, 'it is a directory')
      if (replaced.attributes.readOnly) throw fileError('ERROR_ACCESS_DENIED', 'rename to', to, 'the file is read-only')
      this.#refuseHeld(replaced, 'rename to', to)
      target.drive.usedBytes -= replaced.size
      this.#take(target.parent, replaced)
      this.#moved(to)
    }
    this.#take(source.parent, moved)
    moved.name = target.name
    this.#add(target.parent, moved)
    this.#moved(from, to)
  }

  setAttributes(path: string, attributes: FileAttributes): void {
    const { parent, entry } = this.#existing('set attributes of', path, true)
    this.#owned(parent, entry).attributes = { readOnly: attributes.readOnly, hidden: attributes.hidden, system: attributes.system }
  }

  setTimes(path: string, times: FileTimes): void {
    const { parent, entry } = this.#existing('set times of', path, true)
    const changed = this.#owned(parent, entry)
    changed.modifiedMs = times.modifiedMs
    if (times.createdMs !== undefined) changed.createdMs = times.createdMs
  }

  copyPermissions(from: string, to: string): void {
    for (const path of [from, to]) this.#existing('copy permissions of', path)
  }

  async syncFiles(): Promise<void> {}

  syncDirectory(path: string): void {
    if (this.stat(path)?.kind !== 'directory') throw fileError('ERROR_PATH_NOT_FOUND', 'sync', path, 'there is no such directory')
  }

  freeBytes(path: string): number {
    const drive = this.#drive('free space of', path, this.#parse(path).drive)
    return drive.capacityBytes - drive.usedBytes
  }

  drives(): readonly string[] {
    return [...this.#drives.keys()].sort().map((letter) => `${letter}\\`)
  }

  hostPath(path: string): string | undefined {
    return this.#drives.has(parseFullPath(path).drive) ? this.spelling(path) : undefined
  }

  fromHostPath(hostPath: string): string | undefined {
    try {
      return this.hostPath(hostPath)
    } catch {
      return undefined
    }
  }

  /** An installation asks for the same paths again and again. */
  #parse(path: string): FoldedPath {
    const known = this.#parsed.get(path)
    if (known !== undefined) return known
    const { drive, segments } = parseFullPath(path)
    const parsed = { drive, segments, folded: segments.map(foldCase) }
    if (this.#parsed.size >= mostParsed) this.#parsed.clear()
    this.#parsed.set(path, parsed)
    return parsed
  }

  #drive(operation: string, path: string, letter: string): Drive {
    const drive = this.#drives.get(letter)
    if (drive === undefined) throw fileError('ERROR_INVALID_DRIVE', operation, path)
    return drive
  }

  #findQuietly(path: string): FileEntry | DirectoryEntry | undefined {
    try {
      const { drive, folded } = this.#parse(path)
      let entry: FileEntry | DirectoryEntry | undefined = this.#drives.get(drive)?.root
      for (const name of folded) entry = entry?.kind === 'directory' ? entry.children.get(name) : undefined
      return entry
    } catch (error) {
      if (error instanceof WindowsError) return undefined
      throw error
    }
  }

  /** @param forWriting the directory that holds it may be changed */
  #place(operation: string, path: string, forWriting = false): Place {
    const { drive: letter, segments, folded } = this.#parse(path)
    const drive = this.#drive(operation, path, letter)
    if (forWriting && drive.readOnly) throw fileError('ERROR_WRITE_PROTECT', operation, path)
    if (forWriting) drive.root = this.#ownCopy(drive.root)
    let parent = drive.root
    for (let depth = 0; depth < folded.length - 1; depth++) {
      const next = parent.children.get(folded[depth]!)
      if (next?.kind !== 'directory') throw fileError('ERROR_PATH_NOT_FOUND', operation, path)
      parent = forWriting ? this.#owned(parent, next) : next
    }
    const name = segments.at(-1)
    return name === undefined ? { drive, parent, name: '', entry: drive.root } : { drive, parent, name, entry: parent.children.get(folded.at(-1)!) }
  }

  #writable(operation: string, path: string): Place {
    return this.#place(operation, path, true)
  }

  #existing(operation: string, path: string, forWriting = false): Place & { entry: FileEntry | DirectoryEntry } {
    const { drive, parent, name, entry } = forWriting ? this.#writable(operation, path) : this.#place(operation, path)
    if (entry === undefined) throw fileError('ERROR_FILE_NOT_FOUND', operation, path)
    const structural = operation.startsWith('remove') || operation.startsWith('rename')
    if (entry === drive.root && structural) throw fileError('ERROR_ACCESS_DENIED', operation, path, 'it is the root of a drive')
    if (structural) this.#refuseHeld(entry, operation, path)
    return { drive, parent, name, entry }
  }

  #refuseHeld(entry: FileEntry | DirectoryEntry | undefined, operation: string, path: string): void {
    if (entry !== undefined && this.#held.has(entry)) throw fileError('ERROR_SHARING_VIOLATION', operation, path)
  }

  #newDirectory(name: string): DirectoryEntry {
    const now = this.#now()
    return { kind: 'directory', name, children: new Map(), modifiedMs: now, createdMs: now, attributes: noAttributes, owner: this.#owner }
  }

  #add(parent: DirectoryEntry, entry: FileEntry | DirectoryEntry): void {
    parent.children.set(foldCase(entry.name), entry)
    parent.modifiedMs = this.#now()
  }

  #take(parent: DirectoryEntry, entry: FileEntry | DirectoryEntry): void {
    parent.children.delete(foldCase(entry.name))
    parent.modifiedMs = this.#now()
  }

  /** The entry, or a copy in its place, as only this file system has it. `parent` is one already. */
  #owned<T extends FileEntry | DirectoryEntry>(parent: DirectoryEntry, entry: T): T {
    const own = this.#ownCopy(entry)
    if (own !== entry) parent.children.set(foldCase(entry.name), own)
    return own
  }

  #ownCopy<T extends FileEntry | DirectoryEntry>(entry: T): T {
    if (entry.owner === this.#owner) return entry
    const own: T = { ...entry, owner: this.#owner, ...(entry.kind === 'directory' ? { children: new Map(entry.children) } : {}) }
    const hold = this.#held.get(entry)
    if (hold !== undefined) {
      this.#held.delete(entry)
      this.#held.set(own, hold)
      hold.entry = own
    }
    for (const writing of this.#writing) if (writing.file === entry) writing.file = own as FileEntry
    return own
  }

  /** The segments of a path below another one, none where they are the same; `undefined` when it lies elsewhere. */
  #below(path: string, other: string): readonly string[] | undefined {
    const [inner, outer] = [this.#parse(path), this.#parse(other)]
    if (inner.drive !== outer.drive || outer.folded.some((name, index) => name !== inner.folded[index])) return undefined
    return inner.segments.slice(outer.segments.length)
  }

  /** Files that are being written move along; without `to` the one that stood there is gone. */
  #moved(from: string, to?: string): void {
    for (const writing of this.#writing) {
      const below = writing.path === undefined ? undefined : this.#below(writing.path, from)
      if (below !== undefined) writing.path = to === undefined ? undefined : [to, ...below].join('\\')
    }
  }

  #resize(drive: Drive, file: FileEntry, size: number, path: string): void {
    if (drive.usedBytes + size - file.size > drive.capacityBytes) throw fileError('ERROR_DISK_FULL', 'write', path)
    drive.usedBytes += size - file.size
    file.size = size
  }

  #writer(drive: Drive, created: FileEntry, path: string): FileWriter {
    const writing: Writing = { file: created, path }
    this.#writing.add(writing)
    let closed = false
    /** The entry that this file system has now: a copy of it may have been made since. */
    const file = (): FileEntry => {
      const code: ErrorCodeName = 'ERROR_INVALID_HANDLE'
      if (closed) throw fileError(code, 'write', path, 'the file is closed already')
      if (writing.file.owner === this.#owner) return writing.file
      if (writing.path === undefined) this.#ownCopy(writing.file)
      else this.#owned(this.#writable('write', writing.path).parent, writing.file)
      return writing.file
    }
    return {
      write: (chunk) => {
        const own = file()
        const start = own.size
        this.#resize(drive, own, start + chunk.length, path)
        if (own.content.length < own.size) {
          const larger = new Uint8Array(Math.max(own.size, Math.min(own.content.length * 2, own.content.length + (1 << 26))))
          larger.set(own.content.subarray(0, start))
          own.content = larger
        }
        own.content.set(chunk, start)
        own.modifiedMs = this.#now()
      },
      sync: () => { file() },
      setTimes: ({ modifiedMs, createdMs }) => {
        const own = file()
        own.modifiedMs = modifiedMs
        if (createdMs !== undefined) own.createdMs = createdMs
      },
      close: () => {
        if (closed) return
        const { size, content } = writing.file
        if (content.length > size) file().content = content.slice(0, size)
        this.#writing.delete(writing)
        closed = true
      },
    }
  }
}
