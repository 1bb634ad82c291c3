// The contents of a package's files, each by a digest, without writing them anywhere.
import { createHash } from 'node:crypto'
import type { Hash } from '../../base/index.ts'
import { databaseClassIds } from '../../database/index.ts'
import type { FileContents } from '../difference/package-difference.ts'
import { filesOf, layOutFiles, type LaidOutFile } from '../layout/file-layout.ts'
import { pathText } from '../layout/places.ts'
import type { OpenedPackage } from './open-package.ts'
import { takeFiles, type FileProblem } from './package-files.ts'
import { layOutPatch } from './patch-layout.ts'

export function createSha256(): Hash {
  const hash = createHash('sha256')
  return { update: (chunk) => { hash.update(chunk) }, digest: () => hash.digest() }
}

export interface PackageContents {
  readonly files: FileContents
  readonly problems: readonly FileProblem[]
}

/** By path in the layout of the target. */
export function packageContents(opened: OpenedPackage): PackageContents {
  const isPatch = opened.database.classId.toUpperCase() === databaseClassIds.patch
  const layout = isPatch ? layOutPatch(opened, 'target') : { files: [...filesOf(layOutFiles(opened.database, 'target'))], cabinets: undefined }
  const contents = new Map<string, { sizeBytes: number; digest: string }>()
  const problems = takeFiles(opened, layout.files, (file: LaidOutFile) => {
    const digest = createSha256()
    let sizeBytes = 0
    return {
      write: (chunk) => {
        digest.update(chunk)
        sizeBytes += chunk.length
      },
      end: () => { contents.set(pathText(file), { sizeBytes, digest: Buffer.from(digest.digest()).toString('hex') }) },
    }
  }, { cabinets: layout.cabinets })
  return { files: contents, problems }
}

/** Streams of the package that hold its files. */
export function cabinetStreams({ database }: Pick<OpenedPackage, 'database'>): string[] {
  const named = [...database.table('Media')?.rows() ?? []].map((row) => row.text('Cabinet')).filter((name) => name.startsWith('#')).map((name) => name.slice(1))
  return [...named, 'MergeModule.CABinet'].filter((name) => database.stream(name) !== undefined)
}

