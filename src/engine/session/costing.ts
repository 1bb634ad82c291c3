// Costing: the tables become features, components, files and directories, and each gets its state.
// https://learn.microsoft.com/windows/win32/msi/file-costing
import { computeDiskCost } from './disk-cost.ts'
import { resolveComponent } from './features/component-states.ts'
import { fileHashes, loadComponents, loadFiles } from './features/component-table.ts'
import { ComponentAttribute, type Component } from './features/components.ts'
import { featureListProperties, requestState, selectFeatures, settle, type FeatureSelection } from './features/feature-selection.ts'
import { isDisabled, loadFeatures } from './features/feature-tree.ts'
import type { Feature } from './features/features.ts'
import { folderOfKeyPath, installedComponent, installedFeatureState } from './features/installed-state.ts'
import { parseReinstallMode } from './features/reinstall-mode.ts'
import { InstallState } from './features/states.ts'
import { checkUpgradeRules } from './features/upgrade-rules.ts'
import { decideFiles, hasNewerKeyFile, keyPathExists, placeFiles } from './files/file-states.ts'
import { FilesSeen } from './files/files-seen.ts'
import { DirectoryTree } from './folders/directory-tree.ts'
import type { InstallSession } from './install-session.ts'
import { InstallError } from './messages/install-error.ts'

/** CostInitialize: loads the tables. */
export function initializeCosting(session: InstallSession): void {
  const { properties } = session
  setRootDrive(session)
  session.features = loadFeatures(session.rows('Feature'), session.rows('FeatureComponents'))
  session.components = loadComponents(session.rows('Component'), session.features)
  session.files = loadFiles(session.rows('File'), session.components, session.parts.package.summary.compressed, fileHashes(session.database.table('MsiFileHash')))
  session.directoryTree = new DirectoryTree(session.rows('Directory'), {
    properties, sourceRoot: () => session.sourceRoot, shortTargets: properties.get('SHORTFILENAMES') !== '', shortSources: session.sourceUsesShortNames,
    administrative: isAdministrative(session), drives: session.platform.files.drives(),
  })
  session.reinstallMode = parseReinstallMode(properties.get('REINSTALLMODE'))
  session.costing = 'initialized'
  session.forgetContext()
  properties.set('CostingComplete', '0')
}

/** CostFinalize: directories, conditions, features, components, files, disk space. */
export function finalizeCosting(session: InstallSession): void {
  if (session.costing === 'none') throw new InstallError(2731)
  readInstalledStates(session)
  checkUpgradeRules(session)
  if (featureListProperties.some((name) => session.properties.has(name))) session.properties.set('Preselected', '1')
  evaluateConditions(session)
  finalizeDirectories(session)
  session.costing = 'finalized'
  resolveSelection(session)
  session.properties.set('CostingComplete', '1')
}

/** Features, components, files and space, after properties or requests changed. */
export function resolveSelection(session: InstallSession): void {
  if (isAdministrative(session)) selectEverything(session)
  else selectFeatures(featureSelection(session))
  removePatchFeatures(session)
  resolveStates(session)
}

function removePatchFeatures(session: InstallSession): void {
  for (const name of session.patches?.goes.features ?? []) {
    const feature = session.features.get(name)
    if (feature === undefined) continue
    feature.reinstall = false
    requestState(featureSelection(session), feature, InstallState.absent)
    settle(featureSelection(session), feature)
  }
}

/** What follows from the states of the features. */
export function resolveStates(session: InstallSession): void {
  session.forgetContext()
  placeFiles(session)
  const seen = new FilesSeen(session.platform.files)
  const facts = {
    features: session.features, administrative: isAdministrative(session), overwritesAll: session.reinstallMode.includes('a'),
    hasCompressedFiles: compressedFilesOf(session), keyPathExists: (component: Component) => keyPathExists(session, component, seen),
    hasNewerKeyFile: (component: Component) => hasNewerKeyFile(session, component, seen),
    goesWithPatch: (component: Component) => session.patches?.goes.components.has(component.name) ?? false, log: (line: string) => session.messages.log(line),
  }
  for (const component of session.components.values()) resolveComponent(component, facts)
  decideFiles(session, seen)
  computeDiskCost(session, seen)
}

/** Directories changed after CostFinalize: files move along, and are compared anew. */
export function moveDirectory(session: InstallSession, directory: string, path: string): void {
  if (session.costing !== 'finalized') return session.directories.setTarget(directory, path)
  session.directories.moveTarget(directory, path)
  publishDirectories(session)
  resolveStates(session)
}

export function isAdministrative(session: InstallSession): boolean {
  return session.properties.get('ACTION') === 'ADMIN'
}

/** ROOTDRIVE: the drive of Windows, not the one with most space: others may be folders of the host. The root of the target when nobody chose one. */
function setRootDrive(session: InstallSession): void {
  const { properties, platform } = session
  if (properties.has('ROOTDRIVE')) {
    const drive = properties.get('ROOTDRIVE')
    if (!drive.endsWith('\\')) properties.set('ROOTDRIVE', `${drive}\\`)
    return
  }
  const windowsDrive = properties.get('WindowsVolume') || 'C:\\'
  const drives = [...platform.files.drives()]
  const drive = drives.includes(windowsDrive) ? windowsDrive : drives[0] ?? windowsDrive
  properties.set('ROOTDRIVE', drive)
}

function readInstalledStates(session: InstallSession): void {
  // What this machine has is no matter for an image.
  const installed = isAdministrative(session) ? undefined : session.parts.installed
  const { registry } = session.platform
  if (installed !== undefined) {
    for (const feature of session.features.values()) feature.installed = installedFeatureState(registry, installed, feature.name)
  }
  const { userDataSid } = session.parts.context
  const ambiguous = repeatedIds(session)
  for (const component of session.components.values()) {
    if (component.id === '') continue
    const found = installedComponent(registry, userDataSid, session.product.packedProductCode, component.id)
    // What an installation registered that did not come to register its product does not count.
    component.installed = installed === undefined ? InstallState.absent : found.state
    component.registered = installed !== undefined && found.registered
    component.otherClients = found.otherClients
    const folder = installed === undefined ? undefined : folderOfKeyPath(found.keyPath)
    if (folder !== undefined && ownsFolder(component) && !ambiguous.has(component.id)) session.directories.keepTarget(component.directory, folder)
  }
}

/** Identifiers that several components of the package have: a key path does not tell whose it is. */
function repeatedIds(session: InstallSession): Set<string> {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  for (const { id } of session.components.values()) {
    if (seen.has(id)) repeated.add(id)
    seen.add(id)
  }
  return repeated
}

/** The folder of the key path is the component's own: not so for a registry key path. */
function ownsFolder(component: Component): boolean {
  return (component.attributes & (ComponentAttribute.registryKeyPath | ComponentAttribute.odbcDataSource)) === 0
}

/** An administrative image has the components of every machine: their conditions are looked at when one installs from it. */
function evaluateConditions(session: InstallSession): void {
  for (const row of session.rows('Component')) {
    const component = session.components.get(row.text('Component'))
    if (component === undefined) continue
    if (isAdministrative(session)) continue
    const isDecided = component.registered && (component.attributes & ComponentAttribute.transitive) === 0
    component.enabled = isDecided ? component.installed !== InstallState.absent : session.condition(row.text('Condition'))
  }
  if (session.properties.get('Preselected') === '1') return
  for (const row of session.rows('Condition')) {
    const feature = session.features.get(row.text('Feature_'))
    if (feature !== undefined && session.condition(row.text('Condition'))) feature.level = row.integer('Level') ?? feature.level
  }
}

function finalizeDirectories(session: InstallSession): void {
  session.directories.forgetTargets()
  publishDirectories(session)
}

/** After CostFinalize every directory is a property of its name. */
function publishDirectories(session: InstallSession): void {
  const paths = [...session.directories.names()].map((name) => [name, session.directories.target(name)] as const)
  for (const [name, path] of paths) session.properties.set(name, path)
}

function compressedFilesOf(session: InstallSession): (component: Component) => boolean {
  const names = new Set<string>()
  for (const file of session.files.values()) if (file.compressed) names.add(file.component)
  return (component) => names.has(component.name)
}

/** How list properties and levels see this session. */
export function featureSelection(session: InstallSession): FeatureSelection {
  const { properties, features, components } = session
  const advertising = properties.get('ACTION') === 'ADVERTISE'
  const lists = new Map(featureListProperties.map((name) => [name, properties.get(name)]))
  if (advertising && featureListProperties.every((name) => lists.get(name) === '')) lists.set('ADVERTISE', 'ALL')
  const compressed = compressedFilesOf(session)
  return {
    features, lists, isInstalled: session.parts.context.isInstalled, installLevel: Number(properties.get('INSTALLLEVEL')) || 1,
    // Components that are only for one place go there whatever their feature has; compressed files make all of it local.
    allowsSource: ({ components: names }) => !names.map((name) => components.get(name)).some((component) => component?.enabled === true && compressed(component)),
    cheapestOwner: (kind, key) => cheapestOwner(session, kind, key),
  }
}

/**
 * COMPADD… has identifiers of components (the page asks for GUIDs, and for names in the Component column: both are understood),
 * FILEADD… keys of files.
 */
function cheapestOwner(session: InstallSession, kind: 'component' | 'file', key: string): Feature | undefined {
  const component = kind === 'file' ? session.components.get(session.files.get(key)?.component ?? '')
    : session.components.get(key) ?? [...session.components.values()].find((one) => one.id === key.toUpperCase())
  const cost = (feature: Feature): number => {
    let bytes = 0
    for (const file of session.files.values()) if (feature.components.includes(file.component)) bytes += file.size
    return bytes
  }
  let cheapest: { feature: Feature, cost: number } | undefined
  for (const name of component?.features ?? []) {
    const feature = session.features.get(name)
    if (feature === undefined || isDisabled(feature)) continue
    const bytes = cost(feature)
    if (cheapest === undefined || bytes < cheapest.cost) cheapest = { feature, cost: bytes }
  }
  return cheapest?.feature
}

/** An administrative installation takes every feature that is not disabled. */
function selectEverything(session: InstallSession): void {
  for (const feature of session.features.values()) {
    const taken = !isDisabled(feature)
    feature.request = feature.action = taken ? InstallState.local : InstallState.unknown
  }
}
