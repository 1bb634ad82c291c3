// FolderRemove: a folder goes when it is empty and an installation made it, or when a table names it.
// https://learn.microsoft.com/windows/win32/msi/removefolders-action
import { foldCase, parentPath, withoutTrailingBackslash } from '../../../base/index.ts'
import type { FileAttributes } from '../../../platform/index.ts'
import type { OperationHandler, OperationOf } from '../handler.ts'
import { folderNote } from './folder-register.ts'
import { removeFolderIfEmpty } from './folder-create.ts'

export interface FolderRemoveImage {
  /** Absent when the folder does not exist or is not to go. */
  readonly folder?: {
    /** In its own spelling. */
    readonly path: string
    readonly modifiedMs: number
    readonly createdMs: number
    readonly attributes: FileAttributes
  }
}

export const folderRemove: OperationHandler<OperationOf<'FolderRemove'>, FolderRemoveImage> = {
  effect: 'files',
  capture({ folder, persistent, foreign }, { platform: { files, registry } }) {
    const path = withoutTrailingBackslash(folder)
    const stat = files.stat(path)
    if (stat?.kind !== 'directory' || parentPath(path) === undefined) return {}
    const note = folderNote(registry, path)
    if (note === 'persistent' ? !persistent : note === undefined && !persistent && foreign !== true) return {}
    return { folder: { path: files.spelling(path), modifiedMs: stat.modifiedMs, createdMs: stat.createdMs, attributes: stat.attributes } }
  },
  apply(_operation, { folder }, { platform, knownFolders }) {
    if (folder !== undefined && removeFolderIfEmpty(platform.files, folder.path)) knownFolders.delete(foldCase(folder.path))
  },
  undo(_operation, { folder }, { platform: { files } }) {
    if (folder === undefined) return
    const { path, attributes, modifiedMs, createdMs } = folder
    // An undo that was interrupted may have made the folder and no more.
    if (files.stat(path) === undefined) files.createDirectory(path)
    const now = files.stat(path)!
    if (!sameAttributes(now.attributes, attributes)) files.setAttributes(path, attributes)
    if (now.modifiedMs !== modifiedMs) files.setTimes(path, { modifiedMs, createdMs })
  },
  touches({ folder }) {
    return [foldCase(withoutTrailingBackslash(folder))]
  },
  consequences(_operation, { folder }, { platform }) {
    if (folder === undefined || platform.files.stat(folder.path) !== undefined) return []
    return [{ op: 'FolderUnregister', folders: [folder.path] }]
  },
}

function sameAttributes(a: FileAttributes, b: FileAttributes): boolean {
  return a.readOnly === b.readOnly && a.hidden === b.hidden && a.system === b.system
}
