// Applying a transform: tables first, then columns, then rows.
// https://learn.microsoft.com/windows/win32/api/msiquery/nf-msiquery-msidatabaseapplytransformw
import type { ByteSource } from '../../base/index.ts'
import type { StorageContent } from '../../compound-file/index.ts'
import type { Database } from '../database.ts'
import { DatabaseError } from '../database-error.ts'
import type { Cell } from '../table/cell.ts'
import { savedPositions } from '../table/column.ts'
import type { Table } from '../table/table.ts'
import { Transform, type RowChange } from './transform.ts'
import { savedColumns, transformedTables, unreadable, type PerhapsTransformedTable } from './transform-content.ts'
import { showTransform } from './transform-view.ts'

/** Conditions that are no error when they are set; their sum is what the functions of the installer take. */
export const transformErrors = {
  addExistingRow: 1, deleteMissingRow: 2, addExistingTable: 4, deleteMissingTable: 8, updateMissingRow: 0x10, changeCodepage: 0x20,
  /** Changes nothing; the transform's content goes to the temporary table `_TransformView`. */
  viewTransform: 0x100,
} as const

export interface ApplyTransformOptions {
  /** Sum of {@link transformErrors} that are passed over. */
  readonly errorConditions?: number
}

/**
 * Changes a database as a transform says.
 * @param source A `.mst` file, or a sub-storage of a patch or package.
 * @throws DatabaseError ERROR_INSTALL_TRANSFORM_FAILURE for an error condition that is not passed over: what was changed before stays changed.
 */
export function applyTransform(database: Database, source: Uint8Array | ByteSource | StorageContent, options: ApplyTransformOptions = {}): void {
  const passedOver = options.errorConditions ?? 0
  const transform = new Transform(source)
  const tables = transformedTables(transform, (name) => savedColumns(database, name))
  if ((passedOver & transformErrors.viewTransform) !== 0) {
    showTransform(database, tables)
    return
  }
  const applier = new Applier(database, transform, passedOver)
  applier.changeCodepage()
  for (const table of tables) applier.changeTable(table)
  for (const table of tables) applier.changeRows(table)
}

class Applier {
  readonly #database: Database
  readonly #transform: Transform
  readonly #passedOver: number

  constructor(database: Database, transform: Transform, passedOver: number) {
    this.#database = database
    this.#transform = transform
    this.#passedOver = passedOver
  }

  changeCodepage(): void {
    const { codepage } = this.#transform
    if (codepage === 0 || codepage === this.#database.codepage) return
    if (this.#database.codepage !== 0) this.#unless('changeCodepage', `expected code page ${this.#database.codepage}, found ${codepage}`, 2222)
    this.#database.codepage = codepage
  }

  changeTable({ name, created, dropped, columns, addedColumns }: PerhapsTransformedTable): void {
    const table = this.#table(name)
    if (dropped) {
      if (table === undefined) this.#unless('deleteMissingTable', `table ${name}: expected a table to drop, found none`, 2253)
      else this.#database.dropTable(name)
    } else if (table === undefined) {
      if (created || columns.length > 0) this.#database.createTable({ name, columns })
    } else {
      if (created) this.#unless('addExistingTable', `table ${name} exists already`, 2252)
      for (const column of addedColumns) table.addColumn(column)
    }
  }

  changeRows({ name, changes }: PerhapsTransformedTable): void {
    const table = this.#table(name)
    if (changes === undefined && table !== undefined) {
      throw unreadable(name)
    }
    if (table === undefined || changes === undefined) {
      if (changes?.length !== 0) this.#unless('updateMissingRow', `table ${name}: expected a table to change, found none`, 2205)
      return
    }
    const places = savedPositions(table.columns)
    for (const change of changes) this.#changeRow(table, change, places)
  }

  /** @param places where the columns are that the transform counts */
  #changeRow(table: Table, { kind, cells }: RowChange, places: readonly number[]): void {
    const key = table.keyColumns.map((position): Cell => {
      const cell = cells.get(places.indexOf(position)) ?? null
      return cell === true ? null : cell
    })
    const shown = `table ${table.name}: row ${key.map(String).join(', ')}`
    const raw = table.rawKey(key)
    const row = raw && table.findRaw(raw)
    const value = (position: number): Cell => {
      const cell = cells.get(position) ?? null
      return cell === true ? this.#transform.stream([table.name, ...key.map((one) => String(one ?? ''))].join('.')) ?? null : cell
    }
    if (kind === 'delete') {
      if (row === undefined) this.#unless('deleteMissingRow', `${shown} to delete is missing`, 2251)
      else table.deleteRow(row)
    } else if (kind === 'insert' && row === undefined) {
      const whole: Cell[] = table.columns.map(() => null)
      places.forEach((place, position) => { whole[place] = value(position) })
      table.insert(whole)
    } else if (row === undefined) {
      this.#unless('updateMissingRow', `${shown} to update is missing`, 2254)
    } else {
      if (kind === 'insert') this.#unless('addExistingRow', `${shown} exists already`, 2250)
      for (const position of cells.keys()) {
        const place = places[position]!
        if (!table.columns[place]!.key) table.updateCell(row, place, value(position))
      }
    }
  }

  #table(name: string): Table | undefined {
    return this.#database.tableNames.includes(name) ? this.#database.table(name) : undefined
  }

  #unless(condition: keyof typeof transformErrors, problem: string, number: number): void {
    if ((this.#passedOver & transformErrors[condition]) === 0) throw new DatabaseError(`transform: ${problem}`, 'ERROR_INSTALL_TRANSFORM_FAILURE', number)
  }
}
