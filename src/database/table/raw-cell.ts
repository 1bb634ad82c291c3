// A cell as it is stored: 0 for null, a text's number in the string pool, an integer plus its bias, 1 for a stream.
import { DatabaseError } from '../database-error.ts'
import type { StringPool } from '../string-pool/string-pool.ts'
import { integerOf, type Cell } from './cell.ts'
import { integerBias, type Column } from './column.ts'

/** Text enters the string pool. @throws DatabaseError when the column does not take the cell. */
export function rawCell(table: string, { name, type, nullable }: Column, cell: Cell, pool: StringPool): number {
  const refuse = (expected: string, found: string): never => { throw new DatabaseError(`table ${table}, column ${name}: expected ${expected}, found ${found}`) }
  if (cell === null || cell === '') return nullable ? 0 : refuse('a value', 'null')
  if (type === 'string') return typeof cell === 'object' ? refuse('text', 'a stream') : pool.intern(String(cell))
  if (type === 'binary') return typeof cell === 'object' ? 1 : refuse('a stream', JSON.stringify(cell))
  const value = integerOf(cell)
  if (value !== undefined && Math.abs(value) < integerBias[type]) return value + integerBias[type]
  const limit = integerBias[type] - 1
  return refuse(`an integer from ${-limit} to ${limit}`, typeof cell === 'object' ? 'a stream' : JSON.stringify(cell))
}

/** `undefined` when the column does not take the cell, or the string pool does not have the text. */
export function rawCellIfKnown({ type }: Column, cell: Cell, pool: StringPool): number | undefined {
  if (cell === null || cell === '') return 0
  if (type === 'string') return typeof cell === 'object' ? undefined : pool.find(String(cell))
  if (type === 'binary') return typeof cell === 'object' ? 1 : undefined
  const value = integerOf(cell)
  return value === undefined || Math.abs(value) >= integerBias[type] ? undefined : value + integerBias[type]
}

/** For messages; '' for null and for streams. */
export function shownRawCell({ type }: Column, raw: number, pool: StringPool): string {
  return raw === 0 || type === 'binary' ? '' : type === 'string' ? pool.text(raw) : String(raw - integerBias[type])
}
