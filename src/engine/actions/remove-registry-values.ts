// RemoveRegistryValues: undoes the Registry table for components being removed, and applies the RemoveRegistry table
// for components being installed. https://learn.microsoft.com/windows/win32/msi/removeregistryvalues-action
import type { Row } from '../../database/index.ts'
import { isBeingInstalled, isBeingRemoved, type Component } from '../session/features/components.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { parseRegistryValue } from './registry-value.ts'
import { displayKey } from './write-registry-values.ts'

export const removeRegistryValues: StandardAction = (session) => {
  for (const row of session.rows('Registry')) {
    const component = session.components.get(row.text('Component_'))
    if (component !== undefined && isBeingRemoved(component)) undoRow(session, row, component)
  }
  for (const row of session.rows('RemoveRegistry')) {
    const component = session.components.get(row.text('Component_'))
    if (component !== undefined && isBeingInstalled(component)) applyRemoval(session, row, component)
  }
}

function undoRow(session: Session, row: Row, component: Component): void {
  const name = session.format(row.textOnce('Name'))
  const key = rowKey(session, row, component)
  if (row.isNull('Value') && (name === '-' || name === '*')) {
    session.emit({ op: 'RegRemoveKey', key, ifEmpty: false, pruneEmptyKeys: true }, { data: { 1: displayKey(key), 2: '' } })
    return
  }
  // A key that was made for its own sake stays.
  if (row.isNull('Value') && name === '+') return
  const { value, mode } = parseRegistryValue(session.formatValue(row.textOnce('Value')))
  const some = value.type === 'REG_MULTI_SZ' && mode !== 'replace' ? value.data : undefined
  const removal = some === undefined ? { op: 'RegRemoveValue', key, name, pruneEmptyKeys: true } as const : { op: 'RegRemoveValue', key, name, pruneEmptyKeys: true, strings: some } as const
  session.emit(removal, { data: { 1: displayKey(key), 2: name } })
}

function applyRemoval(session: Session, row: Row, component: Component): void {
  const name = session.format(row.textOnce('Name'))
  const key = rowKey(session, row, component)
  if (name === '-') session.emit({ op: 'RegRemoveKey', key, ifEmpty: false }, { data: { 1: displayKey(key), 2: '' } })
  // The remark of the Registry table, that a key goes with its last value, holds for the action.
  else session.emit({ op: 'RegRemoveValue', key, name, pruneEmptyKeys: true }, { data: { 1: displayKey(key), 2: name } })
}

function rowKey(session: Session, row: Row, component: Component): string {
  return session.registryKey(row.integer('Root') ?? 2, session.format(row.textOnce('Key')).replace(/\\+$/, ''), component.is64Bit)
}
