// `msikit merge`: merge modules and other databases into a package. https://learn.microsoft.com/windows/win32/msi/merge-modules
import { configurableItems, mergeDatabase, mergeModule, type ConfigurableItem, type Database, type MergedModule, type MergeProblem, type ProvideValue } from '../../database/index.ts'
import { summaryInteger, SummaryProperty } from '../../property-set/index.ts'
import { forceOption, requireFree, writeOutput } from '../files/output-file.ts'
import { requireDatabase } from '../package/edit-package.ts'
import { openPackage, within, type OpenedPackage } from '../package/open-package.ts'
import type { CommandInput } from '../program/command.ts'
import { CommandError, UsageError } from '../program/errors.ts'
import { nearest } from '../program/nearest.ts'
import { commandRunner } from '../program/run-command.ts'
import { counted } from '../terminal/columns.ts'

/** Problems that end a merge before its first row; the others are conflicts, and the package's own rows stay. */
const conflicts: ReadonlySet<MergeProblem['type']> = new Set(['tableMerge', 'resequenceMerge', 'exclusion'])

interface Merged {
  readonly file: string
  readonly module: Omit<MergedModule, 'problems'> | null
  readonly problems: readonly MergeProblem[]
}

export const run = commandRunner({
  name: 'merge',
  summary: 'Merge modules and other databases into a package',
  about: 'A merge module brings its tables, its sequences and its cabinet: its components go to the feature that --feature names, its folder\n'
    + 'TARGETDIR becomes the one that --directory names, and values of configurable items are given with --set. Another database is merged\n'
    + 'table by table, as MsiDatabaseMerge does. Where both have a row with one key and other cells, the package\'s own row stays and the\n'
    + 'conflict is told. Exit status: 0, 1 when there were conflicts or a dependency is missing (OUT is written nevertheless), another one\n'
    + 'when nothing could be merged (OUT is not written).',
  arguments: [{ name: 'PACKAGE', about: 'The package that gets it all' }, { name: 'MODULE', about: 'Merge modules or databases, merged in this order', count: 'many' }],
  options: {
    output: { short: 'o', value: 'OUT', about: 'The file to write', required: true },
    feature: { value: 'FEATURE', about: 'The feature that gets the components; not needed when the package has just one' },
    directory: { value: 'DIRECTORY', about: 'Key in the Directory table that the TARGETDIR of the modules becomes' },
    language: { value: 'LANGID', about: 'Language of the modules, such as 1031; their own by default' },
    set: { short: 's', value: 'ITEM=VALUE', about: 'Value of a configurable item; may be given several times', many: true },
    force: forceOption,
  },
  examples: [
    ['msikit merge app.msi vcrt.msm policy.msm --feature Main -o full.msi', 'Two modules for one feature'],
    ['msikit merge app.msi site.msm --directory INSTALLDIR --set Port=8080 -o full.msi', 'A configurable one into a folder of its own'],
    ['msikit tables site.msm ModuleConfiguration', 'What can be configured'],
  ],
  run: (input, { out, err }) => {
    const [path, ...modules] = input.positionals
    const target = input.value('output')!
    requireFree(target, input)
    const language = input.value('language')
    if (language !== undefined && !/^\d{1,5}$/.test(language)) throw new UsageError(`option --language: expected a number such as 1031, found "${language}"`)
    using opened = requireDatabase(openPackage(path!))
    const sources = modules.map((file) => requireDatabase(openPackage(file)))
    const values = itemValues(input, sources)
    const merged = sources.map((source) => mergeOne(opened, source, input, values))
    for (const { module } of merged) if (module?.cabinet !== undefined) markCompressed(opened.database, module.files)
    writeOutput(target, input, (sink) => { opened.database.save(sink) })
    for (const { file, problems } of merged) for (const problem of problems) err.line(`conflict: ${file}: ${problemText(problem)}`)
    const missing = merged.findLast(({ module }) => module !== null)?.module?.missing ?? []
    for (const { module, requiredModule, requiredVersion, requiredLanguage } of missing) {
      err.line(`missing: ${module} needs the module ${requiredModule}${requiredVersion === '' ? '' : ` ${requiredVersion}`}${requiredLanguage === 0 ? '' : ` in language ${requiredLanguage}`}`)
    }
    err.flush()
    if (input.json) out.json({ file: target, merged })
    else for (const { file, module } of merged) out.line(module === null ? `merged ${file}, a database` : `merged ${module.id} ${module.version}, language ${module.language}, ${counted(module.files.length, 'file')}`)
    return merged.some(({ problems }) => problems.length > 0) || missing.length > 0 ? 1 : 0
  },
})

function mergeOne(target: OpenedPackage, { path, database }: OpenedPackage, input: CommandInput, values: ReadonlyMap<string, string>): Merged {
  if (database.table('ModuleSignature') === undefined || database.table('Feature') !== undefined) {
    const conflicting = within(path, 'ERROR_FUNCTION_FAILED', () => mergeDatabase(target.database, database))
    return { file: path, module: null, problems: conflicting.map(({ table, rows }) => ({ type: 'tableMerge', table, message: `${counted(rows, 'row')} of the package with other cells, which stay` })) }
  }
  const [language, directory] = [input.value('language'), input.value('directory')]
  if (directory !== undefined && target.database.table('Directory')?.find(directory) === undefined) {
    throw new CommandError('ERROR_INVALID_PARAMETER', `option --directory: expected a key of the Directory table of ${target.path}, found "${directory}"`, `\`msikit tables ${target.path} Directory\` lists them.`)
  }
  const feature = input.value('feature') ?? onlyFeature(target.database)
  const provide: ProvideValue = (item) => valueOf(item, values)
  const { problems, ...module } = within(path, 'ERROR_FUNCTION_FAILED', () => mergeModule(target.database, database, {
    configure: provide, ...(feature === undefined ? {} : { feature }), ...(directory === undefined ? {} : { directory }), ...(language === undefined ? {} : { language: Number(language) }),
  }))
  const fatal = problems.find(({ type }) => !conflicts.has(type))
  if (fatal === undefined) return { file: path, module, problems }
  throw new CommandError('ERROR_FUNCTION_FAILED', `${path}: ${problemText(fatal)}`, adviceFor(fatal, target, input))
}

const fileAttributes = { noncompressed: 0x2000, compressed: 0x4000 } as const

/** In a package whose files are not compressed, those in the cabinet of a module say that they are. */
function markCompressed(database: Database, keys: readonly string[]): void {
  const table = database.table('File')
  if (table?.columnNumber('Attributes') === undefined || ((summaryInteger(database.summary, SummaryProperty.wordCount) ?? 0) & 2) !== 0) return
  for (const key of keys) {
    const row = table.find(key)
    if (row !== undefined) table.update(row, 'Attributes', ((row.integer('Attributes') ?? 0) & ~fileAttributes.noncompressed) | fileAttributes.compressed)
  }
}

function adviceFor({ type }: MergeProblem, target: OpenedPackage, input: CommandInput): string | undefined {
  if (type === 'featureRequired') {
    const features = [...target.database.table('Feature')?.rows() ?? []].map((row) => row.text('Feature'))
    const close = nearest(input.value('feature') ?? '', features)
    return close === undefined ? `Name a feature with --feature: ${features.join(', ') || 'the package has none'}.` : `Did you mean --feature ${close}?`
  }
  return type === 'missingConfigItem' || type === 'badNullResponse' || type === 'badSubstitutionType' ? 'Values are given with --set ITEM=VALUE.' : undefined
}

function onlyFeature(database: Database): string | undefined {
  const rows = [...database.table('Feature')?.rows() ?? []]
  return rows.length === 1 ? rows[0]!.text('Feature') : undefined
}

/** @throws UsageError for an item that no module has. */
function itemValues(input: CommandInput, sources: readonly OpenedPackage[]): ReadonlyMap<string, string> {
  const known = new Set(sources.flatMap(({ database }) => configurableItems(database).map(({ name }) => name)))
  return new Map(input.values('set').map((word): [string, string] => {
    const equals = word.indexOf('=')
    const name = word.slice(0, Math.max(0, equals))
    if (equals <= 0) throw new UsageError(`option --set: expected ITEM=VALUE, found "${word}"`)
    if (known.has(name)) return [name, word.slice(equals + 1)]
    const close = nearest(name, [...known])
    throw new UsageError(`option --set: expected a configurable item (${[...known].join(', ') || 'the modules have none'}), found "${name}"${close === undefined ? '' : `; did you mean ${close}?`}`)
  }))
}

function valueOf({ name, format }: ConfigurableItem, values: ReadonlyMap<string, string>): string | number | null | undefined {
  const value = values.get(name)
  if (value === undefined || format === 'text' || format === 'key') return value
  if (!/^[-+]?\d{1,10}$/.test(value)) throw new UsageError(`option --set: item ${name}: expected a whole number, found "${value}"`)
  return Number(value)
}

function problemText({ message, table, key }: MergeProblem): string {
  return `${table === undefined ? '' : `table ${table}${key === undefined ? '' : `, row ${key.join(', ')}`}: `}${message}`
}
