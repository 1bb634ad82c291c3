// What a call answers: of a session that ran, or of what failed before there was one.
import { errorCodeName, WindowsError } from '../base/index.ts'
import type { Platform } from '../platform/index.ts'
import { decisionsOf } from './decisions.ts'
import type { Decisions, InstallOptions, InstallResult } from './install-request.ts'
import type { Package } from './package/package.ts'
import type { RecoveryReport } from './script/index.ts'
import type { ProductOutcome } from './sequence/run-product.ts'
import type { Installation } from './session/installation.ts'
import { builtInErrorText } from './session/messages/error-messages.ts'
import { InstallError } from './session/messages/install-error.ts'
import { logPrefix } from './session/messages/log.ts'

export function resultOf(installation: Installation, source: Package, { exitCode, session }: ProductOutcome, recovered: readonly RecoveryReport[]): InstallResult {
  const { failure } = session
  const decider = installation.server ?? session
  const lastText = decider.messages.lastError?.text ?? session.messages.lastError?.text ?? ''
  const failed = !isSuccess(exitCode)
  let decisions: Decisions | undefined
  return {
    exitCode, code: errorCodeName(exitCode), productCode: source.productCode, productName: session.product.productName, productVersion: session.product.productVersion,
    rebootRequired: exitCode === 3010 || (installation.rebootNow && !installation.restartInitiated), rebootReasons: [...installation.rebootReasons],
    error: !failed ? undefined : failure === undefined ? { action: '', messageNumber: 0, message: lastText }
      : { action: failure.action, messageNumber: failure.messageNumber, message: lastText || installation.secrets.hideInData(failure.message), ...(failure.condition === undefined ? {} : { condition: failure.condition }) },
    recovered, plan: installation.secrets.hideInAll(installation.planned),
    // As many as the package has rows, and few want to know them.
    get decisions() { return decider.costing === 'finalized' ? decisions ??= installation.secrets.hideInAll(decisionsOf(decider)) : undefined },
  }
}

/** Restarts that follow, or are needed, take nothing away from it. */
export function isSuccess(exitCode: number): boolean {
  return exitCode === 0 || exitCode === 3010 || exitCode === 1641
}

/** What failed before or outside a session. */
export function failedResult(
  platform: Platform, options: InstallOptions, installation: Installation | undefined, source: Package | undefined, error: unknown, recovered: readonly RecoveryReport[],
): InstallResult {
  platform.trace('engine', () => error instanceof Error ? error.stack ?? error.message : String(error))
  const text = failureText(error, installation, source)
  const message = installation?.secrets.hideInData(text) ?? text
  const exitCode = error instanceof WindowsError && isInstallerCode(error.errno) ? error.errno : 1603
  const line = `${message}\nMainEngineThread is returning ${exitCode}`
  const sink = installation?.settings.sink ?? options.log
  for (const one of line.split('\n')) sink?.(logPrefix('c', platform.processes.self().pid, 0, platform.clock) + one, 'e')
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
