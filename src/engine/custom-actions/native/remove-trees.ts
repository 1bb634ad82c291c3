// WixRemoveFoldersEx and WixRemoveRegistryKeysEx, the actions behind util:RemoveFolderEx and util:RemoveRegistryKey: whole folders
// and keys. Folders become temporary rows of RemoveFile before costing, as they do on Windows; RemoveFiles does the rest.
// https://docs.firegiant.com/wix/schema/util/removefolderex
import { isFullPath, joinPath, parentPath, withoutTrailingBackslash, withTrailingBackslash } from '../../../base/index.ts'
import type { Row, Table } from '../../../database/index.ts'
import type { InstallSession } from '../../session/install-session.ts'
import { componentOf, rowsOf, turnOf } from './components.ts'
import type { NativeCall } from './native-action.ts'

/** Bits of InstallMode, the same in RemoveFile. */
const mode = { install: 1, remove: 2 } as const
const mostFolders = 100_000
const deepest = 200

export function removeFolders(session: InstallSession, { action }: NativeCall): void {
  const table = session.database.table('RemoveFile')
  for (const row of rowsOf(session, ['WixRemoveFolderEx', 'Wix4RemoveFolderEx'])) {
    const property = row.text('Property')
    const path = expand(session, session.properties.get(property))
    const why = table === undefined ? 'the package has no RemoveFile table' : !session.condition(row.text('Condition')) ? 'its condition is false'
      : path === '' ? `the property ${property} is empty` : !isFullPath(path) ? `${path} is no full path` : parentPath(withoutTrailingBackslash(path)) === undefined ? `${path} is a whole drive` : undefined
    if (why !== undefined) session.messages.log(`${action}: ${property} is left alone: ${why}`)
    else addRows(session, table!, row, path)
  }
}

/** What is deepest comes first, so that folders are empty when their turn has come. */
function addRows(session: InstallSession, table: Table, row: Row, root: string): void {
  const [key] = row.cells()
  for (const [number, folder] of foldersBelow(session, root).entries()) {
    const property = `_${String(key)}_${number}`
    session.properties.set(property, withTrailingBackslash(folder))
    for (const [suffix, pattern] of [['f', '*'], ['d', null]] as const) {
      const id = `${property}${suffix}`
      if (table.find(id) === undefined) table.insert([id, row.text('Component_'), pattern, property, row.integer('InstallMode') ?? mode.remove], { temporary: true })
    }
  }
}

function foldersBelow({ platform: { files }, messages }: InstallSession, root: string): string[] {
  const found: string[] = []
  const visit = (folder: string, depth: number): void => {
    for (const name of files.list(folder)) {
      const path = joinPath(folder, name)
      if (depth < deepest && found.length < mostFolders && files.stat(path)?.kind === 'directory') visit(path, depth + 1)
    }
    found.push(folder)
  }
  if (files.stat(root)?.kind === 'directory') visit(withoutTrailingBackslash(root), 0)
  if (found.length >= mostFolders) messages.log(`${root}: only the first ${mostFolders} folders are removed`)
  return found
}

function expand({ platform: { machine } }: InstallSession, path: string): string {
  return path.replaceAll(/%([^%]+)%/g, (whole, name: string) => machine.environment[name.toUpperCase()] ?? whole)
}

export function removeRegistryKeys(session: InstallSession, { action }: NativeCall): void {
  for (const row of rowsOf(session, ['WixRemoveRegistryKeyEx', 'Wix4RemoveRegistryKeyEx'])) {
    const turn = turnOf(session, row)
    if (turn === undefined || ((row.integer('InstallMode') ?? mode.remove) & (turn === 'install' ? mode.install : mode.remove)) === 0) continue
    const name = session.format(row.text('Key'))
    if (name === '' || !session.condition(row.text('Condition'))) {
      session.messages.log(`${action}: ${String(row.cells()[0])} is left alone: ${name === '' ? 'it names no key' : 'its condition is false'}`)
      continue
    }
    const key = session.registryKey(row.integer('Root') ?? -1, name, componentOf(session, row)?.is64Bit ?? false)
    session.emit({ op: 'RegRemoveKey', key, ifEmpty: false }, { data: { 1: key } })
  }
}
