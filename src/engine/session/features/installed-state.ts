// What the registration says of one product: whether and for whom it is installed, and the states of its features and
// components. Reads only. The layout is Windows' own, and not documented.
import { guidFromBase85, packGuid, withTrailingBackslash } from '../../../base/index.ts'
import type { Machine, Registry } from '../../../platform/index.ts'
import { installPropertiesKey, localPackageName, managedPublishRoot, productKey } from '../../registration/keys.ts'
import { ignoresUsers } from '../../registration/product-contexts.ts'
import { InstallState } from './states.ts'

export interface RegistrationRoots {
  readonly perMachine: boolean
  /** `S-1-5-18` per machine, else the user's. */
  readonly userDataSid: string
  readonly publishRoot: string
}

export const localSystemSid = 'S-1-5-18'
const userDataKey = 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData'

/** Products of the user, assigned ones first, are found before those of the machine. */
export function registrationRoots(registry: Registry, machine: Machine): readonly RegistrationRoots[] {
  const { sid } = machine.user
  const ofMachine = rootsOf(machine, true)
  return ignoresUsers(registry) ? [ofMachine] : [{ perMachine: false, userDataSid: sid, publishRoot: managedPublishRoot(sid) }, rootsOf(machine, false), ofMachine]
}

export function rootsOf(machine: Machine, perMachine: boolean): RegistrationRoots {
  return perMachine
    ? { perMachine, userDataSid: localSystemSid, publishRoot: 'HKLM\\Software\\Classes\\Installer' }
    : { perMachine, userDataSid: machine.user.sid, publishRoot: 'HKCU\\Software\\Microsoft\\Installer' }
}

export interface InstalledProduct {
  readonly roots: RegistrationRoots
  readonly packedProductCode: string
  /** Only advertised: published, but none of it registered. */
  readonly advertisedOnly: boolean
  /** Registry form, upper case; `''` when not recorded. */
  readonly packageCode: string
  /** The cached package; `''` when not recorded. */
  readonly localPackage: string
}

export function findInstalledProduct(registry: Registry, machine: Machine, productCode: string): InstalledProduct | undefined {
  const packed = packGuid(productCode)
  if (packed === undefined) return undefined
  const all = registrationRoots(registry, machine)
  const published = (roots: RegistrationRoots): string => productKey(roots.publishRoot, packed)
  const properties = (roots: RegistrationRoots): string => installPropertiesKey(roots.userDataSid, packed)
  // A user's products share their data, whoever assigned them: what is not published tells them apart by the name of one value.
  const roots = all.find((one) => registry.keyExists(published(one)))
    ?? all.find((one) => registry.value(properties(one), localPackageName(one.publishRoot)) !== undefined) ?? all.findLast((one) => registry.keyExists(properties(one)))
  if (roots === undefined) return undefined
  return {
    roots, packedProductCode: packed, advertisedOnly: !registry.keyExists(properties(roots)),
    packageCode: text(registry, published(roots), 'PackageCode'), localPackage: text(registry, properties(roots), localPackageName(roots.publishRoot)),
  }
}

/** Absent, advertised, local or source. A product that only the user data knows has its features from there. */
export function installedFeatureState(registry: Registry, product: InstalledProduct, feature: string): InstallState {
  const published = registry.value(`${product.roots.publishRoot}\\Features\\${product.packedProductCode}`, feature)
  const registered = registry.value(`${userDataKey}\\${product.roots.userDataSid}\\Products\\${product.packedProductCode}\\Features`, feature)
  const shown = published ?? registered
  if (shown === undefined || (shown.type !== 'REG_SZ' && shown.type !== 'REG_EXPAND_SZ')) return InstallState.absent
  if (shown.data.startsWith('\u0006')) return InstallState.absent
  return registered?.type === 'REG_SZ' ? stateOfComponents(registry, product, registered.data) : InstallState.advertised
}

/** Where the list of component identifiers ends and the parent's name begins. */
const parentMark = '\u0002'
const encodedLength = 20

/** Advertised as long as one component is missing; source when one runs from there. */
function stateOfComponents(registry: Registry, { roots, packedProductCode }: InstalledProduct, list: string): InstallState {
  const end = list.indexOf(parentMark)
  const encoded = end < 0 ? list : list.slice(0, end)
  let state: InstallState = InstallState.local
  for (let at = 0; at + encodedLength <= encoded.length; at += encodedLength) {
    const id = guidFromBase85(encoded.slice(at, at + encodedLength))
    const component = id === undefined ? undefined : installedComponent(registry, roots.userDataSid, packedProductCode, id)
    if (component?.registered === false) return InstallState.advertised
    if (component?.state === InstallState.source) state = InstallState.source
  }
  return state
}

export interface InstalledComponent {
  readonly state: InstallState
  readonly registered: boolean
  /** This product's key path; `''` when it is no client. */
  readonly keyPath: string
  readonly otherClients: number
}

export function installedComponent(registry: Registry, sid: string, packedProduct: string, componentId: string): InstalledComponent {
  const packed = packGuid(componentId)
  if (packed === undefined) return { state: InstallState.absent, registered: false, keyPath: '', otherClients: 0 }
  const key = `${userDataKey}\\${sid}\\Components\\${packed}`
  const value = registry.value(key, packedProduct)
  const keyPath = value?.type === 'REG_SZ' || value?.type === 'REG_EXPAND_SZ' ? value.data : ''
  const others = new Set(clientsOf(registry, key, packedProduct))
  // Products of the machine share components with those of a user.
  if (sid !== localSystemSid) for (const name of clientsOf(registry, `${userDataKey}\\${localSystemSid}\\Components\\${packed}`, packedProduct)) others.add(name)
  return { state: keyPath === '' ? InstallState.absent : stateOfKeyPath(keyPath), registered: value !== undefined, keyPath, otherClients: others.size }
}

/** The other ones; a product whose condition leaves the component out is registered without a key path, and needs nothing of it. */
function clientsOf(registry: Registry, key: string, packedProduct: string): string[] {
  return registry.valueNames(key).filter((name) => name !== '' && name.toUpperCase() !== packedProduct && text(registry, key, name) !== '').map((name) => name.toUpperCase())
}

/** `DD\path` with a disk number is a component that runs from its source. */
function stateOfKeyPath(keyPath: string): InstallState {
  return /^\d\d\\/.test(keyPath) ? InstallState.source : InstallState.local
}

/** Folder of a key path that is a file or a folder; `undefined` for the registry and sources. */
export function folderOfKeyPath(keyPath: string): string | undefined {
  const path = keyPath.replace(/^([A-Za-z])\?/, '$1:')
  if (!/^[A-Za-z]:\\/.test(path)) return undefined
  return path.endsWith('\\') ? path : withTrailingBackslash(path.slice(0, path.lastIndexOf('\\')))
}

function text(registry: Registry, key: string, name: string): string {
  const value = registry.value(key, name)
  return value?.type === 'REG_SZ' || value?.type === 'REG_EXPAND_SZ' ? value.data : ''
}
