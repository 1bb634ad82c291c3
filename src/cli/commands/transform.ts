// `msikit transform`: makes, applies and shows transforms. https://learn.microsoft.com/windows/win32/msi/database-transforms
import { equalBytes, readAll } from '../../base/index.ts'
import { writeCompoundFile, type StorageContent } from '../../compound-file/index.ts'
import {
  applyTransform, checkTransform, generateTransform, readTransform, readTransformSummary, transformErrorConditions, transformErrors, transformValidations, type Database, type DatabaseSource,
} from '../../database/index.ts'
import { printTable } from '../difference/changes-text.ts'
import { transformChanges } from '../difference/transform-changes.ts'
import { transformFacts } from '../difference/transform-facts.ts'
import { transformLines } from '../difference/transform-text.ts'
import { forceOption, requireFree, writeOutput } from '../files/output-file.ts'
import { isTransform, requireDatabase } from '../package/edit-package.ts'
import { openPackage, within, type OpenedPackage } from '../package/open-package.ts'
import type { CommandInput, OptionSpec } from '../program/command.ts'
import { groupRunner } from '../program/command-group.ts'
import { CommandError, UsageError } from '../program/errors.ts'
import { nearest } from '../program/nearest.ts'
import { commandRunner } from '../program/run-command.ts'
import { counted, escapeControls } from '../terminal/columns.ts'
import { shownName } from '../terminal/stream-names.ts'

const { viewTransform: _view, ...errorFlags } = transformErrors
const ignoreOption: OptionSpec = { short: 'i', value: 'LIST', about: `Errors to pass over when it is applied: ${Object.keys(errorFlags).join(', ')}, or all` }

const create = commandRunner({
  name: 'transform create',
  summary: 'Make the transform that turns one package into another',
  about: 'A transform holds changes of tables only: differing streams outside of tables (cabinets), sub-storages and summary information are\n'
    + 'named on standard error. --check says what must hold for a package that it is applied to, compared with BASE.',
  arguments: [{ name: 'BASE', about: 'The package as it is' }, { name: 'CHANGED', about: 'The package as it is to be' }],
  options: {
    output: { short: 'o', value: 'TRANSFORM', about: 'The file to write, usually .mst', required: true },
    check: { short: 'c', value: 'LIST', about: `What must hold: ${Object.keys(transformValidations).join(', ')}; versions need both a part (majorVersion, …) and a comparison (equal, …)` },
    ignore: ignoreOption, force: forceOption,
  },
  examples: [
    ['msikit transform create app.msi changed.msi -o site.mst', 'Applies to any package'],
    ['msikit transform create app.msi de.msi -o de.mst --check product,language --ignore changeCodepage', 'For this product in this language alone'],
  ],
  run: (input, { out, err }) => {
    const [basePath, changedPath] = input.positionals
    const target = input.value('output')!
    const validation = flagsOf(transformValidations, input.value('check'), '--check')
    const errorConditions = flagsOf(errorFlags, input.value('ignore'), '--ignore')
    requireFree(target, input)
    using base = requireDatabase(openPackage(basePath!))
    using changed = requireDatabase(openPackage(changedPath!))
    const content = within(changedPath!, 'ERROR_FUNCTION_FAILED', () => generateTransform(changed.database, base.database, { validation, errorConditions }))
    for (const what of outsideOfTables(base.database, changed.database)) err.line(`note: not in the transform: ${what}`)
    err.flush()
    if (content === undefined) {
      throw new CommandError('ERROR_FUNCTION_FAILED', `${changedPath}: expected tables that differ from those of ${basePath}, found none`, 'There is nothing to put into a transform.')
    }
    writeOutput(target, input, (sink) => { writeCompoundFile(content, sink) })
    const facts = transformFacts(content)
    if (input.json) out.json({ file: target, ...facts })
    else out.line(`${counted(facts.tables.length + facts.unknownTables.length, 'changed table')} in ${target}`)
    return 0
  },
})

const apply = commandRunner({
  name: 'transform apply',
  summary: 'Apply transforms to a package',
  about: 'Transforms are applied one after the other: files, :STORAGE for one that lies in the package itself, FILE.msp:STORAGE for one of a\n'
    + 'patch. Each is checked to be made for the package first; the errors that it says are passed over. Nothing is written when one fails.',
  arguments: [{ name: 'FILE', about: 'A package' }, { name: 'TRANSFORM', about: 'Transforms, in order', count: 'many' }],
  options: {
    output: { short: 'o', value: 'NEW', about: 'The file to write', required: true }, ignore: { ...ignoreOption, about: ignoreOption.about.replace('Errors', 'More errors') },
    'no-check': { about: 'Apply it although it is made for another package' }, force: forceOption,
  },
  examples: [
    ['msikit transform apply app.msi site.mst -o site.msi', 'What an installation with TRANSFORMS=site.mst would see'],
    ['msikit transform apply app.msi :1031 -o app-de.msi', 'A language transform that lies in the package'],
    ['msikit transform apply app.msi update.msp:App1ToApp2 -o app2.msi', 'What a patch makes of it'],
  ],
  run: (input, { out }) => {
    const [path, ...transforms] = input.positionals
    const target = input.value('output')!
    const ignored = flagsOf(errorFlags, input.value('ignore'), '--ignore')
    requireFree(target, input)
    using opened = requireDatabase(openPackage(path!))
    for (const one of transforms) applyOne(opened, one, ignored, input)
    writeOutput(target, input, (sink) => { opened.database.save(sink) })
    if (input.json) out.json({ file: target, transforms })
    else out.line(`${counted(transforms.length, 'transform')} applied, in ${target}`)
    return 0
  },
})

const show = commandRunner({
  name: 'transform show',
  summary: 'Show what a transform changes',
  about: 'Its records do not name their columns: without PACKAGE, tables are taken to be as documented, and other tables are only named.\n'
    + 'With the package that it is made for, everything is shown, and the old values too.',
  arguments: [{ name: 'TRANSFORM', about: 'A transform; FILE:STORAGE for one in a package or patch' }, { name: 'PACKAGE', about: 'The package it is made for', count: 'optional' }],
  options: {},
  examples: [
    ['msikit transform show site.mst app.msi', 'Every change, with old and new values'],
    ['msikit transform show update.msp:App1ToApp2', 'A transform of a patch'],
    ["msikit query site.mst 'SELECT * FROM `_TransformView`'", 'The same as Windows Installer shows it'],
  ],
  run: (input, { out }) => {
    const [path, packagePath] = input.positionals
    using opened = openPackage(path!)
    if (!isTransform(opened)) throw new CommandError('ERROR_INVALID_PARAMETER', `${path}: expected a transform, found ${opened.database.tableNames.length === 0 ? 'something else' : 'a package'}`, 'A transform in a package or patch is named FILE:STORAGE.')
    using base = packagePath === undefined ? undefined : requireDatabase(openPackage(packagePath))
    const content = within(path!, 'ERROR_INSTALL_TRANSFORM_FAILURE', () => readTransform(opened.content, base?.database))
    const changes = transformChanges(content, base?.database)
    const facts = { ...transformFacts(opened.content), unknownTables: content.unknownTables }
    if (input.json) out.json({ file: path, ...facts, tables: changes })
    else {
      out.line(path)
      for (const line of transformLines({ ...facts, tables: [] })) out.line(`  ${escapeControls(line)}`)
      for (const table of changes) printTable(table, out)
    }
    return 0
  },
})

export const run = groupRunner({
  name: 'transform',
  summary: 'Transforms: what turns one package into another',
  commands: {
    create: { about: 'Make one from two packages', run: create }, apply: { about: 'Apply some to a package', run: apply }, show: { about: 'Show what one changes', run: show },
  },
  examples: [
    ['msikit transform create app.msi changed.msi -o site.mst', 'What is different'],
    ['msikit transform show site.mst app.msi', 'To read'],
    ['msikit transform apply app.msi site.mst -o new.msi', 'Both together again'],
  ],
})

function applyOne(opened: OpenedPackage, name: string, ignored: number, input: CommandInput): void {
  const source = transformSource(opened, name)
  within(name, 'ERROR_INSTALL_TRANSFORM_FAILURE', () => {
    const summary = readTransformSummary(source)
    const mismatch = input.has('no-check') ? undefined : checkTransform(opened.database, summary)
    if (mismatch !== undefined) {
      throw new CommandError('ERROR_INSTALL_TRANSFORM_FAILURE', `${name}: expected a package whose ${mismatch.condition} is ${mismatch.expected || 'none'}, found ${mismatch.found || 'none'} (message ${mismatch.number})`,
        'The transform is made for another package; --no-check applies it nevertheless.')
    }
    applyTransform(opened.database, source, { errorConditions: transformErrorConditions(summary) | ignored })
  }, '`--ignore NAME` passes an error over; `msikit transform apply --help` lists their names.')
}

/** `:name` lies in the package. */
function transformSource({ database, path }: OpenedPackage, name: string): DatabaseSource | StorageContent {
  if (!name.startsWith(':')) {
    const opened = openPackage(name)
    if (isTransform(opened)) return opened.content
    throw new CommandError('ERROR_INSTALL_TRANSFORM_FAILURE', `${name}: expected a transform, found another kind of database`, 'A transform in a package or patch is named FILE:STORAGE.')
  }
  const storage = database.storage(name.slice(1))
  if (storage !== undefined) return storage
  throw new CommandError('ERROR_INSTALL_TRANSFORM_FAILURE', `${path}: expected a storage "${name.slice(1)}" in the package, found ${database.storageNames().map(shownName).join(', ') || 'none'}`)
}

function flagsOf(flags: Readonly<Record<string, number>>, list: string | undefined, option: string): number {
  const names = Object.keys(flags)
  return (list ?? '').split(',').filter(Boolean).reduce((sum, name) => {
    if (name === 'all') return names.reduce((all, one) => all | flags[one]!, sum)
    if (Object.hasOwn(flags, name)) return sum | flags[name]!
    const close = nearest(name, names)
    throw new UsageError(`option ${option}: expected names of ${names.join(', ')}, found "${name}"${close === undefined ? '' : `; did you mean ${close}?`}`)
  }, 0)
}

/** What differs and no transform can say. */
function outsideOfTables(base: Database, changed: Database): string[] {
  const cells = new Set([base, changed].flatMap((database) => database.tableNames.flatMap((name) => {
    const table = database.table(name)!
    return table.columns.some(({ type }) => type === 'binary') ? Array.from(table.rowNumbers(), (row) => table.streamName(row)) : []
  })))
  const names = new Set([...base.streamNames(), ...changed.streamNames()].filter((name) => !cells.has(name)))
  const differs = (name: string): boolean => {
    const [a, b] = [base.stream(name), changed.stream(name)]
    return a === undefined || b === undefined || a.size !== b.size || !equalBytes(readAll(a), readAll(b))
  }
  const streams = [...names].filter(differs).map((name) => name === '\u0005SummaryInformation' ? 'summary information' : `stream ${shownName(name)}`)
  const storages = [...new Set([...base.storageNames(), ...changed.storageNames()])].filter((name) => (base.storage(name) === undefined) !== (changed.storage(name) === undefined))
  return [...streams, ...storages.map((name) => `storage ${shownName(name)}`)]
}
