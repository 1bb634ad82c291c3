// Summary information as a text archive: `_SummaryInformation.idt` with the columns PropertyId and Value.
// Times are written YYYY/MM/DD hh:mm:ss, in UTC.
import { codePage, filetimeFromUnixMs, filetimeToUnixMs } from '../../base/index.ts'
import { SummaryProperty, variantType, type SummaryValue } from '../../property-set/index.ts'
import type { Database } from '../database.ts'
import { DatabaseError } from '../database-error.ts'
import { escapeField } from './archive-escapes.ts'
import type { RowOrder } from './archive-rows.ts'

const header = 'PropertyId\tValue\r\ni2\tl255\r\n_SummaryInformation\tPropertyId\r\n'

/** Without values of types that a text archive does not have, and times that it cannot say. */
export function exportSummary(database: Database, order: RowOrder = 'stored'): Uint8Array {
  const { codepage, properties } = database.summary
  const sorted = order === 'keys' ? [...properties].sort(([a], [b]) => a - b) : [...properties]
  const lines = sorted.flatMap(([id, value]) => {
    const text = id === SummaryProperty.codepage ? String(codepage) : textOf(value)
    return value.type === 'other' || valueOf(id, text) === undefined ? [] : [`${id}\t${text}\r\n`]
  })
  const id = codepage === 1200 ? 65001 : codepage
  const bytes = codePage(id).encode(header + lines.join(''))
  if (bytes === undefined) throw new DatabaseError(`summary information: expected text that code page ${codepage} can hold`, 'ERROR_INVALID_DATA', 2277)
  return bytes
}

/** Replaces the summary information. @throws DatabaseError for a property or value that it cannot have. */
export function importSummary(database: Database, rows: readonly (readonly string[])[]): void {
  const properties = new Map<number, SummaryValue>()
  for (const [id = '', text = ''] of rows) {
    const value = /^\d{1,3}$/.test(id) ? valueOf(Number(id), text) : undefined
    if (value === undefined) throw new DatabaseError(`summary information: expected a property with its value, found ${JSON.stringify(`${id} ${text}`)}`)
    properties.set(Number(id), value)
  }
  const codepage = properties.get(SummaryProperty.codepage)
  database.summary = { codepage: codepage?.type === 'i2' ? codepage.value & 0xffff : 0, properties }
}

function textOf(value: SummaryValue): string {
  switch (value.type) {
    case 'other': return ''
    case 'filetime': return new Date(filetimeToUnixMs(value.value)).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')
    default: return escapeField(String(value.value))
  }
}

function valueOf(id: number, text: string): SummaryValue | undefined {
  const type = variantType(id)
  if (type === 'lpstr') return { type, value: text }
  if (type === 'filetime') {
    const parts = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text)?.slice(1).map(Number)
    return parts && { type, value: filetimeFromUnixMs(Date.UTC(parts[0]!, parts[1]! - 1, parts[2], parts[3], parts[4], parts[5])) }
  }
  if (type === undefined || !/^-?\d{1,10}$/.test(text)) return undefined
  // Code pages from 32768 up are stored as negative numbers.
  return { type, value: type === 'i2' ? Number(text) << 16 >> 16 : Number(text) | 0 }
}
