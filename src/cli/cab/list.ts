// `msikit cab list`: the files of a cabinet and of those that follow it in its set.
import { describeProblem } from '../../base/index.ts'
import type { Cabinet, CabinetFile, Compression } from '../../cabinet/index.ts'
import { commandRunner } from '../program/run-command.ts'
import { counted, humanSize, streamTable } from '../terminal/columns.ts'
import type { Output } from '../terminal/output.ts'
import { csvOption, rowFormat, writeCsv } from '../terminal/rows.ts'
import { openSet } from './open-set.ts'

export const list = commandRunner({
  name: 'cab list',
  summary: 'The files of a cabinet or a set of cabinets',
  about: 'Cabinets of the same set are found beside the one that is named. Times are shown as they are stored: local ones, of nobody knows where.',
  arguments: [{ name: 'FILE', about: 'A cabinet' }],
  options: { csv: csvOption },
  examples: [
    ['msikit cab list data1.cab', 'Sizes, times, attributes and names'],
    ['msikit cab list data1.cab --json', 'Set, folders with their compression, and files, for a program to read'],
  ],
  run: (input, { out, err }) => {
    const format = rowFormat(input)
    const { cabinet } = openSet(input.positionals[0]!)
    if (format === 'json') {
      out.json(describe(cabinet))
      return 0
    }
    if (format === 'csv') writeCsv(out, header, rows(cabinet))
    else {
      for (const line of streamTable(header, rows(cabinet))) out.line(line)
      showTotals(cabinet, out)
    }
    for (const finding of cabinet.findings) err.line(`note: ${describeProblem(finding)}`)
    err.flush()
    return 0
  },
})

const header = ['Bytes', 'Modified', 'Attributes', 'Compression', 'Name'] as const

function* rows({ files, folders }: Cabinet): Generator<readonly string[], void> {
  for (const file of files) {
    yield [String(file.size), timeText(file), attributeLetters(file), compressionText(folders[file.folder]!.compression), file.name]
  }
}

function showTotals({ files, folders, nextCabinet, previousCabinet, reserve }: Cabinet, out: Output): void {
  const parts = [`${counted(files.length, 'file')}, ${humanSize(files.reduce((sum, { size }) => sum + size, 0))}`, counted(folders.length, 'folder')]
  if (reserve.length > 0) parts.push(`${counted(reserve.length, 'byte')} of reserve`)
  if (previousCabinet !== undefined) parts.push(`continues ${previousCabinet.name}, which was not found`)
  else if (nextCabinet !== undefined) parts.push('first of a set')
  out.line(`\n${parts.join('; ')}`)
}

function describe({ files, folders, setId, index, previousCabinet, nextCabinet, reserve, findings }: Cabinet): object {
  return {
    setId, index, previous: previousCabinet?.name, next: nextCabinet?.name, reserveBytes: reserve.length,
    folders: folders.map(({ compression, blockCount }) => ({ ...compression, blocks: blockCount })),
    files: files.map((file) => ({ name: file.name, sizeBytes: file.size, modified: timeText(file), attributes: attributeLetters(file), folder: file.folder, cabinet: file.cabinet })),
    findings,
  }
}

/** Without a time zone, as in the cabinet. */
function timeText({ modifiedMs }: CabinetFile): string {
  return new Date(modifiedMs).toISOString().slice(0, 19).replace('T', ' ')
}

function attributeLetters({ attributes }: CabinetFile): string {
  const { readOnly, hidden, system, archive, execute } = attributes
  return `${readOnly ? 'r' : '-'}${hidden ? 'h' : '-'}${system ? 's' : '-'}${archive ? 'a' : '-'}${execute ? 'x' : '-'}`
}

function compressionText({ method, windowBits }: Compression): string {
  return windowBits === undefined ? method : `${method}:${windowBits}`
}
