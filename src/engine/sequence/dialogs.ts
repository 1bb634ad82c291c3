// Dialogs of the package's own user interface. They belong to the caller: without one that shows them, a dialog is
// answered as if its default button was pressed. https://learn.microsoft.com/windows/win32/msi/dialog-box-overview
import { ActionStatus } from '../session/features/states.ts'
import type { InstallSession } from '../session/install-session.ts'
import { MessageAnswer, MessageType } from '../session/messages/messages.ts'

/** Whether this session has dialogs at all: the client has, with a user interface of the package's own. */
export function showsDialogs({ parts, installation }: InstallSession): boolean {
  const { uiLevel } = installation.settings
  return parts.side === 'c' && (uiLevel === 'full' || uiLevel === 'reduced')
}

/** What the caller's dialog of this name returned; `undefined` when there is none. */
export async function askDialog(session: InstallSession, name: string): Promise<ActionStatus | undefined> {
  const answer = await session.messages.send(MessageType.showDialog, [name])
  if (answer === MessageAnswer.none) return undefined
  // Buttons and results of actions have the same numbers, from OK on. Another number is told as it is, and counts as a failure.
  return answer as number as ActionStatus
}

export async function showDialog(session: InstallSession, name: string): Promise<ActionStatus> {
  const { messages } = session
  const asked = await askDialog(session, name)
  if (asked !== undefined) return asked
  await messages.send(MessageType.actionStart, [null, name, 'Dialog created'])
  messages.log(`Dialog ${name} is not shown: the user interface has no dialogs, so its default button counts as pressed`)
  return ActionStatus.success
}
