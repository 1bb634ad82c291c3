// `msikit streams`: what a package holds besides tables, listed or taken out.
import { copyBytes } from '../../base/index.ts'
import { forceOption, writeOutput } from '../files/output-file.ts'
import { openPackage } from '../package/open-package.ts'
import { commandRunner } from '../program/run-command.ts'
import { tableLines } from '../terminal/columns.ts'
import { csvOption, rowFormat, writeCsv } from '../terminal/rows.ts'
import { requireStreamName, shownName } from '../terminal/stream-names.ts'

export const run = commandRunner({
  name: 'streams',
  summary: 'List the streams of a package, or take one out',
  about: 'Streams hold what is no table: embedded cabinets, and icons, bitmaps and programs of binary cells, named\n'
    + 'TABLE.KEY. With NAME the bytes of that stream go to standard output, or to the file that -o names. Storages are\n'
    + 'packages and transforms inside the package; other commands open them as FILE:STORAGE.',
  arguments: [{ name: 'FILE', about: 'A package' }, { name: 'NAME', about: 'The stream to take out', count: 'optional' }],
  options: { output: { short: 'o', value: 'OUT', about: 'Write the stream to this file' }, force: forceOption, csv: csvOption },
  examples: [
    ['msikit streams putty.msi', 'Names and sizes'],
    ['msikit streams putty.msi putty.cab -o putty.cab', 'Take the embedded cabinet out'],
    ['msikit streams setup.msi Binary.logo > logo.bmp', 'Take a bitmap out of the Binary table'],
  ],
  run: (input, { out }) => {
    const { database, path } = openPackage(input.positionals[0]!)
    const name = input.positionals[1]
    if (name !== undefined) {
      const source = database.stream(requireStreamName(database, path, name))!
      const file = input.value('output')
      if (file === undefined) copyBytes(source, { write: (chunk) => out.bytes(chunk) })
      else writeOutput(file, input, (sink) => { copyBytes(source, sink) })
      return 0
    }
    const format = rowFormat(input)
    const list = [
      ...database.streamNames().map((one) => ({ name: shownName(one), kind: 'stream', sizeBytes: database.stream(one)!.size })),
      ...database.storageNames().map((one) => ({ name: shownName(one), kind: 'storage', sizeBytes: null })),
    ].sort((a, b) => a.name < b.name ? -1 : 1)
    if (format === 'json') out.json(list)
    else if (format === 'csv') writeCsv(out, ['Name', 'Kind', 'Bytes'], list.map((one) => [one.name, one.kind, String(one.sizeBytes ?? '')]))
    else for (const line of tableLines(['Name', 'Bytes'], list.map((one) => [one.name, String(one.sizeBytes ?? one.kind)]))) out.line(line)
    return 0
  },
})
