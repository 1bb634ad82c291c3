// Who uses the resources now: a scan of the files, the registered processes and services, each classified, the processes
// of a service taken together, filters applied. Changes nothing. Statuses of an earlier shutdown are the session's to add.
import {
  sameProcess, type FileUse, type FileUser, type HostPath, type LaunchSpec, type ProcessFacts, type ProcessIdentity,
  type ServiceFacts,
} from '../platform/index.ts'
import { identityKey, isAlive } from './alive.ts'
import { classify, type Caller } from './classification.ts'
import { maximumApplicationName, maximumServiceName, type RebootReason } from './constants.ts'
import { filtersFor } from './filters.ts'
import { readRegistration, type StoredRegistration } from './registration.ts'
import type { ResourceSet } from './segments.ts'
import { publicView, withStatus, type TrackedApplication } from './session-state.ts'
import { RestartManagerError, type ApplicationList, type Filter, type RestartManagerPlatform } from './types.ts'

export interface InspectionOptions {
  readonly filters: readonly Filter[]
  readonly otherSessions: 'refuse' | 'allow'
  readonly strict: boolean
  /** Users of what formerly stood at the paths, instead of those of what stands there. */
  readonly stale?: boolean
  readonly signal?: AbortSignal
}

export interface Inspection extends ApplicationList {
  readonly applications: readonly TrackedApplication[]
  /** By `identityKey`. */
  readonly facts: ReadonlyMap<string, ProcessFacts>
  readonly caller: Caller
}

export async function inspect(platform: RestartManagerPlatform, resources: ResourceSet, options: InspectionOptions): Promise<Inspection> {
  const { filters, signal, stale = false } = options
  const filterFiles = filters.flatMap((filter) => filter.file ?? [])
  const scan = await platform.processes.scan([...resources.files, ...filterFiles], { stale, ...(signal ? { signal } : {}) })
  refuseDirectories(scan.directories, resources.files)
  const isResource = (user: FileUser) => user.file < resources.files.length && user.stale === stale
  const uses = groupUses(scan.users.filter(isResource), resources.files)
  const registered = resources.processes.filter((process) => isAlive(platform, process))
  const identities = distinct([...scan.users.filter(isResource).map((user) => user.process), ...registered])
  const caller = await inquireCaller(platform, options.otherSessions)
  const found = new Found(platform, caller)
  const facts = await platform.processes.describe(identities)
  for (const known of facts) if (known) await found.addProcess(known, uses.get(identityKey(known.identity)) ?? [])
  for (const name of new Set(resources.services)) await found.addService(name)
  const executes = (process: ProcessIdentity, file: string) => scan.users.some((user) =>
    user.file >= resources.files.length && user.use === 'executable' && filterFiles[user.file - resources.files.length] === file && sameProcess(user.process, process))
  const applications = found.applications().map((application) => mask(application, filters, executes))
  return {
    applications, rebootReasons: rebootReasons(applications, scan.blind.length > 0 && options.strict), blind: scan.blind,
    possible: scan.possible.filter(isResource).map(({ process, file, why }) => ({ process, path: resources.files[file]!, why })),
    warnings: found.warnings, caller, facts: new Map(facts.flatMap((known) => known ? [[identityKey(known.identity), known]] : [])),
  }
}

/** What callers see of an inspection. */
export function toList({ facts: _facts, caller: _caller, ...found }: Inspection, applications: readonly TrackedApplication[]): ApplicationList {
  return { ...found, applications: applications.map(publicView) }
}

/** An application may register for a restart while it is being asked whether it can be closed. */
export function withLateRegistration(platform: RestartManagerPlatform, application: TrackedApplication, { facts, caller }: Inspection): TrackedApplication {
  const known = facts.get(identityKey(application.process))
  if (known === undefined || application.type === 'critical' || application.type === 'service') return application
  const registration = readRegistration(platform, known.identity)
  const registered = isRegistered(registration, known, caller)
  const launch = launchSpec(known, registration)
  return { ...application, registered, restartable: registered, ...(launch ? { launch } : {}) }
}

function isRegistered(registration: StoredRegistration | undefined, facts: ProcessFacts, caller: Caller): boolean {
  return registration !== undefined && !registration.flags.includes('noPatch') && mayBeRestarted(facts, caller)
}

function mask(application: TrackedApplication, filters: readonly Filter[], executes: (process: ProcessIdentity, file: string) => boolean): TrackedApplication {
  const actions = filtersFor(application, filters, executes)
  if (actions.has('noShutdown')) return withStatus(withStatus(application, 'shutdownMasked'), 'restartMasked')
  return actions.has('noRestart') ? withStatus(application, 'restartMasked') : application
}

/** An exempted application keeps its files, as its user wishes; that is no reason to refuse the others. */
function rebootReasons(applications: readonly TrackedApplication[], unseen: boolean): RebootReason[] {
  const reasons = new Set(applications.filter((application) => !application.status.includes('shutdownMasked'))
    .flatMap((application) => application.rebootReasons))
  if (unseen) reasons.add('permissionDenied')
  return [...reasons]
}

/** Documented for RmGetList: registering a directory succeeds, listing then fails. */
function refuseDirectories(directories: readonly number[], files: readonly HostPath[]): void {
  const first = directories.find((index) => index < files.length)
  if (first === undefined) return
  throw new RestartManagerError('ERROR_ACCESS_DENIED', `registered files: expected a file, found the directory ${showPath(files[first]!)}`)
}

class Found {
  readonly warnings: string[] = []
  readonly #platform: RestartManagerPlatform
  readonly #caller: Caller
  readonly #plain: TrackedApplication[] = []
  readonly #services = new Map<string, TrackedApplication>()
  readonly #serviceFacts = new Map<string, ServiceFacts | undefined>()

  constructor(platform: RestartManagerPlatform, caller: Caller) {
    this.#platform = platform
    this.#caller = caller
  }

  applications(): readonly TrackedApplication[] {
    return [...this.#plain, ...this.#services.values()]
  }

  async addProcess(facts: ProcessFacts, files: readonly { path: HostPath; use: FileUse }[]): Promise<void> {
    const service = facts.service === undefined ? undefined : await this.#describe(facts.service)
    const made = this.#make(facts, service, files)
    if (!service) this.#plain.push(made)
    else this.#services.set(service.name, merge(this.#services.get(service.name), made))
  }

  async addService(name: string): Promise<void> {
    if (this.#platform.services.unavailable !== undefined) {
      this.warnings.push(`service ${name} was not looked for: ${this.#platform.services.unavailable}`)
      return
    }
    const service = await this.#describe(name)
    if (!service) this.warnings.push(`no service is called ${name}`)
    if (!service?.active || this.#services.has(service.name)) return
    const main = this.#platform.processes.identify(service.mainPid)
    const [facts] = main ? await this.#platform.processes.describe([main]) : []
    this.#services.set(service.name, facts ? this.#make(facts, service, []) : bareService(service))
  }

  async #describe(name: string): Promise<ServiceFacts | undefined> {
    if (this.#platform.services.unavailable !== undefined) return undefined
    if (!this.#serviceFacts.has(name)) this.#serviceFacts.set(name, await this.#platform.services.describe(name))
    return this.#serviceFacts.get(name)
  }

  #make(facts: ProcessFacts, service: ServiceFacts | undefined, files: readonly { path: HostPath; use: FileUse }[]): TrackedApplication {
    const { type, rebootReasons, notes, name } = classify(facts, service, this.#caller)
    const registration = service ? undefined : readRegistration(this.#platform, facts.identity)
    const registered = isRegistered(registration, facts, this.#caller)
    const launch = service ? undefined : launchSpec(facts, registration)
    const main = service && service.mainPid !== facts.identity.pid ? this.#platform.processes.identify(service.mainPid) : undefined
    return {
      process: main ?? facts.identity, processes: [facts.identity], name: name.slice(0, maximumApplicationName),
      ...(facts.executable === undefined ? {} : { executable: facts.executable }),
      serviceName: (service?.name ?? '').slice(0, maximumServiceName), type, status: ['running'],
      sessionId: service || type === 'critical' ? -1 : facts.loginSession,
      restartable: type !== 'critical' && (service ? !service.transient : registered),
      rebootReasons, notes, files, registered: service !== undefined || registered,
      dependents: service?.dependents ?? [], triggers: service?.triggers ?? [], parentPid: service ? 0 : facts.parentPid,
      ...(service ? {} : { processGroup: facts.processGroup }),
      ...(launch ? { launch } : {}),
    }
  }
}

/** A registered service that is active without a process of its own to look at. */
function bareService(service: ServiceFacts): TrackedApplication {
  const refused = service.refusesStop
  return {
    process: { pid: service.mainPid, startTime: '' }, processes: [], name: service.description || service.name, serviceName: service.name,
    type: refused ? 'critical' : 'service', status: ['running'], sessionId: -1, restartable: !refused && !service.transient,
    rebootReasons: refused ? ['criticalService'] : [], notes: [], files: [], registered: true,
    dependents: service.dependents, triggers: service.triggers, parentPid: 0,
  }
}

/** Not for another user's program, and not for one of the administrator's in a user's login: its rights would be gained anew. */
function mayBeRestarted(facts: ProcessFacts, caller: Caller): boolean {
  if (facts.userId === 0 && caller.loginUserId > 0) return false
  return facts.userId === caller.userId || caller.userId === 0
}

function launchSpec(facts: ProcessFacts, registration: StoredRegistration | undefined): LaunchSpec | undefined {
  if (facts.executable === undefined) return undefined
  const [argument0, ...args] = facts.arguments
  return {
    file: facts.executable, args: registration?.args ?? args,
    ...(argument0 === undefined || argument0 === facts.executable ? {} : { argument0 }),
    ...(facts.workingDirectory === undefined ? {} : { workingDirectory: facts.workingDirectory }),
    ...(facts.output === undefined ? {} : { output: facts.output }), ...(facts.errorOutput === undefined ? {} : { errorOutput: facts.errorOutput }),
    environment: facts.environment, userId: facts.userId, terminal: facts.terminal,
  }
}

function merge(known: TrackedApplication | undefined, added: TrackedApplication): TrackedApplication {
  if (!known) return added
  const reasons = new Set([...known.rebootReasons, ...added.rebootReasons])
  return {
    ...known, processes: [...known.processes, ...added.processes], files: strongest([...known.files, ...added.files]),
    type: reasons.size > 0 ? 'critical' : known.type, rebootReasons: [...reasons], restartable: known.restartable && reasons.size === 0,
    notes: [...new Set([...known.notes, ...added.notes])],
  }
}

async function inquireCaller(platform: RestartManagerPlatform, otherSessions: 'refuse' | 'allow'): Promise<Caller> {
  const { processes } = platform
  const self = processes.self()
  const [facts] = await processes.describe([self])
  const leader = facts && facts.sessionLeaderPid > 0 ? processes.identify(facts.sessionLeaderPid) : undefined
  return {
    self, userId: facts?.userId ?? -1, loginUserId: facts?.loginUserId ?? -1, loginSession: facts?.loginSession ?? -1,
    own: [self, ...processes.ancestors(self), ...(leader ? [leader] : [])], otherSessions,
  }
}

function groupUses(users: readonly FileUser[], files: readonly HostPath[]): Map<string, { path: HostPath; use: FileUse }[]> {
  const grouped = new Map<string, { path: HostPath; use: FileUse }[]>()
  for (const { process, file, use } of users) {
    const key = identityKey(process)
    const list = grouped.get(key)
    if (list) list.push({ path: files[file]!, use })
    else grouped.set(key, [{ path: files[file]!, use }])
  }
  for (const [key, list] of grouped) grouped.set(key, strongest(list))
  return grouped
}

const strength: Readonly<Record<FileUse, number>> = { executable: 3, mapped: 2, open: 1, script: 0 }

/** One entry per path. */
function strongest(uses: readonly { path: HostPath; use: FileUse }[]): { path: HostPath; use: FileUse }[] {
  const best = new Map<HostPath, { path: HostPath; use: FileUse }>()
  for (const entry of uses) {
    const known = best.get(entry.path)
    if (!known || strength[entry.use] > strength[known.use]) best.set(entry.path, entry)
  }
  return [...best.values()]
}

function distinct(identities: readonly ProcessIdentity[]): ProcessIdentity[] {
  return [...new Map(identities.map((identity) => [identityKey(identity), identity])).values()]
}


export function showPath(path: HostPath): string {
  return typeof path === 'string' ? path : new TextDecoder().decode(path)
}
