// A file as a cabinet lists it: CFFILE, [MS-CAB] section 2.3. There may be tens of thousands: what is known of one is read
// from the bytes of its entry when it is asked for.
import { pathSegments, unixMsFromDosTime } from '../../base/index.ts'
import { fileAttributes } from '../structures.ts'
import type { FileList } from './file-list.ts'

export interface CabinetAttributes {
  readonly readOnly: boolean
  readonly hidden: boolean
  readonly system: boolean
  readonly archive: boolean
  readonly execute: boolean
  /** The name is stored in UTF-8. */
  readonly utf8Name: boolean
}

export interface CabinetFile {
  /** As stored, with backslashes between folders. Never trust it as a path: see `safePath`. */
  readonly name: string
  /** The name's segments when it is a relative path that stays below its root; otherwise `undefined`. */
  readonly safePath: readonly string[] | undefined
  readonly size: number
  /** Milliseconds since 1970-01-01; the stored local time is read as UTC. Two-second steps. */
  readonly modifiedMs: number
  readonly attributes: CabinetAttributes
  /** Index into {@link Cabinet.folders}. */
  readonly folder: number
  /** Where the file begins in its folder's uncompressed data. */
  readonly offset: number
  /** 0 for the cabinet that was opened, 1 for the next of its set, and so on: where the file begins. */
  readonly cabinet: number
}

export class ListedFile implements CabinetFile {
  readonly #list: FileList
  readonly #number: number
  #name: string | undefined

  constructor(list: FileList, number: number) {
    this.#list = list
    this.#number = number
  }

  get name(): string {
    return this.#name ??= this.#list.name(this.#number)
  }

  get safePath(): readonly string[] | undefined {
    return safeSegments(this.name)
  }

  get size(): number {
    return this.#list.sizes[this.#number]!
  }

  get modifiedMs(): number {
    return unixMsOf(this.#list.modified[this.#number]!)
  }

  get attributes(): CabinetAttributes {
    const flags = this.#list.flags(this.#number)
    const has = (flag: number): boolean => (flags & flag) !== 0
    return {
      readOnly: has(fileAttributes.readOnly), hidden: has(fileAttributes.hidden), system: has(fileAttributes.system),
      archive: has(fileAttributes.archive), execute: has(fileAttributes.execute), utf8Name: has(fileAttributes.utf8Name),
    }
  }

  get folder(): number {
    return this.#list.folders[this.#number]!
  }

  get offset(): number {
    return this.#list.offsets[this.#number]!
  }

  get cabinet(): number {
    return this.#list.cabinet(this.#number)
  }

  /** What is stored, for who prints it. */
  toJSON(): object {
    const { name, size, modifiedMs, folder, offset, cabinet } = this
    return { name, size, modifiedMs, folder, offset, cabinet }
  }
}

/** @param modified DOS date in the upper 16 bits, DOS time in the lower ones */
export function unixMsOf(modified: number): number {
  return unixMsFromDosTime(modified >>> 16, modified & 0xffff)
}

/** Most names: one segment that begins with no dot. */
const plainName = /^[^\\/:\0.][^\\/:\0]*$/

export function isSafeName(name: string): boolean {
  return plainName.test(name) || safeSegments(name) !== undefined
}

function safeSegments(name: string): readonly string[] | undefined {
  if (plainName.test(name)) return [name]
  if (/^[\\/]|^[A-Za-z]:|\0/.test(name) || /(^|[\\/])\.\.([\\/]|$)/.test(name)) return undefined
  const path = pathSegments(name)
  return path === undefined || path.segments.length === 0 ? undefined : path.segments
}
