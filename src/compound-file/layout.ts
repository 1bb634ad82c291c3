// Which sectors a compound file to be written has, and what is in them. Everything lies in one piece and in a fixed
// order: DIFAT, FAT, directory, mini FAT, mini stream, larger streams; what opening needs lies at the front.
import { WindowsError, type ByteSource } from '../base/index.ts'
import { directoryEntry } from './directory-entry.ts'
import type { PlannedEntry } from './directory-tree.ts'
import { header, maximumSector, miniSectorShift, miniStreamCutoff } from './header.ts'

export const miniSectorBytes = 1 << miniSectorShift
/** Byte 0x7FFFFF00 of a file is locked by Windows while it is changed: its sector holds no data. MS-CFB 2.8. */
export const rangeLockSector = (0x7fff_ff00 >> 12) - 1

/** A chain of sectors that follow each other, but for the range lock sector. */
export interface Run {
  readonly first: number
  readonly count: number
}

export interface Layout {
  readonly majorVersion: 3 | 4
  readonly sectorShift: number
  readonly entries: readonly PlannedEntry[]
  readonly difat: Run
  readonly fat: Run
  readonly directory: Run
  readonly miniFat: Run
  readonly miniStream: Run
  readonly miniStreamBytes: number
  /** Parallel to the entries: sectors, or mini sectors when the stream is short; undefined for what has no bytes. */
  readonly streams: readonly (Run | undefined)[]
  /** Sectors that carry something. */
  readonly usedSectors: number
  readonly fileBytes: number
}

export function planLayout(entries: readonly PlannedEntry[], majorVersion: 3 | 4): Layout {
  const sectorShift = majorVersion === 3 ? 9 : 12
  const sectorBytes = 2 ** sectorShift
  const sectorsFor = (bytes: number): number => Math.ceil(bytes / sectorBytes)

  let miniSectors = 0
  let largeSectors = 0
  for (const { source } of entries) {
    if (source === undefined) continue
    if (isMini(source)) miniSectors += Math.ceil(source.size / miniSectorBytes)
    else largeSectors += sectorsFor(source.size)
  }
  const miniStreamBytes = miniSectors * miniSectorBytes
  const counts = {
    directory: sectorsFor(entries.length * directoryEntry.size),
    miniFat: sectorsFor(miniSectors * 4),
    miniStream: sectorsFor(miniStreamBytes),
  }
  const content = counts.directory + counts.miniFat + counts.miniStream + largeSectors
  const { fatCount, difatCount } = fatCounts(content, majorVersion, sectorBytes / 4)

  let next = 0
  const run = (count: number): Run => ({ first: (next += count) - count, count })
  const difat = run(difatCount)
  const fat = run(fatCount)
  const directory = run(counts.directory)
  const miniFat = run(counts.miniFat)
  const miniStream = run(counts.miniStream)
  let nextMini = 0
  const streams = entries.map(({ source }) => {
    if (source === undefined || source.size === 0) return undefined
    if (!isMini(source)) return run(sectorsFor(source.size))
    const count = Math.ceil(source.size / miniSectorBytes)
    return { first: (nextMini += count) - count, count }
  })
  const total = totalSectors(next, majorVersion)
  if (total > maximumSector) throw new WindowsError('ERROR_NOT_SUPPORTED', `compound file: expected at most ${maximumSector} sectors, found ${total}`)
  return {
    majorVersion, sectorShift, entries, difat, fat, directory, miniFat, miniStream, miniStreamBytes, streams,
    usedSectors: next, fileBytes: (total + 1) * sectorBytes,
  }
}

/** Whether the bytes go to the mini stream. */
export function isMini(source: ByteSource | undefined): boolean {
  return source !== undefined && source.size < miniStreamCutoff
}

/** The FAT describes its own sectors and those of the DIFAT too. */
function fatCounts(contentSectors: number, majorVersion: 3 | 4, entriesPerSector: number): { fatCount: number; difatCount: number } {
  let fatCount = 0
  let difatCount = 0
  for (;;) {
    const total = totalSectors(contentSectors + fatCount + difatCount, majorVersion)
    const fat = Math.ceil(total / entriesPerSector)
    const difat = Math.max(0, Math.ceil((fat - header.difatInHeader) / (entriesPerSector - 1)))
    if (fat === fatCount && difat === difatCount) return { fatCount, difatCount }
    fatCount = fat
    difatCount = difat
  }
}

/** With the range lock sector. */
function totalSectors(used: number, majorVersion: 3 | 4): number {
  return majorVersion === 4 && used > rangeLockSector ? used + 1 : used
}
