// PublishProduct, PublishFeatures, UnpublishFeatures, and what InstallFinalize adds at a full removal.
// https://learn.microsoft.com/windows/win32/msi/publishproduct-action, …/publishfeatures-action
import { patchesPublish } from '../registration/patch-registration.ts'
import * as publish from '../registration/publish.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { becomesAvailable } from './availability.ts'
import { removeEmptyFolders } from './folders.ts'
import { iconFolder, iconPath } from './icons.ts'
import { unregisterProduct } from './register-product.ts'

export const publishProduct: StandardAction = (session) => {
  if (session.context.removingProduct || !(becomesAvailable(session) || changesPatches(session))) return
  const { productCode, upgradeCode } = session.product
  publishIcons(session)
  const icon = session.properties.get('ARPPRODUCTICON')
  session.emit({ op: 'ProductPublish', subject: productCode, edits: [...publish.productPublish(session, icon === '' ? '' : iconPath(session, icon)), ...patchesPublish(session)] }, { data: { 1: productCode } })
  if (upgradeCode !== '') session.emit({ op: 'UpgradeCodePublish', subject: upgradeCode, edits: publish.upgradeCodePublish(session) })
  session.emit({ op: 'SourceListPublish', subject: productCode, edits: publish.sourceListPublish(session) })
}

function changesPatches({ patches }: Session): boolean {
  return patches !== undefined && (patches.added.length > 0 || patches.removed.length > 0)
}

export const publishFeatures: StandardAction = (session) => {
  if (session.context.removingProduct || !(session.context.isInstalled || becomesAvailable(session))) return
  for (const feature of session.features.values()) {
    if (feature.level <= 0) continue
    const goes = session.patches?.goes.features.has(feature.name) === true
    session.emit({ op: 'FeaturePublish', subject: feature.name, edits: goes ? publish.featureForget(session, feature) : publish.featurePublish(session, feature) }, { data: { 1: feature.name } })
  }
}

/** Only when the whole product goes. */
export const unpublishFeatures: StandardAction = (session) => {
  if (!session.context.removingProduct) return
  const names = [...session.features.keys()]
  session.emit({ op: 'FeatureUnpublish', subject: session.product.productCode, edits: publish.featureUnpublish(session) }, names[0] === undefined ? {} : { data: { 1: names[0] } })
}

/** InstallFinalize calls it when nothing of the product stays. */
export function unpublishProduct(session: Session): void {
  const { productCode, upgradeCode } = session.product
  if (upgradeCode !== '') session.emit({ op: 'UpgradeCodeUnpublish', subject: upgradeCode, edits: publish.upgradeCodeUnpublish(session) })
  // The features too, where no action of the sequence has unpublished them.
  session.emit({ op: 'ProductUnpublish', subject: productCode, edits: [...publish.productUnpublish(session), ...publish.featureUnpublish(session)] })
  const icons = [...session.rows('Icon')].map((row) => iconPath(session, row.text('Name'))).filter((path) => session.platform.files.stat(path) !== undefined)
  for (const path of icons) session.emit({ op: 'IconRemove', path })
  if (icons.length > 0) removeEmptyFolders(session, [iconFolder(session)])
  unregisterProduct(session)
}

function publishIcons(session: Session): void {
  const icons = [...session.rows('Icon')].map((row) => row.text('Name'))
  if (icons.length === 0) return
  session.emit({ op: 'FolderCreate', folder: iconFolder(session), persistent: false })
  for (const name of icons) session.emit({ op: 'IconCreate', path: iconPath(session, name), stream: `Icon.${name}` })
}
