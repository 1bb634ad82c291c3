// Merging a merge module (.msm) into a package, as mergemod.dll does.
// https://learn.microsoft.com/windows/win32/msi/merge-mergeex
// Conflicts do not stop a merge: the package's own rows win, and the conflicts are told. Only a bad configuration stops
// it. Files get sequence numbers after those of the package, in the order of the module's cabinet, and the cabinet comes
// along as a stream with a row in Media, unless the caller wants to take the files out itself.
import { equalBytes, readAll } from '../../base/index.ts'
import type { Database } from '../database.ts'
import type { Cell } from '../table/cell.ts'
import type { Table } from '../table/table.ts'
import { exclusionProblems, missingDependencies, platformProblem, type ModuleDependency } from './compatibility.ts'
import { Configuration, ConfigurationError, type ProvideValue } from './configuration.ts'
import { setPredefinedFolders } from './directories.ts'
import { moduleLanguage, openInLanguage } from './language.ts'
import type { MergeProblem } from './problem.ts'
import { mergeSequences, moduleSequenceTables } from './sequences.ts'

export interface MergeModuleOptions {
  /** The feature that gets the components; it must exist. */
  readonly feature?: string
  /** Key in the package's Directory table that the module's TARGETDIR becomes. */
  readonly directory?: string
  /** Language identifier; the module's own by default. */
  readonly language?: number
  /** Values for configurable items. */
  readonly configure?: ProvideValue
  /** `false`: leave the module's cabinet and the Media table alone. */
  readonly cabinet?: boolean
}

export interface MergedModule {
  /** `Name.GUID`, with underscores. */
  readonly id: string
  readonly language: number
  readonly version: string
  readonly problems: readonly MergeProblem[]
  /** Dependencies, of this module and those merged before, that nothing in the package satisfies yet. */
  readonly missing: readonly ModuleDependency[]
  /** Keys in the File table, in the order of their new sequence numbers. */
  readonly files: readonly string[]
  /** Stream of the package that the module's cabinet became. */
  readonly cabinet: string | undefined
}

export const moduleCabinet = 'MergeModule.CABinet'
const nullGuid = '{00000000-0000-0000-0000-000000000000}'
const neverMerged: ReadonlySet<string> = new Set([...moduleSequenceTables, 'ModuleConfiguration', 'ModuleSubstitution', 'ModuleIgnoreTable'])

/**
 * Merges a module into a package. The module is changed when a language transform is applied to it.
 * @returns what was found wrong; a problem of the configuration, language or platform stops the merge before the first row is changed.
 */
export function mergeModule(database: Database, module: Database, options: MergeModuleOptions = {}): MergedModule {
  const refused = openInLanguage(module, options.language) ?? platformProblem(database, module) ?? featureProblem(database, module, options.feature)
  const signature = [...module.table('ModuleSignature')?.rows() ?? []][0]
  const identity = { id: signature?.text('ModuleID') ?? '', language: moduleLanguage(module), version: signature?.text('Version') ?? '' }
  const stopped = (problem: MergeProblem): MergedModule => ({ ...identity, problems: [problem], missing: [], files: [], cabinet: undefined })
  if (refused !== undefined) return stopped(refused)
  try {
    return { ...identity, ...new Merger(database, module, options).merge() }
  } catch (error) {
    if (error instanceof ConfigurationError) return stopped(error.problem)
    throw error
  }
}

/** Connects the components of a merged module to one more feature. @param module The `id` of the module. */
export function connectModule(database: Database, module: string, feature: string): void {
  for (const row of database.table('ModuleComponents')?.rows() ?? []) {
    if (row.text('ModuleID') === module) connect(database, feature, row.text('Component'))
  }
}

function connect(database: Database, feature: string, component: string): void {
  const table = database.table('FeatureComponents') ?? database.createTable({ name: 'FeatureComponents', columns: [
    { name: 'Feature_', type: 'string', width: 38, key: true }, { name: 'Component_', type: 'string', width: 72, key: true },
  ] })
  if (table.find(feature, component) === undefined) table.insert([feature, component])
}

function featureProblem(database: Database, module: Database, feature: string | undefined): MergeProblem | undefined {
  if (feature !== undefined && database.table('Feature')?.find(feature) !== undefined) return undefined
  if (feature !== undefined) return { type: 'featureRequired', message: `expected a feature ${JSON.stringify(feature)} in the package, found none` }
  for (const name of module.tableNames) {
    for (const row of module.table(name)!.rows()) {
      if (row.cells().includes(nullGuid)) return { type: 'featureRequired', message: 'expected a feature, because the module refers to one', table: name }
    }
  }
  return undefined
}

/** Rows to add, worked out before the package is touched. */
interface PreparedTable {
  readonly from: Table
  readonly rows: readonly (readonly Cell[])[]
}

class Merger {
  readonly #database: Database
  readonly #module: Database
  readonly #options: MergeModuleOptions
  readonly #problems: MergeProblem[] = []
  readonly #components: string[] = []
  readonly #files: string[] = []

  constructor(database: Database, module: Database, options: MergeModuleOptions) {
    this.#database = database
    this.#module = module
    this.#options = options
  }

  merge(): Pick<MergedModule, 'problems' | 'missing' | 'files' | 'cabinet'> {
    const ignored = new Set([...this.#module.table('ModuleIgnoreTable')?.rows() ?? []].map((row) => row.text('Table')))
    const configuration = new Configuration(this.#module, this.#options.configure)
    const prepared = this.#module.tableNames.filter((name) => !neverMerged.has(name) && !ignored.has(name))
      .map((name) => this.#prepare(this.#module.table(name)!, configuration))
    for (const table of prepared) this.#mergeTable(table)
    if (this.#options.feature !== undefined) for (const component of this.#components) connect(this.#database, this.#options.feature, component)
    setPredefinedFolders(this.#database, this.#module)
    this.#problems.push(...mergeSequences(this.#database, this.#module), ...exclusionProblems(this.#database))
    return {
      problems: this.#problems, missing: missingDependencies(this.#database), files: this.#files,
      cabinet: this.#options.cabinet === false ? undefined : this.#addCabinet(),
    }
  }

  #prepare(from: Table, configuration: Configuration): PreparedTable {
    const rows: Cell[][] = []
    for (const row of from.rows()) {
      const cells = row.cells()
      if (configuration.isOrphan(from.name, cells, from.keyColumns)) continue
      const merged = configuration.configured(from, cells).map((cell) => cell === nullGuid ? this.#options.feature ?? cell : cell)
      if (from.name === 'Directory' && merged[0] === 'TARGETDIR') continue
      if (from.name === 'Directory' && merged[1] === 'TARGETDIR' && this.#options.directory !== undefined) merged[1] = this.#options.directory
      rows.push(merged)
    }
    return { from, rows: from.name === 'File' ? this.#renumber(from, rows) : rows }
  }

  /** In the order of the module's cabinet, behind the files of the package. */
  #renumber(from: Table, rows: readonly Cell[][]): Cell[][] {
    const position = from.columnNumber('Sequence')
    if (position === undefined) return [...rows]
    let next = 0
    for (const row of this.#database.table('File')?.rows() ?? []) next = Math.max(next, row.integer('Sequence') ?? 0)
    for (const row of this.#database.table('Media')?.rows() ?? []) next = Math.max(next, row.integer('LastSequence') ?? 0)
    const known = this.#database.table('File')
    return rows.toSorted((a, b) => Number(a[position]) - Number(b[position])).map((cells) => {
      // A file that another merge brought keeps its number: it is no conflict.
      const there = known?.find(cells[0] as string)
      return cells.with(position, there?.integer('Sequence') ?? ++next)
    })
  }

  #mergeTable({ from, rows }: PreparedTable): void {
    const target = this.#database.table(from.name) ?? this.#database.createTable({ name: from.name, columns: from.columns })
    const problem = definitionProblem(from, target)
    if (problem !== undefined) {
      this.#problems.push({ type: 'tableMerge', table: from.name, message: problem })
      return
    }
    for (const column of from.columns.slice(target.columns.length)) target.addColumn(column)
    for (const cells of rows) this.#mergeRow(from, target, cells)
  }

  #mergeRow(from: Table, target: Table, cells: readonly Cell[]): void {
    if (from.name === 'Component') this.#components.push(String(cells[0]))
    if (from.name === 'File') this.#files.push(String(cells[0]))
    const key = target.keyColumns.map((position) => cells[position]!)
    const raw = target.rawKey(key)
    const existing = raw && target.findRaw(raw)
    try {
      if (existing === undefined) target.insert(cells)
      else if (cells.some((cell, position) => !sameCell(cell, target.cell(existing, position)))) throw new Error('the package has another row with this key, which stays')
    } catch (error) {
      this.#problems.push({ type: 'tableMerge', table: from.name, key: key.map(String), message: error instanceof Error ? error.message : String(error) })
    }
  }

  #addCabinet(): string | undefined {
    const cabinet = this.#module.stream(moduleCabinet)
    const files = this.#database.table('File')
    if (cabinet === undefined || files === undefined || this.#files.length === 0) return undefined
    const media = this.#database.table('Media') ?? this.#database.createTable({ name: 'Media', columns: [
      { name: 'DiskId', type: 'int16', key: true }, { name: 'LastSequence', type: 'int32' }, { name: 'DiskPrompt', type: 'string', width: 64, nullable: true, localizable: true },
      { name: 'Cabinet', type: 'string', width: 255, nullable: true }, { name: 'VolumeLabel', type: 'string', width: 32, nullable: true }, { name: 'Source', type: 'string', width: 72, nullable: true },
    ] })
    let disk = 0
    let before = 0
    for (const row of media.rows()) {
      disk = Math.max(disk, row.integer('DiskId') ?? 0)
      before = Math.max(before, row.integer('LastSequence') ?? 0)
    }
    const last = Math.max(...this.#files.map((file) => files.find(file)?.integer('Sequence') ?? 0))
    if (last <= before) return undefined
    const name = `module${disk + 1}.cab`
    this.#database.setStream(name, cabinet)
    media.insert(media.columns.map((column) => ({ DiskId: disk + 1, LastSequence: last, Cabinet: `#${name}` })[column.name] ?? null))
    return name
  }
}

/** Columns that the module has more are added; widths and attributes of the package's stay. */
function definitionProblem(from: Table, to: Table): string | undefined {
  for (let position = 0; position < Math.max(from.columns.length, to.columns.length); position++) {
    const [a, b] = [from.columns[position], to.columns[position]]
    if (a === undefined) return b!.nullable && !b!.key ? undefined : `column ${b!.name}: expected it in the module too`
    if (b === undefined) { if (a.key || !a.nullable) return `column ${a.name}: expected it in the package too` } else if (a.name !== b.name || (a.type === 'string') !== (b.type === 'string') || (a.type === 'binary') !== (b.type === 'binary') || a.key !== b.key) {
      return `column ${position + 1}: expected ${b.name} as in the package, found ${a.name}`
    }
  }
  return undefined
}

function sameCell(a: Cell, b: Cell): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  return a === b || (a.size === b.size && equalBytes(readAll(a), readAll(b)))
}
