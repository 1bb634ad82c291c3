// `msikit tables`: the tables of a package, or the rows of one.
import { typeLetters, type Database, type Table } from '../../database/index.ts'
import { openPackage } from '../package/open-package.ts'
import { CommandError } from '../program/errors.ts'
import { nearest } from '../program/nearest.ts'
import { commandRunner } from '../program/run-command.ts'
import { tableLines } from '../terminal/columns.ts'
import { csvOption, mapped, rowFormat, writeCsv, writeRows } from '../terminal/rows.ts'

export const run = commandRunner({
  name: 'tables',
  summary: 'List the tables of a package, or the rows of one',
  about: 'A package is a small relational database. Without TABLE, its tables are listed with their number of rows; with TABLE,\n'
    + 'the rows of that table are printed in stored order. _Tables, _Columns, _Streams and _Storages can be asked for too.\n'
    + 'A transform has one table, _TransformView, with what it changes.',
  arguments: [{ name: 'FILE', about: 'A package, merge module, patch or transform; FILE:STORAGE for one inside another' }, { name: 'TABLE', about: 'The table to print; upper and lower case matter', count: 'optional' }],
  options: { csv: csvOption },
  examples: [
    ['msikit tables putty.msi', 'Which tables there are'],
    ['msikit tables putty.msi Property', 'The properties of the package'],
    ['msikit tables putty.msi File --json', 'One object per row, for other programs'],
  ],
  run: (input, { out }) => {
    const { positionals } = input
    const format = rowFormat(input)
    const { database, path } = openPackage(positionals[0]!)
    const name = positionals[1]
    if (name === undefined) {
      const tables = database.tableNames.toSorted().map((one) => database.table(one)!)
      if (format === 'json') out.json(tables.map(describeTable))
      else if (format === 'csv') writeCsv(out, ['Table', 'Rows', 'Columns'], tables.map(summaryRow))
      else for (const line of tableLines(['Table', 'Rows', 'Columns'], tables.map(summaryRow))) out.line(line)
      return 0
    }
    const table = requireTable(database, path, name)
    const columns = table.columns.map((column) => column.name)
    writeRows(out, columns, mapped(table.rows(), (row) => row.cells()), format)
    return 0
  },
})

function describeTable(table: Table): { name: string; rows: number; columns: readonly { name: string; type: string; key: boolean }[] } {
  return { name: table.name, rows: table.rowCount, columns: table.columns.map((column) => ({ name: column.name, type: typeLetters(column), key: column.key })) }
}

function summaryRow({ name, rowCount, columns }: Table): string[] {
  return [name, String(rowCount), columns.map((column) => column.name).join(' ')]
}

function requireTable(database: Database, path: string, name: string): Table {
  const table = database.table(name)
  if (table !== undefined) return table
  const close = database.tableNames.find((one) => one.toLowerCase() === name.toLowerCase()) ?? nearest(name, database.tableNames)
  throw new CommandError('ERROR_INVALID_TABLE', `${path}: expected a table of the package, found "${name}"`,
    `${close === undefined ? '' : `Did you mean ${close}? `}\`msikit tables ${path}\` lists the tables.`)
}
