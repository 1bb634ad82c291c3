// CreateShortcuts and RemoveShortcuts: .lnk files, plain ones and advertised ones that carry a Darwin descriptor.
// https://learn.microsoft.com/windows/win32/msi/createshortcuts-action
import { guidToBase85, joinPath, withTrailingBackslash } from '../../base/index.ts'
import type { Row } from '../../database/index.ts'
import { isBeingInstalled, isBeingRemoved, isInstalled, type Component } from '../session/features/components.ts'
import type { Feature } from '../session/features/features.ts'
import { rewrites } from '../session/features/reinstall-mode.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { folderCreator, removeEmptyFolders } from './folders.ts'
import { iconPath } from './icons.ts'
import { componentKeyPath } from './key-path.ts'
import { targetName } from './names.ts'
import { shortcutProperties } from './shortcut-properties.ts'

export const createShortcuts: StandardAction = (session) => {
  const createFolder = folderCreator(session)
  for (const row of session.rows('Shortcut')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined) continue
    const feature = advertisedFeature(session, row)
    if (feature === undefined ? !isBeingInstalled(component) : !isBecomingAvailable(feature, component)) continue
    if (!rewrites(session.context.reinstallMode, 's', isInstalled(component))) continue
    const path = shortcutPath(session, row)
    const properties = shortcutProperties(session, row.text('Shortcut'))
    createFolder(session.directories.target(row.text('Directory_')))
    session.emit({
      op: 'ShortcutCreate', path, ...shortcutTarget(session, row, component, feature),
      arguments: session.format(row.text('Arguments')), description: row.text('Description'),
      workingDirectory: row.text('WkDir') === '' ? '' : session.properties.get(row.text('WkDir')),
      icon: row.text('Icon_') === '' ? '' : iconPath(session, row.text('Icon_')), iconIndex: row.integer('IconIndex') ?? 0,
      hotKey: row.integer('Hotkey') ?? 0, showCommand: row.integer('ShowCmd') ?? 1,
      ...(properties.length === 0 ? {} : { properties }),
    }, { data: { 1: path } })
  }
}

export const removeShortcuts: StandardAction = (session) => {
  const emptied = new Set<string>()
  for (const row of session.rows('Shortcut')) {
    const component = session.components.get(row.text('Component_'))
    const feature = advertisedFeature(session, row)
    const goes = feature === undefined ? component !== undefined && isBeingRemoved(component) : feature.action === 2
    if (!goes) continue
    const path = shortcutPath(session, row)
    session.emit({ op: 'ShortcutRemove', path }, { data: { 1: path } })
    emptied.add(withTrailingBackslash(session.directories.target(row.text('Directory_'))))
  }
  removeEmptyFolders(session, emptied)
}

/** The feature of an advertised shortcut; `undefined` for a plain one. */
function advertisedFeature(session: Session, row: Row): Feature | undefined {
  const target = row.text('Target')
  if (target.includes('[') || session.properties.get('DISABLEADVTSHORTCUTS') !== '') return undefined
  return session.features.get(target)
}

/** Also written anew when the feature is reinstalled: then its component is being installed. */
function isBecomingAvailable(feature: Feature, component: Component): boolean {
  return feature.action === 1 || feature.action === 3 || feature.action === 4 || isBeingInstalled(component)
}

function shortcutTarget(session: Session, row: Row, component: Component, feature: Feature | undefined): { target: string; descriptor?: string } {
  const target = row.text('Target')
  if (feature !== undefined) return { target: componentKeyPath(session, component), descriptor: darwinDescriptor(session, feature.name, component) }
  return { target: target.includes('[') ? session.format(target) : componentKeyPath(session, component) }
}

/** Product, feature and component in one string: what Windows resolves when the shortcut is opened. */
export function darwinDescriptor(session: Session, feature: string, component: Component): string {
  const id = component.id === '' ? undefined : guidToBase85(component.id)
  return `${guidToBase85(session.product.productCode) ?? ''}${feature}${id === undefined ? '<' : `>${id}`}`
}

function shortcutPath(session: Session, row: Row): string {
  const name = targetName(session, row.text('Name'))
  return joinPath(session.directories.target(row.text('Directory_')), /\.lnk$/i.test(name) ? name : `${name}.lnk`)
}
