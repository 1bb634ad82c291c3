// The data blocks of one folder in order, from every cabinet that has a part of it, with checksums verified.
// [MS-CAB] section 2.4: the last block in a cabinet may be the first half of one that the next cabinet completes.
import { concatBytes, FormatError, type ByteSource } from '../../base/index.ts'
import { dataChecksum, type Checksum } from '../checksum.ts'
import { dataEntry, maximumBlockBytes, type DataEntry } from '../structures.ts'
import { PieceReader } from './piece-reader.ts'

/** What one cabinet holds of a folder. */
export interface FolderPart {
  readonly source: ByteSource
  readonly dataOffset: number
  readonly blockCount: number
  readonly dataReserveBytes: number
  /** Where the data of the next folder begin, or the source ends. */
  readonly endOffset: number
}

export interface DataBlock {
  readonly data: Uint8Array
  readonly uncompressedBytes: number
  /** Where its CFDATA (the first, if it is in two parts) stands in its cabinet. */
  readonly offsetBytes: number
}

export interface BlockOptions {
  /** Instead of the one in TypeScript. */
  readonly checksum?: Checksum
  /** The folder goes on in a cabinet that is not here: so may its last block. */
  readonly continues?: boolean
}

/** Blocks are valid until the next one is asked for. @throws FormatError */
export function* readBlocks(parts: readonly FolderPart[], { checksum, continues = false }: BlockOptions = {}): Generator<DataBlock, void, undefined> {
  let firstHalf: { readonly data: Uint8Array; readonly offsetBytes: number } | undefined
  for (const [partIndex, part] of parts.entries()) {
    const reader = new PieceReader(part.source)
    let offset = part.dataOffset
    for (let index = 0; index < part.blockCount; index++) {
      const offsetBytes = offset
      const entry = readEntry(reader, part, offset)
      const data = readData(reader, part, offset, entry, checksum)
      offset += dataEntry.size + part.dataReserveBytes + entry.compressedBytes
      if (entry.uncompressedBytes === 0) {
        const isLast = index === part.blockCount - 1 && partIndex === parts.length - 1
        if (isLast && continues) return
        if (isLast || index !== part.blockCount - 1 || firstHalf !== undefined) throw unfinished(offsetBytes)
        firstHalf = { data: new Uint8Array(data), offsetBytes }
        continue
      }
      if (firstHalf === undefined) yield { data, uncompressedBytes: entry.uncompressedBytes, offsetBytes }
      else {
        yield { data: concatBytes([firstHalf.data, data]), uncompressedBytes: entry.uncompressedBytes, offsetBytes: firstHalf.offsetBytes }
        firstHalf = undefined
      }
    }
  }
}

function readEntry(reader: PieceReader, part: FolderPart, offset: number): DataEntry {
  const bytes = reader.at(offset, dataEntry.size)
  if (bytes.length < dataEntry.size || offset + dataEntry.size > part.endOffset) throw outside(part, offset, 'header', dataEntry.size)
  const entry = dataEntry.read(bytes)
  if (entry.uncompressedBytes > maximumBlockBytes) {
    throw new FormatError({ structure: 'cabinet data block', field: 'uncompressed size', offsetBytes: offset + 6,
      expected: `at most ${maximumBlockBytes}`, found: `${entry.uncompressedBytes}` })
  }
  return entry
}

function readData(reader: PieceReader, part: FolderPart, offset: number, entry: DataEntry, checksum: Checksum | undefined): Uint8Array {
  const length = part.dataReserveBytes + entry.compressedBytes
  const bytes = reader.at(offset + dataEntry.size, length)
  if (bytes.length < length || offset + dataEntry.size + length > part.endOffset) throw outside(part, offset, 'data', length)
  const data = part.dataReserveBytes === 0 ? bytes : bytes.subarray(part.dataReserveBytes)
  if (entry.checksum === 0) return data
  const computed = dataChecksum(data, entry.compressedBytes, entry.uncompressedBytes, checksum)
  if (computed !== entry.checksum) {
    throw new FormatError({ structure: 'cabinet data block', field: 'checksum', offsetBytes: offset, expected: hex(entry.checksum), found: hex(computed) })
  }
  return data
}

function outside(part: FolderPart, offset: number, field: string, length: number): FormatError {
  return new FormatError({ structure: 'cabinet data block', field, offsetBytes: offset,
    expected: `${length} bytes before ${part.endOffset}, where the folder's data end`, found: `${Math.max(0, part.endOffset - offset)}` })
}

function unfinished(offsetBytes: number): FormatError {
  return new FormatError({ structure: 'cabinet data block', field: 'uncompressed size', offsetBytes,
    expected: 'a size, or the rest of the block in the next cabinet', found: '0' })
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`
}
