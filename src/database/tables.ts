// The tables of a database by their names, in the order they came. One of a file is made when it is asked for: a package
// has some sixty tables with two hundred columns, and most who open one look at a few.
import type { Table } from './table/table.ts'

export class Tables {
  readonly #tables = new Map<string, Table | (() => Table)>()

  get(name: string): Table | undefined {
    const table = this.#tables.get(name)
    if (typeof table !== 'function') return table
    const made = table()
    this.#tables.set(name, made)
    return made
  }

  has(name: string): boolean {
    return this.#tables.has(name)
  }

  set(name: string, table: Table | (() => Table)): void {
    this.#tables.set(name, table)
  }

  delete(name: string): void {
    this.#tables.delete(name)
  }

  names(): string[] {
    return [...this.#tables.keys()]
  }

  * values(): Generator<Table, void, undefined> {
    for (const name of this.names()) yield this.get(name)!
  }
}
