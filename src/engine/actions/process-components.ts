// ProcessComponents: registers and unregisters components with their key paths, and counts shared files.
// https://learn.microsoft.com/windows/win32/msi/processcomponents-action
import { foldCase, parentPath } from '../../base/index.ts'
import { ComponentAttribute, type Component } from '../session/features/components.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { keyFilePath } from '../session/files/file-states.ts'
import { registeredKeyPath } from './key-path.ts'

export const processComponents: StandardAction = (session) => {
  const { packedProductCode: packedProduct, productCode } = session.product
  const { userDataSid } = session.context
  for (const component of session.components.values()) {
    if (component.id === '' || component.registration === 'none') continue
    // What is registered as disabled is not counted; what goes because its condition turned false was.
    const sharedDll = component.enabled || component.registration !== 'register' ? sharedDllCount(session, component) : undefined
    const shared = sharedDll === undefined ? {} : { sharedDll }
    if (component.registration !== 'register') {
      session.emit({ op: 'ComponentUnregister', componentId: component.id, packedProduct, userDataSid, ...shared }, { data: { 1: productCode, 2: component.id } })
      if (component.registration === 'disable') session.emit({ op: 'ComponentRegister', componentId: component.id, packedProduct, userDataSid, keyPath: '', permanent: false })
      continue
    }
    const path = component.enabled ? registeredKeyPath(session, component) : ''
    session.emit({
      op: 'ComponentRegister', componentId: component.id, packedProduct, userDataSid,
      keyPath: sharedDll === undefined ? path : path.replace(/^([A-Za-z]):/, '$1?'),
      permanent: (component.attributes & ComponentAttribute.permanent) !== 0, ...shared,
    }, { data: { 1: productCode, 2: component.id, 3: path } })
  }
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
