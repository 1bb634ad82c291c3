// Opens a session: properties in their order of precedence, the context, and who the product is.
// https://learn.microsoft.com/windows/win32/msi/order-of-property-precedence
import { foldCase, packGuid, withTrailingBackslash } from '../../base/index.ts'
import type { Registry } from '../../platform/index.ts'
import { adminProperties } from '../package/administrative-image.ts'
import { is64BitPackage, type Package } from '../package/package.ts'
import { runOnceEntriesKey } from '../registration/keys.ts'
import { isInstalledForAnyone } from '../registration/product-states.ts'
import { openInUse } from './applications/in-use.ts'
import { findInstalledProduct, rootsOf, type InstalledProduct } from './features/installed-state.ts'
import { InstallState } from './features/states.ts'
import { setAssemblySupport } from './files/assembly-support.ts'
import { InstallSession } from './install-session.ts'
import type { Installation } from './installation.ts'
import { InstallError } from './messages/install-error.ts'
import type { LogSide } from './messages/log.ts'
import { SessionMessages, type MessageChannel } from './messages/session-messages.ts'
import { formatPropertySettings } from './properties/command-line.ts'
import {
  isRebootPending, resolveContext, setElevated, setFolderProperties, setMachineProperties, setPackageProperties, setUserInterfaceProperties, uiLevelNumber, type UiLevel,
} from './properties/initial-properties.ts'
import { hasRestartManager } from './properties/installer-version.ts'
import { readPolicies, type Policies } from './properties/policies.ts'
import { PropertyStore } from './properties/property-store.ts'
import type { InstallContext, ProductIdentity } from './session.ts'

export interface SessionRequest {
  readonly package: Package
  /** The command line, names in upper case. */
  readonly settings: ReadonlyMap<string, string>
  /** What the engine itself adds: private names are allowed here. */
  readonly engineSettings?: ReadonlyMap<string, string>
  readonly side: LogSide
  /** Source of the package when it runs from the cache. */
  readonly sourceDir?: string
  readonly parent?: InstallSession
  /** A client that finds the source when it is asked for: packages that are opened, not installed. */
  readonly findsSourceLater?: boolean
}

/** A session of a client, or one that nothing is installed with. */
export function openSession(installation: Installation, request: SessionRequest): InstallSession {
  const session = beginSession(installation, request)
  describeProduct(session)
  return session
}

/** The server's: with the Restart Manager's session, which its owner ends with `inUse.finish()`. */
export async function openServerSession(installation: Installation, request: SessionRequest): Promise<InstallSession> {
  const session = beginSession(installation, request)
  session.inUse = await openInUse(session)
  describeProduct(session)
  return session
}

function beginSession(installation: Installation, request: SessionRequest): InstallSession {
  const { settings } = installation
  const { platform } = settings
  let session: InstallSession | undefined
  const properties = new PropertyStore((line) => session?.messages.log(line), installation.secrets)
  for (const [name, value] of request.package.properties) properties.load(name, value)
  for (const [name, value] of adminProperties(request.package.database)) properties.load(name, value)
  for (const name of passwordProperties(request.package)) properties.hidePassword(name)
  const channel = messageChannel(installation, request, properties)
  const messages = new SessionMessages(channel)
  const policies = readPolicies(platform.registry, settings.installerVersion, (line) => messages.log(line))
  const installed = findInstalledProduct(platform.registry, platform.machine, request.package.productCode)
  session = new InstallSession({
    installation, package: request.package, side: request.side, properties, policies, installed, parent: request.parent,
    sourceDir: withTrailingBackslash(request.sourceDir ?? ''),
    product: identityOf(request.package, properties, registeredPackageName(installation, installed, request.package)), context: contextOf(installation, request, properties, installed, policies),
  })
  session.messages = messages
  bindMessages(channel, session)
  initialize(session, request)
  return session
}

/** https://learn.microsoft.com/windows/win32/msi/password-control-attribute */
const passwordAttribute = 0x20_0000

function passwordProperties({ database }: Package): string[] {
  return [...database.table('Control')?.rows() ?? []]
    .filter((row) => row.text('Type') === 'Edit' && ((row.integer('Attributes') ?? 0) & passwordAttribute) !== 0).map((row) => row.text('Property')).filter((name) => name !== '')
}

/** The channel formats through the session once there is one. */
interface LateChannel extends MessageChannel {
  session?: InstallSession
}

function messageChannel(installation: Installation, request: SessionRequest, properties: PropertyStore): LateChannel {
  const { platform, sink, handler, signal, uiLevel } = installation.settings
  const channel: LateChannel = {
    clock: platform.clock, side: request.side, processId: platform.processes.self().pid, threadId: installation.nextThread(),
    uiLevel, sink, handler, signal,
    format: {
      property: (name) => properties.get(name),
      environment: (name) => platform.machine.environment[name.toUpperCase()] ?? '',
      filePath: (file) => channel.session?.formatSession.filePath?.(file) ?? '',
      componentDirectory: (component) => channel.session?.formatSession.componentDirectory?.(component) ?? '',
    },
    errorRow: (number) => request.package.database.table('Error')?.find(number)?.text('Message'),
    actionTextRow: (action) => {
      const row = request.package.database.table('ActionText')?.find(action)
      return row && { description: row.text('Description'), template: row.text('Template') }
    },
    texts: installation.textsOf(request.package), progress: installation.progress, secrets: installation.secrets,
  }
  return channel
}

function bindMessages(channel: LateChannel, session: InstallSession): void {
  channel.session = session
}

/** The cached package has another name than the one in the source; one that is to replace it lies there under its own. */
function registeredPackageName(installation: Installation, installed: InstalledProduct | undefined, source: Package): string {
  if (installed === undefined || foldCase(source.path) !== foldCase(installed.localPackage)) return ''
  const { registry } = installation.settings.platform
  const value = registry.value(`${installed.roots.publishRoot}\\Products\\${installed.packedProductCode}\\SourceList`, 'PackageName')
  return value?.type === 'REG_SZ' ? value.data : ''
}

function identityOf(source: Package, properties: PropertyStore, registeredName: string): ProductIdentity {
  return {
    productCode: source.productCode, packedProductCode: packGuid(source.productCode) ?? '', productName: properties.get('ProductName'),
    productVersion: properties.get('ProductVersion'), language: Number(properties.get('ProductLanguage')) || 0,
    packageCode: source.summary.packageCode, upgradeCode: properties.get('UpgradeCode').toUpperCase(), packageName: registeredName || source.fileName,
  }
}

/** Maintenance keeps the context of the installation; otherwise the command line and the package decide. */
function contextOf(
  installation: Installation, request: SessionRequest, properties: PropertyStore, installed: InstalledProduct | undefined, policies: Policies,
): Omit<InstallContext, 'removingProduct' | 'reinstallMode'> {
  const { machine } = installation.settings.platform
  for (const [name, value] of request.settings) properties.load(name, value)
  if (installed !== undefined) properties.load('ALLUSERS', installed.roots.perMachine ? '1' : '')
  const { perMachine, programsPerUser } = resolveContext(properties, machine, installation.settings.installerVersion)
  if (perMachine && installed === undefined && !machine.user.isAdministrator && !policies.alwaysInstallElevated) {
    throw new InstallError(1925, [], { code: 'ERROR_INSTALL_FAILURE' })
  }
  if (!perMachine && policies.disableUserInstalls) throw new InstallError(1934, [], { code: 'ERROR_INSTALL_FAILURE' })
  setFolderProperties(properties, machine, { perMachine, programsPerUser })
  const roots = installed?.roots ?? rootsOf(machine, perMachine)
  return {
    perMachine, userDataSid: roots.userDataSid, publishRoot: roots.publishRoot,
    classesRoot: perMachine ? 'HKLM\\Software\\Classes' : 'HKCU\\Software\\Classes',
    package64Bit: is64BitPackage(request.package.summary), isInstalled: installed !== undefined && !installed.advertisedOnly,
  }
}

function initialize(session: InstallSession, request: SessionRequest): void {
  const { properties, messages, parts, platform, installation } = session
  const { installerVersion } = installation.settings
  const uiLevel = levelOf(session)
  messages.log(`Original package ==> ${request.package.path}`)
  messages.log(`Package we're running from ==> ${request.package.path}`)
  logCommandLine(session, request)
  for (const [name, value] of [...request.settings, ...(request.engineSettings ?? [])]) logSetting(session, name, value)
  // The execute sequence finds the source when an action needs it; the client has it from the start.
  if (request.side === 'c' && request.findsSourceLater !== true) for (const name of ['SourceDir', 'SOURCEDIR']) properties.set(name, session.sourceRoot)
  setMachineProperties(properties, { machine: platform.machine, registry: platform.registry, clock: platform.clock, installerVersion, uiLevel })
  setUserInterfaceProperties(properties, installation.settings)
  setAssemblySupport(properties, platform)
  if (session.parts.policies.alwaysInstallElevated) setElevated(properties)
  const { summary } = request.package
  setPackageProperties(properties, {
    path: request.package.path, packageCode: summary.packageCode, schema: summary.schema, isAdminImage: summary.adminImage, is64Bit: parts.context.package64Bit,
  })
  properties.set('CLIENTUILEVEL', String(uiLevelNumber[uiLevel] === 5 ? 0 : 3))
  if (installation.settings.logFile !== undefined && hasRestartManager(installerVersion)) properties.set('MsiLogFileLocation', installation.settings.logFile)
  // An installation of the product waits for a restart of the machine, or goes on after it. https://learn.microsoft.com/windows/win32/msi/resume
  if (platform.registry.value(runOnceEntriesKey, parts.product.packedProductCode) !== undefined) for (const name of ['RESUME', 'Resume', 'Preselected']) properties.set(name, '1')
  properties.set('CLIENTPROCESSID', String(platform.processes.self().pid))
}

/** What is said once it is known whether there is a session of the Restart Manager. */
function describeProduct({ properties, messages, parts, platform, installation }: InstallSession): void {
  if (hasRestartManager(installation.settings.installerVersion) && isRebootPending(platform.registry)) properties.set('MsiSystemRebootPending', '1')
  properties.set('ProductState', String(stateOfProduct(platform.registry, parts.installed, parts.product.packedProductCode)))
  if (parts.context.isInstalled) properties.set('Installed', '00:00:00')
  else properties.set('ProductToBeRegistered', '1')
  if (!properties.has('ACTION')) properties.set('ACTION', 'INSTALL')
  if (!properties.has('EXECUTEACTION')) properties.set('EXECUTEACTION', properties.get('ACTION'))
  if (parts.policies.disableRollback) properties.set('DISABLEROLLBACK', '1')
  messages.log(`TRANSFORMS property is now: ${properties.get('TRANSFORMS')}`)
}

/** https://learn.microsoft.com/windows/win32/msi/productstate */
function stateOfProduct(registry: Registry, installed: InstalledProduct | undefined, packedProductCode: string): InstallState {
  if (installed !== undefined) return installed.advertisedOnly ? InstallState.advertised : InstallState.default
  return isInstalledForAnyone(registry, packedProductCode) ? InstallState.absent : InstallState.unknown
}

/** A nested session never shows more than the basic user interface. */
function levelOf({ parts, installation }: InstallSession): UiLevel {
  const { uiLevel } = installation.settings
  return parts.parent !== undefined && uiLevel !== 'none' ? 'basic' : uiLevel
}

/** The values are in place already: what is left is to say so. Hidden ones were named by the Property table. */
function logSetting(session: InstallSession, name: string, value: string): void {
  const authored = session.parts.package.properties.get(name) ?? ''
  session.properties.load(name, authored)
  session.properties.set(name, value)
}

function logCommandLine(session: InstallSession, request: SessionRequest): void {
  const { properties, parts, messages } = session
  const showsHidden = (parts.policies.debug & 4) !== 0
  const shown = [...request.settings].map(([name, value]) => [name, showsHidden && !properties.isPassword(name) ? value : properties.shown(name, value)] as const)
  const line = `Command Line: ${formatPropertySettings(shown)}`
  if (showsHidden) messages.logAsIs(line)
  else messages.log(line)
}
