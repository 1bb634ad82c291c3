// Installed products, their patches and components as the automation objects ask for them, context by context; and the few
// facts of them that scripts may change: sources, and how often a feature was used. Changes are durable at once.
// https://learn.microsoft.com/windows/win32/msi/installer-object
import { packGuid, unpackGuid, WindowsError } from '../../base/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { PatchInstance, ProductInstance, ProductsPort, SourceChange, SourceOwner } from '../../scripting/index.ts'
import { listProducts, type ProductListing } from '../package/find-product.ts'
import * as keys from '../registration/keys.ts'
import { patchInfo, patchInfoIn, productPatches, productPatchesIn } from '../registration/patches.ts'
import { allContextRoots, contextRoots, publishedContext, type ContextRoots, type ProductContext } from '../registration/product-contexts.ts'
import { hasLocalPackage, productInfo, productInfoIn, unknownProduct } from '../registration/product-info.ts'
import { componentClients, componentLocation, componentState, featureState, productState, relatedProducts } from '../registration/product-states.ts'
import { parseDescriptor, provideComponent, provideQualifiedComponent, qualifiedComponent } from '../registration/qualified-components.ts'
import {
  addMediaDisk, addSource, clearSources, forgetLastUsedSource, removeMediaDisk, removeSource, setSourceInfo, sourceList, useSource, type SourceListScope,
} from '../registration/source-list.ts'

/** MSIINSTALLCONTEXT. */
const contextBits: Readonly<Record<ProductContext, number>> = { 'user-managed': 1, user: 2, machine: 4 }
const contexts: readonly ProductContext[] = ['user-managed', 'user', 'machine']
/** Of every user. */
const everyone = 'S-1-1-0'

function sidOf({ userSid }: { readonly userSid: string }): string | undefined {
  return userSid === '' ? undefined : userSid
}

export function rootProducts(platform: Platform): ProductsPort {
  const find = (code: string): ProductListing | undefined => listProducts(platform).find(({ productCode }) => productCode.toUpperCase() === code.toUpperCase())
  return {
    list: () => listProducts(platform).map(({ productCode }) => productCode),
    info: (code, attribute) => productInfo(platform, code, attribute),
    state: (code) => productState(platform, code),
    related: (code) => relatedProducts(platform, code),
    features: (code) => find(code)?.features ?? [],
    featureState: (code, feature) => featureState(platform, code, feature),
    componentPath: (code, component) => componentLocation(platform, code, component).path,
    componentClients: (component) => componentClients(platform, component),
    components: () => [...new Set(listProducts(platform).flatMap(({ components }) => components.map(({ componentId }) => componentId)))],
    patches: (code) => productPatches(platform, code).map((patch) => patch.patchCode),
    patchInfo: (patch, attribute) => patchInfo(platform, patch, attribute),
    patchTransforms: (code, patch) => {
      const found = productPatches(platform, code).find(({ patchCode }) => patchCode === patch.toUpperCase())
      if (found === undefined) throw new WindowsError('ERROR_UNKNOWN_PATCH', `patch ${patch}: expected one that the product has`)
      return found.transforms
    },
    instances: (code, userSid, bits) => instances(platform, code, userSid, bits),
    instanceState: (product) => Number(productInfoIn(platform, product.productCode, contextOf(product), 'State', sidOf(product))),
    instanceInfo: (product, attribute) => productInfoIn(platform, product.productCode, contextOf(product), attribute, sidOf(product)),
    instanceFeatureState: (product, feature) => featureState(platform, product.productCode, feature, [rootsOf(platform, product)]),
    instanceComponentState: (product, component) => componentState(platform, product.productCode, contextOf(product), component, sidOf(product)),
    patchInstances: (code, userSid, bits, states) => instances(platform, code, userSid, bits).flatMap((product) =>
      productPatchesIn(platform, product.productCode, contextOf(product), states, sidOf(product)).map(({ patchCode }): PatchInstance => ({ ...product, patchCode }))),
    patchInstanceInfo: (patch, attribute) => patchInfoIn(platform, patch.patchCode, patch.productCode, contextOf(patch), attribute, sidOf(patch)),
    componentInstances: (userSid, bits) => componentInstances(platform, userSid, bits),
    clientInstances: (component, userSid, bits) => clientInstances(platform, component, userSid, bits),
    componentLocation: (code, component) => componentLocation(platform, code, component),
    sources: (owner) => sourceList(platform, owner.patchCode ?? owner.productCode, scopeOf(owner)),
    qualifiers: (category) => qualifiers(platform, category),
    qualifierDescription: (category, qualifier) => {
      const text = qualifiedComponent(platform, category, qualifier)
      return text.slice(parseDescriptor(text)?.length ?? text.length)
    },
    provideComponent: (code, feature, component) => provideComponent(platform, code, feature, component),
    provideQualifiedComponent: (category, qualifier) => provideQualifiedComponent(platform, category, qualifier),
    isElevated: (code) => published(platform, code).context !== 'user',
    featureUsage: (code, feature) => {
      const value = platform.registry.value(usageKey(platform, code), feature)
      return value?.type === 'REG_DWORD' ? { count: value.data & 0xffff, date: value.data >>> 16 } : { count: 0, date: 0 }
    },
    describedBy: (descriptor) => {
      const found = parseDescriptor(descriptor)
      return found === undefined ? undefined : { productCode: found.productCode, feature: found.feature, component: found.componentId }
    },
  }
}

/** @throws WindowsError as the functions on source lists do */
export function changeSourceList(platform: Platform, owner: SourceOwner, change: SourceChange): void {
  const code = owner.patchCode ?? owner.productCode
  const scope = scopeOf(owner)
  switch (change.change) {
    case 'add': return addSource(platform, code, change.kind, change.source, change.place, scope)
    case 'remove': return removeSource(platform, code, change.kind, change.source, scope)
    case 'use': return useSource(platform, code, change.kind, change.source, scope)
    case 'clear': return clearSources(platform, code, change.kinds, scope)
    case 'forget-last-used': return forgetLastUsedSource(platform, code, scope)
    case 'add-disk': return addMediaDisk(platform, code, change.disk, change, scope)
    case 'remove-disk': return removeMediaDisk(platform, code, change.disk, scope)
    default: return setSourceInfo(platform, code, change.property, change.value, scope)
  }
}

/** The count in the low half, the date as MS-DOS has it in the high one. */
export function countFeatureUse(platform: Platform, productCode: string, feature: string): void {
  const { registry, clock } = platform
  const key = usageKey(platform, productCode)
  const value = registry.value(key, feature)
  const count = Math.min(0xffff, (value?.type === 'REG_DWORD' ? value.data & 0xffff : 0) + 1)
  const today = new Date(clock.now())
  const date = (today.getUTCFullYear() - 1980) << 9 | (today.getUTCMonth() + 1) << 5 | today.getUTCDate()
  registry.createKey(key)
  registry.setValue(key, feature, { type: 'REG_DWORD', data: (date << 16 | count) >>> 0 })
  registry.flush()
}

function usageKey(platform: Platform, productCode: string): string {
  return `${keys.userDataProductKey(published(platform, productCode).sid, packGuid(productCode)!)}\\Usage`
}

function published({ registry, machine }: Platform, productCode: string): ContextRoots {
  const context = publishedContext(registry, machine, productCode)
  if (context === undefined) throw unknownProduct(productCode)
  return context
}

function contextOf({ context }: { readonly context: number }): ProductContext {
  return contexts.find((one) => contextBits[one] === context) ?? 'machine'
}

function rootsOf({ machine }: Platform, { context, userSid }: ProductInstance): ContextRoots {
  return contextRoots(machine, contextOf({ context }), userSid === '' ? undefined : userSid)
}

function scopeOf({ context, userSid, patchCode }: SourceOwner): SourceListScope {
  return {
    ...(context === undefined ? {} : { context: contextOf({ context }) }), ...(userSid === undefined || userSid === '' ? {} : { userSid }), ...(patchCode === undefined ? {} : { patch: true }),
  }
}

/** The contexts that are asked for, each with its user. @throws WindowsError ERROR_INVALID_PARAMETER */
function wantedRoots({ registry, machine }: Platform, userSid: string, bits: number): ContextRoots[] {
  if (bits < 1 || bits > 7) throw new WindowsError('ERROR_INVALID_PARAMETER', `context: expected bits of 7, found ${bits}`)
  const others = registry.subkeys(`${keys.installerKey}\\UserData`).filter((sid) => sid !== keys.localSystemSid)
  const sids = userSid === '' ? [machine.user.sid] : userSid.toUpperCase() === everyone ? [...new Set([machine.user.sid, ...others])] : [userSid]
  return contexts.filter((one) => (contextBits[one] & bits) !== 0)
    .flatMap((context) => context === 'machine' ? [contextRoots(machine, context)] : sids.map((sid) => contextRoots(machine, context, sid)))
}

function instanceIn(roots: ContextRoots, productCode: string): ProductInstance {
  return { productCode, context: contextBits[roots.context], userSid: roots.context === 'machine' ? '' : roots.sid }
}

/** Published in the context, or installed in it. */
function instances(platform: Platform, productCode: string, userSid: string, bits: number): ProductInstance[] {
  const { registry } = platform
  return wantedRoots(platform, userSid, bits).flatMap((roots) => {
    const names = productCode !== '' ? [packGuid(productCode) ?? ''] : [...new Set([...registry.subkeys(`${roots.publishRoot}\\Products`), ...registry.subkeys(keys.userDataProductsKey(roots.sid))].map((name) => name.toUpperCase()))]
    return names.filter((packed) => packed !== '' && (registry.keyExists(keys.productKey(roots.publishRoot, packed)) || hasLocalPackage(platform, roots, packed)))
      .flatMap((packed) => unpackGuid(packed) ?? []).map((code) => instanceIn(roots, code))
  })
}

/** User data do not tell who published a product: of a user's two contexts the first one that is asked for. */
function componentInstances(platform: Platform, userSid: string, bits: number): { componentCode: string; context: number; userSid: string }[] {
  const seen = new Set<string>()
  return wantedRoots(platform, userSid, bits).filter(({ sid }) => !seen.has(sid) && seen.add(sid)).flatMap((roots) =>
    platform.registry.subkeys(`${keys.installerKey}\\UserData\\${roots.sid}\\Components`).flatMap((packed) => unpackGuid(packed) ?? [])
      .map((componentCode) => ({ componentCode, context: contextBits[roots.context], userSid: roots.context === 'machine' ? '' : roots.sid })))
}

function clientInstances(platform: Platform, component: string, userSid: string, bits: number): ProductInstance[] {
  const packed = packGuid(component)
  if (packed === undefined) throw new WindowsError('ERROR_UNKNOWN_COMPONENT', `component ${component}: expected a GUID`)
  return wantedRoots(platform, userSid, bits).flatMap((roots) => platform.registry.valueNames(keys.componentKey(roots.sid, packed))
    .filter((client) => client !== keys.permanentClient && platform.registry.keyExists(keys.productKey(roots.publishRoot, client)))
    .flatMap((client) => unpackGuid(client) ?? []).map((code) => instanceIn(roots, code)))
}

function qualifiers({ registry, machine }: Platform, category: string): string[] {
  const found = allContextRoots(registry, machine).map(({ publishRoot }) => keys.publishedComponentKey(publishRoot, packGuid(category) ?? '')).filter((key) => registry.keyExists(key))
  if (found.length === 0) throw new WindowsError('ERROR_UNKNOWN_COMPONENT', `category ${category}: expected one that is published`)
  return [...new Set(found.flatMap((key) => registry.valueNames(key)))]
}
