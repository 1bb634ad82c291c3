// A transform to be looked at: what it changes, with or without the database it is made for.
// https://learn.microsoft.com/windows/win32/msi/-transformview-table
// Its records do not name their columns. Without a database, tables that it adds are known from itself and others are
// taken for the standard tables of their names; the rest is listed as unknown.
import { FormatError, type ByteSource } from '../base/index.ts'
import type { StorageContent } from '../compound-file/index.ts'
import type { SummaryInformation } from '../property-set/index.ts'
import { transformedTables, type TransformedTable } from './apply-transform.ts'
import { createDatabase, databaseClassIds, type Database } from './database.ts'
import { standardTable } from './standard-tables.ts'
import { showTransform } from './transform-view.ts'
import { Transform } from './transform.ts'

export interface TransformContent {
  /** Code page of its texts; 0 is neutral. */
  readonly codepage: number
  readonly summary: SummaryInformation
  readonly tables: readonly TransformedTable[]
  /** Tables with changed rows whose columns are not known. */
  readonly unknownTables: readonly string[]
}

/**
 * What a transform changes.
 * @param source A `.mst` file, or a sub-storage of a patch or package.
 * @param base The database it is made for; it is not changed.
 * @throws FormatError when the source is no compound file, or a table of `base` has other columns than the transform.
 */
export function readTransform(source: ByteSource | StorageContent, base?: Database): TransformContent {
  const transform = new Transform(source)
  const unknownTables: string[] = []
  const tables = transformedTables(base ?? standardTables(transform), transform, (error, table) => {
    if (base !== undefined || !(error instanceof FormatError)) throw error
    unknownTables.push(table)
  })
  return { codepage: transform.codepage, summary: transform.summary, tables, unknownTables }
}

/** A transform as a database to look at: its changes in the table `_TransformView`, its streams and its summary information. */
export function openTransform(source: ByteSource | StorageContent): Database {
  const transform = new Transform(source)
  const { codepage, tables } = readTransform(source)
  const shown = createDatabase({ codepage, classId: databaseClassIds.transform })
  showTransform(shown, tables)
  for (const name of transform.streamNames()) shown.setStream(name, transform.stream(name))
  return shown
}

function standardTables(transform: Transform): Database {
  const database = createDatabase()
  const own = transform.addedTables()
  for (const name of transform.tableNames()) {
    const columns = own.has(name) ? undefined : standardTable(name)?.columns
    if (columns !== undefined) database.createTable({ name, columns })
  }
  return database
}
