// WixTouchFileDuringInstall and …DuringUninstall, the actions behind util:TouchFile; and WixSchedFormatFiles behind util:FormatFile,
// which writes a text of the package to an installed file, its properties replaced.
// https://docs.firegiant.com/wix/schema/util/touchfile, …/formatfile
import { bytesToHex, codePage, concatBytes, encodeUtf16, isFullPath } from '../../../base/index.ts'
import { isBeingInstalled, isInstalled } from '../../session/features/components.ts'
import type { InstallSession } from '../../session/install-session.ts'
import { componentOf, rowsOf, turnOf } from './components.ts'
import type { NativeCall } from './native-action.ts'

/** Bits of Attributes. */
const TouchAttribute = { install: 0x01, reinstall: 0x02, uninstall: 0x04, vital: 0x20 } as const

export function touchInstalled(session: InstallSession, call: NativeCall): void {
  touch(session, call, 'install')
}

export function touchRemoved(session: InstallSession, call: NativeCall): void {
  touch(session, call, 'remove')
}

function touch(session: InstallSession, { action }: NativeCall, turn: 'install' | 'remove'): void {
  for (const row of rowsOf(session, ['WixTouchFile', 'Wix4TouchFile'])) {
    const component = componentOf(session, row)
    if (component === undefined || turnOf(session, row) !== turn) continue
    const attributes = row.integer('Attributes') ?? 0
    const wanted = turn === 'remove' ? TouchAttribute.uninstall : isInstalled(component) ? TouchAttribute.reinstall : TouchAttribute.install
    const path = session.format(row.text('Path'))
    if ((attributes & wanted) === 0) continue
    if (isFullPath(path)) session.emit({ op: 'FileTouch', path, modifiedMs: session.platform.clock.now(), vital: (attributes & TouchAttribute.vital) !== 0 }, { data: { 1: path } })
    else session.messages.log(`${action}: ${path === '' ? 'nothing' : path} is no full path, and not touched`)
  }
}

export function formatFiles(session: InstallSession, { action }: NativeCall): void {
  for (const row of rowsOf(session, ['WixFormatFile', 'Wix4FormatFile'])) {
    const path = session.filePath(row.text('File_'))
    const component = session.components.get(session.files.get(row.text('File_'))?.component ?? '')
    const bytes = session.stream('Binary', row.text('Binary_'))
    if (component === undefined || !isBeingInstalled(component)) continue
    if (bytes === undefined || path === '') session.messages.log(`${action}: ${row.text('File_')} is not written: ${bytes === undefined ? `there is no Binary.${row.text('Binary_')}` : 'there is no such file'}`)
    else session.emit({ op: 'FileWrite', path, content: bytesToHex(formatted(session, bytes)) }, { data: { 1: path } })
  }
}

/** In the encoding that it has: by its mark, else UTF-8 where it is that, else the code page of Western Europe. */
function formatted(session: InstallSession, bytes: Uint8Array): Uint8Array {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  const mark = utf16 ? 2 : bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const body = bytes.subarray(mark)
  const page = utf16 ? undefined : codePage(isUtf8(body) ? 65001 : 1252)
  const text = session.format(page === undefined ? new TextDecoder('utf-16le').decode(body) : page.decode(body))
  return concatBytes([bytes.subarray(0, mark), page === undefined ? encodeUtf16(text) : page.encode(text) ?? new TextEncoder().encode(text)])
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
