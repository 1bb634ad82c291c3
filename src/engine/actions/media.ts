// Which medium and cabinet hold a file: the first Media row, by DiskId, whose LastSequence is not below the file's Sequence.
// https://learn.microsoft.com/windows/win32/msi/media-table
import type { FileSource } from '../script/operation.ts'
import type { FileEntry } from '../session/files.ts'
import type { Session } from '../session/session.ts'
import { InstallError } from '../session/install-error.ts'

interface Medium {
  readonly diskId: number
  readonly lastSequence: number
  /** `#stream`, a file name, or `''` for files that lie uncompressed in the source tree. */
  readonly cabinet: string
}

export interface MediaList {
  /** @throws InstallError 2602 when no Media row covers the file, 2919 when a compressed file has no cabinet. */
  source(file: FileEntry): FileSource
}

export function mediaList(session: Session): MediaList {
  const media = mediaRows(session)
  return { source: (file) => fileSource(session, media, file) }
}

/** Number of the disk that holds the file; 1 when no Media row covers it. */
export function diskId(session: Session, file: FileEntry): number {
  return mediaRows(session).find((one) => one.lastSequence >= file.sequence)?.diskId ?? 1
}

function mediaRows(session: Session): Medium[] {
  const media: Medium[] = []
  for (const row of session.rows('Media')) {
    media.push({ diskId: row.integer('DiskId') ?? 0, lastSequence: row.integer('LastSequence') ?? 0, cabinet: row.text('Cabinet') })
  }
  return media.sort((a, b) => a.diskId - b.diskId)
}

function fileSource(session: Session, media: readonly Medium[], file: FileEntry): FileSource {
  if (!file.compressed) return { kind: 'file', path: file.sourcePath }
  const medium = media.find((one) => one.lastSequence >= file.sequence)
  if (medium === undefined) throw new InstallError(2602, ['File', file.key])
  if (medium.cabinet === '') throw new InstallError(2919, [file.key])
  return { kind: 'cabinet', cabinet: medium.cabinet, sourceRoot: session.sourceRoot, fileKey: file.key }
}
