// The FileSystem port: a Windows file system, whatever it stands on. Paths are full Windows paths (`C:\folder\name`),
// matched without regard to case; a new name keeps the spelling it is given. Synchronous.
// A read-only file or directory can be renamed, but neither written, replaced nor removed. `..` is refused, not applied.
// Every failure is a WindowsError: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED, ERROR_FILE_EXISTS,
// ERROR_DIR_NOT_EMPTY, ERROR_DIRECTORY, ERROR_NOT_SAME_DEVICE, ERROR_DISK_FULL, ERROR_WRITE_PROTECT, ERROR_INVALID_NAME, ERROR_INVALID_DRIVE.
import type { ByteSink, ByteSource } from '../base/index.ts'

export interface FileAttributes {
  readonly readOnly: boolean
  readonly hidden: boolean
  readonly system: boolean
}

export interface FileStat {
  readonly kind: 'file' | 'directory'
  /** Bytes; 0 for a directory. */
  readonly size: number
  /** Milliseconds since 1970-01-01 UTC, fractions included. */
  readonly modifiedMs: number
  readonly createdMs: number
  readonly attributes: FileAttributes
}

export interface FileTimes {
  readonly modifiedMs: number
  /** Where the host cannot set a creation time this is ignored. */
  readonly createdMs?: number
}

export interface OpenFile extends ByteSource, Disposable {}

/** A file being written. `close` must be called on every path; `sync` makes the bytes durable first. */
export interface FileWriter extends ByteSink {
  sync(): void
  /** Of the finished file: what is written afterwards changes them again. */
  setTimes(times: FileTimes): void
  close(): void
}

export interface FileSystem {
  /** `undefined` when nothing is there. Symbolic links that lead out of the root count as nothing. */
  stat(path: string): FileStat | undefined
  /** What {@link stat} tells of the kind alone, which a host may know without looking at the file. */
  kind(path: string): FileStat['kind'] | undefined
  /** Names in a directory in their own spelling, sorted by code unit. */
  list(path: string): readonly string[]
  /** Whether there is nothing in a directory: also nothing that `list` leaves out, as Windows could not name it. */
  isEmpty(path: string): boolean
  /** The path with every existing segment in its own spelling on disk. */
  spelling(path: string): string
  open(path: string): OpenFile
  /** Creates a file, or truncates one that exists. The directory must exist. */
  create(path: string): FileWriter
  /** One level; the parent must exist, the directory must not. */
  createDirectory(path: string): void
  /** A read-only one is refused, unless it is said to go as well. */
  removeFile(path: string, evenReadOnly?: boolean): void
  /** Only when empty. */
  removeDirectory(path: string): void
  /** Moves a file or directory within a volume, atomically; an existing file at `to` is replaced. */
  rename(from: string, to: string): void
  setAttributes(path: string, attributes: FileAttributes): void
  setTimes(path: string, times: FileTimes): void
  /** A file gets the permissions and the owner of another, as far as the host has such and lets them be given. Attributes stay. */
  copyPermissions(from: string, to: string): void
  /**
   * Makes the contents of files durable: the one call that waits, since a host does many at once far faster.
   * Where no file stands nothing is done.
   */
  syncFiles(paths: readonly string[]): Promise<void>
  /** Makes a rename or creation in this directory durable. */
  syncDirectory(path: string): void
  /** Bytes free on the volume of the path. */
  freeBytes(path: string): number
  /** Root directories of fixed drives, such as `C:\`. */
  drives(): readonly string[]
  /** Where the host finds the file, for processes of the host; `undefined` when it lies nowhere on the host. */
  hostPath(path: string): string | undefined
  /** The Windows path of a host path; `undefined` when no drive covers it. */
  fromHostPath(hostPath: string): string | undefined
}

export const noAttributes: FileAttributes = { readOnly: false, hidden: false, system: false }
