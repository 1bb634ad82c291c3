// How cells of the Registry, Environment and ServiceControl tables spell what they mean.
// https://learn.microsoft.com/windows/win32/msi/registry-table and /environment-table
import { bytesToHex, WindowsError } from '../base/index.ts'

/** The predefined keys of the Registry table; HKMU is HKLM or HKCU, as the product is installed for machine or user. */
export const registryRoots = { HKMU: -1, HKCR: 0, HKCU: 1, HKLM: 2, HKU: 3 } as const
export type RegistryRoot = keyof typeof registryRoots

/** REG_SZ, REG_DWORD, REG_BINARY, REG_MULTI_SZ (whole, or added at an end) and REG_EXPAND_SZ. Texts are Formatted. */
export type RegistryValue = string | number | Uint8Array | readonly string[]
  | { readonly expand: string } | { readonly append: readonly string[] } | { readonly prepend: readonly string[] }

export function registryCell(value: RegistryValue): string {
  if (typeof value === 'string') return value.startsWith('#') ? `#${value}` : value
  if (typeof value === 'number') return `#${value | 0}`
  if (value instanceof Uint8Array) return `#x${bytesToHex(value).toUpperCase()}`
  if ('expand' in value) return `#%${value.expand}`
  if ('append' in value) return `[~]${value.append.join('[~]')}`
  if ('prepend' in value) return `${value.prepend.join('[~]')}[~]`
  return `[~]${value.join('[~]')}[~]`
}

export interface EnvironmentOptions {
  /** `set` when absent; `create` leaves a variable alone that exists; `remove` removes on installation. */
  readonly action?: 'set' | 'create' | 'remove'
  /** Whether the value stays when the component goes. */
  readonly permanent?: boolean
  /** The machine's environment instead of the user's; as the product's scope when absent. */
  readonly machine?: boolean
  /** Where the value goes in a list separated by semicolons; the whole variable when absent. */
  readonly part?: 'first' | 'last'
}

export function environmentCells(name: string, value: string | null, options: EnvironmentOptions): { Name: string; Value: string | null } {
  const { action = 'set', permanent = false, machine = false, part } = options
  if (action === 'create' && part !== undefined) {
    throw new WindowsError('ERROR_INVALID_PARAMETER', `environment variable ${name}: expected no part of a variable with action create, found ${part}`)
  }
  const sign = { set: '=', create: '+', remove: '!' }[action]
  return {
    Name: `${sign}${permanent || action === 'remove' ? '' : '-'}${machine ? '*' : ''}${name}`,
    Value: value === null || part === undefined ? value : part === 'first' ? `${value};[~]` : `[~];${value}`,
  }
}

export interface ServiceOptions {
  readonly displayName?: string
  readonly description?: string
  /** `demand` when absent. */
  readonly start?: 'auto' | 'demand' | 'disabled'
  /** Shares its process with others. */
  readonly shared?: boolean
  readonly interactive?: boolean
  readonly errorControl?: 'ignore' | 'normal' | 'critical'
  /** Whether the installation fails when the service cannot be installed. */
  readonly vital?: boolean
  readonly loadOrderGroup?: string
  /** Names of services, groups with a plus sign in front. */
  readonly dependencies?: readonly string[]
  readonly account?: string
  readonly password?: string
  readonly arguments?: string
  /** Start it after installation, stop it before changes, delete it on removal; true when absent. */
  readonly control?: boolean
}

const startTypes = { auto: 2, demand: 3, disabled: 4 } as const
const errorControls = { ignore: 0, normal: 1, critical: 3 } as const

export function serviceCells(name: string, options: ServiceOptions): Record<string, string | number | null> {
  return {
    Name: name,
    DisplayName: options.displayName ?? null,
    ServiceType: (options.shared === true ? 0x20 : 0x10) | (options.interactive === true ? 0x100 : 0),
    StartType: startTypes[options.start ?? 'demand'],
    ErrorControl: errorControls[options.errorControl ?? 'normal'] | (options.vital === true ? 0x8000 : 0),
    LoadOrderGroup: options.loadOrderGroup ?? null,
    Dependencies: options.dependencies === undefined ? null : `${options.dependencies.join('[~]')}[~][~]`,
    StartName: options.account ?? null,
    Password: options.password ?? null,
    Arguments: options.arguments ?? null,
    Description: options.description ?? null,
  }
}

/** Start on installation; stop on both; delete on removal. */
export const serviceEvent = { startOnInstall: 1, stopOnInstall: 2, deleteOnInstall: 8, startOnRemove: 0x10, stopOnRemove: 0x20, deleteOnRemove: 0x80 } as const
