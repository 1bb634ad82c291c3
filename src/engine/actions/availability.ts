// When publishing happens: a feature is installed, run from source or advertised; or it goes.
// https://learn.microsoft.com/windows/win32/msi/publishfeatures-action
import { isBeingInstalled, isBeingRemoved, isInstalled, type Component } from '../session/features/components.ts'
import { rewrites } from '../session/features/reinstall-mode.ts'
import type { Session } from '../session/session.ts'

/** Of a resource that belongs to both: its feature is advertised, or its component written. */
export function featureBecomesAvailable(session: Session, feature: string, component: Component): boolean {
  if (session.features.get(feature)?.action === 1) return true
  return isBeingInstalled(component) && rewrites(session.context.reinstallMode, 'm', isInstalled(component))
}

export function featureGoes(session: Session, feature: string): boolean {
  return session.features.get(feature)?.action === 2
}

/** Of such a resource: its feature goes, and no other product keeps the component. */
export function resourceGoes(session: Session, feature: string, component: Component): boolean {
  return featureGoes(session, feature) && component.otherClients === 0
}

/** Of such a resource: its feature is advertised or installed once the session is over. */
export function resourceStays(session: Session, feature: string, component: Component): boolean {
  const owner = session.features.get(feature)
  const state = owner === undefined ? -1 : owner.action === -1 ? owner.installed : owner.action
  return (state === 1 || state === 3 || state === 4) && !isBeingRemoved(component)
}

/** Whether any feature is installed, reinstalled or advertised by this session. */
export function becomesAvailable(session: Session): boolean {
  return [...session.features.values()].some(({ action }) => action === 1 || action === 3 || action === 4)
    || [...session.components.values()].some(isBeingInstalled)
}
