// Names of host directories by upper-case name, so that a path is found without regard to case and without reading
// directories again and again. What others change is seen: a listing is checked against its directory's inode and
// time of change (which nobody can set) when it was not checked for a moment, and a name that is missing from it is looked for on disk.
import { lstatSync, readdirSync, statSync, type Dirent, type Stats } from 'node:fs'
import { sep } from 'node:path'
import { foldCase } from '../../base/index.ts'
import { hostErrorCode } from './host-errors.ts'

export interface HostEntry {
  /** As on disk. */
  readonly name: string
  readonly kind: HostEntryKind
}

export type HostEntryKind = 'file' | 'directory' | 'link' | 'other'

/** Within this time a name that a listing has is believed. Also more than the step of modification times: younger ones prove nothing. */
const trustMs = 20
/** Within this time who makes what was just missing need not look again. */
const missTrustMs = 4
/** Within this time of one change of ours the directory is not asked for its time after the next: less than the step of such times at 250 ticks a second. */
const settledMs = 2

interface Listing {
  readonly entries: Map<string, HostEntry>
  /** Names that differ from one in `entries` by case alone, by their exact spelling. */
  readonly doubles: Map<string, HostEntry>
  inode: number
  changedMs: number
  checkedMs: number
  /** When the directory was last found to be as the listing has it, by its time of change. */
  sameMs: number
  /** Wall clock. */
  readMs: number
  /** Changed by this process since `changedMs` was asked for. */
  isUnsettled: boolean
}

export class DirectoryCache {
  readonly #listings = new Map<string, Listing>()
  /** Counts what may change where paths lead: directories that come, go or move, and listings that turn out wrong. */
  directoryChanges = 0
  /**
   * The entry of that name; of several that differ by case alone the exact one, else the first by code unit.
   * Who is about to make it need not look twice: `forCreation` believes that what was missing from the directory a moment ago still is.
   */
  find(directory: string, name: string, forCreation = false): HostEntry | undefined {
    const known = this.#listings.get(directory)
    const listing = this.#listing(directory)
    if (listing === undefined) return exactEntry(directory, name)
    const entry = entryOf(listing, name)
    if (entry !== undefined || listing !== known) return entry
    return (forCreation && performance.now() - listing.sameMs < missTrustMs) || this.#isMissing(directory, name, listing) ? undefined : this.#readAndFind(directory, name)
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
    if (kind !== 'file') this.directoryChanges++
    listing.entries.set(foldCase(name), { name, kind })
    this.#changed(directory, listing)
  }

  /** Tells that this process took an entry away. */
  removed(directory: string, name: string): void {
    const listing = this.#take(directory, name)
    if (listing !== undefined) this.#changed(directory, listing)
  }

  /** Tells that this process moved an entry; what stood at its new place in other spellings is gone. */
  moved(from: { directory: string; name: string }, to: { directory: string; replaced: string; name: string }, kind: HostEntryKind): void {
    const source = this.#take(from.directory, from.name)
    if (source !== undefined && from.directory !== to.directory) this.#changed(from.directory, source)
    this.#take(to.directory, to.replaced)
    this.added(to.directory, to.name, kind)
  }

  /** Forgets a directory and all below it. */
  forget(directory: string): void {
    this.directoryChanges++
    const below = childPath(directory, '')
    for (const path of this.#listings.keys()) if (path === directory || path.startsWith(below)) this.#listings.delete(path)
  }

  clear(): void {
    this.directoryChanges++
    this.#listings.clear()
  }

  /** The listing without the entry; `undefined` when it has to be read anew. */
  #take(directory: string, name: string): Listing | undefined {
    const listing = this.#listings.get(directory)
    if (listing === undefined) return undefined
    if (listing.doubles.size > 0) {
      this.#listings.delete(directory)
      return undefined
    }
    listing.entries.delete(foldCase(name))
    return listing
  }

  /** Whether a name that the listing has not is on disk neither. */
  #isMissing(directory: string, name: string, listing: Listing): boolean {
    const now = performance.now()
    if (lstatSync(childPath(directory, name), { throwIfNoEntry: false }) !== undefined) return false
    if (listing.isUnsettled) return this.#settle(directory, listing, now)
    if (!isUnchanged(listing, directoryStat(directory))) return false
    listing.sameMs = now
    return true
  }

  #readAndFind(directory: string, name: string): HostEntry | undefined {
    const listing = this.#read(directory)
    return listing && entryOf(listing, name)
  }

  #listing(directory: string): Listing | undefined {
    const listing = this.#listings.get(directory)
    if (listing === undefined) return this.#read(directory)
    const now = performance.now()
    if (now - listing.checkedMs < trustMs) return listing
    const tooYoung = listing.isUnsettled || listing.changedMs > listing.readMs - trustMs
    if (tooYoung || !isUnchanged(listing, directoryStat(directory))) return this.#read(directory)
    listing.checkedMs = listing.sameMs = now
    return listing
  }

  #read(directory: string): Listing | undefined {
    this.directoryChanges++
    const readMs = Date.now()
    const now = performance.now()
    const stat = directoryStat(directory)
    const found = stat?.isDirectory() === true ? readDirectory(directory) : undefined
    if (stat === undefined || found === undefined) {
      this.#listings.delete(directory)
      return undefined
    }
    const { entries, doubles } = index(found)
    const listing: Listing = { entries, doubles, inode: stat.ino, changedMs: stat.ctimeMs, checkedMs: performance.now(), sameMs: now, readMs, isUnsettled: false }
    this.#listings.set(directory, listing)
    return listing
  }

  #changed(directory: string, listing: Listing): void {
    const now = performance.now()
    if (now - listing.sameMs < settledMs) listing.isUnsettled = true
    else this.#settle(directory, listing, now)
  }

  /** The directory is as the listing has it, since it was this process that changed it. `false` when there is none any more. */
  #settle(directory: string, listing: Listing, now: number): boolean {
    const stat = directoryStat(directory)
    if (stat === undefined) {
      this.#listings.delete(directory)
      return false
    }
    listing.isUnsettled = false
    listing.changedMs = stat.ctimeMs
    listing.checkedMs = listing.sameMs = now
    listing.readMs = Date.now()
    return true
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
  const stat = lstatSync(childPath(directory, name), { throwIfNoEntry: false })
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

function directoryStat(directory: string): Stats | undefined {
  return statSync(directory, { throwIfNoEntry: false })
}

function isUnchanged(listing: Listing, stat: Stats | undefined): boolean {
  return stat !== undefined && stat.ino === listing.inode && stat.ctimeMs === listing.changedMs
}

/** Both are clean already: nothing has to be resolved. */
export function childPath(directory: string, name: string): string {
  return directory.endsWith(sep) ? directory + name : directory + sep + name
}
