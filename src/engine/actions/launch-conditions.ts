// LaunchConditions: all of them must hold. https://learn.microsoft.com/windows/win32/msi/launchconditions-action
import { InstallError } from '../session/messages/install-error.ts'
import { MessageType } from '../session/messages/messages.ts'
import type { EngineAction } from './engine-action.ts'

export const launchConditions: EngineAction = async (session) => {
  for (const row of session.rows('LaunchCondition')) {
    if (session.condition(row.text('Condition'))) continue
    const text = session.format(row.text('Description'))
    await session.messages.send(MessageType.error, ['[1]', text], { buttons: 'ok' })
    const failure = new InstallError(0, [], { action: 'LaunchConditions', reported: true, condition: row.text('Condition') })
    failure.message = text
    throw failure
  }
}
