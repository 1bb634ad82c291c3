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
  readonly path: Buffer
  readonly device: number
  readonly inode: number
}

export class Targets {
  /** Indexes of the files that are directories. */
  readonly directories: number[] = []
  /** Files whose file system did not answer. */
  readonly silent: Buffer[] = []
  /** Some lie on a file system with a server behind it; `silent` when none of those could be asked. */
  remote: 'none' | 'silent' | 'known' = 'none'
  readonly #byInode = new Map<number, Target[]>()
  readonly #names = new Map<string, number[]>()

  static async find(files: readonly HostPath[], mounts: MountTable, remoteLimitMs: number, signal?: AbortSignal): Promise<Targets> {
    const targets = new Targets()
    const remote: { file: number; path: Buffer }[] = []
    for (const [file, given] of files.entries()) {
      const path = Buffer.from(given as string)
      if (mounts.leadsToRemote(path.toString())) {
        remote.push({ file, path })
        continue
      }
      const stat = statOf(typeof given === 'string' ? given : path)
      if (typeof stat !== 'string') targets.#add(file, path, stat.dev, stat.ino, stat.isDirectory())
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

  named(name: string): readonly number[] | undefined {
    return this.#names.get(name)
  }

  async #addRemote(remote: readonly { file: number; path: Buffer }[], limitMs: number, signal: AbortSignal | undefined): Promise<void> {
    const answers = await statRemote(remote.map(({ path }) => path), limitMs, signal)
    for (const [index, { file, path }] of remote.entries()) {
      const answer = answers[index]
      if (answer === 'no answer') this.silent.push(path)
      else if (answer) this.#add(file, path, answer.device, answer.inode, answer.isDirectory)
    }
    this.remote = this.silent.length < remote.length ? 'known' : 'silent'
  }

  #add(file: number, path: Buffer, device: number, inode: number, isDirectory: boolean): void {
    if (isDirectory) {
      this.directories.push(file)
      return
    }
    push(this.#byInode, inode, { file, path, device, inode })
    push(this.#names, path.toString('utf8', path.lastIndexOf(0x2f) + 1), file)
  }
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** Whether what stands at a path of /proc is the target, all digits of the inode compared. */
export function isSame(target: Target, path: string): boolean {
  if (Number.isSafeInteger(target.inode)) return true
  try {
    const [a, b] = [statSync(target.path, { bigint: true }), statSync(path, { bigint: true })]
    return a.ino === b.ino && a.dev === b.dev
  } catch {
    return false
  }
}

/** File systems without a device of their own (overlay, btrfs) may tell stat one number and maps another. */
export function mayDiffer(a: number, b: number): boolean {
  return deviceMajor(a) === 0 || deviceMajor(b) === 0
}
