// Records: fields numbered from 1, each null, text, an integer or a stream; field 0 is the template of formatting.
// https://learn.microsoft.com/windows/win32/msi/record-processing-functions
import { WindowsError, type ByteSource } from '../base/index.ts'
import type { Cell } from '../database/index.ts'

const mostFields = 0xffff

export class Record {
  readonly #fields: Cell[]

  /** @throws WindowsError ERROR_INVALID_PARAMETER for fewer than 0 or more than 65535 fields. */
  constructor(fieldCount: number) {
    if (!Number.isInteger(fieldCount) || fieldCount < 0 || fieldCount > mostFields) {
      throw new WindowsError('ERROR_INVALID_PARAMETER', `record: expected 0 to ${mostFields} fields, found ${fieldCount}`)
    }
    this.#fields = Array.from({ length: fieldCount + 1 }, () => null)
  }

  static of(...cells: readonly Cell[]): Record {
    const record = new Record(cells.length)
    cells.forEach((cell, index) => record.set(index + 1, cell))
    return record
  }

  /** Field 0 is not counted. */
  get fieldCount(): number {
    return this.#fields.length - 1
  }

  /** Null for a field that the record does not have. */
  cell(field: number): Cell {
    return this.#fields[field] ?? null
  }

  isNull(field: number): boolean {
    return this.cell(field) === null
  }

  /** Integers in decimal; '' for null and for streams. */
  text(field: number): string {
    const cell = this.cell(field)
    return cell === null || typeof cell === 'object' ? '' : String(cell)
  }

  /** Text counts when it is all digits, with a minus perhaps, and wraps at 32 bits; `null` otherwise. */
  integer(field: number): number | null {
    const cell = this.cell(field)
    if (typeof cell === 'number') return cell
    return typeof cell === 'string' && /^-?\d{1,1000}$/.test(cell) ? Number(BigInt.asIntN(32, BigInt(cell))) : null
  }

  stream(field: number): ByteSource | undefined {
    const cell = this.cell(field)
    return typeof cell === 'object' ? cell ?? undefined : undefined
  }

  /**
   * The empty text is null.
   * @throws WindowsError ERROR_INVALID_PARAMETER for a field that the record does not have.
   */
  set(field: number, cell: Cell): void {
    if (!Number.isInteger(field) || field < 0 || field > this.fieldCount) {
      throw new WindowsError('ERROR_INVALID_PARAMETER', `record: expected a field from 0 to ${this.fieldCount}, found ${field}`)
    }
    this.#fields[field] = cell === '' ? null : cell
  }

  /** Makes every field null. */
  clear(): void {
    this.#fields.fill(null)
  }

  /** Fields 1 and up. */
  cells(): Cell[] {
    return this.#fields.slice(1)
  }
}
