// RemoveExistingProducts: uninstalls the products that FindRelatedProducts found, in nested sessions.
// https://learn.microsoft.com/windows/win32/msi/removeexistingproducts-action
import { executeScript } from '../sequence/transactions.ts'
import { findInstalledProduct } from '../session/features/installed-state.ts'
import { ActionStatus } from '../session/features/states.ts'
import { decideFiles } from '../session/files/file-states.ts'
import { InstallError } from '../session/messages/install-error.ts'
import { MessageType } from '../session/messages/messages.ts'
import type { EngineAction } from './engine-action.ts'
import { UpgradeAttribute } from './find-related-products.ts'

/**
 * Within the transaction the removal is part of it: what this session wrote so far is executed first. Before and after
 * it, the removal is a transaction of its own.
 */
export const removeExistingProducts: EngineAction = async (session) => {
  if (session.context.isInstalled) {
    session.messages.log('Skipping RemoveExistingProducts action: not run in maintenance mode')
    return ActionStatus.success
  }
  if (session.costing !== 'finalized') throw new InstallError(2613)
  for (const row of session.rows('Upgrade')) {
    const attributes = row.integer('Attributes') ?? 0
    if ((attributes & UpgradeAttribute.onlyDetect) !== 0) continue
    const remove = row.isNull('Remove') ? 'ALL' : session.format(row.text('Remove'))
    const codes = session.properties.get(row.text('ActionProperty')).split(';').filter((code) => code !== '')
    if (remove === '' || codes.length === 0) continue
    if (session.inTransaction) await executeScript(session)
    for (const code of codes) await removeProduct(session, code, remove, (attributes & UpgradeAttribute.ignoreRemoveFailure) !== 0)
  }
  // What the old product took away has to be installed, though it was there when files were compared.
  decideFiles(session)
  return ActionStatus.success
}

async function removeProduct(session: Parameters<EngineAction>[0], productCode: string, remove: string, ignoresFailure: boolean): Promise<void> {
  const { registry, machine } = session.platform
  if (findInstalledProduct(registry, machine, productCode) === undefined) return
  await session.messages.send(MessageType.actionData, [null, productCode, `REMOVE=${remove}`])
  const settings = new Map([['REMOVE', remove], ['UPGRADINGPRODUCTCODE', session.product.productCode]])
  const code = await session.installation.calls.runNested(session, { productCode, concurrent: false }, settings)
  if (code === 0 || code === 3010 || code === 1641) return
  session.messages.log(`Removal of ${productCode} returned ${code}${ignoresFailure ? '; the installation goes on' : ''}`)
  if (ignoresFailure) return
  if (code === 1602) throw new InstallError(1714, [productCode, code], { code: 'ERROR_INSTALL_USEREXIT', reported: true })
  throw new InstallError(1714, [productCode, code])
}
