// Rows of expectations against records: a list has every field as text, a map some fields by number, each text,
// `{"int": n}` or `{"stream": text, "size"?}`.
import type { Record as Fields } from 'msikit/sql'
import type { Judged } from '../matcher.ts'

type Matches = (found: unknown, expected: unknown) => boolean

/** The rows fetched, in order; the expectation may have fewer. */
export function judgedRows(rows: readonly Fields[], inOrder = true): Judged {
  return {
    disagreement: (expected, matches) => {
      const wanted = expected as readonly unknown[]
      const agrees = inOrder
        ? wanted.every((row, index) => rows[index] !== undefined && matchesRow(rows[index], row, matches))
        : wanted.length === rows.length && wanted.every((row) => rows.some((one) => matchesRow(one, row, matches)))
      return agrees ? undefined : rows.map(shownRow)
    },
  }
}

/** The fields of one record. */
export function judgedFields(record: Fields): Judged {
  return { disagreement: (expected, matches) => matchesRow(record, expected, matches) ? undefined : shownRow(record) }
}

function matchesRow(record: Fields, row: unknown, matches: Matches): boolean {
  if (Array.isArray(row)) return row.length === record.fieldCount && row.every((one, index) => matchesField(record, index + 1, one, matches))
  return Object.entries(row as object).every(([field, one]) => matchesField(record, Number(field), one, matches))
}

function matchesField(record: Fields, field: number, expected: unknown, matches: Matches): boolean {
  if (typeof expected === 'object' && expected !== null && 'int' in expected) return matches(record.integer(field), expected.int)
  if (typeof expected === 'object' && expected !== null && 'stream' in expected) {
    const bytes = record.stream(field)
    const text = bytes === undefined ? undefined : Buffer.from(bytes.read(0, bytes.size)).toString('latin1')
    return matches(text, expected.stream) && (!('size' in expected) || matches(bytes?.size, expected.size))
  }
  return matches(record.text(field), expected)
}

function shownRow(record: Fields): string[] {
  return record.cells().map((cell) => typeof cell === 'object' && cell !== null ? `<stream of ${cell.size} bytes>` : String(cell ?? ''))
}
