// A registry key with everything below it, in memory: what REGF hives, Wine's text hives and the Registry port share.
// Values keep their raw bytes, so that what is not understood survives. Names are found without regard to case.
// https://learn.microsoft.com/windows/win32/sysinfo/structure-of-the-registry
import { foldCase } from './windows-path.ts'

/** Numbers of the value types, winnt.h. */
export const registryTypes = {
  REG_NONE: 0, REG_SZ: 1, REG_EXPAND_SZ: 2, REG_BINARY: 3, REG_DWORD: 4, REG_DWORD_BIG_ENDIAN: 5,
  REG_LINK: 6, REG_MULTI_SZ: 7, REG_QWORD: 11,
} as const

export interface RawRegistryValue {
  /** `''` is the key's default value. */
  readonly name: string
  readonly type: number
  readonly data: Uint8Array
}

const none: ReadonlyMap<string, RawRegistryValue> = new Map()

export class RegistryKey {
  readonly name: string
  /** FILETIME of the last change of a value or of the set of subkeys. */
  lastWrite: bigint
  /** Counts changes of values and attributes; lets a writer keep the text of keys that did not change. */
  revision = 0
  className: string | undefined
  /** Self-relative security descriptor; `undefined` means that of the key above. */
  security: Uint8Array | undefined
  /** Its value `SymbolicLinkValue` says where the key really is. */
  isLink = false
  /** Taken out of its tree, by itself or with a key above: whoever remembers where it stood must look again. */
  isDeleted = false
  /** Made when there is something to be in them: most keys have either none or no values. */
  #subkeys: Map<string, RegistryKey> | undefined
  #values: Map<string, RawRegistryValue> | undefined

  constructor(name: string, lastWrite: bigint) {
    this.name = name
    this.lastWrite = lastWrite
  }

  get subkeyCount(): number {
    return this.#subkeys?.size ?? 0
  }

  get valueCount(): number {
    return this.#values?.size ?? 0
  }

  subkey(name: string): RegistryKey | undefined {
    return this.#subkeys?.get(foldCase(name))
  }

  /** Sorted by upper-case name, code unit by code unit, as Windows keeps them. */
  subkeys(): RegistryKey[] {
    const subkeys = this.#subkeys
    return subkeys === undefined ? [] : [...subkeys.keys()].sort().map((folded) => subkeys.get(folded)!)
  }

  /** The subkey of that name; made when there is none. */
  createSubkey(name: string, now: bigint): RegistryKey {
    const folded = foldCase(name)
    const subkeys = this.#subkeys ??= new Map()
    const existing = subkeys.get(folded)
    if (existing !== undefined) return existing
    const created = new RegistryKey(name, now)
    subkeys.set(folded, created)
    this.lastWrite = now
    return created
  }

  /** Puts a finished key in place; one of the same name is replaced, `lastWrite` stays. */
  attach(key: RegistryKey): void {
    const subkeys = this.#subkeys ??= new Map()
    subkeys.set(foldCase(key.name), key)
  }

  /** With everything below; `false` when there was none. */
  deleteSubkey(name: string, now: bigint): boolean {
    const folded = foldCase(name)
    const deleted = this.#subkeys?.get(folded)
    if (deleted === undefined) return false
    this.#subkeys!.delete(folded)
    this.lastWrite = now
    const pending = [deleted]
    for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
      key.isDeleted = true
      for (const below of key.#subkeys?.values() ?? []) pending.push(below)
    }
    return true
  }

  value(name: string): RawRegistryValue | undefined {
    return this.#values?.get(foldCase(name))
  }

  /** In the order in which they were first set. */
  values(): IterableIterator<RawRegistryValue> {
    return (this.#values ?? none).values()
  }

  /** An existing value keeps its place and the spelling of its name. */
  setValue(name: string, type: number, data: Uint8Array, now: bigint): void {
    const folded = foldCase(name)
    const values = this.#values ??= new Map()
    values.set(folded, { name: values.get(folded)?.name ?? name, type, data })
    this.lastWrite = now
    this.revision++
  }

  /** `false` when there was none. */
  deleteValue(name: string, now: bigint): boolean {
    const deleted = this.#values?.delete(foldCase(name)) ?? false
    if (deleted) {
      this.lastWrite = now
      this.revision++
    }
    return deleted
  }

  /** A copy of the whole tree that shares only the bytes of values, which are never changed in place. */
  clone(): RegistryKey {
    const root = this.#cloneAlone()
    const pending: [RegistryKey, RegistryKey][] = [[this, root]]
    for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
      const [from, to] = pair
      for (const child of from.#subkeys?.values() ?? []) {
        const copy = child.#cloneAlone()
        to.attach(copy)
        pending.push([child, copy])
      }
    }
    return root
  }

  #cloneAlone(): RegistryKey {
    const copy = new RegistryKey(this.name, this.lastWrite)
    copy.className = this.className
    copy.security = this.security
    copy.isLink = this.isLink
    if (this.#values !== undefined) copy.#values = new Map(this.#values)
    return copy
  }
}
