// Views: a query that was opened, is executed, fetched from and modified through, with the rules of the installer's
// views. https://learn.microsoft.com/windows/win32/msi/working-with-queries
import { WindowsError } from '../base/index.ts'
import { DatabaseError, typeLetters, type Cell, type Database, type ValidationProblem } from '../database/index.ts'
import type { Select } from './ast.ts'
import { modifyThrough, type ModifyMode } from './modify.ts'
import { parseQuery } from './parser.ts'
import { Record } from './record.ts'
import { Selection } from './selection.ts'
import { prepareChange, type Change } from './statements.ts'

export interface ViewColumn {
  readonly name: string
  /** `undefined` for a literal in the column list. */
  readonly table: string | undefined
  /** As MsiViewGetColumnInfo has it: `s72`, `I2`, `V0`; `f0` for a literal in the column list. */
  readonly type: string
}

export interface View {
  /** Of a SELECT; empty for other statements. */
  readonly columns: readonly ViewColumn[]
  /**
   * Runs the statement. A SELECT finds its rows; their values are read when they are fetched.
   * @param parameters The cells for the `?` of the query, in order.
   * @throws QuerySyntaxError when a table or column is gone since; DatabaseError when a change is refused.
   */
  execute(parameters?: readonly Cell[] | Record): void
  /**
   * The next row; `undefined` after the last one, and the call after that begins again.
   * @throws DatabaseError ERROR_FUNCTION_FAILED when there is no result to fetch from.
   */
  fetch(): Record | undefined
  /**
   * MsiViewModify. @throws DatabaseError, WindowsError ERROR_INVALID_DATA when a validation finds something: see
   * {@link View.nextProblem}.
   */
  modify(mode: ModifyMode, record: Record): void
  /** MsiViewGetError: what the last `modify` that validated found, one by one; after `undefined` it begins again. */
  nextProblem(): ValidationProblem | undefined
  close(): void
}

/**
 * Opens a view on a query.
 * @throws QuerySyntaxError ERROR_BAD_QUERY_SYNTAX, also for tables and columns that the database does not have.
 * @see https://learn.microsoft.com/windows/win32/msi/sql-syntax
 * @example
 * ```ts
 * import { createDatabase } from 'msikit/database'
 * import { prepare } from 'msikit/sql'
 *
 * const database = createDatabase()
 * prepare(database, 'CREATE TABLE `File` (`File` CHAR(72) NOT NULL, `Component_` CHAR(72) NOT NULL PRIMARY KEY `File`)').execute()
 * const view = prepare(database, 'SELECT `File` FROM `File` WHERE `Component_` = ?')
 * view.execute(['MainComponent'])
 * for (let row = view.fetch(); row !== undefined; row = view.fetch()) console.log(row.text(1))
 * ```
 */
export function prepare(database: Database, query: string): View {
  const statement = parseQuery(query)
  return statement.kind === 'select' ? new SelectView(database, statement) : new ChangeView(prepareChange(database, statement))
}

/** Runs a query and hands out its rows. @throws as {@link prepare} and {@link View.execute} do */
export function* query(database: Database, text: string, parameters: readonly Cell[] = []): Generator<Record, void, undefined> {
  const view = prepare(database, text)
  view.execute(parameters)
  if (view.columns.length === 0) return
  for (let row = view.fetch(); row !== undefined; row = view.fetch()) yield row
}

class SelectView implements View {
  readonly #database: Database
  readonly #select: Select
  #selection: Selection
  #rows: readonly Int32Array[] | undefined
  #next = 0
  /** Where the records came from that this view handed out. */
  readonly #origins = new WeakMap<Record, Int32Array>()
  #problems: readonly ValidationProblem[] = []
  #nextProblem = 0

  constructor(database: Database, select: Select) {
    this.#database = database
    this.#select = select
    this.#selection = new Selection(database, select)
  }

  get columns(): readonly ViewColumn[] {
    return this.#selection.columns.map(({ name, source }) => ({
      name, table: source && this.#selection.tables[source.table]!.name, type: source === undefined ? 'f0' : typeLetters(source.column),
    }))
  }

  execute(parameters: readonly Cell[] | Record = []): void {
    this.#selection = new Selection(this.#database, this.#select)
    this.#rows = this.#selection.run(cellsOf(parameters))
    this.#next = 0
  }

  fetch(): Record | undefined {
    const rows = this.#executed()
    while (this.#next < rows.length) {
      const tuple = rows[this.#next++]!
      if (this.#selection.tables.some((table, index) => table.isDeleted(tuple[index]!))) continue
      const record = this.#selection.record(tuple)
      this.#origins.set(record, tuple)
      return record
    }
    this.#next = 0
    return undefined
  }

  modify(mode: ModifyMode, record: Record): void {
    this.#executed()
    this.#problems = []
    this.#nextProblem = 0
    const { columns } = this.#selection
    if (record.fieldCount < columns.length) {
      throw new WindowsError('ERROR_INVALID_DATA', `view: expected a record of ${columns.length} fields, found ${record.fieldCount}`)
    }
    this.#problems = modifyThrough({
      database: this.#database, selection: this.#selection, mode, record, origin: this.#origins.get(record),
      setOrigin: (tuple) => this.#origins.set(record, tuple),
    })
    if (this.#problems.length > 0) {
      throw new WindowsError('ERROR_INVALID_DATA', `view: ${this.#problems.map(({ error, column }) => `${error} ${column}`).join(', ')}`)
    }
  }

  nextProblem(): ValidationProblem | undefined {
    const problem = this.#problems[this.#nextProblem]
    this.#nextProblem = problem === undefined ? 0 : this.#nextProblem + 1
    return problem
  }

  close(): void {
    this.#rows = undefined
  }

  #executed(): readonly Int32Array[] {
    return this.#rows ?? notExecuted()
  }
}

class ChangeView implements View {
  readonly columns: readonly ViewColumn[] = []
  readonly #change: Change

  constructor(change: Change) {
    this.#change = change
  }

  execute(parameters: readonly Cell[] | Record = []): void {
    this.#change(cellsOf(parameters))
  }

  fetch(): undefined {
    throw new DatabaseError('view: expected a SELECT to fetch from')
  }

  modify(): void {
    throw new DatabaseError('view: expected a SELECT to modify through')
  }

  nextProblem(): undefined {
    return undefined
  }

  close(): void {
    // Nothing is held.
  }
}

function cellsOf(parameters: readonly Cell[] | Record): readonly Cell[] {
  return parameters instanceof Record ? parameters.cells() : parameters
}

function notExecuted(): never {
  throw new DatabaseError('view: expected it to be executed first', 'ERROR_FUNCTION_FAILED', 2209)
}
