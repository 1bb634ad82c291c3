// ProcessComponents: registers and unregisters components with their key paths, and counts shared files.
// https://learn.microsoft.com/windows/win32/msi/processcomponents-action
import { foldCase, parentPath } from '../../base/index.ts'
import { ComponentAttribute, isInstalled, type Component } from '../session/features/components.ts'
import type { Feature } from '../session/features/features.ts'
import { keyFilePath } from '../session/files/file-states.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { registeredKeyPath } from './key-path.ts'

export const processComponents: StandardAction = (session) => {
  const { packedProductCode: packedProduct, productCode } = session.product
  const { userDataSid } = session.context
  const namesakes = remainingNamesakes(session)
  for (const component of session.components.values()) {
    if (component.id === '' || component.registration === 'none') continue
    // What is registered as disabled is not counted; what goes because its condition turned false was.
    const sharedDll = component.enabled || component.registration !== 'register' ? sharedDllCount(session, component) : undefined
    const shared = sharedDll === undefined ? {} : { sharedDll }
    if (component.registration !== 'register') {
      session.emit({ op: 'ComponentUnregister', componentId: component.id, packedProduct, userDataSid, ...shared }, { data: { 1: productCode, 2: component.id } })
      if (component.registration === 'disable') session.emit({ op: 'ComponentRegister', componentId: component.id, packedProduct, userDataSid, keyPath: '', permanent: false })
      const other = namesakes.get(component.id)
      if (other !== undefined) registerComponent(session, other, {})
      continue
    }
    registerComponent(session, component, shared)
  }
}

function registerComponent(session: Session, component: Component, shared: { readonly sharedDll?: { readonly key: string; readonly path: string } }): void {
  const path = component.enabled ? registeredKeyPath(session, component) : ''
  session.emit({
    op: 'ComponentRegister', componentId: component.id, packedProduct: session.product.packedProductCode, userDataSid: session.context.userDataSid,
    keyPath: shared.sharedDll === undefined ? path : path.replace(/^([A-Za-z]):/, '$1?'),
    permanent: (component.attributes & ComponentAttribute.permanent) !== 0, ...shared,
  }, { data: { 1: session.product.productCode, 2: component.id, 3: path } })
}

/**
 * Components that stay installed, by their codes. Another one of the package may have the same code, which no rule allows but packages
 * have: what stays would be forgotten, and its files with it, if the code were.
 */
function remainingNamesakes(session: Session): Map<string, Component> {
  const remaining = new Map<string, Component>()
  for (const one of session.components.values()) {
    if (one.registration !== 'none' || !isInstalled(one) || remaining.has(one.id)) continue
    if (one.features.some((name) => stays(session.features.get(name)))) remaining.set(one.id, one)
  }
  return remaining
}

function stays(feature: Feature | undefined): boolean {
  return feature !== undefined && feature.action === -1 && (feature.installed === 3 || feature.installed === 4)
}

/** Files are counted when the component says so, when a count exists already, and always in the system folder. */
function sharedDllCount(session: Session, component: Component): { key: string; path: string } | undefined {
  const path = keyFilePath(session, component)
  if (path === undefined || path === '') return undefined
  const key = session.registryKey(2, 'Software\\Microsoft\\Windows\\CurrentVersion\\SharedDLLs', component.is64Bit)
  const counted = (component.attributes & ComponentAttribute.sharedDllRefCount) !== 0
    || session.platform.registry.value(key, path) !== undefined || isInSystemFolder(session, path)
  return counted ? { key, path } : undefined
}

function isInSystemFolder(session: Session, path: string): boolean {
  const folder = foldCase(`${parentPath(path) ?? ''}\\`)
  return ['SystemFolder', 'System64Folder'].some((name) => session.properties.has(name) && foldCase(session.properties.get(name)) === folder)
}
