// Takes the files of a package out of its cabinets, or from beside it where they are not compressed.
import { dirname, join } from 'node:path'
import { copyBytes, type ByteSource } from '../base/index.ts'
import { openCabinet, type CabinetFileSink } from '../cabinet/index.ts'
import type { Database } from '../database/index.ts'
import { openFileSource } from '../node/index.ts'
import { CommandError } from './errors.ts'
import { findBeside } from './find-beside.ts'
import type { LaidOutFile } from './file-layout.ts'
import { within, type OpenedPackage } from './open-package.ts'

/** Opens the place for a file; `modifiedMs` is what the cabinet says. */
/** What is needed of an open package. */
export type PackageSource = Pick<OpenedPackage, 'path' | 'database'>

export type OpenTarget = (file: LaidOutFile, modifiedMs?: number) => CabinetFileSink

/** In the order of the cabinets. @throws CommandError ERROR_INSTALL_SOURCE_ABSENT when a file or cabinet is missing. */
export function takeFiles(opened: PackageSource, files: readonly LaidOutFile[], open: OpenTarget): void {
  const wanted = new Map(files.filter((file) => file.compressed).map((file) => [file.key, file]))
  for (const media of mediaOf(opened.database)) {
    if (!anyWanted(wanted, media)) continue
    takeFromCabinet(opened, media.cabinet, wanted, open)
  }
  if (wanted.size > 0) {
    const names = [...wanted.keys()].slice(0, 3).join(', ')
    throw new CommandError('ERROR_INSTALL_SOURCE_ABSENT', `${opened.path}: expected every compressed file in a cabinet, found none with ${names}${wanted.size > 3 ? ` and ${wanted.size - 3} more` : ''}`)
  }
  for (const file of files) if (!file.compressed) copyFromSource(opened, file, open)
}

interface Media {
  /** `#name` lies in the package, `name` beside it. */
  readonly cabinet: string
  readonly firstSequence: number
  readonly lastSequence: number
}

function mediaOf(database: Database): Media[] {
  const table = database.table('Media')
  // A merge module has no Media table: its one cabinet has a fixed name.
  if (table === undefined) return database.stream('MergeModule.CABinet') ? [{ cabinet: '#MergeModule.CABinet', firstSequence: 0, lastSequence: Infinity }] : []
  const rows = [...table.rows()].map((row) => ({ cabinet: row.text('Cabinet'), lastSequence: row.integer('LastSequence') ?? 0 }))
  rows.sort((a, b) => a.lastSequence - b.lastSequence)
  return rows.map((row, index) => ({ ...row, firstSequence: index === 0 ? 0 : rows[index - 1]!.lastSequence + 1 })).filter(({ cabinet }) => cabinet !== '')
}

function anyWanted(wanted: ReadonlyMap<string, LaidOutFile>, { firstSequence, lastSequence }: Media): boolean {
  for (const { sequence } of wanted.values()) if (sequence >= firstSequence && sequence <= lastSequence) return true
  return false
}

/** Takes whatever is wanted: a file that runs over from one cabinet to the next counts as one of the first. */
function takeFromCabinet(opened: PackageSource, name: string, wanted: Map<string, LaidOutFile>, open: OpenTarget): void {
  within(`${opened.path}, cabinet ${name}`, 'ERROR_INSTALL_PACKAGE_INVALID', () => {
    const cabinet = openCabinet(cabinetSource(opened, name), { next: (next) => opened.database.stream(next) ?? cabinetSource(opened, next) })
    cabinet.extract((entry) => {
      const file = wanted.get(entry.name)
      if (file === undefined) return undefined
      wanted.delete(entry.name)
      return open(file, entry.modifiedMs)
    }, { unsafeNames: 'skip' })
  })
}

function cabinetSource({ path, database }: PackageSource, name: string): ByteSource {
  const source = name.startsWith('#') ? database.stream(name.slice(1)) : openBeside(path, [name])
  if (source !== undefined) return source
  const where = name.startsWith('#') ? 'a stream of the package' : `a file beside ${path}`
  throw new CommandError('ERROR_INSTALL_SOURCE_ABSENT', `cabinet ${name.replace(/^#/, '')}: expected ${where}, found nothing`,
    name.startsWith('#') ? undefined : 'Put the cabinet into the folder of the package.')
}

function copyFromSource({ path }: PackageSource, file: LaidOutFile, open: OpenTarget): void {
  const source = openBeside(path, file.sourcePath)
  if (source === undefined) {
    throw new CommandError('ERROR_INSTALL_SOURCE_ABSENT', `file ${file.key}: expected ${join(dirname(path), ...file.sourcePath)}, found nothing`,
      'The package does not carry this file: its source folder must lie beside it.')
  }
  const sink = open(file)
  copyBytes(source, sink)
  sink.end?.()
  source[Symbol.dispose]()
}

/** A file below the folder of the package; names match as on Windows. */
export function openBeside(path: string, segments: readonly string[]): ReturnType<typeof openFileSource> | undefined {
  const found = findBeside(path, segments)
  return found === undefined ? undefined : openFileSource(found)
}
