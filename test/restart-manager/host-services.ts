// A service manager for tests over real processes: which process belongs to which service is said by the test.
import { setTimeout as pause } from 'node:timers/promises'
import { createRestartManager, type RestartManager } from 'msikit/restart-manager'
import { restartManagerPlatform } from 'msikit/node'
import type { LaunchSpec, ProcessFacts, ProcessHandle, Processes, ServiceFacts, ServiceOutcome, Services } from 'msikit/platform'
import type { Stage, Started } from './stage.ts'

export class HostServices implements Services {
  readonly unavailable = undefined
  /** What was asked for, as `stop NAME` and `start NAME`. */
  readonly journal: string[] = []
  readonly #tell: (line: string) => void
  readonly #facts = new Map<string, ServiceFacts>()
  readonly #processes = new Map<string, ProcessHandle[]>()
  readonly #stage: Stage

  constructor(stage: Stage, tell: (line: string) => void = () => {}) {
    this.#stage = stage
    this.#tell = tell
  }

  add(name: string, processes: readonly Started[], facts: Partial<ServiceFacts> = {}): void {
    this.#facts.set(name, {
      name, description: `The ${name}`, active: true, mainPid: processes[0]?.pid ?? 0, refusesStop: false, transient: false, dependents: [], triggers: [], ...facts,
    })
    this.#processes.set(name, processes.map(({ identity }) => this.#stage.processes.pin(identity)!))
  }

  async describe(name: string): Promise<ServiceFacts | undefined> {
    return this.#facts.get(name) ?? this.#facts.get(`${name}.service`)
  }

  async stop(name: string): Promise<ServiceOutcome> {
    this.#note(`stop ${name}`)
    const facts = this.#facts.get(name)
    if (!facts) return { done: false, why: 'refused', message: `no service is called ${name}` }
    for (const dependent of facts.dependents) await this.stop(dependent)
    for (const process of this.#processes.get(name) ?? []) {
      process.signal('kill')
      while (process.running()) await pause(2)
    }
    this.#facts.set(name, { ...facts, active: false, mainPid: 0 })
    return { done: true }
  }

  kill(name: string): Promise<ServiceOutcome> {
    return this.stop(name)
  }

  async start(name: string): Promise<ServiceOutcome> {
    this.#note(`start ${name}`)
    return { done: true }
  }

  #note(line: string): void {
    this.journal.push(line)
    this.#tell(line)
  }
}

/** A Restart Manager for which the facts of some processes are others. */
export function managerWith(
  stage: Stage, facts: (pid: number) => Partial<ProcessFacts> | undefined, services?: Services, onLaunch: (program: LaunchSpec) => void = () => {},
): RestartManager {
  const platform = restartManagerPlatform({ sessionFolder: stage.sessionFolder, ...(services ? { services } : {}) })
  const processes: Processes = {
    run: (program) => platform.processes.run(program), canRun: (path) => platform.processes.canRun(path), self: () => platform.processes.self(),
    identify: (pid) => platform.processes.identify(pid), list: () => platform.processes.list(), ancestors: (of) => platform.processes.ancestors(of),
    scan: (files, options) => platform.processes.scan(files, options), pin: (process) => platform.processes.pin(process),
    launch: (program) => {
      onLaunch(program)
      return platform.processes.launch(program)
    },
    describe: async (list) => (await platform.processes.describe(list)).map((known) => known && { ...known, ...facts(known.identity.pid) }),
  }
  return createRestartManager({ ...platform, processes })
}
