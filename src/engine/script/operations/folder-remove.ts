// FolderRemove: a folder goes when it is empty and an installation made it, or when a table names it; and with it those
// folders above that installations made and in which nothing is left. Like a file it is renamed into the backup folder
// until the transaction ends: permissions, owner, times and whatever else hangs on it come back with it.
// https://learn.microsoft.com/windows/win32/msi/removefolders-action
import { foldCase, parentPath, WindowsError, withoutTrailingBackslash } from '../../../base/index.ts'
import { createDirectories, type FileAttributes, type FileSystem } from '../../../platform/index.ts'
import { sameAttributes } from '../file-change.ts'
import type { OperationHandler, OperationOf, ScriptContext } from '../handler.ts'
import { removeFolderIfEmpty } from './folder-create.ts'
import { folderNote } from './folder-register.ts'

export interface FolderRemoveImage {
  /** Folders that may go, innermost first. */
  readonly candidates: readonly FolderImage[]
}

export interface FolderImage {
  /** In its own spelling. */
  readonly path: string
  /** Where it goes. */
  readonly backup: string
  readonly modifiedMs: number
  readonly createdMs: number
  readonly attributes: FileAttributes
}

export const folderRemove: OperationHandler<OperationOf<'FolderRemove'>, FolderRemoveImage> = {
  effect: 'files',
  capture({ folder, persistent, foreign }, { platform: { files, registry }, backups }) {
    const first = withoutTrailingBackslash(folder)
    const note = folderNote(registry, first)
    if (note === 'persistent' ? !persistent : note === undefined && !persistent && foreign !== true) return { candidates: [] }
    const candidates: FolderImage[] = []
    for (let at: string | undefined = first; at !== undefined; at = parentPath(at)) {
      if (at !== first && folderNote(registry, at) !== 'transient') break
      if (parentPath(at) !== undefined) candidates.push(...folderImage(files, at, backups))
    }
    return { candidates }
  },
  apply(_operation, { candidates }, context) {
    for (const folder of candidates) {
      if (!moveFolderAside(folder, context)) break
      context.knownFolders.delete(foldCase(folder.path))
    }
  },
  undo(_operation, { candidates }, { platform: { files } }) {
    for (const folder of candidates.toReversed()) restoreFolder(files, folder)
  },
  touches({ folder }) {
    return [foldCase(withoutTrailingBackslash(folder))]
  },
  consequences(_operation, { candidates }, { platform }) {
    const gone = candidates.filter(({ path }) => platform.files.stat(path) === undefined).map(({ path }) => path)
    return gone.length === 0 ? [] : [{ op: 'FolderUnregister', folders: gone }]
  },
}

function folderImage(files: FileSystem, path: string, backups: ScriptContext['backups']): FolderImage[] {
  const stat = files.stat(path)
  if (stat?.kind !== 'directory') return []
  return [{ path: files.spelling(path), backup: backups.backupFor(path), modifiedMs: stat.modifiedMs, createdMs: stat.createdMs, attributes: stat.attributes }]
}

/** Whether it is gone. One on which the host has mounted something stays, as one does that is in use on Windows. */
function moveFolderAside({ path, backup }: FolderImage, { platform: { files }, backups, log }: ScriptContext): boolean {
  const stat = files.stat(path)
  if (stat === undefined) return true
  if (stat.kind !== 'directory' || !files.isEmpty(path)) return false
  backups.prepare(backup)
  try {
    files.rename(path, backup)
    return true
  } catch (error) {
    if (!(error instanceof WindowsError) || (error.code !== 'ERROR_SHARING_VIOLATION' && error.code !== 'ERROR_NOT_SAME_DEVICE')) throw error
    log(`The folder ${path} stays: ${error.message}`)
    return false
  }
}

/** The folder is its own again, unless another has taken its place: that one gets its times and attributes. */
function restoreFolder(files: FileSystem, { path, backup, attributes, modifiedMs, createdMs }: FolderImage): void {
  const isKept = files.stat(backup)?.kind === 'directory'
  if (isKept && files.stat(path) === undefined) files.rename(backup, path)
  else if (isKept) removeFolderIfEmpty(files, backup)
  const now = files.stat(path)
  // An older operation of the same group took it away, and brings it back.
  if (now === undefined) return
  if (!sameAttributes(now.attributes, attributes)) files.setAttributes(path, attributes)
  if (now.modifiedMs !== modifiedMs) files.setTimes(path, { modifiedMs, createdMs })
}

/** The transaction is complete. Whoever had the folder open may have put something into it meanwhile: then it is where it was. */
export function dropFolder(files: FileSystem, { path, backup }: FolderImage): void {
  if (files.stat(backup)?.kind !== 'directory' || removeFolderIfEmpty(files, backup)) return
  if (files.stat(path) !== undefined) return
  createDirectories(files, parentPath(path)!)
  files.rename(backup, path)
}
