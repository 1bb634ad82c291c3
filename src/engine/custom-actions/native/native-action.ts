// What a replacement of an entry point is given, and what it answers.
import type { DeferredContext } from '../../session/package-session.ts'
import type { InstallSession } from '../../session/install-session.ts'
import type { ActionStatus } from '../../session/states.ts'

export interface NativeCall {
  /** Name of the custom action. */
  readonly action: string
  /** Where its library is: of several actions those with one source belong together. */
  readonly source: string
  readonly deferred: DeferredContext | undefined
}

export type NativeAction = (session: InstallSession, call: NativeCall) => ActionStatus | Promise<ActionStatus>
