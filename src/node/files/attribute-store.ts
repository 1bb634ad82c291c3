// The attributes that the host cannot keep: hidden and system, and read-only of directories. They stand in one file of
// the root, `System Volume Information\msikit-attributes.json`, which exists only while some entry has one of them.
// A folder that has to be made for it comes and goes under another name: a process that is killed leaves nothing else.
// Why not extended attributes: docs/decisions/0012-windows-attributes.md
import { closeSync, fsyncSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { foldCase, WindowsError } from '../../base/index.ts'
import { syncHostDirectory } from './host-file.ts'

export interface StoredAttributes {
  readonly hidden?: true
  readonly system?: true
  /** Of a directory. */
  readonly readOnly?: true
}

const trustMs = 20

export class AttributeStore {
  readonly #file: string
  readonly #held: (path: string) => string
  #stored = new Map<string, StoredAttributes>()
  #stamp = ''
  #checkedMs = Number.NEGATIVE_INFINITY
  /** Names were changed that a loss of power may take back. */
  #unsynced = false

  /**
   * @param folder the root of the drive on the host
   * @param held a path in the drive by a way that cannot be led elsewhere
   */
  constructor(folder: string, held: (path: string) => string) {
    this.#held = held
    this.#file = join(folder, 'System Volume Information', 'msikit-attributes.json')
  }

  get(segments: readonly string[]): StoredAttributes | undefined {
    if (isBackupFolder(segments)) return { hidden: true, system: true }
    this.#load()
    return this.#stored.size === 0 ? undefined : this.#stored.get(keyOf(segments))
  }

  set(segments: readonly string[], attributes: StoredAttributes): void {
    if (isBackupFolder(segments)) return
    this.#load()
    const key = keyOf(segments)
    const known = this.#stored.get(key) ?? {}
    if (known.hidden === attributes.hidden && known.system === attributes.system && known.readOnly === attributes.readOnly) return
    if (attributes.hidden || attributes.system || attributes.readOnly) this.#stored.set(key, attributes)
    else this.#stored.delete(key)
    this.#save()
  }

  /** Forgets an entry that is no more. */
  removed(segments: readonly string[]): void {
    this.#load()
    if (this.#stored.size > 0 && this.#stored.delete(keyOf(segments))) this.#save()
  }

  /** An entry, with everything below it, is elsewhere now; what stood there before is no more. */
  moved(from: readonly string[], to: readonly string[]): void {
    this.#load()
    if (this.#stored.size === 0) return
    const fromKey = keyOf(from)
    const toKey = keyOf(to)
    const moved = [...this.#stored].filter(([key]) => key === fromKey || key.startsWith(`${fromKey}\\`))
    let changed = fromKey !== toKey && this.#stored.delete(toKey)
    for (const [key] of moved) this.#stored.delete(key)
    for (const [key, attributes] of moved) this.#stored.set(toKey + key.slice(fromKey.length), attributes)
    changed ||= moved.length > 0 && fromKey !== toKey
    if (changed) this.#save()
  }

  /** Forgets entries that a process had removed when it was killed. @param isThere whether something stands at a path from the root on */
  sweep(isThere: (path: string) => boolean): void {
    this.#load()
    const gone = [...this.#stored.keys()].filter((path) => !isThere(path))
    for (const path of gone) this.#stored.delete(path)
    if (gone.length > 0) this.#save()
  }

  /** Takes away what a process left that was killed while it wrote. Nobody else may be writing. */
  clearUp(): void {
    if (lstatSync(this.#pendingFolder, { throwIfNoEntry: false })?.isDirectory() === true) this.#removePendingFolder()
    if (this.#hasFolder() && lstatSync(pendingPath(this.#file), { throwIfNoEntry: false }) !== undefined) unlinkSync(this.#held(pendingPath(this.#file)))
  }

  /** What is kept survives a loss of power afterwards. */
  sync(): void {
    if (!this.#unsynced) return
    if (this.#hasFolder()) syncHostDirectory(dirname(this.#file))
    syncHostDirectory(dirname(dirname(this.#file)))
    this.#unsynced = false
  }

  #load(): void {
    const now = performance.now()
    if (now - this.#checkedMs < trustMs) return
    this.#checkedMs = now
    const stamp = this.#currentStamp()
    if (stamp === this.#stamp) return
    this.#stamp = stamp
    this.#stored = stamp === '' ? new Map() : parse(readFileSync(this.#file, 'utf8'))
  }

  #save(): void {
    this.#unsynced = true
    if (this.#stored.size === 0) this.#removeFile()
    else {
      const sorted = [...this.#stored].sort(([a], [b]) => a < b ? -1 : 1)
      const text = `${JSON.stringify(Object.fromEntries(sorted), undefined, 1)}\n`
      if (lstatSync(dirname(this.#file), { throwIfNoEntry: false }) === undefined) this.#makeFolder(text)
      else this.#replaceFile(text)
    }
    this.#stamp = this.#currentStamp()
    this.#checkedMs = performance.now()
  }

  #makeFolder(text: string): void {
    mkdirSync(this.#held(this.#pendingFolder))
    writeWhole(this.#held(join(this.#pendingFolder, basename(this.#file))), text)
    syncHostDirectory(this.#pendingFolder)
    renameSync(this.#held(this.#pendingFolder), this.#held(dirname(this.#file)))
  }

  #replaceFile(text: string): void {
    this.#refuseLink()
    const file = this.#held(this.#file)
    writeWhole(pendingPath(file), text)
    renameSync(pendingPath(file), file)
  }

  /** With the folder, unless Windows keeps other things in there. */
  #removeFile(): void {
    if (this.#currentStamp() === '') return
    const folder = dirname(this.#file)
    if (readdirSync(folder).length > 1) return unlinkSync(this.#held(this.#file))
    renameSync(this.#held(folder), this.#held(this.#pendingFolder))
    this.#removePendingFolder()
  }

  #removePendingFolder(): void {
    for (const name of readdirSync(this.#pendingFolder)) unlinkSync(this.#held(join(this.#pendingFolder, name)))
    rmdirSync(this.#held(this.#pendingFolder))
  }

  get #pendingFolder(): string {
    return pendingPath(dirname(this.#file))
  }

  /** Attributes are kept in the root itself, not where a link leads. */
  #hasFolder(): boolean {
    return lstatSync(dirname(this.#file), { throwIfNoEntry: false })?.isDirectory() === true
  }

  #refuseLink(): void {
    const folder = dirname(this.#file)
    if (!this.#hasFolder()) throw new WindowsError('ERROR_ACCESS_DENIED', `keep attributes in ${folder}: expected a folder, found a link`)
  }

  /** `''` when there is no file. */
  #currentStamp(): string {
    if (!this.#hasFolder()) return ''
    const stat = statSync(this.#file, { bigint: true, throwIfNoEntry: false })
    return stat === undefined ? '' : `${stat.ino} ${stat.mtimeNs} ${stat.size}`
  }
}

/** Its content is durable before it takes its place. Not by 'w': a link that stands there would be written through. */
function writeWhole(path: string, text: string): void {
  rmSync(path, { force: true })
  const handle = openSync(path, 'wx')
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function pendingPath(path: string): string {
  return `${path}.msikit-new`
}

/** Of every transaction, and hidden by what it is: nothing has to be written when it comes and goes. */
function isBackupFolder(segments: readonly string[]): boolean {
  return segments.length === 1 && foldCase(segments[0]!) === 'CONFIG.MSI'
}

function keyOf(segments: readonly string[]): string {
  return foldCase(segments.join('\\'))
}

/** A file that cannot be understood holds nothing: attributes are no reason to fail. */
function parse(text: string): Map<string, StoredAttributes> {
  try {
    const content: unknown = JSON.parse(text)
    if (typeof content !== 'object' || content === null) return new Map()
    return new Map(Object.entries(content).map(([key, value]) => [key, attributesOf(value)]))
  } catch (error) {
    if (error instanceof SyntaxError) return new Map()
    throw error
  }
}

function attributesOf(value: unknown): StoredAttributes {
  const has = (name: string): boolean => typeof value === 'object' && value !== null && Object.entries(value).some(([key, flag]) => key === name && flag === true)
  return { ...(has('hidden') ? { hidden: true as const } : {}), ...(has('system') ? { system: true as const } : {}), ...(has('readOnly') ? { readOnly: true as const } : {}) }
}
