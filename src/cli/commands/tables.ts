// `msikit tables`: the tables of a package, or the rows of one.
import { typeLetters, type Database, type Table } from '../../database/index.ts'
import { tableLines } from '../columns.ts'
import { CommandError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { openPackage } from '../open-package.ts'
import { mapped, writeRows } from '../rows.ts'
import { commandRunner } from '../run-command.ts'

export const run = commandRunner({
  name: 'tables',
  summary: 'List the tables of a package, or the rows of one',
  about: 'A package is a small relational database. Without TABLE, its tables are listed with their number of rows; with TABLE,\n'
    + 'the rows of that table are printed in stored order. _Tables, _Columns, _Streams and _Storages can be asked for too.',
  arguments: [{ name: 'FILE', about: 'A package' }, { name: 'TABLE', about: 'The table to print; upper and lower case matter', count: 'optional' }],
  options: {},
  examples: [
    ['msikit tables putty.msi', 'Which tables there are'],
    ['msikit tables putty.msi Property', 'The properties of the package'],
    ['msikit tables putty.msi File --json', 'One object per row, for other programs'],
  ],
  run: ({ positionals, json }, { out }) => {
    const { database, path } = openPackage(positionals[0]!)
    const name = positionals[1]
    if (name === undefined) {
      const tables = database.tableNames.map((one) => describeTable(database.table(one)!)).sort((a, b) => a.name < b.name ? -1 : 1)
      if (json) out.json(tables)
      else for (const line of tableLines(['Table', 'Rows', 'Columns'], tables.map((one) => [one.name, String(one.rows), one.columns.map((column) => column.name).join(' ')]))) out.line(line)
      return 0
    }
    const table = requireTable(database, path, name)
    const columns = table.columns.map((column) => column.name)
    writeRows(out, columns, mapped(table.rows(), (row) => row.cells()), json)
    return 0
  },
})

function describeTable(table: Table): { name: string; rows: number; columns: readonly { name: string; type: string; key: boolean }[] } {
  return { name: table.name, rows: table.rowCount, columns: table.columns.map((column) => ({ name: column.name, type: typeLetters(column), key: column.key })) }
}

function requireTable(database: Database, path: string, name: string): Table {
  const table = database.table(name)
  if (table !== undefined) return table
  const close = database.tableNames.find((one) => one.toLowerCase() === name.toLowerCase()) ?? nearest(name, database.tableNames)
  throw new CommandError('ERROR_INVALID_TABLE', `${path}: expected a table of the package, found "${name}"`,
    `${close === undefined ? '' : `Did you mean ${close}? `}\`msikit tables ${path}\` lists the tables.`)
}
