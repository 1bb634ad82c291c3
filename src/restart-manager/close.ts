// How one application is closed: asked in the way of its kind, given its time, and only when forced, killed.
// Windows' order of means: https://learn.microsoft.com/windows/win32/rstmgr/guidelines-for-applications
import type { ProcessFacts, ProcessHandle, CloseSignal, ServiceOutcome } from '../platform/index.ts'
import { identityKey } from './alive.ts'
import type { Board } from './board.ts'
import { sessionEvent, type EventListener } from './events.ts'
import type { TrackedApplication } from './session-state.ts'
import { RestartManagerError, type RestartManagerPlatform, type TimeLimits } from './types.ts'

export interface ClosingTask {
  readonly platform: RestartManagerPlatform
  readonly board: Board
  readonly limits: TimeLimits
  readonly force: boolean
  readonly signal: AbortSignal
  readonly tell: EventListener
  /** What was just found out about the processes, by `identityKey`. */
  readonly facts: Map<string, ProcessFacts>
}

/** What killing may take: the host has to tear the process down. */
const killMs = 5000
/** How often a program that takes its time is looked at: it may have been suspended meanwhile. */
const wakeMs = 500
/** How often it is looked whether windows have closed without ending their program. */
const windowCheckMs = 2000

export async function closeApplication(task: ClosingTask, application: TrackedApplication): Promise<void> {
  task.tell(sessionEvent.shuttingDown(application))
  if (application.type === 'service') await closeService(task, application)
  else await closeProgram(task, application)
  if (task.board.hasFailed(application)) task.tell(sessionEvent.notShutDown(application))
  task.board.step()
}

async function closeProgram(task: ClosingTask, application: TrackedApplication): Promise<void> {
  const { platform, board, force } = task
  using handle = platform.processes.pin(application.process)
  const facts = task.facts.get(identityKey(application.process))
  if (!handle || !facts || !handle.running()) return board.mark(application, 'stoppedOther', 'it ended by itself')
  if (application.type === 'unknown' && !force) {
    return board.mark(application, 'errorOnStop', 'it ignores every signal that asks a program to end; only force would close it')
  }
  const problem = application.type === 'unknown' ? 'it ignores every signal' : await persuade(task, application, facts, handle)
  if (problem === undefined) return board.mark(application, 'stopped')
  if (!force) return board.mark(application, 'errorOnStop', problem)
  handle.signal('kill')
  if (await ended(task, handle, killMs)) board.mark(application, 'stopped', `${problem}, and was killed`)
  else board.mark(application, 'errorOnStop', `${problem}, and does not even end when killed`)
}

/** `undefined` once it has ended; otherwise what it did instead. */
async function persuade(task: ClosingTask, application: TrackedApplication, facts: ProcessFacts, handle: ProcessHandle): Promise<string | undefined> {
  const { limits, force } = task
  const isGraphical = application.type === 'mainWindow' || application.type === 'otherWindow'
  const limitMs = isGraphical ? limits.windowMs : limits.consoleMs
  if (facts.windows.length > 0 && (await handle.closeWindows()) > 0) {
    if (facts.stopped) handle.signal('continue')
    const outcome = await waitForWindows(task, handle, limitMs)
    if (outcome === 'ended') return undefined
    if (outcome === 'still open' && !force) return 'a window of it is still open'
  }
  const [first, ...others] = signalsFor(facts)
  if (first === undefined) return 'it ignores every signal that asks a program to end'
  if (!deliver(handle, first, facts.stopped)) return undefined
  if (others.length > 0 && await ended(task, handle, limitMs / 2)) return undefined
  for (const signal of others) if (!deliver(handle, signal, false)) return undefined
  if (await ended(task, handle, others.length > 0 ? limitMs / 2 : limitMs)) return undefined
  return `it did not end within ${limitMs} ms`
}

/** A program may end with its windows, or hide them and go on, or ask its user something. */
async function waitForWindows(task: ClosingTask, handle: ProcessHandle, limitMs: number): Promise<'ended' | 'closed' | 'still open'> {
  const { clock, processes } = task.platform
  const until = clock.monotonic() + limitMs
  for (let leftMs = limitMs; leftMs > 0; leftMs = until - clock.monotonic()) {
    if (await ended(task, handle, Math.min(windowCheckMs, leftMs))) return 'ended'
    const [now] = await processes.describe([handle.identity])
    if ((now?.windows.length ?? 0) === 0) return 'closed'
  }
  return 'still open'
}

/** False when it has ended meanwhile. */
function deliver(handle: ProcessHandle, signal: CloseSignal, wake: boolean): boolean {
  const outcome = handle.signal(signal)
  if (wake && outcome === 'sent') handle.signal('continue')
  return outcome !== 'gone'
}

/** A program of a terminal is used to Ctrl-C; one without expects the signal of the init system. */
function signalsFor(facts: ProcessFacts): readonly CloseSignal[] {
  const order: readonly CloseSignal[] = facts.terminal && !facts.graphical ? ['interrupt', 'terminate', 'hangup'] : ['terminate', 'interrupt', 'hangup']
  return order.filter((signal) => facts.heeds.includes(signal))
}

async function ended(task: ClosingTask, handle: ProcessHandle, limitMs: number): Promise<boolean> {
  const { clock } = task.platform
  const until = clock.monotonic() + limitMs
  let lookAt = clock.monotonic() + wakeMs
  for (let pauseMs = 1; handle.running(); pauseMs = Math.min(pauseMs * 1.5, 50)) {
    throwIfCancelled(task.signal)
    const leftMs = until - clock.monotonic()
    if (leftMs <= 0) return false
    await pause(task, Math.min(pauseMs, leftMs))
    if (clock.monotonic() < lookAt) continue
    lookAt = clock.monotonic() + wakeMs
    await wake(task, handle)
  }
  return true
}

/** A suspended program never sees what it was sent. */
async function wake({ platform }: ClosingTask, handle: ProcessHandle): Promise<void> {
  const [now] = await platform.processes.describe([handle.identity])
  if (now?.stopped === true) handle.signal('continue')
}

/** Not ended by the signal: the pauses are short, and many programs are waited for at once. */
export async function pause(task: Pick<ClosingTask, 'platform'>, ms: number): Promise<void> {
  await task.platform.clock.sleep(ms)
}

async function closeService(task: ClosingTask, application: TrackedApplication): Promise<void> {
  const { board, limits, force, signal } = task
  const { services } = task.platform
  const patience = { timeLimitMs: limits.serviceMs, signal }
  for (const trigger of application.triggers) {
    const outcome = await services.stop(trigger, patience)
    if (!outcome.done) board.warnings.push(`${trigger} was not stopped: ${outcome.message}`)
  }
  let outcome: ServiceOutcome = await services.stop(application.serviceName, patience)
  if (!outcome.done && outcome.why === 'timed-out' && force) outcome = await services.kill(application.serviceName, { timeLimitMs: Math.max(limits.serviceMs, killMs), signal })
  if (!outcome.done && outcome.why === 'cancelled') throw cancelled()
  if (outcome.done) return board.mark(application, 'stopped')
  if (outcome.why === 'timed-out') board.replace(application, { ...board.current(application), stopping: true })
  board.mark(application, 'errorOnStop', outcome.message)
}

export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled()
}

export function cancelled(): RestartManagerError {
  return new RestartManagerError('ERROR_CANCELLED', 'the Restart Manager task was cancelled')
}
