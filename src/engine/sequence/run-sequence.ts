// Runs a sequence table: rows in order, conditions, and what an action's result means for the rest.
// https://learn.microsoft.com/windows/win32/msi/using-a-sequence-table
import { ActionStatus } from '../session/features/states.ts'
import type { InstallSession } from '../session/install-session.ts'
import { InstallError } from '../session/messages/install-error.ts'
import { runAction } from './run-action.ts'

/** Sequence numbers of the rows that run at the end. */
export const TerminalSequence = { success: -1, userExit: -2, failure: -3, suspend: -4 } as const

interface SequenceRow {
  readonly action: string
  readonly condition: string
  readonly sequence: number
}

/** Whether the package has this table with a row in it. */
export function hasSequence(session: InstallSession, table: string): boolean {
  return (session.database.table(table)?.rowCount ?? 0) > 0
}

function sequenceRows(session: InstallSession, table: string): SequenceRow[] {
  return [...session.rows(table)].map((row) => ({ action: row.text('Action'), condition: row.text('Condition'), sequence: row.integer('Sequence') ?? 0 }))
}

/** Success also when an action ended the sequence early (5). */
export async function runSequence(session: InstallSession, table: string): Promise<ActionStatus> {
  if (session.runningSequences.has(table) || !session.installation.mayRunSequence()) throw new InstallError(2728, [table])
  session.runningSequences.add(table)
  try {
    return await runRows(session, table)
  } finally {
    session.runningSequences.delete(table)
  }
}

async function runRows(session: InstallSession, table: string): Promise<ActionStatus> {
  const rows = sequenceRows(session, table).filter((row) => row.sequence > 0).sort((a, b) => a.sequence - b.sequence)
  for (const row of rows) {
    const status = await runRow(session, row)
    if (status === ActionStatus.finished) return ActionStatus.success
    if (status !== ActionStatus.success && status !== ActionStatus.notExecuted) return status
  }
  return ActionStatus.success
}

async function runRow(session: InstallSession, row: SequenceRow): Promise<ActionStatus> {
  if (session.installation.settings.signal?.aborted === true) return ActionStatus.userExit
  return runAction(session, row.action, { condition: row.condition })
}

/** The row for the way the sequence ended, if there is one. */
export async function runTerminalAction(session: InstallSession, table: string, status: ActionStatus): Promise<void> {
  const wanted = status === ActionStatus.success ? TerminalSequence.success
    : status === ActionStatus.userExit ? TerminalSequence.userExit
    : status === ActionStatus.suspend ? TerminalSequence.suspend : TerminalSequence.failure
  const row = sequenceRows(session, table).find((one) => one.sequence === wanted)
  if (row !== undefined) await runAction(session, row.action, { condition: row.condition })
}
