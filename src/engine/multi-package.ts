// Several packages in one transaction: all of them are installed, changed or removed, or none. What MsiBeginTransaction,
// MsiJoinTransaction and MsiEndTransaction are on Windows, within one process: docs/decisions/0086-transactions-handed-on.md
// https://learn.microsoft.com/windows/win32/msi/multiple-package-installations
import { WindowsError } from '../base/index.ts'
import type { Platform } from '../platform/index.ts'
import { beginCalls, type MemberCall } from './call.ts'
import { advertisePackage, applyPatches, configureProduct, installPackage, removePatches, repairProduct, uninstallProduct } from './install.ts'
import type { InstallOptions, InstallRequest, InstallResult, PatchInstallRequest } from './install-request.ts'
import { isSuccess } from './install-result.ts'
import type { RecoveryReport } from './script/index.ts'
import { currentInstallerVersion, parseInstallerVersion } from './session/properties/installer-version.ts'
import { readPolicies } from './session/properties/policies.ts'
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

/** What the new owner of a transaction has of its own; the rest is as before. */
export type JoinOptions = Pick<TransactionOptions, 'signal' | 'log'> & Pick<InstallOptions, 'ui' | 'onMessage'>

/** What all that are or were owners have in common. */
interface TransactionState {
  readonly shared: SharedTransaction
  readonly lock: Disposable
  readonly recovered: readonly RecoveryReport[]
  owner: PackageTransaction | undefined
  /** The package that is being installed, until it is done. */
  running: Promise<unknown> | undefined
}

/** Transactions came with 4.5. */
function refuseTransactions(platform: Platform, { name, installerVersion }: TransactionOptions): void {
  const version = installerVersion === undefined ? currentInstallerVersion : parseInstallerVersion(installerVersion)
  if (name === '') throw new WindowsError('ERROR_INVALID_PARAMETER', 'transaction: expected a name, found none')
  if (version.major < 4 || (version.major === 4 && version.minor < 5)) {
    throw new WindowsError('ERROR_CALL_NOT_IMPLEMENTED', `transaction ${name}: expected Windows Installer 4.5 or later, found ${installerVersion ?? ''}`)
  }
  if (readPolicies(platform.registry, version, () => {}).disableRollback) {
    throw new WindowsError('ERROR_ROLLBACK_DISABLED', `transaction ${name}: expected rollback to be enabled, found the policy DisableRollback`)
  }
}

/**
 * Begins a transaction: the root is locked until it ends.
 * @throws WindowsError 1618 when an installation is running in the root, 1653 with the policy DisableRollback, ERROR_INVALID_PARAMETER
 *   without a name, ERROR_CALL_NOT_IMPLEMENTED before Windows Installer 4.5
 * @see https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msibegintransactionw
 * @example
 * const both = await beginTransaction(platform, { name: 'Suite' })
 * await both.install({ package: 'C:\\one.msi' })
 * await both.install({ package: 'C:\\two.msi' })
 * await both.commit()
 */
export async function beginTransaction(platform: Platform, options: TransactionOptions): Promise<PackageTransaction> {
  refuseTransactions(platform, options)
  const begun = await beginCalls(platform, options, options.name)
  return new PackageTransaction(platform, options, { ...begun, owner: undefined, running: undefined })
}

/** The first package that fails takes everything back that was done before it, and ends the transaction. */
export class PackageTransaction implements AsyncDisposable {
  readonly #platform: Platform
  readonly #options: TransactionOptions & JoinOptions
  readonly #state: TransactionState
  readonly #shared: SharedTransaction
  #lose: () => void = () => {}
  /** Fulfilled when another one has joined, and owns the transaction. */
  readonly ownerChanged: Promise<void> = new Promise((resolve) => { this.#lose = resolve })

  constructor(platform: Platform, options: TransactionOptions & JoinOptions, state: TransactionState) {
    this.#platform = platform
    this.#options = options
    this.#state = state
    this.#shared = state.shared
    state.owner = this
  }

  /** Installations of earlier calls that were found interrupted. */
  get recovered(): readonly RecoveryReport[] {
    return this.#state.recovered
  }

  /** Neither committed nor taken back yet. */
  get isOpen(): boolean {
    return this.#shared.script.isOpen
  }

  /** Whether it is for this one to install and to end the transaction. */
  get isOwner(): boolean {
    return this.#state.owner === this
  }

  /**
   * Makes whoever asks the owner: from then on the new one installs and ends it, and this one is refused with ERROR_ACCESS_DENIED.
   * @throws WindowsError ERROR_INVALID_HANDLE_STATE when it has ended, 1618 while one of its packages is being installed
   * @see https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msijointransaction
   * @example
   * await using suite = await beginTransaction(platform, { name: 'Suite' })
   * const chainer = suite.join()
   * await chainer.install({ package: 'C:\\one.msi' })
   * await chainer.commit()
   */
  join(options: JoinOptions = {}): PackageTransaction {
    this.#expectOpen()
    this.#expectIdle()
    const previous = this.#state.owner
    const owner = new PackageTransaction(this.#platform, { ...this.#options, ...options }, this.#state)
    if (previous !== undefined) previous.#lose()
    return owner
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
    this.#expectMine()
    const messages = this.#messages()
    try {
      const { inUse } = await this.#shared.script.commit({ messages })
      this.#end()
      return { exitCode: inUse.length > 0 ? 3010 : 0, rebootRequired: inUse.length > 0, error: undefined }
    } catch (error) {
      await this.#takeBack()
      return { exitCode: 1603, rebootRequired: false, error: error instanceof Error ? error.message : String(error) }
    }
  }

  /**
   * The root is what it was. Nothing to do when the transaction has ended.
   * @throws WindowsError ERROR_ACCESS_DENIED for who is not its owner, 1618 while one of its packages is being installed
   */
  async rollback(): Promise<void> {
    if (!this.isOpen) return
    this.#expectMine()
    await this.#takeBack()
  }

  /** What its owner leaves, neither committed nor taken back, is taken back. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isOwner) return
    await this.#state.running?.catch(() => {})
    await this.#takeBack()
  }

  async #takeBack(): Promise<void> {
    if (!this.isOpen) return
    await this.#shared.script.rollback({ messages: this.#messages() })
    this.#end()
  }

  async #member(run: (more: MemberCall) => Promise<InstallResult>): Promise<InstallResult> {
    this.#expectMine()
    const running = this.#runMember(run)
    this.#state.running = running
    try {
      return await running
    } finally {
      this.#state.running = undefined
    }
  }

  async #runMember(run: (more: MemberCall) => Promise<InstallResult>): Promise<InstallResult> {
    const { durability, signal, log, installerVersion, ui, onMessage } = this.#options
    this.#shared.leftOut = false
    const result = await run({
      shared: this.#shared, ...(ui === undefined ? {} : { ui }), ...(onMessage === undefined ? {} : { onMessage }), ...(durability === undefined ? {} : { durability }), ...(signal === undefined ? {} : { signal }),
      ...(log === undefined ? {} : { log }), ...(installerVersion === undefined ? {} : { installerVersion }),
    })
    // A package that restarts the machine is left out before it begins; the others may go on.
    if (!isSuccess(result.exitCode) && !this.#shared.leftOut) await this.#takeBack()
    return result
  }

  #expectOpen(): void {
    if (!this.isOpen) throw new WindowsError('ERROR_INVALID_HANDLE_STATE', `transaction ${this.#options.name}: expected it to be open; it was committed or taken back`)
  }

  #expectIdle(): void {
    if (this.#state.running !== undefined) throw new WindowsError('ERROR_INSTALL_ALREADY_RUNNING', `transaction ${this.#options.name}: expected none of its packages to be installing, found one`)
  }

  #expectMine(): void {
    this.#expectOpen()
    if (!this.isOwner) throw new WindowsError('ERROR_ACCESS_DENIED', `transaction ${this.#options.name}: expected its owner; another one has joined it`)
    this.#expectIdle()
  }

  #messages(): Parameters<SharedTransaction['script']['commit']>[0]['messages'] {
    const log = (line: string): void => this.#options.log?.(line, 'v')
    return this.#shared.messages ?? { send: () => Promise.resolve(0 as const), error: () => Promise.resolve(0 as const), info: () => {}, log }
  }

  #end(): void {
    this.#shared[Symbol.dispose]()
    this.#state.lock[Symbol.dispose]()
  }
}
