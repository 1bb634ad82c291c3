// Which package a call runs: the one that is given, or the cached one of an installed product, with its transforms.
// https://learn.microsoft.com/windows/win32/msi/source-resiliency; engine-rules §14.2 and §14.6
import { foldCase, packGuid, WindowsError } from '../../base/index.ts'
import type { Platform } from '../../platform/index.ts'
import { findInstalledProduct, type InstalledProduct } from '../session/installed-state.ts'
import { openPackage, type Package } from './package.ts'
import { applyTransforms, type AppliedTransforms } from './transforms.ts'

export interface ChosenPackage {
  readonly package: Package
  /** Where its source was last, when it runs from the cache. */
  readonly sourceDir?: string
  /** List of transforms as it is registered; `''` for none. */
  readonly transforms: string
  /** Transforms that have to be kept, at a first installation. */
  readonly copies: AppliedTransforms['copies']
}

/** @throws WindowsError 1612 when nothing is recorded of it */
export function cachedPackage(platform: Platform, productCode: string): string {
  const { localPackage = '' } = findInstalledProduct(platform.registry, platform.machine, productCode) ?? {}
  if (localPackage === '') throw new WindowsError('ERROR_INSTALL_SOURCE_ABSENT', `product ${productCode}: expected a cached package, found none recorded`)
  return localPackage
}

/** The cached package of an installed product. */
export function openInstalled(platform: Platform, productCode: string): ChosenPackage {
  const installed = findInstalledProduct(platform.registry, platform.machine, productCode)
  const source = openPackage(platform, cachedPackage(platform, productCode))
  return installed === undefined ? plain(source) : withRegistration(platform, source, installed)
}

/**
 * An installed product runs from its cached package, unless `v` asks for the new one.
 * @throws WindowsError 1638 when another package of the same product is installed, 1624 for a transform
 */
export function choosePackage(platform: Platform, path: string, settings: ReadonlyMap<string, string>): ChosenPackage {
  const given = openPackage(platform, path)
  try {
    const transformed = withTransforms(platform, given, settings.get('TRANSFORMS') ?? '')
    if ((settings.get('ACTION') ?? 'INSTALL') !== 'INSTALL') return transformed
    const { productCode } = transformed.package
    const installed = findInstalledProduct(platform.registry, platform.machine, productCode)
    if (installed === undefined || installed.advertisedOnly) return transformed
    if ((settings.get('REINSTALLMODE') ?? '').toLowerCase().includes('v')) return transformed.transforms === '' ? withRegistration(platform, given, installed, given.folder) : transformed
    if (foldCase(installed.localPackage) === foldCase(given.path)) return withRegistration(platform, given, installed)
    checkSamePackage(given, installed)
    if (installed.localPackage === '' || platform.files.stat(installed.localPackage)?.kind !== 'file') return transformed
    const cached = openPackage(platform, installed.localPackage)
    given[Symbol.dispose]()
    return withRegistration(platform, cached, installed, given.folder)
  } catch (error) {
    given[Symbol.dispose]()
    throw error
  }
}

function plain(source: Package): ChosenPackage {
  return { package: source, transforms: '', copies: [] }
}

function withTransforms(platform: Platform, source: Package, list: string): ChosenPackage {
  if (list === '') return plain(source)
  const { package: changed, registered, copies } = applyTransforms(platform, source, list)
  return { package: changed, transforms: registered, copies }
}

/** The transforms of the first installation hold until the product is removed. */
function withRegistration(platform: Platform, source: Package, installed: InstalledProduct, sourceDir?: string): ChosenPackage {
  const key = `${installed.roots.publishRoot}\\Products\\${installed.packedProductCode}`
  const text = (at: string, name: string): string => {
    const value = platform.registry.value(at, name)
    return value?.type === 'REG_SZ' || value?.type === 'REG_EXPAND_SZ' ? value.data : ''
  }
  const lastUsed = sourceDir ?? /^[nmu];\d+;(.*)$/.exec(text(`${key}\\SourceList`, 'LastUsedSource'))?.[1] ?? ''
  const { package: changed, transforms } = withTransforms(platform, source, text(key, 'Transforms'))
  return { package: changed, transforms, copies: [], ...(lastUsed === '' ? {} : { sourceDir: lastUsed }) }
}

function checkSamePackage(given: Package, { packageCode }: InstalledProduct): void {
  // The registry has the packed form.
  if (packageCode === '' || given.summary.packageCode === '' || foldCase(packageCode) === packGuid(given.summary.packageCode)) return
  throw new WindowsError('ERROR_PRODUCT_VERSION', `package ${given.path}: another version of ${given.properties.get('ProductName') ?? given.productCode} is installed; remove it first`)
}
