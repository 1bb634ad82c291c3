// The key path of a component, as the registration of components writes it.
// https://learn.microsoft.com/windows/win32/msi/component-table; the string forms are those of MsiGetComponentPath.
import { ComponentAttribute, type Component } from '../session/components.ts'
import type { Session } from '../session/session.ts'

/** A full file path, a folder with a trailing backslash, or `02:\Key\Name` for a registry value. */
export function componentKeyPath(session: Session, component: Component): string {
  if (component.keyPath === '') return session.directories.target(component.directory)
  if ((component.attributes & ComponentAttribute.registryKeyPath) !== 0) return registryKeyPath(session, component)
  if ((component.attributes & ComponentAttribute.odbcDataSource) !== 0) return odbcKeyPath(session, component)
  return session.files.get(component.keyPath)?.targetPath ?? session.directories.target(component.directory)
}

/** Root digits: 00 HKCR, 01 HKCU, 02 HKLM, 03 HKU; 20 more for a 64-bit component. */
function registryKeyPath(session: Session, component: Component): string {
  for (const row of session.rows('Registry')) {
    if (row.text('Registry') !== component.keyPath) continue
    const root = row.integer('Root') ?? 2
    const resolved = root === -1 ? (session.context.perMachine ? 2 : 1) : root
    const digits = String(resolved + (component.is64Bit ? 20 : 0)).padStart(2, '0')
    const name = row.isNull('Name') ? '' : session.format(row.text('Name'))
    return `${digits}:\\${session.format(row.text('Key')).replace(/\\+$/, '')}\\${name}`
  }
  return ''
}

function odbcKeyPath(session: Session, component: Component): string {
  for (const row of session.rows('ODBCDataSource')) {
    if (row.text('DataSource') !== component.keyPath) continue
    const root = row.integer('Registration') === 1 ? 1 : 2
    return `${String(root + (component.is64Bit ? 20 : 0)).padStart(2, '0')}:\\Software\\ODBC\\ODBC.INI\\${row.text('Description')}\\`
  }
  return ''
}

/** Full path of the file that is the component's key path; `undefined` when it is no file. */
export function keyFile(session: Session, component: Component): string | undefined {
  const other = ComponentAttribute.registryKeyPath | ComponentAttribute.odbcDataSource
  return component.keyPath === '' || (component.attributes & other) !== 0 ? undefined : session.files.get(component.keyPath)?.targetPath
}
