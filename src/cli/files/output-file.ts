// One file of the host as a command's result: written beside its place, synchronised, and moved there when it is whole.
// So the place holds the old file or the new one, and a file that is replaced may be read until the last moment.
import { closeSync, existsSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import type { ByteSink } from '../../base/index.ts'
import type { CommandInput, OptionSpec } from '../program/command.ts'
import { CommandError, outputError } from '../program/errors.ts'
import { writeFile, writeFully } from './write-file.ts'

export const forceOption: OptionSpec = { short: 'f', about: 'Replace what stands there already' }

/** @throws CommandError ERROR_FILE_EXISTS when the place is taken and nobody said --force. */
export function writeOutput(path: string, input: Pick<CommandInput, 'has'>, write: (sink: ByteSink) => void): void {
  requireFree(path, input)
  replaceFile(path, write)
}

/** To be asked before work that would be lost. @throws CommandError ERROR_FILE_EXISTS */
export function requireFree(path: string, input: Pick<CommandInput, 'has'>): void {
  if (input.has('force') || !existsSync(path) || isChannel(path)) return
  throw new CommandError('ERROR_FILE_EXISTS', `${path}: expected no such file yet, found one`, 'Name another file, or say --force to replace it.')
}

/** Whoever made a file read-only did not mean it to be changed; renaming, and root, would not ask. @throws CommandError ERROR_ACCESS_DENIED */
export function requireChangeable(path: string): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0o600
  if ((mode & 0o222) !== 0) return
  throw new CommandError('ERROR_ACCESS_DENIED', `${path}: expected a file that may be changed, found one that is read-only`, 'Write a changed copy with -o NEW, or make the file writable first.')
}

/** A pipe, a terminal or another device: written as it comes. One that were renamed over would be gone. */
function isChannel(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat !== undefined && !stat.isFile() && !stat.isDirectory()
}

/**
 * A link is followed, and the mode of the old file is kept.
 * @param read What reads the old file meanwhile: it is closed before the new one takes its place, as Windows demands.
 */
export function replaceFile(path: string, write: (sink: ByteSink) => void, read?: Disposable): void {
  if (isChannel(path)) {
    writeFile(path, write)
    read?.[Symbol.dispose]()
    return
  }
  const target = existsSync(path) ? realpathSync(path) : path
  const mode = statSync(target, { throwIfNoEntry: false })?.mode
  const work = `${target}.new-${process.pid}`
  try {
    const descriptor = openSync(work, 'wx', mode === undefined ? 0o666 : mode & 0o777)
    try {
      write({ write: (chunk) => writeFully(descriptor, chunk) })
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    read?.[Symbol.dispose]()
    renameSync(work, target)
  } catch (error) {
    rmSync(work, { force: true })
    // Another file that could not be read has its own path.
    const place = (error as NodeJS.ErrnoException).path
    throw place === undefined || place === work ? outputError(path, error) : error
  }
}
