// The interface of `msikit/restart-manager` over the system's own Restart Manager. What only the other implementation can do is
// refused with ERROR_NOT_SUPPORTED: sessions taken up by other processes, recovery, stale users.
import { errorCodes, type ErrorCodeName } from '../../base/index.ts'
import type { ProcessIdentity } from '../../platform/index.ts'
import {
  ApplicationStatus, ApplicationType, FilterAction, names, RebootReason, RestartManagerError, ShutdownType, type Application, type ApplicationList,
  type Filter, type FilterTarget, type ListOptions, type Resources, type RestartManager, type RestartOptions, type Session, type ShutdownOptions, type TaskOutcome,
} from '../../restart-manager/index.ts'
import { processInfo, uniqueProcess } from './layouts.ts'
import type { FilterSelector, RestartManagerLibrary } from './library.ts'

/** What the other parts of Windows are asked for. */
export interface WindowsProcesses {
  /** With the FILETIME of its start in decimal. */
  identify(pid: number): ProcessIdentity | undefined
  /** @returns a system error code or HRESULT; 0 is success */
  registerApplicationRestart(commandLine: string, flags: number): number
  unregisterApplicationRestart(): number
}

/** RmGetList is asked again when the list has grown meanwhile; the documentation's example gives up after three times. */
const listAttempts = 5

export function createWindowsRestartManager(library: RestartManagerLibrary, processes: WindowsProcesses): RestartManager {
  const start = async () => {
    const handle = new Uint32Array(1)
    const key = new Uint16Array(33)
    check(library.startSession(handle, 0, key), 'RmStartSession')
    return new WindowsSession(library, processes, handle[0]!, String.fromCharCode(...key.subarray(0, 32)), 'primary')
  }
  return {
    startSession: async (options) => options?.owner ? notSupported('a session for another owner') : start(),
    async joinSession(key) {
      if (typeof key !== 'string') throw new RestartManagerError('ERROR_BAD_ARGUMENTS', 'expected the key of a session')
      const handle = new Uint32Array(1)
      check(library.joinSession(handle, key), 'RmJoinSession')
      return new WindowsSession(library, processes, handle[0]!, key, 'secondary')
    },
    async inspect(resources, options) {
      if (options?.stale) return notSupported('looking for stale users')
      await using session = await start()
      await session.register(resources)
      return session.list(options?.signal ? { signal: options.signal } : {})
    },
    async registerApplicationRestart({ args = [], flags = [], process, onQueryEndSession } = {}) {
      if (process || onQueryEndSession) return notSupported('registering another process, or a question')
      const bits = flags.reduce((sum, flag) => sum | { noCrash: 1, noHang: 2, noPatch: 4, noReboot: 8 }[flag], 0)
      if (processes.registerApplicationRestart(args.map(quoteArgument).join(' '), bits) !== 0) {
        throw new RestartManagerError('ERROR_INVALID_PARAMETER', 'RegisterApplicationRestart refused the command line')
      }
    },
    async unregisterApplicationRestart(process) {
      if (process) return notSupported('another process')
      processes.unregisterApplicationRestart()
    },
    resumeSession: async () => notSupported('taking up a session'),
    sessions: async () => [],
    recoverable: async () => [],
    recover: async () => notSupported('recovery'),
  }
}

class WindowsSession implements Session {
  readonly key: string
  readonly role: 'primary' | 'secondary'
  readonly #library: RestartManagerLibrary
  readonly #processes: WindowsProcesses
  readonly #handle: number
  #ended = false
  #filters: readonly Filter[] = []

  constructor(library: RestartManagerLibrary, processes: WindowsProcesses, handle: number, key: string, role: 'primary' | 'secondary') {
    this.#library = library
    this.#processes = processes
    this.#handle = handle
    this.key = key
    this.role = role
  }

  async register({ files = [], processes = [], services = [] }: Resources): Promise<void> {
    const identities = processes.flatMap((process) => typeof process === 'number' ? this.#processes.identify(process) ?? [] : [process])
    const paths = files.map((file) => typeof file === 'string' ? file : notSupported('a path in bytes'))
    check(await this.#library.registerResources(this.#handle, paths, uniqueProcess.write(identities), services), 'RmRegisterResources')
  }

  async list({ signal, capacity = Infinity }: ListOptions = {}): Promise<ApplicationList> {
    const needed = new Uint32Array(1)
    const count = new Uint32Array(1)
    const reasons = new Uint32Array(1)
    let infos = Buffer.alloc(0)
    for (let attempt = 1; ; attempt++) {
      count[0] = infos.length / processInfo.size
      const code = await this.#cancellable(signal, () => this.#library.getList(this.#handle, needed, count, infos, reasons))
      if (code !== errorCodes.ERROR_MORE_DATA || attempt === listAttempts) {
        check(code, 'RmGetList')
        break
      }
      // A little room for those that appear before the next call.
      infos = Buffer.alloc((needed[0]! + 4) * processInfo.size)
    }
    const rebootReasons = names(RebootReason, reasons[0]!)
    const applications = Array.from({ length: count[0]! }, (_, index) => toApplication(infos, index * processInfo.size))
    if (applications.length > capacity) throw new RestartManagerError('ERROR_MORE_DATA', `there is room for ${capacity} applications, and ${applications.length} were found`, { applications, rebootReasons })
    return { applications, rebootReasons, blind: [], possible: [], warnings: [] }
  }

  async shutdown(options: ShutdownOptions = {}): Promise<TaskOutcome> {
    const flags = (options.force ? ShutdownType.force.value : 0) | (options.onlyRegistered ? ShutdownType.onlyRegistered.value : 0)
    return this.#outcome('RmShutdown', await this.#cancellable(options.signal, () => this.#library.shutdown(this.#handle, flags, options.onProgress)))
  }

  async restart(options: RestartOptions = {}): Promise<TaskOutcome> {
    return this.#outcome('RmRestart', await this.#cancellable(options.signal, () => this.#library.restart(this.#handle, options.onProgress)))
  }

  cancel(): void {
    check(this.#library.cancel(this.#handle), 'RmCancelCurrentTask')
  }

  async addFilter(target: FilterTarget, action: FilterAction): Promise<void> {
    const [selector, filter] = this.#select(target, action)
    check(this.#library.addFilter(this.#handle, selector, FilterAction[action].value), 'RmAddFilter')
    this.#filters = [...this.#filters.filter((known) => !isSameTarget(known, filter)), filter]
  }

  async removeFilter(target: FilterTarget): Promise<void> {
    const [selector, filter] = this.#select(target, 'noRestart')
    check(this.#library.removeFilter(this.#handle, selector), 'RmRemoveFilter')
    this.#filters = this.#filters.filter((known) => !isSameTarget(known, filter))
  }

  /** Filters are the primary's own, so what it has added is all there is. */
  async filters(): Promise<readonly Filter[]> {
    return this.#filters
  }

  async end(): Promise<void> {
    this.#ended = true
    check(this.#library.endSession(this.#handle), 'RmEndSession')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) await this.end()
  }

  /** After a failure too, the list says how the applications stand. */
  async #outcome(name: string, code: number): Promise<TaskOutcome> {
    const { applications } = await this.list().catch(() => ({ applications: [] }))
    if (code !== 0) throw failureOf(code, name, applications)
    return { applications, warnings: [] }
  }

  async #cancellable(signal: AbortSignal | undefined, call: () => Promise<number>): Promise<number> {
    if (signal?.aborted) return errorCodes.ERROR_CANCELLED
    const cancel = () => { this.#library.cancel(this.#handle) }
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      return await call()
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  #select(target: FilterTarget, action: FilterAction): [FilterSelector, Filter] {
    const none = { file: null, process: null, service: null }
    if ('file' in target) return [{ ...none, file: target.file }, { trigger: 'file', file: target.file, action }]
    if ('service' in target) return [{ ...none, service: target.service }, { trigger: 'service', service: target.service, action }]
    const process = typeof target.process === 'number' ? this.#processes.identify(target.process) : target.process
    if (!process) throw new RestartManagerError('ERROR_BAD_ARGUMENTS', 'a filter needs a running process')
    return [{ ...none, process: uniqueProcess.write([process]) }, { trigger: 'process', process, action }]
  }
}

function isSameTarget(a: Filter, b: Filter): boolean {
  return a.trigger === b.trigger && a.file === b.file && a.service === b.service && a.process?.pid === b.process?.pid
}

function toApplication(bytes: Buffer, offset: number): Application {
  const info = processInfo.read(bytes, offset)
  const type = (Object.keys(ApplicationType) as ApplicationType[]).find((name) => ApplicationType[name].value === info.type) ?? 'unknown'
  return {
    process: info.process, processes: [info.process], name: info.name, serviceName: info.serviceName, type, status: names(ApplicationStatus, info.status),
    sessionId: info.sessionId, restartable: info.restartable, rebootReasons: [], notes: [], files: [],
  }
}

function check(code: number, name: string): void {
  if (code !== 0) throw failureOf(code, name, [])
}

function failureOf(code: number, name: string, applications: readonly Application[]): RestartManagerError {
  const known = (Object.keys(errorCodes) as ErrorCodeName[]).find((candidate) => errorCodes[candidate] === code)
  return new RestartManagerError(known ?? 'ERROR_FUNCTION_FAILED', `${name} failed with code ${code}`, { applications })
}

function notSupported(what: string): never {
  throw new RestartManagerError('ERROR_NOT_SUPPORTED', `the Restart Manager of Windows does not know ${what}`)
}

/** As CommandLineToArgvW takes it apart again. */
function quoteArgument(argument: string): string {
  if (argument !== '' && !/[\s"]/.test(argument)) return argument
  return `"${argument.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`
}
