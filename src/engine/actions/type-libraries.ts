// RegisterTypeLibraries and UnregisterTypeLibraries: the TypeLib table. Always per machine.
// https://learn.microsoft.com/windows/win32/msi/typelib-table
import type { Row } from '../../database/index.ts'
import { isBeingInstalled, isBeingRemoved, isInstalled, type Component } from '../session/features/components.ts'
import { rewrites } from '../session/features/reinstall-mode.ts'
import { keyFilePath } from '../session/files/file-states.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'

export const registerTypeLibraries: StandardAction = (session) => {
  for (const { row, component } of typeLibraries(session)) {
    if (isBeingInstalled(component) && rewrites(session.context.reinstallMode, 'm', isInstalled(component))) emitLibrary(session, 'TypeLibraryRegister', row, component)
  }
}

export const unregisterTypeLibraries: StandardAction = (session) => {
  for (const { row, component } of typeLibraries(session)) if (isBeingRemoved(component)) emitLibrary(session, 'TypeLibraryUnregister', row, component)
}

function* typeLibraries(session: Session): Iterable<{ row: Row; component: Component }> {
  for (const row of session.rows('TypeLib')) {
    const component = session.components.get(row.text('Component_'))
    if (component !== undefined) yield { row, component }
  }
}

function emitLibrary(session: Session, op: 'TypeLibraryRegister' | 'TypeLibraryUnregister', row: Row, component: Component): void {
  const libraryId = row.text('LibID')
  session.emit({
    op, path: keyFilePath(session, component) ?? '', libraryKey: classesKey(session, `TypeLib\\${libraryId}`, component.is64Bit),
    interfacesKeys: [...new Set([true, false].map((is64Bit) => classesKey(session, 'Interface', is64Bit)))],
    version: versionText(row.integer('Version') ?? 0), language: row.integer('Language') ?? 0, platform: component.is64Bit ? 'win64' : 'win32',
    description: row.text('Description'), helpFolder: row.text('Directory_') === '' ? '' : session.directories.target(row.text('Directory_')),
  }, { data: { 1: libraryId } })
}

function classesKey(session: Session, path: string, is64Bit: boolean): string {
  return session.registryKey(2, `Software\\Classes\\${path}`, is64Bit)
}

/** The minor number in the low 8 bits, the major one in the 16 above; both are registered in hexadecimal. */
function versionText(version: number): string {
  return `${((version >> 8) & 0xffff).toString(16)}.${(version & 0xff).toString(16)}`
}
