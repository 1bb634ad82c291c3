// The order of a table's rows: that of their raw keys, as Windows stores rows; texts by their number in the string pool.
// Stored rows stay as they were found, in whatever order, until rows are added. Numbers of deleted rows stay in it.

/** The cells that the order looks at. */
export interface KeyCells {
  /** Numbers of the primary key's columns. */
  readonly keys: readonly number[]
  raw(row: number, column: number): number
  rawColumn(column: number): Uint32Array
}

export class RowOrder {
  readonly #cells: KeyCells
  #known: Uint32Array
  /** Added since, in no order. */
  #added: number[] = []

  /** @param rows in the order of their numbers */
  constructor(cells: KeyCells, rows: number) {
    this.#cells = cells
    this.#known = rowRange(rows)
  }

  add(row: number): void {
    this.#added.push(row)
  }

  /** An array that does not change later. */
  rows(): Uint32Array {
    if (this.#added.length === 0) return this.#known
    const added = this.sorted(Uint32Array.from(this.#added))
    this.#added = []
    return this.#known = this.#merge(this.sorted(this.#known), added)
  }

  /** The same without rows that are gone. */
  keep(isKept: (row: number) => boolean): Uint32Array {
    return this.#known = this.rows().filter(isKept)
  }

  /** The same rows in the order that a file must have. */
  sorted(rows: Uint32Array): Uint32Array {
    return this.#isSorted(rows) ? rows : rows.slice().sort((a, b) => this.#compare(a, b))
  }

  #merge(known: Uint32Array, added: Uint32Array): Uint32Array {
    const merged = new Uint32Array(known.length + added.length)
    let at = 0
    let next = 0
    for (let index = 0; index < merged.length; index++) {
      const fromKnown = next === added.length || (at < known.length && this.#compare(known[at]!, added[next]!) <= 0)
      merged[index] = fromKnown ? known[at++]! : added[next++]!
    }
    return merged
  }

  #isSorted(rows: Uint32Array): boolean {
    const { keys } = this.#cells
    const first = keys.length > 0 ? this.#cells.rawColumn(keys[0]!) : undefined
    for (let at = 1; at < rows.length; at++) {
      const before = rows[at - 1]!
      const row = rows[at]!
      // Most tables are decided by the first column of the key.
      if (first !== undefined && first[before]! < first[row]!) continue
      if (this.#compare(before, row) > 0) return false
    }
    return true
  }

  /** By the raw keys, and rows of the same key by age. */
  #compare(a: number, b: number): number {
    for (const column of this.#cells.keys) {
      const difference = this.#cells.raw(a, column) - this.#cells.raw(b, column)
      if (difference !== 0) return difference
    }
    return a - b
  }
}

function rowRange(end: number): Uint32Array {
  const range = new Uint32Array(end)
  for (let index = 0; index < end; index++) range[index] = index
  return range
}
