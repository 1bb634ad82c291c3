// Dialogs of the package's own user interface. They belong to the caller: without one that shows them, a dialog is
// answered as if its default button was pressed. https://learn.microsoft.com/windows/win32/msi/dialog-box-overview
import type { InstallSession } from '../session/install-session.ts'
import { MessageAnswer, MessageType } from '../session/messages.ts'
import { ActionStatus } from '../session/states.ts'

export async function showDialog(session: InstallSession, name: string): Promise<ActionStatus> {
  const answer = await session.messages.send(MessageType.showDialog, [name, name])
  switch (answer) {
    case MessageAnswer.cancel: return ActionStatus.userExit
    case MessageAnswer.error: case MessageAnswer.abort: return ActionStatus.failure
    case MessageAnswer.retry: return ActionStatus.suspend
    case MessageAnswer.ignore: return ActionStatus.finished
    default:
      if (answer === MessageAnswer.none) session.messages.log(`Dialog ${name} is not shown: the user interface has no dialogs, so its default button counts as pressed`)
      return ActionStatus.success
  }
}
