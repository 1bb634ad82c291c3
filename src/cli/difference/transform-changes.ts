// What a transform changes, as differences. With the package it is made for, the old values are known.
import type { Database, TransformContent, TransformRow } from '../../database/index.ts'
import { plainValue, type RowDifference, type TableDifference } from './changes.ts'

export function transformChanges({ tables }: TransformContent, base?: Database): TableDifference[] {
  return tables.map(({ name, created, dropped, addedColumns, rows }) => ({
    table: name, kind: created ? 'added' : dropped ? 'removed' : 'changed',
    columns: addedColumns.map(({ name: column, type }) => ({ kind: 'added', column, before: null, after: type })),
    rows: rows.map((row) => rowDifference(row, base?.tableNames.includes(name) === true ? base.table(name) : undefined)),
  }))
}

function rowDifference({ kind, key, cells }: TransformRow, table: ReturnType<Database['table']>): RowDifference {
  const plainKey = key.map(plainValue)
  const old = table?.keyColumns.length === key.length ? table.find(...key.map((cell) => typeof cell === 'object' ? null : cell)) : undefined
  if (kind === 'delete') return { kind: 'removed', key: plainKey, cells: [] }
  const keyColumns = new Set(table?.columns.filter((column) => column.key).map(({ name }) => name))
  const changes = [...cells].filter(([column, cell]) => !keyColumns.has(column) && (kind === 'update' || cell !== null))
    .map(([column, cell]) => ({ column, before: plainValue(old?.cell(column) ?? null), after: plainValue(cell) }))
  return { kind: kind === 'insert' ? 'added' : 'changed', key: plainKey, cells: changes }
}
