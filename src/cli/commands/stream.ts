// `msikit stream`: puts streams into a package, takes them out, removes them.
import { readFileSync } from 'node:fs'
import { bytesSource, copyBytes, type ByteSource } from '../../base/index.ts'
import type { Database } from '../../database/index.ts'
import { openFileSource } from '../../node/index.ts'
import { forceOption, writeOutput } from '../files/output-file.ts'
import { editOptions, openToEdit, saveEdited } from '../package/edit-package.ts'
import { openPackage, within } from '../package/open-package.ts'
import { groupRunner } from '../program/command-group.ts'
import { CommandError } from '../program/errors.ts'
import { commandRunner } from '../program/run-command.ts'
import { humanSize } from '../terminal/columns.ts'
import { findStreamName, requireStreamName, shownName } from '../terminal/stream-names.ts'

const put = commandRunner({
  name: 'stream put',
  summary: 'Put a stream into a package, or replace one',
  about: 'The bytes come from SOURCE, or from standard input. A cell of a table, such as Binary.logo, is replaced by its name too; its row\n'
    + 'must be there. The package is changed in place, whole or not at all.',
  arguments: [{ name: 'FILE', about: 'A package' }, { name: 'NAME', about: 'Name of the stream, as `msikit streams` shows it' }, { name: 'SOURCE', about: 'The file with its bytes; standard input when it is left out', count: 'optional' }],
  options: editOptions,
  examples: [
    ['msikit stream put app.msi app.cab build/app.cab', 'A cabinet that the Media table calls #app.cab'],
    ['msikit stream put app.msi Binary.logo < logo.bmp', 'Another picture for a row of the Binary table'],
  ],
  run: (input, host) => {
    const [file, typed, path] = input.positionals
    using opened = openToEdit(file!, input)
    const { database } = opened
    const name = findStreamName(database, typed!) ?? typed!.replace(/^\\x05/, '\u0005')
    requireRow(database, name)
    const source = readSource(path)
    within(opened.path, 'ERROR_INVALID_PARAMETER', () => { database.setStream(name, source) })
    const saved = saveEdited(opened, database, input, host)
    if (input.json) host.out.json({ file: saved, stream: shownName(name), sizeBytes: source.size })
    else host.out.line(`${shownName(name)}, ${humanSize(source.size)}, in ${saved}`)
    return 0
  },
})

const rm = commandRunner({
  name: 'stream rm',
  summary: 'Remove streams from a package',
  about: 'Cells of tables go with their rows: `msikit set FILE --remove Binary.logo`. The package is changed in place, whole or not at all.',
  arguments: [{ name: 'FILE', about: 'A package' }, { name: 'NAME', about: 'Streams, as `msikit streams` shows them', count: 'many' }],
  options: editOptions,
  examples: [['msikit stream rm app.msi DigitalSignature', 'The signature, once the package has been changed'], ['msikit stream rm app.msi old.cab -o new.msi', 'A copy without a cabinet']],
  run: (input, host) => {
    const [file, ...typed] = input.positionals
    using opened = openToEdit(file!, input)
    const { database } = opened
    const names = typed.map((one) => requireStreamName(database, file!, one))
    for (const name of names) {
      const table = tableOfCell(database, name)
      if (table !== undefined) {
        throw new CommandError('ERROR_INVALID_PARAMETER', `${shownName(name)}: expected a stream that is no cell, found one of the table ${table}`, `\`msikit set ${file} --remove ${name}\` removes its row.`)
      }
      database.setStream(name, undefined)
    }
    const saved = saveEdited(opened, database, input, host)
    if (input.json) host.out.json({ file: saved, removed: names.map(shownName) })
    else host.out.line(`removed ${names.map(shownName).join(', ')} from ${saved}`)
    return 0
  },
})

const get = commandRunner({
  name: 'stream get',
  summary: 'Take a stream out of a package',
  about: 'The bytes go to OUT, or to standard output. As `msikit streams FILE NAME -o OUT`.',
  arguments: [{ name: 'FILE', about: 'A package, merge module, patch or transform' }, { name: 'NAME', about: 'The stream, as `msikit streams` shows it' }, { name: 'OUT', about: 'The file to write', count: 'optional' }],
  options: { force: forceOption },
  examples: [['msikit stream get putty.msi putty.cab putty.cab', 'The embedded cabinet'], ['msikit stream get setup.msi Icon.app.exe > app.ico', 'An icon']],
  run: (input, { out }) => {
    const [file, typed, path] = input.positionals
    using opened = openPackage(file!)
    const source = opened.database.stream(requireStreamName(opened.database, file!, typed!))!
    if (path === undefined) copyBytes(source, { write: (chunk) => { out.bytes(chunk) } })
    else writeOutput(path, input, (sink) => { copyBytes(source, sink) })
    if (input.json && path !== undefined) out.json({ file: path, sizeBytes: source.size })
    return 0
  },
})

export const run = groupRunner({
  name: 'stream',
  summary: 'Streams of a package: put in, take out, remove',
  commands: { put: { about: 'Put a stream in, or replace one', run: put }, get: { about: 'Take one out', run: get }, rm: { about: 'Remove streams', run: rm } },
  examples: [
    ['msikit stream put app.msi app.cab build/app.cab', 'A cabinet that the Media table calls #app.cab'],
    ['msikit stream get setup.msi Binary.logo logo.bmp', 'A bitmap of the Binary table'],
    ['msikit stream rm app.msi DigitalSignature', 'The signature'],
  ],
})

function readSource(path: string | undefined): ByteSource {
  if (path === undefined || path === '-') return bytesSource(readFileSync(0))
  return within(path, 'ERROR_OPEN_FAILED', () => openFileSource(path))
}

/** The table whose row has the stream for a cell. */
function tableOfCell(database: Database, stream: string): string | undefined {
  const table = cellTable(database, stream)
  if (table === undefined) return undefined
  return [...table.rowNumbers()].some((row) => table.streamName(row) === stream) ? table.name : undefined
}

function cellTable(database: Database, stream: string): ReturnType<Database['table']> {
  const table = database.tableNames.includes(stream.split('.')[0]!) ? database.table(stream.split('.')[0]!) : undefined
  return stream.includes('.') && table?.columns.some(({ type }) => type === 'binary') === true ? table : undefined
}

/** A cell without a row would be lost. */
function requireRow(database: Database, stream: string): void {
  const table = cellTable(database, stream)
  if (table === undefined || tableOfCell(database, stream) !== undefined) return
  const column = table.columns.find(({ type }) => type === 'binary')!.name
  throw new CommandError('ERROR_INVALID_PARAMETER', `${stream}: expected a row of the table ${table.name} with this key, found none`,
    `\`msikit set FILE --add '${stream}.${column}=@SOURCE'\` adds it.`)
}
