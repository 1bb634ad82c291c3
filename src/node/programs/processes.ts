// The Processes port on a host: programs through node:child_process, and on Linux the processes that use files through /proc.
// Elsewhere scanning answers that it is blind.
import type {
  HostPath, LaunchSpec, ProcessFacts, ProcessHandle, Processes, ProcessIdentity, ProgramResult, ProgramSpec, ScanOptions, ScanResult,
} from '../../platform/index.ts'
import { factsOf } from '../proc/facts.ts'
import { pinProcess } from '../proc/handle.ts'
import { ProcessClock } from '../proc/process-stat.ts'
import { processNumbers, ProcReader } from '../proc/read.ts'
import { ScanHelper } from '../proc/scan-helper.ts'
import { scanFiles } from '../proc/scanner.ts'
import { findStaleUsers } from '../proc/stale.ts'
import type { Display } from '../x11/connection.ts'
import { closeWindows, listWindows } from '../x11/windows.ts'
import { DesktopEntries } from './desktop-entries.ts'
import { canRunFile } from './executable-format.ts'
import { launchProgram } from './launch-program.ts'
import { runProgram } from './run-program.ts'

export class HostProcesses implements Processes {
  readonly #reader = new ProcReader()
  readonly #clock = new ProcessClock(this.#reader)
  readonly #desktop = new DesktopEntries()
  readonly #helper = new ScanHelper()

  run(program: ProgramSpec): Promise<ProgramResult> {
    return runProgram(program)
  }

  canRun(hostPath: string): boolean {
    return canRunFile(hostPath)
  }

  self(): ProcessIdentity {
    return this.identify(process.pid) ?? { pid: process.pid, startTime: String(performance.timeOrigin) }
  }

  identify(pid: number): ProcessIdentity | undefined {
    return this.#clock.identify(pid)
  }

  list(): readonly ProcessIdentity[] {
    return processNumbers().flatMap((pid) => this.identify(pid) ?? [])
  }

  /** Arguments separated by NUL; empty when it cannot be seen. */
  commandLine(pid: number): string {
    return this.#reader.text(`/proc/${pid}/cmdline`) ?? ''
  }

  ancestors(of: ProcessIdentity): readonly ProcessIdentity[] {
    const found: ProcessIdentity[] = []
    let pid = this.#clock.stat(of.pid)?.parentPid ?? 0
    while (pid > 0 && !found.some((process) => process.pid === pid)) {
      const stat = this.#clock.stat(pid)
      if (!stat) break
      found.push(this.#clock.identity(stat))
      pid = stat.parentPid
    }
    return found
  }

  async scan(files: readonly HostPath[], options: ScanOptions = {}): Promise<ScanResult> {
    if (process.platform !== 'linux') {
      return { users: [], possible: [], directories: [], blind: [{ pid: 0, name: process.platform, why: 'processes cannot be looked into on this system' }] }
    }
    const result = await scanFiles(files, options, this.#helper)
    return options.stale ? { ...result, users: [...result.users, ...findStaleUsers(files)] } : result
  }

  async describe(processes: readonly ProcessIdentity[]): Promise<readonly (ProcessFacts | undefined)[]> {
    const facts = processes.map((identity) => factsOf(identity, this.#clock, this.#reader, identity.pid === process.pid ? undefined : this.#desktop))
    const displays = new Map(facts.flatMap((known) => {
      const display = known?.graphical ? displayOf(known) : undefined
      return display ? [[`${display.name} ${display.authorityFile ?? ''}`, display]] : []
    }))
    if (displays.size === 0) return facts
    const windows = (await Promise.all([...displays.values()].map(listWindows))).flat()
    return facts.map((known) => known && { ...known, windows: windows.filter(({ pid }) => pid === known.identity.pid) })
  }

  pin(process: ProcessIdentity): ProcessHandle | undefined {
    return pinProcess(process, this.#clock, async () => {
      const facts = factsOf(process, this.#clock, this.#reader)
      const display = facts && displayOf(facts)
      return display ? closeWindows(display, process.pid) : 0
    })
  }

  launch(program: LaunchSpec): Promise<ProcessIdentity> {
    return launchProgram(program, (pid) => this.identify(pid))
  }
}

/** The display a process is connected to, with the means it has been given itself. */
function displayOf({ environment, userId }: ProcessFacts): Display | undefined {
  const { DISPLAY: name, XAUTHORITY: authority, HOME: home } = environment
  if (!name) return undefined
  const authorityFile = authority || (home ? `${home}/.Xauthority` : undefined)
  return { name, userId, ...(authorityFile === undefined ? {} : { authorityFile }) }
}
