// `msikit streams`: what a package holds besides tables, listed or taken out.
import { copyBytes, type ByteSource } from '../../base/index.ts'
import type { Database } from '../../database/index.ts'
import { escapeControls, tableLines } from '../columns.ts'
import { CommandError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { openPackage } from '../open-package.ts'
import { commandRunner } from '../run-command.ts'
import { writeFile } from '../write-file.ts'

export const run = commandRunner({
  name: 'streams',
  summary: 'List the streams of a package, or take one out',
  about: 'Streams hold what is no table: embedded cabinets, and icons, bitmaps and programs of binary cells, named\n'
    + 'TABLE.KEY. With NAME the bytes of that stream go to standard output, or to the file that -o names.',
  arguments: [{ name: 'FILE', about: 'A package' }, { name: 'NAME', about: 'The stream to take out', count: 'optional' }],
  options: { output: { short: 'o', value: 'OUT', about: 'Write the stream to this file' } },
  examples: [
    ['msikit streams putty.msi', 'Names and sizes'],
    ['msikit streams putty.msi putty.cab -o putty.cab', 'Take the embedded cabinet out'],
    ['msikit streams setup.msi Binary.logo > logo.bmp', 'Take a bitmap out of the Binary table'],
  ],
  run: (input, { out }) => {
    const { database, path } = openPackage(input.positionals[0]!)
    const name = input.positionals[1]
    if (name !== undefined) {
      const source = requireStream(database, path, name)
      const file = input.value('output')
      if (file === undefined) copyBytes(source, { write: (chunk) => out.bytes(chunk) })
      else writeFile(file, (sink) => copyBytes(source, sink))
      return 0
    }
    const list = [
      ...database.streamNames().map((one) => ({ name: one, kind: 'stream', sizeBytes: database.stream(one)!.size })),
      ...database.storageNames().map((one) => ({ name: one, kind: 'storage', sizeBytes: null })),
    ].sort((a, b) => a.name < b.name ? -1 : 1)
    if (input.json) out.json(list)
    else for (const line of tableLines(['Name', 'Bytes'], list.map((one) => [one.name, String(one.sizeBytes ?? one.kind)]))) out.line(line)
    return 0
  },
})

function requireStream(database: Database, path: string, name: string): ByteSource {
  // Property sets have names that begin with U+0005, which cannot be typed: they are found as the list shows them.
  const source = database.stream(name) ?? database.stream(name.replace(/^(\\x05)?/, '\u0005'))
  if (source !== undefined) return source
  const close = nearest(name, database.streamNames())
  throw new CommandError('ERROR_INVALID_PARAMETER', `${path}: expected a stream of the package, found "${name}"`,
    `${close === undefined ? '' : `Did you mean ${escapeControls(close)}? `}\`msikit streams ${path}\` lists the streams.`)
}
