// One transaction: everything between InstallInitialize and InstallFinalize, nested sessions included. Undone as a
// whole unless it is committed. https://learn.microsoft.com/windows/win32/msi/rollback-installation; engine-rules §5
import type { ScriptEntry } from '../script/operation.ts'
import type { TransactionRunner, TransactionSession } from './installation.ts'
import { ActionStatus } from './states.ts'

export class Transaction {
  readonly #runner: TransactionRunner
  /** The session that began it, and ends it. */
  readonly owner: TransactionSession
  #state: 'open' | 'committed' | 'rolled-back' = 'open'

  constructor(runner: TransactionRunner, owner: TransactionSession) {
    this.#runner = runner
    this.owner = owner
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  get replacedInUse(): boolean {
    return this.#runner.replacedInUse
  }

  disableRollback(): void {
    this.#runner.disableRollback()
  }

  async execute(entries: readonly ScriptEntry[], session: TransactionSession): Promise<ActionStatus> {
    return entries.length === 0 ? ActionStatus.success : this.#runner.execute(entries, session)
  }

  /** Commit actions run first; one that fails still lets everything be undone. */
  async commit(session: TransactionSession): Promise<ActionStatus> {
    const status = await this.#runner.commit(session)
    if (status === ActionStatus.success) this.#state = 'committed'
    return status
  }

  async rollback(session: TransactionSession): Promise<void> {
    if (this.#state !== 'open') return
    this.#state = 'rolled-back'
    await this.#runner.rollback(session)
  }
}
