// The FileSystem port in memory: several drives, attributes, times, limited space. For tests, plans and browsers.
// A host path is the Windows path itself.
import { foldCase, WindowsError, type ErrorCodeName } from '../../base/index.ts'
import { fileError } from '../file-errors.ts'
import { noAttributes, type FileAttributes, type FileStat, type FileSystem, type FileTimes, type FileWriter, type OpenFile } from '../file-system.ts'
import { parseFullPath } from '../full-path.ts'

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
}

interface FileEntry extends Entry {
  readonly kind: 'file'
  content: Uint8Array
  size: number
}

interface DirectoryEntry extends Entry {
  readonly kind: 'directory'
  readonly children: Map<string, FileEntry | DirectoryEntry>
}

interface Drive {
  readonly root: DirectoryEntry
  readonly capacityBytes: number
  readonly readOnly: boolean
  usedBytes: number
}

function cloneDirectory(directory: DirectoryEntry): DirectoryEntry {
  const copy: DirectoryEntry = { ...directory, children: new Map() }
  const pending: [DirectoryEntry, DirectoryEntry][] = [[directory, copy]]
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    for (const [folded, child] of pair[0].children) {
      const twin = child.kind === 'file' ? { ...child, content: child.content.subarray(0, child.size) } : { ...child, children: new Map<string, FileEntry | DirectoryEntry>() }
      pair[1].children.set(folded, twin)
      if (child.kind === 'directory' && twin.kind === 'directory') pending.push([child, twin])
    }
  }
  return copy
}

/** Where a path leads: the directory that holds its last segment, and what is there. */
interface Place {
  readonly drive: Drive
  readonly parent: DirectoryEntry
  readonly name: string
  readonly entry: FileEntry | DirectoryEntry | undefined
}

export class MemoryFileSystem implements FileSystem {
  readonly #drives = new Map<string, Drive>()
  readonly #held = new Map<FileEntry | DirectoryEntry, number>()
  readonly #now: () => number

  /** Drives by letter and colon, such as `C:`. */
  constructor(drives: Readonly<Record<string, MemoryDrive>>, now: () => number) {
    this.#now = now
    for (const [letter, drive] of Object.entries(drives)) {
      this.#drives.set(letter.toUpperCase(), {
        root: this.#newDirectory(''), capacityBytes: drive.capacityBytes ?? Number.MAX_SAFE_INTEGER, readOnly: drive.readOnly ?? false, usedBytes: 0,
      })
    }
  }

  /** The same drives once more; what happens to one copy does not happen to the other. Contents are shared: a write only ever adds. */
  clone(now: () => number): MemoryFileSystem {
    const copy = new MemoryFileSystem({}, now)
    for (const [letter, drive] of this.#drives) copy.#drives.set(letter, { ...drive, root: cloneDirectory(drive.root) })
    return copy
  }

  /** As a program of Windows does that opens a file and shares it with readers only: until it lets go nobody can write, rename, replace or remove it. */
  hold(path: string): Disposable {
    const { entry } = this.#existing('hold', path)
    this.#held.set(entry, (this.#held.get(entry) ?? 0) + 1)
    return { [Symbol.dispose]: () => {
      const left = (this.#held.get(entry) ?? 0) - 1
      if (left > 0) this.#held.set(entry, left)
      else this.#held.delete(entry)
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
    const file: FileEntry = existing ?? { kind: 'file', name: place.name, content: new Uint8Array(0), size: 0, modifiedMs: now, createdMs: now, attributes: noAttributes }
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
    if (this.#contains(source.entry, target.parent)) throw fileError('ERROR_ACCESS_DENIED', 'rename', `${from} to ${to}`, 'a directory cannot move into itself')
    const replaced = target.entry === source.entry ? undefined : target.entry
    if (replaced !== undefined) {
      if (source.entry.kind === 'directory') throw fileError('ERROR_FILE_EXISTS', 'rename to', to)
      if (replaced.kind === 'directory') throw fileError('ERROR_ACCESS_DENIED', 'rename to', to, 'it is a directory')
      if (replaced.attributes.readOnly) throw fileError('ERROR_ACCESS_DENIED', 'rename to', to, 'the file is read-only')
      this.#refuseHeld(replaced, 'rename to', to)
      target.drive.usedBytes -= replaced.size
      this.#take(target.parent, replaced)
    }
    this.#take(source.parent, source.entry)
    source.entry.name = target.name
    this.#add(target.parent, source.entry)
  }

  setAttributes(path: string, attributes: FileAttributes): void {
    const { entry } = this.#existing('set attributes of', path, true)
    entry.attributes = { readOnly: attributes.readOnly, hidden: attributes.hidden, system: attributes.system }
  }

  setTimes(path: string, times: FileTimes): void {
    const { entry } = this.#existing('set times of', path, true)
    entry.modifiedMs = times.modifiedMs
    if (times.createdMs !== undefined) entry.createdMs = times.createdMs
  }

  copyPermissions(from: string, to: string): void {
    for (const path of [from, to]) this.#existing('copy permissions of', path)
  }

  async syncFiles(): Promise<void> {}

  syncDirectory(path: string): void {
    if (this.stat(path)?.kind !== 'directory') throw fileError('ERROR_PATH_NOT_FOUND', 'sync', path, 'there is no such directory')
  }

  freeBytes(path: string): number {
    const drive = this.#drive('free space of', path, parseFullPath(path).drive)
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

  #drive(operation: string, path: string, letter: string): Drive {
    const drive = this.#drives.get(letter)
    if (drive === undefined) throw fileError('ERROR_INVALID_DRIVE', operation, path)
    return drive
  }

  #findQuietly(path: string): FileEntry | DirectoryEntry | undefined {
    try {
      const { drive, segments } = parseFullPath(path)
      let entry: FileEntry | DirectoryEntry | undefined = this.#drives.get(drive)?.root
      for (const segment of segments) entry = entry?.kind === 'directory' ? entry.children.get(foldCase(segment)) : undefined
      return entry
    } catch (error) {
      if (error instanceof WindowsError) return undefined
      throw error
    }
  }

  #place(operation: string, path: string): Place {
    const { drive: letter, segments } = parseFullPath(path)
    const drive = this.#drive(operation, path, letter)
    let parent = drive.root
    for (const segment of segments.slice(0, -1)) {
      const next = parent.children.get(foldCase(segment))
      if (next?.kind !== 'directory') throw fileError('ERROR_PATH_NOT_FOUND', operation, path)
      parent = next
    }
    const name = segments.at(-1)
    return name === undefined ? { drive, parent, name: '', entry: drive.root } : { drive, parent, name, entry: parent.children.get(foldCase(name)) }
  }

  #writable(operation: string, path: string): Place {
    const place = this.#place(operation, path)
    if (place.drive.readOnly) throw fileError('ERROR_WRITE_PROTECT', operation, path)
    return place
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
    return { kind: 'directory', name, children: new Map(), modifiedMs: now, createdMs: now, attributes: noAttributes }
  }

  #add(parent: DirectoryEntry, entry: FileEntry | DirectoryEntry): void {
    parent.children.set(foldCase(entry.name), entry)
    parent.modifiedMs = this.#now()
  }

  #take(parent: DirectoryEntry, entry: FileEntry | DirectoryEntry): void {
    parent.children.delete(foldCase(entry.name))
    parent.modifiedMs = this.#now()
  }

  #contains(entry: FileEntry | DirectoryEntry, directory: DirectoryEntry): boolean {
    if (entry.kind === 'file') return false
    if (entry === directory) return true
    return [...entry.children.values()].some((child) => this.#contains(child, directory))
  }

  #resize(drive: Drive, file: FileEntry, size: number, path: string): void {
    if (drive.usedBytes + size - file.size > drive.capacityBytes) throw fileError('ERROR_DISK_FULL', 'write', path)
    drive.usedBytes += size - file.size
    file.size = size
  }

  #writer(drive: Drive, file: FileEntry, path: string): FileWriter {
    let closed = false
    const refuseClosed = (): void => {
      const code: ErrorCodeName = 'ERROR_INVALID_HANDLE'
      if (closed) throw fileError(code, 'write', path, 'the file is closed already')
    }
    return {
      write: (chunk) => {
        refuseClosed()
        const start = file.size
        this.#resize(drive, file, start + chunk.length, path)
        if (file.content.length < file.size) {
          const larger = new Uint8Array(Math.max(file.size, Math.min(file.content.length * 2, file.content.length + (1 << 26))))
          larger.set(file.content.subarray(0, start))
          file.content = larger
        }
        file.content.set(chunk, start)
        file.modifiedMs = this.#now()
      },
      sync: refuseClosed,
      setTimes: ({ modifiedMs, createdMs }) => {
        refuseClosed()
        file.modifiedMs = modifiedMs
        if (createdMs !== undefined) file.createdMs = createdMs
      },
      close: () => {
        if (!closed) file.content = file.content.slice(0, file.size)
        closed = true
      },
    }
  }
}
