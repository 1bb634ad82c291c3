// Where extracted files go below the output folder: no two at one place, none outside.
import { foldCase } from '../base/index.ts'
import { CommandError } from './errors.ts'

export function checkSegments(path: readonly string[], what: string): void {
  const bad = path.find((segment) => segment === '' || segment === '.' || segment === '..' || /[\\/\0]/.test(segment) || segment.length > 255)
  if (bad === undefined) return
  throw new CommandError('ERROR_INVALID_NAME', `${what}: expected a name within the folder, found "${bad.slice(0, 300)}"`,
    'The package would write outside of the folder. Nothing was extracted; do not trust this package.')
}

/** Windows takes names that differ in case for one: places are kept by folded names, folders in their first spelling. */
export class Places {
  readonly #spellings = new Map<string, string>()
  readonly #files = new Set<string>()
  readonly #numbers = new Map<string, number>()

  /** A taken place gives way with a number. */
  takeNumbered(path: readonly string[]): { path: readonly string[]; displacedFrom?: readonly string[] } {
    const folded = path.map((segment) => `\\${foldCase(segment)}`).join('')
    const number = (this.#numbers.get(folded) ?? 0) + 1
    this.#numbers.set(folded, number)
    return this.take(path, `${number}`)
  }

  take(path: readonly string[], key: string): { path: readonly string[]; displacedFrom?: readonly string[] } {
    let folded = ''
    const spelled = path.map((segment, index) => {
      folded += `\\${foldCase(segment)}`
      if (index === path.length - 1) return segment
      const first = this.#spellings.get(folded) ?? segment
      this.#spellings.set(folded, first)
      return first
    })
    if (!this.#files.has(folded) && !this.#spellings.has(folded)) {
      this.#files.add(folded)
      return { path: spelled }
    }
    const moved = [...spelled.slice(0, -1), `${spelled.at(-1)}~${key}`]
    checkSegments(moved, `file ${key}`)
    this.#files.add(`${folded}~${foldCase(key)}`)
    return { path: moved, displacedFrom: spelled }
  }
}
