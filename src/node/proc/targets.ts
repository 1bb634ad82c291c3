// The files a scan looks for, by device and inode. Names play no part: hard links, bind mounts and other roots are the
// same file under another name, and a copy under the same name is another file.
import { statSync } from 'node:fs'
import type { HostPath } from '../../platform/index.ts'
import { deviceMajor } from './maps.ts'
import type { MountTable } from './mounts.ts'
import { statOf } from './read.ts'
import { statRemote } from './slow-stat.ts'

export interface Target {
  /** Index into the files asked for. */
  readonly file: number
  readonly path: HostPath
  readonly device: number
  readonly inode: number
  /** Of a file that must not be asked again, because its file system may not answer. */
  readonly exactInode?: bigint
}

export class Targets {
  /** Indexes of the files that are directories. */
  readonly directories: number[] = []
  /** Files whose file system did not answer. */
  readonly silent: Buffer[] = []
  /** Some lie on a file system with a server behind it; `silent` when none of those could be asked. */
  remote: 'none' | 'silent' | 'known' = 'none'
  readonly #byInode = new Map<number, Target[]>()
  /** Names that are looked for on command lines. */
  readonly #scripts = new Set<string>()

  static async find(files: readonly HostPath[], mounts: MountTable, remoteLimitMs: number, signal?: AbortSignal): Promise<Targets> {
    const targets = new Targets()
    const remote: { file: number; path: Buffer }[] = []
    for (let file = 0; file < files.length; file++) {
      const path = files[file]!
      if (mounts.hasRemote && mounts.leadsToRemote(nameOf(path))) {
        remote.push({ file, path: bytesOf(path) })
        continue
      }
      const stat = statOf(typeof path === 'string' ? path : bytesOf(path))
      if (typeof stat !== 'string') targets.#add({ file, path, device: stat.dev, inode: stat.ino }, stat.isDirectory(), (stat.mode & 0o111) !== 0)
    }
    if (remote.length > 0) await targets.#addRemote(remote, remoteLimitMs, signal)
    return targets
  }

  get isEmpty(): boolean {
    return this.#byInode.size === 0
  }

  /** Candidates; a wide inode still needs `isSame`. */
  withInode(inode: number): readonly Target[] | undefined {
    return this.#byInode.get(inode)
  }

  all(): readonly Target[] {
    return [...this.#byInode.values()].flat()
  }

  get hasScripts(): boolean {
    return this.#scripts.size > 0
  }

  isScriptName(name: string): boolean {
    return this.#scripts.has(name)
  }

  async #addRemote(remote: readonly { file: number; path: Buffer }[], limitMs: number, signal: AbortSignal | undefined): Promise<void> {
    const answers = await statRemote(remote.map(({ path }) => path), limitMs, signal)
    for (const [index, { file, path }] of remote.entries()) {
      const answer = answers[index]
      if (answer === 'no answer') this.silent.push(path)
      else if (answer) this.#add({ file, path, device: answer.device, inode: Number(answer.inode), exactInode: answer.inode }, answer.isDirectory, true)
    }
    this.remote = this.silent.length < remote.length ? 'known' : 'silent'
  }

  #add(target: Target, isDirectory: boolean, isExecutable: boolean): void {
    if (isDirectory) {
      this.directories.push(target.file)
      return
    }
    push(this.#byInode, target.inode, target)
    const path = nameOf(target.path)
    if (scriptEnding.test(path) || (isExecutable && !/\.[^/]*$/.test(path))) this.#scripts.add(path.slice(path.lastIndexOf('/') + 1))
  }
}

/** Of files that interpreters are started with; without an ending, one that may be run is taken for such a file too. */
const scriptEnding = /\.(?:[cm]?[jt]sx?|py[cw]?|pl|pm|rb|php|sh|bash|zsh|fish|lua|tcl|tk|jar|R|r|scm|exe|dll)$/

export function bytesOf(path: HostPath): Buffer {
  return typeof path === 'string' ? Buffer.from(path) : Buffer.from(path.buffer, path.byteOffset, path.length)
}

function nameOf(path: HostPath): string {
  return typeof path === 'string' ? path : bytesOf(path).toString()
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** Whether what stands at a path of /proc is the target, all digits of the inode compared. */
export function isSame(target: Target, path: string): boolean {
  if (Number.isSafeInteger(target.inode)) return true
  if (target.exactInode !== undefined) return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino === target.exactInode
  try {
    const [a, b] = [statSync(bytesOf(target.path), { bigint: true }), statSync(path, { bigint: true })]
    return a.ino === b.ino && a.dev === b.dev
  } catch {
    // One of the two is gone.
    return false
  }
}

/** File systems without a device of their own (overlay, btrfs) may tell stat one number and maps another. */
export function mayDiffer(a: number, b: number): boolean {
  return deviceMajor(a) === 0 || deviceMajor(b) === 0
}
