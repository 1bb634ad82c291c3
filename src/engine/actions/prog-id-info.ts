// RegisterProgIdInfo and UnregisterProgIdInfo: ProgIds whose class or extension is registered.
// https://learn.microsoft.com/windows/win32/msi/progid-table
import type { Row } from '../../database/index.ts'
import type { Component } from '../session/components.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { featureBecomesAvailable, resourceGoes } from './availability.ts'
import { classesKey, setText } from './classes.ts'
import { iconPath } from './icons.ts'

export const registerProgIdInfo: StandardAction = (session) => {
  for (const row of session.rows('ProgId')) {
    const owner = ownerOf(session, row)
    if (owner !== undefined && featureBecomesAvailable(session, owner.feature, owner.component)) register(session, row, owner)
  }
}

export const unregisterProgIdInfo: StandardAction = (session) => {
  for (const row of session.rows('ProgId')) {
    const owner = ownerOf(session, row)
    if (owner === undefined || !resourceGoes(session, owner.feature, owner.component)) continue
    const progId = row.text('ProgId')
    session.emit({ op: 'RegRemoveKey', key: classesKey(session, owner.component, progId), ifEmpty: false }, { data: { 1: progId } })
  }
}

interface Owner {
  readonly feature: string
  readonly component: Component
  readonly clsid: string
}

function register(session: Session, row: Row, owner: Owner): void {
  const progId = row.text('ProgId')
  const key = classesKey(session, owner.component, progId)
  setText(session, key, '', row.text('Description'), { 1: progId })
  if (owner.clsid !== '') setText(session, `${key}\\CLSID`, '', owner.clsid)
  if (row.text('ProgId_Parent') !== '') setText(session, `${key}\\CurVer`, '', row.text('ProgId_Parent'))
  if (row.text('Icon_') !== '') setText(session, `${key}\\DefaultIcon`, '', `${iconPath(session, row.text('Icon_'))},${row.integer('IconIndex') ?? 0}`)
}

/** The class or extension a ProgId belongs to; a version-independent one follows its parent. A class without ProgIds has none. */
function ownerOf(session: Session, row: Row): Owner | undefined {
  const progIds = new Map([...session.rows('ProgId')].map((one) => [one.text('ProgId'), one]))
  let current: Row | undefined = row
  for (let depth = 0; current !== undefined && depth < progIds.size + 1; depth++) {
    const owner = directOwner(session, current)
    if (owner !== undefined) return owner
    current = progIds.get(current.text('ProgId_Parent'))
  }
  return undefined
}

function directOwner(session: Session, row: Row): Owner | undefined {
  const clsid = row.text('Class_')
  for (const one of session.rows('Class')) {
    if (one.text('ProgId_Default') === '') continue
    if (clsid !== '' ? one.text('CLSID') !== clsid : one.text('ProgId_Default') !== row.text('ProgId')) continue
    const component = session.components.get(one.text('Component_'))
    if (component !== undefined) return { feature: one.text('Feature_'), component, clsid: one.text('CLSID') }
  }
  for (const one of session.rows('Extension')) {
    if (one.text('ProgId_') !== row.text('ProgId')) continue
    const component = session.components.get(one.text('Component_'))
    if (component !== undefined) return { feature: one.text('Feature_'), component, clsid: '' }
  }
  return undefined
}
