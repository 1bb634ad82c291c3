// FolderRemove: a folder goes when it is empty and an installation made it, or when a table names it; and with it those
// folders above that installations made and in which nothing is left.
// https://learn.microsoft.com/windows/win32/msi/removefolders-action
import { foldCase, parentPath, withoutTrailingBackslash } from '../../../base/index.ts'
import type { FileAttributes, FileSystem } from '../../../platform/index.ts'
import type { OperationHandler, OperationOf } from '../handler.ts'
import { folderNote } from './folder-register.ts'
import { removeFolderIfEmpty } from './folder-create.ts'

export interface FolderRemoveImage {
  /** Folders that may go, innermost first. */
  readonly candidates: readonly FolderImage[]
}

interface FolderImage {
  /** In its own spelling. */
  readonly path: string
  readonly modifiedMs: number
  readonly createdMs: number
  readonly attributes: FileAttributes
}

export const folderRemove: OperationHandler<OperationOf<'FolderRemove'>, FolderRemoveImage> = {
  effect: 'files',
  capture({ folder, persistent, foreign }, { platform: { files, registry } }) {
    const first = withoutTrailingBackslash(folder)
    const note = folderNote(registry, first)
    if (note === 'persistent' ? !persistent : note === undefined && !persistent && foreign !== true) return { candidates: [] }
    const candidates: FolderImage[] = []
    for (let at: string | undefined = first; at !== undefined; at = parentPath(at)) {
      if (at !== first && folderNote(registry, at) !== 'transient') break
      if (parentPath(at) !== undefined) candidates.push(...folderImage(files, at))
    }
    return { candidates }
  },
  apply(_operation, { candidates }, { platform, knownFolders }) {
    for (const { path } of candidates) {
      if (!removeFolderIfEmpty(platform.files, path)) break
      knownFolders.delete(foldCase(path))
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

function folderImage(files: FileSystem, path: string): FolderImage[] {
  const stat = files.stat(path)
  if (stat?.kind !== 'directory') return []
  return [{ path: files.spelling(path), modifiedMs: stat.modifiedMs, createdMs: stat.createdMs, attributes: stat.attributes }]
}

/** An undo that was interrupted may have made the folder and no more. */
function restoreFolder(files: FileSystem, { path, attributes, modifiedMs, createdMs }: FolderImage): void {
  if (files.stat(path) === undefined) files.createDirectory(path)
  const now = files.stat(path)!
  if (!sameAttributes(now.attributes, attributes)) files.setAttributes(path, attributes)
  if (now.modifiedMs !== modifiedMs) files.setTimes(path, { modifiedMs, createdMs })
}

function sameAttributes(a: FileAttributes, b: FileAttributes): boolean {
  return a.readOnly === b.readOnly && a.hidden === b.hidden && a.system === b.system
}
