// `msikit export`: a package taken apart into text archives (.idt) and files, or told as one text.
// https://learn.microsoft.com/windows/win32/msi/archive-file-format
import { copyBytes } from '../../base/index.ts'
import { exportArchive, type Database } from '../../database/index.ts'
import { writeFolder } from '../files/new-folder.ts'
import { forceOption } from '../files/output-file.ts'
import { checkSegments } from '../layout/places.ts'
import { requireDatabase } from '../package/edit-package.ts'
import { openFile, openPackage, within } from '../package/open-package.ts'
import { printNoPackage, printPackage } from '../package/package-text.ts'
import { CommandError, UsageError } from '../program/errors.ts'
import { nearest } from '../program/nearest.ts'
import { commandRunner } from '../program/run-command.ts'
import { counted } from '../terminal/columns.ts'
import type { Output } from '../terminal/output.ts'

export const run = commandRunner({
  name: 'export',
  summary: 'Take a package apart into text files',
  about: 'Each table becomes TABLE.idt, tab-separated text in the order of its keys; binary cells go to files in a folder TABLE, cabinets\n'
    + 'and other streams to _Streams, embedded transforms and packages to _Storages. `msikit import` puts the package together again, and\n'
    + 'so does msibuild. Signatures are left out: they hold for the file as it was only. The folder appears when it is whole.\n'
    + '\n'
    + 'With --stdout the package is told as one text, with digests for what is binary; a file that is none is told with\n'
    + 'what is wrong with it, for a log must not end there. For git, in .gitattributes and once in a shell:\n'
    + '  *.ms[impt] diff=msi\n'
    + '  git config diff.msi.textconv "msikit export --stdout"; git config diff.msi.xfuncname "^== (.*)$"',
  arguments: [{ name: 'FILE', about: 'A package, merge module or patch; FILE:STORAGE for one inside another' }, { name: 'TABLE', about: 'Only these tables', count: 'any' }],
  options: {
    output: { short: 'o', value: 'DIR', about: 'The folder to make' },
    stdout: { about: 'Print the whole package as one text instead: for git diff, or diff' },
    'tables-only': { short: 't', about: 'Tables without cabinets and other streams' },
    stored: { about: 'Rows in the order in which they are stored, as Windows exports them' },
    force: { ...forceOption, about: 'Replace an earlier export in DIR; other files in it stay' },
  },
  examples: [
    ['msikit export putty.msi -o putty', 'Everything'],
    ['msikit export putty.msi -o putty Property File', 'Two tables'],
    ['msikit export putty.msi --stdout | less', 'To read'],
  ],
  run: (input, { out }) => {
    const [file, ...only] = input.positionals
    const output = input.value('output')
    if ((output === undefined) === !input.has('stdout')) throw new UsageError(`expected -o DIR or --stdout, found ${output === undefined ? 'neither' : 'both'}`)
    if (output === undefined && (only.length > 0 || input.json)) throw new UsageError(`option --stdout: expected alone, found ${input.json ? '--json' : only[0]} too`)
    if (output === undefined) {
      printAnything(file!, out)
      return 0
    }
    using opened = openPackage(file!)
    const { database, path } = opened
    requireDatabase(opened)
    for (const table of only) requireTable(database, path, table)
    const tables: string[] = []
    let streams = 0
    writeFolder(output, input, isArchive, ({ write }) => {
      within(path, 'ERROR_INSTALL_PACKAGE_INVALID', () => {
        for (const one of exportArchive(database, { order: input.has('stored') ? 'stored' : 'keys', ...only.length > 0 ? { tables: only } : {} })) {
          if (input.has('tables-only') && /^_(Streams|Storages)$/.test(one.path[0]!) && one.path.length > 1) continue
          checkSegments(one.path, 'export')
          const isTable = one.path.length === 1
          if (isTable) tables.push(one.path[0]!.slice(0, -4))
          else streams++
          write(one.path, (sink) => { copyBytes(one.source, sink) })
        }
      })
    })
    if (input.json) out.json({ folder: output, tables, streams })
    else out.line(`${counted(tables.filter((name) => !/^_(SummaryInformation|ForceCodepage)$/.test(name)).length, 'table')}, ${counted(streams, 'stream')} in ${output}`)
    return 0
  },
})

/** A file that is no package, or too damaged to be one, is told too: git gives up a whole log when a textconv fails. */
function printAnything(file: string, out: Output): void {
  using whole = openFile(file)
  try {
    using opened = openPackage(file)
    printPackage(opened, out)
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'ERROR_INSTALL_PACKAGE_INVALID') throw error
    printNoPackage(whole, error.message, out)
  }
}

/** What an export makes: tables, the folders of their cells, and two more. */
function isArchive(name: string, all: ReadonlySet<string>): boolean {
  return /\.idt$/i.test(name) || name === '_Streams' || name === '_Storages' || all.has(`${name}.idt`)
}

function requireTable(database: Database, path: string, table: string): void {
  if (database.table(table) !== undefined || table === '_SummaryInformation' || table === '_ForceCodepage') return
  const close = nearest(table, database.tableNames)
  throw new CommandError('ERROR_INVALID_TABLE', `${path}: expected a table of the package, found "${table}"`,
    `${close === undefined ? '' : `Did you mean ${close}? `}\`msikit tables ${path}\` lists the tables.`)
}
