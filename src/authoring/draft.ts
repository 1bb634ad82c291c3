// The rows of a package in the making, by table, in the order in which they were added. Columns are those of the
// standard tables unless a table was defined with its own.
import { bytesSource, WindowsError, type ByteSource } from '../base/index.ts'
import { columnsFromText, createDatabase, standardTable, type Cell, type ColumnDefinition, type Database, type StandardColumn } from '../database/index.ts'
import { Keys } from './names.ts'

/** Bytes of a file, a stream or a cell; text is written as UTF-8. */
export type Content = ByteSource | Uint8Array | string

/** Cells by column name; what is absent is null. */
export type RowValues = Readonly<Record<string, Cell | Uint8Array | undefined>>

export interface DraftTable {
  readonly name: string
  readonly columns: readonly (ColumnDefinition & Partial<StandardColumn>)[]
  readonly rows: Cell[][]
}

export class Draft {
  readonly #tables = new Map<string, DraftTable>()
  readonly #keys = new Map<string, Keys>()

  /** The table with its standard columns, empty at first. @throws WindowsError ERROR_INVALID_TABLE when it is not standard */
  table(name: string): DraftTable {
    const known = this.#tables.get(name)
    if (known !== undefined) return known
    const standard = standardTable(name)
    if (standard === undefined) throw new WindowsError('ERROR_INVALID_TABLE', `table ${name}: expected a standard table or one that was defined`)
    return this.#put({ name, columns: standard.columns, rows: [] })
  }

  /** A table with columns of its own, as definitions or as text: `Id* s72; Value L0`. */
  define(name: string, columns: string | readonly ColumnDefinition[]): DraftTable {
    if (this.#tables.has(name)) throw new WindowsError('ERROR_ALREADY_EXISTS', `table ${name} has its columns already`)
    return this.#put({ name, columns: typeof columns === 'string' ? columnsFromText(columns) : columns, rows: [] })
  }

  #put(table: DraftTable): DraftTable {
    this.#tables.set(table.name, table)
    return table
  }

  has(name: string): boolean {
    return (this.#tables.get(name)?.rows.length ?? 0) > 0
  }

  get tables(): readonly DraftTable[] {
    return [...this.#tables.values()]
  }

  /** @throws WindowsError ERROR_INVALID_FIELD for a column that the table does not have */
  add(name: string, values: RowValues): void {
    const table = this.table(name)
    const stray = Object.keys(values).find((column) => !table.columns.some((one) => one.name === column))
    if (stray !== undefined) throw new WindowsError('ERROR_INVALID_FIELD', `table ${name}: expected one of its columns, found ${stray}`)
    table.rows.push(table.columns.map((column) => {
      const value = values[column.name]
      return value instanceof Uint8Array ? bytesSource(value) : value ?? null
    }))
  }

  /** The keys of a table, for rows that get theirs by name. */
  keys(table: string): Keys {
    const keys = this.#keys.get(table) ?? new Keys()
    this.#keys.set(table, keys)
    return keys
  }

  /** Everything as a database; tables and rows in the order in which they came. */
  toDatabase(codepage: number): Database {
    const database = createDatabase({ codepage })
    for (const { name, columns, rows } of this.#tables.values()) {
      const table = database.createTable({ name, columns })
      for (const row of rows) table.insert(row)
    }
    return database
  }
}

export function contentSource(content: Content): ByteSource {
  if (typeof content === 'string') return bytesSource(new TextEncoder().encode(content))
  return content instanceof Uint8Array ? bytesSource(content) : content
}
