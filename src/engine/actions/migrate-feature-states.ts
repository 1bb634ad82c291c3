// MigrateFeatureStates: features of the old product keep their states in the new one.
// https://learn.microsoft.com/windows/win32/msi/migratefeaturestates-action
import { unpackGuid } from '../../base/index.ts'
import { resolveStates } from '../session/costing.ts'
import { isDisabled } from '../session/features/feature-tree.ts'
import type { Feature } from '../session/features/features.ts'
import { findInstalledProduct, installedFeatureState, type InstalledProduct } from '../session/features/installed-state.ts'
import { InstallState } from '../session/features/states.ts'
import type { InstallSession } from '../session/install-session.ts'
import { MessageType } from '../session/messages/messages.ts'
import type { EngineAction } from './engine-action.ts'
import { UpgradeAttribute } from './find-related-products.ts'

/** Of several old products the strongest state counts. */
const strength = [InstallState.local, InstallState.source, InstallState.advertised, InstallState.absent] as const

export const migrateFeatureStates: EngineAction = async (session) => {
  const reason = session.context.isInstalled ? 'not run in maintenance mode' : session.properties.get('Preselected') === '1' ? 'Preselected is set' : undefined
  if (reason !== undefined) {
    session.messages.log(`Skipping MigrateFeatureStates action: ${reason}`)
    return
  }
  const products = migratedProducts(session)
  for (const { packedProductCode } of products) await session.messages.send(MessageType.actionData, [null, unpackGuid(packedProductCode) ?? packedProductCode])
  if (products.length === 0) return
  for (const feature of session.features.values()) migrate(session, feature, products)
  resolveStates(session)
}

function migratedProducts(session: InstallSession): InstalledProduct[] {
  const codes = new Set<string>()
  for (const row of session.rows('Upgrade')) {
    if (((row.integer('Attributes') ?? 0) & UpgradeAttribute.migrateFeatures) === 0) continue
    for (const code of session.properties.get(row.text('ActionProperty')).split(';')) if (code !== '') codes.add(code)
  }
  const { registry, machine } = session.platform
  return [...codes].map((code) => findInstalledProduct(registry, machine, code)).filter((product) => product !== undefined)
}

function migrate(session: InstallSession, feature: Feature, products: readonly InstalledProduct[]): void {
  const owners = products.filter((product) => knowsFeature(session, product, feature.name))
  if (owners.length === 0 || isDisabled(feature)) return
  const states = owners.map((product) => installedFeatureState(session.platform.registry, product, feature.name))
  const state = strength.find((one) => states.includes(one)) ?? InstallState.absent
  feature.request = state === InstallState.absent ? InstallState.unknown : state
  feature.action = feature.request
}

function knowsFeature(session: InstallSession, { roots, packedProductCode }: InstalledProduct, feature: string): boolean {
  return session.platform.registry.value(`${roots.publishRoot}\\Features\\${packedProductCode}`, feature) !== undefined
}
