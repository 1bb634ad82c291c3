// Folders that come and go with what lies in them: created before the first file, removed when nothing is left.
// https://learn.microsoft.com/windows/win32/msi/createfolder-table
import { foldCase, parentPath, withoutTrailingBackslash, withTrailingBackslash } from '../../base/index.ts'
import type { Session } from '../session/session.ts'

/** Emits one FolderCreate for each folder, the first time it is needed. */
export function folderCreator(session: Session): (folder: string) => void {
  const seen = new Set<string>()
  return (folder) => {
    const key = foldCase(withTrailingBackslash(folder))
    if (seen.has(key)) return
    seen.add(key)
    session.emit({ op: 'FolderCreate', folder: withTrailingBackslash(folder), persistent: false })
  }
}

/** Emits FolderRemove for the folders and those above them, deepest first; only those that an installation made will go. */
export function removeEmptyFolders(session: Session, folders: Iterable<string>): void {
  const doomed = new Map<string, string>()
  for (const start of folders) {
    for (let folder: string | undefined = withTrailingBackslash(start); folder !== undefined && parentPath(folder) !== undefined; folder = parentOf(folder)) {
      doomed.set(foldCase(folder), folder)
    }
  }
  const deepestFirst = [...doomed.values()].sort((a, b) => depth(b) - depth(a) || (a < b ? -1 : 1))
  for (const folder of deepestFirst) {
    session.emit({ op: 'FolderRemove', folder, persistent: false }, { data: { 1: folder } })
  }
}

function parentOf(folder: string): string | undefined {
  const parent = parentPath(withoutTrailingBackslash(folder))
  return parent === undefined ? undefined : withTrailingBackslash(parent)
}

function depth(folder: string): number {
  return folder.split('\\').length
}
