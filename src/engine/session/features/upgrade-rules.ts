// The rules of components and features that small updates and minor upgrades have to keep, where the package or the
// administrator wants them kept. Otherwise a broken rule is Windows' and the author's affair: features come to lack what
// they had. https://learn.microsoft.com/windows/win32/msi/msienforceupgradecomponentrules, …/enforceupgradecomponentrules
import { guidFromBase85, packGuid } from '../../../base/index.ts'
import { userDataFeaturesKey } from '../../registration/keys.ts'
import type { InstallSession } from '../install-session.ts'
import { InstallError } from '../messages/install-error.ts'
import type { InstalledProduct } from './installed-state.ts'

/** What follows the identifiers of a registered feature's components. */
const parentMark = '\u0002'
const encodedLength = 20

/** @throws InstallError 2771 for a feature that lacks a component it had, 2772 for a new feature that others stand under */
export function checkUpgradeRules(session: InstallSession): void {
  const { properties, parts: { installed, policies } } = session
  if (!policies.enforceUpgradeComponentRules && properties.get('MSIENFORCEUPGRADECOMPONENTRULES') !== '1') return
  if (installed === undefined || !isUpdate(session, installed)) return
  const registered = registeredFeatures(session, installed)
  if (registered.size === 0) return
  const parents = new Set([...session.features.values()].map(({ parent }) => parent?.name))
  for (const { name } of session.features.values()) if (!registered.has(name) && parents.has(name)) throw new InstallError(2772, [name])
  // Superseded components may go where that is asked for.
  if (properties.get('MSIUNINSTALLSUPERSEDEDCOMPONENTS') === '1') return
  for (const [name, ids] of registered) {
    const components = session.features.get(name)?.components ?? []
    const kept = new Set(components.map((component) => session.components.get(component)?.id))
    if (ids.some((id) => !kept.has(id))) throw new InstallError(2771, [name])
  }
}

/** Another package of the product, or patches that come; a patch that goes takes along what it brought. */
function isUpdate({ patches, product, properties }: InstallSession, { packageCode, advertisedOnly }: InstalledProduct): boolean {
  if (advertisedOnly || (patches?.removed.length ?? 0) > 0 || properties.get('REMOVE') === 'ALL') return false
  return (patches?.added.length ?? 0) > 0 || packGuid(product.packageCode) !== packageCode
}

/** The identifiers of their components, by feature. */
function registeredFeatures({ platform: { registry } }: InstallSession, { roots, packedProductCode }: InstalledProduct): Map<string, readonly string[]> {
  const key = userDataFeaturesKey(roots.userDataSid, packedProductCode)
  const features = new Map<string, readonly string[]>()
  for (const name of registry.valueNames(key)) {
    const value = registry.value(key, name)
    if (name === '' || value?.type !== 'REG_SZ') continue
    const encoded = value.data.split(parentMark)[0]!
    const ids = Array.from({ length: Math.floor(encoded.length / encodedLength) }, (_, index) => guidFromBase85(encoded.slice(index * encodedLength, (index + 1) * encodedLength)))
    features.set(name, ids.filter((id) => id !== undefined))
  }
  return features
}
