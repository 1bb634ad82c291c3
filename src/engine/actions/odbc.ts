// InstallODBC and RemoveODBC: drivers, translators and data sources in the registry, where ODBC itself keeps them.
// https://learn.microsoft.com/windows/win32/msi/installodbc-action
import type { Row } from '../../database/index.ts'
import type { ActionData } from '../script/operation.ts'
import { isBeingInstalled, isBeingRemoved, isInstalled, type Component } from '../session/features/components.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { setText } from './classes.ts'

export const installOdbc: StandardAction = (session) => {
  for (const kind of ['Driver', 'Translator'] as const) {
    for (const { row, component } of rowsOf(session, `ODBC${kind}`)) if (isBeingInstalled(component)) installModule(session, kind, row, component)
  }
  for (const { row, component } of rowsOf(session, 'ODBCDataSource')) if (isBeingInstalled(component)) addDataSource(session, row, component)
}

export const removeOdbc: StandardAction = (session) => {
  for (const { row, component } of rowsOf(session, 'ODBCDataSource')) {
    if (!isBeingRemoved(component)) continue
    const name = row.text('Description')
    session.emit({ op: 'RegRemoveKey', key: dataSourceKey(session, row, component, name), ifEmpty: false }, { data: { 1: name } })
    session.emit({ op: 'RegRemoveValue', key: dataSourceKey(session, row, component, 'ODBC Data Sources'), name, pruneEmptyKeys: false })
  }
  for (const kind of ['Driver', 'Translator'] as const) {
    for (const { row, component } of rowsOf(session, `ODBC${kind}`)) {
      if (!isBeingRemoved(component)) continue
      const name = row.text('Description')
      const count = usageCount(session, component, name)
      if (count > 1) {
        setUsage(session, component, name, count - 1, { 1: name })
        continue
      }
      session.emit({ op: 'RegRemoveKey', key: installerKey(session, component, name), ifEmpty: false }, { data: { 1: name } })
      session.emit({ op: 'RegRemoveValue', key: installerKey(session, component, `ODBC ${kind}s`), name, pruneEmptyKeys: false })
    }
  }
}

function installModule(session: Session, kind: 'Driver' | 'Translator', row: Row, component: Component): void {
  const name = row.text('Description')
  const key = installerKey(session, component, name)
  setText(session, installerKey(session, component, `ODBC ${kind}s`), name, 'Installed', { 1: name, 2: component.name })
  setText(session, key, kind, session.files.get(row.text('File_'))?.targetPath ?? '')
  // Who installs it again does not use it once more.
  setUsage(session, component, name, usageCount(session, component, name) + (isInstalled(component) ? 0 : 1))
  const setup = session.files.get(row.text('File_Setup'))
  if (setup !== undefined) setText(session, key, 'Setup', setup.targetPath)
  if (kind !== 'Driver') return
  for (const attribute of session.rows('ODBCAttribute')) {
    if (attribute.text('Driver_') === row.text('Driver')) setText(session, key, attribute.text('Attribute'), session.format(attribute.text('Value')))
  }
}

/** How many products have installed a driver or translator: the last one takes it away. */
function usageCount(session: Session, component: Component, name: string): number {
  const value = session.platform.registry.value(installerKey(session, component, name), 'UsageCount')
  return value?.type === 'REG_DWORD' ? value.data : 0
}

function setUsage(session: Session, component: Component, name: string, count: number, data?: ActionData): void {
  const key = installerKey(session, component, name)
  session.emit({ op: 'RegAddValue', key, name: 'UsageCount', value: { type: 'REG_DWORD', data: Math.max(1, count) }, mode: 'replace' }, data === undefined ? {} : { data })
}

function addDataSource(session: Session, row: Row, component: Component): void {
  const name = row.text('Description')
  const driver = row.text('DriverDescription')
  setText(session, dataSourceKey(session, row, component, 'ODBC Data Sources'), name, driver, { 1: name, 2: driver, 3: row.integer('Registration') === 1 ? 'ADD_DSN' : 'ADD_SYS_DSN' })
  const key = dataSourceKey(session, row, component, name)
  setText(session, key, 'Driver', driverPath(session, driver, component))
  for (const attribute of session.rows('ODBCSourceAttribute')) {
    if (attribute.text('DataSource_') === row.text('DataSource')) setText(session, key, attribute.text('Attribute'), session.format(attribute.text('Value')))
  }
}

/** Of this package, or one that is installed already. */
function driverPath(session: Session, description: string, component: Component): string {
  for (const row of session.rows('ODBCDriver')) {
    if (row.text('Description') === description) return session.files.get(row.text('File_'))?.targetPath ?? ''
  }
  const installed = session.platform.registry.value(installerKey(session, component, description), 'Driver')
  return installed?.type === 'REG_SZ' ? installed.data : ''
}

function* rowsOf(session: Session, table: string): Iterable<{ row: Row; component: Component }> {
  for (const row of session.rows(table)) {
    const component = session.components.get(row.text('Component_'))
    if (component !== undefined) yield { row, component }
  }
}

function installerKey(session: Session, component: Component, name: string): string {
  return session.registryKey(2, `Software\\ODBC\\ODBCINST.INI\\${name}`, component.is64Bit)
}

/** Registration 1 is for the user, 0 for the machine. */
function dataSourceKey(session: Session, row: Row, component: Component, name: string): string {
  return session.registryKey(row.integer('Registration') === 1 ? 1 : 2, `Software\\ODBC\\ODBC.INI\\${name}`, component.is64Bit)
}
