// Which medium and cabinet hold a file: the first Media row, by DiskId, whose LastSequence is not below the file's Sequence.
// https://learn.microsoft.com/windows/win32/msi/media-table, …/patch-table
// A file with rows in the Patch table is taken from the last patch that has it, when that has it whole. Binary deltas are not
// applied: their format is not documented.
import { FormatError } from '../../base/index.ts'
import { openCabinet } from '../../cabinet/index.ts'
import type { FileSource } from '../script/operation.ts'
import type { FileEntry } from '../session/files/files.ts'
import { InstallError } from '../session/messages/install-error.ts'
import type { Session } from '../session/session.ts'

interface Medium {
  readonly diskId: number
  readonly lastSequence: number
  /** `#stream`, a file name, or `''` for files that lie uncompressed in the source tree. */
  readonly cabinet: string
  /** Code of the patch whose cabinet it is. */
  readonly patch: string | undefined
}

/** The last change of a file by a patch. */
interface Delta {
  readonly sequence: number
  readonly vital: boolean
}

export interface MediaList {
  /**
   * @returns `undefined` for a file that only a delta could bring, and that may be left as it is
   * @throws InstallError 2602 when no Media row covers the file, 2919 when a compressed file has no cabinet, 1328 for a delta
   */
  source(file: FileEntry): FileSource | undefined
}

export function mediaList(session: Session): MediaList {
  const media = mediaRows(session)
  const deltas = lastDeltas(session)
  const sizes = new Map<string, ReadonlyMap<string, number>>()
  return {
    source: (file) => {
      const delta = deltas.get(file.key)
      return delta === undefined ? fileSource(session, media, file) : patchedSource(session, media, file, delta, sizes)
    },
  }
}

/** Number of the disk that holds the file; 1 when no Media row covers it. */
export function diskId(session: Session, file: FileEntry): number {
  return mediaRows(session).find((one) => one.lastSequence >= file.sequence)?.diskId ?? 1
}

function mediaRows(session: Session): Medium[] {
  const media: Medium[] = []
  for (const row of session.rows('Media')) {
    const diskId = row.integer('DiskId') ?? 0
    media.push({ diskId, lastSequence: row.integer('LastSequence') ?? 0, cabinet: row.text('Cabinet'), patch: session.patches?.media.get(diskId)?.patchCode })
  }
  // Those of patches come last, by their numbers: they are in the order in which the patches are applied.
  return media.sort((a, b) => a.patch === b.patch || (a.patch !== undefined && b.patch !== undefined) ? (a.patch === undefined ? a.diskId - b.diskId : a.lastSequence - b.lastSequence) : a.patch === undefined ? -1 : 1)
}

function lastDeltas(session: Session): Map<string, Delta> {
  const deltas = new Map<string, Delta>()
  if (session.patches === undefined) return deltas
  for (const row of session.rows('Patch')) {
    const sequence = row.integer('Sequence') ?? 0
    if ((deltas.get(row.text('File_'))?.sequence ?? -1) < sequence) deltas.set(row.text('File_'), { sequence, vital: ((row.integer('Attributes') ?? 0) & 1) === 0 })
  }
  return deltas
}

function fileSource(session: Session, media: readonly Medium[], file: FileEntry): FileSource {
  const medium = media.find((one) => one.lastSequence >= file.sequence)
  if (!file.compressed && medium?.patch === undefined) return { kind: 'file', path: file.sourcePath }
  if (medium === undefined) throw new InstallError(2602, ['File', file.key])
  if (medium.cabinet === '') throw new InstallError(2919, [file.key])
  return fromCabinet(session, medium, file)
}

function fromCabinet(session: Session, { cabinet, patch }: Medium, file: FileEntry): FileSource {
  const { sourceRoot } = session
  return patch === undefined ? { kind: 'cabinet', cabinet, sourceRoot, fileKey: file.key } : { kind: 'cabinet', cabinet, sourceRoot, fileKey: file.key, patch }
}

function patchedSource(session: Session, media: readonly Medium[], file: FileEntry, delta: Delta, sizes: Map<string, ReadonlyMap<string, number>>): FileSource | undefined {
  // A later patch may have brought the file whole.
  if (file.sequence > delta.sequence) return fileSource(session, media, file)
  const medium = media.find((one) => one.patch !== undefined && one.lastSequence >= delta.sequence)
  if (medium !== undefined && cabinetSizes(session, medium, sizes).get(file.key) === file.size) return fromCabinet(session, medium, file)
  session.messages.log(`File: ${file.targetPath};  The patch ${medium?.patch ?? ''} has it as a binary delta, whose format is not documented: deltas are not applied`)
  if (!delta.vital) return undefined
  throw new InstallError(1328, [file.targetPath, notSupported])
}

/** ERROR_NOT_SUPPORTED */
const notSupported = 50

/** Sizes of what is in a patch's cabinet, by name: a delta has another one than the file that comes of it. */
function cabinetSizes(session: Session, { cabinet, patch }: Medium, known: Map<string, ReadonlyMap<string, number>>): ReadonlyMap<string, number> {
  const id = `${patch}\0${cabinet}`
  const sizes = known.get(id) ?? readSizes(session, cabinet, patch!)
  known.set(id, sizes)
  return sizes
}

function readSizes(session: Session, cabinet: string, patch: string): ReadonlyMap<string, number> {
  const stream = cabinet.startsWith('#') ? session.patches?.stream(patch, cabinet.slice(1)) : undefined
  try {
    return new Map(stream === undefined ? [] : openCabinet(stream).files.map(({ name, size }) => [name, size]))
  } catch (error) {
    if (error instanceof FormatError) throw new InstallError(1335, [cabinet], { cause: error })
    throw error
  }
}
