// The entry points: install, maintain, remove, and plan. Each answers with a result; nothing is thrown for what the
// package, the machine or the user did wrong.
// https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msiinstallproductw, …/nf-msi-msiconfigureproductexw
import { errorCodeName, WindowsError } from '../base/index.ts'
import type { Platform } from '../platform/index.ts'
import { createRestartManager } from '../restart-manager/index.ts'
import type { InstallOptions, InstallRequest, InstallResult, PatchInstallRequest } from './install-request.ts'
import { decisionsOf } from './decisions.ts'
import { resolveProduct } from './package/find-product.ts'
import { choosePackage, openInstalled, type ChosenPackage } from './package/choose-package.ts'
import { patchHolders, patchProperties, patchTargets } from './package/patches.ts'
import { checkPlatform, type Package } from './package/package.ts'
import { recoverInterruptedInstallation, sweepReplacedFiles, Transaction, type RecoveryReport } from './script/index.ts'
import { handOver } from './sequence/hand-over.ts'
import { recoveryActions } from './sequence/recovery-actions.ts'
import { runAction } from './sequence/run-action.ts'
import { runExecuteSequence, runsUiSequence, runUiSequence, type ProductOutcome, type ProductRun } from './sequence/run-product.ts'
import { runSequence } from './sequence/run-sequence.ts'
import { featureListProperties } from './session/feature-selection.ts'
import { builtInErrorText } from './session/error-messages.ts'
import { InstallError } from './session/install-error.ts'
import type { InstallSession } from './session/install-session.ts'
import { Installation, type EngineCalls, type InstallationSettings, type NestedProduct } from './session/installation.ts'
import { currentInstallerVersion, parseInstallerVersion } from './session/installer-version.ts'
import { logPrefix } from './session/log.ts'
import { SharedTransaction } from './session/shared-transaction.ts'

const defaultTimeLimitMs = 10 * 60 * 1000

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
  return call(platform, options, false, () => ({ productCode: resolveProduct(platform, product), settings: propertySettings(options) }))
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
  return call(platform, options, true, () => ({ productCode: resolveProduct(platform, product), settings: propertySettings(options) }))
}

/** A package file, or an installed product. */
interface Target {
  readonly path?: string
  readonly productCode?: string
  readonly settings: ReadonlyMap<string, string>
}

function propertySettings({ properties = {} }: InstallOptions, more: Readonly<Record<string, string>> = {}): Map<string, string> {
  return new Map([...Object.entries(properties), ...Object.entries(more)].map(([name, value]) => [name.toUpperCase(), value]))
}

/** A call that takes part in a transaction of several packages. */
export interface MemberCall extends InstallOptions {
  readonly shared?: SharedTransaction
}

/**
 * Takes the lock for several calls, and begins the transaction that they write to.
 * @throws WindowsError 1618 when an installation is running in the root
 */
export async function beginCalls(platform: Platform, options: InstallOptions, name: string) {
  const settings = settingsOf(platform, options, false)
  const recovered: RecoveryReport[] = []
  const lock = await takeLock(new Installation(settings, engineCalls), recovered)
  const { durability, signal } = settings
  const script = new Transaction({ platform, product: { productCode: '', productName: name }, durability, ...(signal === undefined ? {} : { signal }) })
  return { shared: new SharedTransaction(script), lock, recovered }
}

/** @throws WindowsError 1603 for a package that wants the machine restarted: https://learn.microsoft.com/windows/win32/msi/multiple-package-installations */
function refuseRestart(shared: SharedTransaction, { database, path }: Package): void {
  const action = ['ForceReboot', 'ScheduleReboot'].find((name) => database.table('InstallExecuteSequence')?.find(name) !== undefined)
  if (action === undefined) return
  shared.leftOut = true
  throw new WindowsError('ERROR_INSTALL_FAILURE', `package ${path}: expected none that restarts the machine, as it is one of a transaction, found ${action}; the package is left out`)
}

async function call(platform: Platform, options: MemberCall, planning: boolean, target: () => Target): Promise<InstallResult> {
  let installation: Installation | undefined
  const result = await callOnce(platform, options, planning, target, (opened) => { installation = opened })
  if (installation?.restartInitiated !== true) return result
  // The lock is released, and applications have been started again where they are not to wait for the restart.
  try {
    await options.restartMachine?.()
    return result
  } catch (error) {
    engineLine(installation.settings, `The machine could not be restarted: ${(error as Error).message}`)
    return { ...result, rebootRequired: true, ...(result.exitCode === 1641 ? { exitCode: 3010, code: errorCodeName(3010) } : {}) }
  }
}

async function callOnce(
  platform: Platform, options: MemberCall, planning: boolean, target: () => Target, opened: (installation: Installation) => void,
): Promise<InstallResult> {
  const recovered: RecoveryReport[] = []
  let installation: Installation | undefined
  let source: Package | undefined
  const { shared } = options
  try {
    const settings = settingsOf(platform, options, planning)
    // Nothing restarts in the middle of a transaction.
    installation = new Installation(shared === undefined ? settings : { ...settings, restartMachine: undefined }, engineCalls, shared)
    opened(installation)
    using lock = planning || shared !== undefined ? undefined : await takeLock(installation, recovered)
    void lock
    const { path = '', settings: asked, ...named } = target()
    refuseUnsupported(asked)
    const productCode = named.productCode ?? namedInstance(platform, asked)
    const chosen = productCode === undefined ? choosePackage(platform, path, asked) : openInstalled(platform, productCode, asked)
    source = chosen.package
    shared?.keep(source)
    checkPlatform(source.summary, platform.machine, installation.settings.installerVersion)
    if (shared !== undefined) refuseRestart(shared, source)
    await installation.learnLanguage(source)
    const run = productRun(chosen, asked)
    const viaUi = runsUiSequence(installation) && !planning ? await runUiSequence(installation, run) : undefined
    return resultOf(installation, source, viaUi ?? await runExecuteSequence(installation, run), recovered)
  } catch (error) {
    return failedResult(platform, options, installation, source, error, recovered)
  } finally {
    if (shared === undefined) source?.[Symbol.dispose]()
    else if (installation?.server !== undefined) shared.messages = installation.server.messages
  }
}

/** The list of transforms is the registered one from here on. Patches have the product installed again, unless a list of features says otherwise. */
function productRun({ package: source, sourceDir, transforms, copies }: ChosenPackage, settings: ReadonlyMap<string, string>): ProductRun {
  const known = new Map(settings)
  if (transforms !== '' || known.has('TRANSFORMS')) known.set('TRANSFORMS', transforms)
  const { patches } = source
  // An image that is patched stays where it is.
  if (patches !== undefined && known.get('ACTION') === 'ADMIN' && source.summary.adminImage && (known.get('TARGETDIR') ?? '') === '') known.set('TARGETDIR', source.folder)
  const changes = patches !== undefined && (patches.added.length > 0 || patches.removed.length > 0)
  if (changes && patches.installsAgain && featureListProperties.every((name) => (known.get(name) ?? '') === '')) {
    known.set('REINSTALL', 'ALL')
    if ((known.get('REINSTALLMODE') ?? '') === '') known.set('REINSTALLMODE', 'omus')
  }
  return {
    package: source, settings: known, transformCopies: copies, ...(sourceDir === undefined ? {} : { sourceDir }),
    ...(patches === undefined ? {} : { engineSettings: patchProperties(patches) }),
  }
}

/**
 * MSIINSTANCEGUID: of a package with instances, the one that is meant. https://learn.microsoft.com/windows/win32/msi/msiinstanceguid
 * @throws WindowsError 1605 when it is not installed
 */
function namedInstance(platform: Platform, settings: ReadonlyMap<string, string>): string | undefined {
  const code = settings.get('MSIINSTANCEGUID') ?? ''
  return code === '' ? undefined : resolveProduct(platform, code)
}

/** @throws WindowsError 1637 for what would otherwise be left out in silence */
function refuseUnsupported(settings: ReadonlyMap<string, string>): void {
  if (settings.get('MSINEWINSTANCE') === '1' && (settings.get('TRANSFORMS') ?? '') === '') {
    throw new WindowsError('ERROR_INVALID_COMMAND_LINE', 'MSINEWINSTANCE: expected TRANSFORMS with the transform of the instance first, found none')
  }
  const action = settings.get('ACTION') ?? 'INSTALL'
  if (action !== 'INSTALL' && action !== 'ADMIN' && (settings.get('PATCH') ?? '') !== '') {
    throw new WindowsError('ERROR_PATCH_PACKAGE_UNSUPPORTED', `PATCH with ACTION=${action}: patches are applied to installed products and administrative images, not to advertisements`)
  }
}

export function settingsOf(platform: Platform, options: InstallOptions, planning: boolean): InstallationSettings {
  const { restartManager } = options
  return {
    platform, planning, installerVersion: options.installerVersion === undefined ? currentInstallerVersion : parseInstallerVersion(options.installerVersion),
    uiLevel: options.ui ?? 'none', noModalDialogs: options.noModalDialogs ?? false, language: options.language, handler: options.onMessage, sink: options.log, signal: options.signal,
    customActions: options.customActions ?? 'run', timeLimitMs: options.timeLimitMs ?? defaultTimeLimitMs, deferToFirstBoot: options.deferToFirstBoot ?? false, foreignRunner: options.foreignRunner, libraryRunner: options.libraryRunner,
    restartManager: restartManager === 'none' ? undefined : restartManager ?? createRestartManager(platform),
    unregisteredApplications: options.unregisteredApplications ?? 'relaunch', durability: options.durability ?? 'power-loss', restartMachine: options.restartMachine,
  }
}

/** One installation per root at a time; what an earlier one left is cleared up before anything else. */
async function takeLock(installation: Installation, recovered: RecoveryReport[]): Promise<Disposable> {
  const { platform } = installation.settings
  const lock = platform.lockInstallation()
  if (lock === undefined) throw new InstallError(1500, [], { code: 'ERROR_INSTALL_ALREADY_RUNNING' })
  try {
    const log = (line: string): void => engineLine(installation.settings, line)
    const { durability } = installation.settings
    const runCustomAction = recoveryActions(installation.settings, engineCalls)
    recovered.push(...await recoverInterruptedInstallation(platform, log, { durability, runCustomAction }))
    lock.recovered?.()
    await sweepReplacedFiles(platform, { log, info: (number, ...fields) => { log(new InstallError(number, fields).message) } })
    return lock
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
}

function engineLine({ platform, sink }: InstallationSettings, line: string): void {
  sink?.(logPrefix('s', platform.processes.self().pid, 0, platform.clock) + line, 'v')
}

export const engineCalls: EngineCalls = {
  runAction: (session, name) => runAction(session, name),
  runSequence: (session, table) => runSequence(session, table),
  execute: executeFromClient,
  runNested,
}

/** ExecuteAction of the UI sequence. In an execute sequence there is nothing further to run. */
async function executeFromClient(client: InstallSession, action: string): Promise<ProductOutcome['status']> {
  if (client.parts.side !== 'c') return 0
  const settings = handOver(client, action)
  client.messages.log('Switching to server')
  const outcome = await runExecuteSequence(client.installation, { package: client.parts.package, settings, sourceDir: client.sourceRoot, transformCopies: client.transformCopies, throughUi: true,
    ...(client.patches === undefined ? {} : { engineSettings: patchProperties(client.patches) }) })
  client.failure ??= outcome.session.failure
  return outcome.status
}

/** An installed product, or a package of the source tree, in a session within this one. */
async function runNested(parent: InstallSession, what: NestedProduct, settings: ReadonlyMap<string, string>): Promise<number> {
  const { platform, installation } = parent
  let source: Package | undefined
  try {
    const chosen = 'productCode' in what ? openInstalled(platform, what.productCode) : choosePackage(platform, what.path, settings)
    source = chosen.package
    refuseCircle(parent, source)
    checkPlatform(source.summary, platform.machine, installation.settings.installerVersion)
    await installation.learnLanguage(source)
    const engineSettings = new Map(what.concurrent ? [['ParentProductCode', parent.product.productCode], ['ParentOriginalDatabase', parent.properties.get('OriginalDatabase')]] : [])
    const run = productRun(chosen, settings)
    const outcome = await runExecuteSequence(installation, { ...run, parent, engineSettings: new Map([...run.engineSettings ?? [], ...engineSettings]) })
    return outcome.exitCode
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
    parent.messages.log(`Nested installation failed: ${error.message}`)
    return error.errno
  } finally {
    source?.[Symbol.dispose]()
  }
}

/** @throws WindowsError 1618 for a product that is being installed already, further out, or one too many */
function refuseCircle(parent: InstallSession, { productCode, path }: Package): void {
  for (let outer: InstallSession | undefined = parent; outer !== undefined; outer = outer.parts.parent) {
    if (outer.product.productCode === productCode) throw new WindowsError('ERROR_INSTALL_ALREADY_RUNNING', `package ${path}: expected another product than ${productCode}, which is being installed`)
  }
  if (!parent.installation.mayNest()) throw new WindowsError('ERROR_INSTALL_ALREADY_RUNNING', `package ${path}: expected fewer nested installations`)
}

function resultOf(installation: Installation, source: Package, { exitCode, session }: ProductOutcome, recovered: readonly RecoveryReport[]): InstallResult {
  const { failure } = session
  const decider = installation.server ?? session
  const lastText = decider.messages.lastError?.text ?? session.messages.lastError?.text ?? ''
  const failed = !isSuccess(exitCode)
  return {
    exitCode, code: errorCodeName(exitCode), productCode: source.productCode, productName: session.product.productName, productVersion: session.product.productVersion,
    rebootRequired: exitCode === 3010 || (installation.rebootNow && !installation.restartInitiated), rebootReasons: [...installation.rebootReasons],
    error: !failed ? undefined : failure === undefined ? { action: '', messageNumber: 0, message: lastText }
      : { action: failure.action, messageNumber: failure.messageNumber, message: lastText || installation.secrets.hideInData(failure.message) },
    recovered, plan: installation.secrets.hideInAll(installation.planned), decisions: decider.costing === 'finalized' ? installation.secrets.hideInAll(decisionsOf(decider)) : undefined,
  }
}

function isSuccess(exitCode: number): boolean {
  return exitCode === 0 || exitCode === 3010 || exitCode === 1641
}

/** What failed before or outside a session. */
function failedResult(
  platform: Platform, options: InstallOptions, installation: Installation | undefined, source: Package | undefined, error: unknown, recovered: readonly RecoveryReport[],
): InstallResult {
  platform.trace('engine', () => error instanceof Error ? error.stack ?? error.message : String(error))
  const text = failureText(error, installation, source)
  const message = installation?.secrets.hideInData(text) ?? text
  const exitCode = error instanceof WindowsError && isInstallerCode(error.errno) ? error.errno : 1603
  const line = `${message}\nMainEngineThread is returning ${exitCode}`
  for (const one of line.split('\n')) options.log?.(logPrefix('c', platform.processes.self().pid, 0, platform.clock) + one, 'e')
  return {
    exitCode, code: errorCodeName(exitCode), productCode: source?.productCode ?? '', productName: source?.properties.get('ProductName') ?? '',
    productVersion: source?.properties.get('ProductVersion') ?? '', rebootRequired: false, rebootReasons: [...installation?.rebootReasons ?? []],
    error: { action: error instanceof InstallError ? error.action : '', messageNumber: error instanceof InstallError ? error.messageNumber : 0, message },
    recovered, plan: [], decisions: undefined,
  }
}

/** In the language of the product, once it is known. */
function failureText(error: unknown, installation: Installation | undefined, source: Package | undefined): string {
  if (error instanceof InstallError && error.messageNumber > 0 && installation !== undefined && source !== undefined) {
    return builtInErrorText(error.messageNumber, error.fields, installation.textsOf(source))
  }
  return error instanceof Error ? error.message : String(error)
}

function isInstallerCode(code: number): boolean {
  return code >= 1600 && code < 1660
}
