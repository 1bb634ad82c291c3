// Files whose names differ in case only. A folder of a host may have them, Windows cannot: to change one of them would,
// sooner or later, change the other. Each folder is looked at once.
import { baseName, foldCase, parentPath } from '../../base/index.ts'
import type { FileSystem } from '../../platform/index.ts'

export class CaseCollisions {
  readonly #folders = new Map<string, ReadonlyMap<string, readonly string[]>>()

  /** The names in the folder of an existing file that are its own name, when there are several. */
  of(path: string, files: FileSystem): readonly string[] | undefined {
    const folder = parentPath(path)
    if (folder === undefined) return undefined
    const key = foldCase(folder)
    const known = this.#folders.get(key) ?? collisionsIn(files.list(folder))
    this.#folders.set(key, known)
    return known.get(foldCase(baseName(path)))
  }
}

function collisionsIn(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const seen = new Map<string, string[]>()
  for (const name of names) {
    const key = foldCase(name)
    const others = seen.get(key)
    if (others === undefined) seen.set(key, [name])
    else others.push(name)
  }
  return new Map([...seen].filter(([, spellings]) => spellings.length > 1))
}
