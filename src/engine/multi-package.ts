// Several packages in one transaction: all of them are installed, changed or removed, or none. What MsiBeginTransaction and
// MsiEndTransaction are on Windows; one process does it all here, so that there is nothing to join.
// https://learn.microsoft.com/windows/win32/msi/multiple-package-installations
import { WindowsError } from '../base/index.ts'
import type { Platform } from '../platform/index.ts'
import { beginCalls, type MemberCall } from './call.ts'
import { advertisePackage, applyPatches, configureProduct, installPackage, removePatches, repairProduct, uninstallProduct } from './install.ts'
import type { InstallOptions, InstallRequest, InstallResult, PatchInstallRequest } from './install-request.ts'
import { isSuccess } from './install-result.ts'
import type { RecoveryReport } from './script/index.ts'
import type { SharedTransaction } from './session/shared-transaction.ts'

export interface TransactionOptions extends Pick<InstallOptions, 'durability' | 'signal' | 'log' | 'installerVersion'> {
  /** For the log, and for the report of a recovery after a crash. */
  readonly name: string
}

export interface TransactionResult {
  /** 0, or 1603 when the commit failed and everything was taken back. */
  readonly exitCode: number
  readonly rebootRequired: boolean
  readonly error: string | undefined
}

/** Options of one of the packages; the transaction has the rest. */
export type MemberOptions = Omit<InstallOptions, 'durability' | 'signal' | 'installerVersion'>

/**
 * Begins a transaction: the root is locked until it ends.
 * @throws WindowsError 1618 when an installation is running in the root
 * @see https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msibegintransactionw
 * @example
 * const both = await beginTransaction(platform, { name: 'Suite' })
 * await both.install({ package: 'C:\\one.msi' })
 * await both.install({ package: 'C:\\two.msi' })
 * await both.commit()
 */
export async function beginTransaction(platform: Platform, options: TransactionOptions): Promise<PackageTransaction> {
  const begun = await beginCalls(platform, options, options.name)
  return new PackageTransaction(platform, options, begun)
}

/** The first package that fails takes everything back that was done before it, and ends the transaction. */
export class PackageTransaction implements AsyncDisposable {
  readonly #platform: Platform
  readonly #options: TransactionOptions
  readonly #shared: SharedTransaction
  readonly #lock: Disposable
  /** Installations of earlier calls that were found interrupted. */
  readonly recovered: readonly RecoveryReport[]

  constructor(platform: Platform, options: TransactionOptions, begun: { readonly shared: SharedTransaction; readonly lock: Disposable; readonly recovered: readonly RecoveryReport[] }) {
    this.#platform = platform
    this.#options = options
    this.#shared = begun.shared
    this.#lock = begun.lock
    this.recovered = begun.recovered
  }

  /** Neither committed nor taken back yet. */
  get isOpen(): boolean {
    return this.#shared.script.isOpen
  }

  install(request: InstallRequest): Promise<InstallResult> {
    return this.#member((more) => installPackage(this.#platform, { ...request, ...more }))
  }

  advertise(request: InstallRequest & { readonly perMachine?: boolean }): Promise<InstallResult> {
    return this.#member((more) => advertisePackage(this.#platform, { ...request, ...more }))
  }

  configure(product: string, options: MemberOptions = {}): Promise<InstallResult> {
    return this.#member((more) => configureProduct(this.#platform, product, { ...options, ...more }))
  }

  repair(product: string, options: MemberOptions & { readonly mode?: string; readonly features?: string } = {}): Promise<InstallResult> {
    return this.#member((more) => repairProduct(this.#platform, product, { ...options, ...more }))
  }

  uninstall(product: string, options: MemberOptions = {}): Promise<InstallResult> {
    return this.#member((more) => uninstallProduct(this.#platform, product, { ...options, ...more }))
  }

  applyPatches(request: PatchInstallRequest): Promise<InstallResult> {
    return this.#member((more) => applyPatches(this.#platform, { ...request, ...more }))
  }

  removePatches(request: PatchInstallRequest): Promise<InstallResult> {
    return this.#member((more) => removePatches(this.#platform, { ...request, ...more }))
  }

  /** From here on nothing is taken back. A custom action that fails at commit takes back everything. */
  async commit(): Promise<TransactionResult> {
    this.#expectOpen()
    const messages = this.#messages()
    try {
      const { inUse } = await this.#shared.script.commit({ messages })
      this.#end()
      return { exitCode: inUse.length > 0 ? 3010 : 0, rebootRequired: inUse.length > 0, error: undefined }
    } catch (error) {
      await this.rollback()
      return { exitCode: 1603, rebootRequired: false, error: error instanceof Error ? error.message : String(error) }
    }
  }

  /** The root is what it was. Nothing to do when the transaction has ended. */
  async rollback(): Promise<void> {
    if (!this.isOpen) return
    await this.#shared.script.rollback({ messages: this.#messages() })
    this.#end()
  }

  /** What is neither committed nor taken back is taken back. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.rollback()
  }

  async #member(run: (more: MemberCall) => Promise<InstallResult>): Promise<InstallResult> {
    this.#expectOpen()
    const { durability, signal, log, installerVersion } = this.#options
    this.#shared.leftOut = false
    const result = await run({
      shared: this.#shared, ...(durability === undefined ? {} : { durability }), ...(signal === undefined ? {} : { signal }),
      ...(log === undefined ? {} : { log }), ...(installerVersion === undefined ? {} : { installerVersion }),
    })
    // A package that restarts the machine is left out before it begins; the others may go on.
    if (!isSuccess(result.exitCode) && !this.#shared.leftOut) await this.rollback()
    return result
  }

  #expectOpen(): void {
    if (!this.isOpen) throw new WindowsError('ERROR_INVALID_HANDLE_STATE', `transaction ${this.#options.name}: expected it to be open; it was committed or taken back`)
  }

  #messages(): Parameters<SharedTransaction['script']['commit']>[0]['messages'] {
    const log = (line: string): void => this.#options.log?.(line, 'v')
    return this.#shared.messages ?? { send: () => Promise.resolve(0 as const), error: () => Promise.resolve(0 as const), info: () => {}, log }
  }

  #end(): void {
    this.#shared[Symbol.dispose]()
    this.#lock[Symbol.dispose]()
  }
}
