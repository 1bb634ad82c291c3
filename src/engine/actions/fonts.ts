// RegisterFonts and UnregisterFonts. https://learn.microsoft.com/windows/win32/msi/font-table
import { foldCase, withTrailingBackslash } from '../../base/index.ts'
import { isBeingInstalled, isBeingRemoved } from '../session/components.ts'
import type { FileEntry } from '../session/files.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'

const fontsKey = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Fonts'

export const registerFonts: StandardAction = (session) => {
  for (const { title, file } of fonts(session)) {
    if (!isBeingInstalled(session.components.get(file.component)!)) continue
    session.emit({
      op: 'RegAddValue', key: fontsKey, name: title, value: { type: 'REG_SZ', data: registeredPath(session, file) }, mode: 'replace',
    }, { data: { 1: file.targetPath } })
  }
}

export const unregisterFonts: StandardAction = (session) => {
  for (const { title, file } of fonts(session)) {
    if (!isBeingRemoved(session.components.get(file.component)!)) continue
    session.emit({ op: 'RegRemoveValue', key: fontsKey, name: title, pruneEmptyKeys: false }, { data: { 1: file.targetPath } })
  }
}

/**
 * A font without a title takes the one in the font file, which is not on the machine while this is decided: such rows
 * are registered under the file's own name, and said so in the log.
 */
function* fonts(session: Session): Iterable<{ title: string; file: FileEntry }> {
  for (const row of session.rows('Font')) {
    const file = session.files.get(row.text('File_'))
    if (file === undefined || !session.components.has(file.component)) continue
    const name = file.longName.replace(/\.[^.]*$/, '')
    if (row.text('FontTitle') === '') session.messages.log(`Font ${file.key} has no FontTitle; registered as ${name} (TrueType)`)
    yield { title: row.text('FontTitle') === '' ? `${name} (TrueType)` : row.text('FontTitle'), file }
  }
}

/** Fonts in the Fonts folder are registered by name alone. */
function registeredPath(session: Session, file: FileEntry): string {
  const at = file.targetPath.lastIndexOf('\\')
  const inFonts = foldCase(withTrailingBackslash(file.targetPath.slice(0, at))) === foldCase(session.properties.get('FontsFolder'))
  return inFonts ? file.targetPath.slice(at + 1) : file.targetPath
}
