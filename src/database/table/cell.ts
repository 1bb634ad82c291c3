// The value of a cell as users of the library have it.
import type { ByteSource } from '../../base/index.ts'

/** Null, text, an integer, or the bytes of a stream. The empty text is null. */
export type Cell = string | number | null | ByteSource

const decimal = /^-?\d{1,10}$/

/** An integer, or text of decimal digits; `undefined` for anything else. */
export function integerOf(cell: Cell): number | undefined {
  if (typeof cell === 'number') return Number.isInteger(cell) ? cell : undefined
  return typeof cell === 'string' && decimal.test(cell) ? Number(cell) : undefined
}
