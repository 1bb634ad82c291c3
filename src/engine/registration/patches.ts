// Patches that are recorded of products: which, in what state, and facts of each. Reads only.
// https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msienumpatchesexw, …/nf-msi-msigetpatchinfoexw
// https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msienumpatchesexw, …/nf-msi-msigetpatchinfoexw
import { packGuid, unpackGuid, WindowsError } from '../../base/index.ts'
import type { Platform, RegistryValue } from '../../platform/index.ts'
import * as keys from './keys.ts'
import { allContextRoots, contextRoots, publishedContext, type ContextRoots, type ProductContext } from './product-contexts.ts'
import { infoText, unknownProduct } from './product-info.ts'

/** MSIPATCHSTATE bits; queries combine them. */
export const PatchState = { applied: 1, superseded: 2, obsoleted: 4, registered: 8 } as const

export interface RecordedPatch {
  /** Registry form. */
  readonly patchCode: string
  /** Names of the transforms that the patch contributes; `''` when it is not applied. */
  readonly transforms: string
}

/** By the names of MsiGetPatchInfoEx: values of the patch's key below the product. */
const facts: Readonly<Record<string, string>> = {
  InstallDate: 'Installed', Uninstallable: 'Uninstallable', State: 'State', DisplayName: 'DisplayName', MoreInfoURL: 'MoreInfoURL',
}

/**
 * The patches of a product in one context.
 *
 * @param states Bits of {@link PatchState}.
 * @throws WindowsError ERROR_BAD_CONFIGURATION (1610) for a list that is damaged
 * @see https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msienumpatchesexw
 * @example
 * import { PatchState, productPatchesIn } from 'msikit/engine'
 * import { createMemoryPlatform } from 'msikit/platform'
 * const appliedTo = (code: string) => productPatchesIn(createMemoryPlatform(), code, 'machine', PatchState.applied)
 */
export function productPatchesIn(platform: Platform, productCode: string, context: ProductContext, states: number, userSid?: string): RecordedPatch[] {
  const roots = contextRoots(platform.machine, context, userSid)
  const packed = packGuid(productCode) ?? ''
  const found = new Map<string, RecordedPatch>()
  if ((states & PatchState.applied) !== 0) for (const patch of appliedPatches(platform, roots, packed)) found.set(patch.patchCode, patch)
  if ((states & ~PatchState.applied) !== 0) {
    for (const patch of recordedPatches(platform, roots, packed, states)) if (!found.has(patch.patchCode)) found.set(patch.patchCode, patch)
  }
  return [...found.values()]
}

/**
 * The patches that are applied to a product, in the first context that publishes it.
 * @throws WindowsError ERROR_UNKNOWN_PRODUCT (1605), ERROR_BAD_CONFIGURATION (1610)
 */
export function productPatches(platform: Platform, productCode: string): RecordedPatch[] {
  const context = publishedContext(platform.registry, platform.machine, productCode)
  if (context === undefined) throw unknownProduct(productCode)
  return appliedPatches(platform, context, packGuid(productCode)!)
}

/**
 * The patches of all products, those of the user's products first: MsiEnumPatchesEx without a product.
 * @param states Bits of {@link PatchState}.
 * @throws WindowsError ERROR_BAD_CONFIGURATION (1610) for a list that is damaged
 */
export function allPatches(platform: Platform, states: number): (RecordedPatch & { readonly productCode: string; readonly context: ProductContext })[] {
  const { registry, machine } = platform
  return allContextRoots(registry, machine).flatMap(({ context, publishRoot }) => registry.subkeys(`${publishRoot}\\Products`).flatMap((name) => {
    const productCode = unpackGuid(name)
    return productCode === undefined ? [] : productPatchesIn(platform, productCode, context, states).map((patch) => ({ ...patch, productCode, context }))
  }))
}

/** What is published, as far as what is installed does not say otherwise. */
function appliedPatches({ registry }: Platform, { context, sid, publishRoot }: ContextRoots, packed: string): RecordedPatch[] {
  const key = `${keys.productKey(publishRoot, packed)}\\Patches`
  const list = registry.value(key, 'Patches')
  if (list === undefined) return []
  if (list.type !== 'REG_MULTI_SZ') throw damaged(key, list.type)
  return list.data.flatMap((name) => {
    const patchCode = unpackGuid(name)
    if (patchCode === undefined) throw damaged(key, name)
    const transforms = registry.value(key, name)
    if (transforms === undefined || !isInstalled(registry, context, sid, packed, name)) return []
    return [{ patchCode, transforms: infoText(transforms) }]
  })
}

function isInstalled(registry: Platform['registry'], context: ProductContext, sid: string, packed: string, patch: string): boolean {
  if (context === 'user') return registry.keyExists(patchKey(sid, patch))
  if (context === 'user-managed') return true
  const key = `${keys.userDataProductKey(sid, packed)}\\Patches\\${patch}`
  return !registry.keyExists(key) || numberOf(registry.value(key, 'State')) === PatchState.applied
}

function recordedPatches({ registry }: Platform, { sid }: ContextRoots, packed: string, states: number): RecordedPatch[] {
  const key = `${keys.userDataProductKey(sid, packed)}\\Patches`
  return registry.subkeys(key).flatMap((name) => {
    const patchCode = unpackGuid(name)
    const state = numberOf(registry.value(`${key}\\${name}`, 'State'))
    if (patchCode === undefined || state === undefined) throw damaged(key, name)
    return (state & states) !== 0 ? [{ patchCode, transforms: '' }] : []
  })
}

/**
 * One fact of a patch as a product has it: LocalPackage, Transforms, InstallDate, Uninstallable, State, DisplayName or
 * MoreInfoURL. A fact that is not recorded is `''`.
 *
 * @throws WindowsError ERROR_UNKNOWN_PRODUCT (1605), ERROR_UNKNOWN_PATCH (1647), ERROR_UNKNOWN_PROPERTY (1608)
 * @see https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msigetpatchinfoexw
 */
export function patchInfoIn(platform: Platform, patchCode: string, productCode: string, context: ProductContext, property: string, userSid?: string): string {
  const { registry, machine } = platform
  const { sid, publishRoot } = contextRoots(machine, context, userSid)
  const [patch = '', product = ''] = [packGuid(patchCode), packGuid(productCode)]
  if (!registry.keyExists(keys.installPropertiesKey(sid, product))) throw unknownProduct(productCode)
  const key = `${keys.userDataProductKey(sid, product)}\\Patches\\${patch}`
  if (!registry.keyExists(key)) throw unknownPatch(patchCode)
  if (Object.hasOwn(facts, property)) return infoText(registry.value(key, facts[property]!))
  if (property === 'LocalPackage') {
    if (!registry.keyExists(patchKey(sid, patch))) throw unknownPatch(patchCode)
    return infoText(registry.value(patchKey(sid, patch), keys.localPackageName(publishRoot)))
  }
  if (property !== 'Transforms') throw unknownProperty(property)
  const transforms = registry.value(`${keys.productKey(publishRoot, product)}\\Patches`, patch)
  if (transforms === undefined) throw unknownPatch(patchCode)
  return infoText(transforms)
}

/**
 * The same of a patch that any product has.
 * @throws WindowsError ERROR_UNKNOWN_PRODUCT (1605) when none has it, ERROR_UNKNOWN_PROPERTY (1608)
 */
export function patchInfo(platform: Platform, patchCode: string, property: string): string {
  if (property !== 'LocalPackage' && property !== 'Transforms' && !Object.hasOwn(facts, property)) throw unknownProperty(property)
  for (const { context, sid } of allContextRoots(platform.registry, platform.machine)) {
    for (const name of platform.registry.subkeys(keys.userDataProductsKey(sid))) {
      const productCode = unpackGuid(name)
      const found = productCode === undefined ? undefined : orNone(() => patchInfoIn(platform, patchCode, productCode, context, property))
      if (found !== undefined) return found
    }
  }
  throw unknownProduct(patchCode)
}

function orNone(read: () => string): string | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof WindowsError) return undefined
    throw error
  }
}

function patchKey(sid: string, patch: string): string {
  return `${keys.installerKey}\\UserData\\${sid}\\Patches\\${patch}`
}

function numberOf(value: RegistryValue | undefined): number | undefined {
  return value?.type === 'REG_DWORD' ? value.data : undefined
}

function damaged(key: string, found: string): WindowsError {
  return new WindowsError('ERROR_BAD_CONFIGURATION', `registry key ${key}: expected a list of patch codes with their states, found ${found}`)
}

function unknownPatch(patchCode: string): WindowsError {
  return new WindowsError('ERROR_UNKNOWN_PATCH', `patch ${patchCode}: expected one that the product has`)
}

function unknownProperty(property: string): WindowsError {
  return new WindowsError('ERROR_UNKNOWN_PROPERTY', `property ${property}: expected one that is known of patches`)
}
