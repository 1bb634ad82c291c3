// InstallInitialize, InstallExecute(Again), InstallFinalize and DisableRollback: the brackets of the script.
// https://learn.microsoft.com/windows/win32/msi/installinitialize-action, …/installexecute-action, …/installfinalize-action
import { isFullPath, parentPath, withTrailingBackslash } from '../../base/index.ts'
import { writeFirstBoot } from '../custom-actions/first-boot.ts'
import { forgetContinuation } from '../sequence/continuation.ts'
import { beginTransaction, commit, disableRollback as giveUpRollback, executeScript } from '../sequence/transactions.ts'
import type { InstallSession } from '../session/install-session.ts'
import { InstallError } from '../session/messages/install-error.ts'
import { becomesAvailable } from './availability.ts'
import type { EngineAction } from './engine-action.ts'
import { unpublishProduct } from './publish-product.ts'
import { logIgnoredTables } from './without-effect.ts'

export const installInitialize: EngineAction = (session) => {
  if (session.costing !== 'finalized') throw new InstallError(2731)
  if (session.properties.get('DISABLEROLLBACK') === '1') session.properties.set('RollbackDisabled', '1')
  beginTransaction(session)
  if (!session.context.removingProduct) logIgnoredTables(session)
}

export const installExecute: EngineAction = async (session) => {
  if (!session.inTransaction) throw new InstallError(2503)
  await executeScript(session)
}

export const installFinalize: EngineAction = async (session) => {
  if (!session.inTransaction) throw new InstallError(2502)
  if (session.context.removingProduct) {
    unpublishProduct(session)
    forgetTransforms(session)
  } else if (!session.context.isInstalled && becomesAvailable(session)) {
    for (const { source, destination } of session.transformCopies) session.emit({ op: 'DatabaseCopy', source, destination, administrative: false })
  }
  forgetContinuation(session)
  writeFirstBoot(session)
  await executeScript(session)
  await commit(session)
}

/** Copies of transforms beside the cached package. */
function forgetTransforms(session: InstallSession): void {
  const copies = session.properties.get('TRANSFORMS').split(';').filter((item) => isFullPath(item) && session.platform.files.stat(item)?.kind === 'file')
  for (const path of copies) session.emit({ op: 'FileRemove', path })
  const folders = new Set(copies.map((path) => parentPath(path) ?? ''))
  for (const folder of folders) if (folder !== '') session.emit({ op: 'FolderRemove', folder: withTrailingBackslash(folder), persistent: false })
}

/** Before InstallInitialize it holds for the whole installation. */
export const disableRollback: EngineAction = (session) => {
  giveUpRollback(session)
}
