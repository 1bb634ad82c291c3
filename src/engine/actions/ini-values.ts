// WriteIniValues and RemoveIniValues: lines and tags of .ini files.
// https://learn.microsoft.com/windows/win32/msi/writeinivalues-action
import { joinPath } from '../../base/index.ts'
import type { Row } from '../../database/index.ts'
import { isBeingInstalled, isBeingRemoved } from '../session/features/components.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { targetName } from './names.ts'

type IniMode = 'add-line' | 'create-line' | 'add-tag' | 'remove-line' | 'remove-tag'

/** Action columns of IniFile and RemoveIniFile. */
const writeModes: Readonly<Record<number, IniMode>> = { 0: 'add-line', 1: 'create-line', 3: 'add-tag' }
const removeModes: Readonly<Record<number, IniMode>> = { 2: 'remove-line', 4: 'remove-tag' }

export const writeIniValues: StandardAction = (session) => {
  for (const row of session.rows('IniFile')) {
    const component = session.components.get(row.text('Component_'))
    const mode = writeModes[row.integer('Action') ?? -1]
    if (component !== undefined && isBeingInstalled(component) && mode !== undefined) emitChange(session, row, mode)
  }
}

export const removeIniValues: StandardAction = (session) => {
  for (const row of session.rows('RemoveIniFile')) {
    const component = session.components.get(row.text('Component_'))
    const mode = removeModes[row.integer('Action') ?? -1]
    if (component !== undefined && isBeingInstalled(component) && mode !== undefined) emitChange(session, row, mode)
  }
  for (const row of session.rows('IniFile')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || !isBeingRemoved(component)) continue
    emitChange(session, row, row.integer('Action') === 3 ? 'remove-tag' : 'remove-line')
  }
}

function emitChange(session: Session, row: Row, mode: IniMode): void {
  const property = row.text('DirProperty')
  const folder = session.properties.get(property === '' ? 'WindowsFolder' : property)
  if (folder === '') return
  const file = joinPath(folder, targetName(session, row.text('FileName')))
  const section = session.format(row.text('Section'))
  const key = session.format(row.text('Key'))
  const value = session.formatValue(row.text('Value'))
  session.emit({ op: 'IniWriteRemoveValue', file, section, key, value, mode }, { data: { 1: file, 2: section, 3: key, 4: value } })
}
