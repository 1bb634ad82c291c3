// WixSchedInternetShortcuts and WixCreateInternetShortcuts, the actions behind util:InternetShortcut: .url files, and .lnk files
// whose target is an address. The first takes away, the second, which stands later in the sequence, makes.
// https://docs.firegiant.com/wix/schema/util/internetshortcut
import { bytesToHex, encodeUtf16, joinPath, withTrailingBackslash } from '../../../base/index.ts'
import type { Row } from '../../../database/index.ts'
import { folderCreator, removeEmptyFolders } from '../../actions/folders.ts'
import { targetName } from '../../actions/names.ts'
import type { InstallSession } from '../../session/install-session.ts'
import { rowsOf, turnOf } from './components.ts'

const tables = ['WixInternetShortcut', 'Wix4InternetShortcut']
/** Attributes: a .url file; else a .lnk file. */
const urlFile = 1

export function removeInternetShortcuts(session: InstallSession): void {
  const emptied = new Set<string>()
  for (const row of rowsOf(session, tables)) {
    if (turnOf(session, row) !== 'remove') continue
    const path = pathOf(session, row)
    session.emit({ op: 'FileRemove', path }, { data: { 1: path } })
    emptied.add(withTrailingBackslash(session.directories.target(row.text('Directory_'))))
  }
  if (emptied.size > 0) removeEmptyFolders(session, emptied)
}

export function createInternetShortcuts(session: InstallSession): void {
  const createFolder = folderCreator(session)
  for (const row of rowsOf(session, tables)) {
    if (turnOf(session, row) !== 'install') continue
    const path = pathOf(session, row)
    const target = session.format(row.text('Target'))
    const icon = { path: session.format(row.text('IconFile')), index: row.integer('IconIndex') ?? 0 }
    createFolder(session.directories.target(row.text('Directory_')))
    if (row.integer('Attributes') === urlFile) session.emit({ op: 'FileWrite', path, content: bytesToHex(urlFileBytes(target, icon)) }, { data: { 1: path } })
    else session.emit({
      op: 'ShortcutCreate', path, target, arguments: '', description: '', workingDirectory: '', icon: icon.path, iconIndex: icon.index, hotKey: 0, showCommand: 1,
    }, { data: { 1: path } })
  }
}

function pathOf(session: InstallSession, row: Row): string {
  return joinPath(session.directories.target(row.text('Directory_')), targetName(session, row.text('Name')))
}

/** In ASCII; what goes beyond it makes the whole file UTF-16, which readers of .ini files know by its mark. */
function urlFileBytes(target: string, icon: { readonly path: string; readonly index: number }): Uint8Array {
  const lines = ['[InternetShortcut]', `URL=${singleLine(target)}`, ...(icon.path === '' ? [] : [`IconFile=${singleLine(icon.path)}`, `IconIndex=${icon.index}`])]
  const text = `${lines.join('\r\n')}\r\n`
  return /^[\0-\x7f]*$/.test(text) ? new TextEncoder().encode(text) : encodeUtf16(`\ufeff${text}`)
}

function singleLine(text: string): string {
  return text.replaceAll(/[\0\r\n]/g, ' ')
}
