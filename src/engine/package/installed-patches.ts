// The patches that a product has on this machine, opened from their cached files.
// https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msigetpatchinfoexw (LocalPackage)
import { baseName, isFullPath, isGuid, packGuid, unpackGuid, WindowsError } from '../../base/index.ts'
import { openDatabase, readPatch, type Patch } from '../../database/index.ts'
import type { Platform } from '../../platform/index.ts'
import { installerKey, localPackageName, productKey, userDataProductKey } from '../registration/keys.ts'
import { allContextRoots } from '../registration/product-contexts.ts'
import type { InstalledProduct } from '../session/features/installed-state.ts'

/** A patch of this installation: one that is installed, or one that comes. */
export interface PatchFile {
  readonly patch: Patch
  /** Full Windows path of the file that is read. */
  readonly path: string
  /** As the source list keeps it. */
  readonly fileName: string
  /** Where the file is kept; `''` for one that comes. */
  readonly localPackage: string
  /** YYYYMMDD; `''` for one that comes. */
  readonly installed: string
}

/**
 * @param lenient Leaves out what cannot be opened: a removal does without.
 * @throws WindowsError 1635 for a patch whose cached file is gone
 */
export function installedPatches(platform: Platform, product: InstalledProduct, lenient: boolean): PatchFile[] {
  return recordedCodes(platform, product).flatMap((packed) => {
    const key = `${installerKey}\\UserData\\${product.roots.userDataSid}\\Patches\\${packed}`
    const path = textOf(platform, key, localPackageName(product.roots.publishRoot))
    try {
      const file = openPatchFile(platform, path)
      const fileName = textOf(platform, `${product.roots.publishRoot}\\Patches\\${packed}\\SourceList`, 'PackageName')
      const installed = textOf(platform, `${userDataProductKey(product.roots.userDataSid, product.packedProductCode)}\\Patches\\${packed}`, 'Installed')
      return [{ ...file, fileName: fileName || file.fileName, localPackage: path, installed }]
    } catch (error) {
      if (lenient && error instanceof WindowsError) return []
      throw error
    }
  })
}

/** In the order in which they came. */
function recordedCodes({ registry }: Platform, { roots, packedProductCode }: InstalledProduct): string[] {
  const all = registry.value(`${userDataProductKey(roots.userDataSid, packedProductCode)}\\Patches`, 'AllPatches')
    ?? registry.value(`${productKey(roots.publishRoot, packedProductCode)}\\Patches`, 'Patches')
  return all?.type === 'REG_MULTI_SZ' ? all.data.filter((packed) => unpackGuid(packed) !== undefined) : []
}

/** The file of a patch that some product of the user or the machine has already; `''` when there is none. */
function cachedPatch(platform: Platform, code: string): string {
  const packed = packGuid(code) ?? ''
  for (const { sid, publishRoot } of allContextRoots(platform.registry, platform.machine)) {
    const path = textOf(platform, `${installerKey}\\UserData\\${sid}\\Patches\\${packed}`, localPackageName(publishRoot))
    if (path !== '') return path
  }
  return ''
}

/**
 * Stays open until its database is disposed: cabinets are read when files are copied.
 * @param patch Its path, or the code of one that another product has.
 * @throws WindowsError 1635 when it cannot be opened, 1636 when it is no patch
 */
export function openPatchFile(platform: Platform, patch: string): PatchFile {
  const path = isGuid(patch) ? cachedPatch(platform, patch) || patch : patch
  const windowsPath = isFullPath(path) ? path : platform.files.fromHostPath(path)
  if (windowsPath === undefined || platform.files.stat(windowsPath)?.kind !== 'file') {
    throw new WindowsError('ERROR_PATCH_PACKAGE_OPEN_FAILED', `patch ${path}: expected a patch package, found no such file`)
  }
  const file = platform.files.open(windowsPath)
  try {
    return { patch: readPatch(openDatabase(file)), path: windowsPath, fileName: baseName(windowsPath), localPackage: '', installed: '' }
  } catch (error) {
    file[Symbol.dispose]()
    if (!(error instanceof WindowsError)) throw error
    throw new WindowsError('ERROR_PATCH_PACKAGE_INVALID', `patch ${path}: ${error.message}`, { cause: error })
  }
}

function textOf({ registry }: Platform, key: string, name: string): string {
  const value = registry.value(key, name)
  return value?.type === 'REG_SZ' || value?.type === 'REG_EXPAND_SZ' ? value.data : ''
}
