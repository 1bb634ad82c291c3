// What the registration of classes, extensions, ProgIds and MIME types shares: when it happens, and where it is written.
// https://learn.microsoft.com/windows/win32/msi/registerclassinfo-action
import type { ActionData } from '../script/operation.ts'
import { isBeingInstalled, type Component } from '../session/components.ts'
import type { Session } from '../session/session.ts'

/** Installed, run from source, or advertised. */
export function featureBecomesAvailable(session: Session, feature: string, component: Component): boolean {
  const action = session.features.get(feature)?.action
  return action === 1 || ((action === 3 || action === 4) && isBeingInstalled(component)) || isBeingInstalled(component)
}

export function featureGoes(session: Session, feature: string): boolean {
  return session.features.get(feature)?.action === 2
}

export function classesKey(session: Session, component: Component | undefined, path: string): string {
  return session.registryKey(0, path, component?.is64Bit ?? session.context.package64Bit)
}

export function setText(session: Session, key: string, name: string, text: string, data?: ActionData): void {
  session.emit({ op: 'RegAddValue', key, name, value: { type: 'REG_SZ', data: text }, mode: 'replace' }, data === undefined ? {} : { data })
}
