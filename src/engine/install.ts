// The entry points: install, maintain, remove, and plan. Each answers with a result; nothing is thrown for what the
// package, the machine or the user did wrong.
// https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msiinstallproductw, …/nf-msi-msiconfigureproductexw
import { WindowsError } from '../base/index.ts'
import type { Platform } from '../platform/index.ts'
import { call } from './call.ts'
import type { InstallOptions, InstallRequest, InstallResult, PatchInstallRequest } from './install-request.ts'
import { failedResult, isSuccess } from './install-result.ts'
import { resolveProduct } from './package/find-product.ts'
import { patchHolders, patchTargets } from './package/patches.ts'

/** Installs a package, or maintains the product when it is installed already. */
export function installPackage(platform: Platform, request: InstallRequest): Promise<InstallResult> {
  return call(platform, request, false, () => ({ path: request.package, settings: propertySettings(request) }))
}

/** An administrative image of the package in TARGETDIR. */
export function administerPackage(platform: Platform, request: InstallRequest): Promise<InstallResult> {
  return call(platform, request, false, () => ({ path: request.package, settings: propertySettings(request, { ACTION: 'ADMIN' }) }))
}

/** Publishes the product without installing it. */
export function advertisePackage(platform: Platform, request: InstallRequest & { readonly perMachine?: boolean }): Promise<InstallResult> {
  const context = request.perMachine === undefined ? {} : { ALLUSERS: request.perMachine ? '1' : '' }
  return call(platform, request, false, () => ({ path: request.package, settings: propertySettings(request, { ACTION: 'ADVERTISE', ...context }) }))
}

/** @param product a product code, the name of an installed product, or a package file */
export function uninstallProduct(platform: Platform, product: string, options: InstallOptions = {}): Promise<InstallResult> {
  return configureProduct(platform, product, { ...options, properties: { ...options.properties, REMOVE: 'ALL' } })
}

/** @param options.mode letters of REINSTALLMODE, `omus` by default */
export function repairProduct(platform: Platform, product: string, options: InstallOptions & { readonly mode?: string; readonly features?: string } = {}): Promise<InstallResult> {
  const { mode = 'omus', features = 'ALL' } = options
  return configureProduct(platform, product, { ...options, properties: { ...options.properties, REINSTALL: features, REINSTALLMODE: mode } })
}

/** Changes an installed product as the properties say. */
export function configureProduct(platform: Platform, product: string, options: InstallOptions = {}): Promise<InstallResult> {
  return call(platform, options, false, () => configuration(platform, product, options))
}

/**
 * Applies patches to a product, or to every installed product that one of them is made for. Of several products the first
 * failure ends it, and is the answer; otherwise the last result is.
 * @param request.product a product code, the name of an installed product, or a package file
 * @see https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msiapplymultiplepatchesw
 * @example
 * await applyPatches(platform, { patches: ['C:\\fix.msp'] })
 */
export async function applyPatches(platform: Platform, request: PatchInstallRequest): Promise<InstallResult> {
  return changePatches(platform, request, 'PATCH', patchTargets, 'no product that it is made for is installed')
}

/**
 * Removes patches, by code or file, of a product, or of every installed product that has one of them. Of several products the
 * first failure ends it, and is the answer; otherwise the last result is.
 * @param request.product a product code, the name of an installed product, or a package file
 * @see https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msiremovepatchesw
 * @example
 * await removePatches(platform, { patches: ['{11111111-2222-3333-4444-555555555555}'] })
 */
export async function removePatches(platform: Platform, request: PatchInstallRequest): Promise<InstallResult> {
  return changePatches(platform, request, 'MSIPATCHREMOVE', patchHolders, 'it is applied to no product')
}

async function changePatches(platform: Platform, { patches, product, ...options }: PatchInstallRequest, list: 'PATCH' | 'MSIPATCHREMOVE', targets: typeof patchTargets, nowhere: string): Promise<InstallResult> {
  const change = (code: string, those: readonly string[], how: InstallOptions): Promise<InstallResult> => configureProduct(platform, code, { ...how, properties: { ...how.properties, [list]: those.join(';') } })
  if (product !== undefined) return change(product, patches, options)
  let result: InstallResult | undefined
  try {
    const products = targets(platform, patches)
    // Of several products none restarts the machine.
    const { restartMachine: _restartMachine, ...withoutRestart } = options
    for (const target of products) {
      result = await change(target.productCode, target.patches, products.length > 1 ? withoutRestart : options)
      if (!isSuccess(result.exitCode)) return result
    }
  } catch (error) {
    return failedResult(platform, options, undefined, undefined, error, [])
  }
  return result ?? failedResult(platform, options, undefined, undefined, new WindowsError('ERROR_PATCH_TARGET_NOT_FOUND', `patch ${patches.join(', ')}: ${nowhere}`), [])
}

/** The same decisions as an installation, with the script instead of its execution. Changes nothing. */
export function planInstallation(platform: Platform, request: InstallRequest): Promise<InstallResult> {
  return call(platform, request, true, () => ({ path: request.package, settings: propertySettings(request) }))
}

/** As {@link planInstallation}, for an installed product. */
export function planConfiguration(platform: Platform, product: string, options: InstallOptions = {}): Promise<InstallResult> {
  return call(platform, options, true, () => configuration(platform, product, options))
}

function configuration(platform: Platform, product: string, options: InstallOptions): { productCode: string; settings: Map<string, string> } {
  const settings = propertySettings(options)
  return { productCode: resolveProduct(platform, product, settings.get('TRANSFORMS')), settings }
}

function propertySettings({ properties = {} }: InstallOptions, more: Readonly<Record<string, string>> = {}): Map<string, string> {
  return new Map([...Object.entries(properties), ...Object.entries(more)].map(([name, value]) => [name.toUpperCase(), value]))
}
