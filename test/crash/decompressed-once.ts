// Cabinets decompressed once for all runs of a scenario: what is tried is what happens to files, and the same bytes
// decompressed in each of a thousand runs would take most of their time. It goes through the engine's own port, behind which
// otherwise another thread decompresses; the pieces are those that come of decompressing, and their number is the same.
import { extractFolder } from 'msikit/cabinet'
import type { CompressedFolder, DecompressAhead } from 'msikit/platform'

interface Known {
  /** Where the folder's data lies, and all other numbers that it has. */
  readonly numbers: string
  readonly compressed: readonly Buffer[]
  readonly pieces: readonly Uint8Array[]
}

export class DecompressedOnce {
  readonly #known: Known[] = []

  readonly ahead: DecompressAhead = (folder, bytes) => {
    const { compression, blockCount, parts } = folder
    const numbers = JSON.stringify([bytes, compression, blockCount, parts.map(({ dataOffset, endOffset, blockCount: count, dataReserveBytes }) => [dataOffset, endOffset, count, dataReserveBytes])])
    const compressed = parts.map(({ source, dataOffset, endOffset }) => bufferOf(source.read(dataOffset, endOffset - dataOffset)))
    let known = this.#known.find((one) => one.numbers === numbers && one.compressed.every((part, index) => part.equals(compressed[index]!)))
    if (known === undefined) {
      known = { numbers, compressed: compressed.map((part) => Buffer.from(part)), pieces: piecesOf(folder, bytes) }
      this.#known.push(known)
    }
    return known.pieces
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** What cannot be decompressed is left to the caller, who sees what is wrong. */
function piecesOf({ compression, blockCount, parts }: CompressedFolder, bytes: number): Uint8Array[] {
  const pieces: Uint8Array[] = []
  try {
    extractFolder({ compression, blockCount, parts, continuesFrom: undefined, continuesTo: undefined }, { offsets: new Uint32Array(1), sizes: Uint32Array.of(bytes), name: () => 'folder' },
      () => ({ write: (piece) => { pieces.push(piece.slice()) } }))
  } catch {
    // The pieces before it count.
  }
  return pieces
}
