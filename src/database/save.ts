// What a database is on disk: the root storage's entries. Strict: rows sorted by their raw keys, references counted
// anew, temporary rows, columns and tables left out. Numbers of strings stay; strings without a reference go.
import { bytesSource } from '../base/index.ts'
import type { StorageContent } from '../compound-file/index.ts'
import { buildCatalog } from './catalog.ts'
import { encodeStreamName } from './stream-name.ts'
import { cellSize } from './table/column.ts'
import { writeColumn } from './table/stored-rows.ts'
import type { Table, TableOwner } from './table/table.ts'

/**
 * Windows keeps of a table only the rows before the first temporary one, in key order, and the texts of the others;
 * `windows` does the same.
 * `all` keeps every row that is not temporary.
 */
export type RowsToSave = 'all' | 'windows'

export function tableStreams(owner: TableOwner, tables: Iterable<Table>, rowsToSave: RowsToSave): StorageContent['entries'] {
  const saved = [...tables].filter((table) => !table.temporary)
  const catalog = buildCatalog(owner, saved)
  const all = [catalog.tables, catalog.columns, ...saved]
  const counts = new Uint32Array(owner.pool.count + 1)
  const rows = new Map(all.map((table) => [table, persistentRows(table)]))
  for (const [table, persistent] of rows) countReferences(table, persistent, counts)
  const { pool, data, referenceSize } = owner.pool.write(counts)
  const entries: { kind: 'stream'; name: string; source: ReturnType<typeof bytesSource> }[] = []
  const add = (name: string, bytes: Uint8Array): void => {
    entries.push({ kind: 'stream', name: encodeStreamName({ name, table: true }), source: bytesSource(bytes) })
  }
  add('_StringPool', pool)
  add('_StringData', data)
  for (const table of all) {
    const bytes = tableBytes(table, rowsToSave === 'all' ? rows.get(table)! : rowsBeforeTemporary(table), referenceSize)
    if (bytes.length > 0 || table === catalog.tables) add(table.name, bytes)
  }
  return entries
}

function persistentRows(table: Table): Uint32Array {
  const rows = table.sortedRowNumbers()
  return table.hasTemporaryRows ? rows.filter((row) => !table.isTemporary(row)) : rows
}

function rowsBeforeTemporary(table: Table): Uint32Array {
  const rows = table.sortedRowNumbers()
  const temporary = table.hasTemporaryRows ? rows.findIndex((row) => table.isTemporary(row)) : -1
  return temporary < 0 ? rows : rows.subarray(0, temporary)
}

function countReferences(table: Table, rows: Uint32Array, counts: Uint32Array): void {
  table.columns.forEach((column, position) => {
    if (column.type !== 'string' || column.temporary) return
    const cells = table.rawColumn(position)
    for (let at = 0; at < rows.length; at++) counts[cells[rows[at]!]!]!++
  })
}

function tableBytes(table: Table, rows: Uint32Array, referenceSize: 2 | 3): Uint8Array {
  const columns = table.columns.flatMap((column, position) => column.temporary ? [] : [{ position, size: cellSize(column.type, referenceSize) }])
  const bytes = new Uint8Array(rows.length * columns.reduce((sum, { size }) => sum + size, 0))
  const order = isInPlace(rows) ? undefined : rows
  let at = 0
  for (const { position, size } of columns) {
    writeColumn(table.rawColumn(position), order, size, bytes.subarray(at, at + size * rows.length))
    at += size * rows.length
  }
  return bytes
}

/** Whether the rows are all up to some number, in the order of their numbers. */
function isInPlace(rows: Uint32Array): boolean {
  for (let at = 0; at < rows.length; at++) if (rows[at] !== at) return false
  return true
}
