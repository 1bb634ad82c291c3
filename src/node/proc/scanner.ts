// Who uses which files: the executable, descriptors and mappings of every process, compared by device and inode.
// What cannot be seen is reported as blind, what cannot be told apart as possible.
import type { BlindProcess, FileUse, FileUser, HostPath, ProcessIdentity, ScanOptions, ScanResult } from '../../platform/index.ts'
import { findLeased } from './lease.ts'
import { Looker, type LookOptions } from './look.ts'
import { MountTables } from './mounts.ts'
import { PidShare } from './pid-share.ts'
import { hasEnded, ProcessClock } from './process-stat.ts'
import { bytesOf, nameOf, ProcReader, processNumbers } from './read.ts'
import type { Help, ScanHelper } from './scan-helper.ts'
import type { RemoteLink, Sighting } from './sighting.ts'
import { statRemote } from './slow-stat.ts'
import { findTargets, Targets, type TargetNumbers } from './targets.ts'
import { Turns } from './turns.ts'

const defaultRemoteLimitMs = 400

type Possible = ScanResult['possible'][number]

export async function scanFiles(files: readonly HostPath[], options: ScanOptions = {}, helper?: ScanHelper): Promise<ScanResult> {
  const reader = new ProcReader()
  const mounts = new MountTables(reader)
  const remoteLimitMs = Math.min(options.timeLimitMs ?? defaultRemoteLimitMs, defaultRemoteLimitMs)
  const pids = processNumbers()
  const help = helper?.join(pids.length, reader)
  const { numbers, directories, silent } = await findTargets(files, mounts.own, remoteLimitMs, options.signal, help?.stat)
  const scan = new Scan(numbers, reader, options)
  if (numbers.triples.length > 0 || silent.length > 0) {
    await scan.run(pids, mounts, help)
    await scan.askRemote(remoteLimitMs)
  }
  const hidden = scan.blind.length > 0 && process.geteuid?.() !== 0 && numbers.remote === 'none' ? await findHiddenUses(files, numbers, scan.users) : []
  const silence = silent.map((file): BlindProcess => ({ pid: 0, name: nameOf(files[file]!), why: 'its file system does not answer' }))
  return { users: scan.users, possible: scan.possible, blind: [...scan.blind, ...hidden, ...silence], directories }
}

/** The administrator sees nearly everybody, so asking further is for the others. */
async function findHiddenUses(files: readonly HostPath[], targets: TargetNumbers, users: readonly FileUser[]): Promise<BlindProcess[]> {
  const known = new Set(users.map((user) => user.file))
  const open = Array.from(targets.triples.filter((_, index) => index % 3 === 0)).filter((file) => !known.has(file))
  const leased = open.length > 0 ? await findLeased(open.map((file) => bytesOf(files[file]!))) : []
  return leased.map((index) => ({ pid: 0, name: nameOf(files[open[index]!]!), why: 'a process that cannot be seen uses it' }))
}

class Scan {
  readonly users: FileUser[] = []
  readonly possible: Possible[] = []
  readonly blind: BlindProcess[] = []
  readonly #numbers: TargetNumbers
  readonly #reader: ProcReader
  readonly #clock: ProcessClock
  readonly #options: ScanOptions
  readonly #look: LookOptions
  readonly #endMs: number
  readonly #remote: { readonly pid: number; readonly link: RemoteLink }[] = []

  constructor(numbers: TargetNumbers, reader: ProcReader, options: ScanOptions) {
    this.#numbers = numbers
    this.#reader = reader
    this.#options = options
    this.#clock = new ProcessClock(reader)
    this.#endMs = performance.now() + (options.timeLimitMs ?? Infinity)
    this.#look = { deep: options.deep ?? false, startedTicks: Math.floor(Number.parseFloat(reader.text('/proc/uptime') ?? '0') * 100) - 1 }
  }

  async run(pids: readonly number[], mounts: MountTables, help: Help | undefined): Promise<void> {
    const share = new PidShare(pids)
    const answer = help?.look({ targets: this.#numbers, options: this.#look, pids, share: share.buffer })
    const looker = new Looker(new Targets(this.#numbers), this.#look, this.#reader, mounts)
    const seen = new Map<number, Sighting | undefined>()
    let left = await this.#lookThrough(share, looker, seen)
    if (share.close()) {
      const others = await answer?.()
      for (const sighting of others ?? []) seen.set(sighting.pid, sighting)
      if (others === undefined) left = await this.#lookThrough(new PidShare(pids.filter((pid) => !seen.has(pid))), looker, seen)
    }
    for (const pid of left) this.blind.push({ pid, name: '', why: 'the time for the scan was over' })
    for (const sighting of [...seen.values()].flatMap((found) => found ?? []).sort((a, b) => a.pid - b.pid)) this.#tell(sighting)
  }

  /** @returns those that nobody has looked at when the time is over; then nobody will. */
  async #lookThrough(share: PidShare, looker: Looker, seen: Map<number, Sighting | undefined>): Promise<readonly number[]> {
    const turns = new Turns(this.#options.signal)
    try {
      for (let pids = share.take(); pids.length > 0; pids = share.take()) {
        for (const pid of pids) seen.set(pid, looker.look(pid))
        if (turns.isOver) await turns.next()
        if (performance.now() > this.#endMs) break
      }
      return share.takeAll()
    } catch (error) {
      // Cancelled: the helper stops too.
      share.takeAll()
      throw error
    }
  }

  #tell(sighting: Sighting): void {
    const { identity: process, uses, unsure, blind, remote, pid } = sighting
    if (process) {
      uses.forEach((use, file) => { this.users.push({ process, file, use, stale: false }) })
      unsure.forEach(({ use, why }, file) => { if (!uses.has(file)) this.possible.push({ process, file, use, stale: false, why }) })
    }
    if (blind) this.blind.push(blind)
    for (const link of remote) this.#remote.push({ pid, link })
  }

  /** What the processes have on file systems that were not asked on the way. */
  async askRemote(limitMs: number): Promise<void> {
    const links = this.#remote
    if (links.length === 0) return
    // What is looked for did not answer, so what is found there could not be compared.
    const answers = this.#numbers.remote === 'silent' ? links.map(() => 'no answer' as const)
      : await statRemote(links.map(({ link }) => Buffer.from(link.path)), limitMs, this.#options.signal)
    const targets = new Targets(this.#numbers)
    for (const [index, { pid, link }] of links.entries()) {
      const answer = answers[index]
      const stat = this.#clock.stat(pid)
      if (!stat || hasEnded(stat) || Number(stat.startTicks) >= this.#look.startedTicks) continue
      if (answer === 'no answer') this.blind.push({ pid, name: stat.commandName, why: 'it uses a file system that does not answer' })
      else if (answer) this.#addRemote(targets, this.#clock.identity(stat), answer.device, answer.inode, link.use)
    }
  }

  #addRemote(targets: Targets, process: ProcessIdentity, device: number, inode: bigint, use: FileUse): void {
    for (let target = targets.withInode(Number(inode)); target; target = target.next) {
      const { file } = target
      if (target.device !== device || (target.exactInode ?? BigInt(target.inode)) !== inode) continue
      if (!this.users.some((user) => user.file === file && user.process.pid === process.pid)) this.users.push({ process, file, use, stale: false })
    }
  }
}
