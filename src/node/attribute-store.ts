// The attributes that the host cannot keep: hidden and system, and read-only of directories. They stand in one file of
// the root, `System Volume Information\msikit-attributes.json`, which exists only while some entry has one of them.
// Why not extended attributes: docs/decisions/0012-windows-attributes.md
import { closeSync, existsSync, fsyncSync, lstatSync, mkdirSync, openSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { foldCase, WindowsError } from '../base/index.ts'
import { hostErrorCode } from './host-errors.ts'

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

  /**
   * @param folder the root of the drive on the host
   * @param held a path in the drive by a way that cannot be led elsewhere
   */
  constructor(folder: string, held: (path: string) => string) {
    this.#held = held
    this.#file = join(folder, 'System Volume Information', 'msikit-attributes.json')
  }

  get(segments: readonly string[]): StoredAttributes | undefined {
    this.#load()
    return this.#stored.size === 0 ? undefined : this.#stored.get(keyOf(segments))
  }

  set(segments: readonly string[], attributes: StoredAttributes): void {
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
    if (!this.#hasFolder() || lstatSync(pendingPath(this.#file), { throwIfNoEntry: false }) === undefined) return
    unlinkSync(this.#held(pendingPath(this.#file)))
    if (this.#currentStamp() === '') removeFolder(dirname(this.#file))
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
    const folder = dirname(this.#file)
    if (this.#stored.size === 0) {
      if (this.#currentStamp() !== '') unlinkSync(this.#held(this.#file))
      removeFolder(folder)
    } else {
      if (!this.#hasFolder() && !existsSync(folder)) mkdirSync(folder)
      this.#refuseLink()
      const sorted = [...this.#stored].sort(([a], [b]) => a < b ? -1 : 1)
      const file = this.#held(this.#file)
      writeWhole(pendingPath(file), `${JSON.stringify(Object.fromEntries(sorted), undefined, 1)}\n`)
      renameSync(pendingPath(file), file)
    }
    this.#stamp = this.#currentStamp()
    this.#checkedMs = performance.now()
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

function pendingPath(file: string): string {
  return `${file}.new`
}

/** Unless Windows keeps other things in there. */
function removeFolder(folder: string): void {
  try {
    rmdirSync(folder)
  } catch (error) {
    if (hostErrorCode(error) === undefined) throw error
  }
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
