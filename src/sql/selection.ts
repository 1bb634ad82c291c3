// A SELECT whose names are looked up: what its columns are, and which rows it has.
import type { Cell, Column, Database, Table } from '../database/index.ts'
import type { Select } from './ast.ts'
import { compileConditions } from './condition.ts'
import { joinRows } from './join.ts'
import { QuerySyntaxError } from './query-syntax-error.ts'
import { Record } from './record.ts'
import { Scope, type BoundColumn } from './scope.ts'

/** A column of the result; a literal in the column list gives one without a source, which is always null. */
export interface Selected {
  readonly name: string
  readonly source: BoundColumn | undefined
}

/** A SELECT with its names looked up. */
export class Selection {
  readonly #select: Select
  readonly scope: Scope
  readonly columns: readonly Selected[]
  readonly #orderBy: readonly BoundColumn[]

  /** @throws QuerySyntaxError */
  constructor(database: Database, select: Select) {
    this.#select = select
    this.scope = new Scope(database, select.tables)
    this.columns = select.items.flatMap((item): Selected[] => {
      if (item.kind === 'column') return [{ name: item.name, source: this.scope.resolve(item) }]
      return item.kind === 'all' ? this.#everyColumn() : [{ name: '', source: undefined }]
    })
    this.#orderBy = select.orderBy.map((column) => this.scope.resolve(column))
    const binary = select.orderBy.find((_, index) => this.#orderBy[index]!.column.type === 'binary')
    if (binary) throw new QuerySyntaxError(binary.position, 'expected a column of text or integers to order by, found a binary one')
    compileConditions(select.where, this.scope, undefined)
  }

  get tables(): readonly Table[] {
    return this.scope.tables
  }

  run(parameters: readonly Cell[]): Int32Array[] {
    const rows = joinRows(this.tables, compileConditions(this.#select.where, this.scope, parameters))
    if (this.#orderBy.length > 0) rows.sort((a, b) => this.#compare(a, b))
    return this.#select.distinct ? this.#distinct(rows) : rows
  }

  record(tuple: Int32Array): Record {
    return Record.of(...this.columns.map(({ source }) => source === undefined ? null : this.cell(tuple, source)))
  }

  cell(tuple: Int32Array, { table, position }: BoundColumn): Cell {
    return this.tables[table]!.cell(tuple[table]!, position)
  }

  #everyColumn(): Selected[] {
    return this.tables.flatMap((one, table) => one.columns.map((column: Column, position) => ({ name: column.name, source: { table, position, column } })))
  }

  #compare(a: Int32Array, b: Int32Array): number {
    for (const { table, position } of this.#orderBy) {
      const rows = this.tables[table]!
      const difference = rows.raw(a[table]!, position) - rows.raw(b[table]!, position)
      if (difference !== 0) return difference
    }
    return 0
  }

  #distinct(rows: readonly Int32Array[]): Int32Array[] {
    const seen = new Set<string>()
    return rows.filter((tuple) => {
      const key = this.columns.map(({ source }) => source === undefined ? 0 : this.tables[source.table]!.raw(tuple[source.table]!, source.position)).join()
      return !seen.has(key) && seen.add(key) !== undefined
    })
  }
}
