// From a primary key to its row: an open-addressing hash table of row numbers, without an object per row.
// The keys themselves stay in the table's columns and are read back through `keyOf`.

const free = 0
const removed = -1
/** More steps than chance explains: keys that were made to collide. From then on a Map of the host does the work. */
const mostSteps = 2000

export class RowIndex {
  #cells: Int32Array
  #used = 0
  #map: Map<string, number> | undefined
  readonly #width: number
  readonly #keyOf: (row: number, part: number) => number

  /** @param width Number of key columns. @param keyOf Raw value of a key column of a row. */
  constructor(width: number, expectedRows: number, keyOf: (row: number, part: number) => number) {
    this.#width = width
    this.#keyOf = keyOf
    this.#cells = new Int32Array(capacity(expectedRows))
  }

  find(key: readonly number[]): number | undefined {
    if (this.#map) return this.#map.get(key.join())
    const slot = this.#slot((part) => key[part]!)
    if (slot === undefined) return this.#useMap().get(key.join())
    return this.#cells[slot] === free ? undefined : this.#cells[slot]! - 1
  }

  /** The first row added under a key is the one found. @returns whether it is this one */
  add(row: number): boolean {
    const slot = this.#map ? undefined : this.#slotOf(row)
    if (slot === undefined) {
      const map = this.#map ?? this.#useMap()
      const key = this.#keyText(row)
      if (map.has(key)) return false
      map.set(key, row)
      return true
    }
    if (this.#cells[slot] !== free) return false
    this.#cells[slot] = row + 1
    if (++this.#used * 2 >= this.#cells.length) this.#grow()
    return true
  }

  remove(row: number): void {
    const slot = this.#map ? undefined : this.#slot((part) => this.#keyOf(row, part))
    if (slot !== undefined && this.#cells[slot] === row + 1) this.#cells[slot] = removed
    else if (slot === undefined && (this.#map ?? this.#useMap()).get(this.#keyText(row)) === row) this.#map!.delete(this.#keyText(row))
  }

  /** Where a key is or would be put; `undefined` when the search takes too long. */
  #slot(keyOf: (part: number) => number): number | undefined {
    const mask = this.#cells.length - 1
    let at = this.#hash(keyOf) & mask
    for (let steps = 0; steps < mostSteps; steps++, at = (at + 1) & mask) {
      const cell = this.#cells[at]!
      if (cell === free || (cell !== removed && this.#matches(cell - 1, keyOf))) return at
    }
    return undefined
  }

  /** {@link #slot} for the key of a row; rows are added far more often than they are looked for. */
  #slotOf(row: number): number | undefined {
    const mask = this.#cells.length - 1
    const width = this.#width
    let hash = hashSeed
    for (let part = 0; part < width; part++) hash = mixed(hash, this.#keyOf(row, part))
    let at = (hash >>> 0) & mask
    for (let steps = 0; steps < mostSteps; steps++, at = (at + 1) & mask) {
      const cell = this.#cells[at]!
      if (cell === free) return at
      if (cell === removed) continue
      let part = 0
      while (part < width && this.#keyOf(cell - 1, part) === this.#keyOf(row, part)) part++
      if (part === width) return at
    }
    return undefined
  }

  #matches(row: number, keyOf: (part: number) => number): boolean {
    for (let part = 0; part < this.#width; part++) if (this.#keyOf(row, part) !== keyOf(part)) return false
    return true
  }

  #grow(): void {
    const rows = this.#cells.filter((cell) => cell > 0)
    this.#cells = new Int32Array(capacity(rows.length * 2))
    this.#used = rows.length
    for (const cell of rows) {
      const slot = this.#slotOf(cell - 1)
      if (slot === undefined) {
        this.#cells = rows
        this.#useMap()
        return
      }
      this.#cells[slot] = cell
    }
  }

  #useMap(): Map<string, number> {
    const rows = this.#cells.filter((cell) => cell > 0).map((cell) => cell - 1)
    this.#cells = new Int32Array(0)
    return this.#map = new Map(Array.from(rows, (row) => [this.#keyText(row), row]))
  }

  #keyText(row: number): string {
    return Array.from({ length: this.#width }, (_, part) => this.#keyOf(row, part)).join()
  }

  #hash(keyOf: (part: number) => number): number {
    let hash = hashSeed
    for (let part = 0; part < this.#width; part++) hash = mixed(hash, keyOf(part))
    return hash >>> 0
  }
}

const hashSeed = 0x811c9dc5

function mixed(hash: number, value: number): number {
  const product = Math.imul(hash ^ value, 0x9e3779b1)
  return product ^ product >>> 15
}

/** A power of two, at least twice the rows. */
function capacity(rows: number): number {
  return 2 ** Math.max(4, Math.ceil(Math.log2(rows * 2 + 1)) + 1)
}
