// The tables of a statement, and the columns that its references mean.
import type { Column, Database, Table } from '../database/index.ts'
import type { ColumnReference, TableName } from './ast.ts'
import { QuerySyntaxError } from './query-syntax-error.ts'

export interface BoundColumn {
  /** Number of the table in the scope. */
  readonly table: number
  readonly position: number
  readonly column: Column
}

export class Scope {
  readonly tables: readonly Table[]

  /** @throws QuerySyntaxError for a table that the database does not have. */
  constructor(database: Database, names: readonly TableName[]) {
    this.tables = names.map(({ name, position }) => {
      const table = database.table(name)
      if (table === undefined) throw new QuerySyntaxError(position, `expected a table of the database, found ${JSON.stringify(name)}`)
      return table
    })
  }

  /** Without a table's name, the first table that has the column. @throws QuerySyntaxError */
  resolve(reference: ColumnReference): BoundColumn {
    for (let table = 0; table < this.tables.length; table++) {
      if (reference.table !== undefined && this.tables[table]!.name !== reference.table) continue
      const position = this.tables[table]!.columnNumber(reference.name)
      if (position !== undefined) return { table, position, column: this.tables[table]!.columns[position]! }
    }
    const name = reference.table === undefined ? reference.name : `${reference.table}.${reference.name}`
    throw new QuerySyntaxError(reference.position, `expected a column of ${this.tables.map((one) => one.name).join(', ')}, found ${JSON.stringify(name)}`)
  }
}
