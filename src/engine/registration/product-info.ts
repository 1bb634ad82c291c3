// What is recorded of a product, by the names of MsiGetProductInfo.
// https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msigetproductinfow
import { packGuid, unpackGuid, WindowsError } from '../../base/index.ts'
import type { Platform, RegistryValue } from '../../platform/index.ts'
import * as keys from './keys.ts'
import { contextRoots, publishedContext, type ContextRoots, type ProductContext } from './product-contexts.ts'

/** Of the installation: values of InstallProperties. */
const installed: Readonly<Record<string, string>> = {
  HelpLink: 'HelpLink', HelpTelephone: 'HelpTelephone', InstallDate: 'InstallDate', InstalledLanguage: 'Language', InstalledProductName: 'DisplayName',
  InstallLocation: 'InstallLocation', InstallSource: 'InstallSource', LocalPackage: 'LocalPackage', ProductID: 'ProductID', Publisher: 'Publisher',
  RegCompany: 'RegCompany', RegOwner: 'RegOwner', URLInfoAbout: 'URLInfoAbout', URLUpdateInfo: 'URLUpdateInfo',
  VersionMajor: 'VersionMajor', VersionMinor: 'VersionMinor', VersionString: 'DisplayVersion',
}
/** Of the advertisement. */
const published: Readonly<Record<string, string>> = {
  AssignmentType: 'Assignment', AuthorizedLUAApp: 'AuthorizedLUAApp', InstanceType: 'InstanceType', Language: 'Language', PackageCode: 'PackageCode',
  PackageName: 'PackageName', ProductIcon: 'ProductIcon', ProductName: 'ProductName', Transforms: 'Transforms', Version: 'Version',
}

/**
 * One fact of a product that is published in any of the contexts; `''` when it is not recorded.
 *
 * @throws WindowsError ERROR_UNKNOWN_PRODUCT (1605), ERROR_UNKNOWN_PROPERTY (1608), ERROR_BAD_CONFIGURATION (1610)
 * @see https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msigetproductinfow
 * @example
 * import { productInfo } from 'msikit/engine'
 * import { createMemoryPlatform } from 'msikit/platform'
 * const nameOf = (code: string) => productInfo(createMemoryPlatform(), code, 'InstalledProductName')
 */
export function productInfo(platform: Platform, productCode: string, property: string): string {
  const { registry, machine } = platform
  const context = publishedContext(registry, machine, productCode)
  if (context === undefined) throw unknownProduct(productCode)
  return readInfo(platform, context, productCode, property)
}

/**
 * The same of a product in one context, whether published or installed; `State` too: 5 installed, 1 advertised.
 * @throws WindowsError as {@link productInfo}
 * @see https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msigetproductinfoexw
 */
export function productInfoIn(platform: Platform, productCode: string, context: ProductContext, property: string, userSid?: string): string {
  const { registry, machine } = platform
  const roots = contextRoots(machine, context, userSid)
  const packed = packGuid(productCode) ?? ''
  const isPublished = registry.keyExists(keys.productKey(roots.publishRoot, packed))
  const isInstalled = hasLocalPackage(platform, roots, packed)
  if (!isPublished && !isInstalled) throw unknownProduct(productCode)
  if (property === 'State') return isInstalled ? '5' : '1'
  if (Object.hasOwn(installed, property) && !isInstalled) throw unknownProperty(property)
  if (Object.hasOwn(published, property) && !isPublished) throw unknownProduct(productCode)
  return readInfo(platform, roots, productCode, property)
}

/** The package that a published product is maintained with; `''` when none is recorded. */
export function cachedPackage({ registry, machine }: Platform, productCode: string): string {
  const roots = publishedContext(registry, machine, productCode)
  return roots === undefined ? '' : infoText(registry.value(keys.installPropertiesKey(roots.sid, packGuid(productCode)!), keys.localPackageName(roots.publishRoot)))
}

/** Whether a package is cached for maintenance: the mark of an installation in its context. */
export function hasLocalPackage({ registry }: Platform, roots: ContextRoots, packed: string): boolean {
  return registry.value(keys.installPropertiesKey(roots.sid, packed), keys.localPackageName(roots.publishRoot)) !== undefined
}

function readInfo(platform: Platform, context: ContextRoots, productCode: string, property: string): string {
  const { registry } = platform
  const packed = packGuid(productCode)!
  if (Object.hasOwn(installed, property)) {
    const key = keys.installPropertiesKey(context.sid, packed)
    if (!registry.keyExists(key)) throw unknownProperty(property)
    return infoText(registry.value(key, installed[property]!))
  }
  if (!Object.hasOwn(published, property)) throw unknownProperty(property)
  const product = keys.productKey(context.publishRoot, packed)
  const key = property === 'PackageName' ? `${product}\\SourceList` : product
  if (!registry.keyExists(key)) throw unknownProduct(productCode)
  const value = registry.value(key, published[property]!)
  return property === 'PackageCode' ? packageCode(productCode, value) : infoText(value)
}

function packageCode(productCode: string, value: RegistryValue | undefined): string {
  const text = infoText(value)
  if (value?.type !== 'REG_SZ' || text === '') return text
  const code = unpackGuid(text)
  if (code === undefined) throw new WindowsError('ERROR_BAD_CONFIGURATION', `product ${productCode}, package code: expected 32 hexadecimal digits, found ${JSON.stringify(text)}`)
  return code
}

/** Numbers in decimal. */
export function infoText(value: RegistryValue | undefined): string {
  switch (value?.type) {
    case 'REG_SZ': case 'REG_EXPAND_SZ': return value.data
    case 'REG_DWORD': case 'REG_QWORD': return String(value.data)
    default: return ''
  }
}

export function unknownProduct(productCode: string): WindowsError {
  return new WindowsError('ERROR_UNKNOWN_PRODUCT', `product ${productCode}: expected one that is installed or advertised in this context`)
}

function unknownProperty(property: string): WindowsError {
  return new WindowsError('ERROR_UNKNOWN_PROPERTY', `product property ${JSON.stringify(property)}: expected one that is recorded of this product`)
}
