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
    this.tables = names.map(({ name, position }, index) => {
      if (names.findIndex((one) => one.name === name) < index) throw new QuerySyntaxError(position, `expected each table once, found ${JSON.stringify(name)} again`, 'repeatedTable')
      const table = database.table(name)
      if (table === undefined) throw new QuerySyntaxError(position, `expected a table of the database, found ${JSON.stringify(name)}`, 'unknownTable')
      return table
    })
  }

  /** @throws QuerySyntaxError when no table has the column, or more than one has and none is named. */
  resolve(reference: ColumnReference): BoundColumn {
    const found: BoundColumn[] = []
    for (let table = 0; table < this.tables.length; table++) {
      if (reference.table !== undefined && this.tables[table]!.name !== reference.table) continue
      const position = this.tables[table]!.columnNumber(reference.name)
      if (position !== undefined) found.push({ table, position, column: this.tables[table]!.columns[position]! })
    }
    if (found.length === 1) return found[0]!
    const name = reference.table === undefined ? reference.name : `${reference.table}.${reference.name}`
    throw new QuerySyntaxError(reference.position, `expected a column of one of ${this.tables.map((one) => one.name).join(', ')}, found ${JSON.stringify(name)}`, 'unknownColumn')
  }
}
