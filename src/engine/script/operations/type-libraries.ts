// TypeLibraryRegister and TypeLibraryUnregister: the keys that RegisterTypeLib writes and UnRegisterTypeLib takes away: those of the
// library, and those of the interfaces in it that automation marshals. A file that is no library ends the installation, as the loader of Windows would.
// https://learn.microsoft.com/windows/win32/api/oleauto/nf-oleauto-registertypelib
// Interfaces: https://learn.microsoft.com/previous-versions/windows/desktop/automat/registering-interfaces
import { foldCase, parentPath } from '../../../base/index.ts'
import type { Registry, RegistryValue } from '../../../platform/index.ts'
import { InstallError } from '../../session/messages/install-error.ts'
import type { OperationOf, ScriptContext } from '../handler.ts'
import type { RegistryEdit } from '../operation.ts'
import { registryOperation, type RegistryHandler } from '../registry-operation.ts'
import { readTypeLibrary, type LibraryInterface, type TypeLibrary } from '../type-library.ts'

type Operation = OperationOf<'TypeLibraryRegister'>

/** Of IDispatch, and of interfaces that are marshalled by their type library. */
const dispatchProxy = '{00020420-0000-0000-C000-000000000046}'
const automationProxy = '{00020424-0000-0000-C000-000000000046}'
const proxyKeys = ['ProxyStubClsid', 'ProxyStubClsid32'] as const

export const typeLibraryRegister: RegistryHandler<Operation> = registryOperation((operation, registry, context) => {
  const library = libraryOf(operation, context)
  if (library === undefined) throw new InstallError(1911, [operation.path])
  const key = versionKey(operation)
  return [
    set(key, '', library.description || operation.description),
    set(`${key}\\FLAGS`, '', String(library.flags)),
    set(`${key}\\HELPDIR`, '', operation.helpFolder || parentPath(operation.path) || ''),
    set(`${languageKey(operation)}\\${operation.platform}`, '', operation.path),
    ...interfacesOf(operation, library).filter(({ key: own }) => !hasProxyOfItsOwn(registry, own)).flatMap((one) => interfaceEdits(operation, one)),
  ]
})

export const typeLibraryUnregister: RegistryHandler<OperationOf<'TypeLibraryUnregister'>> = registryOperation((operation, registry, context) => [
  ...goneFrom(registry, operation),
  ...interfacesOf(operation, libraryOf(operation, context)).filter(({ key }) => isOfLibrary(registry, operation, key)).flatMap((one) => interfaceRemoval(registry, one)),
])

function libraryOf({ path }: Operation, { platform: { files } }: ScriptContext): TypeLibrary | undefined {
  if (files.stat(path)?.kind !== 'file') return undefined
  using file = files.open(path)
  return readTypeLibrary(file)
}

function versionKey({ libraryKey, version }: Operation): string {
  return `${libraryKey}\\${version}`
}

function languageKey(operation: Operation): string {
  return `${versionKey(operation)}\\${operation.language.toString(16)}`
}

interface KeyedInterface extends LibraryInterface {
  readonly key: string
}

/** In every view: such interfaces are marshalled between programs of either width. */
function interfacesOf({ interfacesKeys }: Operation, library: TypeLibrary | undefined): KeyedInterface[] {
  return (library?.interfaces ?? []).flatMap((one) => interfacesKeys.map((key) => ({ ...one, key: `${key}\\${one.iid}` })))
}

function libraryId({ libraryKey }: Operation): string {
  return libraryKey.slice(libraryKey.lastIndexOf('\\') + 1)
}

function interfaceEdits(operation: Operation, { key, name: own, dispatchOnly }: KeyedInterface): RegistryEdit[] {
  return [
    set(key, '', own), ...proxyKeys.map((name) => set(`${key}\\${name}`, '', dispatchOnly ? dispatchProxy : automationProxy)),
    set(`${key}\\TypeLib`, '', libraryId(operation)), set(`${key}\\TypeLib`, 'Version', operation.version),
  ]
}

/** Such an interface is marshalled by code of its own: it is registered elsewhere. */
function hasProxyOfItsOwn(registry: Registry, key: string): boolean {
  const proxy = textOf(registry, `${key}\\ProxyStubClsid32`, '')
  return proxy !== '' && foldCase(proxy) !== dispatchProxy && foldCase(proxy) !== automationProxy
}

function isOfLibrary(registry: Registry, operation: Operation, key: string): boolean {
  return !hasProxyOfItsOwn(registry, key) && foldCase(textOf(registry, `${key}\\TypeLib`, '')) === foldCase(libraryId(operation))
    && foldCase(textOf(registry, `${key}\\TypeLib`, 'Version')) === foldCase(operation.version)
}

/** What others have written beside it stays. */
function interfaceRemoval(registry: Registry, { key, name }: KeyedInterface): RegistryEdit[] {
  const ours = [...proxyKeys, 'TypeLib']
  const isNamed = textOf(registry, key, '') === name
  const isWhole = isNamed && registry.valueNames(key).every((one) => one === '') && registry.subkeys(key).every((one) => ours.some((our) => foldCase(our) === foldCase(one)))
  if (isWhole) return [{ edit: 'delete-key', key }]
  const parts = ours.map((one): RegistryEdit => ({ edit: 'delete-key', key: `${key}\\${one}` }))
  return isNamed ? [...parts, { edit: 'delete-value', key, name: '', pruneKey: false }] : parts
}

/** The platform's key; with the last one the language's, the version's and the library's. */
function goneFrom(registry: Registry, operation: Operation): RegistryEdit[] {
  const others = (key: string, known: readonly string[]): boolean => registry.subkeys(key).some((name) => !known.some((one) => foldCase(one) === foldCase(name)))
  const language = languageKey(operation)
  if (others(language, [operation.platform])) return [{ edit: 'delete-key', key: `${language}\\${operation.platform}` }]
  if (others(versionKey(operation), ['FLAGS', 'HELPDIR', operation.language.toString(16)])) return [{ edit: 'delete-key', key: language }]
  return [{ edit: 'delete-key', key: others(operation.libraryKey, [operation.version]) ? versionKey(operation) : operation.libraryKey }]
}

function set(key: string, name: string, data: string): RegistryEdit {
  return { edit: 'set', key, name, value: { type: 'REG_SZ', data } }
}

function textOf(registry: Registry, key: string, name: string): string {
  const value: RegistryValue | undefined = registry.value(key, name)
  return value?.type === 'REG_SZ' || value?.type === 'REG_EXPAND_SZ' ? value.data : ''
}
