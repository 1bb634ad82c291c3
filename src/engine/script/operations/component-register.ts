// ComponentRegister and ComponentUnregister: a product as client of a component, and the SharedDLLs count of its key
// file. https://learn.microsoft.com/windows/win32/msi/processcomponents-action; registration.md §7, §8; engine-rules §8
import { foldCase, packGuid } from '../../../base/index.ts'
import type { Registry } from '../../../platform/index.ts'
import * as keys from '../../registration/keys.ts'
import type { OperationOf } from '../handler.ts'
import type { RegistryEdit } from '../operation.ts'
import { registryOperation, type RegistryHandler } from '../registry-operation.ts'

export const componentRegister: RegistryHandler<OperationOf<'ComponentRegister'>> = registryOperation(
  ({ componentId, packedProduct, userDataSid, keyPath, permanent, sharedDll }, registry) => {
    const key = componentKey(componentId, userDataSid)
    if (key === undefined) return []
    const isCounted = isEnabledClient(registry, key, packedProduct)
    const edits: RegistryEdit[] = [{ edit: 'set', key, name: packedProduct, value: { type: 'REG_SZ', data: keyPath } }]
    if (permanent) edits.push({ edit: 'set', key, name: keys.permanentClient, value: { type: 'REG_SZ', data: keyPath } })
    // A client that is registered already is counted already.
    if (sharedDll !== undefined && !isCounted) edits.push(countEdit(registry, sharedDll, 1))
    return edits
  },
)

export const componentUnregister: RegistryHandler<OperationOf<'ComponentUnregister'>> = registryOperation(
  ({ componentId, packedProduct, userDataSid, sharedDll }, registry) => {
    const key = componentKey(componentId, userDataSid)
    if (key === undefined || registry.value(key, packedProduct) === undefined) return []
    const others = registry.valueNames(key).filter((name) => foldCase(name) !== foldCase(packedProduct))
    const edits: RegistryEdit[] = others.length === 0 ? [{ edit: 'delete-key', key }] : [{ edit: 'delete-value', key, name: packedProduct, pruneKey: false }]
    if (sharedDll !== undefined && isEnabledClient(registry, key, packedProduct) && sharedCount(registry, sharedDll) > 0) edits.push(countEdit(registry, sharedDll, -1))
    return edits
  },
)

/** A component whose condition is false is registered without a key path. */
function isEnabledClient(registry: Registry, key: string, packedProduct: string): boolean {
  const keyPath = registry.value(key, packedProduct)
  return keyPath !== undefined && keyPath.data !== ''
}

/** `undefined` for a component without a GUID, which is never registered. */
function componentKey(componentId: string, userDataSid: string): string | undefined {
  const packed = packGuid(componentId)
  return packed === undefined ? undefined : keys.componentKey(userDataSid, packed)
}

interface SharedDll {
  readonly key: string
  readonly path: string
}

function sharedCount(registry: Registry, { key, path }: SharedDll): number {
  const value = registry.value(key, path)
  return value?.type === 'REG_DWORD' ? value.data : 0
}

function countEdit(registry: Registry, shared: SharedDll, difference: 1 | -1): RegistryEdit {
  const count = sharedCount(registry, shared) + difference
  if (count <= 0) return { edit: 'delete-value', key: shared.key, name: shared.path, pruneKey: false }
  return { edit: 'set', key: shared.key, name: shared.path, value: { type: 'REG_DWORD', data: count } }
}
