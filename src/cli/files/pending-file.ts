// A file of the host that is written beside its place and moved there when it and its companions are whole.
import { closeSync, existsSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import type { PatchableSink } from '../../cabinet/index.ts'
import { CommandError, outputError } from '../program/errors.ts'
import { writeFully } from './write-file.ts'

/** Small pieces are gathered: a cabinet has two for each block. */
const bufferBytes = 1 << 18

export class PendingFile implements PatchableSink {
  /** As it was named. */
  readonly #path: string
  readonly #target: string
  readonly #work: string
  readonly #descriptor: number
  readonly #buffer = new Uint8Array(bufferBytes)
  #filled = 0
  #open = true

  /** A link is followed, and the mode of the old file is kept. */
  constructor(path: string) {
    this.#path = path
    this.#target = existsSync(path) ? realpathSync(path) : path
    this.#work = `${this.#target}.new-${process.pid}`
    const stat = statSync(this.#target, { throwIfNoEntry: false })
    if (stat !== undefined && !stat.isFile()) {
      throw new CommandError('ERROR_FILE_EXISTS', `${path}: expected a file, or a place for one, found: ${stat.isDirectory() ? 'a folder' : 'a device'}`, 'Name a file with -o FILE.')
    }
    try {
      this.#descriptor = openSync(this.#work, 'wx', stat === undefined ? 0o666 : stat.mode & 0o777)
    } catch (error) {
      throw outputError(path, error)
    }
  }

  write(chunk: Uint8Array): void {
    if (this.#filled + chunk.length > bufferBytes) this.#flush()
    if (chunk.length >= bufferBytes) this.#write(chunk)
    else {
      this.#buffer.set(chunk, this.#filled)
      this.#filled += chunk.length
    }
  }

  patch(offsetBytes: number, bytes: Uint8Array): void {
    this.#flush()
    this.#write(bytes, offsetBytes)
  }

  commit(): void {
    this.#flush()
    fsyncSync(this.#descriptor)
    this.#close()
    renameSync(this.#work, this.#target)
  }

  discard(): void {
    this.#close()
    rmSync(this.#work, { force: true })
  }

  #write(bytes: Uint8Array, offsetBytes?: number): void {
    try {
      writeFully(this.#descriptor, bytes, offsetBytes)
    } catch (error) {
      throw outputError(this.#path, error)
    }
  }

  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#filled))
    this.#filled = 0
  }

  #close(): void {
    if (this.#open) closeSync(this.#descriptor)
    this.#open = false
  }
}
