// System policies, read when an installation starts. https://learn.microsoft.com/windows/win32/msi/system-policy
import type { Registry } from '../../../platform/index.ts'
import { machinePolicyKey } from '../../registration/keys.ts'
import { hasRestartManager, type InstallerVersion } from './installer-version.ts'

const userKey = 'HKCU\\Software\\Policies\\Microsoft\\Windows\\Installer'

export interface Policies {
  /** 0 all allowed, 1 only elevated installations, 2 none (1625). */
  readonly disableMsi: number
  readonly disableRollback: boolean
  readonly disableUserInstalls: boolean
  readonly enableUserControl: boolean
  /** 1 no Restart Manager, 2 only to detect. */
  readonly disableAutomaticApplicationShutdown: number
  readonly disablePatch: boolean
  /** Who is no administrator may patch what was installed for the machine. */
  readonly allowLockdownPatch: boolean
  readonly enforceUpgradeComponentRules: boolean
  /** Patches stay: 1649. */
  readonly disablePatchUninstall: boolean
  /** Kinds of sources in the order in which they are tried: network, media, URL. */
  readonly searchOrder: string
  readonly alwaysInstallElevated: boolean
  /** Bit 4 (value 4): command lines may be logged. */
  readonly debug: number
  /** Letters of the log of every installation that nobody asked a log of; `''`: none. */
  readonly logging: string
  /** MsiLogging of packages is not heard. */
  readonly disableLoggingFromPackage: boolean
}

const logged = [
  'Debug', 'DisableMSI', 'DisablePatch', 'DisableUserInstalls', 'EnableUserControl', 'DisableRollback', 'AlwaysInstallElevated',
  'DisableAutomaticApplicationShutdown', 'DisablePatchUninstall', 'AllowLockdownPatch', 'EnforceUpgradeComponentRules',
] as const

/** `DisableAutomaticApplicationShutdown` came with the Restart Manager, in 4.0. */
export function readPolicies(registry: Registry, installerVersion: InstallerVersion, log: (line: string) => void): Policies {
  const read = (key: string, name: string): number => {
    const value = registry.value(key, name)
    return value?.type === 'REG_DWORD' ? value.data : 0
  }
  const known = logged.filter((name) => name !== 'DisableAutomaticApplicationShutdown' || hasRestartManager(installerVersion))
  const machine = new Map<string, number>(known.map((name) => [name, read(machinePolicyKey, name)]))
  for (const [name, value] of machine) log(`Machine policy value '${name}' is ${value}`)
  const user = (name: string): number => {
    const value = read(userKey, name)
    log(`User policy value '${name}' is ${value}`)
    return value
  }
  const get = (name: (typeof logged)[number]): number => machine.get(name) ?? 0
  return {
    disableMsi: get('DisableMSI'), disablePatch: get('DisablePatch') === 1, disablePatchUninstall: get('DisablePatchUninstall') === 1,
    allowLockdownPatch: get('AllowLockdownPatch') === 1, enforceUpgradeComponentRules: get('EnforceUpgradeComponentRules') === 1, searchOrder: searchOrder(registry),
    disableRollback: get('DisableRollback') === 1 || user('DisableRollback') === 1,
    disableUserInstalls: get('DisableUserInstalls') === 1, enableUserControl: get('EnableUserControl') === 1,
    disableAutomaticApplicationShutdown: get('DisableAutomaticApplicationShutdown'),
    alwaysInstallElevated: get('AlwaysInstallElevated') === 1 && user('AlwaysInstallElevated') === 1, debug: get('Debug'),
    logging: textOf(registry, machinePolicyKey, 'Logging'), disableLoggingFromPackage: read(machinePolicyKey, 'DisableLoggingFromPackage') === 1,
  }
}

/** https://learn.microsoft.com/windows/win32/msi/searchorder: a letter that is left out is not searched. */
function searchOrder(registry: Registry): string {
  const letters = textOf(registry, userKey, 'SearchOrder').toLowerCase().replaceAll(/[^nmu]/g, '')
  return letters === '' ? 'nmu' : letters
}

function textOf(registry: Registry, key: string, name: string): string {
  const value = registry.value(key, name)
  return value?.type === 'REG_SZ' ? value.data : ''
}
