// RegCreateKey, RegAddValue, RegRemoveValue, RegRemoveKey.
// https://learn.microsoft.com/windows/win32/msi/writeregistryvalues-action, removeregistryvalues-action
import { bytesFromHex, bytesToHex, foldCase } from '../../../base/index.ts'
import type { Registry, RegistryValue } from '../../../platform/index.ts'
import { withGrants } from '../access-grant.ts'
import type { OperationOf } from '../handler.ts'
import type { RegistryEdit } from '../operation.ts'
import { isEmptyKey, sameValue } from '../registry-change.ts'
import { registryOperation, type RegistryHandler } from '../registry-operation.ts'
import { securityDescriptor } from '../security-descriptor.ts'

export const regCreateKey: RegistryHandler<OperationOf<'RegCreateKey'>> = registryOperation(
  ({ key }) => [{ edit: 'create-key', key }],
)

export const regAddValue: RegistryHandler<OperationOf<'RegAddValue'>> = registryOperation(
  ({ key, name, value, mode }, registry) => {
    const merged = mergeStrings(registry.value(key, name), value, mode)
    const present = registry.value(key, name)
    return present !== undefined && sameValue(present, merged) ? [] : [{ edit: 'set', key, name, value: merged }]
  },
)

/** Only of a key that is there. */
export const regSecurity: RegistryHandler<OperationOf<'RegSecurity'>> = registryOperation(
  ({ key, descriptor }, registry) => registry.keyExists(key) ? [{ edit: 'set-security', key, descriptor }] : [],
)

/** What a service has that nobody has secured, and a key of a registry that keeps no descriptors. */
const serviceSecurity = 'O:SYG:SYD:(A;;CCLCSWRPWPDTLOCRRC;;;SY)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)(A;;CCLCSWLOCRRC;;;IU)(A;;CCLCSWLOCRRC;;;SU)'
const keySecurity = 'O:BAG:SYD:(A;CI;KA;;;SY)(A;CI;KA;;;BA)(A;CI;KR;;;BU)'

export const regGrantAccess: RegistryHandler<OperationOf<'RegGrantAccess'>> = registryOperation(
  ({ key, of, grants }, registry) => {
    if (!registry.keyExists(key)) return []
    if (of === 'key') return [{ edit: 'set-security', key, descriptor: bytesToHex(withGrants(effectiveSecurity(registry, key), grants)) }]
    const present = registry.value(`${key}\\Security`, 'Security')
    const before = present?.type === 'REG_BINARY' ? bytesFromHex(present.data)! : ownSecurity(serviceSecurity)
    return [{ edit: 'set', key: `${key}\\Security`, name: 'Security', value: { type: 'REG_BINARY', data: bytesToHex(withGrants(before, grants)) } }]
  },
)

function effectiveSecurity(registry: Registry, key: string): Uint8Array {
  for (let at = key; at.includes('\\'); at = at.slice(0, at.lastIndexOf('\\'))) {
    const found = registry.security(at)
    if (found !== undefined) return bytesFromHex(found)!
  }
  return ownSecurity(keySecurity)
}

function ownSecurity(text: string): Uint8Array {
  return securityDescriptor(text, { owner: 'BA', group: 'SY' })
}

export const regRemoveValue: RegistryHandler<OperationOf<'RegRemoveValue'>> = registryOperation(
  ({ key, name, strings, pruneEmptyKeys }, registry) => {
    const value = registry.value(key, name)
    if (value?.type === 'REG_MULTI_SZ' && strings !== undefined) {
      const taken = new Set(strings.map(foldCase))
      const left = value.data.filter((text) => !taken.has(foldCase(text)))
      if (left.length > 0) return left.length === value.data.length ? [] : [{ edit: 'set', key, name, value: { type: 'REG_MULTI_SZ', data: left } }]
    }
    const edits: RegistryEdit[] = value === undefined ? [] : [{ edit: 'delete-value', key, name, pruneKey: false }]
    return pruneEmptyKeys ? [...edits, ...prunedKeys(registry, key, value === undefined ? undefined : name)] : edits
  },
)

export const regRemoveKey: RegistryHandler<OperationOf<'RegRemoveKey'>> = registryOperation(
  ({ key, ifEmpty, pruneEmptyKeys = false }, registry) => {
    if (!registry.keyExists(key) || (ifEmpty && !isEmptyKey(registry, key))) return []
    const at = key.lastIndexOf('\\')
    const parents = pruneEmptyKeys ? prunedKeys(registry, key.slice(0, at), undefined, key.slice(at + 1)) : []
    return parents.length > 0 ? parents : [{ edit: 'delete-key', key }]
  },
)

/** `[~]` at the start of a Registry.Value appends to the strings that are there, at the end puts before them. */
export function mergeStrings(present: RegistryValue | undefined, value: RegistryValue, mode: 'replace' | 'append' | 'prepend'): RegistryValue {
  if (value.type !== 'REG_MULTI_SZ' || mode === 'replace' || present?.type !== 'REG_MULTI_SZ') return value
  const added = new Set(value.data)
  const kept = present.data.filter((text) => !added.has(text))
  return { type: 'REG_MULTI_SZ', data: mode === 'append' ? [...kept, ...value.data] : [...value.data, ...kept] }
}

/** The key that the removal of a value or subkey empties, and those of its parents that hold nothing else: outermost only. */
function prunedKeys(registry: Registry, key: string, removedName: string | undefined, removedKey?: string): RegistryEdit[] {
  if (!registry.keyExists(key)) return []
  let outermost: string | undefined
  let goneChild = removedKey
  for (let at = key; !isLasting(at); at = at.slice(0, at.lastIndexOf('\\'))) {
    const { subkeys, values } = registry.counts(at)!
    const valuesGone = at === key && removedName !== undefined ? 1 : 0
    if (values > valuesGone || subkeys > (goneChild === undefined ? 0 : 1)) break
    outermost = at
    goneChild = at.slice(at.lastIndexOf('\\') + 1)
  }
  return outermost === undefined ? [] : [{ edit: 'delete-key', key: outermost }]
}

/** Those below HKLM are hives, and below a user's hive Windows makes these. */
const lastingOfUsers = new Set([
  'APPEVENTS', 'CONSOLE', 'CONTROL PANEL', 'ENVIRONMENT', 'EUDC', 'IDENTITIES', 'KEYBOARD LAYOUT', 'NETWORK', 'PRINTERS', 'SOFTWARE', 'SYSTEM',
  'UNICODE PROGRAM GROUPS', 'VOLATILE ENVIRONMENT',
])
const lastingOfSoftware = new Set(['CLASSES', 'MICROSOFT', 'POLICIES', 'WOW6432NODE'])

/** Keys of the system that stay even when nothing is in them. */
function isLasting(key: string): boolean {
  const segments = foldCase(key).split('\\')
  if (segments[0] === 'HKU') segments.splice(1, 1)
  const [root, first = '', second = ''] = segments
  if (segments.length <= 1) return true
  if (segments.length === 2) return root === 'HKLM' || lastingOfUsers.has(first)
  return segments.length === 3 && first === 'SOFTWARE' && lastingOfSoftware.has(second)
}
