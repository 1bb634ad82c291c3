// A whole package as one text that line-by-line comparison understands: `git diff` by a textconv, or diff(1). Rows stand in
// the order of their keys, contents as digests, so that a line changes only when what it tells does.
import { filetimeToUnixMs } from '../../base/index.ts'
import type { Cell, Row, Table } from '../../database/index.ts'
import { SummaryProperty, type SummaryInformation } from '../../property-set/index.ts'
import { sourceDigest, storageDigest } from '../difference/package-difference.ts'
import { pathText } from '../layout/places.ts'
import { escapeControls } from '../terminal/columns.ts'
import type { Output } from '../terminal/output.ts'
import { shownName } from '../terminal/stream-names.ts'
import type { OpenedFile, OpenedPackage } from './open-package.ts'
import { cabinetStreams, createSha256, packageContents } from './package-contents.ts'

export function printPackage(opened: OpenedPackage, out: Output): void {
  const { database } = opened
  const section = (title: string): void => { out.line(`== ${title}`) }
  section('Summary information')
  for (const [name, value] of summaryLines(database.summary)) out.line(line([name, value]))
  out.line(line(['code page', String(database.codepage)]))
  const cells = new Set<string>()
  for (const name of [...database.tableNames].sort()) {
    const table = database.table(name)!
    section(`Table ${name}`)
    out.line(line(table.columns.map((column) => column.name)))
    for (const row of sortedRows(table)) {
      if (table.columns.some(({ type }) => type === 'binary')) cells.add(table.streamName(row.number))
      out.line(line(row.cells().map(cellText)))
    }
  }
  const { files, problems } = packageContents(opened)
  if (files.size > 0) section('Files')
  for (const [path, { sizeBytes, digest }] of [...files].sort(([a], [b]) => a < b ? -1 : 1)) out.line(line([path, String(sizeBytes), digest]))
  for (const { file } of problems) out.line(line([pathText(file), 'not to be had']))
  const passedOver = new Set([...cells, '\u0005SummaryInformation', ...problems.length > 0 ? [] : cabinetStreams(opened)])
  const streams = database.streamNames().filter((name) => !passedOver.has(name)).sort()
  if (streams.length > 0) section('Streams')
  for (const name of streams) out.line(line([shownName(name), String(database.stream(name)!.size), sourceDigest(database.stream(name)!, createSha256)]))
  const storages = [...database.storageNames()].sort()
  if (storages.length > 0) section('Storages')
  for (const name of storages) out.line(line([shownName(name), textDigest(storageDigest(database.storage(name)!, createSha256))]))
}

/** The digest is there because texts that are the same have no difference. */
export function printNoPackage({ path, source }: OpenedFile, problem: string, out: Output): void {
  out.line('== No package that can be read')
  // Where git puts the content for the moment says nothing.
  out.line(escapeControls(problem.startsWith(`${path}: `) ? problem.slice(path.length + 2) : problem))
  out.line(line(['size', String(source.size), sourceDigest(source, createSha256)]))
}

function line(fields: readonly string[]): string {
  return fields.map(escapeControls).join('\t')
}

function cellText(cell: Cell): string {
  return cell === null ? '' : typeof cell === 'object' ? `[${cell.size} bytes, ${sourceDigest(cell, createSha256)}]` : String(cell)
}

function textDigest(text: string): string {
  const digest = createSha256()
  digest.update(Buffer.from(text))
  return Buffer.from(digest.digest()).toString('hex')
}

function sortedRows(table: Table): Row[] {
  const keyed = Array.from(table.rows(), (row) => ({ row, key: table.keyColumns.map((position) => table.cell(row.number, position)) }))
  return keyed.sort((a, b) => compareKeys(a.key, b.key)).map(({ row }) => row)
}

function compareKeys(a: readonly Cell[], b: readonly Cell[]): number {
  for (const [index, one] of a.entries()) {
    const other = b[index]!
    if (one === other) continue
    if (typeof one === 'number' && typeof other === 'number') return one - other
    return String(one ?? '') < String(other ?? '') ? -1 : 1
  }
  return 0
}

function summaryLines({ properties }: SummaryInformation): [string, string][] {
  const names = new Map(Object.entries(SummaryProperty).map(([name, id]) => [id as number, name]))
  return [...properties].sort(([a], [b]) => a - b).map(([id, value]) => {
    const time = value.type === 'filetime' ? filetimeToUnixMs(value.value) : 0
    const text = value.type === 'other' ? `[${value.bytes.length} bytes]` : value.type === 'filetime' && Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : String(value.value)
    return [names.get(id) ?? `property ${id}`, text]
  })
}
