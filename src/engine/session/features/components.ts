// A component of the session. https://learn.microsoft.com/windows/win32/msi/component-table
import type { InstallState } from './states.ts'

export const ComponentAttribute = {
  sourceOnly: 0x1, optional: 0x2, registryKeyPath: 0x4, sharedDllRefCount: 0x8, permanent: 0x10, odbcDataSource: 0x20,
  transitive: 0x40, neverOverwrite: 0x80, bit64: 0x100, disableRegistryReflection: 0x200, uninstallOnSupersedence: 0x400,
  shared: 0x800,
} as const

export interface Component {
  readonly name: string
  /** Registry form, upper case; `''` for a component that is not registered. */
  readonly id: string
  readonly directory: string
  readonly attributes: number
  readonly is64Bit: boolean
  /** Key path column: a File, Registry or ODBCDataSource key by the attributes, `''` for the directory. */
  readonly keyPath: string
  readonly features: readonly string[]
  /** Whether its Condition holds (or keeps holding, for an installed one). */
  enabled: boolean
  installed: InstallState
  /** This product is a client of it; with an absent one that is a component which its Condition disabled. */
  registered: boolean
  request: InstallState
  /** Products that have it registered, other than this one (the system itself counts for permanent ones). */
  otherClients: number
  /** What happens to its resources; `unknown` is nothing. */
  action: InstallState
  /**
   * What happens to this product's registration of it: a component whose files stay because another product still needs
   * them, or because a newer key file is there, is unregistered or registered all the same; one whose condition turned false
   * is registered without a key path, so that its feature does not look incomplete.
   */
  registration: 'register' | 'unregister' | 'disable' | 'none'
}

/** Local or Source: its rows are written. */
export function isBeingInstalled(component: Component): boolean {
  return component.action === 3 || component.action === 4
}

/** Local or Source before this session. */
export function isInstalled(component: Component): boolean {
  return component.installed === 3 || component.installed === 4
}

/** The installed state as conditions, callers and the log see it: nothing is known of what is never registered, or left out by its Condition. */
export function knownState({ id, enabled, installed }: Component): InstallState {
  return id === '' || (!enabled && installed === 2) ? -1 : installed
}

/** Its files are used where the source has them. */
export function runsFromSource(component: Component): boolean {
  return component.action === 4 || (component.action === -1 && component.installed === 4)
}

export function isBeingRemoved(component: Component): boolean {
  return component.action === 2
}
