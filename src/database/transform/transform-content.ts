// What a transform changes, table by table. The records name columns by number only: whoever reads them needs the
// columns of the database the transform is made for, or, without it, of the documented tables.
import { FormatError, type ByteSource } from '../../base/index.ts'
import type { StorageContent } from '../../compound-file/index.ts'
import type { SummaryInformation } from '../../property-set/index.ts'
import { columnsColumns, tablesColumns } from '../catalog.ts'
import { createDatabase, databaseClassIds, type Database } from '../database.ts'
import { DatabaseError } from '../database-error.ts'
import { standardTable } from '../standard-tables.ts'
import type { Cell } from '../table/cell.ts'
import { column, columnFromTypeWord, type Column } from '../table/column.ts'
import { Transform, type RowChange } from './transform.ts'
import { showTransform } from './transform-view.ts'

/** A table as a transform leaves it, before its rows change. */
export interface TransformedTable {
  readonly name: string
  readonly created: boolean
  readonly dropped: boolean
  /** Columns of the table with the added ones at the end. */
  readonly columns: readonly Column[]
  readonly addedColumns: readonly Column[]
  readonly changes: readonly RowChange[]
}

/** `changes` is undefined when there are records that cannot be read with the columns. */
export type PerhapsTransformedTable = Omit<TransformedTable, 'changes'> & { readonly changes: readonly RowChange[] | undefined }

/**
 * In the order of the transform's records: tables of `_Columns`, then the others.
 * @param columnsOf What the base has; `undefined` when it has no such table. `created`: the transform makes it.
 */
export function transformedTables(transform: Transform, columnsOf: (table: string, created: boolean) => readonly Column[] | undefined): PerhapsTransformedTable[] {
  const named = transform.changes('_Tables', tablesColumns) ?? []
  const created = new Set(named.filter(({ kind }) => kind === 'insert').map(({ cells }) => String(cells.get(0))))
  const dropped = new Set(named.filter(({ kind }) => kind === 'delete').map(({ cells }) => String(cells.get(0))))
  const added = addedColumns(transform, dropped)
  const names = new Set([...added.keys(), ...created, ...dropped, ...transform.tableNames()])
  return [...names].map((name) => {
    const existing = columnsOf(name, created.has(name)) ?? []
    const known = new Set(existing.map((one) => one.name))
    const addedHere = (added.get(name) ?? []).filter((one) => !known.has(one.name))
    const columns = [...existing, ...addedHere]
    return { name, created: created.has(name), dropped: dropped.has(name), columns, addedColumns: addedHere, changes: transform.changes(name, columns) }
  })
}

function addedColumns(transform: Transform, dropped: ReadonlySet<string>): Map<string, Column[]> {
  const added = new Map<string, Column[]>()
  for (const { kind, cells } of transform.changes('_Columns', columnsColumns) ?? []) {
    const table = String(cells.get(0) ?? '')
    if (kind !== 'insert') {
      if (dropped.has(table)) continue
      throw new DatabaseError(`transform of table ${table}: columns can only be added`, 'ERROR_INSTALL_TRANSFORM_FAILURE', 2226)
    }
    const list = added.get(table) ?? []
    list.push(columnFromTypeWord(String(cells.get(2) ?? ''), Number(cells.get(3) ?? 0) & 0xffff))
    added.set(table, list)
  }
  return added
}

/** A transform as data, to be shown or compared. */
export interface TransformContent {
  readonly summary: SummaryInformation
  /** 0 when the transform leaves the code page alone. */
  readonly codepage: number
  readonly tables: readonly TransformTable[]
  /** Tables with changed rows whose columns are not known. */
  readonly unknownTables: readonly string[]
}

export interface TransformTable extends TransformedTable {
  readonly rows: readonly TransformRow[]
}

export interface TransformRow {
  readonly kind: 'insert' | 'update' | 'delete'
  readonly key: readonly Cell[]
  /** By column; of an inserted row all of them, of an updated one those that change, of a deleted one none. */
  readonly cells: ReadonlyMap<string, Cell>
}

/**
 * Reads a transform, also without the database it is made for: then documented tables are taken to be as documented.
 * @param source A `.mst` file, or a sub-storage of a package or patch.
 * @param base What the transform is made for, when it is at hand.
 * @throws FormatError when it is no compound file, or a table of `base` has other columns than the transform;
 * DatabaseError when it takes columns away.
 */
export function readTransform(source: Uint8Array | ByteSource | StorageContent, base?: Database): TransformContent {
  const transform = new Transform(source)
  const tables = tablesOf(transform, base)
  const unknown = tables.filter(({ changes }) => changes === undefined).map(({ name }) => name)
  if (base !== undefined && unknown.length > 0) throw unreadable(unknown[0]!)
  return {
    summary: transform.summary, codepage: transform.codepage, unknownTables: unknown,
    tables: tables.flatMap(({ changes, ...table }) => changes === undefined ? [] : [{ ...table, changes, rows: shownRows(transform, table, changes) }]),
  }
}

function tablesOf(transform: Transform, base?: Database): PerhapsTransformedTable[] {
  return transformedTables(transform, base === undefined ? (name, created) => created ? undefined : documentedColumns(transform, name) : (name) => savedColumns(base, name))
}

/** A transform as a database to look at: its changes in the table `_TransformView`, its streams and its summary information. */
export function openTransform(source: Uint8Array | ByteSource | StorageContent, base?: Database): Database {
  const transform = new Transform(source)
  const shown = createDatabase({ codepage: transform.codepage, classId: databaseClassIds.transform })
  showTransform(shown, tablesOf(transform, base))
  for (const name of transform.streamNames()) shown.setStream(name, transform.stream(name))
  return shown
}

/** Columns of a table that are not temporary. */
export function savedColumns(database: Database, name: string): readonly Column[] | undefined {
  const table = database.tableNames.includes(name) ? database.table(name) : undefined
  return table?.columns.filter((one) => !one.temporary)
}

export function unreadable(table: string): FormatError {
  return new FormatError({ structure: `transform of table ${table}`, expected: 'records of the columns that the table has', found: 'records that end elsewhere' })
}

function shownRows(transform: Transform, { columns, name }: Pick<TransformedTable, 'columns' | 'name'>, changes: readonly RowChange[]): TransformRow[] {
  const keys = columns.flatMap((one, position) => one.key ? [position] : [])
  return changes.map(({ kind, cells }): TransformRow => {
    const key = keys.map((position) => { const cell = cells.get(position); return cell === undefined || cell === true ? null : cell })
    const shown = [...cells].filter(([position]) => kind === 'insert' || (kind === 'update' && !columns[position]!.key))
    const value = (cell: Cell | true): Cell => cell === true ? transform.stream([name, ...key.map((one) => String(one ?? ''))].join('.')) ?? null : cell
    return { kind, key, cells: new Map(shown.map(([position, cell]) => [columns[position]!.name, value(cell)])) }
  })
}

/** Packages have some integers narrower or wider than the documentation: the records tell which. */
function documentedColumns(transform: Transform, name: string): readonly Column[] | undefined {
  const columns = standardTable(name)?.columns
  if (columns === undefined) return undefined
  const doubtful = columns.flatMap((one, position) => one.name.endsWith('Sequence') && !one.key ? [position] : [])
  const flipped = columns.map((one, position) => doubtful.includes(position) ? column({ ...one, type: one.type === 'int32' ? 'int16' : 'int32' }) : one)
  return [columns, flipped].find((some) => transform.changes(name, some)) ?? columns
}
