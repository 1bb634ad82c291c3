// The order of a table's rows: that of their raw keys, as Windows stores rows; texts by their number in the string pool.
// Stored rows stay as they were found, in whatever order, until rows are added. Numbers of deleted rows stay in it.
// Rows of a new table that come in their order, as most do, are counted and nothing else.

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
  /** So many rows of a new table, from the first, came in their order; `undefined` once one did not, or one is gone. */
  #ascending: number | undefined
  /** Added since, in no order. */
  #added: number[] = []

  /** @param rows in the order of their numbers */
  constructor(cells: KeyCells, rows: number) {
    this.#cells = cells
    this.#known = rowRange(rows)
    if (rows === 0) this.#ascending = 0
  }

  /** Rows are added by their numbers. @returns whether the key is known to be a new one: it comes behind all others */
  isNext(row: number): boolean {
    return row === this.#ascending && (row === 0 || this.#compareKeys(row - 1, row) < 0)
  }

  /** Gives a new table all its rows at once. @returns false, with nothing done, when the first parts of their keys do not rise */
  addAll(rows: number): boolean {
    const { keys } = this.#cells
    const first = keys.length > 0 ? this.#cells.rawColumn(keys[0]!) : new Uint32Array()
    for (let row = 1; row < rows; row++) if (!(first[row - 1]! < first[row]!)) return false
    this.#ascending = rows
    return true
  }

  /** @param isNext what {@link isNext} says */
  add(row: number, isNext: boolean): void {
    if (isNext) {
      this.#ascending = row + 1
      return
    }
    if (this.#added.length === 0) this.#endAscending()
    this.#added.push(row)
  }

  #endAscending(): void {
    this.#known = this.rows()
    this.#ascending = undefined
  }

  /** An array that does not change later. */
  rows(): Uint32Array {
    if (this.#ascending !== undefined && this.#ascending > this.#known.length) this.#known = rowRange(this.#ascending)
    if (this.#added.length === 0) return this.#known
    const added = this.sorted(Uint32Array.from(this.#added))
    this.#added = []
    return this.#known = this.#merge(this.sorted(this.#known), added)
  }

  /** The same without rows that are gone. */
  keep(isKept: (row: number) => boolean): Uint32Array {
    this.#endAscending()
    return this.#known = this.#known.filter(isKept)
  }

  /** The same rows in the order that a file must have. */
  sorted(rows: Uint32Array): Uint32Array {
    return this.#isInOrder(rows) || this.#isSorted(rows) ? rows : rows.slice().sort((a, b) => this.#compare(a, b))
  }

  #isInOrder(rows: Uint32Array): boolean {
    return rows === this.#known && this.#ascending === rows.length
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
    return this.#compareKeys(a, b) || a - b
  }

  #compareKeys(a: number, b: number): number {
    for (const column of this.#cells.keys) {
      const difference = this.#cells.raw(a, column) - this.#cells.raw(b, column)
      if (difference !== 0) return difference
    }
    return 0
  }
}

function rowRange(end: number): Uint32Array {
  const range = new Uint32Array(end)
  for (let index = 0; index < end; index++) range[index] = index
  return range
}
