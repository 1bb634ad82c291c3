// What Windows Installer has to itself in the registry: every value below the keys where it records products, by key and name.
// Two pictures of it, before and after a call, show what the call recorded and took away.
import { foldCase } from '../../base/index.ts'
import type { Platform, RegistryValue } from '../../platform/index.ts'

export interface RecordedEntry {
  readonly key: string
  readonly name: string
  readonly value: RegistryValue
}

/** By `id` of key and name. */
export type Territory = ReadonlyMap<string, RecordedEntry>

export const entryId = (key: string, name: string): string => `${foldCase(key)}\0${foldCase(name)}`

export const installer = 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer'
export const uninstallKeys = ['HKLM\\Software', 'HKLM\\Software\\Wow6432Node', 'HKCU\\Software'].map((root) => `${root}\\Microsoft\\Windows\\CurrentVersion\\Uninstall`)
export const sharedDllKeys = ['HKLM\\Software', 'HKLM\\Software\\Wow6432Node'].map((root) => `${root}\\Microsoft\\Windows\\CurrentVersion\\SharedDLLs`)

const tops = [installer, 'HKLM\\Software\\Classes\\Installer', 'HKCU\\Software\\Microsoft\\Installer', ...uninstallKeys, ...sharedDllKeys]

export function readTerritory({ registry }: Platform): Territory {
  const found = new Map<string, RecordedEntry>()
  const pending = [...tops]
  for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
    for (const name of registry.valueNames(key)) {
      const value = registry.value(key, name)
      if (value !== undefined) found.set(entryId(key, name), { key, name, value })
    }
    // Provider keys of WiX are rows of packages.
    for (const name of registry.subkeys(key)) if (!/^Dependencies$/i.test(name)) pending.push(`${key}\\${name}`)
  }
  return found
}

/** Data as text, with what identifies its type. */
export function shown(value: RegistryValue | undefined): string {
  return value === undefined ? 'nothing' : `${value.type} ${JSON.stringify(value.data, (_, part: unknown) => typeof part === 'bigint' ? part.toString() : part)}`
}
