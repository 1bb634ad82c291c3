// ScheduleReboot and ForceReboot. https://learn.microsoft.com/windows/win32/msi/schedulereboot-action, …/forcereboot-action
import { executeScript } from '../sequence/transactions.ts'
import { InstallError } from '../session/install-error.ts'
import { ActionStatus } from '../session/states.ts'
import type { EngineAction } from './engine-action.ts'

/** At the end of the installation, the REBOOT property permitting. */
export const scheduleReboot: EngineAction = (session) => {
  session.installation.rebootReasons.add('ScheduleReboot')
}

/** Runs the script so far, then ends the session: it would go on after the restart with AFTERREBOOT=1. */
export const forceReboot: EngineAction = async (session) => {
  if (!session.inTransaction) throw new InstallError(2762)
  if (session.properties.get('REBOOT').slice(0, 1).toUpperCase() === 'R') {
    session.messages.log('ForceReboot is suppressed by the REBOOT property')
    return
  }
  await executeScript(session)
  session.installation.rebootReasons.add('ForceReboot')
  session.installation.rebootNow = true
  return ActionStatus.suspend
}
