// `msikit import`: a package put together from text archives (.idt) and files, as `msikit export` and msidump make them.
// https://learn.microsoft.com/windows/win32/msi/archive-file-format
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readAll } from '../../base/index.ts'
import { databaseClassIds, importArchive, type ArchiveFile } from '../../database/index.ts'
import { openFileSource } from '../../node/index.ts'
import { forceOption, requireFree, writeOutput } from '../files/output-file.ts'
import { within } from '../package/open-package.ts'
import { CommandError, describeHostError } from '../program/errors.ts'
import { commandRunner } from '../program/run-command.ts'
import { counted } from '../terminal/columns.ts'

export const run = commandRunner({
  name: 'import',
  summary: 'Put a package together from text files',
  about: 'DIR is what `msikit export`, msidump or Windows Installer made: TABLE.idt with the binary cells of a table in a folder TABLE,\n'
    + 'other streams in _Streams, embedded transforms and packages in _Storages. Other files in it are passed over. The same files give the\n'
    + 'same package, byte for byte. A patch is recognised by its title, or its transforms #NAME.',
  arguments: [{ name: 'DIR', about: 'The folder with the text files' }],
  options: { output: { short: 'o', value: 'FILE', about: 'The package to write', required: true }, force: forceOption },
  examples: [
    ['msikit import putty -o putty.msi', 'What `msikit export putty.msi -o putty` took apart'],
    ['msikit import src -o build/app.msi --force && msikit diff release.msi build/app.msi', 'Build from version control, and compare'],
  ],
  run: (input, { out }) => {
    const folder = input.positionals[0]!
    const target = input.value('output')!
    requireFree(target, input)
    const files = readFolder(folder)
    const database = within(folder, 'ERROR_INVALID_DATA', () => importArchive(files, isPatch(files) ? { classId: databaseClassIds.patch } : {}),
      'The message says which file does not fit the format of text archives.')
    writeOutput(target, input, (sink) => { database.save(sink) })
    const result = { file: target, tables: database.tableNames.length, streams: database.streamNames().filter((name) => name !== '\u0005SummaryInformation').length, storages: database.storageNames().length }
    if (input.json) out.json(result)
    else out.line(`${counted(result.tables, 'table')}, ${counted(result.streams, 'stream')} in ${target}`)
    return 0
  },
})

/** Two levels deep; nothing is followed out of the folder. */
function readFolder(folder: string): ArchiveFile[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      if (entry.isFile()) return /\.idt$/i.test(entry.name) ? [archiveFile(folder, [entry.name])] : []
      if (!entry.isDirectory() || entry.name.startsWith('.')) return []
      return readdirSync(join(folder, entry.name), { withFileTypes: true }).filter((one) => one.isFile()).map((one) => archiveFile(folder, [entry.name, one.name]))
    })
  } catch (error) {
    const system = error as NodeJS.ErrnoException
    if (typeof system.syscall !== 'string') throw error
    throw new CommandError('ERROR_PATH_NOT_FOUND', `${folder}: expected a folder with text archives, found: ${system.code === 'ENOTDIR' ? 'a file' : describeHostError(system)}`, 'Name the folder that `msikit export` made.', { cause: error })
  }
}

/** Opened when it is read: a package may have more streams than a process may have files open. */
function archiveFile(folder: string, path: readonly string[]): ArchiveFile {
  const name = join(folder, ...path)
  let size: number | undefined
  const using = <T>(read: (source: ReturnType<typeof openFileSource>) => T): T => {
    const source = openFileSource(name)
    try {
      return read(source)
    } finally {
      source[Symbol.dispose]()
    }
  }
  return { path, source: { get size() { return size ??= using((source) => source.size) }, read: (offset, length) => using((source) => source.read(offset, length)) } }
}

/** By its title, or by the second transform that each target of a patch has, `#name`. */
function isPatch(files: readonly ArchiveFile[]): boolean {
  if (files.some(({ path }) => path[0] === '_Storages' && path[1]?.startsWith('#') === true)) return true
  const summary = files.find(({ path }) => path.length === 1 && path[0]!.toLowerCase() === '_summaryinformation.idt')
  return summary !== undefined && /^2\tPatch\r?$/m.test(new TextDecoder('latin1').decode(readAll(summary.source)))
}
