// What is different between two packages: summary information, tables by row, files and streams by content.
// How something is stored makes no difference: order of rows, numbers of texts, compression of cabinets.
import { equalBytes, filetimeToUnixMs, type ByteSource, type Hash } from '../../base/index.ts'
import type { StorageContent } from '../../compound-file/index.ts'
import { typeLetters, type Cell, type Database, type Row, type Table } from '../../database/index.ts'
import { SummaryProperty, type SummaryInformation } from '../../property-set/index.ts'
import { shownName } from '../terminal/stream-names.ts'
import { plainValue, type RowDifference, type TableDifference, type Value } from './changes.ts'

export interface ContentDifference {
  readonly kind: 'added' | 'removed' | 'changed'
  readonly name: string
  readonly bytesBefore: number | null
  readonly bytesAfter: number | null
}

export interface PackageDifference {
  readonly summary: readonly { readonly property: string; readonly before: Value; readonly after: Value }[]
  readonly codepage: { readonly before: number; readonly after: number } | null
  readonly classId: { readonly before: string; readonly after: string } | null
  readonly tables: readonly TableDifference[]
  readonly streams: readonly ContentDifference[]
  readonly storages: readonly ContentDifference[]
  readonly files: readonly ContentDifference[]
}

/** Contents of files by where they go; see {@link compareContents}. */
export type FileContents = ReadonlyMap<string, { readonly sizeBytes: number; readonly digest: string }>

export function isEmpty({ summary, codepage, classId, tables, streams, storages, files }: PackageDifference): boolean {
  return codepage === null && classId === null && [summary, tables, streams, storages, files].every((list) => list.length === 0)
}

export interface CompareOptions {
  /** Streams that are compared as files instead: cabinets. */
  readonly passOver: ReadonlySet<string>
  readonly createDigest: () => Hash
}

export function comparePackages(a: Database, b: Database, files: readonly ContentDifference[], { passOver, createDigest }: CompareOptions): PackageDifference {
  const cells = new Set([...cellStreams(a), ...cellStreams(b), '\u0005SummaryInformation', ...passOver])
  const streams = (database: Database): [string, ByteSource][] => database.streamNames().filter((name) => !cells.has(name)).map((name) => [name, database.stream(name)!])
  return {
    summary: compareSummaries(a.summary, b.summary),
    codepage: a.codepage === b.codepage ? null : { before: a.codepage, after: b.codepage },
    classId: a.classId.toUpperCase() === b.classId.toUpperCase() ? null : { before: a.classId, after: b.classId },
    tables: compareTables(a, b), files,
    streams: compareSources(new Map(streams(a)), new Map(streams(b))),
    storages: compareStorages(a, b, createDigest),
  }
}

const persistent = (database: Database): string[] => database.tableNames.filter((name) => !database.table(name)!.temporary)

/** Binary cells are compared with their rows. */
function cellStreams(database: Database): string[] {
  return persistent(database).flatMap((name) => {
    const table = database.table(name)!
    return table.columns.some(({ type }) => type === 'binary') ? Array.from(table.rowNumbers(), (row) => table.streamName(row)) : []
  })
}

function summaryValue(summary: SummaryInformation, id: number): Value {
  const found = summary.properties.get(id)
  if (found === undefined || found.type === 'other') return found === undefined ? null : { sizeBytes: found.bytes.length }
  if (found.type !== 'filetime') return found.value
  const time = filetimeToUnixMs(found.value)
  return Math.abs(time) > 8.64e15 ? String(found.value) : new Date(time).toISOString()
}

function compareSummaries(a: SummaryInformation, b: SummaryInformation): PackageDifference['summary'] {
  const names = new Map(Object.entries(SummaryProperty).map(([name, id]) => [id as number, name]))
  return [...new Set([...a.properties.keys(), ...b.properties.keys()])].sort((x, y) => x - y)
    .map((id) => ({ property: names.get(id) ?? `property ${id}`, before: summaryValue(a, id), after: summaryValue(b, id) }))
    .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after))
}

function compareTables(a: Database, b: Database): TableDifference[] {
  const names = [...new Set([...persistent(a), ...persistent(b)])].sort((x, y) => x < y ? -1 : 1)
  return names.flatMap((name) => {
    const [before, after] = [a, b].map((database) => persistent(database).includes(name) ? database.table(name) : undefined)
    const difference = compareTable(name, before, after)
    return difference.kind === 'changed' && difference.columns.length === 0 && difference.rows.length === 0 ? [] : [difference]
  })
}

function compareTable(table: string, before: Table | undefined, after: Table | undefined): TableDifference {
  const columns = compareColumns(before, after)
  if (before === undefined || after === undefined || keyNames(before) !== keyNames(after)) {
    const rows = [...rowsOf(before, 'removed'), ...rowsOf(after, 'added')]
    return { table, kind: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed', columns: before === undefined || after === undefined ? [] : columns, rows }
  }
  const old = new Map(Array.from(before.rows(), (row) => [keyText(row), row]))
  const rows: RowDifference[] = []
  for (const row of after.rows()) {
    const key = keyText(row)
    const counterpart = old.get(key)
    old.delete(key)
    if (counterpart === undefined) rows.push(wholeRow(row, 'added'))
    else rows.push(...changedRow(counterpart, row))
  }
  for (const row of old.values()) rows.push(wholeRow(row, 'removed'))
  return { table, kind: 'changed', columns, rows: rows.sort(byKey) }
}

const keyNames = (table: Table): string => table.columns.filter(({ key, temporary }) => key && !temporary).map(({ name }) => name).join('\t')
const keyCells = (row: Row): Cell[] => row.table.keyColumns.map((position) => row.table.cell(row.number, position))
const keyText = (row: Row): string => JSON.stringify(keyCells(row).map((cell) => typeof cell === 'object' ? null : cell))

function columnLetters(table: Table | undefined): Map<string, string> {
  return new Map((table?.columns ?? []).filter(({ temporary }) => !temporary).map((column) => [column.name, `${typeLetters(column)}${column.key ? ' key' : ''}`]))
}

function compareColumns(before: Table | undefined, after: Table | undefined): TableDifference['columns'] {
  const [old, now] = [columnLetters(before), columnLetters(after)]
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name)).map((column) => ({
    kind: !old.has(column) ? 'added' : now.has(column) ? 'changed' : 'removed', column, before: old.get(column) ?? null, after: now.get(column) ?? null,
  }))
}

function* rowsOf(table: Table | undefined, kind: 'added' | 'removed'): Generator<RowDifference> {
  const rows = [...table?.rows() ?? []].filter((row) => !row.temporary).map((row) => wholeRow(row, kind))
  yield* rows.sort(byKey)
}

function wholeRow(row: Row, kind: 'added' | 'removed'): RowDifference {
  const cells = row.table.columns.flatMap((column) => {
    const value = column.key || column.temporary ? null : plainValue(row.cell(column.name))
    return value === null ? [] : [{ column: column.name, before: kind === 'removed' ? value : null, after: kind === 'added' ? value : null }]
  })
  return { kind, key: keyCells(row).map(plainValue), cells }
}

function changedRow(before: Row, after: Row): RowDifference[] {
  const names = new Set([...before.table.columns, ...after.table.columns].filter(({ key, temporary }) => !key && !temporary).map(({ name }) => name))
  const cells = [...names].filter((name) => !sameCell(before.cell(name), after.cell(name)))
    .map((column) => ({ column, before: plainValue(before.cell(column)), after: plainValue(after.cell(column)) }))
  return cells.length === 0 ? [] : [{ kind: 'changed', key: keyCells(after).map(plainValue), cells }]
}

function byKey(a: RowDifference, b: RowDifference): number {
  for (const [index, one] of a.key.entries()) {
    const other = b.key[index] ?? null
    if (one === other) continue
    if (typeof one === 'number' && typeof other === 'number') return one - other
    return String(one) < String(other) ? -1 : 1
  }
  return 0
}

function sameCell(a: Cell, b: Cell): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  return sameContent(a, b)
}

/** In pieces: cabinets may be larger than memory. */
function sameContent(a: ByteSource, b: ByteSource): boolean {
  if (a.size !== b.size) return false
  const piece = 1 << 20
  for (let at = 0; at < a.size; at += piece) if (!equalBytes(a.read(at, piece), b.read(at, piece))) return false
  return true
}

function compareSources(a: ReadonlyMap<string, ByteSource>, b: ReadonlyMap<string, ByteSource>): ContentDifference[] {
  return compare(a, b, ({ size }) => size, sameContent).map((one) => ({ ...one, name: shownName(one.name) }))
}

export function compareContents(a: FileContents, b: FileContents): ContentDifference[] {
  return compare(a, b, ({ sizeBytes }) => sizeBytes, (x, y) => x.digest === y.digest)
}

function compare<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>, size: (one: T) => number | null, same: (x: T, y: T) => boolean): ContentDifference[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort((x, y) => x < y ? -1 : 1).flatMap((name): ContentDifference[] => {
    const [before, after] = [a.get(name), b.get(name)]
    if (before !== undefined && after !== undefined && same(before, after)) return []
    return [{ kind: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed', name, bytesBefore: before === undefined ? null : size(before), bytesAfter: after === undefined ? null : size(after) }]
  })
}

function compareStorages(a: Database, b: Database, createDigest: () => Hash): ContentDifference[] {
  const digests = (database: Database): Map<string, string> => new Map(database.storageNames().map((name) => [name, storageDigest(database.storage(name)!, createDigest)]))
  return compare(digests(a), digests(b), () => null, (x, y) => x === y).map((one) => ({ ...one, name: shownName(one.name) }))
}

const deepest = 32

/** Whatever the order of the entries. */
export function storageDigest(storage: StorageContent, createDigest: () => Hash, depth = 0): string {
  const parts = storage.entries.map((entry): string => {
    if (entry.kind === 'storage') return `${JSON.stringify(entry.name)} ${depth < deepest ? storageDigest(entry.content, createDigest, depth + 1) : ''}`
    return `${JSON.stringify(entry.name)} ${sourceDigest(entry.source, createDigest)}`
  })
  return `${storage.classId ?? ''} ${parts.sort().join('\n')}`
}

export function sourceDigest(source: ByteSource, createDigest: () => Hash): string {
  const digest = createDigest()
  for (let at = 0; at < source.size; at += 1 << 20) digest.update(source.read(at, 1 << 20))
  return Buffer.from(digest.digest()).toString('hex')
}
