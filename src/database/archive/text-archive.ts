// Text archives (.idt): a table as lines of fields parted by tabs. Line 1 has the column names, line 2 their types,
// line 3 the code page (when there is text beyond ASCII), the table and its primary key.
// https://learn.microsoft.com/windows/win32/msi/archive-file-format
// Streams stand in files of their own: the cell has the file's name, and callers read or write the file.
import { codePage, isKnownCodePage, type ByteSource, type CodePage } from '../../base/index.ts'
import type { Database } from '../database.ts'
import { DatabaseError } from '../database-error.ts'
import { columnFromLetters, typeLetters, type Column } from '../table/column.ts'
import type { Table } from '../table/table.ts'
import { readBytes, type ArchiveRows } from './archive-bytes.ts'
import { escapedBytes, unescapeField } from './archive-escapes.ts'
import { readFields } from './archive-fields.ts'
import { writeRows, type RowOrder } from './archive-rows.ts'
import { FileNames } from './file-names.ts'
import { exportSummary, importSummary } from './summary-archive.ts'

const forceCodepage = '_ForceCodepage'
const summaryTable = '_SummaryInformation'
const [lineFeed, carriageReturn] = [0x0a, 0x0d] as const
/** From so many bytes on, reading the bytes is faster than having them cut into fields, and leaves less garbage. */
const largeArchive = 1 << 19

export interface ExportOptions {
  /** `stored` when absent, as Windows exports them. */
  readonly order?: RowOrder
  /** Told of each stream and the name of the file it belongs in, within a folder named as the table. */
  readonly onStream?: (fileName: string, source: ByteSource, streamName: string) => void
}

export interface ImportOptions {
  /** The content of a file in the folder that belongs to the archive. */
  readonly stream?: (fileName: string) => ByteSource | undefined
}

/**
 * A table as a text archive; `_SummaryInformation` and `_ForceCodepage` too.
 * @throws DatabaseError when there is no such table.
 */
export function exportTable(database: Database, name: string, options: ExportOptions = {}): Uint8Array {
  if (name === forceCodepage) return new TextEncoder().encode(`\r\n\r\n${database.codepage}\t${forceCodepage}\r\n`)
  if (name === summaryTable) return exportSummary(database, options.order)
  const table = database.table(name)
  if (table === undefined) throw new DatabaseError(`table ${name}: expected a table of the database`, 'ERROR_INVALID_TABLE', 2205)
  const id = database.codepage === 0 ? 1252 : database.codepage
  const page = codePage(id)
  const columns = table.columns.filter((column) => !column.temporary)
  const keys = columns.filter((column) => column.key).map((column) => column.name)
  const types = `${columns.map((column) => column.name).join('\t')}\r\n${columns.map(typeLetters).join('\t')}\r\n`
  const named = `${[name, ...keys].join('\t')}\r\n`
  const encode = (text: string): Uint8Array => page.encode(text) ?? refuseNames(name, id)
  const [before, number, after] = [types, `${id}\t`, named].map(encode) as [Uint8Array, Uint8Array, Uint8Array]
  const headerBytes = before.length + number.length + after.length
  const { bytes, hasHighBytes } = writeRows(table, page, { substitutes: escapedBytes, headerBytes, order: options.order ?? 'stored', fileOf: fileNames(table, encode, options) })
  const isAscii = !hasHighBytes && !/[^\0-\u007f]/.test(types + named)
  bytes.set(after, headerBytes - after.length)
  if (isAscii) bytes.set(before, number.length)
  else {
    bytes.set(before)
    bytes.set(number, before.length)
  }
  return isAscii ? bytes.subarray(number.length) : bytes
}

function refuseNames(table: string, codepage: number): never {
  throw new DatabaseError(`table ${table}: expected names that code page ${codepage} can hold`, 'ERROR_INVALID_DATA', 2277)
}

/** Names the files of binary cells, and hands out their content. */
function fileNames(table: Table, encode: (text: string) => Uint8Array, options: ExportOptions): (row: number, position: number) => Uint8Array {
  let files: FileNames | undefined
  return (row, position) => {
    const stream = table.cell(row, position)
    const name = table.streamName(row)
    const file = (files ??= new FileNames()).of(`${name.slice(table.name.length + 1)}.ibd`)
    if (typeof stream === 'object' && stream !== null) options.onStream?.(file, stream, name)
    return encode(file)
  }
}

/**
 * Puts a text archive into the database. A table of the same name is replaced; when the archive is refused, all stays as it was.
 * @returns the name of the table, or `_SummaryInformation` or `_ForceCodepage`
 * @throws DatabaseError when the archive breaks the format, or its code page is another one than the database's.
 */
export function importTable(database: Database, bytes: Uint8Array, options: ImportOptions = {}): string {
  const archive = withoutMark(bytes)
  const [first, types, third, rowsAt] = headerLines(archive)
  const header = readHeader(first, types, third)
  if (header.table === forceCodepage) {
    if (header.codepage === undefined || !isKnownCodePage(header.codepage)) throw new DatabaseError(`text archive: expected a known code page, found ${header.codepage ?? 'none'}`)
    database.codepage = header.codepage
    return forceCodepage
  }
  const before = database.codepage
  adoptCodepage(database, header)
  try {
    importContent(database, archive, header, first, rowsAt, options)
  } catch (error) {
    database.codepage = before
    throw error
  }
  return header.table
}

function importContent(database: Database, archive: Uint8Array, header: Header, first: Uint8Array, rowsAt: number, options: ImportOptions): void {
  const page = codePage(header.codepage ?? database.codepage)
  if (header.table === summaryTable) importSummary(database, summaryRows(page.decode(archive.subarray(rowsAt))))
  else importRows(database, { ...header, names: withoutTrailing(decodeFields(first, page)) }, { bytes: archive, start: rowsAt, page }, options)
}

/** Editors put a byte order mark in front of UTF-8, which would become part of the first column's name. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
}

interface Header {
  readonly codepage: number | undefined
  readonly table: string
  readonly names: readonly string[]
  readonly types: readonly string[]
  readonly keys: readonly string[]
}

function readHeader(first: Uint8Array, second: Uint8Array, last: Uint8Array): Header {
  const plain = codePage(0)
  const [names, types, third] = [first, second, last].map((line) => withoutTrailing(decodeFields(line, plain)))
  const codepage = /^\d{1,5}$/.test(third![0] ?? '') && third!.length > 1 ? Number(third!.shift()) : undefined
  const [table = '', ...keys] = third!
  if (table === '') throw new DatabaseError('text archive: expected the name of a table in line 3, found none', 'ERROR_FUNCTION_FAILED', 2216)
  if (codepage === undefined) return { codepage, table, names: names!, types: types!, keys }
  if (!isKnownCodePage(codepage)) throw new DatabaseError(`text archive: expected a known code page, found ${codepage}`, 'ERROR_FUNCTION_FAILED', 2276)
  const decoded = decodeFields(last, codePage(codepage))
  return { codepage, table: decoded[1]!, names: names!, types: types!, keys: decoded.slice(2) }
}

/** A neutral database takes the code page of the archive; two different ones do not go together. */
function adoptCodepage(database: Database, { codepage, table }: Header): void {
  if (codepage === undefined || codepage === 0 || codepage === database.codepage) return
  if (database.codepage !== 0) {
    throw new DatabaseError(`text archive of ${table}: expected code page ${database.codepage}, found ${codepage}`, 'ERROR_FUNCTION_FAILED', 2221)
  }
  database.codepage = codepage
}

function importRows(database: Database, { table: name, names, types, keys }: Header, rows: Pick<ArchiveRows, 'bytes' | 'start' | 'page'>, options: ImportOptions): void {
  if (types.length !== names.length || names.length === 0) {
    throw new DatabaseError(`text archive of ${name}: expected ${names.length} types in line 2, found ${types.length}`)
  }
  const columns = names.map((column, index): Column => columnFromLetters(column, types[index]!, keys.includes(column))
    ?? refuse(name, `expected a column type for ${column}, found ${JSON.stringify(types[index])}`))
  const readRows = rows.bytes.length - rows.start < largeArchive ? readFields : readBytes
  database.replaceTable({ name, columns }, (table) => readRows(table, {
    ...rows, unescape: unescapeField,
    streamOf: (field) => options.stream?.(field) ?? refuse(name, `expected a file ${JSON.stringify(field)}, found none`),
    refuse: (problem) => refuse(name, problem),
  }))
}

function refuse(table: string, problem: string): never {
  throw new DatabaseError(`text archive of ${table}: ${problem}`)
}

/** The first three lines, and where the rows begin. Lines end in LF or CR LF; no code page has these bytes inside a character. */
function headerLines(bytes: Uint8Array): [first: Uint8Array, second: Uint8Array, third: Uint8Array, rowsAt: number] {
  let start = 0
  const line = (): Uint8Array => {
    const at = bytes.indexOf(lineFeed, start)
    const end = at < 0 ? bytes.length : at
    const found = bytes.subarray(start, end > start && bytes[end - 1] === carriageReturn ? end - 1 : end)
    start = Math.min(bytes.length, end + 1)
    return found
  }
  return [line(), line(), line(), start]
}

/** The fields of each line that is not empty. */
function summaryRows(text: string): string[][] {
  return text.split('\n').map((line) => line.replace(/\r$/, '')).filter((line) => line !== '').map(fieldsOf)
}

function decodeFields(line: Uint8Array, page: CodePage): string[] {
  return fieldsOf(page.decode(line))
}

function fieldsOf(line: string): string[] {
  return line.split('\t').map(unescapeField)
}

/** Tabs after the last field are no fields. */
function withoutTrailing(fields: readonly string[]): string[] {
  return fields.slice(0, fields.findLastIndex((field) => field !== '') + 1)
}
