// The files that `msikit cab create` is given: their names in the cabinet, sizes and times. Contents are read when they are
// needed, with one file open at a time.
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { foldCase, type ByteSource } from '../../base/index.ts'
import type { CabinetInput } from '../../cabinet/index.ts'
import { CommandError } from '../program/errors.ts'

/**
 * A file gets its own name, the files of a folder their paths below it, in the order of names.
 * @param latestMs what no time may exceed: of a build that is to be reproducible.
 * @throws CommandError when a file is missing, is no file, or two get the same name
 */
export function cabinetInputs(paths: readonly string[], latestMs = Number.POSITIVE_INFINITY): CabinetInput[] {
  const reader = new FileReader()
  const inputs: CabinetInput[] = []
  const names = new Map<string, string>()
  for (const { name, path } of paths.flatMap(filesOf)) {
    const folded = foldCase(name)
    const other = names.get(folded)
    if (other !== undefined) {
      throw new CommandError('ERROR_ALREADY_EXISTS', `${path}: expected a name of its own in the cabinet, found ${name}, which ${other} has`, 'Put them into two cabinets, or into folders.')
    }
    names.set(folded, path)
    const { size, mtimeMs, mode } = statSync(path)
    inputs.push({ name, source: reader.source(path, size), modifiedMs: Math.min(mtimeMs, latestMs), attributes: { archive: true, readOnly: (mode & 0o200) === 0 } })
  }
  return inputs
}

interface NamedPath {
  /** With backslashes between folders. */
  readonly name: string
  readonly path: string
}

function filesOf(path: string): NamedPath[] {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) throw new CommandError('ERROR_OPEN_FAILED', `${path}: expected a file or folder, found nothing`)
  if (stat.isFile()) return [{ name: basename(resolve(path)), path }]
  if (!stat.isDirectory()) throw new CommandError('ERROR_INVALID_PARAMETER', `${path}: expected a file or folder, found another thing`)
  return filesBelow(path, '')
}

function filesBelow(folder: string, prefix: string): NamedPath[] {
  const found: NamedPath[] = []
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => a.name < b.name ? -1 : 1)
  for (const entry of entries) {
    const path = join(folder, entry.name)
    // A link to a file stands for the file; a link to a folder might lead round in a circle.
    if (entry.isDirectory()) found.push(...filesBelow(path, `${prefix}${entry.name}\\`))
    else if (entry.isFile() || (entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isFile())) found.push({ name: prefix + entry.name, path })
    else throw new CommandError('ERROR_INVALID_PARAMETER', `${path}: expected a file or folder, found ${entry.isSymbolicLink() ? 'a link to none' : 'another thing'}`)
  }
  return found
}

/** Keeps the last file open: cabinets are written from front to back. */
class FileReader {
  #path: string | undefined
  #descriptor = -1

  source(path: string, size: number): ByteSource {
    return { size, read: (offset, length) => this.#read(path, offset, length) }
  }

  #read(path: string, offset: number, length: number): Uint8Array {
    if (this.#path !== path) {
      if (this.#path !== undefined) closeSync(this.#descriptor)
      this.#path = undefined
      this.#descriptor = openSync(path, 'r')
      this.#path = path
    }
    const bytes = new Uint8Array(length)
    let count = 0
    while (count < length) {
      const step = readSync(this.#descriptor, bytes, count, length - count, offset + count)
      if (step === 0) break
      count += step
    }
    return bytes.subarray(0, count)
  }
}
