// The execution of one segment as others see it: the log's lines, action data and progress, errors and who is asked about
// them, and whether somebody has cancelled. It changes nothing.
import { WindowsError } from '../../base/index.ts'
import { InstallError } from '../session/messages/install-error.ts'
import { MessageAnswer, MessageType, type Messages } from '../session/messages/messages.ts'
import type { CabinetPasses } from './cabinet-pass.ts'
import { OperationDialect } from './dialect.ts'
import type { AnyOperation, ScriptContext } from './handler.ts'
import type { Operation, ScriptEntry } from './operation.ts'
import { operationProblem } from './operation-problem.ts'
import { operationTicks } from './progress.ts'
import type { UndoStep } from './steps.ts'

/** An entry of the script, or the step that came of it. */
type Announced = Pick<UndoStep, 'operation' | 'ticks' | 'data'>

/** The execution of one segment: its messages, progress and cancellation. */
export class ScriptRun {
  readonly context: ScriptContext
  readonly passes: CabinetPasses
  readonly #messages: Messages
  readonly #dialect = new OperationDialect()
  #later: Promise<unknown>[] = []
  #lastBreathMs: number
  #cancelled = false

  constructor(messages: Messages, context: ScriptContext, passes: CabinetPasses) {
    this.#messages = messages
    this.context = context
    this.passes = passes
    this.#lastBreathMs = context.platform.clock.monotonic()
  }

  get isCancelled(): boolean {
    return this.#cancelled || this.context.signal?.aborted === true
  }

  checkCancelled(): void {
    if (this.isCancelled) throw cancelled()
  }

  async startAction(entry: ScriptEntry): Promise<void> {
    const { operation } = entry
    if (operation.op !== 'ActionStart') return
    this.#logLines(entry)
    await this.#sendCancellable(MessageType.actionStart, [null, operation.name, operation.description, operation.template])
  }

  /** The log's line of an operation, and its ActionData. Nothing to wait for when nobody is told. */
  announce(entry: Announced): Promise<void> | undefined {
    if (this.#messages.isUnheard === true) return undefined
    this.#logLines(entry)
    if (entry.data === undefined) return undefined
    const record: (string | number | null)[] = []
    for (const [field, value] of Object.entries(entry.data)) record[Number(field)] = value
    return this.#sendCancellable(MessageType.actionData, Array.from(record, (field) => field ?? null))
  }

  progress(entry: Announced): Promise<void> | undefined {
    const ticks = this.#messages.isUnheard === true ? 0 : operationTicks(entry)
    return ticks > 0 ? this.#sendCancellable(MessageType.progress, [null, 2, ticks, 0]) : undefined
  }

  /** Within a step of a pass over a cabinet nothing can be awaited. */
  later(message: Promise<unknown> | undefined): void {
    if (message !== undefined) this.#later.push(message)
  }

  async answers(): Promise<void> {
    if (this.#later.length === 0) return
    const sent = this.#later
    this.#later = []
    await Promise.all(sent)
  }

  /** Lets signals and timers of the host in, now and then. */
  breathe(): Promise<void> | undefined {
    return this.context.platform.clock.monotonic() - this.#lastBreathMs < 50 ? undefined : this.#breathe()
  }

  async #breathe(): Promise<void> {
    const { clock } = this.context.platform
    await clock.sleep(0)
    this.#lastBreathMs = clock.monotonic()
  }

  /** Shows an error that ends the script. */
  async failure(error: unknown, operation: AnyOperation): Promise<InstallError> {
    await this.answers().catch(() => {})
    if (this.isCancelled) return cancelled()
    const problem = operationProblem(error, operation)
    if (!problem.reported) {
      problem.reported = true
      // The message has a number of the host's at best; this says what was found.
      if (problem.cause instanceof WindowsError) this.#messages.log(problem.cause.message)
      await this.#messages.error(problem.messageNumber, ...problem.fields)
    }
    return problem
  }

  /** Shows an error of a file copy. A file that is not vital may be left out, but only by somebody who says so. */
  async ask(problem: InstallError, isVital: boolean): Promise<'retry' | 'skip' | 'fail'> {
    const buttons = isVital ? { buttons: 'retry-cancel', defaultButton: 2 } as const : { buttons: 'abort-retry-ignore' } as const
    problem.reported = true
    const answer = await this.#messages.send(MessageType.error, [null, problem.messageNumber, ...problem.fields], buttons)
    if (answer === MessageAnswer.retry) return 'retry'
    return !isVital && answer === MessageAnswer.ignore ? 'skip' : 'fail'
  }

  #logLines({ operation }: Announced): void {
    if (this.#messages.isUnlogged === true) return
    for (const line of this.#dialect.lines(operation as Operation)) this.#messages.log(line)
  }

  async #sendCancellable(type: MessageType, record: readonly (string | number | null)[]): Promise<void> {
    const answer = await this.#messages.send(type, record)
    if (answer === MessageAnswer.cancel || answer === MessageAnswer.abort) this.#cancelled = true
  }
}

function cancelled(): InstallError {
  return new InstallError(1602, [], { code: 'ERROR_INSTALL_USEREXIT', reported: true })
}
