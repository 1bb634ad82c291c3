// Which state every feature is to have: by levels at a first installation, by the list properties otherwise.
// https://learn.microsoft.com/windows/win32/msi/addlocal and its like
import { InstallError } from '../messages/install-error.ts'
import { FeatureAttribute, hasAttribute, isDescendantOf, isDisabled } from './feature-tree.ts'
import type { Feature } from './features.ts'
import { InstallState } from './states.ts'

/** In the order in which they are applied; a later one overrides an earlier one. */
export const featureListProperties = [
  'ADDLOCAL', 'REMOVE', 'ADDSOURCE', 'ADDDEFAULT', 'REINSTALL', 'ADVERTISE',
  'COMPADDLOCAL', 'COMPADDSOURCE', 'COMPADDDEFAULT', 'FILEADDLOCAL', 'FILEADDSOURCE', 'FILEADDDEFAULT',
] as const
export type FeatureListProperty = (typeof featureListProperties)[number]

export interface FeatureSelection {
  readonly features: ReadonlyMap<string, Feature>
  /** INSTALLLEVEL. */
  readonly installLevel: number
  readonly isInstalled: boolean
  /** Values of the list properties; names separated by commas, or `ALL`. */
  readonly lists: ReadonlyMap<FeatureListProperty, string>
  /** Whether the feature may run from its source. */
  allowsSource(feature: Feature): boolean
  /** The cheapest feature that holds this component (COMPADD…) or file (FILEADD…). */
  cheapestOwner(kind: 'component' | 'file', key: string): Feature | undefined
}

/** Sets `request`, `action` and `reinstall` of every feature. @throws InstallError 2711 for an unknown feature. */
export function selectFeatures(selection: FeatureSelection): void {
  for (const feature of selection.features.values()) {
    feature.request = InstallState.unknown
    feature.reinstall = false
  }
  const lists = featureListProperties.filter((name) => (selection.lists.get(name) ?? '') !== '')
  if (lists.length > 0) for (const name of lists) applyList(selection, name, selection.lists.get(name)!)
  else if (!selection.isInstalled) selectByLevel(selection)
  for (const feature of selection.features.values()) takeAlong(feature)
  for (const feature of selection.features.values()) settle(selection, feature)
}

/** A feature that cannot be absent beside its parent is so only when an update brought it: it comes when the parent is installed again. */
function takeAlong(feature: Feature): void {
  const { parent } = feature
  if (parent?.reinstall !== true || feature.installed !== InstallState.absent || feature.request !== InstallState.unknown || isDisabled(feature) || !isForced(feature)) return
  feature.request = parent.request === InstallState.unknown ? parent.installed : parent.request
}

/** Requests a state as a list property or MsiSetFeatureState does, with ancestors and descendants. */
export function requestState(selection: FeatureSelection, feature: Feature, state: InstallState): void {
  if (isDisabled(feature) && state !== InstallState.absent) return
  if (state === InstallState.absent && staysWithParent(feature)) return
  feature.request = state === InstallState.default ? defaultState(selection, feature) : state
  if (state === InstallState.absent) removeDescendants(selection, feature)
  else turnOnAncestors(selection, feature)
  followParents(selection, feature)
}

function selectByLevel(selection: FeatureSelection): void {
  for (const feature of selection.features.values()) {
    const wanted = !isDisabled(feature) && (feature.level <= selection.installLevel || isForced(feature))
    const parentWanted = feature.parent === undefined || isPresent(feature.parent.request)
    if (!wanted || !parentWanted) continue
    feature.request = hasAttribute(feature, FeatureAttribute.followParent) && feature.parent !== undefined
      ? feature.parent.request : initialState(selection, feature)
  }
}

/** FollowParent with UIDisallowAbsent follows out of absent too, whatever its level. */
function isForced(feature: Feature): boolean {
  return hasAttribute(feature, FeatureAttribute.followParent) && hasAttribute(feature, FeatureAttribute.uiDisallowAbsent)
}

/** It always has its parent's state, so it cannot go alone. https://learn.microsoft.com/windows/win32/msi/feature-table */
function staysWithParent(feature: Feature): boolean {
  const { parent } = feature
  return parent !== undefined && isForced(feature) && isPresent(parent.request === InstallState.unknown ? parent.installed : parent.request)
}

function initialState(selection: FeatureSelection, feature: Feature): InstallState {
  if (hasAttribute(feature, FeatureAttribute.favorAdvertise) && !hasAttribute(feature, FeatureAttribute.disallowAdvertise)) return InstallState.advertised
  return defaultState(selection, feature)
}

/** Local or source, by the Favor bit. */
function defaultState(selection: FeatureSelection, feature: Feature): InstallState {
  const wantsSource = hasAttribute(feature, FeatureAttribute.favorSource)
  return wantsSource && selection.allowsSource(feature) ? InstallState.source : InstallState.local
}

function applyList(selection: FeatureSelection, property: FeatureListProperty, value: string): void {
  if (property === 'ADVERTISE' && value !== 'ALL') return advertiseListed(selection, value)
  for (const feature of listed(selection, property, value)) {
    if (property === 'REINSTALL') {
      if (isInstalledHere(feature)) feature.reinstall = true
    } else if (property !== 'ADVERTISE') {
      requestState(selection, feature, stateOf(property))
    } else if (!hasAttribute(feature, FeatureAttribute.disallowAdvertise)) {
      requestState(selection, feature, InstallState.advertised)
    } else {
      requestState(selection, feature, InstallState.default)
    }
  }
}

function stateOf(property: FeatureListProperty): InstallState {
  if (property === 'REMOVE') return InstallState.absent
  if (property.endsWith('LOCAL')) return InstallState.local
  return property.endsWith('SOURCE') ? InstallState.source : InstallState.default
}

/** Listed features are advertised, ancestors of them installed, descendants of them absent. */
function advertiseListed(selection: FeatureSelection, value: string): void {
  const features = listed(selection, 'ADVERTISE', value)
  for (const feature of features) {
    requestState(selection, feature, hasAttribute(feature, FeatureAttribute.disallowAdvertise) ? InstallState.default : InstallState.advertised)
  }
  for (const other of selection.features.values()) {
    if (features.includes(other)) continue
    if (features.some((feature) => isDescendantOf(other, feature))) other.request = InstallState.absent
  }
}

function listed(selection: FeatureSelection, property: FeatureListProperty, value: string): Feature[] {
  if (property.startsWith('COMPADD') || property.startsWith('FILEADD')) {
    const kind = property.startsWith('COMPADD') ? 'component' : 'file'
    return names(value).map((key) => selection.cheapestOwner(kind, key)).filter((feature) => feature !== undefined)
  }
  if (value.trim() === 'ALL') {
    return [...selection.features.values()].filter((feature) => !isDisabled(feature))
  }
  return names(value).map((name) => {
    const feature = selection.features.get(name)
    if (feature === undefined) throw new InstallError(2711, [name])
    return feature
  })
}

function names(value: string): string[] {
  return value.split(',').map((name) => name.trim()).filter((name) => name !== '')
}

function turnOnAncestors(selection: FeatureSelection, feature: Feature): void {
  for (let at = feature.parent; at !== undefined; at = at.parent) {
    const now = at.request === InstallState.unknown ? at.installed : at.request
    if (!isPresent(now)) at.request = feature.request === InstallState.advertised ? InstallState.advertised : defaultState(selection, at)
  }
}

function removeDescendants(selection: FeatureSelection, feature: Feature): void {
  for (const other of selection.features.values()) if (isDescendantOf(other, feature)) other.request = InstallState.absent
}

/** Children that follow take the parent's state unless they are absent and may be. Parents come before children. */
function followParents(selection: FeatureSelection, changed: Feature): void {
  for (const feature of selection.features.values()) {
    const { parent } = feature
    if (parent === undefined || isDisabled(feature) || feature === changed || !hasAttribute(feature, FeatureAttribute.followParent)) continue
    const now = feature.request === InstallState.unknown ? feature.installed : feature.request
    if (parent.request !== InstallState.unknown && (isPresent(now) || isForced(feature))) feature.request = parent.request
  }
}

/** From the request to the action: nothing, when the feature has that state already and is not installed again. */
export function settle(selection: FeatureSelection, feature: Feature): void {
  if (feature.reinstall) {
    if (feature.request === InstallState.unknown || feature.request === feature.installed) {
      feature.request = feature.installed
      feature.action = feature.installed
      return
    }
    feature.reinstall = false
  }
  if (feature.request === InstallState.source && !selection.allowsSource(feature)) feature.request = InstallState.local
  if (feature.request === InstallState.absent && !isPresent(feature.installed)) feature.request = InstallState.unknown
  feature.action = feature.request === feature.installed ? InstallState.unknown : feature.request
}

function isInstalledHere(feature: Feature): boolean {
  return feature.installed === InstallState.local || feature.installed === InstallState.source
}

/** Local, source or advertised. */
export function isPresent(state: InstallState): boolean {
  return state === InstallState.local || state === InstallState.source || state === InstallState.advertised
}
