// Where extracted files go below the output folder: no two at one place, none outside.
import { foldCase } from '../../base/index.ts'
import { CommandError } from '../program/errors.ts'
import type { Output } from '../terminal/output.ts'

/** Where a file goes below the output folder. */
export interface Place {
  /** Segments; one array for all files of the folder. Every one is safe to be used as a name, as is `name`. */
  readonly folder: readonly string[]
  readonly name: string
}

/** Places by number, nothing kept of each: there may be tens of thousands. */
export interface PlaceList {
  readonly length: number
  folder(number: number): readonly string[]
  name(number: number): string
  /** Whether it is known that files of Windows can have that name. */
  isPlain?(number: number): boolean
}

export function placeList(places: readonly Place[]): PlaceList {
  return { length: places.length, folder: (number) => places[number]!.folder, name: (number) => places[number]!.name }
}

export function placeAt(places: PlaceList, number: number): Place {
  return { folder: places.folder(number), name: places.name(number) }
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
export function checkWindowsNames(places: PlaceList, err: Pick<Output, 'line'>, platform: string = process.platform): void {
  const foreign: string[] = []
  let last: readonly string[] | undefined
  let isFolderForeign = false
  for (let number = 0; number < places.length; number++) {
    const folder = places.folder(number)
    if (folder !== last) isFolderForeign = folder.some(isForeign)
    last = folder
    if (isFolderForeign || (places.isPlain?.(number) !== true && isForeign(places.name(number)))) foreign.push(pathText(placeAt(places, number)))
  }
  if (foreign.length === 0) return
  const names = `${visible(foreign[0]!)}${foreign.length > 1 ? ` and ${foreign.length - 1} more` : ''}`
  if (platform === 'win32') {
    throw new CommandError('ERROR_INVALID_NAME', `${names}: expected names that files of Windows can have, found a device, a forbidden character, or a dot or space at the end`,
      'Nothing was extracted. Choose other files with --match, or extract them on another system.')
  }
  err.line(`note: ${names}: no file of Windows can have such a name`)
}

const foreignCharacter = /[<>:"|?*\0-\x1f]|[. ]$/

function isForeign(segment: string): boolean {
  return foreignCharacter.test(segment) || deviceName.test(segment)
}

function visible(name: string): string {
  return JSON.stringify(name.slice(0, 300))
}

/** A folder that files go to, with the names that are taken in it. */
export class PlaceFolder {
  /** In the spelling that came first. */
  readonly segments: readonly string[]
  readonly #folders = new Map<string, PlaceFolder>()
  /** Names of files; none of those that {@link takeHash} was told of. */
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

  /**
   * Takes a name of which only the hashes are known (see {@link NameHash}), if none had them before.
   * From the first one on that could not be taken so, {@link take} is to be told the names.
   */
  takeHash(hash: NameHash): boolean {
    return this.#folded === undefined && this.#folders.size === 0 && this.#hashes.add(hash.first, hash.second)
  }

  /**
   * @param key of the file; a number of its own when absent
   * @param others names that were taken by their hash alone
   * @returns the name, with a suffix when it is taken
   */
  take(name: string, key?: string, others?: () => Iterable<string>): string {
    const folded = foldCase(name)
    if (this.#takeFile(name, folded, others)) return name
    const suffix = `~${key ?? this.#nextNumber(folded)}`
    let moved = name + suffix
    while (!this.#takeFile(moved, foldCase(moved), others)) moved += '~'
    checkSegments([moved], `file ${key ?? name}`)
    return moved
  }

  #takeFile(name: string, folded: string, others: (() => Iterable<string>) | undefined): boolean {
    const hash = new NameHash()
    for (let index = 0; index < folded.length; index++) hash.add(folded.charCodeAt(index))
    const isNew = this.#hashes.add(hash.first, hash.second)
    if (!isNew) this.#folded ??= new Set([...this.#files, ...others?.() ?? []].map(foldCase))
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

/** Two hashes of a folded name, so that different names hardly ever have the same ones: FNV-1a, and the same with another factor. */
export class NameHash {
  first = hashSeed
  second = hashSeed

  add(unit: number): void {
    this.first = Math.imul(this.first ^ unit, hashFactor)
    this.second = Math.imul(this.second ^ unit, secondFactor)
  }

  reset(): void {
    this.first = this.second = hashSeed
  }
}

const hashSeed = 0x811c9dc5 | 0
const hashFactor = 0x01000193
const secondFactor = 0x85ebca6b | 0

/** Pairs of 32-bit numbers: open addressing, at most half full. The second ones are made odd: 0 for a free place. */
class HashSet {
  #slots = new Int32Array(32)
  #count = 0

  /** @returns whether it was not there before */
  add(first: number, second: number): boolean {
    if (this.#count * 4 >= this.#slots.length) this.#grow()
    const slots = this.#slots
    const place = placeOf(slots, first, second | 1)
    if (slots[place + 1] !== 0) return false
    slots[place] = first
    slots[place + 1] = second | 1
    this.#count++
    return true
  }

  #grow(): void {
    const [old, slots] = [this.#slots, new Int32Array(this.#slots.length * 2)]
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] === 0) continue
      const place = placeOf(slots, old[at]!, old[at + 1]!)
      slots[place] = old[at]!
      slots[place + 1] = old[at + 1]!
    }
    this.#slots = slots
  }
}

/** Of a pair, or where it would go. */
function placeOf(slots: Int32Array, first: number, second: number): number {
  const mask = slots.length - 2
  let place = first & mask
  while (slots[place + 1] !== 0 && (slots[place] !== first || slots[place + 1] !== second)) place = place + 2 & mask
  return place
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
