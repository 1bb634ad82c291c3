// Cells of a table's columns by the number of the row, without an object for each row: there may be tens of thousands. A column
// that is missing, or of another type than it should be, is read as empty where it cannot be read as it is.
import { integerBias, type Table } from '../../database/index.ts'

/** What a column has, by the row's number. */
export type Cells<T> = (row: number) => T

/** @param after only what comes behind the first such character, if there is one */
export function texts(table: Table, name: string, after?: string): Cells<string> {
  const number = table.columnNumber(name)
  if (number === undefined) return () => ''
  const { pool } = table
  if (table.columns[number]!.type !== 'string') return (row) => table.row(row).text(name)
  const raw = table.rawColumn(number)
  return (row) => pool.textOnce(raw[row]!, after)
}

export function integers(table: Table, name: string): Cells<number> {
  const number = table.columnNumber(name)
  if (number === undefined) return () => 0
  const { type } = table.columns[number]!
  if (type !== 'int16' && type !== 'int32') return (row) => table.row(row).integer(name) ?? 0
  const raw = table.rawColumn(number)
  const bias = integerBias[type]
  return (row) => raw[row] === 0 ? 0 : raw[row]! - bias
}

/** Numbers of the texts in the string pool. */
export function textNumbers(table: Table, name: string): Cells<number> {
  const number = table.columnNumber(name)
  if (number === undefined || table.columns[number]!.type !== 'string') return () => 0
  const raw = table.rawColumn(number)
  return (row) => raw[row]!
}
