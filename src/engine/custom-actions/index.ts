// Custom actions by name: found in the CustomAction table, skipped where their scheduling says so.
// https://learn.microsoft.com/windows/win32/msi/custom-action-execution-scheduling-options
import type { ActionStatus } from '../session/features/states.ts'
import type { InstallSession } from '../session/install-session.ts'
import { CustomActionFlag, isInScript, parseCustomAction, patchUninstallOnly, type CustomAction } from './custom-action.ts'
import { runCustomAction } from './run.ts'

export { runCapturedAction } from './run.ts'
export { selfRegister } from './self-registration.ts'

export interface FoundCustomAction {
  /** Why it is not run; `undefined` when it is. */
  readonly skip: string | undefined
  readonly run: (session: InstallSession) => Promise<ActionStatus>
}

export function customActionByName(session: InstallSession, name: string): FoundCustomAction | undefined {
  const row = session.database.table('CustomAction')?.find(name)
  if (row === undefined) return undefined
  const action = parseCustomAction(row)
  return { skip: skipReason(session, action), run: (one) => runCustomAction(one, action) }
}

function skipReason(session: InstallSession, action: CustomAction): string | undefined {
  if ((action.extendedType & patchUninstallOnly) !== 0) return 'runs only while a patch is uninstalled'
  if (isInScript(action)) return undefined
  const scheduling = action.type & (CustomActionFlag.firstSequence | CustomActionFlag.oncePerProcess)
  const uiRan = session.installation.uiSequenceRan
  const onClient = session.parts.side === 'c'
  if (scheduling === (CustomActionFlag.firstSequence | CustomActionFlag.oncePerProcess)) {
    return !onClient && uiRan ? undefined : 'runs only after the UI sequence has run'
  }
  // One process has both sequences, so once per process is once per session.
  return scheduling !== 0 && !onClient && uiRan ? 'already done on client side' : undefined
}
