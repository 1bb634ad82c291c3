// MoveFiles: moves or copies files that are on the machine already. Not undone at uninstallation.
// https://learn.microsoft.com/windows/win32/msi/movefiles-action
import { baseName, isFullPath, joinPath, withTrailingBackslash } from '../../base/index.ts'
import type { Row } from '../../database/index.ts'
import { isBeingInstalled } from '../session/features/components.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { folderCreator } from './folders.ts'
import { matchesWildcard, targetName } from './names.ts'

const optionMove = 1

export const moveFiles: StandardAction = (session) => {
  const createFolder = folderCreator(session)
  for (const row of session.rows('MoveFile')) {
    const component = session.components.get(row.text('Component_'))
    const destinationFolder = session.properties.get(row.text('DestFolder'))
    if (component === undefined || !isBeingInstalled(component) || !isFullPath(destinationFolder)) continue
    for (const [index, source] of sources(session, row).entries()) {
      const folder = withTrailingBackslash(destinationFolder)
      const destination = joinPath(folder, destinationName(session, row, source, index === 0))
      const stat = session.platform.files.stat(source)!
      createFolder(folder)
      session.emit({
        op: 'FileCopy', source: { kind: 'file', path: source }, destination, size: stat.size, attributes: stat.attributes,
        version: '', language: '', vital: false, checkCrc: false, move: (row.integer('Options') ?? 0) === optionMove,
      }, { data: { 1: baseName(destination), 6: stat.size, 9: folder }, ticks: stat.size })
    }
  }
}

function sources(session: Session, row: Row): string[] {
  const { files } = session.platform
  const property = row.text('SourceFolder')
  const folder = property === '' ? '' : session.properties.get(property)
  if (!isFullPath(folder)) return []
  const pattern = row.text('SourceName')
  if (pattern === '') return files.stat(folder)?.kind === 'file' ? [folder] : []
  if (files.stat(folder)?.kind !== 'directory') return []
  return files.list(folder)
    .filter((name) => matchesWildcard(name, pattern))
    .map((name) => joinPath(folder, name))
    .filter((path) => files.stat(path)?.kind === 'file')
}

/** Of several files that a wildcard finds the first takes the name; the others keep theirs. */
function destinationName(session: Session, row: Row, source: string, isFirst: boolean): string {
  const wanted = row.text('DestName')
  return wanted === '' || !isFirst ? baseName(source) : targetName(session, wanted)
}
