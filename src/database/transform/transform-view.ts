// The content of a transform as rows of the temporary table `_TransformView`.
// https://learn.microsoft.com/windows/win32/msi/-transformview-table
// Row is the key, its cells parted by tabs, a null one as a blank. Of an added column Data is the type word and Current
// the number; of a cell Data is the new value and Current the old one.
import type { Database } from '../database.ts'
import type { Cell } from '../table/cell.ts'
import { typeWord, type ColumnDefinition } from '../table/column.ts'
import type { Table } from '../table/table.ts'
import type { PerhapsTransformedTable } from './transform-content.ts'

const viewName = '_TransformView'
const text = { type: 'string', temporary: true } as const
const columns: readonly ColumnDefinition[] = [
  { ...text, name: 'Table', key: true }, { ...text, name: 'Column', key: true }, { ...text, name: 'Row', key: true, nullable: true },
  { ...text, name: 'Data', nullable: true }, { ...text, name: 'Current', nullable: true },
]

/** Adds to what the table shows of other transforms; it is held once, and empty again when it was released. */
export function showTransform(database: Database, tables: readonly PerhapsTransformedTable[]): void {
  const view = database.tableNames.includes(viewName) ? database.table(viewName)! : database.createTable({ name: viewName, columns })
  view.holdCount = 1
  const show = (table: string, column: string, row: string, data = '', current = ''): void => {
    const known = view.find(table, column, row)
    if (known === undefined) view.insert([table, column, row, data, current])
    else view.update(known, 'Data', data)
  }
  for (const table of tables) {
    const existing = database.table(table.name)
    if (table.dropped) show(table.name, 'DROP', '')
    if (table.created) show(table.name, 'CREATE', '')
    table.addedColumns.forEach((column, index) => {
      show(table.name, column.name, '', String(typeWord(column)), String(table.columns.length - table.addedColumns.length + index + 1))
    })
    for (const { kind, cells } of table.changes ?? []) {
      const key = table.columns.flatMap((column, position) => column.key ? [plain(cells.get(position) ?? null)] : [])
      const row = key.map((one) => one === '' ? ' ' : one).join('\t')
      if (kind === 'delete') show(table.name, 'DELETE', row)
      for (const [position, cell] of kind === 'delete' ? [] : cells) {
        const column = table.columns[position]!
        if (column.key || (kind === 'insert' && cell === null)) continue
        show(table.name, column.name, row, cell === true ? [table.name, ...key].join('.') : plain(cell), currentValue(existing, key, position))
      }
      if (kind === 'insert') show(table.name, 'INSERT', row)
    }
  }
}

function currentValue(table: Table | undefined, key: readonly string[], position: number): string {
  const row = table?.keyColumns.length === key.length ? table.find(...key) : undefined
  if (table === undefined || row === undefined || position >= table.columns.length) return ''
  const cell = table.cell(row.number, position)
  return typeof cell === 'object' && cell !== null ? table.streamName(row.number) : plain(cell)
}

function plain(cell: Cell | true): string {
  return cell === null || typeof cell === 'object' || cell === true ? '' : String(cell)
}
