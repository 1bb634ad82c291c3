// RmShutdown: asks everybody first, then closes windows, console programs, services and the desktop's shell in that order,
// and looks again for what a supervisor has started anew. Nothing is closed unless everything in the list may be.
// https://learn.microsoft.com/windows/win32/api/restartmanager/nf-restartmanager-rmshutdown
import { Board } from './board.ts'
import { closeApplication, pause, throwIfCancelled, type ClosingTask } from './close.ts'
import type { ApplicationType } from './constants.ts'
import type { EventListener } from './events.ts'
import { withLateRegistration, type Inspection } from './inspection.ts'
import { isStopped, publicView, sameApplication, withStatus, type TrackedApplication } from './session-state.ts'
import { RestartManagerError, type ShutdownOptions, type TaskOutcome, type TimeLimits } from './types.ts'
import type { RestartManagerPlatform } from './types.ts'

/** Windows' own, from the pages on guidelines for applications and on service shutdown. */
export const defaultLimits: TimeLimits = { queryMs: 5000, windowMs: 30_000, consoleMs: 30_000, serviceMs: 20_000, respawnMs: 300 }

const order: readonly (readonly ApplicationType[])[] = [['mainWindow', 'otherWindow'], ['console', 'unknown'], ['service'], ['explorer']]

export interface ShutdownTask {
  readonly platform: RestartManagerPlatform
  readonly options: ShutdownOptions
  readonly signal: AbortSignal
  /** Applications of an earlier shutdown of this session, and those that have ended by themselves since they were listed. */
  readonly before: readonly TrackedApplication[]
  /** All that an earlier shutdown has dealt with. */
  readonly history: readonly TrackedApplication[]
  readonly tell: EventListener
  inspect(): Promise<Inspection>
  save(applications: readonly TrackedApplication[]): void
}

export async function shutDown(task: ShutdownTask): Promise<TaskOutcome> {
  const { platform, options, signal } = task
  const inspection = await task.inspect()
  refuseReboot(inspection)
  const known = task.before.filter((application) => !inspection.applications.some((found) => sameApplication(found, application)))
  const found = inspection.applications.map((application) => withEarlierFailure(application, task.history))
  const board = new Board([...known, ...found], (applications) => task.save(applications), options.onProgress)
  const closing: ClosingTask = {
    platform, board, signal, tell: task.tell, force: options.force ?? false, limits: { ...defaultLimits, ...options.limits }, facts: new Map(inspection.facts),
  }
  const plan = found.filter(isClosable)
  if (options.onlyRegistered) refuseUnregistered(plan, board)
  for (const application of await askEverybody(closing, plan)) board.replace(application, withLateRegistration(platform, board.current(application), inspection))
  throwIfCancelled(signal)
  board.save()
  try {
    await closeAll(closing, plan)
    await closeRespawned(closing, task, plan)
  } catch (error) {
    if (error instanceof RestartManagerError && error.code === 'ERROR_CANCELLED') {
      throw new RestartManagerError('ERROR_CANCELLED', error.message, { applications: board.applications.map(publicView) })
    }
    throw error
  } finally {
    board.save()
  }
  refuseFailures(board)
  board.finish()
  return { applications: board.applications.map(publicView), warnings: [...inspection.warnings, ...board.warnings] }
}

/** The statuses are a history: that it went on when it was first asked stays true when it is closed at last. */
function withEarlierFailure(application: TrackedApplication, history: readonly TrackedApplication[]): TrackedApplication {
  const known = history.findLast((candidate) => sameApplication(candidate, application))
  return known?.status.includes('errorOnStop') === true ? withStatus(application, 'errorOnStop') : application
}

function isClosable(application: TrackedApplication): boolean {
  return application.type !== 'critical' && !application.status.includes('shutdownMasked')
}

function refuseReboot({ rebootReasons, applications }: Inspection): void {
  if (rebootReasons.length === 0) return
  const blockers = applications.filter((application) => application.rebootReasons.length > 0)
  throw new RestartManagerError('ERROR_FAIL_NOACTION_REBOOT',
    `nothing was closed, because not everything can be: ${blockers.map(describeBlocker).join('; ') || 'not every process could be looked into'}`,
    { applications: applications.map(publicView), rebootReasons })
}

function describeBlocker({ name, process, notes }: TrackedApplication): string {
  return `${name} (process ${process.pid}): ${notes.join(', ')}`
}

function refuseUnregistered(plan: readonly TrackedApplication[], board: Board): void {
  const unregistered = plan.filter((application) => !application.registered)
  if (unregistered.length === 0) return
  throw new RestartManagerError('ERROR_FAIL_SHUTDOWN',
    `nothing was closed, because not everything is registered for a restart: ${unregistered.map(({ name }) => name).join(', ')}`,
    { applications: board.applications.map(publicView) })
}

/** Everybody answers before anybody is closed; one refusal keeps all of them running, unless forced. Who was asked is told. */
async function askEverybody(task: ClosingTask, plan: readonly TrackedApplication[]): Promise<TrackedApplication[]> {
  const { board, force, limits, platform } = task
  const answers = await Promise.all(plan.map(async (application) =>
    application.type === 'service' ? 'not-asked' : platform.sessions.queries.ask(application.process, limits.queryMs)))
  const refusing = plan.filter((_, index) => answers[index] === 'no')
  if (refusing.length === 0 || force) return plan.filter((_, index) => answers[index] !== 'not-asked')
  for (const application of refusing) board.mark(application, 'errorOnStop', 'it answered that it must not be closed now')
  board.save()
  throw new RestartManagerError('ERROR_FAIL_SHUTDOWN',
    `nothing was closed, because ${refusing.map(({ name }) => name).join(', ')} answered that it must not be closed now`,
    { applications: board.applications.map(publicView) })
}

async function closeAll(task: ClosingTask, plan: readonly TrackedApplication[]): Promise<void> {
  task.board.expect(plan.length)
  for (const types of order) {
    const group = plan.filter((application) => types.includes(application.type))
    if (group.length === 0) continue
    throwIfCancelled(task.signal)
    const results = await Promise.allSettled(group.map((application) => closeApplication(task, application)))
    task.board.save()
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  }
}

/** A second round for what has come back; what comes back again has a supervisor that must be told otherwise. */
async function closeRespawned(task: ClosingTask, shutdown: ShutdownTask, plan: readonly TrackedApplication[]): Promise<void> {
  if (!plan.some((application) => isStopped(task.board.current(application)))) return
  const back = await waitForRespawned(task, shutdown, plan)
  if (back.length === 0) return
  for (const application of back) task.board.add({ ...application, restartable: false, notes: [...application.notes, 'it was started anew after the first had been closed'] })
  task.board.save()
  await closeAll(task, back.filter(isClosable))
  for (const application of await waitForRespawned(task, shutdown, plan)) {
    task.board.add(application)
    task.board.mark(application, 'errorOnStop', 'something starts it again whenever it is closed')
  }
}

async function waitForRespawned(task: ClosingTask, shutdown: ShutdownTask, plan: readonly TrackedApplication[]): Promise<TrackedApplication[]> {
  const { clock } = task.platform
  const until = clock.monotonic() + (await haveSupervisors(task, plan) ? task.limits.respawnMs : 0)
  while (true) {
    throwIfCancelled(task.signal)
    const { applications, facts } = await shutdown.inspect()
    for (const [key, known] of facts) task.facts.set(key, known)
    const back = applications.filter((application) => !application.status.includes('shutdownMasked') && isNews(task.board, application))
    const leftMs = until - clock.monotonic()
    if (back.length > 0 || leftMs <= 0) return back
    await pause(task, Math.min(50, leftMs))
  }
}

function isNews(board: Board, application: TrackedApplication): boolean {
  const known = board.applications.findLast((candidate) => sameApplication(candidate, application))
  return known === undefined || isStopped(known)
}

/** Programs whose parent still runs, and is neither the first process nor one the caller runs in, may be started again by it. */
async function haveSupervisors(task: ClosingTask, plan: readonly TrackedApplication[]): Promise<boolean> {
  const { processes } = task.platform
  const self = processes.self()
  const own = new Set([1, self.pid, ...processes.ancestors(self).map(({ pid }) => pid)])
  return plan.some(({ parentPid }) => parentPid > 0 && !own.has(parentPid) && processes.identify(parentPid) !== undefined)
}

function refuseFailures(board: Board): void {
  const failed = board.failures()
  if (failed.length === 0) return
  throw new RestartManagerError('ERROR_FAIL_SHUTDOWN',
    `not everything could be closed: ${failed.map(({ name, process, notes }) => `${name} (process ${process.pid}): ${notes.at(-1) ?? 'it went on'}`).join('; ')}`,
    { applications: board.applications.map(publicView) })
}
