// One call of the installer, from the lock of the root to its result; or one of several that share lock and transaction.
// https://learn.microsoft.com/windows/win32/msi/installation-mechanism, …/-msiexecute-mutex
import { errorCodeName, WindowsError } from '../base/index.ts'
import type { Platform } from '../platform/index.ts'
import { createRestartManager } from '../restart-manager/index.ts'
import { engineCalls } from './engine-calls.ts'
import type { InstallOptions, InstallResult } from './install-request.ts'
import { failedResult, resultOf } from './install-result.ts'
import { choosePackage, openInstalled } from './package/choose-package.ts'
import { resolveProduct } from './package/find-product.ts'
import { checkPlatform, type Package } from './package/package.ts'
import { recoverInterruptedInstallation, sweepReplacedFiles, Transaction, type RecoveryReport } from './script/index.ts'
import { productRun } from './sequence/product-run.ts'
import { recoveryActions } from './sequence/recovery-actions.ts'
import { runExecuteSequence, runsUiSequence, runUiSequence } from './sequence/run-product.ts'
import { Installation, type InstallationSettings } from './session/installation.ts'
import { InstallError } from './session/messages/install-error.ts'
import { logPrefix } from './session/messages/log.ts'
import { openPackageLog, type PackageLog } from './session/messages/package-log.ts'
import { currentInstallerVersion, parseInstallerVersion } from './session/properties/installer-version.ts'
import { SharedTransaction } from './session/shared-transaction.ts'

const defaultTimeLimitMs = 10 * 60 * 1000

/** A package file, or an installed product. */
interface Target {
  readonly path?: string
  readonly productCode?: string
  readonly settings: ReadonlyMap<string, string>
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

export async function call(platform: Platform, options: MemberCall, planning: boolean, target: () => Target): Promise<InstallResult> {
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
  let log: PackageLog | undefined
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
    log = settings.sink === undefined && !planning ? openPackageLog(platform, source, settings.installerVersion) : undefined
    if (log !== undefined) installation.logTo(log)
    if ((asked.get('LIMITUI') ?? source.properties.get('LIMITUI') ?? '') !== '') installation.limitUi()
    const run = productRun(chosen, asked)
    const viaUi = runsUiSequence(installation) && !planning ? await runUiSequence(installation, run) : undefined
    return resultOf(installation, source, viaUi ?? await runExecuteSequence(installation, run), recovered)
  } catch (error) {
    return failedResult(platform, options, installation, source, error, recovered)
  } finally {
    log?.[Symbol.dispose]()
    if (shared === undefined) source?.[Symbol.dispose]()
    else if (installation?.server !== undefined) shared.messages = installation.server.messages
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
    uiLevel: options.ui ?? 'none', noModalDialogs: options.noModalDialogs ?? false,
    hideCancel: options.hideCancel ?? false, sourceResolutionOnly: options.sourceResolutionOnly ?? false, language: options.language, handler: options.onMessage, sink: options.log, logFile: options.logFile, signal: options.signal,
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
