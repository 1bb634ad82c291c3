// The rows of a small text archive put into a table, column by column: cut into fields by the host, whose code is compiled
// already. Fields are parted by tabs, rows by LF or CR LF; no code page has these bytes inside a character. Large
// archives are for archive-bytes.ts, which makes no text of each field.
import { latin1Text } from '../../base/index.ts'
import { integerOf } from '../table/cell.ts'
import { integerBias } from '../table/column.ts'
import type { Table } from '../table/table.ts'
import type { ArchiveRows } from './archive-bytes.ts'

/** Stands as a field of its own at the end of each row. */
const rowEnd = '\n'
/** Fields are texts as they stand when there is nothing of this. */
const unusual = /[^\t\n\x20-\x7e]/

/** @throws DatabaseError for a field that its column does not take, and for a key that is there twice. */
export function readFields(table: Table, archive: ArchiveRows): void {
  const text = latin1Text(archive.bytes.subarray(archive.start)).replace(/\r?\n/g, `\t${rowEnd}\t`)
  const cut = text.split('\t')
  const width = table.columns.length
  const whole = isRegular(cut, width + 1) ? cut : regular(cut, width, archive)
  const fields = unusual.test(text) ? whole.map((field) => asMeant(field, archive)) : whole
  const rows = (fields.length - 1) / (width + 1)
  const binary = table.columns.findIndex(({ type }) => type === 'binary')
  if (binary < 0) table.insertColumns(table.columns.map((_, column) => readColumn(table, column, fields, new Uint32Array(rows))), rows)
  else for (let at = 0; at < fields.length - 1; at += width + 1) table.insert(fields.slice(at, at + width).map((field, column) => column === binary && field !== '' ? archive.streamOf(field) : field))
}

function asMeant(field: string, { page, unescape }: ArchiveRows): string {
  if (field === rowEnd || !unusual.test(field)) return field
  return unescape(/[\x1b\x80-\xff]/.test(field) ? page.decode(Uint8Array.from(field, (one) => one.charCodeAt(0))) : field)
}

/** Whether all rows have all their fields, and nothing but an empty field follows. */
function isRegular(fields: readonly string[], step: number): boolean {
  let end = step - 1
  // Each end is looked for from behind the one before, so that none is passed over.
  for (let at = fields.indexOf(rowEnd); at === end; at = fields.indexOf(rowEnd, at + 1)) end += step
  // A line with nothing in it is no row.
  const hasEmptyLines = step === 2 && fields.indexOf('') < fields.length - 1
  return end === fields.length + step - 2 && fields.at(-1) === '' && !hasEmptyLines
}

/** The same without empty lines and what is behind the last field, with empty fields for those that rows do not have. */
function regular(fields: readonly string[], width: number, archive: ArchiveRows): string[] {
  const all: string[] = []
  let row = 0
  for (let start = 0, end; start < fields.length; start = end + 1) {
    end = fields.indexOf(rowEnd, start)
    if (end < 0) end = fields.length
    if (end === start + 1 && fields[start] === '') continue
    const own = fields.slice(start, end)
    const count = own.findLastIndex((field) => field.replaceAll('\r', '') !== '') + 1
    row++
    if (count > width) archive.refuse(`expected ${width} fields in row ${row}, found ${count}`)
    for (let column = 0; column < width; column++) all.push(own[column] ?? '')
    all.push(rowEnd)
  }
  all.push('')
  return all
}

/** @param fields of all columns, with one more behind each row @param cells where the raw values go */
function readColumn(table: Table, column: number, fields: readonly string[], cells: Uint32Array): Uint32Array {
  const { type, nullable } = table.columns[column]!
  const step = table.columns.length + 1
  if (type === 'string') {
    table.pool.internEach(fields, column, step, cells)
    if (!nullable && cells.includes(0)) table.rawFor(column, null)
    return cells
  }
  for (let row = 0, at = column; row < cells.length; row++, at += step) {
    const field = fields[at]!
    const value = field === '' ? undefined : integerOf(field)
    const bias = integerBias[type as 'int16']
    cells[row] = value !== undefined && Math.abs(value) < bias ? value + bias : table.rawFor(column, field)
  }
  return cells
}
