// Text archives (.idt): a table as lines of fields parted by tabs. Line 1 has the column names, line 2 their types,
// line 3 the code page (when there is text beyond ASCII), the table and its primary key.
// https://learn.microsoft.com/windows/win32/msi/archive-file-format
// Streams stand in files of their own: the cell has the file's name, and callers read or write the file.
import { codePage, isKnownCodePage, type ByteSource, type CodePage } from '../base/index.ts'
import { columnFromLetters, typeLetters, type Column } from './column.ts'
import { DatabaseError } from './database-error.ts'
import type { Database } from './database.ts'
import { exportSummary, importSummary } from './summary-archive.ts'
import type { Cell } from './cell.ts'
import type { Table } from './table.ts'

const forceCodepage = '_ForceCodepage'
const summaryTable = '_SummaryInformation'
/** Control characters and what stands for them in a field. */
const substitutes: readonly (readonly [character: string, substitute: string])[] = [
  ['\0', '\u0015'], ['\b', '\u001b'], ['\t', '\u0010'], ['\n', '\u0019'], ['\f', '\u0018'], ['\r', '\u0011'],
]
const toSubstitute = new Map(substitutes)
const fromSubstitute = new Map(substitutes.map(([character, substitute]) => [substitute, character]))

export interface ExportOptions {
  /** Told of each stream and the name of the file it belongs in, within a folder named as the table. */
  readonly onStream?: (fileName: string, source: ByteSource) => void
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
  if (name === summaryTable) return exportSummary(database)
  const table = database.table(name)
  if (table === undefined) throw new DatabaseError(`table ${name}: expected a table of the database`, 'ERROR_INVALID_TABLE', 2204)
  const rows = [...table.rows()].map((row) => exportRow(table, row.number, options))
  const columns = table.columns.filter((column) => !column.temporary)
  const keys = columns.filter((column) => column.key).map((column) => column.name)
  const text = `${columns.map((column) => column.name).join('\t')}\r\n${columns.map(typeLetters).join('\t')}\r\n`
  const body = rows.map((row) => `${row}\r\n`).join('')
  const hasMore = [...text, name, ...keys, body].some((part) => /[^\0-\u007f]/.test(part))
  const id = database.codepage === 0 ? 1252 : database.codepage
  const bytes = codePage(id).encode(`${text}${hasMore ? `${id}\t` : ''}${[name, ...keys].join('\t')}\r\n${body}`)
  if (bytes === undefined) throw new DatabaseError(`table ${name}: expected text that code page ${id} can hold`, 'ERROR_INVALID_DATA', 2277)
  return bytes
}

function exportRow(table: Table, row: number, options: ExportOptions): string {
  const fields: string[] = []
  table.columns.forEach((column, position) => {
    if (column.temporary) return
    const cell = table.cell(row, position)
    if (typeof cell === 'object' && cell !== null) {
      const file = `${table.streamName(row).slice(table.name.length + 1)}.ibd`
      options.onStream?.(file, cell)
      fields.push(file)
    } else fields.push(cell === null ? '' : String(cell).replace(/[\0\b\t\n\f\r]/g, (one) => toSubstitute.get(one)!))
  })
  return fields.join('\t')
}

/**
 * Puts a text archive into the database. A table of the same name is replaced.
 * @returns the name of the table, or `_SummaryInformation` or `_ForceCodepage`
 * @throws DatabaseError when the archive breaks the format, or its code page is another one than the database's.
 */
export function importTable(database: Database, archive: Uint8Array, options: ImportOptions = {}): string {
  const lines = splitLines(archive)
  const header = readHeader(lines)
  if (header.table === forceCodepage) {
    if (header.codepage === undefined || !isKnownCodePage(header.codepage)) throw new DatabaseError(`text archive: expected a known code page, found ${header.codepage ?? 'none'}`)
    database.codepage = header.codepage
    return forceCodepage
  }
  adoptCodepage(database, header)
  const page = codePage(header.codepage ?? database.codepage)
  const rows = lines.slice(3).filter((line) => line.length > 0).map((line) => decodeFields(line, page))
  if (header.table === summaryTable) {
    importSummary(database, rows)
    return summaryTable
  }
  importRows(database, { ...header, names: withoutTrailing(decodeFields(lines[0]!, page)) }, rows, options)
  return header.table
}

interface Header {
  readonly codepage: number | undefined
  readonly table: string
  readonly names: readonly string[]
  readonly types: readonly string[]
  readonly keys: readonly string[]
}

function readHeader(lines: readonly Uint8Array[]): Header {
  const plain = codePage(0)
  const [names, types, third] = [0, 1, 2].map((index) => withoutTrailing(decodeFields(lines[index] ?? new Uint8Array(), plain)))
  const codepage = /^\d{1,5}$/.test(third![0] ?? '') && third!.length > 1 ? Number(third!.shift()) : undefined
  const [table = '', ...keys] = third!
  if (table === '') throw new DatabaseError('text archive: expected the name of a table in line 3, found none', 'ERROR_FUNCTION_FAILED', 2216)
  if (codepage === undefined) return { codepage, table, names: names!, types: types!, keys }
  if (!isKnownCodePage(codepage)) throw new DatabaseError(`text archive: expected a known code page, found ${codepage}`, 'ERROR_FUNCTION_FAILED', 2277)
  const decoded = decodeFields(lines[2]!, codePage(codepage))
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

function importRows(database: Database, { table: name, names, types, keys }: Header, rows: readonly (readonly string[])[], options: ImportOptions): void {
  if (types.length !== names.length || names.length === 0) throw new DatabaseError(`text archive of ${name}: expected ${names.length} types in line 2, found ${types.length}`)
  const columns = names.map((column, index): Column => columnFromLetters(column, types[index]!, keys.includes(column))
    ?? refuse(name, `expected a column type for ${column}, found ${JSON.stringify(types[index])}`))
  const inserted = rows.map((fields, index) => {
    if (withoutTrailing(fields).length > columns.length) refuse(name, `expected ${columns.length} fields in row ${index + 1}, found ${fields.length}`)
    return columns.map((column, position) => importCell(column, fields[position] ?? '', options, name))
  })
  if (database.tableNames.includes(name)) database.dropTable(name)
  const table = database.createTable({ name, columns })
  for (const cells of inserted) table.insert(cells)
}

function importCell(column: Column, field: string, options: ImportOptions, table: string): Cell {
  if (field === '') return null
  if (column.type !== 'binary') return field
  return options.stream?.(field) ?? refuse(table, `expected a file ${JSON.stringify(field)}, found none`)
}

function refuse(table: string, problem: string): never {
  throw new DatabaseError(`text archive of ${table}: ${problem}`)
}

/** Lines end in LF or CR LF; no code page has these bytes inside a character. */
function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let start = 0; start < bytes.length;) {
    const at = bytes.indexOf(0x0a, start)
    const end = at < 0 ? bytes.length : at
    lines.push(bytes.subarray(start, end > start && bytes[end - 1] === 0x0d ? end - 1 : end))
    start = end + 1
  }
  return lines
}

/** As Windows does, a CR that ends no line is passed over, and a NUL inside a field is taken for a line feed. */
function decodeFields(line: Uint8Array, page: CodePage): string[] {
  return page.decode(line).replaceAll('\r', '').split('\t').map((field) => field.replace(/[\0\u0010\u0011\u0015\u0018\u0019\u001b]/g, (one) => one === '\0' ? '\n' : fromSubstitute.get(one)!))
}

/** Tabs after the last field are no fields. */
function withoutTrailing(fields: readonly string[]): string[] {
  return fields.slice(0, fields.findLastIndex((field) => field !== '') + 1)
}
