// The statements of the query language, as the parser leaves them: frozen, with names as written and not yet looked up.
import type { ColumnDefinition } from '../database/index.ts'

export type Statement = Select | Insert | Update | Delete | CreateTable | DropTable | AlterTable

export interface TableName {
  readonly name: string
  readonly position: number
}

export interface ColumnReference {
  readonly kind: 'column'
  readonly table: string | undefined
  readonly name: string
  readonly position: number
}

/** `index` counts the `?` of the query from 1: the field of the record that Execute is given. */
export type Value =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'null' }
  | { readonly kind: 'marker'; readonly index: number }

export type Operator = '=' | '<>' | '<' | '>' | '<=' | '>='

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Expression[] }
  | { readonly kind: 'comparison'; readonly left: ColumnReference; readonly operator: Operator; readonly right: ColumnReference | Value }
  | { readonly kind: 'is-null'; readonly column: ColumnReference; readonly negated: boolean }

export type SelectItem = ColumnReference | { readonly kind: 'all' } | { readonly kind: 'text'; readonly value: string }

export interface Select {
  readonly kind: 'select'
  readonly distinct: boolean
  readonly items: readonly SelectItem[]
  readonly tables: readonly TableName[]
  readonly where: Expression | undefined
  readonly orderBy: readonly ColumnReference[]
}

export interface Insert {
  readonly kind: 'insert'
  readonly table: TableName
  readonly columns: readonly ColumnReference[]
  /** As many as `columns`. */
  readonly values: readonly Value[]
  readonly temporary: boolean
}

export interface Update {
  readonly kind: 'update'
  /** One, unless the rows of one table are chosen by those of others. */
  readonly tables: readonly TableName[]
  readonly assignments: readonly { readonly column: ColumnReference; readonly value: Value }[]
  readonly where: Expression | undefined
}

export interface Delete {
  readonly kind: 'delete'
  readonly table: TableName
  readonly where: Expression | undefined
}

export interface CreateTable {
  readonly kind: 'create-table'
  readonly table: TableName
  /** In written order. */
  readonly columns: readonly ColumnDefinition[]
  readonly primaryKey: readonly ColumnReference[]
  readonly hold: boolean
}

export interface DropTable {
  readonly kind: 'drop-table'
  readonly table: TableName
}

export interface AlterTable {
  readonly kind: 'alter-table'
  readonly table: TableName
  readonly change: { readonly kind: 'add'; readonly column: ColumnDefinition; readonly hold: boolean } | { readonly kind: 'hold' | 'free' }
}
