// Short ways to what tests need: a package, a database with a few rows. Deterministic.
import { PackageBuilder, type ProductDefinition } from '../authoring/index.ts'
import { concatBytes, type ByteSink } from '../base/index.ts'
import { columnsFromText, createDatabase, standardTable, type Cell, type Database } from '../database/index.ts'

/** Rows of a standard table, or columns as text (`Id* s72; Value L0`) and rows. Cells that are left out are null. */
export type TableRows = readonly (readonly Cell[])[] | { readonly columns: string; readonly rows: readonly (readonly Cell[])[] }

/** A product called Example; features and files are the test's own. */
export function aPackage(product: Partial<ProductDefinition> = {}): PackageBuilder {
  return new PackageBuilder({ name: 'Example', version: '1.0.0', manufacturer: 'Example Corporation', ...product })
}

/** @example aDatabase({ Property: [['ProductName', 'Example']], Mine: { columns: 'Id* i2', rows: [[1]] } }) */
export function aDatabase(tables: Readonly<Record<string, TableRows>> = {}, options: { codepage?: number } = {}): Database {
  const database = createDatabase(options)
  for (const [name, content] of Object.entries(tables)) {
    const isOwn = 'columns' in content
    const columns = isOwn ? columnsFromText(content.columns) : standardTable(name)?.columns
    if (columns === undefined) throw new RangeError(`table ${name}: expected columns, as it is no standard table`)
    const table = database.createTable({ name, columns })
    for (const row of isOwn ? content.rows : content) table.insert([...row, ...columns.slice(row.length).map(() => null)])
  }
  return database
}

/** What a function writes: `bytesOf((sink) => database.save(sink))`. */
export function bytesOf(write: (sink: ByteSink) => void): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = []
  write({ write: (chunk) => { chunks.push(Uint8Array.from(chunk)) } })
  return concatBytes(chunks)
}
