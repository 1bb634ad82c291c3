// Actions that decide: they change the session itself, so they see all of it. They write no script of their own.
import type { ActionStatus } from '../session/features/states.ts'
import type { InstallSession } from '../session/install-session.ts'

/** Returning nothing is success. */
export type EngineAction = (session: InstallSession) => void | ActionStatus | Promise<void | ActionStatus>
