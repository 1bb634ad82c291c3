// CustomActionSchedule runs now, CustomActionRollback when rollback reaches it, CustomActionCommit once the whole
// script has succeeded. https://learn.microsoft.com/windows/win32/msi/deferred-execution-custom-actions
import { ActionStatus } from '../../session/features/states.ts'
import { InstallError } from '../../session/messages/install-error.ts'
import type { OperationHandler, OperationOf } from '../handler.ts'

export const customActionSchedule: OperationHandler<OperationOf<'CustomActionSchedule'>, null> = {
  effect: 'outside',
  capture() {
    return null
  },
  async apply(operation, _image, { runCustomAction, packagePath, perform }) {
    if (runCustomAction === undefined) throw new InstallError(2723, [operation.action, operation.actionType], { action: operation.action })
    const status = await runCustomAction(operation, 'deferred', packagePath, perform)
    if (status === ActionStatus.userExit) throw new InstallError(1602, [], { action: operation.action, code: 'ERROR_INSTALL_USEREXIT', reported: true })
    if (status === ActionStatus.failure || status === ActionStatus.suspend) {
      throw new InstallError(2896, [operation.action], { action: operation.action, reported: true })
    }
  },
  undo() {},
}

export interface RollbackActionImage {
  /** Where its package was; after a crash the next start looks for its code there. */
  readonly packagePath?: string
}

export const customActionRollback: OperationHandler<OperationOf<'CustomActionRollback'>, RollbackActionImage> = {
  effect: 'outside',
  capture(_operation, { packagePath }) {
    return packagePath === undefined ? {} : { packagePath }
  },
  apply() {},
  async undo(operation, image, { runCustomAction, log }) {
    if (runCustomAction === undefined) {
      log(`Rollback custom action ${operation.action} was not run: its package is not at hand.`)
      return
    }
    // Its result is ignored: rollback goes on. Journals of earlier versions have no image here.
    const status = await runCustomAction(operation, 'rollback', (image as RollbackActionImage | null)?.packagePath)
    if (status !== ActionStatus.success) log(`Rollback custom action ${operation.action} returned ${status}.`)
  },
}

/** Only recorded here; see commit.ts. */
export const customActionCommit: OperationHandler<OperationOf<'CustomActionCommit'>, null> = {
  effect: 'none',
  capture() {
    return null
  },
  apply() {},
  undo() {},
}
