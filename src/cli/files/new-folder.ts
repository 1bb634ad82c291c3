// A folder as a command's result: filled beside its place and moved there when it is whole. With --force into one that is
// there already: what an earlier export left goes, everything else in it stays.
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { ByteSink } from '../../base/index.ts'
import type { CommandInput } from '../program/command.ts'
import { CommandError, folderError, outputError } from '../program/errors.ts'
import { writeFile } from './write-file.ts'

export interface FolderWriter {
  /** Segments must be safe names. */
  write(path: readonly string[], write: (sink: ByteSink) => void): void
}

/**
 * @param isLeftover Whether something at the top of an existing folder belongs to an earlier result.
 * @throws CommandError ERROR_DIR_NOT_EMPTY when there is something and nobody said --force.
 */
export function writeFolder(path: string, input: Pick<CommandInput, 'has'>, isLeftover: (name: string, all: ReadonlySet<string>) => boolean, fill: (writer: FolderWriter) => void): void {
  const target = resolve(path)
  const there = listFolder(target)
  if (there.length > 0 && !input.has('force')) {
    throw new CommandError('ERROR_DIR_NOT_EMPTY', `${path}: expected no such folder yet, or an empty one, found ${there.length === 1 ? 'a file' : `${there.length} files`} in it`,
      'Name another folder, or say --force to replace an earlier export in it.')
  }
  const work = `${target}.new-${process.pid}`
  try {
    makeFolders(path, work)
    const made = new Set<string>()
    fill({ write: (segments, write) => {
      const folder = join(work, ...segments.slice(0, -1))
      if (!made.has(folder)) mkdirSync(folder, { recursive: true })
      made.add(folder)
      try {
        writeFile(join(work, ...segments), write)
      } catch (error) {
        throw outputError(join(path, ...segments), error)
      }
    } })
    moveInto(work, target, there, isLeftover)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function listFolder(path: string): string[] {
  try {
    return existsSync(path) ? readdirSync(path) : []
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') (error as NodeJS.ErrnoException).code = 'EEXIST'
    throw folderError('output', path, error, 'Name a folder that can be written to with -o DIR.')
  }
}

function makeFolders(path: string, work: string): void {
  try {
    mkdirSync(dirname(work), { recursive: true })
    mkdirSync(work)
  } catch (error) {
    throw folderError('output', path, error, 'Name a folder that can be written to with -o DIR.')
  }
}

function moveInto(work: string, target: string, there: readonly string[], isLeftover: (name: string, all: ReadonlySet<string>) => boolean): void {
  if (there.length === 0) {
    if (existsSync(target)) rmdirSync(target)
    renameSync(work, target)
    return
  }
  const all = new Set(there)
  const names = readdirSync(work)
  for (const name of there) if (isLeftover(name, all) || names.includes(name)) rmSync(join(target, name), { recursive: true, force: true })
  for (const name of names) renameSync(join(work, name), join(target, name))
}
