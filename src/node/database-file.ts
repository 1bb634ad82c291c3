// A database in a file of the host, edited in place: nothing of the file changes before commit(), and then everything
// does, in one rename. A crash leaves the old file whole, and perhaps a file `NAME.msikit-new` beside it, which the
// next commit replaces. https://learn.microsoft.com/windows/win32/msi/committing-databases
import { realpathSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { WindowsError } from '../base/index.ts'
import { newParts, readParts, type CreateDatabaseOptions, type DatabaseParts, type OpenDatabaseOptions, type SaveOptions } from '../database/index.ts'
import { QueryableDatabase } from '../sql/index.ts'
import { openFileSource, type FileSource } from './files/file-source.ts'
import { replaceHostFileWith } from './files/replace-file.ts'

export class DatabaseFile extends QueryableDatabase {
  /** Absolute, with links followed. */
  readonly path: string
  #file: FileSource | undefined
  /** Tells whether the file is still the one that was opened. */
  #identity: string

  /** Use {@link openDatabaseFile} or {@link createDatabaseFile}. */
  constructor(parts: DatabaseParts, path: string, file: FileSource | undefined) {
    super(parts)
    this.path = path
    this.#file = file
    this.#identity = identityOf(path)
  }

  /**
   * Writes what the database is now to its file: beside it first, flushed, and renamed over it. The database can be used
   * and committed again; sources of streams that were handed out before are closed.
   * @throws WindowsError ERROR_SHARING_VIOLATION when somebody else changed, removed or made the file since it was opened, ERROR_ACCESS_DENIED for a read-only one;
   * DatabaseError when a text does not fit the code page; errors of the host. The old file stays.
   */
  commit(options: SaveOptions = {}): void {
    this.#requireUnchanged()
    this.#requireWritable()
    replaceHostFileWith(this.path, (sink) => this.save(sink, options), () => {
      this.#requireUnchanged()
      // Windows renames nothing over a file that is open.
      if (process.platform === 'win32') this.#file?.[Symbol.dispose]()
    })
    const committed = openFileSource(this.path)
    this.#identity = identityOf(this.path)
    this.rebase(committed)
    this.#file?.[Symbol.dispose]()
    this.#file = committed
  }

  override [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]()
    super[Symbol.dispose]()
  }

  /** Renaming, and root, would not ask. */
  #requireWritable(): void {
    const mode = statSync(this.path, { throwIfNoEntry: false })?.mode
    if (mode === undefined || (mode & 0o222) !== 0) return
    throw new WindowsError('ERROR_ACCESS_DENIED', `${this.path}: expected a file that may be changed, found one that is read-only`)
  }

  #requireUnchanged(): void {
    const now = identityOf(this.path)
    if (now === this.#identity) return
    const found = now === absent ? 'no file' : this.#identity === absent ? 'a file that somebody else made' : 'one that somebody else changed'
    throw new WindowsError('ERROR_SHARING_VIOLATION', `${this.path}: expected the file as it was opened, found ${found}`)
  }
}

const absent = 'absent'

function identityOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? absent : [stat.dev, stat.ino, stat.size, stat.mtimeNs].join()
}

/**
 * Opens a package, merge module, transform or patch in a file of the host, to read or to edit it.
 * @throws Error of the host (`ENOENT`, `EACCES`, …), with `path`; FormatError when it is no compound file.
 * @example
 * ```ts
 * import { openDatabaseFile } from 'msikit/node'
 *
 * using database = openDatabaseFile('app.msi')
 * database.query("UPDATE `Property` SET `Value` = 'Example' WHERE `Property` = 'Manufacturer'")
 * database.commit()
 * ```
 */
export function openDatabaseFile(path: string, options: OpenDatabaseOptions = {}): DatabaseFile {
  const real = realpathSync(path)
  const file = openFileSource(real)
  try {
    return new DatabaseFile(readParts(file, options), real, file)
  } catch (error) {
    file[Symbol.dispose]()
    throw error
  }
}

/**
 * A new database without tables, whose commit() makes the file, or replaces the one that is there now.
 * @throws WindowsError ERROR_INVALID_PARAMETER for a code page that is not known.
 */
export function createDatabaseFile(path: string, options: CreateDatabaseOptions = {}): DatabaseFile {
  return new DatabaseFile(newParts(options), resolve(path), undefined)
}
