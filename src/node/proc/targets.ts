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
  readonly device: number
  readonly inode: number
  /** All digits, where a double cannot hold them. */
  readonly exactInode: bigint | undefined
  /** Another one whose inode is the same number: of another device, another name of this file, or a neighbour once rounded. */
  readonly next: Target | undefined
}

/** What is looked for, in a form that another thread can be given. */
export interface TargetNumbers {
  /** Of each target its file, device and inode. */
  readonly triples: Float64Array
  /** By file. */
  readonly exactInodes: ReadonlyMap<number, bigint>
  /** Names that are looked for on command lines. */
  readonly scripts: ReadonlySet<string>
  /** Some lie on a file system with a server behind it; `silent` when none of those could be asked. */
  readonly remote: 'none' | 'silent' | 'known'
}

export class Targets {
  readonly numbers: TargetNumbers
  readonly #byInode = new Map<number, Target>()

  constructor(numbers: TargetNumbers) {
    this.numbers = numbers
    const { triples, exactInodes } = numbers
    for (let index = 0; index < triples.length; index += 3) {
      const [file, device, inode] = [triples[index]!, triples[index + 1]!, triples[index + 2]!]
      this.#byInode.set(inode, { file, device, inode, exactInode: exactInodes.get(file), next: this.#byInode.get(inode) })
    }
  }

  get isEmpty(): boolean {
    return this.#byInode.size === 0
  }

  /** Indexes into the files asked for. */
  files(): number[] {
    return Array.from(this.numbers.triples.filter((_, index) => index % 3 === 0))
  }

  /** The first candidate; a wide inode still needs `isSame`. */
  withInode(inode: number): Target | undefined {
    return this.#byInode.get(inode)
  }
}

export interface FoundTargets {
  readonly targets: Targets
  /** Indexes of the files that are directories. */
  readonly directories: readonly number[]
  /** Indexes of the files whose file system did not answer. */
  readonly silent: readonly number[]
}

export async function findTargets(files: readonly HostPath[], mounts: MountTable, remoteLimitMs: number, signal?: AbortSignal): Promise<FoundTargets> {
  const found = new Finding(files)
  const remote: number[] = []
  for (let file = 0; file < files.length; file++) {
    const path = files[file]!
    if (mounts.hasRemote && mounts.leadsToRemote(nameOf(path))) remote.push(file)
    else found.ask(file)
  }
  if (remote.length > 0) await found.askRemote(remote, remoteLimitMs, signal)
  return found.result()
}

class Finding {
  readonly #files: readonly HostPath[]
  readonly #triples: number[] = []
  readonly #exactInodes = new Map<number, bigint>()
  readonly #scripts = new Set<string>()
  readonly #directories: number[] = []
  readonly #silent: number[] = []
  #remote: TargetNumbers['remote'] = 'none'

  constructor(files: readonly HostPath[]) {
    this.#files = files
  }

  ask(file: number): void {
    const path = this.#files[file]!
    const given = typeof path === 'string' ? path : bytesOf(path)
    const stat = statOf(given)
    if (typeof stat === 'string') return
    const exactInode = Number.isSafeInteger(stat.ino) ? undefined : exactInodeOf(given)
    this.#add(file, stat.dev, stat.ino, exactInode, stat.isDirectory(), (stat.mode & 0o111) !== 0)
  }

  async askRemote(files: readonly number[], limitMs: number, signal: AbortSignal | undefined): Promise<void> {
    const answers = await statRemote(files.map((file) => bytesOf(this.#files[file]!)), limitMs, signal)
    for (const [index, file] of files.entries()) {
      const answer = answers[index]
      if (answer === 'no answer') this.#silent.push(file)
      else if (answer) this.#add(file, answer.device, Number(answer.inode), answer.inode, answer.isDirectory, true)
    }
    this.#remote = this.#silent.length < files.length ? 'known' : 'silent'
  }

  result(): FoundTargets {
    const targets = new Targets({ triples: Float64Array.from(this.#triples), exactInodes: this.#exactInodes, scripts: this.#scripts, remote: this.#remote })
    return { targets, directories: this.#directories, silent: this.#silent }
  }

  #add(file: number, device: number, inode: number, exactInode: bigint | undefined, isDirectory: boolean, isExecutable: boolean): void {
    if (isDirectory) {
      this.#directories.push(file)
      return
    }
    this.#triples.push(file, device, inode)
    if (exactInode !== undefined) this.#exactInodes.set(file, exactInode)
    const path = nameOf(this.#files[file]!)
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

function exactInodeOf(path: string | Buffer): bigint | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino
  } catch {
    // It has gone meanwhile.
    return undefined
  }
}

/** Whether what stands at a path of /proc is the target, all digits of the inode compared; device and rounded inode are known to be equal. */
export function isSame(target: Target, path: string): boolean {
  return Number.isSafeInteger(target.inode) || exactInodeOf(path) === target.exactInode
}

/** File systems without a device of their own (overlay, btrfs) may tell stat one number and maps another. */
export function mayDiffer(a: number, b: number): boolean {
  return deviceMajor(a) === 0 || deviceMajor(b) === 0
}
