// Rollback custom actions of an installation that was interrupted: their code is in its package, which the journal names.
// They get the CustomActionData that was captured when the script was written, ProductCode and UserSID, as ever; whether
// code of packages runs at all is for the policy of the call that recovers.
// https://learn.microsoft.com/windows/win32/msi/rollback-custom-actions
import { WindowsError } from '../../base/index.ts'
import { runCapturedAction } from '../custom-actions/index.ts'
import { openPackage } from '../package/package.ts'
import type { CustomActionRunner } from '../script/index.ts'
import { ActionStatus } from '../session/features/states.ts'
import { Installation, type EngineCalls, type InstallationSettings } from '../session/installation.ts'
import { logPrefix } from '../session/messages/log.ts'
import { openSession } from '../session/open-session.ts'

export function recoveryActions(settings: InstallationSettings, engineCalls: EngineCalls): CustomActionRunner {
  const { platform, sink } = settings
  const log = (line: string): void => { sink?.(logPrefix('s', platform.processes.self().pid, 0, platform.clock) + line, 'v') }
  return async (operation, phase, packagePath) => {
    if (packagePath === undefined || platform.files.stat(packagePath)?.kind !== 'file') {
      log(`Rollback custom action ${operation.action} was not run: its package ${packagePath ?? ''} is not there any more.`)
      return ActionStatus.notExecuted
    }
    try {
      using source = openPackage(platform, packagePath)
      const session = openSession(new Installation(settings, engineCalls), { package: source, settings: new Map(), side: 's' })
      return await runCapturedAction(session, operation, phase)
    } catch (error) {
      if (!(error instanceof WindowsError)) throw error
      log(`Rollback custom action ${operation.action} was not run: ${error.message}`)
      return ActionStatus.notExecuted
    }
  }
}
