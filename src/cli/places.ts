// Where extracted files go below the output folder: no two at one place, none outside.
import { foldCase } from '../base/index.ts'
import { CommandError } from './errors.ts'
import type { Output } from './output.ts'

/** Where a file goes below the output folder. */
export interface Place {
  /** Segments; one array for all files of the folder. Every one is safe to be used as a name, as is `name`. */
  readonly folder: readonly string[]
  readonly name: string
}

export function pathOf({ folder, name }: Place): string[] {
  return [...folder, name]
}

/** For people. */
export function pathText({ folder, name }: Place): string {
  return folder.length === 0 ? name : `${folder.join('/')}/${name}`
}

export function isSafeSegment(segment: string): boolean {
  return segment !== '' && segment !== '.' && segment !== '..' && !/[\\/\0]/.test(segment) && segment.length <= 255
}

export function checkSegments(path: readonly string[], what: string): void {
  const bad = path.find((segment) => !isSafeSegment(segment))
  if (bad === undefined) return
  throw new CommandError('ERROR_INVALID_NAME', `${what}: expected a name within the folder, found "${bad.slice(0, 300)}"`,
    'The package would write outside of the folder. Nothing was extracted; do not trust this package.')
}

const deviceName = /^(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[1-9\u00b9\u00b2\u00b3]) *(?:\.|$)/i

/** Names that no file of Windows can have are noted, and refused where Windows is the host: there they would be devices or streams of other files. */
export function checkWindowsNames(places: Iterable<Place>, err: Pick<Output, 'line'>, platform: string = process.platform): void {
  const foreign: string[] = []
  let last: readonly string[] | undefined
  let isFolderForeign = false
  for (const place of places) {
    if (place.folder !== last) isFolderForeign = place.folder.some(isForeign)
    last = place.folder
    if (isFolderForeign || isForeign(place.name)) foreign.push(pathText(place))
  }
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

/** A folder that files go to, with the names that are taken in it. */
export class PlaceFolder {
  /** In the spelling that came first. */
  readonly segments: readonly string[]
  readonly #folders = new Map<string, PlaceFolder>()
  readonly #files: string[] = []
  readonly #hashes = new HashSet()
  /** Names of files folded, once two of them may be the same: there may be tens of thousands. */
  #folded: Set<string> | undefined
  /** How often a name was wanted that was taken. */
  readonly #numbers = new Map<string, number>()

  constructor(segments: readonly string[]) {
    this.segments = segments
  }

  folder(name: string): PlaceFolder {
    const folded = foldCase(name)
    const known = this.#folders.get(folded) ?? new PlaceFolder([...this.segments, name])
    this.#folders.set(folded, known)
    return known
  }

  /** @returns the name, with a suffix when it is taken @param key of the file; a number of its own when absent */
  take(name: string, key?: string): string {
    const folded = foldCase(name)
    if (this.#takeFile(name, folded)) return name
    const suffix = `~${key ?? this.#nextNumber(folded)}`
    let moved = name + suffix
    while (!this.#takeFile(moved, foldCase(moved))) moved += '~'
    checkSegments([moved], `file ${key ?? name}`)
    return moved
  }

  #takeFile(name: string, folded: string): boolean {
    const isNew = this.#hashes.add(hashOf(folded))
    if (!isNew) this.#folded ??= new Set(this.#files.map(foldCase))
    if (this.#folded?.has(folded) === true || this.#folders.has(folded)) return false
    this.#folded?.add(folded)
    this.#files.push(name)
    return true
  }

  #nextNumber(folded: string): number {
    const number = (this.#numbers.get(folded) ?? 1) + 1
    this.#numbers.set(folded, number)
    return number
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash | 1
}

/** Odd 32-bit numbers in a few bytes each: open addressing, at most half full, 0 for a free place. */
class HashSet {
  #slots = new Int32Array(16)
  #count = 0

  /** @returns whether it was not there before */
  add(hash: number): boolean {
    if (this.#count * 2 >= this.#slots.length) {
      const old = this.#slots
      this.#slots = new Int32Array(old.length * 2)
      for (const one of old) if (one !== 0) this.#slots[this.#place(one)] = one
    }
    const place = this.#place(hash)
    if (this.#slots[place] !== 0) return false
    this.#slots[place] = hash
    this.#count++
    return true
  }

  /** Of the number, or where it would go. */
  #place(hash: number): number {
    const mask = this.#slots.length - 1
    let place = hash >> 1 & mask
    while (this.#slots[place] !== 0 && this.#slots[place] !== hash) place = place + 1 & mask
    return place
  }
}

export interface TakenPlace extends Place {
  /** The path the file should have had, when another one has it. */
  readonly displacedFrom?: readonly string[]
}

/** Windows takes names that differ in case for one: names are compared folded, folders have their first spelling. */
export class Places {
  readonly #root = new PlaceFolder([])

  folder(segments: readonly string[]): PlaceFolder {
    return segments.reduce((folder, segment) => folder.folder(segment), this.#root)
  }

  /** A taken place gives way: with the key as a suffix, or a number without one. */
  take(path: readonly string[], key?: string): TakenPlace {
    const folder = this.folder(path.slice(0, -1))
    const wanted = path.at(-1)!
    const name = folder.take(wanted, key)
    return { folder: folder.segments, name, ...name === wanted ? {} : { displacedFrom: [...folder.segments, wanted] } }
  }
}
