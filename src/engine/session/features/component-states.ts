// Which state every component is to have, from the states of the features that share it.
// https://learn.microsoft.com/windows/win32/msi/component-table
import { ComponentAttribute, type Component } from './components.ts'
import { isPresent } from './feature-selection.ts'
import type { Feature } from './features.ts'
import { InstallState } from './states.ts'

export interface ComponentFacts {
  readonly features: ReadonlyMap<string, Feature>
  /** Whether some of its files lie compressed in a cabinet: such a component cannot run from its source. */
  hasCompressedFiles(component: Component): boolean
  /** Whether its key path exists on the machine. */
  keyPathExists(component: Component): boolean
  /** Whether the key file on disk has a higher version than the package's. */
  hasNewerKeyFile(component: Component): boolean
  /** A patch brought it that is being removed. */
  goesWithPatch(component: Component): boolean
  /** Everything is copied into an image, also what is to run from there. */
  readonly administrative: boolean
  /** REINSTALLMODE has `a`: versions do not count. */
  readonly overwritesAll: boolean
  log(line: string): void
}

export function resolveComponent(component: Component, facts: ComponentFacts): void {
  component.registration = 'none'
  const features = component.features.map((name) => facts.features.get(name)).filter((feature) => feature !== undefined)
  component.request = requestOf(component, features, facts)
  component.action = InstallState.unknown
  if (facts.administrative) return resolveForImage(component, features)
  if (facts.goesWithPatch(component)) component.request = InstallState.absent
  if (component.request === InstallState.unknown) return resolveDisabled(component, features)
  if (component.request === InstallState.absent) return resolveRemoval(component, facts, features)
  if (component.request === InstallState.advertised) {
    if (component.installed === InstallState.absent) component.action = InstallState.advertised
    else resolveRemoval(component, facts, features)
    return
  }
  resolveInstallation(component, features, facts)
}

function requestOf(component: Component, features: readonly Feature[], facts: ComponentFacts): InstallState {
  const changing = features.filter((feature) => feature.action !== InstallState.unknown)
  if (changing.length === 0) return InstallState.unknown
  if (!component.enabled) {
    // A transitive component whose condition turned false goes when its feature is installed again.
    return component.installed === InstallState.absent ? InstallState.unknown : InstallState.absent
  }
  // Installed again is installed as it was: a feature counts as running from its source when one of its components does.
  if (changing.every(({ reinstall }) => reinstall) && staysInPlace(component, facts)) return component.installed
  const wanted = changing.map((feature) => feature.action)
  if (wanted.some((state) => state === InstallState.local || state === InstallState.source)) {
    return placeOf(component, wanted.includes(InstallState.local), facts)
  }
  const keeps = features.some((feature) => feature.action === InstallState.unknown && isInstalledState(feature.installed))
  if (keeps) return InstallState.unknown
  return wanted.includes(InstallState.advertised) ? InstallState.advertised : InstallState.absent
}

/** What a patch brings lies in a cabinet, and cannot run from a source. */
function staysInPlace(component: Component, facts: ComponentFacts): boolean {
  return component.installed === InstallState.local || (component.installed === InstallState.source && !facts.hasCompressedFiles(component))
}

function resolveForImage(component: Component, features: readonly Feature[]): void {
  component.request = component.action = features.some((feature) => feature.action === InstallState.local) ? InstallState.local : InstallState.unknown
}

/** A disabled component is registered without a key path, so that its feature does not look incomplete. */
function resolveDisabled(component: Component, features: readonly Feature[]): void {
  if (component.enabled || component.id === '' || component.installed !== InstallState.absent) return
  const remains = someRemain(features)
  if (remains && !component.registered) component.registration = 'register'
  else if (!remains && component.registered) component.registration = 'unregister'
}

function someRemain(features: readonly Feature[]): boolean {
  return features.some((feature) => isInstalledState(feature.action === InstallState.unknown ? feature.installed : feature.action))
}

function isInstalledState(state: InstallState): boolean {
  return state === InstallState.local || state === InstallState.source
}

/** Local or source, by the component's own attributes first. */
function placeOf(component: Component, wantsLocal: boolean, facts: ComponentFacts): InstallState {
  if (facts.hasCompressedFiles(component)) return InstallState.local
  if ((component.attributes & ComponentAttribute.sourceOnly) !== 0) return InstallState.source
  if ((component.attributes & ComponentAttribute.optional) === 0) return InstallState.local
  return wantsLocal ? InstallState.local : InstallState.source
}

function resolveInstallation(component: Component, features: readonly Feature[], facts: ComponentFacts): void {
  const again = features.some((feature) => feature.reinstall)
  if (component.installed === component.request && !again) return
  component.registration = component.id === '' ? 'none' : 'register'
  if ((component.attributes & ComponentAttribute.neverOverwrite) !== 0 && facts.keyPathExists(component)) {
    facts.log(`Disallowing installation of component: ${component.id} since its key path exists and it is never overwritten`)
    return
  }
  if (!facts.overwritesAll && component.otherClients > 0 && facts.hasNewerKeyFile(component)) {
    facts.log(`Disallowing installation of component: ${component.id} since the same component with higher versioned keyfile exists`)
    return
  }
  component.action = component.request
}

/** Unregistered in every case; its resources go only when nobody else needs them. */
function resolveRemoval(component: Component, facts: ComponentFacts, features: readonly Feature[]): void {
  if (component.id === '') return
  if (component.installed === InstallState.absent) {
    // Its condition was false when it was registered, and holds now.
    if (component.registered && !someRemain(features)) component.registration = 'unregister'
    return
  }
  const conditionTurnedFalse = !component.enabled
  component.registration = conditionTurnedFalse && someRemain(features) ? 'disable' : 'unregister'
  if ((component.attributes & ComponentAttribute.permanent) !== 0) {
    facts.log(`Disallowing uninstallation of component: ${component.id} since it is permanent`)
  } else if (component.otherClients > 0 && !conditionTurnedFalse) {
    facts.log(`Disallowing uninstallation of component: ${component.id} since another client exists`)
  } else {
    component.action = InstallState.absent
  }
}

/** Whether every feature is absent once the script has run. */
export function removesEverything(features: ReadonlyMap<string, Feature>): boolean {
  for (const feature of features.values()) {
    const state = feature.action === InstallState.unknown ? feature.installed : feature.action
    if (isPresent(state)) return false
  }
  return true
}
