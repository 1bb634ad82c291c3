// WScript.Shell: environment, current folder, registry, special folders. It starts no programs.
// https://learn.microsoft.com/previous-versions/aew9yb99(v=vs.84) (WshShell object)
import {
  byteArray, HostObject, indexed, integer, isArray, isGiven, long, members, method, property, ScriptError, scriptError, toLong, toText, VariantArray, type MemberTable, type Variant,
} from '../../vbscript/index.ts'
import { guarded } from './file-errors.ts'
import type { ScriptRegistry, ScriptRegistryValue } from './ports.ts'

export interface ShellHost {
  readonly registry: ScriptRegistry
  variable(name: string): string | undefined
  setVariable(name: string, value: string | undefined): void
  variableNames(): readonly string[]
  currentFolder(): string
  /** @throws WindowsError */
  changeFolder(path: string): void
  /** Answers the number of a button. */
  popup(text: string, title: string, style: number): number | Promise<number>
  /** `''` for one that there is not. */
  specialFolder(name: string): string
}

/** ERROR_FILE_NOT_FOUND as HRESULT. */
const notFound = 0x80070002 | 0

const roots: Readonly<Record<string, string>> = {
  HKEY_LOCAL_MACHINE: 'HKLM', HKEY_CURRENT_USER: 'HKCU', HKEY_CLASSES_ROOT: 'HKCR', HKEY_USERS: 'HKU', HKLM: 'HKLM', HKCU: 'HKCU', HKCR: 'HKCR',
}

export class Shell extends HostObject {
  readonly typeName = 'IWshShell3'
  readonly members: MemberTable<never> = table
  readonly host: ShellHost

  constructor(host: ShellHost) {
    super()
    this.host = host
  }

  expand(text: string): string {
    return text.replace(/%([^%]+)%/g, (whole, name: string) => this.host.variable(name) ?? whole)
  }

  regRead(path: string): Variant {
    const { key, name, isKey } = splitKey(path)
    const { registry } = this.host
    const value = registry.value(key, name)
    if (value === undefined) throw new ScriptError(notFound, isKey ? `Unable to open registry key "${path}" for reading.` : `Invalid root in registry key "${path}".`, { source: 'WshShell.RegRead' })
    switch (value.type) {
      case 'REG_DWORD': return long(value.data | 0)
      case 'REG_MULTI_SZ': return VariantArray.of(value.data)
      case 'REG_BINARY': return byteArray(value.data)
      default: return value.data
    }
  }

  regWrite(path: string, value: Variant, type: string): void {
    const { key, name, isKey } = splitKey(path)
    const { registry } = this.host
    if (isKey && isGiven(value) && !isArray(value) && toText(value) === '') return registry.createKey(key)
    return registry.setValue(key, name, valueOf(value, type.toUpperCase()))
  }

  regDelete(path: string): void {
    const { key, name, isKey } = splitKey(path)
    const { registry } = this.host
    const isThere = isKey ? registry.keyExists(key) : registry.value(key, name) !== undefined
    if (!isThere) throw new ScriptError(notFound, `Unable to remove registry key "${path}".`, { source: 'WshShell.RegDelete' })
    if (!isKey) return registry.deleteValue(key, name)
    if (registry.hasSubkeys(key)) throw new ScriptError(0x80070005 | 0, `Unable to remove registry key "${path}".`, { source: 'WshShell.RegDelete' })
    return registry.deleteKey(key)
  }
}

/** `HKLM\Key\Value`; what ends with a backslash is a key, and its default value. @throws ScriptError */
function splitKey(path: string): { readonly key: string; readonly name: string; readonly isKey: boolean } {
  const at = path.indexOf('\\')
  const root = roots[(at < 0 ? path : path.slice(0, at)).toUpperCase()]
  if (root === undefined || at < 0) throw new ScriptError(notFound, `Invalid root in registry key "${path}".`, { source: 'WshShell' })
  const rest = path.slice(at + 1)
  const end = rest.lastIndexOf('\\')
  const isKey = rest === '' || end === rest.length - 1
  const key = rest.slice(0, Math.max(0, end))
  return { key: key === '' ? root : `${root}\\${key}`, name: isKey ? '' : rest.slice(end + 1), isKey }
}

function valueOf(value: Variant, type: string): ScriptRegistryValue {
  switch (type) {
    case 'REG_SZ': case 'REG_EXPAND_SZ': return { type, data: toText(value) }
    case 'REG_DWORD': return { type, data: toLong(value) >>> 0 }
    case 'REG_BINARY': {
      const number = toLong(value)
      return { type, data: Uint8Array.of(number, number >> 8, number >> 16, number >> 24) }
    }
    default: throw scriptError(5)
  }
}

class Environment extends HostObject {
  readonly typeName = 'IWshEnvironment'
  readonly members: MemberTable<never> = environmentTable
  readonly host: ShellHost

  constructor(host: ShellHost) {
    super()
    this.host = host
  }

  elements(): Iterable<Variant> {
    return this.host.variableNames().map((name) => `${name}=${this.host.variable(name) ?? ''}`)
  }
}

const variable = indexed<Environment>(1, (self, name) => self.host.variable(toText(name)) ?? '', (self, value, name) => { self.host.setVariable(toText(name), toText(value)) })
const environmentTable = members<Environment>({
  '': variable, Item: variable, Count: property((self) => long(self.host.variableNames().length)), Length: property((self) => long(self.host.variableNames().length)),
  Remove: method(1, (self, name) => void self.host.setVariable(toText(name), undefined)),
})

class SpecialFolders extends HostObject {
  readonly typeName = 'IWshCollection'
  readonly members: MemberTable<never> = specialFoldersTable
  readonly host: ShellHost

  constructor(host: ShellHost) {
    super()
    this.host = host
  }
}

const specialFolder = indexed<SpecialFolders>(1, (self, name) => self.host.specialFolder(toText(name)))
const specialFoldersTable = members<SpecialFolders>({ '': specialFolder, Item: specialFolder })

const table = members<Shell>({
  ExpandEnvironmentStrings: method(1, (self, text) => self.expand(toText(text))),
  Environment: indexed([0, 1], (self): Variant => new Environment(self.host)),
  SpecialFolders: indexed([0, 1], (self, name): Variant => isGiven(name) ? self.host.specialFolder(toText(name)) : new SpecialFolders(self.host)),
  CurrentDirectory: property((self) => self.host.currentFolder(), (self, folder) => { guarded(() => { self.host.changeFolder(toText(folder)) }) }),
  Popup: method([1, 4], async (self, text, _seconds, title, style) =>
    integer(await self.host.popup(toText(text), isGiven(title) ? toText(title) : 'Windows Script Host', isGiven(style) ? toLong(style) : 0))),
  RegRead: method(1, (self, path) => guarded(() => self.regRead(toText(path)))),
  RegWrite: method([2, 3], (self, path, value, type) => guarded(() => void self.regWrite(toText(path), value, isGiven(type) ? toText(type) : 'REG_SZ'))),
  RegDelete: method(1, (self, path) => guarded(() => void self.regDelete(toText(path)))),
})
