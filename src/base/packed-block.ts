// How a block of a packed list is encoded: tags, lengths and numbers as bytes, texts together in one string of their own.
// It is never stored: writer and reader are of one process.

export interface Block {
  readonly bytes: Uint8Array
  /** What strings do not share with those before them, one after the other. */
  readonly text: string
}

/** The keys of an object in their order. */
interface Shape {
  readonly id: number
  readonly keys: readonly string[]
  readonly places: readonly Place[]
}

/** Where values stand: at a key of a shape, or in the list there. */
class Place {
  readonly slot: number
  readonly #next = new Map<string, Place>()
  /** Most objects are like the one before. */
  #lastKey: string | undefined
  #last: Place | undefined
  /** Of objects whose keys end here. */
  shape: Shape | undefined
  #items: Place | undefined

  constructor(slot: number) {
    this.slot = slot
  }

  next(key: string, shapes: Shapes): Place {
    if (key === this.#lastKey) return this.#last!
    let place = this.#next.get(key)
    if (place === undefined) this.#next.set(key, place = shapes.place())
    this.#lastKey = key
    this.#last = place
    return place
  }

  items(shapes: Shapes): Place {
    return this.#items ??= shapes.place()
  }
}

export class Shapes {
  readonly #shapes: Shape[] = []
  #places = 0
  readonly root = this.place()
  /** Where the keys of any object begin: what stands at one key is alike, whatever holds it. */
  readonly #start = this.place()

  place(): Place {
    return new Place(this.#places++)
  }

  at(id: number): Shape {
    return this.#shapes[id]!
  }

  of(value: object): Shape {
    let place = this.#start
    for (const key in value) place = place.next(key, this)
    return place.shape ??= this.#add(Object.keys(value))
  }

  #add(keys: readonly string[]): Shape {
    let place = this.#start
    const places = keys.map((key) => place = place.next(key, this))
    const shape = { id: this.#shapes.length, keys, places }
    this.#shapes.push(shape)
    return shape
  }
}

const tag = { undefined: 0, null: 1, false: 2, true: 3, integer: 4, number: 5, bigint: 6, same: 7, string: 8, list: 9 } as const
/** Tags from here on are shapes of objects. */
const firstShape = 10

export class BlockWriter {
  readonly #shapes: Shapes
  readonly #last: string[] = []
  readonly #pieces: string[] = []
  #bytes = new Uint8Array(8192)
  #at = 0

  constructor(shapes: Shapes) {
    this.#shapes = shapes
  }

  write(values: readonly unknown[]): Block {
    for (const value of values) this.#value(value, this.#shapes.root)
    return { bytes: this.#bytes.slice(0, this.#at), text: this.#pieces.join('') }
  }

  #value(value: unknown, place: Place): void {
    switch (typeof value) {
      case 'string': this.#string(value, place.slot); break
      case 'number': this.#number(value); break
      case 'boolean': this.#unsigned(value ? tag.true : tag.false); break
      case 'undefined': this.#unsigned(tag.undefined); break
      case 'bigint':
        this.#unsigned(tag.bigint)
        this.#string(String(value), place.slot)
        break
      case 'object':
        if (value === null) this.#unsigned(tag.null)
        else if (Array.isArray(value)) this.#list(value, place.items(this.#shapes))
        else this.#object(value as Record<string, unknown>)
        break
      default: throw new TypeError(`plain data expected, found a ${typeof value}`)
    }
  }

  #object(value: Readonly<Record<string, unknown>>): void {
    const { id, keys, places } = this.#shapes.of(value)
    this.#unsigned(firstShape + id)
    for (let index = 0; index < keys.length; index++) this.#value(value[keys[index]!], places[index]!)
  }

  #list(values: readonly unknown[], items: Place): void {
    this.#unsigned(tag.list)
    this.#unsigned(values.length)
    for (const value of values) this.#value(value, items)
  }

  #string(text: string, slot: number): void {
    const last = this.#last[slot]
    if (text === last) return this.#unsigned(tag.same)
    const shared = last === undefined ? 0 : sharedStart(last, text)
    this.#unsigned(tag.string)
    this.#unsigned(shared)
    this.#unsigned(text.length - shared)
    this.#pieces.push(shared === 0 ? text : text.slice(shared))
    this.#last[slot] = text
  }

  #number(value: number): void {
    if (value === (value | 0) && !Object.is(value, -0)) {
      this.#unsigned(tag.integer)
      // Small ones of either sign are short.
      this.#unsigned((value << 1 ^ value >> 31) >>> 0)
      return
    }
    this.#unsigned(tag.number)
    this.#reserve()
    new DataView(this.#bytes.buffer).setFloat64(this.#at, value)
    this.#at += 8
  }

  /** Seven bits to a byte. */
  #unsigned(value: number): void {
    this.#reserve()
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[this.#at++] = rest & 0x7f | 0x80
    this.#bytes[this.#at++] = rest
  }

  #reserve(): void {
    if (this.#at + 8 <= this.#bytes.length) return
    const larger = new Uint8Array(this.#bytes.length * 2)
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

export class BlockReader {
  readonly #shapes: Shapes
  readonly #bytes: Uint8Array
  readonly #text: string
  readonly #last: string[] = []
  #at = 0
  #textAt = 0

  constructor({ bytes, text }: Block, shapes: Shapes) {
    this.#bytes = bytes
    this.#text = text
    this.#shapes = shapes
  }

  read(count: number): unknown[] {
    return Array.from({ length: count }, () => this.#value(this.#shapes.root))
  }

  #value(place: Place): unknown {
    const kind = this.#unsigned()
    switch (kind) {
      case tag.undefined: return undefined
      case tag.null: return null
      case tag.false: return false
      case tag.true: return true
      case tag.integer: return this.#integer()
      case tag.number:
        this.#at += 8
        return new DataView(this.#bytes.buffer, this.#bytes.byteOffset).getFloat64(this.#at - 8)
      case tag.bigint: return BigInt(this.#value(place) as string)
      case tag.same: return this.#last[place.slot]
      case tag.string: return this.#string(place.slot)
      case tag.list: {
        const items = place.items(this.#shapes)
        const values: unknown[] = []
        for (let left = this.#unsigned(); left > 0; left--) values.push(this.#value(items))
        return values
      }
      default: return this.#object(this.#shapes.at(kind - firstShape))
    }
  }

  #object({ keys, places }: Shape): unknown {
    const object: Record<string, unknown> = {}
    for (let index = 0; index < keys.length; index++) object[keys[index]!] = this.#value(places[index]!)
    return object
  }

  #string(slot: number): string {
    const shared = this.#unsigned()
    const end = this.#textAt + this.#unsigned()
    const own = this.#text.slice(this.#textAt, end)
    this.#textAt = end
    return this.#last[slot] = shared === 0 ? own : this.#last[slot]!.slice(0, shared) + own
  }

  #integer(): number {
    const folded = this.#unsigned()
    return folded >>> 1 ^ -(folded & 1)
  }

  #unsigned(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++]!
      value |= (byte & 0x7f) << shift
      if (byte <= 0x7f) return value >>> 0
    }
  }
}

/** Not worth its bytes when it is short. */
const shortestShared = 4

function sharedStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length)
  let length = 0
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length++
  return length < shortestShared ? 0 : length
}
