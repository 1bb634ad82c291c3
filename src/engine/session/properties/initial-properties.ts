// What the engine sets before the first action runs: the machine, the user, the package and the state of the product.
// Order of precedence, highest first: machine, command line, AdminProperties, transforms, Property table.
// https://learn.microsoft.com/windows/win32/msi/order-of-property-precedence
import { baseName } from '../../../base/index.ts'
import type { Clock, Machine, Registry } from '../../../platform/index.ts'
import { systemFolders } from '../folders/folders.ts'
import { shortDate, shortTime } from '../messages/log.ts'
import { formatInstallerVersion, type InstallerVersion } from './installer-version.ts'
import type { PropertyStore } from './property-store.ts'

export type UiLevel = 'none' | 'basic' | 'reduced' | 'full'
export const uiLevelNumber = { none: 2, basic: 3, reduced: 4, full: 5 } as const

export interface MachineFacts {
  readonly machine: Machine
  readonly registry: Registry
  readonly clock: Clock
  readonly installerVersion: InstallerVersion
  readonly uiLevel: UiLevel
}

interface UserInterfaceFlags {
  readonly hideCancel: boolean
  readonly noModalDialogs: boolean
  readonly sourceResolutionOnly: boolean
}

export interface PackageFacts {
  /** Windows path the package was opened from. */
  readonly path: string
  readonly packageCode: string
  /** Page Count. */
  readonly schema: number
  readonly isAdminImage: boolean
  readonly is64Bit: boolean
}

/** Properties of the machine. Nothing can override these at the start. */
export function setMachineProperties(properties: PropertyStore, { machine, registry, clock, installerVersion, uiLevel }: MachineFacts): void {
  const set = (name: string, value: string | number): void => properties.set(name, String(value))
  const is64 = machine.architecture !== 'x86'
  set('VersionNT', machine.versionNT)
  if (is64) set('VersionNT64', machine.versionNT)
  set('WindowsBuild', machine.windowsBuild)
  // Without a service pack too: logs of Windows show 0.
  set('ServicePackLevel', machine.servicePackLevel)
  set('ServicePackLevelMinor', 0)
  set('VersionMsi', formatInstallerVersion(installerVersion))
  set('MsiNTProductType', { workstation: 1, 'domain-controller': 2, server: 3 }[machine.productType])
  set('Intel', 6)
  if (machine.architecture === 'x64') {
    set('MsiAMD64', 6)
    set('Msix64', 6)
  }
  if (machine.architecture === 'arm64') set('Arm64', 8)
  set('PhysicalMemory', machine.physicalMemoryMb)
  set('VirtualMemory', machine.physicalMemoryMb)
  set('ComputerName', machine.computerName)
  set('LogonUser', machine.user.name)
  set('UserSID', machine.user.sid)
  set('SystemLanguageID', machine.systemLanguage)
  set('UserLanguageID', machine.userLanguage)
  for (const [name, value] of Object.entries(platformAbilities)) set(name, value)
  set('UILevel', uiLevelNumber[uiLevel])
  if (machine.user.isAdministrator) {
    for (const name of ['Privileged', 'AdminUser', 'MsiRunningElevated']) set(name, 1)
  }
  setUserProperties(properties, registry)
  properties.compute('Date', () => shortDate(clock))
  properties.compute('Time', () => shortTime(clock))
}

/** The flags that go with a level of the user interface. https://learn.microsoft.com/windows/win32/msi/msiuihidecancel, …/msiuiprogressonly, …/msiuisourceresonly */
export function setUserInterfaceProperties(properties: PropertyStore, flags: UserInterfaceFlags): void {
  if (flags.hideCancel) properties.set('MsiUIHideCancel', '1')
  if (flags.noModalDialogs) properties.set('MsiUIProgressOnly', '1')
  if (flags.sourceResolutionOnly) properties.set('MsiUISourceResOnly', '1')
}

/** AlwaysInstallElevated, for machine and user. AdminUser tells the truth to packages that ask for it. */
export function setElevated(properties: PropertyStore): void {
  for (const name of ['Privileged', 'MsiRunningElevated']) properties.set(name, '1')
  if (properties.get('MSIUSEREALADMINDETECTION') !== '1') properties.set('AdminUser', '1')
}

const platformAbilities = {
  OLEAdvtSupport: 1, ShellAdvtSupport: 1, GPTSupport: 1, TTCSupport: 1, RedirectedDLLSupport: 2,
  ScreenX: 1024, ScreenY: 768, ColorBits: 32, BorderSide: 1, BorderTop: 1, CaptionHeight: 19, TextHeight: 16,
} as const

const windowsKey = 'HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion'

function setUserProperties(properties: PropertyStore, registry: Registry): void {
  const from = (name: string): string => {
    const value = registry.value(windowsKey, name)
    return value?.type === 'REG_SZ' || value?.type === 'REG_EXPAND_SZ' ? value.data : ''
  }
  if (properties.get('NOUSERNAME') !== '1' && !properties.has('USERNAME')) properties.set('USERNAME', from('RegisteredOwner'))
  if (properties.get('NOCOMPANYNAME') !== '1' && !properties.has('COMPANYNAME')) properties.set('COMPANYNAME', from('RegisteredOrganization'))
}

/** Files wait for a restart to be renamed or removed. */
export function isRebootPending(registry: Registry): boolean {
  const value = registry.value('HKLM\\System\\CurrentControlSet\\Control\\Session Manager', 'PendingFileRenameOperations')
  return value !== undefined && (value.type !== 'REG_MULTI_SZ' || value.data.length > 0)
}

/** Properties of the package that is being run. */
export function setPackageProperties(properties: PropertyStore, facts: PackageFacts): void {
  properties.set('OriginalDatabase', facts.path)
  properties.set('DATABASE', facts.path)
  properties.set('PackageCode', facts.packageCode)
  properties.set('VersionDatabase', String(facts.schema))
  if (facts.isAdminImage) properties.set('IsAdminPackage', '1')
  properties.load('PackageName', baseName(facts.path))
}

/** The context that ALLUSERS and MSIINSTALLPERUSER ask for. https://learn.microsoft.com/windows/win32/msi/allusers */
export function resolveContext(properties: PropertyStore, machine: Machine, installerVersion: InstallerVersion): { perMachine: boolean; programsPerUser: boolean } {
  const perUserAsked = properties.get('MSIINSTALLPERUSER') === '1' && installerVersion.major >= 5
  if (properties.get('ALLUSERS') === '2') {
    const perUser = perUserAsked || !machine.user.isAdministrator
    properties.set('ALLUSERS', perUser ? '' : '1')
    return { perMachine: !perUser, programsPerUser: perUserAsked }
  }
  return { perMachine: properties.get('ALLUSERS') === '1', programsPerUser: false }
}

export function setFolderProperties(properties: PropertyStore, machine: Machine, context: { perMachine: boolean; programsPerUser: boolean }): void {
  for (const [name, path] of systemFolders(machine, context)) properties.load(name, path)
}
