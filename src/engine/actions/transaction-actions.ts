// InstallInitialize, InstallExecute(Again), InstallFinalize and DisableRollback: the brackets of the script.
// https://learn.microsoft.com/windows/win32/msi/installinitialize-action, …/installexecute-action, …/installfinalize-action
import { beginTransaction, commit, disableRollback as giveUpRollback, executeScript } from '../sequence/transactions.ts'
import { InstallError } from '../session/install-error.ts'
import type { EngineAction } from './engine-action.ts'
import { unpublishProduct } from './publish-product.ts'

export const installInitialize: EngineAction = (session) => {
  if (session.costing !== 'finalized') throw new InstallError(2731)
  if (session.properties.get('DISABLEROLLBACK') === '1') session.properties.set('RollbackDisabled', '1')
  beginTransaction(session)
}

export const installExecute: EngineAction = async (session) => {
  if (!session.inTransaction) throw new InstallError(2503)
  await executeScript(session)
}

export const installFinalize: EngineAction = async (session) => {
  if (!session.inTransaction) throw new InstallError(2502)
  if (session.context.removingProduct) unpublishProduct(session)
  await executeScript(session)
  await commit(session)
}

/** Before InstallInitialize it holds for the whole installation. */
export const disableRollback: EngineAction = (session) => {
  giveUpRollback(session)
}
