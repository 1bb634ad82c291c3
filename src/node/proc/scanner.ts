// Who uses which files: the executable, descriptors and mappings of every process, compared by device and inode.
// Links are asked synchronously, because /proc answers from memory and promises would cost more than the kernel does; mappings are
// read meanwhile by other threads. What cannot be seen is reported as blind, what cannot be told apart as possible.
import type { BlindProcess, FileUse, FileUser, HostPath, ProcessIdentity, ScanOptions, ScanResult } from '../../platform/index.ts'
import { findLeased } from './lease.ts'
import { MapsReader } from './maps-reader.ts'
import { forEachMappedFile, mappedPath, mappedRange } from './maps.ts'
import { MountTables } from './mounts.ts'
import { hasEnded, ProcessClock } from './process-stat.ts'
import { linkTarget, names, ProcReader, processNumbers, statOf, type Refusal } from './read.ts'
import { ProcessView } from './process-view.ts'
import { ScriptFinder } from './scripts.ts'
import { statRemote } from './slow-stat.ts'
import { bytesOf, isSame, mayDiffer, Targets, type Target } from './targets.ts'
import { Turns } from './turns.ts'

const defaultRemoteLimitMs = 400

type Possible = ScanResult['possible'][number]

type Executable = { device: number; inode: number } | 'gone' | 'denied' | 'withheld' | 'remote'

/** Where a process shows what it has open and mapped. */
interface Tables {
  readonly base: string
  readonly executable: Executable
}

interface RemoteCandidate {
  readonly pid: number
  readonly path: string
  readonly use: FileUse
}

export async function scanFiles(files: readonly HostPath[], options: ScanOptions = {}): Promise<ScanResult> {
  const reader = new ProcReader()
  const mounts = new MountTables(reader)
  const remoteLimitMs = Math.min(options.timeLimitMs ?? defaultRemoteLimitMs, defaultRemoteLimitMs)
  const targets = await Targets.find(files, mounts.of('self'), remoteLimitMs, options.signal)
  const scanner = new Scanner(targets, reader, mounts, options)
  if (!targets.isEmpty || targets.silent.length > 0) await scanner.run(remoteLimitMs)
  const hidden = scanner.blind.length > 0 && process.geteuid?.() !== 0 && targets.remote === 'none' ? await findHiddenUses(targets, scanner.users) : []
  const silent = targets.silent.map((path): BlindProcess => ({ pid: 0, name: path.toString(), why: 'its file system does not answer' }))
  return { users: scanner.users, possible: scanner.possible, blind: [...scanner.blind, ...hidden, ...silent], directories: targets.directories }
}

/** The administrator sees nearly everybody, so asking further is for the others. */
async function findHiddenUses(targets: Targets, users: readonly FileUser[]): Promise<BlindProcess[]> {
  const known = new Set(users.map((user) => user.file))
  const open = targets.all().filter((target) => !known.has(target.file))
  const leased = open.length > 0 ? await findLeased(open.map(({ path }) => bytesOf(path))) : []
  return leased.map((index) => ({ pid: 0, name: bytesOf(open[index]!.path).toString(), why: 'a process that cannot be seen uses it' }))
}

class Scanner {
  readonly users: FileUser[] = []
  readonly possible: Possible[] = []
  readonly blind: BlindProcess[] = []
  readonly #targets: Targets
  readonly #reader: ProcReader
  readonly #mounts: MountTables
  readonly #clock: ProcessClock
  readonly #scripts: ScriptFinder
  readonly #options: ScanOptions
  readonly #remote: RemoteCandidate[] = []
  /** Processes of which something is to be told. */
  readonly #noteworthy: ProcessView[] = []
  /** In clock ticks since the start of the machine: a process older than that has had its number all along. */
  readonly #startedTicks: number

  constructor(targets: Targets, reader: ProcReader, mounts: MountTables, options: ScanOptions) {
    this.#targets = targets
    this.#reader = reader
    this.#mounts = mounts
    this.#options = options
    this.#clock = new ProcessClock(reader)
    this.#scripts = new ScriptFinder(targets, reader)
    this.#startedTicks = Math.floor(Number.parseFloat(reader.text('/proc/uptime') ?? '0') * 100) - 1
  }

  async run(remoteLimitMs: number): Promise<void> {
    const { timeLimitMs, signal } = this.#options
    using maps = new MapsReader(this.#reader)
    const pids = processNumbers()
    const end = timeLimitMs === undefined ? Infinity : performance.now() + timeLimitMs
    const turns = new Turns(signal)
    for (const [index, pid] of pids.entries()) {
      this.#look(pid, maps)
      if (maps.isFull) await maps.handOver()
      if (turns.isOver) await turns.next()
      if (performance.now() > end) {
        this.#giveUp(pids.slice(index + 1))
        break
      }
    }
    await maps.finish()
    for (const view of this.#noteworthy.sort((a, b) => a.pid - b.pid)) {
      this.#conclude(view)
      if (turns.isOver) await turns.next()
    }
    await this.#askRemote(remoteLimitMs)
  }

  #giveUp(pids: readonly number[]): void {
    for (const pid of pids) this.blind.push({ pid, name: '', why: 'the time for the scan was over' })
  }

  #look(pid: number, maps: MapsReader): void {
    const view = new ProcessView(pid, this.#mounts.of(pid))
    const tables = this.#begin(view)
    if (tables === undefined) this.#keep(view)
    else maps.add(`${tables.base}/maps`, (bytes) => {
      this.#finish(view, tables, bytes)
      this.#keep(view)
    })
  }

  #keep(view: ProcessView): void {
    if (view.uses.size > 0 || view.unsure.size > 0 || view.blindness !== '') this.#noteworthy.push(view)
  }

  #conclude(view: ProcessView): void {
    const identity = view.uses.size > 0 || view.unsure.size > 0 ? this.#identity(view) : undefined
    if (identity) {
      for (const [file, use] of view.uses) this.users.push({ process: identity, file, use, stale: false })
      for (const [file, { use, why }] of view.unsure) if (!view.uses.has(file)) this.possible.push({ process: identity, file, use, stale: false, why })
    }
    this.#note(view)
  }

  /** A number that was given anew during the scan may have been another process's when it was looked at: look again. */
  #identity(view: ProcessView): ProcessIdentity | undefined {
    const stat = this.#clock.stat(view.pid)
    if (!stat || hasEnded(stat)) return undefined
    if (Number(stat.startTicks) < this.#startedTicks) return this.#clock.identity(stat)
    view.clear()
    const tables = this.#begin(view)
    if (tables) this.#finish(view, tables, this.#reader.read(`${tables.base}/maps`))
    const after = this.#clock.stat(view.pid)
    return after?.startTicks === stat.startTicks ? this.#clock.identity(after) : undefined
  }

  #note(view: ProcessView): void {
    if (view.blindness === '') return
    const stat = this.#clock.stat(view.pid)
    if (stat && !hasEnded(stat)) this.blind.push({ pid: view.pid, name: stat.commandName, why: view.blindness })
  }

  /** Everything but the mappings. Those come last: a library is opened, mapped and closed, and must not be missed between two looks. */
  #begin(view: ProcessView): Tables | undefined {
    const base = `/proc/${view.pid}`
    const executable = this.#executable(view, base)
    if (executable === 'withheld') return undefined
    const tables = executable === 'gone' ? this.#tablesOfThread(view.pid) : { base, executable }
    if (tables === undefined) return undefined
    this.#descriptors(view, tables.base)
    const threads = this.#options.deep ? names(`${base}/task`) : []
    if (typeof threads !== 'string') for (const thread of threads) if (Number(thread) !== view.pid) this.#descriptors(view, `${base}/task/${thread}`)
    return tables
  }

  #finish(view: ProcessView, { executable }: Tables, bytes: Buffer | Refusal): void {
    this.#mappings(view, bytes)
    if (view.uses.size === 0 && typeof executable === 'object') this.#scripts.look(view, executable)
  }

  /** The first thread has ended and others go on: only they can still be looked into. */
  #tablesOfThread(pid: number): Tables | undefined {
    const stat = this.#clock.stat(pid)
    if (stat?.state !== 'Z' || hasEnded(stat)) return undefined
    const threads = names(`/proc/${pid}/task`)
    const thread = typeof threads === 'string' ? undefined : threads.find((candidate) => Number(candidate) !== pid)
    return thread === undefined ? undefined : { base: `/proc/${pid}/task/${thread}`, executable: 'gone' }
  }

  #executable(view: ProcessView, base: string): Executable {
    const path = `${base}/exe`
    if (this.#isElsewhere(view, path, 'executable')) return 'remote'
    const stat = statOf(path)
    if (stat === 'denied') view.blindness = 'it belongs to another user or is protected'
    // The link's own answer is the process's: a file system may withhold its file, and the rest of the process be seen.
    if (stat === 'denied' && linkTarget(path) === 'denied') return 'withheld'
    if (typeof stat === 'string') return stat
    this.#match(view, path, stat.dev, stat.ino, 'executable')
    return { device: stat.dev, inode: stat.ino }
  }

  #descriptors(view: ProcessView, base: string): void {
    const numbers = names(`${base}/fd`)
    if (typeof numbers === 'string') {
      if (numbers === 'denied') view.blindness = 'it belongs to another user or is protected'
      return
    }
    const folder = `${base}/fd/`
    for (let index = 0; index < numbers.length; index++) {
      const path = folder + numbers[index]!
      if (this.#isElsewhere(view, path, 'open')) continue
      const stat = statOf(path)
      if (stat === 'denied') view.blindness ||= 'its open files are protected'
      else if (stat !== 'gone') this.#match(view, path, stat.dev, stat.ino, 'open')
    }
  }

  /** Whether a link leads to a file system that is not to be asked here; if a target may be there, it is asked later. */
  #isElsewhere(view: ProcessView, path: string, use: FileUse): boolean {
    if (!view.mounts.hasRemote) return false
    const target = linkTarget(path)
    if (target === undefined || target === 'denied') return false
    if (!target.startsWith('/')) return true
    if (!view.mounts.isRemote(target)) return false
    if (this.#targets.remote !== 'none') this.#remote.push({ pid: view.pid, path, use })
    return true
  }

  #match(view: ProcessView, path: string, device: number, inode: number, use: FileUse): void {
    const candidates = this.#targets.withInode(inode)
    if (candidates === undefined) return
    for (const target of candidates) if (target.device === device && isSame(target, path)) view.use(target.file, use)
  }

  #mappings(view: ProcessView, bytes: Buffer | Refusal): void {
    if (typeof bytes === 'string') {
      if (bytes === 'denied') view.blindness ||= 'its mapped files are protected'
      return
    }
    forEachMappedFile(bytes, (entry) => {
      const candidates = this.#targets.withInode(entry.inode)
      if (candidates === undefined) return
      for (const target of candidates) {
        if (target.device === entry.device && Number.isSafeInteger(entry.inode)) view.use(target.file, 'mapped')
        else if (target.device === entry.device || mayDiffer(target.device, entry.device)) {
          this.#confirm(view, target, mappedRange(bytes, entry), mappedPath(bytes, entry))
        }
      }
    })
  }

  /** The kernel's own link to the mapping decides; else the name in the process's view; else it stays possible. */
  #confirm(view: ProcessView, target: Target, range: string, path: string): void {
    if (view.mounts.isRemote(path)) return
    for (const candidate of [`/proc/${view.pid}/map_files/${range}`, `/proc/${view.pid}/root${path}`]) {
      const stat = statOf(candidate)
      if (typeof stat === 'string') continue
      if (stat.dev === target.device && stat.ino === target.inode) {
        if (isSame(target, candidate)) view.use(target.file, 'mapped')
        return
      }
      // A name may have been given to another file since; the mapping itself may not.
      if (candidate.includes('/map_files/')) return
    }
    view.unsure.set(target.file, { use: 'mapped', why: 'a mapping has its inode number on a device that could not be compared' })
  }

  async #askRemote(limitMs: number): Promise<void> {
    const candidates = this.#remote
    if (candidates.length === 0) return
    // What is looked for did not answer, so what is found there could not be compared.
    const answers = this.#targets.remote === 'silent' ? candidates.map(() => 'no answer' as const) : await statRemote(candidates.map(({ path }) => Buffer.from(path)), limitMs, this.#options.signal)
    for (const [index, { pid, use }] of candidates.entries()) {
      const answer = answers[index]
      const stat = this.#clock.stat(pid)
      if (!stat || hasEnded(stat) || Number(stat.startTicks) >= this.#startedTicks) continue
      if (answer === 'no answer') this.blind.push({ pid, name: stat.commandName, why: 'it uses a file system that does not answer' })
      else if (answer) this.#addRemote(this.#clock.identity(stat), answer.device, answer.inode, use)
    }
  }

  #addRemote(process: ProcessIdentity, device: number, inode: bigint, use: FileUse): void {
    for (const target of this.#targets.withInode(Number(inode)) ?? []) {
      if (target.device !== device || (target.exactInode ?? BigInt(target.inode)) !== inode || this.users.some((user) => user.file === target.file && user.process.pid === process.pid)) continue
      this.users.push({ process, file: target.file, use, stale: false })
    }
  }
}
