// From a primary key to its row: an open-addressing hash table of row numbers, without an object per row.
// The keys themselves stay in the table's columns and are read back through `keyOf`.

const free = 0
const removed = -1

export class RowIndex {
  #cells: Int32Array
  #used = 0
  readonly #width: number
  readonly #keyOf: (row: number, part: number) => number

  /** @param width Number of key columns. @param keyOf Raw value of a key column of a row. */
  constructor(width: number, expectedRows: number, keyOf: (row: number, part: number) => number) {
    this.#width = width
    this.#keyOf = keyOf
    this.#cells = new Int32Array(capacity(expectedRows))
  }

  find(key: readonly number[]): number | undefined {
    const mask = this.#cells.length - 1
    for (let at = this.#hash((part) => key[part]!) & mask; this.#cells[at] !== free; at = (at + 1) & mask) {
      const row = this.#cells[at]! - 1
      if (row >= 0 && this.#matches(row, key)) return row
    }
    return undefined
  }

  /** The first row added under a key is the one found. */
  add(row: number): void {
    if (this.#used * 2 >= this.#cells.length) this.#grow()
    this.#put(row)
    this.#used++
  }

  remove(row: number): void {
    const mask = this.#cells.length - 1
    for (let at = this.#hash((part) => this.#keyOf(row, part)) & mask; this.#cells[at] !== free; at = (at + 1) & mask) {
      if (this.#cells[at] === row + 1) {
        this.#cells[at] = removed
        return
      }
    }
  }

  #matches(row: number, key: readonly number[]): boolean {
    for (let part = 0; part < this.#width; part++) if (this.#keyOf(row, part) !== key[part]) return false
    return true
  }

  #put(row: number): void {
    const mask = this.#cells.length - 1
    let at = this.#hash((part) => this.#keyOf(row, part)) & mask
    while (this.#cells[at] !== free) at = (at + 1) & mask
    this.#cells[at] = row + 1
  }

  #grow(): void {
    const rows = this.#cells.filter((cell) => cell > 0).sort()
    this.#cells = new Int32Array(capacity(rows.length * 2))
    this.#used = rows.length
    for (const cell of rows) this.#put(cell - 1)
  }

  #hash(keyOf: (part: number) => number): number {
    let hash = 0x811c9dc5
    for (let part = 0; part < this.#width; part++) {
      hash = Math.imul(hash ^ keyOf(part), 0x9e3779b1)
      hash ^= hash >>> 15
    }
    return hash >>> 0
  }
}

/** A power of two, at least twice the rows. */
function capacity(rows: number): number {
  return 2 ** Math.max(4, Math.ceil(Math.log2(rows * 2 + 1)) + 1)
}
