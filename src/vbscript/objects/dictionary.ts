// Scripting.Dictionary: keys of any subtype but arrays, in the order in which they came.
// https://learn.microsoft.com/office/vba/language/reference/user-interface-help/dictionary-object
import { toLong, toNumber } from '../values/convert.ts'
import { HostObject, indexed, members, method, property } from '../values/dispatch.ts'
import { scriptError } from '../values/script-error.ts'
import { isArray, isObjectType, long, VariantNumber, type Variant } from '../values/variant.ts'
import { VariantArray } from '../values/variant-array.ts'

interface Entry {
  readonly key: Variant
  item: Variant
}

type MapKey = string | object | null

export class Dictionary extends HostObject {
  readonly typeName = 'Dictionary'
  readonly members = table
  readonly entries = new Map<MapKey, Entry>()
  #compareText = false

  get compareMode(): number {
    return this.#compareText ? 1 : 0
  }

  set compareMode(mode: number) {
    if (this.entries.size > 0) throw scriptError(5)
    this.#compareText = mode === 1
  }

  /** Numbers of any subtype and booleans are the same key where they are equal; so are texts, without regard to case if asked. */
  mapKey(key: Variant): MapKey {
    if (isArray(key)) throw scriptError(5)
    if (typeof key === 'string') return `s${this.#compareText ? key.toLowerCase() : key}`
    if (isObjectType(key)) return key
    return key === null ? null : key instanceof VariantNumber || typeof key === 'boolean' ? `n${toNumber(key)}` : 'e'
  }

  add(key: Variant, item: Variant): void {
    const mapKey = this.mapKey(key)
    if (this.entries.has(mapKey)) throw scriptError(457)
    this.entries.set(mapKey, { key, item })
  }

  /** Reading a key that is not there makes it, with an Empty item. */
  get(key: Variant): Variant {
    const mapKey = this.mapKey(key)
    const found = this.entries.get(mapKey)
    if (found === undefined) this.entries.set(mapKey, { key, item: undefined })
    return found?.item
  }

  put(key: Variant, item: Variant): void {
    const mapKey = this.mapKey(key)
    const found = this.entries.get(mapKey)
    if (found === undefined) this.entries.set(mapKey, { key, item })
    else found.item = item
  }

  rename(key: Variant, fresh: Variant): void {
    const from = this.mapKey(key)
    const to = this.mapKey(fresh)
    const found = this.entries.get(from)
    if (found === undefined) throw scriptError(32811)
    if (this.entries.has(to)) throw scriptError(457)
    const list = [...this.entries].map(([mapKey, entry]) => mapKey === from ? [to, { key: fresh, item: found.item }] as const : [mapKey, entry] as const)
    this.entries.clear()
    for (const [mapKey, entry] of list) this.entries.set(mapKey, entry)
  }

  remove(key: Variant): void {
    if (!this.entries.delete(this.mapKey(key))) throw scriptError(32811)
  }

  elements(): Iterable<Variant> {
    return [...this.entries.values()].map(({ key }) => key)
  }
}

const item = indexed<Dictionary>(1, (self, key) => self.get(key), (self, value, key) => { self.put(key, value) })
const table = members<Dictionary>({
  '': item, Item: item,
  Key: indexed<Dictionary>(1, undefined, (self, fresh, key) => { self.rename(key, fresh) }),
  Count: property((self) => long(self.entries.size)),
  CompareMode: property((self) => long(self.compareMode), (self, value) => { self.compareMode = toLong(value) }),
  Add: method(2, (self, key, value) => void self.add(key, value)),
  Exists: method(1, (self, key) => self.entries.has(self.mapKey(key))),
  Items: method(0, (self) => VariantArray.of([...self.entries.values()].map((one) => one.item))),
  Keys: method(0, (self) => VariantArray.of([...self.entries.values()].map((one) => one.key))),
  Remove: method(1, (self, key) => void self.remove(key)),
  RemoveAll: method(0, (self) => void self.entries.clear()),
})
