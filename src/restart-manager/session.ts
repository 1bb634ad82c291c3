// A Restart Manager session as its participants hold it. The primary does everything; a secondary registers and leaves.
// https://learn.microsoft.com/windows/win32/rstmgr/using-restart-manager
import { WindowsError } from '../base/index.ts'
import { isAlive } from './alive.ts'
import { cancelled } from './close.ts'
import type { FilterAction } from './constants.ts'
import { translated } from './errors.ts'
import { sessionEvent, type EventListener } from './events.ts'
import { sameTarget, toFilter } from './filters.ts'
import { inspect, toList, type Inspection } from './inspection.ts'
import { checkResources } from './resources.ts'
import { restartAll } from './restart.ts'
import type { SessionSlot } from './session-slot.ts'
import { sameApplication, withStatus, type SessionState, type TrackedApplication } from './session-state.ts'
import { shutDown } from './shutdown.ts'
import {
  RestartManagerError, type ApplicationList, type Filter, type FilterTarget, type ListOptions, type Resources, type RestartManagerPlatform,
  type RestartOptions, type Session, type ShutdownOptions, type TaskOptions, type TaskOutcome,
} from './types.ts'

export class OpenSession implements Session {
  readonly key: string
  readonly role: 'primary' | 'secondary'
  readonly #platform: RestartManagerPlatform
  readonly #slot: SessionSlot
  #ended = false
  #task: AbortController | undefined
  /** While a task is under way nobody else changes it. */
  #taskState: SessionState | undefined
  #listed: readonly TrackedApplication[] = []
  /** What the store could not take: who was closed must be started again all the same. */
  #unsaved: SessionState | undefined

  readonly #tell: EventListener
  readonly #startedMs: number

  constructor(platform: RestartManagerPlatform, key: string, slot: SessionSlot, role: 'primary' | 'secondary', onEvent?: EventListener) {
    this.#platform = platform
    this.key = key
    this.#slot = slot
    this.role = role
    this.#tell = quietly(onEvent)
    this.#startedMs = onEvent === undefined ? 0 : slot.record().startedMs
    this.#tell(sessionEvent.starting(slot.slot, this.#startedMs))
  }

  async register(resources: Resources): Promise<void> {
    this.#requireOpen()
    const set = checkResources(this.#platform, resources)
    if (set.files.length + set.processes.length + set.services.length === 0) return
    await translated(() => this.#slot.register(set))
    this.#tell(sessionEvent.registering(set.files.length, set.processes.length, set.services.length))
  }

  async list(options: ListOptions = {}): Promise<ApplicationList> {
    this.#requirePrimary()
    return this.#run(options, async (signal) => {
      const found = await this.#inspect(signal)
      this.#listed = found.applications
      if (found.rebootReasons.length > 0) this.#tell(sessionEvent.restartOfMachine(found.applications.filter(({ rebootReasons }) => rebootReasons.length > 0)))
      return within(toList(found, withHistory(found.applications, this.#state().applications)), options.capacity)
    })
  }

  async shutdown(options: ShutdownOptions = {}): Promise<TaskOutcome> {
    this.#requirePrimary()
    return this.#run(options, async (signal) => {
      this.#saveState({ phase: 'shutting-down' })
      let isRecorded = false
      // Nobody is closed who was not written down before; afterwards a full disk is no reason to stop half-way.
      const save = (applications: readonly TrackedApplication[]): void => {
        if (isRecorded) this.#keepState({ applications })
        else this.#saveState({ applications })
        isRecorded = true
      }
      try {
        const outcome = await shutDown({ platform: this.#platform, options, signal, tell: this.#tell, before: this.#before(), history: this.#state().applications, inspect: () => this.#inspect(signal), save })
        return this.#withStoreWarning(outcome)
      } finally {
        this.#keepState({ phase: 'shut-down' })
      }
    })
  }

  async restart(options: RestartOptions = {}): Promise<TaskOutcome> {
    this.#requirePrimary()
    return this.#run(options, async (signal) => {
      const { phase, applications } = this.#state()
      if (phase === 'listening') throw new RestartManagerError('ERROR_REQUEST_OUT_OF_SEQUENCE', 'restart was called before shutdown')
      return this.#withStoreWarning(await restartAll({
        platform: this.#platform, options, signal, applications, tell: this.#tell, save: (changed) => this.#keepState({ applications: changed }),
      }))
    })
  }

  cancel(): void {
    this.#requirePrimary()
    this.#task?.abort()
  }

  async addFilter(target: FilterTarget, action: FilterAction): Promise<void> {
    this.#requirePrimary()
    return translated(async () => {
      const filter = toFilter(target, action, this.#platform.processes)
      const others = this.#state().filters.filter((known) => !sameTarget(known, filter))
      this.#saveState({ filters: [...others, filter] })
    })
  }

  async removeFilter(target: FilterTarget): Promise<void> {
    this.#requirePrimary()
    return translated(async () => {
      const filter = toFilter(target, 'noRestart', this.#platform.processes)
      const { filters } = this.#state()
      const others = filters.filter((known) => !sameTarget(known, filter))
      if (others.length === filters.length) throw new RestartManagerError('ERROR_FILE_NOT_FOUND', 'no filter has that target')
      this.#saveState({ filters: others })
    })
  }

  async filters(): Promise<readonly Filter[]> {
    this.#requirePrimary()
    return translated(async () => this.#state().filters)
  }

  async end(): Promise<void> {
    this.#requireOpen()
    this.#ended = true
    this.#task?.abort()
    if (this.role === 'primary') await translated(() => this.#slot.remove())
    this.#tell(sessionEvent.ending(this.#slot.slot, this.#startedMs))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) await this.end()
  }

  #requireOpen(): void {
    if (this.#ended) throw new RestartManagerError('ERROR_INVALID_HANDLE', 'the Restart Manager session has ended')
  }

  #requirePrimary(): void {
    this.#requireOpen()
    if (this.role === 'primary') return
    throw new RestartManagerError('ERROR_SESSION_CREDENTIAL_CONFLICT', 'only the process that started the session may do that; one that has joined may register resources')
  }

  /** One task at a time; `cancel` and the caller's own signal both end it. */
  async #run<Result>(options: Pick<TaskOptions, 'signal'>, task: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    if (this.#task) throw new RestartManagerError('ERROR_REQUEST_OUT_OF_SEQUENCE', 'another task of this session is under way')
    if (options.signal?.aborted) throw cancelled()
    const controller = new AbortController()
    const forward = () => controller.abort()
    options.signal?.addEventListener('abort', forward, { once: true })
    this.#task = controller
    this.#taskState = undefined
    try {
      return await translated(() => task(controller.signal))
    } finally {
      this.#task = undefined
      this.#taskState = undefined
      options.signal?.removeEventListener('abort', forward)
    }
  }

  async #inspect(signal: AbortSignal): Promise<Inspection> {
    const { otherSessions, strict } = this.#slot.record()
    const { filters } = this.#state()
    return inspect(this.#platform, this.#slot.resources(), { filters, otherSessions, strict, signal })
  }

  /** Earlier closed ones, and listed ones that have ended since. */
  #before(): readonly TrackedApplication[] {
    const { applications } = this.#state()
    const gone = this.#listed.filter((application) => !applications.some((known) => sameApplication(known, application)))
      .filter((application) => application.serviceName === '' && !isAlive(this.#platform, application.process))
    return [...applications.filter(({ status }) => !status.includes('running')), ...gone.map((application) => withStatus(application, 'stoppedOther'))]
  }

  #state(): SessionState {
    if (!this.#task) return this.#unsaved ?? this.#slot.state()
    return this.#taskState ??= this.#unsaved ?? this.#slot.state()
  }

  #saveState(change: Partial<SessionState>): void {
    const state = { ...this.#state(), ...change }
    if (this.#task) this.#taskState = state
    this.#slot.saveState(state)
    this.#unsaved = undefined
  }

  /** Goes on with what it knows when the store cannot be written. */
  #keepState(change: Partial<SessionState>): void {
    const state = { ...this.#state(), ...change }
    try {
      this.#saveState(change)
    } catch (error) {
      if (!(error instanceof WindowsError)) throw error
      this.#unsaved = state
    }
  }

  #withStoreWarning(outcome: TaskOutcome): TaskOutcome {
    if (this.#unsaved === undefined) return outcome
    return { ...outcome, warnings: [...outcome.warnings, 'the session store could not be written: should this process die, what it has closed may not be found by recover'] }
  }
}

/** A listener that fails disturbs nothing. */
function quietly(listener: EventListener | undefined): EventListener {
  return (event) => {
    try {
      listener?.(event)
    } catch {
      // It is the listener's own affair.
    }
  }
}

/** The applications found now, with what an earlier shutdown did to them, and after them those it closed. */
function withHistory(found: readonly TrackedApplication[], history: readonly TrackedApplication[]): TrackedApplication[] {
  const now = found.map((application) => {
    const known = history.findLast((candidate) => sameApplication(candidate, application))
    return (known?.status ?? []).reduce((result, status) => status === 'stopped' || status === 'stoppedOther'
      ? { ...withStatus(result, status), status: [...new Set(['running' as const, ...withStatus(result, status).status])] }
      : withStatus(result, status), application)
  })
  const closed = history.filter((application) => !application.status.includes('running') && !found.some((other) => sameApplication(other, application)))
  return [...now, ...closed]
}

/** What RmGetList says of an array that is too small: nothing of the list but how long it is. */
export function within(list: ApplicationList, capacity = Infinity): ApplicationList {
  const { applications, rebootReasons } = list
  if (applications.length <= capacity) return list
  throw new RestartManagerError('ERROR_MORE_DATA', `there is room for ${capacity} applications, and ${applications.length} were found`, { applications, rebootReasons })
}
