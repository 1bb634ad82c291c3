// Opens a package, or an installed product, to look into it and to run single actions. Nothing is installed: what
// actions write for the script is planned, and programs of the package are not run.
// https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msiopenpackagew, …/nf-msi-msiopenproductw
import { WindowsError } from '../base/index.ts'
import type { Database } from '../database/index.ts'
import type { Platform } from '../platform/index.ts'
import { settingsOf } from './call.ts'
import { engineCalls } from './engine-calls.ts'
import type { InstallOptions } from './install-request.ts'
import { openInstalled } from './package/choose-package.ts'
import { resolveProduct } from './package/find-product.ts'
import { checkPlatform, openPackage, packageFromDatabase, type Package } from './package/package.ts'
import { cachedPackage } from './registration/product-info.ts'
import { productState, QueryState } from './registration/product-states.ts'
import { describeUserInterface } from './sequence/frame-messages.ts'
import type { InstallSession } from './session/install-session.ts'
import { Installation } from './session/installation.ts'
import { MessageType } from './session/messages/messages.ts'
import { openSession } from './session/open-session.ts'
import { PackageSession } from './session/package-session.ts'

/** A package by its Windows path, or a database that is open already with the path it is from. */
export type PackageToOpen = { readonly path: string } | { readonly database: Database; readonly path: string }

/**
 * A session of the package, before its first action.
 * @throws WindowsError 1619 or 1620 when it is no package, 1633 or 1623 when it is none for this machine
 * @example
 * using session = openPackageSession(platform, { path: 'C:\\app.msi' })
 * await session.doAction('CostInitialize')
 */
export function openPackageSession(platform: Platform, source: PackageToOpen, options: InstallOptions = {}): PackageSession {
  return open(platform, () => 'database' in source ? describedPackage(source) : openPackage(platform, source.path), options)
}

/**
 * A session of an installed product, from its cached package with the transforms it was installed with.
 * @throws WindowsError 1605 when no such product is installed, or it is only advertised; 1619 without its package
 */
export function openProductSession(platform: Platform, product: string, options: InstallOptions = {}): PackageSession {
  const code = resolveProduct(platform, product)
  if (productState(platform, code) !== QueryState.default) throw new WindowsError('ERROR_UNKNOWN_PRODUCT', `product ${product}: expected one that is installed`)
  const path = cachedPackage(platform, code)
  if (path === '') throw new WindowsError('ERROR_UNKNOWN_PRODUCT', `product ${product}: expected its cached package, found none recorded`)
  if (platform.files.stat(path)?.kind !== 'file') {
    throw new WindowsError('ERROR_INSTALL_PACKAGE_OPEN_FAILED', `product ${product}: expected its cached package, found none at ${path}`)
  }
  return open(platform, () => openInstalled(platform, code, undefined, path).package, options)
}

/** What Windows wants of a package before it looks any further. */
function describedPackage({ database, path }: { readonly database: Database; readonly path: string }): Package {
  const opened = packageFromDatabase(database, path)
  if (opened.summary.packageCode === '' || opened.summary.schema === 0) {
    throw new WindowsError('ERROR_INSTALL_PACKAGE_INVALID', `package ${path}, summary information: expected a revision number and a page count`)
  }
  return opened
}

/** A user interface is told that there is one before the package is opened, and that there is none any more when that fails. */
function open(platform: Platform, openSource: () => Package, options: InstallOptions): PackageSession {
  const { onMessage } = options
  const told = onMessage?.({ type: MessageType.initialize, record: [null], text: '' })
  try {
    const source = openSource()
    const session = openSourceSession(platform, source, options)
    return new PackageSession(session, { release: () => { source[Symbol.dispose]() }, ...(onMessage === undefined ? {} : { opening: describe(told, session) }) })
  } catch (error) {
    void onMessage?.({ type: MessageType.terminate, record: [null], text: '' })
    throw error
  }
}

async function describe(told: unknown, session: InstallSession): Promise<void> {
  await told
  await describeUserInterface(session)
}

function openSourceSession(platform: Platform, source: Package, options: InstallOptions): InstallSession {
  try {
    const installation = new Installation(settingsOf(platform, options, true), engineCalls)
    checkPlatform(source.summary, platform.machine, installation.settings.installerVersion)
    const settings = new Map(Object.entries(options.properties ?? {}).map(([name, value]) => [name.toUpperCase(), value]))
    return openSession(installation, { package: source, settings, side: 'c', findsSourceLater: true })
  } catch (error) {
    source[Symbol.dispose]()
    throw error
  }
}
