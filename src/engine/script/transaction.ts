// One transaction: scripts are executed in it, segment by segment, and in the end it is committed or rolled back.
// A nested installation executes its scripts in the transaction of the outer one. docs/design/script.md
import { foldCase, parentPath } from '../../base/index.ts'
import type { Platform } from '../../platform/index.ts'
import { InstallError } from '../session/install-error.ts'
import type { Messages } from '../session/messages.ts'
import { CaseCollisions } from './case-collisions.ts'
import { Backups } from './backups.ts'
import { CabinetPasses, CopyProblem, sameCabinet, type CabinetCopy } from './cabinet-pass.ts'
import { commitTransaction, type CommitOptions, type CommitReport } from './commit.ts'
import type { AnyOperation, CustomActionOperation, CustomActionRunner, HostWork, ScriptContext, ScriptSources } from './handler.ts'
import { Journal } from './journal.ts'
import type { ScriptEntry } from './operation.ts'
import { groupAt } from './operation-group.ts'
import { operationProblem } from './operation-problem.ts'
import type { FileCopy, FileCopyImage } from './operations/file-copy.ts'
import { handlerOf } from './operations/index.ts'
import { operationTicks } from './progress.ts'
import { finishRollback, syncFolders, undoSteps, type RollbackReport, type UndoStep } from './rollback.ts'
import { ScriptRun } from './script-run.ts'

export interface TransactionOptions {
  readonly platform: Platform
  readonly product: { readonly productCode: string; readonly productName: string }
  /** Keep nothing to roll back with: a failure leaves what was done. */
  readonly rollbackDisabled?: boolean
  /**
   * What the root survives: the end of this process at any moment, or a loss of power too (the default), for which
   * every file and the journal are made durable in their order.
   */
  readonly durability?: 'process-end' | 'power-loss'
  readonly signal?: AbortSignal
}

/** What belongs to the product whose script is executed. */
export interface ScriptHost {
  readonly messages: Messages
  readonly sources: ScriptSources
  /** Full Windows path of the package; rollback custom actions are found in it after a crash. */
  readonly packagePath?: string
  readonly runCustomAction?: CustomActionRunner
  /** Says that it did nothing when absent. */
  readonly hostWork?: HostWork
}

/** An operation that is journalled, with all that undoing it takes. */
interface Step extends UndoStep {
  readonly entry: ScriptEntry | undefined
}

export class Transaction {
  readonly #options: TransactionOptions
  readonly #backups: Backups
  readonly #durable: boolean
  readonly #steps: Step[] = []
  readonly #commitActions: { readonly operation: CustomActionOperation; readonly context: ScriptContext }[] = []
  readonly #knownFolders = new Set<string>()
  readonly #collisions = new CaseCollisions()
  /** Folders whose times are journalled, or that did not exist. */
  readonly #timedFolders = new Set<string>()
  /** Paths that operations have changed since the names were last made durable, and how many steps there were then. */
  readonly #unsettled = new Set<string>()
  #settled = 0
  #journal: Journal | undefined
  #sequence = 0
  #rollbackDisabled: boolean
  /** Registry changes may have reached the disk. */
  #flushed = false
  #state: 'open' | 'committed' | 'rolled back' = 'open'

  constructor(options: TransactionOptions) {
    this.#options = options
    this.#backups = new Backups(options.platform, (folder) => { this.#journal!.makeBackupFolder(folder) })
    this.#durable = options.durability !== 'process-end'
    this.#rollbackDisabled = options.rollbackDisabled ?? false
  }

  get rollbackDisabled(): boolean {
    return this.#rollbackDisabled
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /**
   * Executes a segment of the script.
   * @throws InstallError for the operation that failed, its message shown; the transaction must be rolled back then.
   */
  async execute(entries: readonly ScriptEntry[], host: ScriptHost): Promise<void> {
    if (this.#state !== 'open') throw new InstallError(2763)
    using passes = new CabinetPasses()
    const run = new ScriptRun(host.messages, this.#context(host), passes)
    for (let index = 0; index < entries.length;) {
      run.checkCancelled()
      const first = entries[index]!
      try {
        if (handlerOf(first.operation).effect === 'registry') {
          const applied = this.#executeRegistry(first, run)
          if (applied !== undefined) await applied
          index++
        } else {
          const group = groupAt(entries, index)
          await this.#executeGroup(group, run)
          index += group.length
        }
      } catch (error) {
        throw await run.failure(error, first.operation)
      }
      const breath = run.breathe()
      if (breath !== undefined) await breath
    }
  }

  /** @throws InstallError when a commit custom action fails; the transaction must be rolled back then. */
  async commit(host: Pick<ScriptHost, 'messages'>): Promise<CommitReport> {
    if (this.#state !== 'open') throw new InstallError(2502)
    this.#flushed = true
    const report = await this.#commit(host, this.#rollbackDisabled ? [] : this.#commitActions)
    this.#state = 'committed'
    return report
  }

  /** Takes everything back that can be taken back. Never throws. With rollback disabled, what was done stays. */
  async rollback(host: Pick<ScriptHost, 'messages'>): Promise<RollbackReport> {
    const { platform } = this.#options
    this.#state = 'rolled back'
    const log = (line: string): void => { host.messages.log(line) }
    if (this.#rollbackDisabled) {
      log('Rollback is disabled: what was done stays.')
      const problems = await this.#commit(host, []).then(() => [], (error: unknown) => [{ operation: { op: 'DisableRollback' } as const, error }])
      return { undone: 0, problems, disabled: true }
    }
    const undo = await undoSteps(this.#steps, { platform, log, journal: this.#journal, undoneAlready: new Set(), messages: host.messages, durable: this.#durable, flushed: this.#flushed })
    return finishRollback(undo, { platform, log, journal: this.#journal, steps: this.#steps, durable: this.#durable, flushed: this.#flushed })
  }

  async #commit({ messages }: Pick<ScriptHost, 'messages'>, commitActions: CommitOptions['commitActions']): Promise<CommitReport> {
    try {
      return await commitTransaction({
        platform: this.#options.platform, messages, journal: this.#journal, steps: this.#steps, durable: this.#durable, someHeld: this.#backups.someHeld, commitActions,
      })
    } catch (error) {
      if (error instanceof InstallError) throw error
      throw new InstallError(1711, [], { cause: error })
    }
  }

  #context({ messages, sources, packagePath, runCustomAction, hostWork }: ScriptHost): ScriptContext {
    const { platform, signal } = this.#options
    return {
      platform, sources, signal, backups: this.#backups, knownFolders: this.#knownFolders, collisions: this.#collisions,
      log: (line) => { messages.log(line) },
      ...(runCustomAction === undefined ? {} : { runCustomAction }), ...(packagePath === undefined ? {} : { packagePath }),
      hostWork: hostWork ?? (() => 'not done: there is nobody to ask'),
    }
  }

  /** There are tens of thousands of these, and nothing to wait for in most of them. */
  #executeRegistry(entry: ScriptEntry, run: ScriptRun): Promise<void> | undefined {
    const operation: AnyOperation = entry.operation
    const { step, image } = this.#captured(operation, entry, run)
    this.#write([step])
    const apply = (): Promise<void> | undefined => {
      const applied = handlerOf(operation).apply(operation, image, run.context)
      return applied instanceof Promise ? applied.then(() => run.progress(entry)) : run.progress(entry)
    }
    const announced = run.announce(entry)
    return announced === undefined ? apply() : announced.then(apply)
  }

  async #executeGroup(group: readonly ScriptEntry[], run: ScriptRun): Promise<void> {
    const [first] = group
    const { operation } = first!
    if (operation.op === 'ActionStart') return run.startAction(first!)
    if (operation.op === 'DisableRollback') this.#disableRollback()
    if (operation.op === 'CustomActionCommit') this.#commitActions.push({ operation, context: run.context })
    if (handlerOf(operation).effect === 'none') {
      await run.announce(first!)
      return run.progress(first!)
    }
    const steps = await this.#prepare(group, run)
    for (let index = 0; index < steps.length;) {
      const copies = copiesFromOneCabinet(steps, index)
      if (copies.length > 0) await this.#copyFromCabinet(copies, run)
      else await this.#apply(steps[index]!, run)
      index += Math.max(1, copies.length)
    }
    this.#journal!.append({ record: 'done', sequence: steps.at(-1)!.sequence })
    const { consequences } = handlerOf<AnyOperation>(operation)
    if (consequences === undefined) return
    for (const step of steps) {
      for (const consequence of consequences(step.operation, step.image, run.context)) await this.#executeInternal(consequence, run)
    }
  }

  /** Journals a group: everything it takes to undo it is durable before anything is done. */
  async #prepare(group: readonly ScriptEntry[], run: ScriptRun): Promise<readonly Step[]> {
    for (const { operation } of group) {
      for (const prerequisite of handlerOf(operation).prerequisites?.(operation, run.context) ?? []) await this.#executeInternal(prerequisite, run)
    }
    const operations = group.map((entry) => ({ operation: entry.operation as AnyOperation, entry }))
    const times = group.flatMap(({ operation }) => this.#folderTimes(operation)).map((operation) => ({ operation, entry: undefined }))
    const steps = [...times, ...operations].map(({ operation, entry }) => this.#captured(operation, entry, run).step)
    this.#settleNames(steps)
    this.#write(steps)
    return steps.slice(times.length)
  }

  async #executeInternal(operation: AnyOperation, run: ScriptRun): Promise<void> {
    const handler = handlerOf(operation)
    const times = this.#folderTimes(operation).map((one) => this.#captured(one, undefined, run).step)
    const { step, image } = this.#captured(operation, undefined, run)
    this.#settleNames([step])
    this.#write([...times, step])
    await handler.apply(operation, image, run.context)
    for (const consequence of handler.consequences?.(operation, image, run.context) ?? []) await this.#executeInternal(consequence, run)
  }

  /** What it takes to undo an operation, and to apply it. */
  #captured(operation: AnyOperation, entry: ScriptEntry | undefined, { context }: ScriptRun): { readonly step: Step; readonly image: unknown } {
    const handler = handlerOf(operation)
    const image = handler.capture(operation, context)
    const before = handler.before === undefined ? image : handler.before(image)
    return { step: { sequence: this.#sequence++, operation, image: before, context, entry, ticks: entry === undefined ? 0 : operationTicks(entry) }, image }
  }

  /**
   * A before-image may say that nothing stands at a path because an older operation took it away. Should the power go,
   * and that removal with it, taking back the younger operation would remove what stands there again: so the names that
   * an image speaks of are durable before it is.
   */
  #settleNames(steps: readonly Step[]): void {
    if (!this.#durable) return
    const touched = steps.flatMap(({ operation }) => handlerOf(operation).touches?.(operation) ?? [])
    if (touched.some((path) => this.#unsettled.has(path))) {
      syncFolders(this.#options.platform, this.#steps.slice(this.#settled))
      this.#settled = this.#steps.length
      this.#unsettled.clear()
    }
    for (const path of touched) this.#unsettled.add(path)
  }

  #write(steps: readonly Step[]): void {
    const { platform, product } = this.#options
    this.#journal ??= Journal.begin(platform, this.#backups.prefix, product, this.#durable)
    // Before they are journalled: a write that fails may leave them to be read at the next start.
    this.#steps.push(...steps)
    if (this.#sequence === steps.length && this.#rollbackDisabled) this.#journal.append({ record: 'rollback-disabled' })
    this.#journal.append(...steps.map(({ sequence, operation, image }) => ({ record: 'pending' as const, sequence, operation, image })))
    // Registry changes are durable no sooner than their flush, and the journal is synced before that.
    if (steps.some(({ operation }) => handlerOf(operation).effect !== 'registry')) this.#journal.sync()
  }

  /** The folders that an operation may change and that existed before the transaction. */
  #folderTimes(operation: AnyOperation): AnyOperation[] {
    const times: AnyOperation[] = []
    for (const path of handlerOf(operation).touches?.(operation) ?? []) {
      for (let folder = parentPath(path); folder !== undefined && !this.#timedFolders.has(foldCase(folder)); folder = parentPath(folder)) {
        this.#timedFolders.add(foldCase(folder))
        if (this.#options.platform.files.stat(folder)?.kind === 'directory') times.push({ op: 'FolderTimes', folder })
      }
    }
    return times
  }

  #disableRollback(): void {
    this.#rollbackDisabled = true
    this.#journal?.append({ record: 'rollback-disabled' })
    this.#journal?.sync()
  }

  async #apply(step: Step, run: ScriptRun): Promise<void> {
    const { operation, image, entry } = step
    await run.announce(entry!)
    for (;;) {
      try {
        await handlerOf(operation).apply(operation, image, run.context)
        return await run.progress(entry!)
      } catch (error) {
        if (await this.#survives(error, step, run) === 'skip') return await run.progress(entry!)
      }
    }
  }

  async #copyFromCabinet(copies: readonly CopyStep[], run: ScriptRun): Promise<void> {
    let left: readonly CopyStep[] = copies
    while (left.length > 0) {
      const finished = new Set<CabinetCopy>()
      const skipped = new Set<CabinetCopy>()
      try {
        const pass = run.passes.copy(left, run.context, {
          starting: (copy) => { run.later(run.announce((copy as CopyStep).entry!)) },
          copied: (copy) => {
            finished.add(copy)
            run.later(run.progress((copy as CopyStep).entry!))
          },
        })
        for (const _ of pass) {
          await run.answers()
          await run.breathe()
          run.checkCancelled()
        }
      } catch (error) {
        if (!(error instanceof CopyProblem)) throw error
        const copy = error.copy as CopyStep
        if (await this.#survives(error.cause, copy, run) === 'skip') {
          skipped.add(copy)
          await run.progress(copy.entry!)
        }
      }
      await run.answers()
      left = left.filter((copy) => !finished.has(copy) && !skipped.has(copy))
    }
  }

  /** Shows the error and asks, where there is a choice. @throws InstallError when it is final */
  async #survives(error: unknown, step: Step, run: ScriptRun): Promise<'retry' | 'skip'> {
    if (step.operation.op !== 'FileCopy' || run.isCancelled) throw await run.failure(error, step.operation)
    const problem = operationProblem(error, step.operation)
    const answer = await run.ask(problem, step.operation.vital)
    if (answer === 'fail') throw problem
    await handlerOf(step.operation).undo(step.operation, step.image, run.context)
    return answer
  }
}

type CopyStep = Step & { readonly operation: FileCopy; readonly image: FileCopyImage }

function copiesFromOneCabinet(steps: readonly Step[], index: number): CopyStep[] {
  const copies: CopyStep[] = []
  for (let at = index; at < steps.length; at++) {
    const step = steps[at]!
    if (step.operation.op !== 'FileCopy' || step.operation.source.kind !== 'cabinet') break
    if (copies.length > 0 && !sameCabinet(copies[0]!.operation, step.operation)) break
    copies.push(step as CopyStep)
  }
  return copies
}
