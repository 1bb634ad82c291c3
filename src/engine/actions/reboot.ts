// ScheduleReboot and ForceReboot. https://learn.microsoft.com/windows/win32/msi/schedulereboot-action, …/forcereboot-action
import { isRestartPromptWanted, recordContinuation } from '../sequence/continuation.ts'
import { executeScript } from '../sequence/transactions.ts'
import { InstallError } from '../session/install-error.ts'
import { MessageType } from '../session/messages.ts'
import { ActionStatus } from '../session/states.ts'
import type { EngineAction } from './engine-action.ts'

/** At the end of the installation, the REBOOT property permitting. */
export const scheduleReboot: EngineAction = (session) => {
  session.installation.rebootReasons.add('ScheduleReboot')
}

/** Runs the script so far, writes down how to go on after the restart (with AFTERREBOOT=1), then ends the session. */
export const forceReboot: EngineAction = async (session) => {
  const { messages, product } = session
  if (!session.inTransaction) throw new InstallError(2762)
  if (session.properties.get('REBOOT').slice(0, 1).toUpperCase() === 'R') {
    messages.log('ForceReboot is suppressed by the REBOOT property')
    return
  }
  await executeScript(session)
  recordContinuation(session)
  await executeScript(session)
  // Whatever is answered: the machine of the root is restarted by whoever runs it.
  if (isRestartPromptWanted(session)) await messages.send(MessageType.user, [messages.template(1702), 1702, product.productName], { buttons: 'yes-no' })
  session.installation.rebootReasons.add('ForceReboot')
  session.installation.rebootNow = true
  return ActionStatus.suspend
}
