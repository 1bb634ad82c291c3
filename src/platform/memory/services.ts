// A service manager in memory. A service may own processes of a MemoryProcesses; stopping it ends them.
import type { ServiceFacts, ServiceLimits, ServiceOutcome, Services } from '../services.ts'
import type { MemoryProcess } from './processes.ts'

export interface MemoryService {
  facts: ServiceFacts
  readonly processes: readonly MemoryProcess[]
  /** It does not stop by itself. */
  hangs?: boolean
  /** It fails to start. */
  broken?: boolean
}

export class MemoryServices implements Services {
  readonly unavailable: string | undefined
  ofRoot = false
  readonly all = new Map<string, MemoryService>()
  /** What was asked of it, such as `stop nginx.service`. */
  readonly journal: string[] = []

  constructor(unavailable?: string) {
    this.unavailable = unavailable
  }

  add(name: string, options: Partial<ServiceFacts> & Omit<Partial<MemoryService>, 'facts'> = {}): MemoryService {
    const { processes = [], hangs = false, broken = false, ...facts } = options
    const service: MemoryService = {
      facts: { name, description: name, active: true, mainPid: processes[0]?.identity.pid ?? 0, refusesStop: false, transient: false,
        dependents: [], triggers: [], ...facts },
      processes, hangs, broken,
    }
    this.all.set(name, service)
    return service
  }

  describe(name: string): Promise<ServiceFacts | undefined> {
    return Promise.resolve((this.all.get(name) ?? this.all.get(`${name}.service`))?.facts)
  }

  async stop(name: string, limits: ServiceLimits): Promise<ServiceOutcome> {
    this.journal.push(`stop ${name}`)
    if (limits.signal?.aborted) return { done: false, why: 'cancelled', message: 'cancelled' }
    const service = this.all.get(name)
    if (!service) return { done: false, why: 'refused', message: `no service is called ${name}` }
    if (service.hangs) return { done: false, why: 'timed-out', message: `${name} did not stop` }
    for (const dependent of service.facts.dependents) await this.stop(dependent, limits)
    this.#end(service)
    return { done: true }
  }

  async kill(name: string): Promise<ServiceOutcome> {
    this.journal.push(`kill ${name}`)
    const service = this.all.get(name)
    if (service) this.#end(service)
    return { done: true }
  }

  async start(name: string): Promise<ServiceOutcome> {
    this.journal.push(`start ${name}`)
    const service = this.all.get(name)
    if (!service || service.broken) return { done: false, why: 'refused', message: `${name} failed to start` }
    service.facts = { ...service.facts, active: true }
    return { done: true }
  }

  #end(service: MemoryService): void {
    for (const process of service.processes) process.running = false
    service.facts = { ...service.facts, active: false, mainPid: 0 }
  }
}
