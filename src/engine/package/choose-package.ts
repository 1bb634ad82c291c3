// Which package a call runs: the one that is given, or the cached one of an installed product, with its transforms.
// https://learn.microsoft.com/windows/win32/msi/source-resiliency
import { foldCase, joinPath, packGuid, WindowsError } from '../../base/index.ts'
import type { Platform } from '../../platform/index.ts'
import { findInstalledProduct, type InstalledProduct } from '../session/features/installed-state.ts'
import { openPackage, type Package } from './package.ts'
import { applyPatches, patchRequest } from './patches.ts'
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

/**
 * The cached package; where there is none, as of a product that is only advertised, the one in the source.
 * @throws WindowsError 1612 when it is in neither place
 */
export function packageOf(platform: Platform, productCode: string): string {
  const installed = findInstalledProduct(platform.registry, platform.machine, productCode)
  const candidates = (installed === undefined ? [] : [installed.localPackage, sourcePackage(platform, installed)]).filter((path) => path !== '')
  const found = candidates.find((path) => platform.files.stat(path)?.kind === 'file')
  if (found !== undefined) return found
  throw new WindowsError('ERROR_INSTALL_SOURCE_ABSENT', `product ${productCode}: expected its package, found none ${candidates.length === 0 ? 'recorded' : `at ${candidates.join(' or ')}`}`)
}

function sourcePackage(platform: Platform, installed: InstalledProduct): string {
  const folder = lastUsedSource(platform, installed)
  const name = registeredText(platform, `${productKeyOf(installed)}\\SourceList`, 'PackageName')
  return folder === '' || name === '' ? '' : joinPath(folder, name)
}

/** The folder of `t;i;path`; `''` when none is recorded. */
function lastUsedSource(platform: Platform, installed: InstalledProduct): string {
  return /^[nmu];\d+;(.*)$/.exec(registeredText(platform, `${productKeyOf(installed)}\\SourceList`, 'LastUsedSource'))?.[1] ?? ''
}

function productKeyOf({ roots, packedProductCode }: InstalledProduct): string {
  return `${roots.publishRoot}\\Products\\${packedProductCode}`
}

function registeredText({ registry }: Platform, key: string, name: string): string {
  const value = registry.value(key, name)
  return value?.type === 'REG_SZ' || value?.type === 'REG_EXPAND_SZ' ? value.data : ''
}

/** The cached package of an installed product. @param path Where that is known to be. */
export function openInstalled(
  platform: Platform, productCode: string, settings: ReadonlyMap<string, string> = new Map(), path = packageOf(platform, productCode),
): ChosenPackage {
  const installed = findInstalledProduct(platform.registry, platform.machine, productCode)
  const source = openPackage(platform, path)
  return releasing(source, () => installed === undefined ? plain(withPatches(platform, source, installed, settings))
    : withRegistration(platform, withPatches(platform, source, installed, settings), installed))
}

/**
 * An installed product runs from its cached package, unless `v` asks for the new one.
 * @throws WindowsError 1638 when another package of the same product is installed, 1624 for a transform
 */
export function choosePackage(platform: Platform, path: string, settings: ReadonlyMap<string, string>): ChosenPackage {
  const given = openPackage(platform, path)
  return releasing(given, () => chooseFor(platform, given, settings))
}

function chooseFor(platform: Platform, given: Package, settings: ReadonlyMap<string, string>): ChosenPackage {
  const action = settings.get('ACTION') ?? 'INSTALL'
  const installs = action === 'INSTALL'
  // Patches are applied before transforms, which may make another product of the package.
  const comesPatched = (installs || action === 'ADMIN') && patchRequest(settings).add.length > 0
  const bare = comesPatched ? plain(given) : withTransforms(platform, given, settings.get('TRANSFORMS') ?? '')
  const installed = installs ? findInstalledProduct(platform.registry, platform.machine, bare.package.productCode) : undefined
  const asGiven = (): ChosenPackage => comesPatched ? withTransforms(platform, withPatches(platform, given, undefined, settings), settings.get('TRANSFORMS') ?? '') : bare
  if (installed === undefined || installed.advertisedOnly) return asGiven()
  if ((settings.get('REINSTALLMODE') ?? '').toLowerCase().includes('v')) {
    return bare.transforms === '' ? withRegistration(platform, withPatches(platform, given, installed, settings), installed, given.folder) : bare
  }
  if (foldCase(installed.localPackage) === foldCase(given.path)) return withRegistration(platform, withPatches(platform, given, installed, settings), installed)
  checkSamePackage(given, installed)
  if (installed.localPackage === '' || platform.files.stat(installed.localPackage)?.kind !== 'file') return asGiven()
  const cached = openPackage(platform, installed.localPackage)
  const chosen = releasing(cached, () => withRegistration(platform, withPatches(platform, cached, installed, settings), installed, given.folder))
  given[Symbol.dispose]()
  return chosen
}

function releasing(opened: Package, choose: () => ChosenPackage): ChosenPackage {
  try {
    return choose()
  } catch (error) {
    opened[Symbol.dispose]()
    throw error
  }
}

function withPatches(platform: Platform, source: Package, installed: InstalledProduct | undefined, settings: ReadonlyMap<string, string>): Package {
  return applyPatches(platform, source, installed, patchRequest(settings))
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
  const lastUsed = sourceDir ?? lastUsedSource(platform, installed)
  const { package: changed, transforms } = withTransforms(platform, source, registeredText(platform, productKeyOf(installed), 'Transforms'))
  return { package: changed, transforms, copies: [], ...(lastUsed === '' ? {} : { sourceDir: lastUsed }) }
}

function checkSamePackage(given: Package, { packageCode }: InstalledProduct): void {
  // The registry has the packed form.
  if (packageCode === '' || given.summary.packageCode === '' || foldCase(packageCode) === packGuid(given.summary.packageCode)) return
  throw new WindowsError('ERROR_PRODUCT_VERSION', `package ${given.path}: another version of ${given.properties.get('ProductName') ?? given.productCode} is installed; remove it first`)
}
