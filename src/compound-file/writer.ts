// Writes compound files, MS-CFB versions 3 and 4: the same content gives the same bytes, with no space to spare.
// The sink gets the file in order; the sizes of all streams must be known before.
import { littleEndianBytes, WindowsError, type ByteSink, type ByteSource } from '../base/index.ts'
import type { StorageContent } from './content.ts'
import { directoryEntry } from './directory-entry.ts'
import { planDirectory } from './directory-tree.ts'
import { header, miniStreamCutoff, sectorMark } from './header.ts'
import { isMini, miniSectorBytes, planLayout, rangeLockSector, type Layout, type Run } from './layout.ts'

export interface WriteOptions {
  /** Version 3 unless the file would be larger than 2 GiB. */
  readonly majorVersion?: 3 | 4
}

const largestVersion3File = 0x8000_0000
/**
 * Writes a compound file.
 *
 * @throws FormatError ERROR_INVALID_NAME for a name that is too long, reserved or used twice
 * @throws WindowsError ERROR_NOT_SUPPORTED when the content does not fit into the version that was asked for
 */
export function writeCompoundFile(root: StorageContent, sink: ByteSink, options?: WriteOptions): void {
  const entries = planDirectory(root)
  let layout = planLayout(entries, options?.majorVersion ?? 3)
  if (layout.majorVersion === 3 && layout.fileBytes > largestVersion3File) {
    if (options?.majorVersion === 3) {
      throw new WindowsError('ERROR_NOT_SUPPORTED', `compound file: expected at most 2 GiB in version 3, found ${layout.fileBytes} bytes`)
    }
    layout = planLayout(entries, 4)
  }
  new Emitter(sink, layout).emit()
}

class Emitter {
  readonly #sink: ByteSink
  readonly #layout: Layout
  readonly #sectorBytes: number
  #written = 0

  constructor(sink: ByteSink, layout: Layout) {
    this.#sink = sink
    this.#layout = layout
    this.#sectorBytes = 2 ** layout.sectorShift
  }

  emit(): void {
    const { entries, miniStream } = this.#layout
    this.#put(this.#header())
    this.#difat()
    this.#put(littleEndianBytes(this.#fat()))
    this.#put(this.#directory())
    this.#put(littleEndianBytes(this.#miniFat()))
    entries.forEach(({ source }) => { if (source !== undefined && isMini(source)) this.#stream(source, miniSectorBytes) })
    if (miniStream.count > 0) this.#pad(this.#sectorBytes)
    entries.forEach(({ source }) => { if (source !== undefined && !isMini(source)) this.#stream(source, this.#sectorBytes) })
  }

  /** The id of the sector that comes `index`th. */
  #id(index: number): number {
    return this.#layout.majorVersion === 4 && index >= rangeLockSector ? index + 1 : index
  }

  #firstId(run: Run): number {
    return run.count === 0 ? sectorMark.endOfChain : this.#id(run.first)
  }

  #header(): Uint8Array {
    const { majorVersion, sectorShift, difat, fat, directory, miniFat } = this.#layout
    const inHeader = new Uint32Array(header.difatInHeader).fill(sectorMark.free)
    for (let index = 0; index < Math.min(fat.count, inHeader.length); index++) inHeader[index] = this.#id(fat.first + index)
    return header.write({
      majorVersion, sectorShift, miniStreamCutoff,
      fatSectorCount: fat.count,
      directorySectorCount: majorVersion === 3 ? 0 : directory.count,
      firstDirectorySector: this.#firstId(directory),
      firstMiniFatSector: this.#firstId(miniFat),
      miniFatSectorCount: miniFat.count,
      firstDifatSector: this.#firstId(difat),
      difatSectorCount: difat.count,
      difat: inHeader,
    })
  }

  #difat(): void {
    const { difat, fat } = this.#layout
    const perSector = this.#sectorBytes / 4
    let next = header.difatInHeader
    for (let sector = 0; sector < difat.count; sector++) {
      const entries = new Uint32Array(perSector).fill(sectorMark.free)
      for (let index = 0; index < perSector - 1 && next < fat.count; index++, next++) entries[index] = this.#id(fat.first + next)
      entries[perSector - 1] = sector + 1 < difat.count ? this.#id(difat.first + sector + 1) : sectorMark.endOfChain
      this.#put(littleEndianBytes(entries))
    }
  }

  #fat(): Uint32Array {
    const { difat, fat, directory, miniFat, miniStream, streams, entries, usedSectors, majorVersion } = this.#layout
    const table = new Uint32Array(fat.count * (this.#sectorBytes / 4)).fill(sectorMark.free)
    const mark = (run: Run, value: number): void => { for (let index = 0; index < run.count; index++) table[this.#id(run.first + index)] = value }
    const chain = (run: Run): void => {
      for (let index = 0; index < run.count; index++) {
        table[this.#id(run.first + index)] = index + 1 < run.count ? this.#id(run.first + index + 1) : sectorMark.endOfChain
      }
    }
    mark(difat, sectorMark.difat)
    mark(fat, sectorMark.fat)
    for (const run of [directory, miniFat, miniStream]) chain(run)
    streams.forEach((run, id) => { if (run !== undefined && !isMini(entries[id]!.source)) chain(run) })
    if (majorVersion === 4 && usedSectors > rangeLockSector) table[rangeLockSector] = sectorMark.endOfChain
    return table
  }

  #miniFat(): Uint32Array {
    const { miniFat, streams, entries } = this.#layout
    const table = new Uint32Array(miniFat.count * (this.#sectorBytes / 4)).fill(sectorMark.free)
    streams.forEach((run, id) => {
      if (run === undefined || !isMini(entries[id]!.source)) return
      for (let index = 0; index < run.count; index++) table[run.first + index] = index + 1 < run.count ? run.first + index + 1 : sectorMark.endOfChain
    })
    return table
  }

  #directory(): Uint8Array {
    const { entries, streams, directory, miniStream, miniStreamBytes } = this.#layout
    const bytes = new Uint8Array(directory.count * this.#sectorBytes)
    entries.forEach(({ entry, source }, id) => {
      const run = streams[id]
      const place = id === 0 ? { startSector: this.#firstId(miniStream), sizeBytes: miniStreamBytes }
        : source === undefined ? { startSector: 0, sizeBytes: 0 }
          : run === undefined ? { startSector: sectorMark.endOfChain, sizeBytes: 0 }
            : { startSector: isMini(source) ? run.first : this.#firstId(run), sizeBytes: source.size }
      directoryEntry.write({ ...entry, ...place }, bytes, id * directoryEntry.size)
    })
    for (let offset = entries.length * directoryEntry.size; offset < bytes.length; offset += directoryEntry.size) {
      directoryEntry.writeUnused(bytes, offset)
    }
    return bytes
  }

  #stream(source: ByteSource, unitBytes: number): void {
    const pieceBytes = 1 << 20
    for (let offset = 0; offset < source.size;) {
      const piece = source.read(offset, Math.min(pieceBytes, source.size - offset))
      if (piece.length === 0) throw new WindowsError('ERROR_READ_FAULT', `stream: expected ${source.size} bytes, found ${offset}`)
      this.#put(piece)
      offset += piece.length
    }
    this.#pad(unitBytes)
  }

  #pad(unitBytes: number): void {
    const rest = this.#written % unitBytes
    if (rest > 0) this.#put(new Uint8Array(unitBytes - rest))
  }

  /** Everything goes through here: the range lock sector is stepped over where it comes. */
  #put(bytes: Uint8Array): void {
    const lockStart = (rangeLockSector + 1) * this.#sectorBytes
    if (this.#layout.majorVersion === 4 && this.#written <= lockStart && this.#written + bytes.length > lockStart) {
      const before = lockStart - this.#written
      if (before > 0) this.#sink.write(bytes.subarray(0, before))
      this.#sink.write(new Uint8Array(this.#sectorBytes))
      this.#written = lockStart + this.#sectorBytes
      this.#put(bytes.subarray(before))
      return
    }
    if (bytes.length === 0) return
    this.#sink.write(bytes)
    this.#written += bytes.length
  }
}
