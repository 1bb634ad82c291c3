// WixCheckRebootRequired: on Windows the immediate action that learns from deferred ones whether the machine has to be
// started again. Here the deferred ones say it themselves; there is nothing left to do.
import { ActionStatus } from '../../session/features/states.ts'
import type { InstallSession } from '../../session/install-session.ts'
import type { NativeCall } from './native-action.ts'

export function checkRebootRequired(session: InstallSession, { action }: NativeCall): ActionStatus {
  session.messages.log(`${action}: ${session.installation.rebootReasons.size > 0 ? 'a restart is needed' : 'no restart is needed'}`)
  return ActionStatus.success
}
