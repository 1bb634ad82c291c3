// A folder of the host that is filled by `extract` and `cab`. Nothing is written through symbolic links below it, and no
// file is replaced without being told. A file that is given up half written goes again.
import { closeSync, constants, existsSync, futimesSync, lstatSync, mkdirSync, openSync, readdirSync, rmSync, type Stats } from 'node:fs'
import { join, sep } from 'node:path'
import type { CabinetFileSink } from '../cabinet/index.ts'
import { makeFolder } from '../node/index.ts'
import { CommandError, folderError, outputError } from './errors.ts'
import { writeFully } from './write-file.ts'

export interface OutputFile extends CabinetFileSink {
  end(): void
  /** Instead of `end`: the file is not whole and shall not stay. */
  abandon(): void
}

export class OutputFolder {
  readonly path: string
  /** Folders that are there, by their segments. */
  readonly #made = new Map<string, string>()
  readonly #replace: boolean

  constructor(path: string, { replace = false } = {}) {
    this.path = path
    this.#replace = replace
    try {
      makeFolder(path)
    } catch (error) {
      throw folderError('output', path, error, 'Name a folder that can be written to with -o DIR.')
    }
  }

  get replaces(): boolean {
    return this.#replace
  }

  /** To be asked before anything is written. @throws CommandError ERROR_FILE_EXISTS when files would be replaced. */
  requireFree(files: readonly (readonly string[])[]): void {
    if (this.#replace || readdirSync(this.path).length === 0) return
    const taken = files.filter((segments) => existsSync(join(this.path, ...segments)))
    if (taken.length === 0) return
    throw new CommandError('ERROR_FILE_EXISTS', `${join(this.path, ...taken[0]!)}${taken.length > 1 ? ` and ${taken.length - 1} more` : ''}: expected no such file yet, found one`,
      'Name another folder, or say --force to replace files.')
  }

  /** Its folders are created. The segments must be safe names. */
  create(segments: readonly string[], modifiedMs?: number): OutputFile {
    return createOutputFile(this.place(segments), this.#replace, modifiedMs)
  }

  /** The path of a file that is about to be created, its folders being made. The segments must be safe names. */
  place(segments: readonly string[]): string {
    return this.#folder(segments) + segments.at(-1)!
  }

  /** The folder of a file, with a separator at its end. Paths are put together by hand: there are many, and their segments are known. */
  #folder(segments: readonly string[]): string {
    let key = ''
    for (let index = 0; index < segments.length - 1; index++) key += `${segments[index]!}/`
    const known = this.#made.get(key)
    if (known !== undefined) return known
    let at = this.path
    for (const segment of segments.slice(0, -1)) {
      at = join(at, segment)
      const found = lstatSync(at, { throwIfNoEntry: false }) ?? makeHere(at)
      if (found?.isDirectory() === false) throw new CommandError('ERROR_DIRECTORY', `${at}: expected a folder, found ${found.isSymbolicLink() ? 'a symbolic link' : 'a file'}`, 'Extract into an empty folder.')
    }
    const whole = at.endsWith(sep) ? at : at + sep
    this.#made.set(key, whole)
    return whole
  }
}

/** @param replace what is there goes first; otherwise it is an error, as a link is in any case. */
export function createOutputFile(path: string, replace: boolean, modifiedMs: number | undefined): OutputFile {
  const descriptor = open(path, replace)
  return {
    write: (chunk) => {
      try {
        writeFully(descriptor, chunk)
      } catch (error) {
        throw outputError(path, error)
      }
    },
    end: () => {
      if (modifiedMs !== undefined) futimesSync(descriptor, modifiedMs / 1000, modifiedMs / 1000)
      closeSync(descriptor)
    },
    abandon: () => {
      closeSync(descriptor)
      rmSync(path, { force: true })
    },
  }
}

/** @throws OutputError */
function open(path: string, replace: boolean): number {
  try {
    if (replace) rmSync(path, { force: true })
    return openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0), 0o644)
  } catch (error) {
    throw outputError(path, error)
  }
}

/** What another thread has put there meanwhile, if it has. */
function makeHere(path: string): Stats | undefined {
  try {
    mkdirSync(path)
    return undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return lstatSync(path)
  }
}
