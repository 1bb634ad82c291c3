// The contexts that a product may be installed in, and the registry roots that follow. Queries look through them in
// this order. https://learn.microsoft.com/windows/win32/msi/installation-context
import { packGuid } from '../../base/index.ts'
import type { Machine, Registry } from '../../platform/index.ts'
import * as keys from './keys.ts'

export type ProductContext = 'user-managed' | 'user' | 'machine'

export interface ContextRoots {
  readonly context: ProductContext
  /** `S-1-5-18` for the machine. */
  readonly sid: string
  /** Products, features, upgrade codes and qualified components that are published in the context. */
  readonly publishRoot: string
}

export function contextRoots(machine: Machine, context: ProductContext, userSid = machine.user.sid): ContextRoots {
  switch (context) {
    case 'user-managed': return { context, sid: userSid, publishRoot: keys.managedPublishRoot(userSid) }
    case 'user': return { context, sid: userSid, publishRoot: userSid === machine.user.sid ? 'HKCU\\Software\\Microsoft\\Installer' : `HKU\\${userSid}\\Software\\Microsoft\\Installer` }
    case 'machine': return { context, sid: keys.localSystemSid, publishRoot: 'HKLM\\Software\\Classes\\Installer' }
  }
}

/** Without those of users where the policy DisableUserInstalls has what is theirs ignored. https://learn.microsoft.com/windows/win32/msi/disableuserinstalls */
export function allContextRoots(registry: Registry, machine: Machine): readonly ContextRoots[] {
  const contexts = ignoresUsers(registry) ? ['machine'] as const : ['user-managed', 'user', 'machine'] as const
  return contexts.map((context) => contextRoots(machine, context))
}

/** Nothing that is installed for a user alone counts. */
export function ignoresUsers(registry: Registry): boolean {
  const value = registry.value(keys.machinePolicyKey, 'DisableUserInstalls')
  return value?.type === 'REG_DWORD' && value.data === 1
}

/** The context that publishes the product. */
export function publishedContext(registry: Registry, machine: Machine, productCode: string): ContextRoots | undefined {
  const packed = packGuid(productCode)
  return packed === undefined ? undefined : allContextRoots(registry, machine).find(({ publishRoot }) => registry.keyExists(keys.productKey(publishRoot, packed)))
}
