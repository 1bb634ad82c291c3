// Where the icons of a product lie: per machine in the Installer folder of Windows, per user in the profile.
// https://learn.microsoft.com/windows/win32/msi/icon-table
import { joinPath } from '../../base/index.ts'
import type { Session } from '../session/session.ts'

/** Folder with a trailing backslash. */
export function iconFolder(session: Session): string {
  const { productCode } = session.product
  return session.context.perMachine
    ? joinPath(session.properties.get('WindowsFolder'), 'Installer', `${productCode}\\`)
    : joinPath(session.properties.get('AppDataFolder'), 'Microsoft\\Installer', `${productCode}\\`)
}

export function iconPath(session: Session, icon: string): string {
  return joinPath(iconFolder(session), icon)
}
