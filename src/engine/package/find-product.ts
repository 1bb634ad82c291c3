// Installed products: all of them, or the one that a code, a name or a package file means.
// https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msienumproductsexw, …/nf-msi-msienumrelatedproductsw
import { isFullPath, isGuid, unpackGuid, WindowsError } from '../../base/index.ts'
import type { Platform, Registry } from '../../platform/index.ts'
import { featuresKey, installPropertiesKey, productKey } from '../registration/keys.ts'
import { findInstalledProduct, installedFeatureState, registrationRoots, type InstalledProduct, type RegistrationRoots } from '../session/features/installed-state.ts'
import type { InstallState } from '../session/features/states.ts'
import { openPackage } from './package.ts'
import { applyTransforms } from './transforms.ts'

export interface ProductListing {
  readonly productCode: string
  readonly productName: string
  readonly productVersion: string
  readonly publisher: string
  /** LANGID. */
  readonly language: number
  readonly perMachine: boolean
  /** Published only: it is installed when it is first used. */
  readonly advertisedOnly: boolean
  /** `YYYYMMDD`; `''` when not recorded. */
  readonly installDate: string
  readonly installLocation: string
  readonly installSource: string
  /** The cached package. */
  readonly localPackage: string
  readonly features: readonly { readonly name: string; readonly parent: string; readonly state: InstallState }[]
  readonly components: readonly { readonly componentId: string; readonly keyPath: string }[]
}

/** Sorted by name, then by code. */
export function listProducts(platform: Platform): ProductListing[] {
  return [...installedProducts(platform)].map(([productCode, product]) => describe(platform.registry, productCode, product))
    .sort((a, b) => compare(a.productName, b.productName) || compare(a.productCode, b.productCode))
}

function* installedProducts({ registry, machine }: Platform): Generator<[productCode: string, product: InstalledProduct]> {
  for (const roots of registrationRoots(registry, machine)) {
    for (const packed of packedProducts(registry, roots)) {
      const productCode = unpackGuid(packed)
      const product = productCode === undefined ? undefined : findInstalledProduct(registry, machine, productCode)
      if (product !== undefined && product.roots.publishRoot === roots.publishRoot) yield [productCode!, product]
    }
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function packedProducts(registry: Registry, roots: RegistrationRoots): Set<string> {
  const userData = `HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\${roots.userDataSid}\\Products`
  return new Set([...registry.subkeys(`${roots.publishRoot}\\Products`), ...registry.subkeys(userData)].map((name) => name.toUpperCase()))
}

function describe(registry: Registry, productCode: string, product: InstalledProduct): ProductListing {
  const { roots, packedProductCode: packed } = product
  const properties = installPropertiesKey(roots.userDataSid, packed)
  const published = productKey(roots.publishRoot, packed)
  const version = numberValue(registry, published, 'Version') ?? 0
  return {
    productCode, productName: nameOf(registry, product),
    productVersion: textValue(registry, properties, 'DisplayVersion') || `${version >>> 24}.${(version >>> 16) & 0xff}.${version & 0xffff}`,
    publisher: textValue(registry, properties, 'Publisher'), language: numberValue(registry, published, 'Language') ?? 0,
    perMachine: roots.perMachine, advertisedOnly: product.advertisedOnly, installDate: textValue(registry, properties, 'InstallDate'),
    installLocation: textValue(registry, properties, 'InstallLocation'), installSource: textValue(registry, properties, 'InstallSource'),
    localPackage: product.localPackage, features: featuresOf(registry, product), components: componentsOf(registry, product),
  }
}

function nameOf(registry: Registry, { roots, packedProductCode: packed }: InstalledProduct): string {
  return textValue(registry, productKey(roots.publishRoot, packed), 'ProductName') || textValue(registry, installPropertiesKey(roots.userDataSid, packed), 'DisplayName')
}

function featuresOf(registry: Registry, product: InstalledProduct): ProductListing['features'] {
  const key = featuresKey(product.roots.publishRoot, product.packedProductCode)
  return [...registry.valueNames(key)].sort(compare).map((name) => ({
    name, parent: textValue(registry, key, name).replace('\u0006', ''), state: installedFeatureState(registry, product, name),
  }))
}

function componentsOf(registry: Registry, product: InstalledProduct): ProductListing['components'] {
  const root = `HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\${product.roots.userDataSid}\\Components`
  const components: { componentId: string; keyPath: string }[] = []
  for (const packed of registry.subkeys(root)) {
    const value = registry.value(`${root}\\${packed}`, product.packedProductCode)
    const componentId = unpackGuid(packed)
    if (componentId !== undefined && value?.type === 'REG_SZ') components.push({ componentId, keyPath: value.data })
  }
  return components.sort((a, b) => compare(a.componentId, b.componentId))
}

/**
 * The product code that the user means: a code, the name of an installed product, or a package file.
 * @param transforms the TRANSFORMS property: with these a package file is another instance
 * @throws WindowsError 1605 when no installed product is meant, or several are
 */
export function resolveProduct(platform: Platform, text: string, transforms = ''): string {
  const code = isGuid(text) ? text.toUpperCase() : byName(platform, text) ?? byFile(platform, text, transforms)
  if (code === undefined || findInstalledProduct(platform.registry, platform.machine, code) === undefined) {
    throw new WindowsError('ERROR_UNKNOWN_PRODUCT', `product ${text}: expected one that is installed`)
  }
  return code
}

function byName(platform: Platform, text: string): string | undefined {
  const found = [...installedProducts(platform)].filter(([, product]) => nameOf(platform.registry, product).toUpperCase() === text.toUpperCase()).map(([code]) => code)
  if (found.length > 1) throw new WindowsError('ERROR_UNKNOWN_PRODUCT', `product ${text}: expected one, found ${found.sort(compare).join(', ')}; name it by its code`)
  return found[0]
}

function byFile(platform: Platform, text: string, transforms: string): string | undefined {
  const path = isFullPath(text) ? text : platform.files.fromHostPath(text)
  if (path === undefined || platform.files.stat(path)?.kind !== 'file') return undefined
  using source = openPackage(platform, path)
  return transforms === '' ? source.productCode : applyTransforms(platform, source, transforms).package.productCode
}

function textValue(registry: Registry, key: string, name: string): string {
  const value = registry.value(key, name)
  return value?.type === 'REG_SZ' || value?.type === 'REG_EXPAND_SZ' ? value.data : ''
}

function numberValue(registry: Registry, key: string, name: string): number | undefined {
  const value = registry.value(key, name)
  return value?.type === 'REG_DWORD' ? value.data : undefined
}
