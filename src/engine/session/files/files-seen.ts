// What stands at the targets of an installation, looked at once in a pass over all its files: costing asks for each of
// them several times, and most lie in folders that do not exist yet. For one pass; whoever changes files takes a new one.
import { parentPath } from '../../../base/index.ts'
import type { FileStat, FileSystem } from '../../../platform/index.ts'

/** So many numbers of each file that is there. */
const width = 4

export class FilesSeen {
  readonly #files: FileSystem
  readonly #folders = new Map<string, boolean>()
  /** Where the numbers of a file are; -1 of one that is not there. */
  readonly #places = new Map<string, number>()
  #numbers = new Float64Array(64 * width)
  #next = 0

  constructor(files: FileSystem) {
    this.#files = files
  }

  stat(path: string): FileStat | undefined {
    const place = this.#places.get(path)
    if (place !== undefined) return place < 0 ? undefined : this.#known(place)
    const folder = parentPath(path)
    const stat = folder === undefined || this.#isThere(folder) ? this.#files.stat(path) : undefined
    this.#places.set(path, stat === undefined ? -1 : this.#keep(stat))
    return stat
  }

  isFile(path: string): boolean {
    const folder = parentPath(path)
    return (folder === undefined || this.#isThere(folder)) && this.#files.kind(path) === 'file'
  }

  #keep({ kind, size, modifiedMs, createdMs, attributes: { readOnly, hidden, system } }: FileStat): number {
    const place = this.#next
    if (place === this.#numbers.length) {
      const larger = new Float64Array(place * 2)
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    this.#numbers.set([size, modifiedMs, createdMs, (kind === 'directory' ? 8 : 0) + (readOnly ? 4 : 0) + (hidden ? 2 : 0) + (system ? 1 : 0)], place)
    this.#next += width
    return place
  }

  #known(place: number): FileStat {
    const flags = this.#numbers[place + 3]!
    return {
      kind: (flags & 8) === 0 ? 'file' : 'directory', size: this.#numbers[place]!, modifiedMs: this.#numbers[place + 1]!, createdMs: this.#numbers[place + 2]!,
      attributes: { readOnly: (flags & 4) !== 0, hidden: (flags & 2) !== 0, system: (flags & 1) !== 0 },
    }
  }

  #isThere(folder: string): boolean {
    let isThere = this.#folders.get(folder)
    if (isThere === undefined) {
      isThere = this.#files.kind(folder) === 'directory'
      this.#folders.set(folder, isThere)
    }
    return isThere
  }
}
