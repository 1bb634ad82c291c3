// The Registry port. Keys are physical paths that begin with `HKLM\`, `HKU\` or `HKCU\` (the user's own branch of HKU);
// `HKCR` and the 32-bit view are resolved before they come here. Names are matched without regard to case.
// Changes are visible at once and durable after `flush`. Synchronous.

export type RegistryValue =
  | { readonly type: 'REG_SZ' | 'REG_EXPAND_SZ'; readonly data: string }
  | { readonly type: 'REG_DWORD'; readonly data: number }
  | { readonly type: 'REG_QWORD'; readonly data: bigint }
  | { readonly type: 'REG_MULTI_SZ'; readonly data: readonly string[] }
  /** Hexadecimal digits; also the form of values whose bytes do not fit their type. */
  | { readonly type: 'REG_BINARY' | 'REG_NONE'; readonly data: string }
  | { readonly type: 'REG_RAW'; readonly typeId: number; readonly data: string }

export interface Registry {
  keyExists(key: string): boolean
  /** Names of subkeys in their own spelling. */
  subkeys(key: string): readonly string[]
  /** Names of values in their own spelling; the default value is `''`. */
  valueNames(key: string): readonly string[]
  /** How many there are, which costs nothing; `undefined` when the key is absent. */
  counts(key: string): { readonly subkeys: number; readonly values: number } | undefined
  /** The key with every existing segment in its own spelling. */
  keySpelling(key: string): string
  /** The name of a value in its own spelling; `undefined` when key or value is absent. */
  valueSpelling(key: string, name: string): string | undefined
  /** `undefined` when key or value is absent. */
  value(key: string, name: string): RegistryValue | undefined
  /** Creates missing parents too. */
  createKey(key: string): void
  /** The key must exist. */
  setValue(key: string, name: string, value: RegistryValue): void
  /** No error when absent. */
  deleteValue(key: string, name: string): void
  /** The key with everything below; no error when absent. */
  deleteKey(key: string): void
  /** Self-relative security descriptor in hexadecimal digits; `undefined` when the key has that of the key above, or there is no key. */
  security(key: string): string | undefined
  /** The key must exist; `undefined` gives it that of the key above. Not kept by registries that are text. */
  setSecurity(key: string, descriptor: string | undefined): void
  /** Writes what changed, each hive atomically. */
  flush(): void
}
