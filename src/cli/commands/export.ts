// `msikit export`: a package taken apart into text archives (.idt) and files, as `msidump` and MsiDatabaseExport do.
// https://learn.microsoft.com/windows/win32/msi/archive-file-format
import { bytesSource, copyBytes } from '../../base/index.ts'
import { exportTable } from '../../database/index.ts'
import { counted } from '../columns.ts'
import { CommandError } from '../errors.ts'
import { openPackage, within } from '../open-package.ts'
import { OutputFolder } from '../output-folder.ts'
import { commandRunner } from '../run-command.ts'

export const run = commandRunner({
  name: 'export',
  summary: 'Take a package apart into text files',
  about: 'Each table becomes TABLE.idt, tab-separated text that version control can compare; binary cells go to files in a folder\n'
    + 'TABLE, cabinets and other streams to the folder _Streams. The summary information is _SummaryInformation.idt.',
  arguments: [{ name: 'FILE', about: 'A package' }, { name: 'TABLE', about: 'Only these tables', count: 'any' }],
  options: {
    output: { short: 'o', value: 'DIR', about: 'The folder to fill; created when it does not exist', required: true },
    'tables-only': { short: 't', about: 'Tables without cabinets and other streams' },
  },
  examples: [
    ['msikit export putty.msi -o putty', 'Everything'],
    ['msikit export putty.msi -o putty Property File', 'Two tables'],
  ],
  run: (input, { out }) => {
    const [file, ...only] = input.positionals
    const { database, path } = openPackage(file!)
    const folder = new OutputFolder(input.value('output')!)
    const tables = only.length > 0 ? only : [...database.tableNames, '_SummaryInformation', '_ForceCodepage']
    const written = tables.map((table) => {
      if (!table.startsWith('_') && database.table(table) === undefined) throw new CommandError('ERROR_INVALID_TABLE', `${path}: expected a table of the package, found "${table}"`)
      const archive = within(path, 'ERROR_INSTALL_PACKAGE_INVALID', () => exportTable(database, table, {
        onStream: (name, source) => writeInto(folder, [safeName(table), safeName(name)], (sink) => copyBytes(source, sink)),
      }))
      writeInto(folder, [`${safeName(table)}.idt`], (sink) => copyBytes(bytesSource(archive), sink))
      return table
    })
    const streams = only.length > 0 || input.has('tables-only') ? [] : database.streamNames().filter((name) => !name.startsWith('\u0005') && !isCell(database.tableNames, name))
    for (const name of streams) writeInto(folder, ['_Streams', safeName(name)], (sink) => copyBytes(database.stream(name)!, sink))
    if (input.json) out.json({ tables: written, streams })
    else out.line(`${counted(written.length, 'table')}, ${counted(streams.length, 'stream')} in ${input.value('output')}`)
    return 0
  },
})

/** `Binary.logo` is a cell of the table Binary, whose export has it already. */
function isCell(tables: readonly string[], stream: string): boolean {
  const dot = stream.indexOf('.')
  return dot > 0 && tables.includes(stream.slice(0, dot))
}

function writeInto(folder: OutputFolder, segments: readonly string[], write: (sink: ReturnType<OutputFolder['create']>) => void): void {
  const sink = folder.create(segments)
  try {
    write(sink)
  } finally {
    sink.end()
  }
}

/** @throws CommandError for a name that leads out of the folder. */
function safeName(name: string): string {
  if (name !== '' && name !== '.' && name !== '..' && !/[\\/\0]/.test(name)) return name
  throw new CommandError('ERROR_INVALID_NAME', `stream or table: expected a name that a file can have, found "${name}"`, 'Do not trust this package.')
}
