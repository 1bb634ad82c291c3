// RemoveFolders: the folders of the CreateFolder table when their components are removed, if nothing is left in them.
// https://learn.microsoft.com/windows/win32/msi/removefolders-action
import { parentPath } from '../../base/index.ts'
import { isBeingInstalled, isBeingRemoved } from '../session/features/components.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { removeEmptyFolders } from './folders.ts'

export const removeFolders: StandardAction = (session) => {
  const emptied: string[] = []
  for (const row of session.rows('CreateFolder')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || !isBeingRemoved(component)) continue
    if (anotherComponentKeeps(session, row.text('Directory_'))) continue
    const folder = session.directories.target(row.text('Directory_'))
    session.emit({ op: 'FolderRemove', folder, persistent: true }, { data: { 1: folder } })
    const above = parentPath(folder)
    if (above !== undefined) emptied.push(above)
  }
  removeEmptyFolders(session, emptied)
}

function anotherComponentKeeps(session: Session, directory: string): boolean {
  for (const row of session.rows('CreateFolder')) {
    if (row.text('Directory_') !== directory) continue
    const component = session.components.get(row.text('Component_'))
    if (component !== undefined && !isBeingRemoved(component) && (component.installed === 3 || isBeingInstalled(component))) return true
  }
  return false
}
