// ActionStart and DisableRollback change nothing in the root: the executor acts on them.
import type { OperationHandler, OperationOf } from '../handler.ts'

export const mark: OperationHandler<OperationOf<'ActionStart' | 'DisableRollback'>, null> = {
  effect: 'none',
  capture() {
    return null
  },
  apply() {},
  undo() {},
}
