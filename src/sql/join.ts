// The rows of a SELECT before ordering: one row number per table. Tables are reached in an order that lets equalities
// be looked up instead of multiplied out; the result is in the order of the last table, within it of the last but one …
import { WindowsError } from '../base/index.ts'
import type { Table } from '../database/index.ts'
import type { Condition, Tuple } from './condition.ts'
import type { BoundColumn } from './scope.ts'

/** More rows than any package has use for; a cross product beyond it is a mistake. Each takes some 200 bytes. */
const mostRows = 1 << 22

export function joinRows(tables: readonly Table[], conditions: readonly Condition[]): Int32Array[] {
  const order = reachOrder(tables.length, conditions)
  const levels = order.map((table, level) => new Level(tables, table, new Set(order.slice(0, level)), conditions))
  const found: Int32Array[] = []
  const tuple = new Int32Array(tables.length)
  const reach = (depth: number): void => {
    if (depth === levels.length) {
      if (found.length >= mostRows) throw new WindowsError('ERROR_OUTOFMEMORY', `query: expected at most ${mostRows} rows`)
      found.push(tuple.slice())
      return
    }
    const level = levels[depth]!
    for (const row of level.candidates(tuple)) {
      tuple[level.table] = row
      if (level.holds(tuple)) reach(depth + 1)
    }
  }
  reach(0)
  const natural = order.every((table, level) => table === tables.length - 1 - level)
  return natural ? found : sortNaturally(tables, found)
}

/** The last table first; then tables that an equality ties to those reached, before others. */
function reachOrder(count: number, conditions: readonly Condition[]): number[] {
  const order: number[] = []
  const isTied = (table: number): boolean => conditions.some(({ equality }) => equality?.kind === 'columns'
    && ((equality.left.table === table && order.includes(equality.right.table)) || (equality.right.table === table && order.includes(equality.left.table))))
  const isPinned = (table: number): boolean => conditions.some(({ equality }) => equality?.kind === 'value' && equality.left.table === table)
  const remaining = Array.from({ length: count }, (_, index) => count - 1 - index)
  while (remaining.length > 0) {
    const next = remaining.find((table) => isTied(table) && isPinned(table)) ?? remaining.find(isTied) ?? remaining.find(isPinned) ?? remaining[0]!
    remaining.splice(remaining.indexOf(next), 1)
    order.push(next)
  }
  return order
}

class Level {
  readonly table: number
  readonly #rows: Table
  readonly #tests: readonly Condition[]
  /** Equalities that fix a column of this table by a value or by a table reached before. */
  readonly #fixed = new Map<number, (tuple: Tuple) => number | undefined>()
  readonly #byKey: boolean
  /** Reached once: a scan is cheaper than an index. */
  readonly #isFirst: boolean
  #byColumn: ReadonlyMap<number, readonly number[]> | undefined

  constructor(tables: readonly Table[], table: number, before: ReadonlySet<number>, conditions: readonly Condition[]) {
    this.table = table
    this.#rows = tables[table]!
    this.#isFirst = before.size === 0
    this.#tests = conditions.filter((one) => one.tables.has(table) && [...one.tables].every((other) => other === table || before.has(other)))
    for (const { equality } of this.#tests) {
      if (equality?.kind === 'value') this.#fixed.set(equality.left.position, () => equality.raw)
      else if (equality?.kind === 'columns') this.#tie(tables, equality.left, equality.right)
    }
    this.#byKey = this.#rows.keyColumns.length > 0 && this.#rows.keyColumns.every((column) => this.#fixed.has(column))
  }

  #tie(tables: readonly Table[], left: BoundColumn, right: BoundColumn): void {
    const [own, other] = left.table === this.table ? [left, right] : [right, left]
    if (!this.#fixed.has(own.position)) this.#fixed.set(own.position, (tuple) => tables[other.table]!.raw(tuple[other.table]!, other.position))
  }

  holds(tuple: Tuple): boolean {
    for (const { test } of this.#tests) if (!test(tuple)) return false
    return true
  }

  candidates(tuple: Tuple): Iterable<number> {
    if (this.#byKey) {
      const key = this.#rows.keyColumns.map((column) => this.#fixed.get(column)!(tuple))
      const row = key.includes(undefined) ? undefined : this.#rows.findRaw(key as number[])
      return row === undefined ? [] : [row]
    }
    if (this.#isFirst || this.#fixed.size === 0) return this.#rows.rowNumbers()
    const [column, value] = this.#fixed.entries().next().value!
    const raw = value(tuple)
    return raw === undefined ? [] : this.#rowsByColumn(column).get(raw) ?? []
  }

  #rowsByColumn(column: number): ReadonlyMap<number, readonly number[]> {
    if (this.#byColumn) return this.#byColumn
    const rows = new Map<number, number[]>()
    for (const row of this.#rows.rowNumbers()) {
      const raw = this.#rows.raw(row, column)
      const list = rows.get(raw)
      if (list) list.push(row)
      else rows.set(raw, [row])
    }
    return this.#byColumn = rows
  }
}

function sortNaturally(tables: readonly Table[], tuples: Int32Array[]): Int32Array[] {
  const ranks = tables.map((table) => {
    const rank = new Map<number, number>()
    table.rowNumbers().forEach((row, at) => rank.set(row, at))
    return rank
  })
  return tuples.sort((a, b) => {
    for (let table = tables.length - 1; table >= 0; table--) {
      const difference = ranks[table]!.get(a[table]!)! - ranks[table]!.get(b[table]!)!
      if (difference !== 0) return difference
    }
    return 0
  })
}
