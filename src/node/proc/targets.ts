// The files a scan looks for, by device and inode. Names play no part: hard links, bind mounts and other roots are the
// same file under another name, and a copy under the same name is another file.
import { constants, statSync } from 'node:fs'
import type { HostPath } from '../../platform/index.ts'
import { deviceMajor } from './maps.ts'
import type { MountTable } from './mounts.ts'
import { bytesOf, nameOf } from './read.ts'
import { statRemote } from './slow-stat.ts'
import { StatShare } from './stat-share.ts'
import { Turns } from './turns.ts'

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
    // From the last one on, so that of several names of a file the first one given is the first one told.
    for (let index = triples.length - 3; index >= 0; index -= 3) {
      const file = triples[index]!
      const inode = triples[index + 2]!
      this.#byInode.set(inode, { file, device: triples[index + 1]!, inode, exactInode: exactInodes.get(file), next: this.#byInode.get(inode) })
    }
  }

  /** The first candidate; a wide inode still needs `isSame`. */
  withInode(inode: number): Target | undefined {
    return this.#byInode.get(inode)
  }
}

export interface FoundTargets {
  readonly numbers: TargetNumbers
  /** Indexes of the files that are directories. */
  readonly directories: readonly number[]
  /** Indexes of the files whose file system did not answer. */
  readonly silent: readonly number[]
}

/** @param help is given what another thread may ask for as well */
export async function findTargets(
  files: readonly HostPath[], mounts: MountTable, remoteLimitMs: number, signal?: AbortSignal, help?: (files: readonly (HostPath | undefined)[], share: StatShare) => void,
): Promise<FoundTargets> {
  const found = new Finding(files)
  const local = mounts.hasRemote ? files.map((path) => mounts.leadsToRemote(nameOf(path)) ? undefined : path) : files
  const share = new StatShare(local)
  help?.(local, share)
  const turns = new Turns(signal)
  try {
    while (share.askSome()) if (turns.isOver) await turns.next()
  } finally {
    share.close()
  }
  found.addLocal(share.result())
  const remote = mounts.hasRemote ? [...files.keys()].filter((file) => local[file] === undefined) : []
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

  addLocal(numbers: Float64Array): void {
    for (let file = 0; file < this.#files.length; file++) {
      const mode = numbers[file * 3 + 2]!
      if (mode !== 0) this.#addLocal(file, numbers[file * 3]!, numbers[file * 3 + 1]!, mode)
    }
  }

  #addLocal(file: number, device: number, inode: number, mode: number): void {
    const path = this.#files[file]!
    const exactInode = Number.isSafeInteger(inode) ? undefined : exactInodeOf(typeof path === 'string' ? path : bytesOf(path))
    this.#add(file, device, inode, exactInode, (mode & constants.S_IFMT) === constants.S_IFDIR, (mode & 0o111) !== 0)
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
    const numbers = { triples: new Float64Array(this.#triples), exactInodes: this.#exactInodes, scripts: this.#scripts, remote: this.#remote }
    return { numbers, directories: this.#directories, silent: this.#silent }
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
