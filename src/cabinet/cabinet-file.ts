// A file as a cabinet lists it: CFFILE, [MS-CAB] section 2.3. There may be tens of thousands: one small object each, and
// what is not always asked for is worked out when it is.
import { pathSegments, unixMsFromDosTime } from '../base/index.ts'
import { fileAttributes, type FileEntry } from './structures.ts'

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
  readonly name: string
  readonly size: number
  /** As stored, until the set is joined: then {@link CabinetFile.folder}. */
  folder: number
  readonly offset: number
  cabinet = 0
  /** DOS date and time. */
  readonly #modified: number
  readonly #flags: number

  constructor(name: string, { size, folder, folderOffset, date, time, attributes }: FileEntry) {
    this.name = name
    this.size = size
    this.folder = folder
    this.offset = folderOffset
    this.#modified = date << 16 | time
    this.#flags = attributes
  }

  get safePath(): readonly string[] | undefined {
    return safeSegments(this.name)
  }

  get modifiedMs(): number {
    return unixMsFromDosTime(this.#modified >>> 16, this.#modified & 0xffff)
  }

  get attributes(): CabinetAttributes {
    const has = (flag: number): boolean => (this.#flags & flag) !== 0
    return {
      readOnly: has(fileAttributes.readOnly), hidden: has(fileAttributes.hidden), system: has(fileAttributes.system),
      archive: has(fileAttributes.archive), execute: has(fileAttributes.execute), utf8Name: has(fileAttributes.utf8Name),
    }
  }
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
