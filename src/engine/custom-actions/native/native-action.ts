// What a replacement of an entry point is: what it does at once, and what it writes to the script.
import type { ActionStatus } from '../../session/features/states.ts'
import type { InstallSession } from '../../session/install-session.ts'
import type { DeferredContext } from '../../session/package-session.ts'

export interface NativeCall {
  /** Name of the custom action. */
  readonly action: string
  /** Where its library is: of several actions those with one source belong together. */
  readonly source: string
  readonly deferred: DeferredContext | undefined
}

type Run = (session: InstallSession, call: NativeCall) => void | ActionStatus | Promise<void | ActionStatus>

export interface NativeAction {
  /** `partly`: what a root can hold of it; `told`: nothing, the log says what Windows would do. */
  readonly extent: 'done' | 'partly' | 'told'
  /** Immediate, or deferred when its turn has come; returning nothing is success. */
  readonly run?: Run
  /** For deferred, rollback and commit actions: what stands in the script instead, written while the sequence runs. */
  readonly write?: Run
  /** What a plan does of it; without it, nothing. */
  readonly plan?: Run
}

/** Reads tables and writes ordinary operations: a plan has them too. */
export function scheduling(extent: NativeAction['extent'], run: Run): NativeAction {
  return { extent, run, plan: run }
}

/** The deferred or rollback part of a scheduling action that has written everything itself. */
export const writtenAlready: NativeAction = {
  extent: 'done',
  write(session, { action }) {
    session.messages.log(`${action}: its part of the script was written by the action that schedules it`)
  },
}
