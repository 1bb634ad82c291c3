// RmRestart: starts in the reverse order what a shutdown closed: the desktop's shell, services, console programs, windows.
// Services come back always, programs when they registered for it, or when the caller asks for the others too.
// https://learn.microsoft.com/windows/win32/api/restartmanager/nf-restartmanager-rmrestart
import { Board } from './board.ts'
import { throwIfCancelled } from './close.ts'
import type { ApplicationType } from './constants.ts'
import { sessionEvent, type EventListener } from './events.ts'
import { isStopped, publicView, withStatus, type TrackedApplication } from './session-state.ts'
import { defaultLimits } from './shutdown.ts'
import { RestartManagerError, type RestartManagerPlatform, type RestartOptions, type TaskOutcome } from './types.ts'

const order: readonly ApplicationType[] = ['explorer', 'service', 'unknown', 'console', 'otherWindow', 'mainWindow']

export interface RestartTask {
  readonly platform: RestartManagerPlatform
  readonly options: RestartOptions
  readonly signal: AbortSignal
  readonly tell?: EventListener
  readonly applications: readonly TrackedApplication[]
  save(applications: readonly TrackedApplication[]): void
}

export async function restartAll(task: RestartTask): Promise<TaskOutcome> {
  const { options, signal } = task
  const board = new Board(task.applications, (applications) => task.save(applications), options.onProgress)
  const plan = task.applications.filter((application) => isDown(application) && comesBack(application, task.applications, options))
    .sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type))
  board.expect(plan.length)
  for (const application of task.applications) {
    if (!isDown(application) || plan.includes(application)) continue
    if (isBroughtBack(application, task.applications, options)) board.replace(application, { ...application, notes: [...application.notes, 'what had started it is started again'] })
    else task.tell?.(sessionEvent.cannotBeRestarted(application, whyNot(application)))
  }
  for (const application of plan) {
    if (signal.aborted) throw new RestartManagerError('ERROR_CANCELLED', 'the Restart Manager task was cancelled', { applications: board.applications.map(publicView) })
    task.tell?.(sessionEvent.restarting(application))
    await restartOne(task, board, application)
    if (board.hasFailed(application)) task.tell?.(sessionEvent.notRestarted(application))
    board.save()
    board.step()
  }
  board.finish()
  const failed = board.failures()
  if (failed.length > 0) {
    throw new RestartManagerError('ERROR_FAIL_RESTART',
      `not everything could be started again: ${failed.map(({ name, notes }) => `${name}: ${notes.at(-1) ?? ''}`).join('; ')}`,
      { applications: board.applications.map(publicView) })
  }
  return { applications: board.applications.map(publicView), warnings: board.warnings }
}

/** A service that did not stop in time goes on stopping. */
function isDown(application: TrackedApplication): boolean {
  return isStopped(application) || (application.stopping === true && !application.status.includes('restarted'))
}

function comesBack(application: TrackedApplication, all: readonly TrackedApplication[], options: RestartOptions): boolean {
  if (application.status.includes('restartMasked')) return false
  if (application.restartable) return true
  return options.unregistered === 'relaunch' && !application.registered && application.launch !== undefined && !isBroughtBack(application, all, options)
}

/**
 * A server starts its workers again, a script what it runs: started by us as well they would be there twice, or be servers themselves.
 * A shell at a terminal starts nothing again, but each of its jobs is a process group.
 */
function isBroughtBack(application: TrackedApplication, all: readonly TrackedApplication[], options: RestartOptions): boolean {
  const others = all.filter((other) => other !== application)
  const parent = others.find(({ process, processGroup }) => process.pid === application.parentPid && processGroup !== undefined && processGroup === application.processGroup)
  return parent !== undefined && isDown(parent) && (comesBack(parent, others, options) || isBroughtBack(parent, others, options))
}

function whyNot({ status, type, registered }: TrackedApplication): string {
  if (status.includes('restartMasked')) return 'a filter exempts it'
  if (type === 'service') return 'it existed only while it ran'
  return registered ? 'its executable is not known' : 'it has not registered for a restart'
}

async function restartOne(task: RestartTask, board: Board, application: TrackedApplication): Promise<void> {
  if (application.type === 'service') return restartService(task, board, application)
  if (!application.launch) return board.mark(application, 'errorOnRestart', 'its executable is not known')
  try {
    const restartedAs = await task.platform.processes.launch(application.launch)
    board.replace(application, withStatus({ ...application, restartedAs }, 'restarted'))
  } catch (error) {
    board.mark(application, 'errorOnRestart', error instanceof Error ? error.message : String(error))
  }
}

/** What listens for it first, so that nothing is refused meanwhile; what depends on it last. */
async function restartService(task: RestartTask, board: Board, application: TrackedApplication): Promise<void> {
  const limits = { timeLimitMs: task.options.limits?.serviceMs ?? defaultLimits.serviceMs, signal: task.signal }
  const problems: string[] = []
  for (const name of [...application.triggers, application.serviceName, ...application.dependents]) {
    throwIfCancelled(task.signal)
    const outcome = await task.platform.services.start(name, limits)
    if (!outcome.done) problems.push(outcome.message)
  }
  if (problems.length === 0) board.mark(application, 'restarted')
  else board.mark(application, 'errorOnRestart', problems.join('; '))
}
