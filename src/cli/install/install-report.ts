// How an installation, repair or removal ended, for people and for programs.
import { errorCodeName } from '../../base/index.ts'
import type { InstallResult } from '../../engine/index.ts'
import type { CommandInput, Host } from '../program/command.ts'
import { adviceFor, adviceForMessage } from '../program/errors.ts'
import type { EngineRun } from './engine-options.ts'

/** @param done what happened, as in `installed`. @returns the Windows code. */
export function reportResult(command: string, done: string, result: InstallResult, run: EngineRun, input: Pick<CommandInput, 'json'>, host: Host): number {
  const { exitCode, productName, productVersion, productCode, recovered } = result
  const { out, err } = host
  run.handler?.end()
  reportRecovered(recovered, host)
  const succeeded = exitCode === 0 || exitCode === 3010 || exitCode === 1641
  if (!succeeded) reportFailure(command, result, run, host)
  err.flush()
  if (input.json) {
    const { plan, decisions, ...rest } = result
    out.json({ ...rest, root: run.platform.rootFolder, log: run.log?.file ?? null, ...(plan.length === 0 ? {} : { plan }), ...(succeeded ? {} : { decisions }) })
  } else if (succeeded) {
    out.line(`${done} ${productName} ${productVersion} ${productCode}`)
    out.line(`root ${run.platform.rootFolder}`)
    if (result.rebootRequired) out.line(`a restart of the machine is needed to finish: ${result.rebootReasons.join(', ') || 'the package asks for it'}`)
  }
  return exitCode
}

export function reportRecovered(recovered: InstallResult['recovered'], { err }: Host): void {
  for (const { productName: name, outcome } of recovered) err.line(`note: an earlier installation${name === '' ? '' : ` of ${name}`} was interrupted: ${outcome}`)
}

export function reportFailure(command: string, { exitCode, error }: InstallResult, run: EngineRun, { err }: Host): void {
  const name = errorCodeName(exitCode)
  const isCancelled = name === 'ERROR_INSTALL_USEREXIT'
  const wasShown = error !== undefined && error.message !== '' && error.message === run.handler?.lastError
  const message = isCancelled ? 'cancelled; everything done before was taken back' : wasShown ? 'failed' : error?.message || `it ended with ${exitCode}`
  err.line(`${err.style('red', `msikit ${command}:`)} ${message} (${name ?? 'code'}, ${exitCode})`)
  const advice = adviceForMessage[error?.messageNumber ?? 0] ?? adviceForCondition(error?.condition) ?? (name === undefined ? undefined : adviceFor[name])
  if (advice !== undefined) err.line(advice)
  if (!isCancelled && error !== undefined && error.action !== '') {
    err.line(`Action ${error.action} failed${command === 'plan' ? '' : '; everything done before was taken back'}.${run.log === undefined ? ' `--log FILE` writes down what happens, step by step.' : ''}`)
  }
  if (run.log !== undefined) err.line(`The log is in ${run.log.file}.`)
}

/** What a search of the package did not find in the root can be told to it, where its property is public. */
function adviceForCondition(condition: string | undefined): string | undefined {
  if (condition === undefined) return undefined
  const publicProperty = condition.replaceAll(/"[^"]*"/g, '').match(/\b[A-Z][A-Z0-9_.]*\b/g)?.find((word) => !operators.has(word))
  return `The package asks for this: ${condition}${publicProperty === undefined ? '' : `. Public properties can be given: ${publicProperty}=…`}`
}

/** https://learn.microsoft.com/windows/win32/msi/conditional-statement-syntax */
const operators: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT', 'XOR', 'EQV', 'IMP'])
