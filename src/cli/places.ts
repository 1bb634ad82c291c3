// Where extracted files go below the output folder: no two at one place, none outside.
import { foldCase } from '../base/index.ts'
import { CommandError } from './errors.ts'
import type { Output } from './output.ts'

export function checkSegments(path: readonly string[], what: string): void {
  const bad = path.find((segment) => segment === '' || segment === '.' || segment === '..' || /[\\/\0]/.test(segment) || segment.length > 255)
  if (bad === undefined) return
  throw new CommandError('ERROR_INVALID_NAME', `${what}: expected a name within the folder, found "${bad.slice(0, 300)}"`,
    'The package would write outside of the folder. Nothing was extracted; do not trust this package.')
}

const deviceName = /^(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[1-9\u00b9\u00b2\u00b3]) *(?:\.|$)/i

/** Names that no file of Windows can have are noted, and refused where Windows is the host: there they would be devices or streams of other files. */
export function checkWindowsNames(paths: Iterable<readonly string[]>, err: Pick<Output, 'line'>, platform: string = process.platform): void {
  const foreign: string[] = []
  for (const path of paths) if (path.some(isForeign)) foreign.push(path.join('/'))
  if (foreign.length === 0) return
  const names = `${visible(foreign[0]!)}${foreign.length > 1 ? ` and ${foreign.length - 1} more` : ''}`
  if (platform === 'win32') {
    throw new CommandError('ERROR_INVALID_NAME', `${names}: expected names that files of Windows can have, found a device, a forbidden character, or a dot or space at the end`,
      'Nothing was extracted. Choose other files with --match, or extract them on another system.')
  }
  err.line(`note: ${names}: no file of Windows can have such a name`)
}

function isForeign(segment: string): boolean {
  return deviceName.test(segment) || /[<>:"|?*\0-\x1f]|[. ]$/.test(segment)
}

function visible(name: string): string {
  return JSON.stringify(name.slice(0, 300))
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
    let suffix = `~${key}`
    while (this.#files.has(folded + foldCase(suffix))) suffix += '~'
    const moved = [...spelled.slice(0, -1), `${spelled.at(-1)}${suffix}`]
    checkSegments(moved, `file ${key}`)
    this.#files.add(folded + foldCase(suffix))
    return { path: moved, displacedFrom: spelled }
  }
}
