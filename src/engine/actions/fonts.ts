// RegisterFonts and UnregisterFonts. A font without a title has it in its file: the operation reads it there.
// https://learn.microsoft.com/windows/win32/msi/font-table
import { baseName, foldCase, parentPath, withTrailingBackslash } from '../../base/index.ts'
import { isBeingInstalled, isBeingRemoved } from '../session/features/components.ts'
import type { FileEntry } from '../session/files/files.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'

export const registerFonts: StandardAction = (session) => {
  for (const { title, file } of fonts(session)) {
    if (!isBeingInstalled(session.components.get(file.component)!)) continue
    session.emit({ op: 'FontRegister', title, path: file.targetPath, registeredPath: registeredPath(session, file) }, { data: { 1: file.targetPath } })
  }
}

export const unregisterFonts: StandardAction = (session) => {
  for (const { title, file } of fonts(session)) {
    if (!isBeingRemoved(session.components.get(file.component)!)) continue
    session.emit({ op: 'FontUnregister', title, path: file.targetPath, registeredPath: registeredPath(session, file) }, { data: { 1: file.targetPath } })
  }
}

function* fonts(session: Session): Iterable<{ title: string; file: FileEntry }> {
  for (const row of session.rows('Font')) {
    const file = session.files.get(row.text('File_'))
    if (file !== undefined && session.components.has(file.component)) yield { title: row.text('FontTitle'), file }
  }
}

/** Fonts in the Fonts folder are registered by name alone. */
function registeredPath(session: Session, { targetPath }: FileEntry): string {
  const inFonts = foldCase(withTrailingBackslash(parentPath(targetPath) ?? '')) === foldCase(session.properties.get('FontsFolder'))
  return inFonts ? baseName(targetPath) : targetPath
}
