// Media that patches bring: which DiskId is whose cabinet. Patches are authored apart from each other, so that their DiskIds
// and file numbers may collide; each gets a place of its own behind all others, as Windows does it.
// https://learn.microsoft.com/windows/win32/msi/media-table, …/patch-table
import type { Cell, Database, Row, Table } from '../../database/index.ts'
import type { PatchFile } from './installed-patches.ts'

export interface PatchMedia {
  readonly patchCode: string
  /** Path of the patch's file. */
  readonly path: string
  /** Property of the author's that has this path while the patch is applied; `''` for none. */
  readonly sourceProperty: string
  readonly firstSequence: number
  readonly lastSequence: number
}

/** Runs `apply`, a patch's own transform, and moves what it brings behind what is there. */
export function numberMedia(database: Database, known: Map<number, PatchMedia>, { patch, path }: PatchFile, apply: () => void): void {
  const media = database.table('Media')
  const earlier = takeOut(media, (row) => known.has(row.integer('DiskId') ?? 0))
  const before = new Set(diskIds(media))
  const sequences = hideSequences(database)
  const deltas = takeOut(database.table('Patch'), () => true)
  apply()
  const brought = takeOut(database.table('Media'), (row) => !before.has(row.integer('DiskId') ?? 0))
  const moved = showSequences(database, sequences)
  const target = database.table('Media')
  for (const cells of earlier) target?.insert(cells)
  if (target === undefined || brought.length === 0) {
    putBack(database, deltas)
    return
  }
  const column = (name: string): number => target.columns.findIndex((one) => one.name === name)
  const ranges = brought.map((cells) => ({ cells, last: Number(cells[column('LastSequence')]) })).sort((a, b) => a.last - b.last)
  const shift = shiftOf(database, [...moved.map((row) => row.integer('Sequence') ?? 0), ...[...rowsOf(database, 'Patch')].map((row) => row.integer('Sequence') ?? 0)], sequences, earlier.map((cells) => Number(cells[column('LastSequence')])))
  for (const row of moved) database.table('File')!.update(row, 'Sequence', (row.integer('Sequence') ?? 0) + shift.by)
  shiftDeltas(database, shift.by)
  putBack(database, deltas)
  let first = shift.first
  for (const { cells, last } of ranges) {
    const free = Math.max(firstPatchDisk, ...diskIds(target).map((one) => one + 1))
    const changed = new Map<number, Cell>([[column('DiskId'), free], [column('LastSequence'), last + shift.by], [column('Source'), sourceName(patch.code)]])
    target.insert(cells.map((cell, at) => changed.get(at) ?? cell))
    known.set(free, { patchCode: patch.code, path, sourceProperty: textAt(cells, column('Source')), firstSequence: first, lastSequence: last + shift.by })
    first = last + shift.by + 1
  }
}

/** No file has the number 0: after a transform, those that have another are the ones it numbered, if only as they were. */
function hideSequences(database: Database): Map<string, number> {
  const sequences = new Map<string, number>()
  for (const row of rowsOf(database, 'File')) {
    sequences.set(row.text('File'), row.integer('Sequence') ?? 0)
    database.table('File')!.update(row, 'Sequence', 0)
  }
  return sequences
}

/** @returns rows that have got a number */
function showSequences(database: Database, sequences: ReadonlyMap<string, number>): Row[] {
  const numbered: Row[] = []
  for (const row of rowsOf(database, 'File')) {
    if (row.integer('Sequence') !== 0) numbered.push(row)
    else database.table('File')!.update(row, 'Sequence', sequences.get(row.text('File')) ?? 0)
  }
  return numbered
}

/** How far the files of a patch have to move, so that they come after those that others have. */
function shiftOf(database: Database, own: readonly number[], before: ReadonlyMap<string, number>, patched: readonly number[]): { by: number; first: number } {
  const base = [...rowsOf(database, 'Media')].map((row) => row.integer('LastSequence') ?? 0)
  const first = Math.max(firstPatchSequence, ...[patched, base, [...before.values()]].map((some) => some.reduce((most, one) => Math.max(most, one), 0) + 1))
  return { by: own.length === 0 ? 0 : first - own.reduce((least, one) => Math.min(least, one)), first }
}

/** Where Windows puts the files and media of the first patch. */
const firstPatchSequence = 10_000
const firstPatchDisk = 100

/** Sequence is part of the key: rows are put in anew. */
function shiftDeltas(database: Database, by: number): void {
  const table = database.table('Patch')
  if (table === undefined || by === 0) return
  const at = table.columns.findIndex(({ name }) => name === 'Sequence')
  for (const cells of takeOut(table, () => true)) table.insert(cells.map((cell, index) => index === at ? Number(cell) + by : cell))
}

function putBack(database: Database, rows: readonly Cell[][]): void {
  for (const cells of rows) database.table('Patch')?.insert(cells)
}

function takeOut(table: Table | undefined, which: (row: Row) => boolean): Cell[][] {
  if (table === undefined) return []
  const rows = [...table.rows()].filter(which)
  const cells = rows.map((row) => row.cells())
  for (const row of rows) table.delete(row)
  return cells
}

/** Property that has the path of the patch, whatever its author called his. */
export function sourceName(patchCode: string): string {
  return `MSPSRC${patchCode.replace(/[{}-]/g, '')}`
}

function diskIds(media: Table | undefined): number[] {
  return [...media?.rows() ?? []].map((row) => row.integer('DiskId') ?? 0)
}

function rowsOf(database: Database, table: string): Iterable<Row> {
  return database.table(table)?.rows() ?? []
}

function textAt(cells: readonly Cell[], at: number): string {
  const cell = cells[at]
  return typeof cell === 'string' ? cell : ''
}
