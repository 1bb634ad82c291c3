// ServiceControl on the host. The services of a root do not run here, with one exception: a service of the host's manager that
// uses files of the root that are going to be changed, and has the name that the package gives. That one the package stops and
// starts itself, through a Restart Manager session of its own: what depends on it goes and comes with it, what must not be
// stopped is not, and after a crash it can be recovered. Where the services are those of the root itself, all are started and stopped as
// the package says. https://learn.microsoft.com/windows/win32/msi/stopservices-action, …/servicecontrol-table
import { foldCase, WindowsError } from '../../../base/index.ts'
import type { ServiceFacts, Services } from '../../../platform/index.ts'
import type { RestartManager, Session } from '../../../restart-manager/index.ts'

/** As Windows Installer waits for services. */
const waitMs = 30_000

type Control = 'start' | 'stop'

export class HostServices {
  readonly #restartManager: RestartManager | undefined
  readonly #signal: AbortSignal | undefined
  /** By the package's name: what the host calls it. */
  readonly #known = new Map<string, string>()
  readonly #stopped = new Map<string, Session>()
  /** Those of the root that were started or stopped, and may be taken back. */
  readonly #changed = new Map<string, Control>()
  readonly #services: Services

  constructor(services: Services, restartManager: RestartManager | undefined, signal: AbortSignal | undefined) {
    this.#services = services
    this.#restartManager = restartManager
    this.#signal = signal
  }

  /** The host's service uses files of the root, and the package will stop it. */
  add(hostName: string): void {
    this.#known.set(serviceKey(hostName), hostName)
  }

  /** What was done, for the log. @throws WindowsError when the service does not stop or start and that is waited for */
  async control(name: string, control: Control, { wait, undoing, values }: { readonly wait: boolean; readonly undoing: boolean; readonly values: readonly string[] }): Promise<string> {
    if (this.#services.ofRoot === true) return this.#controlOwn(name, control, { wait: wait && !undoing, undoing, values })
    const hostName = this.#known.get(serviceKey(name))
    if (hostName === undefined || this.#restartManager === undefined) return 'not done: services of this root do not run on this host'
    try {
      return control === 'stop' ? await this.#stop(this.#restartManager, hostName) : await this.#start(hostName)
    } catch (error) {
      if ((wait && !undoing) || !(error instanceof WindowsError)) throw error
      return `${hostName} of the host was told to ${control}, and is not waited for. Error: ${error.errno} (${error.message})`
    }
  }

  async #controlOwn(name: string, control: Control, { wait, undoing, values }: { readonly wait: boolean; readonly undoing: boolean; readonly values: readonly string[] }): Promise<string> {
    if (undoing && this.#changed.get(serviceKey(name)) !== (control === 'start' ? 'stop' : 'start')) return `nothing to undo: ${name} was left as it was`
    const facts = await this.#services.describe(name)
    if (facts?.active === (control === 'start') || (facts === undefined && control === 'stop')) return `nothing to do: ${name} ${control === 'start' ? 'runs' : 'does not run'}`
    const problem = facts === undefined ? 'there is no such service' : await this.#attempt(facts, control, values)
    if (problem !== undefined && wait) throw new WindowsError(facts === undefined ? 'ERROR_SERVICE_DOES_NOT_EXIST' : 'ERROR_FUNCTION_FAILED', `service ${name}: ${problem}`)
    if (problem !== undefined) return `${name} was told to ${control}, and is not waited for: ${problem}`
    this.#changed.set(serviceKey(name), control)
    return `${name} was ${control === 'start' ? 'started' : 'stopped'}`
  }

  /** @returns why it was not done. */
  async #attempt({ name }: ServiceFacts, control: Control, values: readonly string[]): Promise<string | undefined> {
    const limits = { timeLimitMs: waitMs, ...(this.#signal === undefined ? {} : { signal: this.#signal }) }
    const outcome = control === 'stop' ? await this.#services.stop(name, limits) : await this.#services.start(name, { ...limits, arguments: values })
    return outcome.done ? undefined : outcome.message
  }

  /** What was stopped and not started again stays so, as the package has it. */
  async end(): Promise<void> {
    const sessions = [...this.#stopped.values()]
    this.#stopped.clear()
    await Promise.all(sessions.map((session) => session.end()))
  }

  async #stop(restartManager: RestartManager, hostName: string): Promise<string> {
    if (this.#stopped.has(hostName)) return `${hostName} of the host is stopped already`
    const session = await restartManager.startSession()
    try {
      await session.register({ services: [hostName] })
      await session.shutdown({ limits: { serviceMs: waitMs }, ...(this.#signal === undefined ? {} : { signal: this.#signal }) })
    } catch (error) {
      // It may be half stopped. What its start would say is less than what stopping has said.
      await session.restart().catch(() => {})
      await session.end()
      throw error
    }
    this.#stopped.set(hostName, session)
    return `${hostName} of the host, which uses files of this root, was stopped`
  }

  async #start(hostName: string): Promise<string> {
    const session = this.#stopped.get(hostName)
    if (session === undefined) return `not done: ${hostName} of the host was not stopped by this installation`
    this.#stopped.delete(hostName)
    try {
      await session.restart({ limits: { serviceMs: waitMs } })
    } finally {
      await session.end()
    }
    return `${hostName} of the host was started`
  }
}

/** Windows' names have no suffix and no case; a user's service is meant as well as a system's. */
export function serviceKey(name: string): string {
  return foldCase(name.replace(/^user(?:@\d+)?:/, '').replace(/\.service$/, ''))
}
