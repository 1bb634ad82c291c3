// What a patch brought that goes: the package without it no longer knows these rows, so those that say what is to be removed
// are kept for this one installation.
// https://learn.microsoft.com/windows/win32/msi/removing-patches, …/uninstallable-patches
// Components are kept whole and go; of components that stay, files and registry values that only the patch had are removed.
import type { Cell, Database, Row, Table } from '../../database/index.ts'

export interface KeptForRemoval {
  /** Keys of files to be written again, whatever their version. */
  readonly restores: ReadonlySet<string>
  /** Names of components that go. */
  readonly components: ReadonlySet<string>
  readonly features: ReadonlySet<string>
}

/**
 * @param changed Keys of files that the patch brought or changed.
 */
export function keepWhatGoes(remaining: Database, installed: Database, changed: ReadonlySet<string>): KeptForRemoval {
  const features = new Set([...rowsOf(installed, 'Feature')].map((row) => row.text('Feature')).filter((name) => remaining.table('Feature')?.find(name) === undefined))
  for (const name of features) keep(remaining, installed, 'Feature', installed.table('Feature')!.find(name)!)
  const goes = new Set([...rowsOf(installed, 'Component')].map((row) => row.text('Component')).filter((name) => remaining.table('Component')?.find(name) === undefined))
  if (goes.size > 0) keepComponents(remaining, installed, goes)
  const restores = new Set([...changed].filter((key) => remaining.table('File')?.find(key) !== undefined && !goes.has(componentOf(remaining, key))))
  removeFiles(remaining, installed, goes)
  removeRegistryValues(remaining, installed, goes)
  return { restores, components: goes, features }
}

function componentOf(database: Database, file: string): string {
  return database.table('File')?.find(file)?.text('Component_') ?? ''
}

/** Rows of all tables that belong to these components, with the folders that they need. */
function keepComponents(remaining: Database, installed: Database, goes: ReadonlySet<string>): void {
  for (const row of rowsOf(installed, 'Directory')) keep(remaining, installed, 'Directory', row)
  for (const name of installed.tableNames) {
    const table = installed.table(name)!
    const column = name === 'Component' ? 'Component' : table.columns.find((one) => one.name === 'Component_')?.name
    if (column === undefined) continue
    for (const row of table.rows()) if (goes.has(row.text(column))) keep(remaining, installed, name, row)
  }
}

function keep(remaining: Database, installed: Database, name: string, row: Row): void {
  const from = installed.table(name)!
  const to = remaining.table(name) ?? remaining.createTable({ name, columns: from.columns })
  const cells = new Map(from.columns.map((column, at) => [column.name, row.cells()[at]!]))
  const key = to.columns.filter((column) => column.key).map((column) => cells.get(column.name) ?? null)
  if (to.find(...key.map(keyCell)) === undefined) to.insert(to.columns.map((column) => cells.get(column.name) ?? null))
}

function keyCell(cell: Cell): string | number | null {
  return typeof cell === 'object' ? null : cell
}

const whenInstalled = 1

function removeFiles(remaining: Database, installed: Database, goes: ReadonlySet<string>): void {
  for (const row of rowsOf(installed, 'File')) {
    const [key, component] = [row.text('File'), row.text('Component_')]
    if (goes.has(component) || remaining.table('File')?.find(key) !== undefined) continue
    const directory = remaining.table('Component')?.find(component)?.text('Directory_')
    if (directory === undefined) continue
    tableOf(remaining, 'RemoveFile', [['FileKey', 72, true], ['Component_', 72], ['FileName', 255], ['DirProperty', 72], ['InstallMode']])
      .insert([`msikit.${key}`.slice(0, 72), component, row.text('FileName'), directory, whenInstalled])
  }
}

function removeRegistryValues(remaining: Database, installed: Database, goes: ReadonlySet<string>): void {
  for (const row of rowsOf(installed, 'Registry')) {
    const [key, component] = [row.text('Registry'), row.text('Component_')]
    if (goes.has(component) || remaining.table('Registry')?.find(key) !== undefined || remaining.table('Component')?.find(component) === undefined) continue
    tableOf(remaining, 'RemoveRegistry', [['RemoveRegistry', 72, true], ['Root'], ['Key', 255], ['Name', 255], ['Component_', 72]])
      .insert([`msikit.${key}`.slice(0, 72), row.integer('Root'), row.text('Key'), row.isNull('Name') ? null : row.text('Name'), component])
  }
}

/** Columns without a width are numbers. */
function tableOf(database: Database, name: string, columns: readonly (readonly [name: string, width?: number, key?: boolean])[]): Table {
  return database.table(name) ?? database.createTable({
    name, columns: columns.map(([column, width, key = false]) => ({ name: column, key, nullable: !key, ...(width === undefined ? { type: 'int16' } : { type: 'string', width }) })),
  })
}

function rowsOf(database: Database, table: string): Iterable<Row> {
  return database.table(table)?.rows() ?? []
}
