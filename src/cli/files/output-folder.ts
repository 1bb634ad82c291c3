// A folder of the host that is filled by `extract` and `cab`. Nothing is written through symbolic links below it, and no
// file is replaced without being told. A file that is given up half written goes again.
import { closeSync, constants, existsSync, futimesSync, lstatSync, mkdirSync, openSync, readdirSync, rmSync, type Stats } from 'node:fs'
import { join, sep } from 'node:path'
import type { CabinetFileSink } from '../../cabinet/index.ts'
import { makeFolder } from '../../node/index.ts'
import { pathOf, placeAt, type Place, type PlaceList } from '../layout/places.ts'
import { CommandError, folderError, outputError } from '../program/errors.ts'
import { writeFully } from './write-file.ts'

export interface OutputFile extends CabinetFileSink {
  end(): void
  /** Instead of `end`: the file is not whole and shall not stay. */
  abandon(): void
}

export class OutputFolder {
  readonly path: string
  /** Folders that are there, by their segments: the path of each with a separator at its end. */
  readonly #made = new Map<string, string>()
  #last: { readonly folder: readonly string[]; readonly path: string } | undefined
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
  requireFree(files: PlaceList): void {
    if (this.#replace || readdirSync(this.path).length === 0) return
    const taken: string[] = []
    for (let number = 0; number < files.length; number++) {
      const path = join(this.path, ...pathOf(placeAt(files, number)))
      if (existsSync(path)) taken.push(path)
    }
    if (taken.length === 0) return
    throw new CommandError('ERROR_FILE_EXISTS', `${taken[0]!}${taken.length > 1 ? ` and ${taken.length - 1} more` : ''}: expected no such file yet, found one`,
      'Name another folder, or say --force to replace files.')
  }

  /** Its folders are created. */
  create({ folder, name }: Place, modifiedMs?: number): OutputFile {
    return createOutputFile(this.place(folder, name), this.#replace, modifiedMs)
  }

  /** The path of a file that is about to be created, its folders being made. Put together by hand: there are many, and their segments are known. */
  place(folder: readonly string[], name: string): string {
    if (this.#last?.folder !== folder) this.#last = { folder, path: this.#folder(folder) }
    return this.#last.path + name
  }

  #folder(folder: readonly string[]): string {
    const key = folder.join('/')
    const known = this.#made.get(key)
    if (known !== undefined) return known
    let at = this.path
    for (const segment of folder) {
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
  return new HostFile(path, open(path, replace), modifiedMs)
}

class HostFile implements OutputFile {
  readonly #path: string
  readonly #descriptor: number
  readonly #modifiedMs: number | undefined

  constructor(path: string, descriptor: number, modifiedMs: number | undefined) {
    this.#path = path
    this.#descriptor = descriptor
    this.#modifiedMs = modifiedMs
  }

  write(chunk: Uint8Array): void {
    try {
      writeFully(this.#descriptor, chunk)
    } catch (error) {
      throw outputError(this.#path, error)
    }
  }

  end(): void {
    if (this.#modifiedMs !== undefined) futimesSync(this.#descriptor, this.#modifiedMs / 1000, this.#modifiedMs / 1000)
    closeSync(this.#descriptor)
  }

  abandon(): void {
    closeSync(this.#descriptor)
    rmSync(this.#path, { force: true })
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
