// What stands at the targets of an installation, looked at once in a pass over all its files: costing asks for each of
// them several times, and most lie in folders that do not exist yet. For one pass; whoever changes files takes a new one.
import { parentPath } from '../../base/index.ts'
import type { FileStat, FileSystem } from '../../platform/index.ts'

export class FilesSeen {
  readonly #files: FileSystem
  readonly #folders = new Map<string, boolean>()
  readonly #stats = new Map<string, FileStat | undefined>()

  constructor(files: FileSystem) {
    this.#files = files
  }

  stat(path: string): FileStat | undefined {
    const known = this.#stats.get(path)
    if (known !== undefined || this.#stats.has(path)) return known
    const folder = parentPath(path)
    const stat = folder === undefined || this.#isThere(folder) ? this.#files.stat(path) : undefined
    this.#stats.set(path, stat)
    return stat
  }

  #isThere(folder: string): boolean {
    let isThere = this.#folders.get(folder)
    if (isThere === undefined) {
      isThere = this.#files.stat(folder)?.kind === 'directory'
      this.#folders.set(folder, isThere)
    }
    return isThere
  }
}
