// One transaction: scripts are executed in it, segment by segment, and in the end it is committed or rolled back.
// A nested installation executes its scripts in the transaction of the outer one. docs/design/script.md
import { foldCase, PackedList, parentPath } from '../../base/index.ts'
import type { Platform } from '../../platform/index.ts'
import { InstallError } from '../session/messages/install-error.ts'
import type { Messages } from '../session/messages/messages.ts'
import { Backups } from './backups.ts'
import { CabinetCopies } from './cabinet-copies.ts'
import { CabinetPasses, CopyProblem } from './cabinet-pass.ts'
import { CaseCollisions } from './case-collisions.ts'
import { commitTransaction, type CommitOptions, type CommitReport } from './commit.ts'
import type { AnyOperation, CustomActionOperation, CustomActionRunner, HostWork, Perform, ScriptContext, ScriptSources } from './handler.ts'
import { Journal, type JournalRecord } from './journal.ts'
import type { ScriptEntry } from './operation.ts'
import { entriesOf, groupEnd, type Script } from './operation-group.ts'
import { operationProblem } from './operation-problem.ts'
import { handlerOf } from './operations/index.ts'
import { operationTicks } from './progress.ts'
import { finishRollback, syncFolders, undoSteps, type RollbackReport } from './rollback.ts'
import { ScriptRun } from './script-run.ts'
import { Steps, type UndoStep } from './steps.ts'

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

export class Transaction {
  readonly #options: TransactionOptions
  readonly #backups: Backups
  readonly #durable: boolean
  readonly #steps = new Steps<ScriptContext>()
  readonly #commitActions: { readonly operation: CustomActionOperation; readonly context: ScriptContext }[] = []
  readonly #knownFolders = new Set<string>()
  readonly #collisions = new CaseCollisions()
  /** Folders whose times are journalled, or that did not exist. */
  readonly #timedFolders = new Set<string>()
  /** Hashes of paths that operations have changed since the names were last made durable, and how many steps there were then. One that two paths share costs a sync. */
  readonly #unsettled = new Set<number>()
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
   * Executes a segment of the script; a packed one is released meanwhile.
   * @throws InstallError for the operation that failed, its message shown; the transaction must be rolled back then.
   */
  async execute(script: Script, host: ScriptHost): Promise<void> {
    if (this.#state !== 'open') throw new InstallError(2763)
    using passes = new CabinetPasses()
    const run: ScriptRun = new ScriptRun(host.messages, this.#context(host, (operation) => { this.#performNow(operation, run) }), passes)
    for (let index = 0; index < script.length;) {
      run.checkCancelled()
      const first = script.at(index)!
      try {
        if (handlerOf(first.operation).effect === 'registry') {
          const applied = this.#executeRegistry(first, run)
          if (applied !== undefined) await applied
          index++
        } else {
          const [start, end] = [index, groupEnd(script, index)]
          await this.#executeGroup(first, () => entriesOf(script, start, end), run)
          index = end
        }
      } catch (error) {
        throw await run.failure(error, first.operation)
      }
      if (script instanceof PackedList) script.release(index)
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

  #context({ messages, sources, packagePath, runCustomAction, hostWork }: ScriptHost, perform: Perform): ScriptContext {
    const { platform, signal } = this.#options
    return {
      platform, sources, signal, perform, backups: this.#backups, knownFolders: this.#knownFolders, collisions: this.#collisions,
      log: (line) => { messages.log(line) },
      ...(runCustomAction === undefined ? {} : { runCustomAction }), ...(packagePath === undefined ? {} : { packagePath }),
      hostWork: hostWork ?? (() => 'not done: there is nobody to ask'),
    }
  }

  /** There are tens of thousands of these, and nothing to wait for in most of them. */
  #executeRegistry(entry: ScriptEntry, run: ScriptRun): Promise<void> | undefined {
    const operation: AnyOperation = entry.operation
    const image = this.#captureRegistry(entry, run)
    const apply = (): Promise<void> | undefined => {
      const applied = handlerOf(operation).apply(operation, image, run.context)
      return applied instanceof Promise ? applied.then(() => run.progress(entry)) : run.progress(entry)
    }
    const announced = run.announce(entry)
    return announced === undefined ? apply() : announced.then(apply)
  }

  /** Journalled without a sync: registry changes are durable no sooner than their flush, and the journal is synced before that. */
  #captureRegistry(entry: Captured, run: ScriptRun): unknown {
    const { step, image } = this.#captured(entry, run)
    this.#beginJournal()
    this.#steps.push(step, run.context)
    this.#journal!.append(pending(step))
    return image
  }

  async #executeGroup(first: ScriptEntry, group: () => Iterable<ScriptEntry>, run: ScriptRun): Promise<void> {
    const { operation } = first
    if (operation.op === 'ActionStart') return run.startAction(first)
    if (operation.op === 'DisableRollback') this.#disableRollback()
    if (operation.op === 'CustomActionCommit') this.#commitActions.push({ operation, context: run.context })
    const handler = handlerOf<AnyOperation>(operation)
    if (handler.effect === 'none') {
      await run.announce(first)
      return run.progress(first)
    }
    for (const one of group()) await this.#executeAll(handler.prerequisites?.(one.operation, run.context), run)
    const start = this.#prepare(group, run)
    const end = this.#steps.otherCount
    for (let index = start; index < end;) {
      const copies = new CabinetCopies(this.#steps, index, end)
      if (copies.length > 0) await this.#copyFromCabinet(copies, run)
      else await this.#apply(this.#steps.other(index), run)
      index += Math.max(1, copies.length)
    }
    this.#journal!.append({ record: 'done', sequence: this.#steps.other(end - 1).sequence })
    if (handler.consequences === undefined) return
    for (let index = start; index < end; index++) {
      const step = this.#steps.other(index)
      await this.#executeAll(handler.consequences(step.operation, step.image, run.context), run)
    }
  }

  /** What precedes or follows an operation, and is no entry of the script. */
  async #executeAll(operations: readonly AnyOperation[] | undefined, run: ScriptRun): Promise<void> {
    for (const operation of operations ?? []) {
      const handler = handlerOf(operation)
      const only = { operation, ticks: 0 }
      const image = handler.effect === 'registry' ? this.#captureRegistry(only, run) : this.#steps.other(this.#prepare(() => [only], run)).image
      await handler.apply(operation, image, run.context)
      await this.#executeAll(handler.consequences?.(operation, image, run.context), run)
    }
  }

  /** What a custom action asks for while it runs, done when this returns. */
  #performNow(operation: AnyOperation, run: ScriptRun): void {
    const handler = handlerOf(operation)
    for (const one of handler.prerequisites?.(operation, run.context) ?? []) this.#performNow(one, run)
    const only = { operation, ticks: 0 }
    const image = handler.effect === 'registry' ? this.#captureRegistry(only, run) : this.#steps.other(this.#prepare(() => [only], run)).image
    run.later(run.announce(only))
    if (handler.apply(operation, image, run.context) instanceof Promise) throw new TypeError(`${operation.op}: expected an operation that is done at once`)
    for (const one of handler.consequences?.(operation, image, run.context) ?? []) this.#performNow(one, run)
  }

  /** Journals operations on files: everything it takes to undo them is durable before anything is done. Answers where their steps begin. */
  #prepare(group: () => Iterable<Captured>, run: ScriptRun): number {
    const first = this.#steps.otherCount
    let start = first
    try {
      for (const { operation } of group()) {
        for (const times of this.#folderTimes(operation)) this.#steps.push(this.#captured({ operation: times, ticks: 0 }, run).step, run.context)
      }
      start = this.#steps.otherCount
      for (const entry of group()) this.#steps.push(this.#captured(entry, run).step, run.context)
      this.#settleNames(first)
      this.#beginJournal()
    } catch (error) {
      this.#steps.truncate(first)
      throw error
    }
    // From here on a write that fails may leave them to be read at the next start.
    for (const step of this.#steps.others(first)) this.#journal!.append(pending(step))
    this.#journal!.sync()
    return start
  }

  /** What it takes to undo an operation, and to apply it. */
  #captured(entry: Captured, { context }: ScriptRun): { readonly step: Omit<UndoStep, 'context'>; readonly image: unknown } {
    const { operation, data } = entry
    const handler = handlerOf(operation)
    const image = handler.capture(operation, context)
    const before = handler.before === undefined ? image : handler.before(image)
    return { step: { sequence: this.#sequence++, operation, image: before, ticks: operationTicks(entry), data }, image }
  }

  #beginJournal(): void {
    if (this.#journal !== undefined) return
    const { platform, product } = this.#options
    this.#journal = Journal.begin(platform, this.#backups.prefix, product, this.#durable)
    if (this.#rollbackDisabled) this.#journal.append({ record: 'rollback-disabled' })
  }

  /**
   * A before-image may say that nothing stands at a path because an older operation took it away. Should the power go,
   * and that removal with it, taking back the younger operation would remove what stands there again: so the names that
   * an image speaks of are durable before it is.
   * @param first Number of the first step that is not journalled yet
   */
  #settleNames(first: number): void {
    if (!this.#durable) return
    for (const path of this.#unsettled.size === 0 ? [] : pathsTouched(this.#steps.others(first))) {
      if (!this.#unsettled.has(shortHash(path))) continue
      syncFolders(this.#options.platform, this.#steps.others(this.#settled, first))
      this.#settled = first
      this.#unsettled.clear()
      break
    }
    for (const path of pathsTouched(this.#steps.others(first))) this.#unsettled.add(shortHash(path))
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

  async #apply(step: UndoStep, run: ScriptRun): Promise<void> {
    const { operation, image } = step
    await run.announce(step)
    for (;;) {
      try {
        await handlerOf(operation).apply(operation, image, run.context)
        return await run.progress(step)
      } catch (error) {
        if (await this.#survives(error, step, run) === 'skip') return await run.progress(step)
      }
    }
  }

  async #copyFromCabinet(copies: CabinetCopies, run: ScriptRun): Promise<void> {
    while (copies.left > 0) {
      try {
        const pass = run.passes.copy(copies, run.context, {
          starting: (copy) => { run.later(run.announce(copy)) },
          copied: (copy) => {
            copies.finish(copy)
            run.later(run.progress(copy))
          },
        })
        for (const _ of pass) {
          await run.answers()
          await run.breathe()
          run.checkCancelled()
        }
      } catch (error) {
        if (!(error instanceof CopyProblem)) throw error
        if (await this.#survives(error.cause, error.copy, run) === 'skip') {
          copies.finish(error.copy)
          await run.progress(error.copy)
        }
      }
      await run.answers()
    }
  }

  /** Shows the error and asks, where there is a choice. @throws InstallError when it is final */
  async #survives(error: unknown, { operation, image }: UndoStep, run: ScriptRun): Promise<'retry' | 'skip'> {
    if (operation.op !== 'FileCopy' || run.isCancelled) throw await run.failure(error, operation)
    const problem = operationProblem(error, operation)
    const answer = await run.ask(problem, operation.vital)
    if (answer === 'fail') throw problem
    await handlerOf(operation).undo(operation, image, run.context)
    return answer
  }
}

/** An entry of the script, or an operation that precedes or follows one. */
type Captured = Pick<UndoStep, 'operation' | 'ticks' | 'data'>

function* pathsTouched(steps: Iterable<UndoStep>): Generator<string, void> {
  for (const { operation } of steps) yield* handlerOf(operation).touches?.(operation) ?? []
}

/** 31 bits. */
function shortHash(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash, 31) + text.charCodeAt(index) | 0
  return hash >>> 1
}

function pending({ sequence, operation, image }: Omit<UndoStep, 'context'>): JournalRecord {
  return { record: 'pending', sequence, operation, image }
}
