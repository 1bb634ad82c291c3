// WriteRegistryValues: the Registry table, for components being installed.
// https://learn.microsoft.com/windows/win32/msi/writeregistryvalues-action
import type { Row } from '../../database/index.ts'
import { isBeingInstalled } from '../session/features/components.ts'
import { rewrites } from '../session/features/reinstall-mode.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { lockedSecurity } from './lock-permissions.ts'
import { parseRegistryValue } from './registry-value.ts'

/** `+` and `*` in Name without a Value create the key; `-` only matters when it is removed. */
const keyNames = new Set(['+', '-', '*'])

export const writeRegistryValues: StandardAction = (session) => {
  const securityOf = lockedSecurity(session, 'Registry')
  const secure = (row: Row, key: string): void => {
    const descriptor = securityOf(row.textOnce('Registry'))
    if (descriptor !== undefined) session.emit({ op: 'RegSecurity', key, descriptor })
  }
  for (const row of session.rows('Registry')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || !isBeingInstalled(component)) continue
    if (!rewritesNow(session, row.integer('Root') ?? 2, component.installed === 3)) continue
    const name = session.format(row.textOnce('Name'))
    const path = session.format(row.textOnce('Key')).replace(/\\+$/, '')
    const key = session.registryKey(row.integer('Root') ?? 2, path, component.is64Bit)
    if (row.isNull('Value') && keyNames.has(name)) {
      if (name !== '-') session.emit({ op: 'RegCreateKey', key }, { data: { 1: displayKey(key), 2: '', 3: '' } })
      secure(row, key)
      continue
    }
    const text = session.formatValue(row.textOnce('Value'))
    const { value, mode } = parseRegistryValue(text)
    session.emit({ op: 'RegAddValue', key, name, value, mode }, { data: { 1: displayKey(key), 2: name, 3: text.replaceAll('\0', '') } })
    secure(row, key)
  }
}

/** REINSTALLMODE `u` rewrites what belongs to users, `m` what belongs to the machine; both only matter to what is there already. */
function rewritesNow(session: Session, root: number, isInstalled: boolean): boolean {
  const { reinstallMode, perMachine } = session.context
  const ofUser = root === 1 || root === 3 || (root === -1 && !perMachine)
  return rewrites(reinstallMode, ofUser ? 'u' : 'm', isInstalled)
}

const rootNames: ReadonlyMap<string, string> = new Map([['HKLM', 'HKEY_LOCAL_MACHINE'], ['HKCU', 'HKEY_CURRENT_USER'], ['HKU', 'HKEY_USERS']])

/** The key as ActionData shows it. */
export function displayKey(key: string): string {
  const end = key.indexOf('\\')
  const root = end < 0 ? undefined : rootNames.get(key.slice(0, end).toUpperCase())
  return root === undefined ? key : root + key.slice(end)
}
