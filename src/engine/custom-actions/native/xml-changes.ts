// SchedXmlFile and SchedXmlConfig, the actions behind util:XmlFile and util:XmlConfig: elements and attributes of XML files, one
// operation for each file, in the order of Sequence. What went wrong is told by the package's own Error rows.
// https://docs.firegiant.com/wix/schema/util/xmlfile, …/xmlconfig
import { foldCase, isFullPath } from '../../../base/index.ts'
import type { Row } from '../../../database/index.ts'
import type { XmlEdit, XmlPath } from '../../../xml-edit/index.ts'
import type { InstallSession } from '../../session/install-session.ts'
import { rowsOf, turnOf } from './components.ts'
import type { NativeCall } from './native-action.ts'

/** XmlFile.Flags */
const FileFlag = { createElement: 0x1, deleteValue: 0x2, bulk: 0x4, xpath: 0x100, keepModified: 0x1000, permanent: 0x1_0000 } as const
/** XmlConfig.Flags */
const ConfigFlag = { element: 0x1, value: 0x2, document: 0x4, create: 0x10, delete: 0x20, install: 0x100, uninstall: 0x200, keepModified: 0x1000 } as const

type Errors = { readonly open: number; readonly select: number; readonly save: number }
const fileErrors: Errors = { open: 25531, select: 25532, save: 25533 }
const configErrors: Errors = { open: 25541, select: 25542, save: 25543 }

interface Change {
  readonly row: Row
  readonly keepModified: boolean
  readonly edits: readonly XmlEdit[]
  readonly vital: boolean
}

export function scheduleXmlFiles(session: InstallSession, call: NativeCall): void {
  const changes: Change[] = []
  for (const row of inSequence(rowsOf(session, ['XmlFile', 'Wix4XmlFile']))) {
    const flags = row.integer('Flags') ?? 0
    const turn = turnOf(session, row)
    if (turn === undefined || (turn === 'remove' && (flags & FileFlag.permanent) !== 0)) continue
    const edit = turn === 'install' ? installedEdit(session, row, flags) : removedEdit(session, row, flags)
    if (edit !== undefined) changes.push({ row, edits: [edit], keepModified: (flags & FileFlag.keepModified) !== 0, vital: turn === 'install' })
  }
  emit(session, call, changes, fileErrors)
}

function installedEdit(session: InstallSession, row: Row, flags: number): XmlEdit {
  const at = { element: pathOf(session, row, 'ElementPath', flags), vital: true }
  const named = nameOf(session, row)
  const value = session.format(row.text('Value'))
  if ((flags & FileFlag.createElement) !== 0) return { ...at, edit: 'create-element', name: named.name ?? '', value, attributes: [] }
  if ((flags & FileFlag.deleteValue) !== 0) return { ...at, edit: 'delete-value', ...named }
  return { ...at, edit: 'set-value', ...named, value, all: (flags & FileFlag.bulk) !== 0 }
}

/** What was made goes, what was set is emptied, what was deleted stays so. */
function removedEdit(session: InstallSession, row: Row, flags: number): XmlEdit | undefined {
  const at = { element: pathOf(session, row, 'ElementPath', flags), vital: false }
  if ((flags & FileFlag.deleteValue) !== 0) return undefined
  return { ...at, edit: (flags & FileFlag.createElement) !== 0 ? 'delete-element' : 'delete-value', ...nameOf(session, row) }
}

export function scheduleXmlConfigs(session: InstallSession, call: NativeCall): void {
  const rows = inSequence(rowsOf(session, ['XmlConfig', 'Wix4XmlConfig']))
  const keys = new Set(rows.map(keyOf))
  const changes: Change[] = []
  for (const row of rows) {
    const flags = row.integer('Flags') ?? 0
    const turn = turnOf(session, row)
    if (turn === undefined || elementId(row, keys) !== undefined) continue
    if ((flags & (turn === 'install' ? ConfigFlag.install : ConfigFlag.uninstall)) === 0) continue
    const attributes = rows.filter((one) => elementId(one, keys) === keyOf(row))
    const edit = configEdit(session, row, flags, attributes)
    if (edit === undefined) session.messages.log(`${call.action}: ${keyOf(row)} has the unknown flags ${flags}, and is left out`)
    else changes.push({ row, edits: [{ ...edit, vital: turn === 'install' }], keepModified: (flags & ConfigFlag.keepModified) !== 0, vital: turn === 'install' })
  }
  emit(session, call, changes, configErrors)
}

function configEdit(session: InstallSession, row: Row, flags: number, attributes: readonly Row[]): XmlEdit | undefined {
  const at = { element: pathOf(session, row, 'ElementPath', FileFlag.xpath), vital: true }
  const verify = row.text('VerifyPath') === '' ? undefined : pathOf(session, row, 'VerifyPath', FileFlag.xpath)
  const unless = verify === undefined ? {} : { unless: verify }
  const named = nameOf(session, row)
  const value = session.format(row.text('Value'))
  const creates = (flags & ConfigFlag.create) !== 0
  if (!creates && (flags & ConfigFlag.delete) === 0) return undefined
  if ((flags & ConfigFlag.element) !== 0) {
    if (!creates) return { ...at, edit: 'delete-element', ...named, ...(verify === undefined ? {} : { which: verify }) }
    return {
      ...at, edit: 'create-element', name: named.name ?? '', value, ...unless,
      attributes: attributes.map((one) => ({ name: session.format(one.text('Name')), value: session.format(one.text('Value')) })),
    }
  }
  if ((flags & ConfigFlag.value) !== 0) return creates ? { ...at, edit: 'set-value', ...named, value } : { ...at, edit: 'delete-value', ...named }
  return (flags & ConfigFlag.document) !== 0 && creates ? { ...at, edit: 'insert-document', xml: value, ...unless } : undefined
}

/** Attributes of an element that another row makes: WiX 3 names that row in ElementPath. */
function elementId(row: Row, keys: ReadonlySet<string>): string | undefined {
  const id = row.text('ElementId')
  if (id !== '') return id
  const path = row.text('ElementPath')
  return row.table.columnNumber('ElementId') === undefined && keys.has(path) && path !== keyOf(row) ? path : undefined
}

function keyOf(row: Row): string {
  const key = row.cells()[0]
  return typeof key === 'string' ? key : ''
}

function inSequence(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (a.integer('Sequence') ?? 0) - (b.integer('Sequence') ?? 0))
}

function pathOf(session: InstallSession, row: Row, column: string, flags: number): XmlPath {
  return { path: session.format(row.text(column)), language: (flags & FileFlag.xpath) === 0 ? 'pattern' : 'xpath' }
}

function nameOf(session: InstallSession, row: Row): { name?: string } {
  const name = session.format(row.text('Name'))
  return name === '' ? {} : { name }
}

/** One operation for each file: it is read and written once. */
function emit(session: InstallSession, { action }: NativeCall, changes: readonly Change[], errors: Errors): void {
  const files = new Map<string, { path: string; changes: Change[] }>()
  for (const change of changes) {
    const path = session.format(change.row.text('File'))
    if (!isFullPath(path)) {
      session.messages.log(`${action}: ${keyOf(change.row)} names no full path but ${path === '' ? 'nothing' : path}, and is left out`)
      continue
    }
    const known = files.get(foldCase(path)) ?? { path, changes: [] }
    known.changes.push(change)
    files.set(foldCase(path), known)
  }
  for (const { path, changes: own } of files.values()) {
    session.emit({
      op: 'XmlChange', path, edits: own.flatMap(({ edits }) => edits), keepModified: own.every(({ keepModified }) => keepModified), vital: own.some(({ vital }) => vital), errors,
    }, { data: { 1: path } })
  }
}
