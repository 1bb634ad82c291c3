// RegisterTypeLibraries and UnregisterTypeLibraries. Windows loads the library to register it; the keys it writes follow
// from the TypeLib table, so they are written from there. Always per machine.
// https://learn.microsoft.com/windows/win32/msi/typelib-table
import type { Row } from '../../database/index.ts'
import { isBeingInstalled, isBeingRemoved, isInstalled, type Component } from '../session/components.ts'
import { rewrites } from '../session/reinstall-mode.ts'
import { keyFilePath } from '../session/file-states.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { setText } from './classes.ts'

export const registerTypeLibraries: StandardAction = (session) => {
  for (const { row, component } of typeLibraries(session)) {
    if (!isBeingInstalled(component) || !rewrites(session.context.reinstallMode, 'm', isInstalled(component))) continue
    const key = versionKey(session, row, component)
    setText(session, key, '', row.text('Description'), { 1: row.text('LibID') })
    setText(session, `${key}\\FLAGS`, '', '0')
    if (row.text('Directory_') !== '') setText(session, `${key}\\HELPDIR`, '', session.directories.target(row.text('Directory_')))
    setText(session, platformKey(key, row, component), '', keyFilePath(session, component) ?? '')
  }
}

export const unregisterTypeLibraries: StandardAction = (session) => {
  for (const { row, component } of typeLibraries(session)) {
    if (!isBeingRemoved(component)) continue
    const key = versionKey(session, row, component)
    session.emit({ op: 'RegRemoveKey', key: platformKey(key, row, component), ifEmpty: false }, { data: { 1: row.text('LibID') } })
    session.emit({ op: 'RegRemoveKey', key: languageKey(key, row), ifEmpty: true })
    for (const name of ['FLAGS', 'HELPDIR']) session.emit({ op: 'RegRemoveKey', key: `${key}\\${name}`, ifEmpty: false })
    session.emit({ op: 'RegRemoveValue', key, name: '', pruneEmptyKeys: false })
    for (const emptied of [key, key.slice(0, key.lastIndexOf('\\'))]) session.emit({ op: 'RegRemoveKey', key: emptied, ifEmpty: true })
  }
}

function* typeLibraries(session: Session): Iterable<{ row: Row; component: Component }> {
  for (const row of session.rows('TypeLib')) {
    const component = session.components.get(row.text('Component_'))
    if (component !== undefined) yield { row, component }
  }
}

/** Version: the minor number in the low 8 bits, the major one in the 16 above. */
function versionKey(session: Session, row: Row, component: Component): string {
  const version = row.integer('Version') ?? 0
  const text = `${((version >> 8) & 0xffff).toString(16)}.${(version & 0xff).toString(16)}`
  return session.registryKey(2, `Software\\Classes\\TypeLib\\${row.text('LibID')}\\${text}`, component.is64Bit)
}

function languageKey(key: string, row: Row): string {
  return `${key}\\${(row.integer('Language') ?? 0).toString(16)}`
}

function platformKey(key: string, row: Row, component: Component): string {
  return `${languageKey(key, row)}\\${component.is64Bit ? 'win64' : 'win32'}`
}
