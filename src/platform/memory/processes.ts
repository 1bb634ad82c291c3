// A host's processes in memory: they use files, react to signals and can be launched, and nothing else happens.
// What one does with a signal is the maker's to say; without a word it ends at once on any signal it heeds.
import { WindowsError } from '../../base/index.ts'
import {
  sameProcess, type BlindProcess, type FileUse, type FileUser, type HostPath, type LaunchSpec, type ProcessFacts, type ProcessHandle,
  type Processes, type ProcessIdentity, type ProcessSignal, type ProgramResult, type ProgramSpec, type ScanOptions, type ScanResult,
} from '../processes.ts'

export interface MemoryProcess {
  readonly identity: ProcessIdentity
  readonly facts: ProcessFacts
  /** Path to use. */
  readonly uses: Map<string, FileUse>
  readonly signals: ProcessSignal[]
  running: boolean
}

export interface MemoryProcessOptions {
  readonly facts?: Partial<ProcessFacts>
  readonly uses?: Readonly<Record<string, FileUse>>
  readonly onSignal?: (signal: ProcessSignal, process: MemoryProcess) => void
  /** Called for a request to close its windows; without it windows close and the process ends. */
  readonly onClose?: (process: MemoryProcess) => void
}

export class MemoryProcesses implements Processes {
  readonly all: MemoryProcess[] = []
  readonly launched: LaunchSpec[] = []
  readonly blind: BlindProcess[] = []
  readonly directories = new Set<string>()
  /** What `run` answers. */
  runs: (program: ProgramSpec) => Promise<ProgramResult> | ProgramResult =
    () => ({ outcome: 'not-started', exitCode: 0, output: '', problem: 'programs do not run in memory' })
  runnable: (hostPath: string) => boolean = () => false
  /** What `launch` makes of a specification. */
  onLaunch: (spec: LaunchSpec) => MemoryProcessOptions = (spec) => ({
    facts: { executable: spec.file, arguments: [spec.file, ...spec.args] }, uses: { [spec.file]: 'executable' },
  })
  readonly #options = new Map<MemoryProcess, MemoryProcessOptions>()
  #nextPid = 100
  readonly #self: MemoryProcess

  constructor() {
    this.add({ facts: { kind: 'first process', commandName: 'init', parentPid: 0 } }, 1)
    this.#self = this.add({ facts: { commandName: 'msikit', parentPid: 1 } })
  }

  add(options: MemoryProcessOptions = {}, pid = this.#nextPid++): MemoryProcess {
    const identity = { pid, startTime: `start-${this.all.length}` }
    const facts: ProcessFacts = {
      kind: 'program', commandName: `program-${pid}`, executable: `/bin/program-${pid}`, arguments: [`/bin/program-${pid}`],
      workingDirectory: '/', environment: {}, userId: 1000, loginUserId: -1, startedMs: 0, parentPid: 1, processGroup: pid, terminal: true,
      sessionLeaderPid: pid, loginSession: -1, windows: [], graphical: false, heeds: ['interrupt', 'terminate', 'hangup'],
      stopped: false, signalable: true, ...options.facts, identity,
    }
    const made = { identity, facts, uses: new Map(Object.entries(options.uses ?? {})), signals: [], running: true }
    this.all.push(made)
    this.#options.set(made, options)
    return made
  }

  run(program: ProgramSpec): Promise<ProgramResult> {
    return Promise.resolve(this.runs(program))
  }

  canRun(hostPath: string): boolean {
    return this.runnable(hostPath)
  }

  self(): ProcessIdentity {
    return this.#self.identity
  }

  identify(pid: number): ProcessIdentity | undefined {
    return this.all.find((process) => process.running && process.identity.pid === pid)?.identity
  }

  list(): readonly ProcessIdentity[] {
    return this.all.filter((process) => process.running).map((process) => process.identity)
  }

  ancestors(of: ProcessIdentity): readonly ProcessIdentity[] {
    const found: ProcessIdentity[] = []
    let parent = this.#find(of)?.facts.parentPid
    while (parent) {
      const process = this.all.find((candidate) => candidate.identity.pid === parent)
      if (!process || found.includes(process.identity)) break
      found.push(process.identity)
      parent = process.facts.parentPid
    }
    return found
  }

  async scan(files: readonly HostPath[], options: ScanOptions = {}): Promise<ScanResult> {
    if (options.signal?.aborted) throw new WindowsError('ERROR_CANCELLED', 'the scan was cancelled')
    const users: FileUser[] = []
    const directories: number[] = []
    for (const [file, path] of files.entries()) {
      if (typeof path !== 'string') continue
      if (this.directories.has(path)) directories.push(file)
      for (const process of this.all) {
        const use = process.running ? process.uses.get(path) : undefined
        if (use) users.push({ process: process.identity, file, use, stale: false })
      }
    }
    return {
      users: users.filter((user) => user.use !== 'script'), directories, blind: this.blind,
      possible: users.filter((user) => user.use === 'script').map((user) => ({ ...user, why: 'an interpreter was started with it' })),
    }
  }

  describe(processes: readonly ProcessIdentity[]): Promise<readonly (ProcessFacts | undefined)[]> {
    return Promise.resolve(processes.map((identity) => this.#find(identity)?.facts))
  }

  pin(identity: ProcessIdentity): ProcessHandle | undefined {
    const process = this.#find(identity)
    if (!process) return undefined
    return {
      identity,
      running: () => process.running,
      signal: (signal) => this.#signal(process, signal),
      closeWindows: async () => this.#close(process),
      [Symbol.dispose]() {},
    }
  }

  async launch(spec: LaunchSpec): Promise<ProcessIdentity> {
    this.launched.push(spec)
    return this.add(this.onLaunch(spec)).identity
  }

  #find(identity: ProcessIdentity): MemoryProcess | undefined {
    return this.all.find((process) => process.running && sameProcess(process.identity, identity))
  }

  #signal(process: MemoryProcess, signal: ProcessSignal): 'sent' | 'gone' | 'denied' {
    if (!process.running) return 'gone'
    if (!process.facts.signalable) return 'denied'
    process.signals.push(signal)
    const react = this.#options.get(process)?.onSignal
    if (signal === 'kill') process.running = false
    else if (react) react(signal, process)
    else if (signal !== 'continue' && process.facts.heeds.includes(signal)) process.running = false
    return 'sent'
  }

  #close(process: MemoryProcess): number {
    const count = process.facts.windows.length
    const react = this.#options.get(process)?.onClose
    if (count > 0 && react) react(process)
    else if (count > 0) process.running = false
    return count
  }
}
