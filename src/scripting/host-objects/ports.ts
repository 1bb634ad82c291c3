// What the objects of Windows Script Host and the scripting runtime stand on: files and registry of some machine. Failures are
// WindowsErrors; the objects say them with the numbers that scripts know.
import type { DispatchObject } from '../../vbscript/index.ts'

/** Files; relative paths count from the current folder. Both slashes separate names. */
export interface ScriptFiles {
  stat(path: string): ScriptFileStat | undefined
  /** Names in a folder. */
  list(folder: string): readonly string[]
  read(path: string): Uint8Array
  /** Makes a file, or a new content of one that is there. */
  write(path: string, content: Uint8Array): void
  append(path: string, content: Uint8Array): void
  createFolder(path: string): void
  removeFile(path: string, evenReadOnly: boolean): void
  /** An empty one. */
  removeFolder(path: string, evenReadOnly: boolean): void
  /** A file or a folder with all in it. */
  rename(from: string, to: string): void
  setAttributes(path: string, attributes: number): void
  /** The full path, with backslashes. */
  fullPath(path: string): string
  /** `''` when it is no program. */
  version(path: string): string
  /** 0 in, 1 out, 2 errors; without it there are none. */
  standardStream?(which: number): DispatchObject | undefined
  readonly temporaryFolder: string
  readonly windowsFolder: string
  readonly systemFolder: string
}

export interface ScriptFileStat {
  readonly isFolder: boolean
  readonly size: number
  /** As scripts have dates. */
  readonly modified: number
  readonly created: number
  /** Read-only 1, hidden 2, system 4, folder 16, archive 32. */
  readonly attributes: number
}

/** The types that WshShell knows; `other` is what it cannot say. */
export type ScriptRegistryValue =
  | { readonly type: 'REG_SZ' | 'REG_EXPAND_SZ'; readonly data: string }
  | { readonly type: 'REG_DWORD'; readonly data: number }
  | { readonly type: 'REG_MULTI_SZ'; readonly data: readonly string[] }
  | { readonly type: 'REG_BINARY'; readonly data: Uint8Array }

/** Keys begin with `HKLM`, `HKCU`, `HKCR` or `HKU`. */
export interface ScriptRegistry {
  keyExists(key: string): boolean
  hasSubkeys(key: string): boolean
  value(key: string, name: string): ScriptRegistryValue | undefined
  /** Makes the key, too. */
  setValue(key: string, name: string, value: ScriptRegistryValue): void
  createKey(key: string): void
  deleteValue(key: string, name: string): void
  deleteKey(key: string): void
}
