// DuplicateFiles and RemoveDuplicateFiles: copies of installed files under another name or in another folder.
// https://learn.microsoft.com/windows/win32/msi/duplicatefiles-action
import { baseName, joinPath, parentPath, sameName, withTrailingBackslash } from '../../base/index.ts'
import type { Row } from '../../database/index.ts'
import { isBeingInstalled, isBeingRemoved } from '../session/features/components.ts'
import type { FileEntry } from '../session/files/files.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { folderCreator, removeEmptyFolders } from './folders.ts'
import { targetName } from './names.ts'

export const duplicateFiles: StandardAction = (session) => {
  const createFolder = folderCreator(session)
  for (const { row, file, destination } of duplicates(session)) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || !isBeingInstalled(component) || !isThere(session, file)) continue
    const folder = withTrailingBackslash(parentPath(destination)!)
    createFolder(folder)
    session.emit({
      op: 'FileCopy', source: { kind: 'file', path: file.targetPath }, destination, size: file.size, attributes: file.attributes,
      version: file.version, language: file.language, vital: file.vital, checkCrc: false,
    }, { data: { 1: baseName(destination), 6: file.size, 9: folder }, ticks: file.size })
  }
}

export const removeDuplicateFiles: StandardAction = (session) => {
  const emptied = new Set<string>()
  for (const { row, destination } of duplicates(session)) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || !isBeingRemoved(component)) continue
    const folder = withTrailingBackslash(parentPath(destination)!)
    session.emit({ op: 'FileRemove', path: destination }, { data: { 1: baseName(destination), 9: folder } })
    emptied.add(folder)
  }
  removeEmptyFolders(session, emptied)
}

interface Duplicate {
  readonly row: Row
  readonly file: FileEntry
  readonly destination: string
}

function* duplicates(session: Session): Iterable<Duplicate> {
  for (const row of session.rows('DuplicateFile')) {
    const file = session.files.get(row.text('File_'))
    if (file === undefined || file.targetPath === '') continue
    const folderProperty = row.text('DestFolder')
    const folder = folderProperty === '' ? parentPath(file.targetPath)! : session.properties.get(folderProperty)
    if (folder === '') continue
    const name = row.text('DestName') === '' ? baseName(file.targetPath) : targetName(session, row.text('DestName'))
    const destination = joinPath(folder, name)
    if (!sameName(destination, file.targetPath)) yield { row, file, destination }
  }
}

/** The original is written by this installation, or lies there already. */
function isThere(session: Session, file: FileEntry): boolean {
  return file.disposition === 'copy' || session.platform.files.stat(file.targetPath)?.kind === 'file'
}
