// Who uses which files: the executable, descriptors and mappings of every process, compared by device and inode.
// What cannot be seen is reported as blind, what cannot be told apart as possible.
import type { BlindProcess, FileUse, FileUser, HostPath, ProcessIdentity, ScanOptions, ScanResult } from '../../platform/index.ts'
import { findLeased } from './lease.ts'
import { Looker, type LookOptions } from './look.ts'
import { MountTables } from './mounts.ts'
import { PidShare } from './pid-share.ts'
import { hasEnded, ProcessClock } from './process-stat.ts'
import { ProcReader, processNumbers } from './read.ts'
import type { ScanHelper } from './scan-helper.ts'
import type { RemoteLink, Sighting } from './sighting.ts'
import { statRemote } from './slow-stat.ts'
import { bytesOf, findTargets, Targets } from './targets.ts'
import { Turns } from './turns.ts'

const defaultRemoteLimitMs = 400

type Possible = ScanResult['possible'][number]

export async function scanFiles(files: readonly HostPath[], options: ScanOptions = {}, helper?: ScanHelper): Promise<ScanResult> {
  const reader = new ProcReader()
  const mounts = new MountTables(reader)
  const remoteLimitMs = Math.min(options.timeLimitMs ?? defaultRemoteLimitMs, defaultRemoteLimitMs)
  const { targets, directories, silent } = await findTargets(files, mounts.of('self'), remoteLimitMs, options.signal)
  const scan = new Scan(targets, reader, options)
  if (!targets.isEmpty || silent.length > 0) {
    await scan.run(mounts, helper)
    await scan.askRemote(remoteLimitMs)
  }
  const hidden = scan.blind.length > 0 && process.geteuid?.() !== 0 && targets.numbers.remote === 'none' ? await findHiddenUses(files, targets, scan.users) : []
  const silence = silent.map((file): BlindProcess => ({ pid: 0, name: nameOf(files[file]!), why: 'its file system does not answer' }))
  return { users: scan.users, possible: scan.possible, blind: [...scan.blind, ...hidden, ...silence], directories }
}

/** The administrator sees nearly everybody, so asking further is for the others. */
async function findHiddenUses(files: readonly HostPath[], targets: Targets, users: readonly FileUser[]): Promise<BlindProcess[]> {
  const known = new Set(users.map((user) => user.file))
  const open = targets.files().filter((file) => !known.has(file))
  const leased = open.length > 0 ? await findLeased(open.map((file) => bytesOf(files[file]!))) : []
  return leased.map((index) => ({ pid: 0, name: nameOf(files[open[index]!]!), why: 'a process that cannot be seen uses it' }))
}

function nameOf(path: HostPath): string {
  return bytesOf(path).toString()
}

class Scan {
  readonly users: FileUser[] = []
  readonly possible: Possible[] = []
  readonly blind: BlindProcess[] = []
  readonly #targets: Targets
  readonly #reader: ProcReader
  readonly #clock: ProcessClock
  readonly #options: ScanOptions
  readonly #look: LookOptions
  readonly #endMs: number
  readonly #remote: { readonly pid: number; readonly link: RemoteLink }[] = []

  constructor(targets: Targets, reader: ProcReader, options: ScanOptions) {
    this.#targets = targets
    this.#reader = reader
    this.#options = options
    this.#clock = new ProcessClock(reader)
    this.#endMs = performance.now() + (options.timeLimitMs ?? Infinity)
    this.#look = { deep: options.deep ?? false, startedTicks: Math.floor(Number.parseFloat(reader.text('/proc/uptime') ?? '0') * 100) - 1 }
  }

  async run(mounts: MountTables, helper: ScanHelper | undefined): Promise<void> {
    const pids = processNumbers()
    const share = new PidShare(pids)
    const help = helper?.ask({ targets: this.#targets.numbers, options: this.#look, pids, share: share.buffer }, this.#reader)
    const looker = new Looker(this.#targets, this.#look, this.#reader, mounts)
    const seen = new Map<number, Sighting | undefined>()
    let left = await this.#lookThrough(share, looker, seen)
    if (share.close()) {
      const others = await help?.()
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

  #tell({ identity: process, uses, unsure, blind, remote, pid }: Sighting): void {
    if (process) {
      for (const [file, use] of uses) this.users.push({ process, file, use, stale: false })
      for (const [file, { use, why }] of unsure) if (!uses.has(file)) this.possible.push({ process, file, use, stale: false, why })
    }
    if (blind) this.blind.push(blind)
    for (const link of remote) this.#remote.push({ pid, link })
  }

  /** What the processes have on file systems that were not asked on the way. */
  async askRemote(limitMs: number): Promise<void> {
    const links = this.#remote
    if (links.length === 0) return
    // What is looked for did not answer, so what is found there could not be compared.
    const answers = this.#targets.numbers.remote === 'silent' ? links.map(() => 'no answer' as const)
      : await statRemote(links.map(({ link }) => Buffer.from(link.path)), limitMs, this.#options.signal)
    for (const [index, { pid, link }] of links.entries()) {
      const answer = answers[index]
      const stat = this.#clock.stat(pid)
      if (!stat || hasEnded(stat) || Number(stat.startTicks) >= this.#look.startedTicks) continue
      if (answer === 'no answer') this.blind.push({ pid, name: stat.commandName, why: 'it uses a file system that does not answer' })
      else if (answer) this.#addRemote(this.#clock.identity(stat), answer.device, answer.inode, link.use)
    }
  }

  #addRemote(process: ProcessIdentity, device: number, inode: bigint, use: FileUse): void {
    for (let target = this.#targets.withInode(Number(inode)); target; target = target.next) {
      const { file } = target
      if (target.device !== device || (target.exactInode ?? BigInt(target.inode)) !== inode) continue
      if (!this.users.some((user) => user.file === file && user.process.pid === process.pid)) this.users.push({ process, file, use, stale: false })
    }
  }
}
