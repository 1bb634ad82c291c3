// What a standard action is: a function of the session that reads tables and the machine and emits operations.
// It never writes to the machine itself. https://learn.microsoft.com/windows/win32/msi/standard-actions-reference
import type { ActionStatus } from '../session/features/states.ts'
import type { Session } from '../session/session.ts'

/** Returning nothing is success. */
export type StandardAction = (session: Session) => void | ActionStatus | Promise<void | ActionStatus>
