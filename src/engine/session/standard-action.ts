// The shape of a standard action: it reads tables and the machine, and emits operations.
// https://learn.microsoft.com/windows/win32/msi/standard-actions
import type { Session } from './session.ts'
import type { ActionStatus } from './states.ts'

/** Nothing returned is success (1). A failure is thrown as an InstallError; 2 is the user's exit, 5 ends the sequence. */
// oxlint-disable-next-line typescript/no-invalid-void-type
export type StandardAction<S = Session> = (session: S) => ActionStatus | void | Promise<ActionStatus | void>
