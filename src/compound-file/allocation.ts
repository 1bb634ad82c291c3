// Allocation tables, MS-CFB 2.3 to 2.5: the FAT, found through the DIFAT, and the mini FAT; chains of sectors become
// extents. A sector belongs to one chain: every chain claims its sectors, so that loops and shared sectors are found
// and the work for a whole file is bounded by its size.
import { copyUint32, type ByteSource, type Finding, type Findings } from '../base/index.ts'
import { Extents } from './extents.ts'
import { maximumSector, sectorMark, type Header } from './header.ts'

/** Stands in a table for the entries of FAT sectors that the file does not have; MS-CFB reserves the number. */
const lostEntry = 0xfffffffb

/** So many sectors are looked at before the chain takes them: a file that was made to be slow must not have the same ones looked at for each of its streams. */
const longestRun = 256

/** An allocation table over the sectors of a source. */
export class Allocation {
  readonly #source: ByteSource
  readonly #table: Uint32Array
  readonly #sectorBytes: number
  /** Bytes before sector 0. */
  readonly #baseBytes: number
  readonly #claimed: Uint8Array
  readonly #findings: Findings

  constructor(source: ByteSource, table: Uint32Array, sectorBytes: number, baseBytes: number, findings: Findings) {
    this.#source = source
    this.#table = table
    this.#sectorBytes = sectorBytes
    this.#baseBytes = baseBytes
    this.#claimed = new Uint8Array(table.length)
    this.#findings = findings
  }

  /**
   * The bytes of a chain: `size` of them, or the whole chain when `size` is undefined. A chain that breaks off earlier
   * gives what it has, and a finding. Where the table itself is lost the next sector is taken to be the neighbour, as it
   * is in most files; without a size only as long as its bytes are `isPlausible`.
   * @param structure for findings
   */
  chain(start: number, size: number | undefined, structure: string | (() => string), isPlausible: (bytes: Uint8Array) => boolean = () => false): Extents {
    const extents = new Extents(this.#source)
    const broken = (id: string, found: string): void => {
      const expected = size === undefined ? 'a chain of sectors with an end' : `a chain of sectors for ${size} bytes`
      this.#findings.report({ id, structure: typeof structure === 'string' ? structure : structure(), field: 'sector chain', expected, found: `${found} after ${extents.size} bytes` })
    }
    const table = this.#table
    let sector = start
    let remaining = size ?? Number.POSITIVE_INFINITY
    while (size === undefined ? sector !== sectorMark.endOfChain : remaining > 0) {
      if (sector === sectorMark.endOfChain) return broken('chain-short', 'its end'), extents
      if (sector >= table.length) return broken('sector-out-of-range', `sector ${markName(sector)} of ${table.length}`), extents
      if (this.#claimed[sector] !== 0) return broken('sector-shared', `sector ${sector}, which is in use already`), extents
      const first = sector
      const count = this.#claimRun(first, Math.min(remaining / this.#sectorBytes, longestRun))
      const next = table[first + count - 1]!
      sector = next === lostEntry ? this.#guess(first + count - 1, size === undefined ? isPlausible : undefined) : next
      const position = this.#baseBytes + first * this.#sectorBytes
      const wanted = Math.min(count * this.#sectorBytes, remaining)
      const available = Math.min(wanted, this.#source.size - position)
      if (available > 0) extents.append(position, available)
      if (available < wanted) return broken('source-truncated', 'the end of the file'), extents
      remaining -= wanted
    }
    if (size !== undefined && size > 0 && sector !== sectorMark.endOfChain && table[sector - 1] !== lostEntry) broken('chain-long', `sector ${markName(sector)}`)
    return extents
  }

  /** Claims a sector and those that follow it in the file and in the chain. @param needed as many of them as that @returns how many */
  #claimRun(first: number, needed: number): number {
    const table = this.#table
    const limit = Math.min(first + needed, table.length)
    let end = first + 1
    // This loop is most of what opening a file costs: it looks at nothing else.
    while (end < limit && table[end - 1] === end) end++
    if (end > first + 1) {
      const taken = this.#claimed.subarray(first + 1, end).indexOf(1)
      if (taken >= 0) end = first + 1 + taken
    }
    this.#claimed.fill(1, first, end)
    return end - first
  }

  #guess(sector: number, isPlausible: ((bytes: Uint8Array) => boolean) | undefined): number {
    const next = sector + 1
    if (next >= this.#table.length || this.#claimed[next] !== 0) return sectorMark.endOfChain
    return isPlausible === undefined || isPlausible(this.#source.read(this.#baseBytes + next * this.#sectorBytes, this.#sectorBytes)) ? next : sectorMark.endOfChain
  }
}

function markName(sector: number): string {
  if (sector === sectorMark.free) return 'FREESECT'
  if (sector === sectorMark.fat) return 'FATSECT'
  if (sector === sectorMark.difat) return 'DIFSECT'
  return `${sector}`
}

/** Reads the FAT of a file, one entry for each sector the file has room for. */
export function readFat(source: ByteSource, head: Header, findings: Findings): Uint32Array {
  const sectorBytes = 1 << head.sectorShift
  const entriesPerSector = sectorBytes / 4
  const sectorCount = Math.min(Math.max(0, Math.ceil(source.size / sectorBytes) - 1), maximumSector + 1)
  const table = new Uint32Array(sectorCount).fill(sectorMark.free)
  const sectors = fatSectors(source, head, sectorCount, findings)
  for (let first = 0; first < sectors.length;) {
    // Neighbouring sectors are read together.
    let count = 1
    if (sectors[first] === lostEntry) {
      table.fill(lostEntry, first * entriesPerSector, (first + 1) * entriesPerSector)
      first++
      continue
    }
    while (first + count < sectors.length && sectors[first + count] === sectors[first]! + count) count++
    const bytes = source.read((sectors[first]! + 1) * sectorBytes, count * sectorBytes)
    if (bytes.length < count * sectorBytes) {
      findings.report({ id: 'source-truncated', structure: 'file allocation table', offsetBytes: (sectors[first]! + 1) * sectorBytes, expected: `${count * sectorBytes} bytes`, found: `${bytes.length}` })
      table.fill(lostEntry, first * entriesPerSector, (first + count) * entriesPerSector)
    }
    copyUint32(bytes, table, first * entriesPerSector)
    first += count
  }
  return table
}

/** As many FAT sectors as the sectors of the file need; a longer list is of no use. */
function fatSectors(source: ByteSource, head: Header, sectorCount: number, findings: Findings): number[] {
  const sectorBytes = 1 << head.sectorShift
  const needed = Math.ceil(sectorCount / (sectorBytes / 4))
  const sectors: number[] = []
  const add = (sector: number): void => {
    if (sectors.length === needed || sector === sectorMark.free) return
    if (sector >= sectorCount) {
      findings.report({ id: 'fat-lost', structure: 'double-indirect file allocation table', field: `FAT sector ${sectors.length}`, expected: `a sector below ${sectorCount}`, found: markName(sector) })
    }
    sectors.push(sector < sectorCount ? sector : lostEntry)
  }
  head.difat.forEach(add)
  const visited = new Set<number>()
  for (let difat = head.firstDifatSector; sectors.length < needed && difat < sectorCount;) {
    if (visited.has(difat)) {
      findings.report({ id: 'fat-lost', structure: 'double-indirect file allocation table', expected: 'a chain of sectors with an end', found: `sector ${difat} again` })
      break
    }
    visited.add(difat)
    const entries = new Uint32Array(sectorBytes / 4)
    entries.fill(sectorMark.free)
    copyUint32(source.read((difat + 1) * sectorBytes, sectorBytes), entries)
    entries.subarray(0, -1).forEach(add)
    difat = entries.at(-1)!
  }
  if (sectors.length < Math.min(needed, head.fatSectorCount)) {
    findings.report(countFinding(`${head.fatSectorCount}`, `${sectors.length}`))
    while (sectors.length < needed) sectors.push(lostEntry)
  }
  return sectors
}

function countFinding(expected: string, found: string): Finding {
  return { id: 'fat-incomplete', structure: 'double-indirect file allocation table', field: 'number of FAT sectors', expected, found }
}
