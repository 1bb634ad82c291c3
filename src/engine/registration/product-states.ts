// States of products, features and components as the registry has them, for any product, in no session.
// https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msiqueryproductstatew and its like
import { guidFromBase85, packGuid, unpackGuid, WindowsError } from '../../base/index.ts'
import type { Platform, Registry } from '../../platform/index.ts'
import { InstallState } from '../session/features/states.ts'
import * as keys from './keys.ts'
import { allContextRoots, contextRoots, ignoresUsers, publishedContext, type ContextRoots, type ProductContext } from './product-contexts.ts'
import { hasLocalPackage, infoText, unknownProduct } from './product-info.ts'

/** What INSTALLSTATE has beyond the states of a session. */
export const QueryState = { notUsed: -7, badConfiguration: -6, ...InstallState } as const
export type QueryState = (typeof QueryState)[keyof typeof QueryState]

const absentMark = '\x06'
const parentMark = '\x02'
const base85Length = 20

/** Default (5) installed, advertised (1), absent (2) installed for somebody else or no longer published, unknown (-1). */
export function productState(platform: Platform, productCode: string): QueryState {
  const { registry, machine } = platform
  const packed = packGuid(productCode)
  if (packed === undefined) return QueryState.unknown
  const published = publishedContext(registry, machine, productCode)
  if (published !== undefined) return isInstalledFor(registry, published.sid, packed) ? QueryState.default : QueryState.advertised
  return isInstalledForAnyone(registry, packed) ? QueryState.absent : QueryState.unknown
}

/** For the machine or for any user, whether it is published to the one at hand or not. */
export function isInstalledForAnyone(registry: Registry, packedProduct: string): boolean {
  const sids = ignoresUsers(registry) ? [keys.localSystemSid] : registry.subkeys(keys.userDataKey)
  return sids.some((sid) => isInstalledFor(registry, sid, packedProduct))
}

function isInstalledFor(registry: Registry, sid: string, packedProduct: string): boolean {
  return registry.value(keys.installPropertiesKey(sid, packedProduct), 'WindowsInstaller') !== undefined
}

/** Local when every component of the feature is registered, source when one of them runs from the source. */
export function featureState({ registry, machine }: Platform, productCode: string, feature: string, contexts: readonly ContextRoots[] = allContextRoots(registry, machine)): QueryState {
  const packed = packGuid(productCode)
  if (packed === undefined) return QueryState.unknown
  for (const { publishRoot, sid } of contexts) {
    const published = registry.value(keys.featuresKey(publishRoot, packed), feature)
    if (published === undefined) continue
    if (infoText(published).startsWith(absentMark)) return QueryState.absent
    const components = registry.value(keys.userDataFeaturesKey(sid, packed), feature)
    return components === undefined ? QueryState.advertised : stateOfComponents(registry, sid, packed, infoText(components).split(parentMark)[0]!)
  }
  return QueryState.unknown
}

function stateOfComponents(registry: Registry, sid: string, packed: string, components: string): QueryState {
  if (components !== '' && components.length < base85Length) return QueryState.badConfiguration
  let state: QueryState = QueryState.local
  for (let at = 0; at + base85Length <= components.length; at += base85Length) {
    const component = packGuid(guidFromBase85(components.slice(at, at + base85Length)) ?? '')
    const keyPath = component === undefined ? '' : infoText(registry.value(keys.componentKey(sid, component), packed))
    if (keyPath === '') return QueryState.advertised
    if (runsFromSource(keyPath)) state = QueryState.source
  }
  return state
}

/**
 * The state of a component as this product has it.
 * @throws WindowsError ERROR_UNKNOWN_PRODUCT (1605); ERROR_UNKNOWN_COMPONENT (1607) when the product is no client of it
 */
export function componentState(platform: Platform, productCode: string, context: ProductContext, componentId: string, userSid?: string): QueryState {
  const { registry, machine } = platform
  const roots = contextRoots(machine, context, userSid)
  const packed = packGuid(productCode) ?? ''
  if (!registry.keyExists(keys.productKey(roots.publishRoot, packed)) && !hasLocalPackage(platform, roots, packed)) throw unknownProduct(productCode)
  // A product that is only advertised in this context has no components here, whatever it has in another.
  const value = hasLocalPackage(platform, roots, packed) ? registry.value(keys.componentKey(roots.sid, packGuid(componentId) ?? ''), packed) : undefined
  if (value === undefined) throw unknownComponent(componentId)
  const keyPath = infoText(value)
  if (keyPath === '') return QueryState.notUsed
  return runsFromSource(keyPath) ? QueryState.source : QueryState.local
}

export interface ComponentLocation {
  /** Absent when the key path is recorded and nothing is there. */
  readonly state: QueryState
  /** The key path: of a file or folder, or of a registry value with its root's number. `''` when unknown. */
  readonly path: string
}

/** Where a product has a component. */
export function componentLocation(platform: Platform, productCode: string, componentId: string): ComponentLocation {
  const packed = packGuid(productCode)
  const component = packGuid(componentId)
  if (packed === undefined || component === undefined) return { state: QueryState.unknown, path: '' }
  for (const { sid } of allContextRoots(platform.registry, platform.machine)) {
    const value = platform.registry.value(keys.componentKey(sid, component), packed)
    if (value !== undefined) return locate(platform, infoText(value))
  }
  return { state: QueryState.unknown, path: '' }
}

/** Where a product has a component in one context. */
export function componentLocationIn(platform: Platform, productCode: string, context: ProductContext, componentId: string, userSid?: string): ComponentLocation {
  const { sid } = contextRoots(platform.machine, context, userSid)
  const value = platform.registry.value(keys.componentKey(sid, packGuid(componentId) ?? ''), packGuid(productCode) ?? '')
  return value === undefined ? { state: QueryState.unknown, path: '' } : locate(platform, infoText(value))
}

/** Where the first of its clients has a component. */
export function locateComponent(platform: Platform, componentId: string): ComponentLocation {
  const [client] = componentClients(platform, componentId)
  return client === undefined ? { state: QueryState.unknown, path: '' } : componentLocation(platform, client, componentId)
}

/** Product codes of a component's clients, those of the user first. The client that keeps a permanent component is none. */
export function componentClients({ registry, machine }: Platform, componentId: string): string[] {
  const component = packGuid(componentId)
  if (component === undefined) return []
  const sids = [...new Set(allContextRoots(registry, machine).map(({ sid }) => sid))]
  return sids.flatMap((sid) => registry.valueNames(keys.componentKey(sid, component)))
    .filter((packed) => packed !== keys.permanentClient)
    .flatMap((packed) => unpackGuid(packed) ?? [])
}

/** How many products count a file under SharedDLLs, in the view that the key belongs to. */
export function sharedDllCount(registry: Registry, path: string, key = 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\SharedDLLs'): number {
  const value = registry.value(key, path)
  return value?.type === 'REG_DWORD' ? value.data : 0
}

/** Product codes that share an upgrade code, in the order of the contexts. */
export function relatedProducts({ registry, machine }: Platform, upgradeCode: string): string[] {
  const packed = packGuid(upgradeCode)
  if (packed === undefined) return []
  const found = allContextRoots(registry, machine).flatMap(({ publishRoot }) => registry.valueNames(keys.upgradeCodeKey(publishRoot, packed)))
  return [...new Set(found)].flatMap((name) => unpackGuid(name) ?? [])
}

function locate({ files, registry }: Platform, keyPath: string): ComponentLocation {
  // A question mark stands for the colon where a shared file is counted.
  const path = keyPath.replace(/^([A-Za-z])\?/, '$1:')
  if (runsFromSource(path)) return { state: QueryState.source, path }
  const inRegistry = /^(\d)(\d):\\?(.*)$/s.exec(path)
  const isThere = inRegistry === null ? files.stat(path) !== undefined : registryPathExists(registry, Number(inRegistry[1]), Number(inRegistry[2]), inRegistry[3]!)
  return { state: isThere ? QueryState.local : QueryState.absent, path }
}

/** `RR:\Key\Name`: 0 to 3 in the second digit are the roots, 2 in the first the 64-bit view. Without a name it ends in a backslash. */
function registryPathExists(registry: Registry, width: number, root: number, rest: string): boolean {
  const base = ['HKLM\\Software\\Classes', 'HKCU', 'HKLM', 'HKU'][root]
  if (base === undefined) return false
  const at = rest.lastIndexOf('\\')
  const key = `${base}\\${rest.slice(0, Math.max(at, 0))}`
  const views = width === 0 && root === 2 ? [key.replace(/^HKLM\\Software\\/i, 'HKLM\\Software\\Wow6432Node\\'), key] : [key]
  const name = rest.slice(at + 1)
  return views.some((view) => name === '' ? registry.keyExists(view) : registry.value(view, name) !== undefined)
}

/** `DD\path`, with the number of a disk; `RR:\…` is a key of the registry. */
function runsFromSource(keyPath: string): boolean {
  return /^\d\d[^:]/.test(keyPath)
}

function unknownComponent(componentId: string): WindowsError {
  return new WindowsError('ERROR_UNKNOWN_COMPONENT', `component ${componentId}: expected one that the product is a client of`)
}
