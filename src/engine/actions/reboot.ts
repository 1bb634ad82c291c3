// ScheduleReboot and ForceReboot. https://learn.microsoft.com/windows/win32/msi/schedulereboot-action, …/forcereboot-action
import { recordContinuation } from '../sequence/continuation.ts'
import { decideRestartNow, isRestartSuppressed } from '../sequence/restart-machine.ts'
import { executeScript } from '../sequence/transactions.ts'
import { ActionStatus } from '../session/features/states.ts'
import { InstallError } from '../session/messages/install-error.ts'
import type { EngineAction } from './engine-action.ts'

/** At the end of the installation, the REBOOT property permitting. */
export const scheduleReboot: EngineAction = (session) => {
  session.installation.rebootReasons.add('ScheduleReboot')
}

/** Runs the script so far, writes down how to go on after the restart (with AFTERREBOOT=1), then ends the session. */
export const forceReboot: EngineAction = async (session) => {
  const { messages } = session
  if (!session.inTransaction) throw new InstallError(2762)
  if (isRestartSuppressed(session, 'at once')) {
    messages.log('ForceReboot is suppressed by the REBOOT property')
    return
  }
  await executeScript(session)
  recordContinuation(session)
  await executeScript(session)
  // Whatever is answered, the installation goes on only after a restart.
  await decideRestartNow(session)
  session.installation.rebootReasons.add('ForceReboot')
  session.installation.rebootNow = true
  return ActionStatus.suspend
}
