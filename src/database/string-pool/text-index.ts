// From a text to its number in the string pool. A Map of the host while there are not many: its code is there, ours
// would have to be compiled first. From then on open addressing over the texts' own hashes: a Map with half a million
// strings takes twice as long to fill, and needs the strings.

/** More steps than chance explains: texts that were made to collide. From then on a Map does the work again. */
const mostSteps = 2000
/** So many texts are for a Map. */
export const fewTexts = 1 << 16

/** The texts that are indexed, by number. */
export interface IndexedTexts {
  text(id: number): string
  /** Whether a text is these ASCII bytes. */
  isBytes(id: number, bytes: Uint8Array, start: number, end: number): boolean
}

export class TextIndex {
  /** Numbers of strings; 0 is free. */
  #ids = new Int32Array()
  #hashes = new Int32Array()
  #count = 0
  #map: Map<string, number> | undefined
  /** With more texts than these the map is left. */
  #mostInMap = fewTexts
  readonly #texts: IndexedTexts

  constructor(expected: number, texts: IndexedTexts) {
    this.#texts = texts
    if (expected <= fewTexts) this.#map = new Map([['', 0]])
    else this.#grow(sizeFor(expected))
  }

  find(text: string): number | undefined {
    if (this.#map) return this.#map.get(text)
    const slot = this.#slot(text, hashOf(text))
    return slot === undefined ? this.#useMap().get(text) : this.#ids[slot] || undefined
  }

  /** @returns the number the text has already, or `id`, which is its number from now on. */
  add(text: string, id: number): number {
    if (this.#map !== undefined) return this.#addToMap(this.#map, text, id)
    const hash = hashOf(text)
    const slot = this.#slot(text, hash)
    return slot === undefined ? this.#addToMap(this.#useMap(), text, id) : this.#take(slot, hash, id)
  }

  /**
   * Adds every `step`th text from `first`, new ones under the numbers from `next`; the empty one has 0.
   * @param ids the number of each @param texts those that are new, by number
   * @returns the next number; `undefined`, with nothing done, when they are too many for that
   */
  addEach(fields: readonly string[], first: number, step: number, ids: Uint32Array, texts: (string | undefined)[], next: number): number | undefined {
    const map = this.#map
    if (map === undefined || map.size + ids.length > this.#mostInMap) return undefined
    for (let row = 0, at = first; row < ids.length; row++, at += step) {
      const text = fields[at]!
      const known = map.get(text)
      ids[row] = known ?? next
      if (known !== undefined) continue
      map.set(text, next)
      texts[next++] = text
    }
    return next
  }

  /** As {@link add}, for a text of ASCII bytes. */
  addBytes(bytes: Uint8Array, start: number, end: number, id: number): number {
    const hash = hashOfBytes(bytes, start, end)
    const slot = this.#map ? undefined : this.#slotOfBytes(bytes, start, end, hash)
    return slot === undefined ? this.#addToMap(this.#map ?? this.#useMap(), new TextDecoder().decode(bytes.subarray(start, end)), id) : this.#take(slot, hash, id)
  }

  #addToMap(map: Map<string, number>, text: string, id: number): number {
    const known = map.get(text)
    if (known !== undefined) return known
    map.set(text, id)
    if (map.size > this.#mostInMap) this.#leaveMap(map, map.size)
    return id
  }

  #leaveMap(map: ReadonlyMap<string, number>, expected: number): void {
    this.#map = undefined
    this.#count = 0
    this.#grow(sizeFor(expected))
    for (const [text, id] of map) if (id > 0) this.add(text, id)
  }

  #take(slot: number, hash: number, id: number): number {
    const known = this.#ids[slot]!
    if (known !== 0) return known
    this.#ids[slot] = id
    this.#hashes[slot] = hash
    if (++this.#count * 2 > this.#ids.length) this.#grow(this.#ids.length * 2)
    return id
  }

  /** Where the text is, or where it would be put; `undefined` when the search takes too long. */
  #slot(text: string, hash: number): number | undefined {
    const mask = this.#ids.length - 1
    let at = hash & mask
    for (let steps = 0; steps < mostSteps; steps++, at = (at + 1) & mask) {
      if (this.#ids[at] === 0 || (this.#hashes[at] === hash && this.#texts.text(this.#ids[at]!) === text)) return at
    }
    return undefined
  }

  #slotOfBytes(bytes: Uint8Array, start: number, end: number, hash: number): number | undefined {
    const mask = this.#ids.length - 1
    let at = hash & mask
    for (let steps = 0; steps < mostSteps; steps++, at = (at + 1) & mask) {
      if (this.#ids[at] === 0 || (this.#hashes[at] === hash && this.#texts.isBytes(this.#ids[at]!, bytes, start, end))) return at
    }
    return undefined
  }

  #useMap(): Map<string, number> {
    const ids = this.#ids.filter((id) => id !== 0)
    this.#ids = this.#hashes = new Int32Array()
    this.#mostInMap = Infinity
    return this.#map = new Map(Array.from(ids, (id) => [this.#texts.text(id), id]))
  }

  /** Makes room for texts that are about to be added as bytes, of which a map would have to make texts. */
  reserve(texts: number): void {
    const expected = (this.#map?.size ?? this.#count) + texts
    if (this.#map === undefined) this.#grow(sizeFor(expected))
    else if (this.#mostInMap < Infinity) this.#leaveMap(this.#map, expected)
  }

  #grow(size: number): void {
    if (size <= this.#ids.length) return
    const [ids, hashes] = [this.#ids, this.#hashes]
    this.#ids = new Int32Array(size)
    this.#hashes = new Int32Array(size)
    const mask = this.#ids.length - 1
    for (let index = 0; index < ids.length; index++) {
      if (ids[index] === 0) continue
      let at = hashes[index]! & mask
      while (this.#ids[at] !== 0) at = (at + 1) & mask
      this.#ids[at] = ids[index]!
      this.#hashes[at] = hashes[index]!
    }
  }
}

/** A power of two, at least twice the texts. */
function sizeFor(texts: number): number {
  return 2 ** Math.max(6, Math.ceil(Math.log2(texts * 2 + 1)))
}

/** FNV-1a over the UTF-16 units, its bits mixed once more because only the lower ones choose the place. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5 | 0
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return mixed(hash)
}

/** The same for a text of ASCII bytes. */
function hashOfBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ bytes[index]!, 0x01000193)
  return mixed(hash)
}

function mixed(hash: number): number {
  return Math.imul(hash ^ hash >>> 15, 0x2c1b3c6d)
}
