// Transforms: what a `.mst` or a sub-storage of a patch changes in the tables of a database.
// https://learn.microsoft.com/windows/win32/msi/database-transforms
// Each changed table has a stream of records over the transform's own string pool. A record begins with 16 bits:
// bit 0 set, the upper byte counts the cells that follow (a whole row, added or overwritten); 0, the key of a row to
// delete; otherwise the key follows and, for each other bit that is set, the cell of that column.
// The format has no public description for tables of more than 16 columns: there 32 bits are tried when 16 do not fit.
import { bytesSource, Findings, readAll, type ByteSource } from '../../base/index.ts'
import { openCompoundFile, type StorageContent } from '../../compound-file/index.ts'
import { readSummaryInformation, type SummaryInformation } from '../../property-set/index.ts'
import { DatabaseStreams, storageContent } from '../database-streams.ts'
import { StringPool } from '../string-pool/string-pool.ts'
import type { Cell } from '../table/cell.ts'
import { cellSize, integerBias, type Column } from '../table/column.ts'

export interface RowChange {
  readonly kind: 'insert' | 'update' | 'delete'
  /** By column number; of a deleted row those of the key. A binary cell is `true` here and stands in its stream. */
  readonly cells: ReadonlyMap<number, Cell | true>
}

/** What a transform says of itself; see `checkTransform`. @throws FormatError when the source is no compound file. */
export function readTransformSummary(source: Uint8Array | ByteSource | StorageContent): SummaryInformation {
  return new Transform(source).summary
}

export class Transform {
  readonly #streams: DatabaseStreams
  readonly #pool: StringPool

  /** @throws FormatError when the source is no compound file. */
  constructor(source: Uint8Array | ByteSource | StorageContent) {
    const findings = new Findings()
    const root = !(source instanceof Uint8Array) && 'entries' in source ? source
      : storageContent(openCompoundFile(source instanceof Uint8Array ? bytesSource(source) : source).root)
    this.#streams = DatabaseStreams.read(root, findings)
    const part = (name: string): ByteSource => this.#streams.tables.get(name) ?? bytesSource(new Uint8Array())
    this.#pool = StringPool.open(readAll(part('_StringPool')), part('_StringData'), findings)
  }

  get codepage(): number {
    return this.#pool.codepage
  }

  get summary(): SummaryInformation {
    const stream = this.#streams.get('\u0005SummaryInformation')
    return stream ? readSummaryInformation(readAll(stream)) : { codepage: 0, properties: new Map() }
  }

  /** Tables with changed rows, without `_Tables` and `_Columns`. */
  tableNames(): string[] {
    const parts = new Set(['_StringPool', '_StringData', '_Tables', '_Columns'])
    return [...this.#streams.tables.keys()].filter((name) => !parts.has(name))
  }

  /** Binary cells and the summary information. */
  streamNames(): string[] {
    return this.#streams.names()
  }

  stream(name: string): ByteSource | undefined {
    return this.#streams.get(name)
  }

  /**
   * @param columns Of the table as it is once columns were added.
   * @returns `undefined` when the records are no records of these columns.
   */
  changes(table: string, columns: readonly Column[]): RowChange[] | undefined {
    const source = this.#streams.tables.get(table)
    if (source === undefined) return []
    const bytes = readAll(source)
    if (!columns.some((column) => column.key)) return bytes.length === 0 ? [] : undefined
    return this.#read(bytes, columns, 2) ?? (columns.length > 16 ? this.#read(bytes, columns, 4) : undefined)
  }

  /** `undefined` when the bytes are no whole records. */
  #read(bytes: Uint8Array, columns: readonly Column[], maskSize: 2 | 4): RowChange[] | undefined {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const changes: RowChange[] = []
    let at = 0
    while (at < bytes.length) {
      if (at + maskSize > bytes.length) return undefined
      const mask = maskSize === 2 ? view.getUint16(at, true) : view.getUint32(at, true)
      at += maskSize
      const kind = (mask & 1) !== 0 ? 'insert' : mask === 0 ? 'delete' : 'update'
      const count = mask >>> 8
      if (kind === 'insert' && count > columns.length) return undefined
      const cells = new Map<number, Cell | true>()
      for (const [position, column] of columns.entries()) {
        const present = kind === 'insert' ? position < count : column.key || (kind === 'update' && (mask >>> position & 1) !== 0)
        if (!present) continue
        const size = cellSize(column.type, this.#pool.referenceSize)
        if (at + size > bytes.length) return undefined
        const cell = this.#cell(view, at, size, column)
        if (cell === undefined) return undefined
        cells.set(position, cell)
        at += size
      }
      changes.push({ kind, cells })
    }
    return changes
  }

  #cell(view: DataView, at: number, size: number, { type }: Column): Cell | true | undefined {
    const raw = size === 4 ? view.getUint32(at, true) : view.getUint16(at, true) + (size === 3 ? view.getUint8(at + 2) * 0x10000 : 0)
    if (raw === 0) return null
    if (type === 'string') return raw > this.#pool.count ? undefined : this.#pool.text(raw) || null
    return type === 'binary' ? true : raw - integerBias[type]
  }
}
