// Names for what must survive until the transaction ends: replaced files become `X:\Config.Msi\<hex>.rbf` on their own
// volume, and new content waits beside its target. Nothing is created here but the folder itself.
// https://learn.microsoft.com/windows/win32/msi/rollback-installation
import { bytesToHex, joinPath, parentPath, WindowsError } from '../../base/index.ts'
import type { FileSystem, Platform } from '../../platform/index.ts'

export const backupFolderName = 'Config.Msi'

export class Backups {
  /** Of this transaction: what its names begin with. */
  readonly prefix: string
  readonly #files: FileSystem
  #count = 0

  constructor(platform: Platform) {
    this.#files = platform.files
    this.prefix = bytesToHex(platform.random.bytes(4))
  }

  /** Where the file at this path goes when another takes its place. */
  backupFor(path: string): string {
    return joinPath(backupFolder(path), `${this.#next()}.rbf`)
  }

  /** Where its new content is written first. */
  temporaryFor(path: string): string {
    return joinPath(parentPath(path) ?? path, `TBD${this.#next()}.tmp`)
  }

  /** Makes the folder of a backup, hidden as Windows does. */
  prepare(backup: string): void {
    createBackupFolder(this.#files, parentPath(backup)!)
  }

  #next(): string {
    return `${this.prefix}${(this.#count++).toString(16).padStart(4, '0')}`
  }
}

export function backupFolder(path: string): string {
  return `${path.slice(0, 2).toUpperCase()}\\${backupFolderName}`
}

export function createBackupFolder(files: FileSystem, folder: string): void {
  if (files.stat(folder) !== undefined) return
  files.createDirectory(folder)
  files.setAttributes(folder, { readOnly: false, hidden: true, system: true })
}

/** Takes the folder away when nothing is left in it. */
export function removeBackupFolder(files: FileSystem, folder: string): void {
  if (files.stat(folder)?.kind === 'directory' && files.list(folder).length === 0) files.removeDirectory(folder)
}

/** On every drive; one that cannot be removed does no harm. */
export function removeEmptyBackupFolders(files: FileSystem): void {
  for (const drive of files.drives()) {
    try {
      removeBackupFolder(files, backupFolder(drive))
    } catch (error) {
      if (!(error instanceof WindowsError)) throw error
    }
  }
}
