// RemoveFiles: files of components being removed, and the rows of the RemoveFile table.
// https://learn.microsoft.com/windows/win32/msi/removefiles-action
import { baseName, joinPath, parentPath, withTrailingBackslash } from '../../base/index.ts'
import type { Row } from '../../database/index.ts'
import { isBeingInstalled, isBeingRemoved } from '../session/features/components.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { removeEmptyFolders } from './folders.ts'
import { isolatedFilesThatGo } from './isolated-files.ts'
import { matchesWildcard, targetName } from './names.ts'

/** RemoveFile.InstallMode */
const onInstall = 1
const onRemove = 2

export const removeFiles: StandardAction = (session) => {
  const emptied = new Set<string>()
  for (const file of session.files.values()) {
    if (file.disposition === 'remove') removeFile(session, file.targetPath, emptied)
  }
  for (const path of isolatedFilesThatGo(session)) removeFile(session, path, emptied)
  for (const row of session.rows('RemoveFile')) {
    if (applies(session, row)) removeByRow(session, row, emptied)
  }
  for (const component of session.components.values()) {
    if (isBeingRemoved(component)) emptied.add(session.directories.target(component.directory))
  }
  removeEmptyFolders(session, emptied)
}

function applies(session: Session, row: Row): boolean {
  const component = session.components.get(row.text('Component_'))
  if (component === undefined) return false
  const mode = row.integer('InstallMode') ?? 0
  return ((mode & onInstall) !== 0 && isBeingInstalled(component)) || ((mode & onRemove) !== 0 && isBeingRemoved(component))
}

function removeByRow(session: Session, row: Row, emptied: Set<string>): void {
  const folder = session.properties.get(row.text('DirProperty'))
  if (folder === '') return
  const pattern = row.text('FileName') === '' ? '' : targetName(session, row.text('FileName'))
  if (pattern === '') {
    session.emit({ op: 'FolderRemove', folder: withTrailingBackslash(folder), persistent: false, foreign: true }, { data: { 1: '', 9: folder } })
  } else if (!/[*?]/.test(pattern)) {
    removeFile(session, joinPath(folder, pattern), emptied)
  } else if (session.platform.files.stat(folder)?.kind === 'directory') {
    for (const name of session.platform.files.list(folder)) {
      if (matchesWildcard(name, pattern)) removeFile(session, joinPath(folder, name), emptied)
    }
  }
}

function removeFile(session: Session, path: string, emptied: Set<string>): void {
  if (session.platform.files.kind(path) !== 'file') return
  const folder = withTrailingBackslash(parentPath(path)!)
  emptied.add(folder)
  session.emit({ op: 'FileRemove', path }, { data: { 1: baseName(path), 9: folder } })
}
