// RegisterProgIdInfo and UnregisterProgIdInfo: ProgIds whose class or extension is registered.
// https://learn.microsoft.com/windows/win32/msi/progid-table
import type { Row } from '../../database/index.ts'
import type { Component } from '../session/features/components.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { featureBecomesAvailable, resourceGoes, resourceStays } from './availability.ts'
import { classesKey, setText } from './classes.ts'
import { iconPath } from './icons.ts'

export const registerProgIdInfo: StandardAction = (session) => {
  const owners = ownersOf(session)
  for (const row of session.rows('ProgId')) {
    const owner = owners(row).find(({ feature, component }) => featureBecomesAvailable(session, feature, component))
    if (owner !== undefined) register(session, row, owner)
  }
}

export const unregisterProgIdInfo: StandardAction = (session) => {
  const owners = ownersOf(session)
  for (const row of session.rows('ProgId')) {
    const all = owners(row)
    const owner = all.find(({ feature, component }) => resourceGoes(session, feature, component))
    if (owner === undefined || all.some(({ feature, component }) => resourceStays(session, feature, component))) continue
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

/** The class or extensions a ProgId belongs to; a version-independent one follows its parent. A class without ProgIds has none. */
function ownersOf(session: Session): (row: Row) => readonly Owner[] {
  const progIds = new Map([...session.rows('ProgId')].map((one) => [one.text('ProgId'), one]))
  const { classes, defaults, extensions } = directOwners(session)
  return (row) => {
    const seen = new Set<Row>()
    for (let at: Row | undefined = row; at !== undefined && !seen.has(at); at = progIds.get(at.text('ProgId_Parent'))) {
      seen.add(at)
      const clsid = at.text('Class_')
      const owners = (clsid !== '' ? classes.get(clsid) : defaults.get(at.text('ProgId'))) ?? extensions.get(at.text('ProgId'))
      if (owners !== undefined) return owners
    }
    return []
  }
}

interface DirectOwners {
  /** By CLSID. */
  readonly classes: Map<string, Owner[]>
  /** By the ProgId that a class names as its own. */
  readonly defaults: Map<string, Owner[]>
  /** By ProgId. */
  readonly extensions: Map<string, Owner[]>
}

/** A class has a row for each context, an extension one for each component that serves it. */
function directOwners(session: Session): DirectOwners {
  const owners: DirectOwners = { classes: new Map(), defaults: new Map(), extensions: new Map() }
  const note = (map: Map<string, Owner[]>, key: string, row: Row, clsid: string): void => {
    const component = session.components.get(row.text('Component_'))
    if (key !== '' && component !== undefined) map.set(key, [...map.get(key) ?? [], { feature: row.text('Feature_'), component, clsid }])
  }
  for (const row of session.rows('Class')) {
    const [clsid, progId] = [row.text('CLSID'), row.text('ProgId_Default')]
    if (progId !== '') note(owners.classes, clsid, row, clsid)
    note(owners.defaults, progId, row, clsid)
  }
  for (const row of session.rows('Extension')) note(owners.extensions, row.text('ProgId_'), row, '')
  return owners
}
