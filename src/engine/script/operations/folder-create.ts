// FolderCreate: a folder with its missing parents. https://learn.microsoft.com/windows/win32/msi/createfolders-action
import { foldCase, parentPath, withoutTrailingBackslash } from '../../../base/index.ts'
import type { FileSystem } from '../../../platform/index.ts'
import { InstallError } from '../../session/messages/install-error.ts'
import type { OperationHandler, OperationOf } from '../handler.ts'

export interface FolderCreateImage {
  /** Folders that did not exist, outermost first. */
  readonly missing: readonly string[]
}

export const folderCreate: OperationHandler<OperationOf<'FolderCreate'>, FolderCreateImage> = {
  effect: 'files',
  capture({ folder }, { platform }) {
    return { missing: missingFolders(platform.files, folder) }
  },
  apply(_operation, { missing }, { platform, knownFolders }) {
    for (const folder of missing) {
      // Another operation of the same group may have made it.
      if (platform.files.stat(folder) === undefined) platform.files.createDirectory(folder)
      knownFolders.add(foldCase(folder))
    }
  },
  undo(_operation, { missing }, { platform }) {
    for (const folder of missing.toReversed()) removeFolderIfEmpty(platform.files, folder)
  },
  touches({ folder }) {
    return [foldCase(withoutTrailingBackslash(folder))]
  },
  consequences({ persistent, folder }, { missing }) {
    if (missing.length === 0 && !persistent) return []
    return [{ op: 'FolderRegister', folders: missing.length === 0 ? [withoutTrailingBackslash(folder)] : missing, persistent }]
  },
}

/** Outermost first. @throws InstallError 1312 when a file stands where a folder should be. */
export function missingFolders(files: FileSystem, folder: string): string[] {
  const missing: string[] = []
  for (let at: string | undefined = withoutTrailingBackslash(folder); at !== undefined; at = parentPath(at)) {
    const stat = files.stat(at)
    if (stat?.kind === 'directory') break
    if (stat?.kind === 'file') throw new InstallError(1312, [at])
    missing.unshift(at)
  }
  return missing
}

/** Whether it is gone. A folder that is not empty is left alone. */
export function removeFolderIfEmpty(files: FileSystem, folder: string): boolean {
  const stat = files.stat(folder)
  if (stat === undefined) return true
  if (stat.kind !== 'directory' || !files.isEmpty(folder)) return false
  if (stat.attributes.readOnly) files.setAttributes(folder, { ...stat.attributes, readOnly: false })
  files.removeDirectory(folder)
  return true
}
