// Names of host directories by upper-case name, so that a path is found without regard to case and without reading
// directories again and again. What others change is seen: a listing is checked against its directory's inode and
// modification time when it was not checked for a moment, and a name that is missing from it is looked for on disk.
import { lstatSync, readdirSync, statSync, type BigIntStats, type Dirent } from 'node:fs'
import { join } from 'node:path'
import { foldCase } from '../base/index.ts'
import { hostErrorCode } from './host-errors.ts'

export interface HostEntry {
  /** As on disk. */
  readonly name: string
  readonly kind: HostEntryKind
}

export type HostEntryKind = 'file' | 'directory' | 'link' | 'other'

/** Within this time a listing is believed. Also more than the step of modification times: younger ones prove nothing. */
const trustMs = 20

interface Listing {
  readonly entries: Map<string, HostEntry>
  /** Names that differ from one in `entries` by case alone, by their exact spelling. */
  readonly doubles: Map<string, HostEntry>
  inode: bigint
  modifiedNs: bigint
  checkedMs: number
  /** Wall clock. */
  readMs: number
}

export class DirectoryCache {
  readonly #listings = new Map<string, Listing>()

  /** The entry of that name; of several that differ by case alone the exact one, else the first by code unit. */
  find(directory: string, name: string): HostEntry | undefined {
    const known = this.#listings.get(directory)
    const listing = this.#listing(directory)
    if (listing === undefined) return exactEntry(directory, name)
    const entry = entryOf(listing, name)
    if (entry !== undefined || listing !== known) return entry
    const exact = lstatSync(join(directory, name), { throwIfNoEntry: false })
    if (exact === undefined && isUnchanged(listing, directoryStat(directory))) return undefined
    const again = this.#read(directory)
    return again && entryOf(again, name)
  }

  /** Every entry; `undefined` when there is no such directory. */
  entries(directory: string): readonly HostEntry[] | undefined {
    const listing = this.#read(directory)
    return listing && [...listing.entries.values(), ...listing.doubles.values()]
  }

  /** Tells that this process made an entry. */
  added(directory: string, name: string, kind: HostEntryKind): void {
    const listing = this.#listings.get(directory)
    if (listing === undefined) return
    listing.entries.set(foldCase(name), { name, kind })
    this.#changed(directory, listing)
  }

  /** Tells that this process took an entry away. */
  removed(directory: string, name: string): void {
    const listing = this.#listings.get(directory)
    if (listing === undefined) return
    if (listing.doubles.size > 0) {
      this.#listings.delete(directory)
      return
    }
    listing.entries.delete(foldCase(name))
    this.#changed(directory, listing)
  }

  /** Forgets a directory and all below it. */
  forget(directory: string): void {
    const below = join(directory, '/')
    for (const path of this.#listings.keys()) if (path === directory || path.startsWith(below)) this.#listings.delete(path)
  }

  #listing(directory: string): Listing | undefined {
    const listing = this.#listings.get(directory)
    if (listing === undefined) return this.#read(directory)
    const now = performance.now()
    if (now - listing.checkedMs < trustMs) return listing
    const tooYoung = Number(listing.modifiedNs / 1_000_000n) > listing.readMs - trustMs
    if (tooYoung || !isUnchanged(listing, directoryStat(directory))) return this.#read(directory)
    listing.checkedMs = now
    return listing
  }

  #read(directory: string): Listing | undefined {
    const readMs = Date.now()
    const stat = directoryStat(directory)
    const found = stat?.isDirectory() === true ? readDirectory(directory) : undefined
    if (stat === undefined || found === undefined) {
      this.#listings.delete(directory)
      return undefined
    }
    const listing: Listing = { ...index(found), inode: stat.ino, modifiedNs: stat.mtimeNs, checkedMs: performance.now(), readMs }
    this.#listings.set(directory, listing)
    return listing
  }

  #changed(directory: string, listing: Listing): void {
    const stat = directoryStat(directory)
    if (stat === undefined) this.#listings.delete(directory)
    else Object.assign(listing, { modifiedNs: stat.mtimeNs, checkedMs: performance.now(), readMs: Date.now() })
  }
}

/** `undefined` when the directory may be entered but not read. */
function readDirectory(directory: string): Dirent[] | undefined {
  try {
    return readdirSync(directory, { withFileTypes: true })
  } catch (error) {
    if (hostErrorCode(error) === 'EACCES') return undefined
    throw error
  }
}

/** In a directory that cannot be read only the exact spelling is found. */
function exactEntry(directory: string, name: string): HostEntry | undefined {
  const stat = lstatSync(join(directory, name), { throwIfNoEntry: false })
  return stat && { name, kind: kindOf(stat) }
}

function index(found: readonly Dirent[]): Pick<Listing, 'entries' | 'doubles'> {
  const entries = new Map<string, HostEntry>()
  const doubles = new Map<string, HostEntry>()
  for (const dirent of found) {
    const entry: HostEntry = { name: dirent.name, kind: kindOf(dirent) }
    const folded = foldCase(entry.name)
    const first = entries.get(folded)
    if (first === undefined || entry.name < first.name) entries.set(folded, entry)
    if (first !== undefined) {
      const second = entry.name < first.name ? first : entry
      doubles.set(second.name, second)
    }
  }
  return { entries, doubles }
}

function kindOf(dirent: Pick<Dirent, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): HostEntryKind {
  return dirent.isFile() ? 'file' : dirent.isDirectory() ? 'directory' : dirent.isSymbolicLink() ? 'link' : 'other'
}

function entryOf(listing: Listing, name: string): HostEntry | undefined {
  return listing.doubles.get(name) ?? listing.entries.get(foldCase(name))
}

function directoryStat(directory: string): BigIntStats | undefined {
  return statSync(directory, { bigint: true, throwIfNoEntry: false })
}

function isUnchanged(listing: Listing, stat: BigIntStats | undefined): boolean {
  return stat !== undefined && stat.ino === listing.inode && stat.mtimeNs === listing.modifiedNs
}
