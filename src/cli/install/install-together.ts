// `msikit install` of several packages: one transaction, so that all of them are installed or none.
// https://learn.microsoft.com/windows/win32/msi/multiple-package-installations
import { basename } from 'node:path'
import { beginTransaction, isSuccess, type InstallResult, type TransactionResult } from '../../engine/index.ts'
import type { CommandInput, Host } from '../program/command.ts'
import type { EngineRun } from './engine-options.ts'
import { reportFailure, reportRecovered } from './install-report.ts'

/** @returns the Windows code: of the package that failed, or of the commit. */
export async function installTogether(packages: readonly string[], run: EngineRun, { json }: Pick<CommandInput, 'json'>, host: Host): Promise<number> {
  const { log, signal, installerVersion, ...options } = run.options
  await using transaction = await beginTransaction(run.platform, {
    name: packages.map((path) => basename(path)).join(', '),
    ...(log === undefined ? {} : { log }), ...(signal === undefined ? {} : { signal }), ...(installerVersion === undefined ? {} : { installerVersion }),
  })
  const results: InstallResult[] = []
  let failed: InstallResult | undefined
  for (const path of packages) {
    const result = await transaction.install({ ...options, package: path })
    results.push(result)
    if (!isSuccess(result.exitCode)) failed = result
    if (failed !== undefined) break
  }
  if (failed !== undefined) await transaction.rollback()
  const ended = failed === undefined ? await transaction.commit() : undefined
  run.handler?.end()
  reportRecovered(transaction.recovered, host)
  const exitCode = failed?.exitCode ?? ended!.exitCode
  if (failed !== undefined) reportFailure('install', failed, run, host)
  else if (!isSuccess(exitCode)) host.err.line(`${host.err.style('red', 'msikit install:')} ${ended!.error ?? 'the end of the transaction failed'}; everything done before was taken back (${exitCode})`)
  host.err.flush()
  report(results, ended, exitCode, run, json, host)
  return exitCode
}

function report(results: readonly InstallResult[], ended: TransactionResult | undefined, exitCode: number, run: EngineRun, json: boolean, { out }: Host): void {
  const rebootRequired = ended?.rebootRequired === true || results.some((one) => one.rebootRequired)
  if (json) {
    const packages = results.map(({ plan: _plan, decisions: _decisions, recovered: _recovered, ...rest }) => rest)
    out.json({ exitCode, installed: isSuccess(exitCode), rebootRequired, packages, root: run.platform.rootFolder, log: run.log?.file ?? null })
  } else if (isSuccess(exitCode)) {
    for (const { productName, productVersion, productCode } of results) out.line(`installed ${productName} ${productVersion} ${productCode}`)
    out.line(`root ${run.platform.rootFolder}`)
    if (rebootRequired) out.line('a restart of the machine is needed to finish')
  }
}
