// Runs one action by name: a standard action, else a row of the CustomAction table, else a dialog. Logs its start and
// end, and turns what it throws into a result. https://learn.microsoft.com/windows/win32/msi/logging-of-action-return-values
import { WindowsError } from '../../base/index.ts'
import { ActionStatus } from '../session/features/states.ts'
import type { InstallSession } from '../session/install-session.ts'
import { InstallError } from '../session/messages/install-error.ts'
import { MessageType } from '../session/messages/messages.ts'
import type { ActionLookup } from './action-lookup.ts'
import { findAction } from './action-lookup.ts'
import { askDialog, showsDialogs } from './dialogs.ts'

export interface RunOptions {
  readonly condition?: string
}

export async function runAction(session: InstallSession, name: string, options: RunOptions = {}): Promise<ActionStatus> {
  const { messages } = session
  const outer = session.currentAction
  session.currentAction = name
  try {
    if (!isTrue(session, options.condition)) {
      messages.log(`Skipping action: ${name} (condition is false)`)
      return ActionStatus.notExecuted
    }
    return await runFound(session, name, findAction(session, name))
  } catch (error) {
    await reportFailure(session, name, error)
    return statusOf(error)
  } finally {
    session.currentAction = outer
  }
}

function isTrue(session: InstallSession, condition: string | undefined): boolean {
  return condition === undefined || condition === '' || session.condition(condition)
}

async function runFound(session: InstallSession, name: string, action: ActionLookup): Promise<ActionStatus> {
  const { messages, installation } = session
  if (action.kind === 'skip') {
    messages.log(`Skipping action: ${name} (${action.why})`)
    return ActionStatus.notExecuted
  }
  messages.log(`Doing action: ${name}`)
  const { description, template } = session.actionText(name)
  const answer = await messages.send(MessageType.actionStart, [null, name, description, template])
  await messages.actionStart(name)
  if (answer === 2) {
    await messages.actionEnd(name, ActionStatus.userExit)
    return ActionStatus.userExit
  }
  if (session.inTransaction && action.kind !== 'unknown' && action.writesScript === true) messages.plain(`GenerateScript: ${name}`, 'r')
  let status: ActionStatus
  try {
    status = await perform(session, name, action)
  } catch (error) {
    await reportFailure(session, name, error)
    status = statusOf(error)
  }
  if (action.kind === 'standard' && action.oncePerSession && session.parts.side === 'c') installation.ranInUi.add(name)
  await messages.actionEnd(name, status)
  return status
}

async function perform(session: InstallSession, name: string, action: Exclude<ActionLookup, { kind: 'skip' }>): Promise<ActionStatus> {
  if (action.kind === 'unknown') {
    // A name that nobody knows is no reason to stop. It may be a dialog of the caller's.
    const shown = showsDialogs(session) ? await askDialog(session, name) : undefined
    if (shown === undefined) await session.messages.actionNotFound(name)
    return shown ?? ActionStatus.notExecuted
  }
  return (await action.run(session)) ?? ActionStatus.success
}

/** Shows and logs a failure once, and keeps the first one for the exit code. */
export async function reportFailure(session: InstallSession, action: string, error: unknown): Promise<void> {
  const failure = toInstallError(action, error)
  session.failure ??= failure
  session.platform.trace('engine', () => `${action}: ${error instanceof Error ? error.stack ?? error.message : String(error)}`)
  if (failure.reported || failure.code === 'ERROR_INSTALL_USEREXIT') return
  failure.reported = true
  if (failure.messageNumber > 0) await session.messages.error(failure.messageNumber, ...failure.fields)
  else await session.messages.send(MessageType.error, [failure.message], { buttons: 'ok' })
}

function statusOf(error: unknown): ActionStatus {
  if (!(error instanceof WindowsError)) return ActionStatus.failure
  if (error.code === 'ERROR_INSTALL_USEREXIT' || error.code === 'ERROR_CANCELLED') return ActionStatus.userExit
  return error.code === 'ERROR_INSTALL_SUSPEND' ? ActionStatus.suspend : ActionStatus.failure
}

/** What the ports and parsers throw becomes a failed installation with its sentence; nothing goes out raw. */
export function toInstallError(action: string, error: unknown): InstallError {
  if (error instanceof InstallError) {
    if (error.action === '') error.action = action
    return error
  }
  const failure = error instanceof WindowsError ? systemFailure(action, error) : new InstallError(0, [], { action, cause: error })
  failure.message = error instanceof Error ? error.message : String(error)
  return failure
}

function systemFailure(action: string, error: WindowsError): InstallError {
  const installerCode = error.errno >= 1600 && error.errno < 1660
  return new InstallError(0, [], { action, cause: error, ...(installerCode ? { code: error.code } : {}) })
}
