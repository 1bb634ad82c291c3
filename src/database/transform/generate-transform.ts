// Making a transform: what turns one database into another. The records are described in transform.ts.
// https://learn.microsoft.com/windows/win32/api/msiquery/nf-msiquery-msidatabasegeneratetransformw
// Rows of temporary tables, sub-storages and streams outside of tables are not compared, as in Windows.
import { bytesSource, equalBytes, readAll, type ByteSource } from '../../base/index.ts'
import type { StorageContent } from '../../compound-file/index.ts'
import { writeSummaryInformation } from '../../property-set/index.ts'
import { columnsColumns, tablesColumns } from '../catalog.ts'
import { databaseClassIds, type Database } from '../database.ts'
import { DatabaseError } from '../database-error.ts'
import { encodeStreamName } from '../stream-name.ts'
import { ByteBuilder } from '../string-pool/byte-builder.ts'
import { StringPool } from '../string-pool/string-pool.ts'
import type { Cell } from '../table/cell.ts'
import { cellSize, integerBias, savedPositions, typeWord, type Column } from '../table/column.ts'
import type { Row } from '../table/row.ts'
import type { Table } from '../table/table.ts'
import { transformSummary, type TransformConditions } from './transform-summary.ts'

/** Columns that the 16 bits in front of a record can name. */
const namedColumns = 16

interface Change {
  readonly table: string
  readonly columns: readonly Column[]
  readonly mask: number
  /** The cells that follow the mask, by column number. */
  readonly cells: readonly (readonly [position: number, cell: Cell])[]
}

/**
 * The transform that turns `base` into `changed`.
 * @returns the content of a `.mst` file or sub-storage; `undefined` when there is nothing to change
 * @throws DatabaseError when columns of a table differ in a way that no transform can express.
 */
export function generateTransform(changed: Database, base: Database, conditions: TransformConditions = {}): StorageContent | undefined {
  const streams = new Map<string, ByteSource>()
  const changes = [...tableChanges(changed, base), ...changed.tableNames.flatMap((name) => rowChanges(changed.table(name)!, persistent(base, name), streams))]
  const changesCodepage = changed.codepage !== 0 && changed.codepage !== base.codepage
  if (changes.length === 0 && !changesCodepage) return undefined
  const summary = bytesSource(writeSummaryInformation(transformSummary(changed, base, conditions)))
  return {
    classId: databaseClassIds.transform,
    entries: [
      ...writeChanges(changes, changed.codepage),
      ...[...streams, ['\u0005SummaryInformation', summary] as const].map(([name, source]) => ({ kind: 'stream' as const, name: encodeStreamName({ name, table: false }), source })),
    ],
  }
}

function persistent(database: Database, name: string): Table | undefined {
  const table = database.tableNames.includes(name) ? database.table(name) : undefined
  return table?.temporary === true ? undefined : table
}

const savedColumns = (table: Table | undefined): Column[] => table === undefined ? [] : savedPositions(table.columns).map((position) => table.columns[position]!)

function tableChanges(changed: Database, base: Database): Change[] {
  const dropped = base.tableNames.filter((name) => persistent(base, name) && !persistent(changed, name))
    .map((name): Change => ({ table: '_Tables', columns: tablesColumns, mask: 0, cells: [[0, name]] }))
  return [...dropped, ...changed.tableNames.flatMap((name) => {
    const table = persistent(changed, name)
    const before = persistent(base, name)
    if (table === undefined) return []
    const known = savedColumns(before).length
    requireExtended(name, savedColumns(before), savedColumns(table))
    const created: Change[] = before ? [] : [{ table: '_Tables', columns: tablesColumns, mask: 0x0101, cells: [[0, name]] }]
    return [...created, ...savedColumns(table).slice(known).map((column, index): Change => ({
      table: '_Columns', columns: columnsColumns, mask: 0x0401, cells: [[0, name], [1, known + index + 1], [2, column.name], [3, typeWord(column)]],
    }))]
  })]
}

/** The columns of the base come first, with the same names, types and keys; widths are not looked at, as in merges. */
function requireExtended(table: string, base: readonly Column[], changed: readonly Column[]): void {
  if (base.length > changed.length) throw new DatabaseError(`table ${table}: expected no fewer columns than the base has`, 'ERROR_FUNCTION_FAILED', 2249)
  base.forEach((column, position) => {
    const other = changed[position]!
    if (column.key !== other.key) throw new DatabaseError(`table ${table}: expected the primary key of the base`, 'ERROR_FUNCTION_FAILED', 2256)
    if (column.name !== other.name || column.type !== other.type || column.nullable !== other.nullable) {
      throw new DatabaseError(`table ${table}, column ${other.name}: expected the column ${column.name} of the base`, 'ERROR_FUNCTION_FAILED', column.name === other.name ? 2248 : 2270)
    }
  })
}

const savedCells = ({ table, number }: Row): Cell[] => savedPositions(table.columns).map((position) => table.cell(number, position))

function rowChanges(table: Table, base: Table | undefined, streams: Map<string, ByteSource>): Change[] {
  if (table.temporary) return []
  const columns = savedColumns(table)
  const keys = columns.flatMap(({ key }, position) => key ? [position] : [])
  const keyCells = (row: Row): [number, Cell][] => {
    const cells = savedCells(row)
    return keys.map((position) => [position, cells[position]!])
  }
  const keyOf = (row: Row): (string | number | null)[] => keyCells(row).map(([, cell]) => cell as string | number | null)
  const changes: Change[] = []
  for (const row of base?.rows() ?? []) {
    if (!row.temporary && table.find(...keyOf(row)) === undefined) changes.push({ table: table.name, columns, mask: 0, cells: keyCells(row) })
  }
  for (const row of table.rows()) {
    if (row.temporary) continue
    const before = base?.find(...keyOf(row))
    const cells = savedCells(row).map((cell, position): [number, Cell] => [position, cell])
    const old = before === undefined ? [] : savedCells(before)
    const different = cells.filter(([position, cell]) => !columns[position]!.key && !sameCell(cell, old[position] ?? null))
    if (before !== undefined && different.length === 0) continue
    const whole: Change = { table: table.name, columns, mask: columns.length << 8 | 1, cells }
    const isWhole = before === undefined || different.some(([position]) => position >= namedColumns)
    if (before !== undefined && isWhole) changes.push({ table: table.name, columns, mask: 0, cells: keyCells(row) })
    changes.push(isWhole ? whole
      : { table: table.name, columns, mask: different.reduce((mask, [position]) => mask | 1 << position, 0), cells: [...keyCells(row), ...different] })
    const [stream] = (isWhole ? cells : different).map(([, cell]) => cell).filter((cell) => typeof cell === 'object' && cell !== null)
    if (typeof stream === 'object' && stream !== null) streams.set(table.streamName(row.number), stream)
  }
  return changes
}

function sameCell(a: Cell, b: Cell): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  return a === b || (a.size === b.size && equalBytes(readAll(a), readAll(b)))
}

function writeChanges(changes: readonly Change[], codepage: number): StorageContent['entries'] {
  const pool = StringPool.create(codepage)
  const counts: number[] = []
  const raw = changes.map(({ columns, cells }) => cells.map(([position, cell]): { raw: number; type: Column['type'] } => {
    const { type } = columns[position]!
    if (cell === null || cell === '') return { raw: 0, type }
    if (type === 'binary') return { raw: 1, type }
    if (type !== 'string') return { raw: Number(cell) + integerBias[type], type }
    const id = pool.intern(String(cell))
    counts[id] = (counts[id] ?? 0) + 1
    return { raw: id, type }
  }))
  const { pool: poolBytes, data, referenceSize } = pool.write(Uint32Array.from({ length: pool.count + 1 }, (_, id) => counts[id] ?? 0))
  const streams = new Map<string, ByteBuilder>([['_Tables', new ByteBuilder()], ['_Columns', new ByteBuilder()]])
  changes.forEach(({ table, mask }, index) => {
    const into = streams.get(table) ?? new ByteBuilder()
    streams.set(table, into)
    littleEndian(into, mask, 2)
    for (const cell of raw[index]!) littleEndian(into, cell.raw, cellSize(cell.type, referenceSize))
  })
  const parts: [string, Uint8Array][] = [['_StringPool', poolBytes], ['_StringData', data], ...[...streams].map(([name, builder]): [string, Uint8Array] => [name, builder.bytes])]
  return parts.filter(([name, bytes]) => bytes.length > 0 || name.startsWith('_String'))
    .map(([name, bytes]) => ({ kind: 'stream' as const, name: encodeStreamName({ name, table: true }), source: bytesSource(bytes) }))
}

function littleEndian(into: ByteBuilder, value: number, size: number): void {
  for (let index = 0; index < size; index++) into.byte(value >>> index * 8 & 0xff)
}
