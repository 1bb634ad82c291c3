// Cabinets of a package whose directory is lost, as of a download that ended too early: found by how they begin. Streams begin
// at sectors, and large ones usually lie in one piece. Where files go is lost with the tables: they have their keys for names.
import type { ByteSource } from '../../base/index.ts'
import { openCabinet } from '../../cabinet/index.ts'
import { createDatabase } from '../../database/index.ts'
import type { LaidOutFile } from '../layout/file-layout.ts'
import { checkSegments, Places } from '../layout/places.ts'
import type { PackageSource } from './package-files.ts'

const sectorBytes = 512
const pieceBytes = 1 << 20

export interface CarvedFiles {
  /** The cabinets as streams of a package. */
  readonly opened: PackageSource
  readonly cabinets: readonly string[]
  readonly files: readonly LaidOutFile[]
}

/** @returns `undefined` when nothing looks like a cabinet that can be listed */
export function carve(path: string, source: ByteSource): CarvedFiles | undefined {
  const database = createDatabase()
  const places = new Places()
  const files = new Map<string, LaidOutFile>()
  const cabinets: string[] = []
  for (const offset of cabinetOffsets(source)) {
    const cabinet: ByteSource = { size: source.size - offset, read: (at, length) => source.read(offset + at, length) }
    const listed = listFiles(cabinet)
    if (listed === undefined) continue
    const name = `cabinet-at-${offset}`
    database.setStream(name, cabinet)
    cabinets.push(`#${name}`)
    for (const { name: key, size } of listed) {
      if (!files.has(key)) files.set(key, { key, sourcePath: [key], sizeBytes: size, sequence: 0, compressed: true, ...places.take([key], key) })
    }
  }
  return files.size === 0 ? undefined : { opened: { path, database }, cabinets, files: [...files.values()] }
}

function* cabinetOffsets(source: ByteSource): Generator<number> {
  for (let at = 0; at < source.size; at += pieceBytes) {
    const piece = source.read(at, pieceBytes)
    for (let offset = 0; offset + 4 <= piece.length; offset += sectorBytes) {
      if (piece[offset] === 0x4d && piece[offset + 1] === 0x53 && piece[offset + 2] === 0x43 && piece[offset + 3] === 0x46) yield at + offset
    }
  }
}

/** What only looks like a cabinet is passed over. */
function listFiles(cabinet: ByteSource): readonly { name: string; size: number }[] | undefined {
  try {
    const { files } = openCabinet(cabinet)
    for (const { name } of files) checkSegments([name], `file ${name}`)
    return files
  } catch {
    return undefined
  }
}
