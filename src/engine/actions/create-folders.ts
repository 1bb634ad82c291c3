// CreateFolders: the folders of the CreateFolder table, for components being installed.
// https://learn.microsoft.com/windows/win32/msi/createfolders-action
import { isBeingInstalled } from '../session/features/components.ts'
import type { StandardAction } from './action.ts'

export const createFolders: StandardAction = (session) => {
  for (const row of session.rows('CreateFolder')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || !isBeingInstalled(component)) continue
    const folder = session.directories.target(row.text('Directory_'))
    session.emit({ op: 'FolderCreate', folder, persistent: true }, { data: { 1: folder } })
  }
}
