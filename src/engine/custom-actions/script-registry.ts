// The registry of a root as WScript.Shell takes it.
import { bytesFromHex, bytesToHex } from '../../base/index.ts'
import type { Platform, Registry, RegistryValue } from '../../platform/index.ts'
import type { ScriptRegistry, ScriptRegistryValue } from '../../scripting/index.ts'

export interface RegistryAccess {
  look(): Pick<Platform, 'registry'>
  /** Does a change, or refuses it. */
  write(change: (registry: Pick<Registry, 'createKey' | 'setValue' | 'deleteValue' | 'deleteKey'>) => void): void
  /** Where a key lies for who asks: 32-bit programs have a view of their own. */
  readonly view?: (key: string) => string
}

export function rootScriptRegistry({ look, write, view = (key) => key }: RegistryAccess): ScriptRegistry {
  const physical = (key: string): string => view(key.replace(/^HKCR(?=\\|$)/, 'HKLM\\Software\\Classes'))
  return {
    keyExists: (key) => look().registry.keyExists(physical(key)),
    hasSubkeys: (key) => look().registry.subkeys(physical(key)).length > 0,
    value: (key, name) => {
      const value = look().registry.value(physical(key), name)
      return value === undefined ? undefined : scriptValue(value)
    },
    setValue: (key, name, value) => {
      write((registry) => {
        registry.createKey(physical(key))
        registry.setValue(physical(key), name, registryValue(value))
      })
    },
    createKey: (key) => { write((registry) => { registry.createKey(physical(key)) }) },
    deleteValue: (key, name) => { write((registry) => { registry.deleteValue(physical(key), name) }) },
    deleteKey: (key) => { write((registry) => { registry.deleteKey(physical(key)) }) },
  }
}

function scriptValue(value: RegistryValue): ScriptRegistryValue {
  switch (value.type) {
    case 'REG_SZ': case 'REG_EXPAND_SZ': return { type: value.type, data: value.data }
    case 'REG_DWORD': return { type: 'REG_DWORD', data: value.data }
    case 'REG_MULTI_SZ': return { type: 'REG_MULTI_SZ', data: value.data }
    case 'REG_QWORD': return { type: 'REG_SZ', data: String(value.data) }
    default: return { type: 'REG_BINARY', data: bytesFromHex(value.data) ?? new Uint8Array() }
  }
}

function registryValue(value: ScriptRegistryValue): RegistryValue {
  return value.type === 'REG_BINARY' ? { type: 'REG_BINARY', data: bytesToHex(value.data) } : value
}
