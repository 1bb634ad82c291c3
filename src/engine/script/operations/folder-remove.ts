// FolderRemove: a folder goes when it is empty, and with it those parents that an installation made and nothing is left
// in. https://learn.microsoft.com/windows/win32/msi/removefolders-action
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
  capture({ folder, persistent }, { platform: { files, registry } }) {
    const first = withoutTrailingBackslash(folder)
    if (!persistent && folderNote(registry, first) === 'persistent') return { candidates: [] }
    const candidates: FolderImage[] = []
    for (let at: string | undefined = first; at !== undefined; at = parentPath(at)) {
      if (at !== first && folderNote(registry, at) !== 'transient') break
      const image = folderImage(files, at)
      if (image !== undefined && parentPath(at) !== undefined) candidates.push(image)
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
    for (const { path, modifiedMs, createdMs, attributes } of candidates.toReversed()) {
      if (files.stat(path) !== undefined) continue
      files.createDirectory(path)
      if (attributes.readOnly || attributes.hidden || attributes.system) files.setAttributes(path, attributes)
      files.setTimes(path, { modifiedMs, createdMs })
    }
  },
  touches(_operation, { candidates }) {
    return candidates.map(({ path }) => foldCase(path))
  },
  consequences(_operation, { candidates }, { platform }) {
    const gone = candidates.filter(({ path }) => platform.files.stat(path) === undefined).map(({ path }) => path)
    return gone.length === 0 ? [] : [{ op: 'FolderUnregister', folders: gone }]
  },
}

function folderImage(files: FileSystem, path: string): FolderImage | undefined {
  const stat = files.stat(path)
  if (stat?.kind !== 'directory') return undefined
  return { path: files.spelling(path), modifiedMs: stat.modifiedMs, createdMs: stat.createdMs, attributes: stat.attributes }
}
