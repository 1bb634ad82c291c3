// The key path of a component, as the registration of components writes it.
// https://learn.microsoft.com/windows/win32/msi/component-table; the string forms are those of MsiGetComponentPath.
import { foldCase } from '../../base/index.ts'
import { ComponentAttribute, runsFromSource, type Component } from '../session/features/components.ts'
import { keyFilePath } from '../session/files/file-states.ts'
import type { Session } from '../session/session.ts'
import { diskId } from './media.ts'

/** As it is registered: `DD\path` below the source, with the disk's number, for a key file that runs from there. */
export function registeredKeyPath(session: Session, component: Component): string {
  const file = runsFromSource(component) ? session.files.get(component.keyPath) : undefined
  const root = foldCase(session.sourceRoot)
  if (file === undefined || keyFilePath(session, component) === undefined || !foldCase(file.sourcePath).startsWith(root)) return componentKeyPath(session, component)
  return `${String(diskId(session, file)).padStart(2, '0')}\\${file.sourcePath.slice(root.length)}`
}

/** A full file path, a folder with a trailing backslash, or `02:\Key\Name` for a registry value. */
export function componentKeyPath(session: Session, component: Component): string {
  if (component.keyPath === '') return session.directories.target(component.directory)
  if ((component.attributes & ComponentAttribute.registryKeyPath) !== 0) return registryKeyPath(session, component)
  if ((component.attributes & ComponentAttribute.odbcDataSource) !== 0) return odbcKeyPath(session, component)
  const file = session.files.get(component.keyPath)
  if (file === undefined) return session.directories.target(component.directory)
  return runsFromSource(component) ? file.sourcePath : file.targetPath
}

/** Root digits: 00 HKCR, 01 HKCU, 02 HKLM, 03 HKU; 20 more for a 64-bit component. */
function registryKeyPath(session: Session, component: Component): string {
  const row = session.database.table('Registry')?.find(component.keyPath)
  if (row === undefined) return ''
  const root = row.integer('Root') ?? 2
  const resolved = root === -1 ? (session.context.perMachine ? 2 : 1) : root
  const digits = String(resolved + (component.is64Bit ? 20 : 0)).padStart(2, '0')
  const name = row.isNull('Name') ? '' : session.format(row.text('Name'))
  return `${digits}:\\${session.format(row.text('Key'))}\\${name}`
}

function odbcKeyPath(session: Session, component: Component): string {
  const row = session.database.table('ODBCDataSource')?.find(component.keyPath)
  if (row === undefined) return ''
  const root = row.integer('Registration') === 1 ? 1 : 2
  return `${String(root + (component.is64Bit ? 20 : 0)).padStart(2, '0')}:\\Software\\ODBC\\ODBC.INI\\${row.text('Description')}\\`
}
