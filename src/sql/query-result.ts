// The rows of a query as plain objects, one property for each column.
import type { Cell, Database } from '../database/index.ts'
import type { Record as MsiRecord } from './record.ts'
import { prepare, type View, type ViewColumn } from './view.ts'

export class QueryResult<Row> implements Iterable<Row> {
  readonly #view: View
  readonly #parameters: readonly Cell[]
  #isAtStart = true
  readonly #names: readonly string[]

  /** Runs the statement. @throws QuerySyntaxError, DatabaseError */
  constructor(database: Database, query: string, parameters: readonly Cell[]) {
    this.#view = prepare(database, query)
    this.#parameters = parameters
    this.#view.execute(parameters)
    this.#names = columnNames(this.#view.columns)
  }

  /** In the order of the query; none for a statement that is no SELECT. */
  get columns(): readonly ViewColumn[] {
    return this.#view.columns
  }

  /** From the first row each time. */
  * [Symbol.iterator](): Generator<Row, void, undefined> {
    if (this.#names.length === 0) return
    if (!this.#isAtStart) this.#view.execute(this.#parameters)
    this.#isAtStart = false
    for (let record = this.#view.fetch(); record !== undefined; record = this.#view.fetch()) yield this.#row(record)
  }

  all(): Row[] {
    return [...this]
  }

  /** `undefined` when there is no row. */
  first(): Row | undefined {
    for (const row of this) return row
    return undefined
  }

  #row(record: MsiRecord): Row {
    const row: { [column: string]: Cell } = {}
    const names = this.#names
    for (let index = 0; index < names.length; index++) if (names[index] !== '') row[names[index]!] = record.cell(index + 1)
    return row as Row
  }
}

/** The column's name, with the table in front when the name occurs twice; '' for literals of the column list. */
export function columnNames(columns: readonly ViewColumn[]): string[] {
  const counts = new Map<string, number>()
  for (const { name } of columns) counts.set(name, (counts.get(name) ?? 0) + 1)
  return columns.map(({ name, table }) => counts.get(name)! > 1 && table !== undefined ? `${table}.${name}` : name)
}
