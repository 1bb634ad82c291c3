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

/** A hive has tens of thousands of these: a typed array comes into being when it is asked for. */
class StoredValue implements RawRegistryValue {
  readonly name: string
  readonly type: number
  readonly #buffer: ArrayBufferLike
  readonly #start: number
  readonly #length: number

  constructor(name: string, type: number, data: Uint8Array) {
    this.name = name
    this.type = type
    this.#buffer = data.buffer
    this.#start = data.byteOffset
    this.#length = data.length
  }

  get data(): Uint8Array {
    return new Uint8Array(this.#buffer, this.#start, this.#length)
  }
}

/** So many values of a key are looked through one by one. */
const mostInList = 12

/** The values of a key in the order in which they were first set. Most have one or two, which are a list of just that length. */
type StoredValues = readonly StoredValue[] | Map<string, StoredValue>

function isList(values: StoredValues): values is readonly StoredValue[] {
  return Array.isArray(values)
}

function placeIn(values: readonly StoredValue[], name: string): number {
  const exact = values.findIndex((one) => one.name === name)
  if (exact >= 0) return exact
  const folded = foldCase(name)
  return values.findIndex((one) => one.name.length === folded.length && foldCase(one.name) === folded)
}

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
  #values: StoredValues | undefined

  constructor(name: string, lastWrite: bigint) {
    this.name = name
    this.lastWrite = lastWrite
  }

  get subkeyCount(): number {
    return this.#subkeys?.size ?? 0
  }

  get valueCount(): number {
    const values = this.#values
    return values === undefined ? 0 : isList(values) ? values.length : values.size
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
    const values = this.#values
    return values === undefined ? undefined : isList(values) ? values[placeIn(values, name)] : values.get(foldCase(name))
  }

  /** In the order in which they were first set. */
  values(): IterableIterator<RawRegistryValue> {
    return (this.#values ?? []).values()
  }

  /** An existing value keeps its place and the spelling of its name. The bytes are not copied, and must not change afterwards. */
  setValue(name: string, type: number, data: Uint8Array, now: bigint): void {
    const values = this.#values ?? []
    if (!isList(values)) {
      const folded = foldCase(name)
      values.set(folded, new StoredValue(values.get(folded)?.name ?? name, type, data))
    } else {
      const at = placeIn(values, name)
      const stored = new StoredValue(values[at]?.name ?? name, type, data)
      const list = at < 0 ? values.concat(stored) : values.with(at, stored)
      this.#values = list.length <= mostInList ? list : new Map(list.map((one) => [foldCase(one.name), one]))
    }
    this.lastWrite = now
    this.revision++
  }

  /** `false` when there was none. */
  deleteValue(name: string, now: bigint): boolean {
    const values = this.#values ?? []
    if (isList(values)) {
      const at = placeIn(values, name)
      if (at < 0) return false
      this.#values = values.toSpliced(at, 1)
    } else if (!values.delete(foldCase(name))) return false
    this.lastWrite = now
    this.revision++
    return true
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
    const values = this.#values
    copy.#values = values === undefined || isList(values) ? values : new Map(values)
    return copy
  }
}

const roomBytes = 1 << 15
/** Larger ones have bytes of their own. */
const mostTogether = 1 << 12

/** Keeps the bytes of many small values together: an array of its own costs each more than what is in it. */
export class ValueRoom {
  #room = new Uint8Array(0)
  #used = 0

  /** The same bytes. */
  keep(data: Uint8Array): Uint8Array {
    if (data.length > mostTogether) return data
    if (this.#used + data.length > this.#room.length) {
      this.#room = new Uint8Array(roomBytes)
      this.#used = 0
    }
    const kept = this.#room.subarray(this.#used, this.#used + data.length)
    kept.set(data)
    this.#used += data.length
    return kept
  }
}
