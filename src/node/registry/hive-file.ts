// A registry hive that stands in a file of the host: read when first asked for, written when something in it changed.
// Times of keys that end as they began are put back, and a tree that ends as it began is not written at all. While an
// installation holds the root, the file it found is kept beside the one it wrote: rolled back, even by another process
// after a crash, the hive is byte for byte what it was. docs/decisions/0013-registry-durability.md
import {
  closeSync, constants, copyFileSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, utimesSync, writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { RegistryKey, WindowsError } from '../../base/index.ts'
import { type RegistryMount, sameRegistryData } from '../../platform/index.ts'
import { attempt, hostErrorCode } from '../files/host-errors.ts'
import { syncHostDirectory } from '../files/host-file.ts'
import { removePendingFile, replaceHostFile } from '../files/replace-file.ts'

/** A hive in one of its forms. */
export interface HiveFormat {
  /** What the file would hold on a fresh machine. */
  fresh(): LoadedHive
  parse(bytes: Uint8Array, path: string): LoadedHive
}

export interface LoadedHive {
  readonly root: RegistryKey
  toBytes(): Uint8Array
}

export interface HiveFileOptions {
  /** Upper-case registry path, such as `HKLM\SOFTWARE`. */
  readonly mount: string
  readonly format: HiveFormat
  /** Host path; `prepare` makes its directories. */
  readonly path: () => string
  /** The same by a way that leads nowhere else, whoever puts links on it meanwhile. */
  readonly heldPath: () => string
  /** Called before the file is written: makes its directories; throws when it must not be. */
  readonly prepare: () => void
  /** Called when there is no such file again: the directories that were made for it go. */
  readonly unprepare: () => void
  /** Whether an installation holds the root. */
  readonly installing: () => boolean
}

const trustMs = 50

export class HiveFile implements RegistryMount {
  readonly path: string
  readonly #options: HiveFileOptions
  #loaded: LoadedHive | undefined
  #stamp = ''
  #checkedMs = 0
  #dirty = false

  constructor(options: HiveFileOptions) {
    this.path = options.mount
    this.#options = options
  }

  root(): RegistryKey {
    const now = performance.now()
    if (this.#loaded !== undefined && (this.#dirty || now - this.#checkedMs < trustMs)) return this.#loaded.root
    const stamp = this.#currentStamp()
    if (this.#loaded === undefined || stamp !== this.#stamp) this.#loaded = this.#read(stamp)
    this.#stamp = stamp
    this.#checkedMs = now
    return this.#loaded.root
  }

  touch(): void {
    this.#dirty = true
  }

  flush(): void {
    if (!this.#dirty || this.#loaded === undefined) return
    const stamp = this.#currentStamp()
    const path = this.#options.path()
    if (stamp !== this.#stamp) {
      throw new WindowsError('ERROR_SHARING_VIOLATION', `write ${path}: another program changed the hive after it was read; nothing was written`)
    }
    const kept = keptPath(path)
    this.#dirty = false
    if (existsSync(kept) && restoreTimes(this.#loaded.root, this.#readKept(kept))) {
      const held = this.#options.heldPath()
      attempt('write', path, () => putBack(keptPath(held), held))
      if (!existsSync(path)) this.#options.unprepare()
      this.#loaded = undefined
      return
    }
    if (restoreTimes(this.#loaded.root, this.#read(stamp).root)) return
    this.#dirty = true
    this.#options.prepare()
    if (this.#options.installing() && !existsSync(kept)) {
      const held = this.#options.heldPath()
      attempt('write', path, () => keep(held, keptPath(held)))
    }
    const bytes = this.#loaded.toBytes()
    const held = this.#options.heldPath()
    attempt('write', path, () => replaceHostFile(held, bytes))
    this.#stamp = this.#currentStamp()
    this.#dirty = false
  }

  #readKept(kept: string): RegistryKey {
    return (isMarker(readFileSync(kept)) ? this.#options.format.fresh() : this.#parse(kept)).root
  }

  #read(stamp: string): LoadedHive {
    if (stamp === '') return this.#options.format.fresh()
    return this.#parse(this.#options.path())
  }

  #parse(path: string): LoadedHive {
    const file = attempt('read', path, () => readFileSync(path))
    return this.#options.format.parse(new Uint8Array(file.buffer, file.byteOffset, file.length), path)
  }

  /** `''` when there is no file. */
  #currentStamp(): string {
    const path = this.#options.path()
    const stat = attempt('read', path, () => statSync(path, { bigint: true, throwIfNoEntry: false }))
    return stat === undefined ? '' : `${stat.dev} ${stat.ino} ${stat.mtimeNs} ${stat.size}`
  }
}

/** The installation is over: what it found is not needed any more. */
export function forgetKeptHive(path: string): void {
  const kept = keptPath(path)
  if (existsSync(kept)) attempt('write', kept, () => unlinkSync(kept))
  attempt('write', path, () => removePendingFile(path))
}

/** Before an interrupted installation is taken back: of one that was killed before it wrote the file, nothing is left. */
export function forgetUnwrittenHive(path: string): void {
  const kept = keptPath(path)
  // What says that there was no file may itself be torn by a loss of power.
  if (existsSync(path) || !existsSync(kept) || statSync(kept).size > marker.length) return
  attempt('write', kept, () => {
    removePendingFile(path)
    unlinkSync(kept)
  })
}

function keptPath(path: string): string {
  return `${path}.msikit-kept`
}

const marker = 'no hive'

/** Where there was no file, what is kept says so. */
function keep(path: string, kept: string): void {
  // A link to nothing may stand there: it must not be written through.
  rmSync(kept, { force: true })
  if (!existsSync(path)) writeDurably(kept, marker)
  else if (!sharesName(path, kept)) {
    copyFileSync(path, kept, constants.COPYFILE_EXCL)
    const { atimeMs, mtimeMs } = statSync(path)
    utimesSync(kept, atimeMs / 1000, mtimeMs / 1000)
    syncHostFile(kept)
  }
  // Before the new hive takes the old one's place.
  syncHostDirectory(dirname(kept))
}

/** Not every file system of the host has names that share a file. */
function sharesName(path: string, kept: string): boolean {
  try {
    linkSync(path, kept)
    return true
  } catch (error) {
    if (hostErrorCode(error) === 'ENOSPC') throw error
    return false
  }
}

function writeDurably(path: string, text: string): void {
  writeFileSync(path, text, { flag: 'wx' })
  syncHostFile(path)
}

function syncHostFile(path: string): void {
  const handle = openSync(path, 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function isMarker(content: Uint8Array): boolean {
  return Buffer.from(content.buffer, content.byteOffset, content.length).toString('latin1') === marker
}

function putBack(kept: string, path: string): void {
  const content = readFileSync(kept)
  if (!isMarker(content)) {
    renameSync(kept, path)
    syncHostDirectory(dirname(path))
    return
  }
  if (existsSync(path)) unlinkSync(path)
  // What says that there was no hive goes once there is none for good.
  syncHostDirectory(dirname(path))
  unlinkSync(kept)
}

/** Gives keys that are as in `original` their times; true when the whole trees are the same. */
export function restoreTimes(tree: RegistryKey, original: RegistryKey): boolean {
  let same = true
  const pending: [RegistryKey, RegistryKey][] = [[tree, original]]
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [now, before] = pair
    if (sameKey(now, before)) now.lastWrite = before.lastWrite
    else same = false
    for (const child of now.subkeys()) {
      const known = before.subkey(child.name)
      if (known !== undefined) pending.push([child, known])
    }
  }
  return same
}

/** Values, attributes and the names of subkeys; not what is below them. */
function sameKey(a: RegistryKey, b: RegistryKey): boolean {
  if (a.name !== b.name || a.className !== b.className || a.isLink !== b.isLink || a.valueCount !== b.valueCount || a.subkeyCount !== b.subkeyCount) return false
  for (const value of a.values()) {
    const other = b.value(value.name)
    if (other === undefined || other.name !== value.name || !sameRegistryData(value, other)) return false
  }
  return a.subkeys().every((child) => b.subkey(child.name)?.name === child.name)
}
