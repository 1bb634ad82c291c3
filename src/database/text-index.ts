// From a text to its number in the string pool: open addressing over the texts' own hashes. A Map with half a million
// strings takes twice as long to fill.

/** More steps than chance explains: texts that were made to collide. From then on a Map does the work. */
const mostSteps = 2000

/** The texts that are indexed, by number. */
export interface IndexedTexts {
  text(id: number): string
  /** Whether a text is these ASCII bytes. */
  isBytes(id: number, bytes: Uint8Array, start: number, end: number): boolean
}

export class TextIndex {
  /** Numbers of strings; 0 is free. */
  #ids: Int32Array
  #hashes: Int32Array
  #count = 0
  #map: Map<string, number> | undefined
  readonly #texts: IndexedTexts

  constructor(expected: number, texts: IndexedTexts) {
    const size = 2 ** Math.max(6, Math.ceil(Math.log2(expected * 2 + 1)))
    this.#ids = new Int32Array(size)
    this.#hashes = new Int32Array(size)
    this.#texts = texts
  }

  find(text: string): number | undefined {
    if (this.#map) return this.#map.get(text)
    const slot = this.#slot(text, hashOf(text))
    return slot === undefined ? this.#useMap().get(text) : this.#ids[slot] || undefined
  }

  /** @returns the number the text has already, or `id`, which is its number from now on. */
  add(text: string, id: number): number {
    const hash = hashOf(text)
    const slot = this.#map ? undefined : this.#slot(text, hash)
    return slot === undefined ? this.#addToMap(text, id) : this.#take(slot, hash, id)
  }

  /** As {@link add}, for a text of ASCII bytes. */
  addBytes(bytes: Uint8Array, start: number, end: number, id: number): number {
    const hash = hashOfBytes(bytes, start, end)
    const slot = this.#map ? undefined : this.#slotOfBytes(bytes, start, end, hash)
    return slot === undefined ? this.#addToMap(new TextDecoder().decode(bytes.subarray(start, end)), id) : this.#take(slot, hash, id)
  }

  #addToMap(text: string, id: number): number {
    const map = this.#map ?? this.#useMap()
    const known = map.get(text)
    if (known === undefined) map.set(text, id)
    return known ?? id
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
    this.#ids = this.#hashes = new Int32Array(0)
    return this.#map = new Map(Array.from(ids, (id) => [this.#texts.text(id), id]))
  }

  /** Makes room for texts that are about to be added. */
  reserve(texts: number): void {
    const size = 2 ** Math.ceil(Math.log2((this.#count + texts) * 2 + 1))
    if (this.#map === undefined && size > this.#ids.length) this.#grow(size)
  }

  #grow(size: number): void {
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
