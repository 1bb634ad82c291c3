// Names for what must survive until the transaction ends: replaced files become `X:\Config.Msi\<hex>.rbf` on their own
// volume, and new content waits beside its target. Nothing is created here but the folder itself.
// https://learn.microsoft.com/windows/win32/msi/rollback-installation
import { bytesToHex, joinPath, parentPath } from '../../base/index.ts'
import type { FileSystem, Platform } from '../../platform/index.ts'

export const backupFolderName = 'Config.Msi'

export class Backups {
  /** Of this transaction: what its names begin with. */
  readonly prefix: string
  /** Some file could not be moved away, as a program holds it: the commit looks which. */
  someHeld = false
  readonly #makeFolder: (folder: string) => void
  readonly #made = new Set<string>()
  #count = 0

  /** `makeFolder` is called before the first backup in a folder. */
  constructor({ random }: Platform, makeFolder: (folder: string) => void) {
    this.prefix = bytesToHex(random.bytes(4))
    this.#makeFolder = makeFolder
  }

  /** Where the file at this path goes when another takes its place. */
  backupFor(path: string): string {
    return joinPath(backupFolder(path), `${this.#next()}.rbf`)
  }

  /** Where its new content is written first. */
  temporaryFor(path: string): string {
    return joinPath(parentPath(path) ?? path, `TBD${this.#next()}.tmp`)
  }

  /** Sees that the folder of a backup is there. */
  prepare(backup: string): void {
    const folder = backupFolder(backup)
    if (this.#made.has(folder)) return
    this.#makeFolder(folder)
    this.#made.add(folder)
  }

  #next(): string {
    return `${this.prefix}${(this.#count++).toString(16).padStart(4, '0')}`
  }
}

export function backupFolder(path: string): string {
  return `${path.slice(0, 2).toUpperCase()}\\${backupFolderName}`
}

/** Hidden, as Windows makes it. False when it is there already. */
export function createBackupFolder(files: FileSystem, folder: string): boolean {
  if (files.stat(folder) !== undefined) return false
  files.createDirectory(folder)
  files.setAttributes(folder, { readOnly: false, hidden: true, system: true })
  return true
}

/** Takes the folder away when nothing is left in it. */
export function removeBackupFolder(files: FileSystem, folder: string): void {
  if (files.stat(folder)?.kind === 'directory' && files.isEmpty(folder)) files.removeDirectory(folder)
}
