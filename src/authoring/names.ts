// Names in a package: identifiers for primary keys, and the short names that Filename columns have beside long ones.
// https://learn.microsoft.com/windows/win32/msi/identifier and /filename
import { createHashes, WindowsError } from '../base/index.ts'

const identifier = /^[A-Za-z_][A-Za-z0-9_.]*$/
const longNameProblem = /[\\/?|><:*"]|^\.{1,2}$|^$|[\0-\x1f]/
const shortName = /^[^\\?|><:/*"+,;=[\] .]{1,8}(\.[^\\?|><:/*"+,;=[\] .]{1,3})?$/
const keyWidth = 72

/** Primary keys of one table; compared without regard to case, as the engine does with files. */
export class Keys {
  readonly #taken = new Set<string>()

  /** @throws WindowsError ERROR_INVALID_PARAMETER when the key is no identifier, too long or taken */
  claim(key: string, width = keyWidth): string {
    const problem = !identifier.test(key) ? 'an identifier' : key.length > width ? `at most ${width} characters` : this.#taken.has(key.toUpperCase()) ? 'a key that is not in use' : undefined
    if (problem !== undefined) throw new WindowsError('ERROR_INVALID_PARAMETER', `key ${JSON.stringify(key)}: expected ${problem}`)
    this.#taken.add(key.toUpperCase())
    return key
  }

  /** A key that looks like the name; `path` tells it from others of that name, in whatever order they come. */
  derive(name: string, path: string, width = keyWidth): string {
    const cleaned = name.replace(/[^A-Za-z0-9_.]/g, '_').replace(/^(?=[^A-Za-z_])/, '_')
    const plain = cleaned.slice(0, width)
    if (cleaned.length <= width && !this.#taken.has(plain.toUpperCase())) return this.claim(plain)
    const hash = createHashes().sha256()
    hash.update(new TextEncoder().encode(path))
    const digest = Array.from(hash.digest().subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('')
    const base = `${cleaned.slice(0, width - 13)}.${digest}`
    for (let count = 1; ; count++) {
      const key = count === 1 ? base : `${base}.${count}`
      if (!this.#taken.has(key.toUpperCase())) return this.claim(key, width)
    }
  }
}

/** The names in one folder. */
export class FolderNames {
  readonly #short = new Set<string>()
  readonly #long = new Map<string, string>()

  /**
   * `name` or `short|name`; the same name gives the same text again.
   *
   * @throws WindowsError ERROR_INVALID_NAME for a name that Windows does not allow
   */
  filename(name: string): string {
    const known = this.#long.get(name.toUpperCase())
    if (known !== undefined) return known
    if (longNameProblem.test(name)) throw new WindowsError('ERROR_INVALID_NAME', `file name: expected none of \\ / ? | > < : * " and not . or .., found ${JSON.stringify(name)}`)
    const short = shortName.test(name) && isAscii(name) && !this.#short.has(name.toUpperCase()) ? name : this.#shorten(name)
    this.#short.add(short.toUpperCase())
    const text = short === name ? name : `${short}|${name}`
    this.#long.set(name.toUpperCase(), text)
    return text
  }

  #shorten(name: string): string {
    const dot = name.lastIndexOf('.')
    const stem = withoutStrangers(dot > 0 ? name.slice(0, dot) : name) || '_'
    const extension = dot > 0 ? withoutStrangers(name.slice(dot + 1)).slice(0, 3) : ''
    for (let count = 1; ; count++) {
      const tail = `~${count}`
      const short = `${stem.slice(0, 8 - tail.length)}${tail}${extension === '' ? '' : `.${extension}`}`
      if (!this.#short.has(short)) return short
    }
  }
}

/** Short names stay within ASCII, which every code page has. */
function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

function withoutStrangers(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9_$~!#%&\-{}@'`()^]/g, '')
}
