// Registry changes as a list of edits whose before-image is absolute: taking them back sets every key and value they
// name to what it was, whatever it is now. So it may be repeated, or be done where nothing was applied.
// docs/design/script.md, "Registry"
import { foldCase } from '../../base/index.ts'
import type { Registry, RegistryValue } from '../../platform/index.ts'
import type { RegistryEdit } from './operation.ts'

/** An installation has tens of thousands of these: lists with nothing in them are left out. */
export interface RegistryImage {
  /** Keys that did not exist: the outermost of each. */
  readonly missing?: readonly string[]
  /** Values that will be set or deleted, as they were; without `value` when there was none. */
  readonly values?: readonly ValueImage[]
  /** Keys that will be deleted, with all below them. */
  readonly keys?: readonly KeyImage[]
  /** Keys that will be secured, as they were. */
  readonly security?: readonly SecurityImage[]
}

export interface SecurityImage {
  readonly key: string
  /** Absent when the key had that of the key above. */
  readonly descriptor?: string
}

export interface ValueImage {
  readonly key: string
  readonly name: string
  readonly value?: RegistryValue
}

export interface KeyImage {
  /** In its own spelling. */
  readonly key: string
  readonly values: readonly { readonly name: string; readonly value: RegistryValue }[]
  /** Its own descriptor, when it has one. */
  readonly security?: string
}

/** Looks at everything that the edits will touch. */
export function captureRegistry(edits: readonly RegistryEdit[], registry: Registry): RegistryImage {
  const missing = new Map<string, string>()
  const values = new Map<string, ValueImage>()
  const keys: KeyImage[] = []
  const security: SecurityImage[] = []
  const noteKey = (key: string): void => {
    const outermost = outermostMissing(registry, key)
    if (outermost !== undefined) missing.set(foldCase(outermost), outermost)
  }
  const noteValue = (key: string, name: string): void => {
    const id = `${foldCase(key)}\\\0${foldCase(name)}`
    if (!values.has(id)) values.set(id, valueImage(registry, key, name))
  }
  for (const edit of edits) {
    switch (edit.edit) {
      case 'create-key': noteKey(edit.key); break
      case 'set': noteKey(edit.key); noteValue(edit.key, edit.name); break
      case 'delete-value': if (registry.keyExists(edit.key)) {
        noteValue(edit.key, edit.name)
        if (edit.pruneKey) keys.push(keyImage(registry, registry.keySpelling(edit.key), []))
      } break
      case 'set-security': {
        const descriptor = registry.security(edit.key)
        security.push({ key: edit.key, ...(descriptor === undefined ? {} : { descriptor }) })
        break
      }
      case 'delete-key': if (registry.keyExists(edit.key)) for (const image of keyTree(registry, registry.keySpelling(edit.key))) keys.push(image); break
    }
  }
  const image: { -readonly [List in keyof RegistryImage]: RegistryImage[List] } = {}
  if (missing.size > 0) image.missing = [...missing.values()]
  if (values.size > 0) image.values = [...values.values()]
  if (keys.length > 0) image.keys = keys
  if (security.length > 0) image.security = security
  return image
}

export function applyRegistry(edits: readonly RegistryEdit[], registry: Registry): void {
  for (const edit of edits) {
    switch (edit.edit) {
      case 'create-key': registry.createKey(edit.key); break
      case 'set':
        registry.createKey(edit.key)
        registry.setValue(edit.key, edit.name, edit.value)
        break
      case 'delete-value':
        registry.deleteValue(edit.key, edit.name)
        if (edit.pruneKey && isEmptyKey(registry, edit.key)) registry.deleteKey(edit.key)
        break
      case 'delete-key': registry.deleteKey(edit.key); break
      case 'set-security': if (registry.keyExists(edit.key)) registry.setSecurity(edit.key, edit.descriptor); break
    }
  }
}

/** Writes only what differs, so that a hive which is as it was is not written again. */
export function undoRegistry({ missing = [], values = [], keys = [], security = [] }: RegistryImage, registry: Registry): void {
  for (const key of missing) if (registry.keyExists(key)) registry.deleteKey(key)
  for (const { key, name, value } of values) if (value === undefined && registry.value(key, name) !== undefined) registry.deleteValue(key, name)
  for (const { key, descriptor } of security.toReversed()) if (registry.keyExists(key)) registry.setSecurity(key, descriptor)
  for (const { key, values: inside, security: own } of keys) {
    if (!registry.keyExists(key)) registry.createKey(key)
    if (own !== undefined) registry.setSecurity(key, own)
    for (const { name, value } of inside) restoreValue(registry, key, name, value)
  }
  for (const { key, name, value } of values) if (value !== undefined) restoreValue(registry, key, name, value)
}

function restoreValue(registry: Registry, key: string, name: string, value: RegistryValue): void {
  const now = registry.value(key, name)
  if (now !== undefined && sameValue(now, value) && registry.valueSpelling(key, name) === name) return
  if (!registry.keyExists(key)) registry.createKey(key)
  // Setting an existing value keeps its spelling.
  if (now !== undefined) registry.deleteValue(key, name)
  registry.setValue(key, name, value)
}

export function sameValue(a: RegistryValue, b: RegistryValue): boolean {
  if (a.type !== b.type) return false
  if (a.type === 'REG_MULTI_SZ' && b.type === 'REG_MULTI_SZ') return a.data.length === b.data.length && a.data.every((text, index) => text === b.data[index])
  if (a.type === 'REG_RAW' && b.type === 'REG_RAW' && a.typeId !== b.typeId) return false
  return a.data === b.data
}

function valueImage(registry: Registry, key: string, name: string): ValueImage {
  const value = registry.value(key, name)
  return value === undefined ? { key, name } : { key, name: registry.valueSpelling(key, name) ?? name, value }
}

/** The first key on the way that does not exist; `undefined` when the key does. */
export function outermostMissing(registry: Registry, key: string): string | undefined {
  let missing: string | undefined
  for (let at = key; at.includes('\\') && !registry.keyExists(at); at = at.slice(0, at.lastIndexOf('\\'))) missing = at
  return missing
}

export function isEmptyKey(registry: Registry, key: string): boolean {
  const counts = registry.counts(key)
  return counts !== undefined && counts.subkeys + counts.values === 0
}

function keyImage(registry: Registry, key: string, values: KeyImage['values']): KeyImage {
  const security = registry.security(key)
  return security === undefined ? { key, values } : { key, values, security }
}

/** The key and everything below it, a key before its subkeys. */
export function keyTree(registry: Registry, key: string): KeyImage[] {
  const tree: KeyImage[] = []
  const pending = [key]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const from = at
    tree.push(keyImage(registry, from, registry.valueNames(from).map((name) => ({ name, value: registry.value(from, name)! }))))
    for (const name of registry.subkeys(from).toReversed()) pending.push(`${from}\\${name}`)
  }
  return tree
}
