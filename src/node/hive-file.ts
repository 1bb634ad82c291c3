// A registry hive that stands in a file of the host: read when first asked for, written when something in it changed.
// Times of keys that end as they began are put back, and a tree that ends as it began is not written at all, so that
// an installation that was rolled back leaves the file byte for byte as it was.
import { readFileSync, statSync } from 'node:fs'
import { RegistryKey, WindowsError } from '../base/index.ts'
import { type RegistryMount, sameRegistryData } from '../platform/index.ts'
import { attempt } from './host-errors.ts'
import { replaceHostFile } from './replace-file.ts'

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
  /** Called before the file is written; throws when it must not be. */
  readonly prepare: () => void
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
    if (restoreTimes(this.#loaded.root, this.#read(stamp).root)) {
      this.#dirty = false
      return
    }
    this.#options.prepare()
    const bytes = this.#loaded.toBytes()
    attempt('write', path, () => replaceHostFile(path, bytes))
    this.#stamp = this.#currentStamp()
    this.#dirty = false
  }

  #read(stamp: string): LoadedHive {
    if (stamp === '') return this.#options.format.fresh()
    const path = this.#options.path()
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
