// A folder of the host that is filled by `extract` and `export`. Nothing is written through symbolic links below it.
import { closeSync, constants, futimesSync, lstatSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { CabinetFileSink } from '../cabinet/index.ts'
import { makeFolder } from '../node/index.ts'
import { CommandError, folderError } from './errors.ts'
import { writeFully } from './write-file.ts'

export class OutputFolder {
  readonly path: string
  readonly #made = new Set<string>()

  constructor(path: string) {
    this.path = path
    try {
      makeFolder(path)
    } catch (error) {
      throw folderError('output', path, error, 'Name a folder that can be written to with -o DIR.')
    }
  }

  /** Creates or replaces a file; its folders are created. The segments must be safe names. */
  create(segments: readonly string[], modifiedMs?: number): CabinetFileSink & { end(): void } {
    const path = join(this.#folder(segments.slice(0, -1)), segments.at(-1)!)
    const descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0), 0o644)
    return {
      write: (chunk) => writeFully(descriptor, chunk),
      end: () => {
        if (modifiedMs !== undefined) futimesSync(descriptor, modifiedMs / 1000, modifiedMs / 1000)
        closeSync(descriptor)
      },
    }
  }

  #folder(segments: readonly string[]): string {
    const whole = join(this.path, ...segments)
    if (this.#made.has(whole)) return whole
    let at = this.path
    for (const segment of segments) {
      at = join(at, segment)
      if (this.#made.has(at)) continue
      const found = lstatSync(at, { throwIfNoEntry: false })
      if (found === undefined) mkdirSync(at)
      else if (!found.isDirectory()) throw new CommandError('ERROR_DIRECTORY', `${at}: expected a folder, found ${found.isSymbolicLink() ? 'a symbolic link' : 'a file'}`, 'Extract into an empty folder.')
      this.#made.add(at)
    }
    this.#made.add(whole)
    return whole
  }
}
