// SetODBCFolders: a driver that is installed already stays where it is.
// https://learn.microsoft.com/windows/win32/msi/setodbcfolders-action
import { parentPath, sameName, withTrailingBackslash } from '../../base/index.ts'
import { moveDirectory } from '../session/costing.ts'
import type { InstallSession } from '../session/install-session.ts'
import { MessageType } from '../session/messages/messages.ts'
import type { EngineAction } from './engine-action.ts'

export const setOdbcFolders: EngineAction = async (session) => {
  for (const [table, name] of [['ODBCDriver', 'Driver'], ['ODBCTranslator', 'Translator']] as const) {
    for (const row of session.rows(table)) {
      const component = session.components.get(row.text('Component_'))
      if (component === undefined || component.action !== 3) continue
      const existing = registeredFolder(session, row.text('Description'), name, component.is64Bit)
      const planned = session.directories.target(component.directory)
      if (existing === undefined || sameName(existing, planned)) continue
      await session.messages.send(MessageType.actionData, [null, row.text('Description'), existing, planned])
      moveDirectory(session, component.directory, existing)
    }
  }
}

function registeredFolder(session: InstallSession, description: string, value: string, is64Bit: boolean): string | undefined {
  const key = session.registryKey(2, `Software\\ODBC\\ODBCINST.INI\\${description}`, is64Bit)
  const path = session.platform.registry.value(key, value)
  const folder = path?.type === 'REG_SZ' ? parentPath(path.data) : undefined
  return folder !== undefined && session.platform.files.stat(folder)?.kind === 'directory' ? withTrailingBackslash(folder) : undefined
}
