// What a session has done to applications: kept in the store before anything is signalled, so that a later command of the
// same session, or a recovery after a crash, knows what was running. Applications are remembered by identity.
import { sameProcess, type LaunchSpec } from '../platform/index.ts'
import { ApplicationStatus } from './constants.ts'
import type { Application, Filter } from './types.ts'

/** An application that a shutdown has dealt with, and what it takes to bring it back. */
export interface TrackedApplication extends Application {
  readonly registered: boolean
  /** 0 when it is not known. */
  readonly parentPid: number
  /** Absent for a service. */
  readonly processGroup?: number
  /** Absent for a service, and for a program whose executable could not be seen. */
  readonly launch?: LaunchSpec
  /** Services that stop with this one and were active. */
  readonly dependents: readonly string[]
  /** Sockets, timers and paths that were active and would have started it again. */
  readonly triggers: readonly string[]
  /** A service that was told to stop and has not done so in its time: it may yet. */
  readonly stopping?: boolean
}

/** Without what is only the session's to know. */
export function publicView(tracked: TrackedApplication): Application {
  const { registered: _registered, parentPid: _parentPid, processGroup: _processGroup, launch: _launch, dependents: _dependents, triggers: _triggers, stopping: _stopping, ...application } = tracked
  return application
}

export interface SessionState {
  /** Whether `restart` may be called, and what a crash would have left. */
  readonly phase: 'listening' | 'shutting-down' | 'shut-down' | 'restarted'
  readonly applications: readonly TrackedApplication[]
  readonly filters: readonly Filter[]
}

export const emptyState: SessionState = { phase: 'listening', applications: [], filters: [] }

/** The bits are a history: nothing is taken away but `running`, which the others replace. */
export function withStatus<Kind extends Application>(application: Kind, added: ApplicationStatus, note?: string): Kind {
  const present = new Set<ApplicationStatus>([...application.status, added])
  if (added === 'stopped' || added === 'stoppedOther') present.delete('running')
  const order = Object.keys(ApplicationStatus) as ApplicationStatus[]
  return {
    ...application, status: order.filter((name) => present.has(name)),
    notes: note === undefined ? application.notes : [...application.notes, note],
  }
}

export function isStopped(application: Application): boolean {
  return application.status.includes('stopped') && !application.status.includes('restarted')
}

/** The same service, or a process in common. */
export function sameApplication(a: Application, b: Application): boolean {
  if (a.serviceName !== '' || b.serviceName !== '') return a.serviceName === b.serviceName
  return sameProcess(a.process, b.process)
}
