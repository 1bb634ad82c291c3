// The Services port through systemd's systemctl: the system's services, as `user:NAME` those of the user's own manager, and as
// `user@UID:NAME` those of another user's, which only the administrator reaches. Where systemd is not the service manager that
// runs, there are no services, and the reason is told. systemctl(1), org.freedesktop.systemd1(5)
import { existsSync } from 'node:fs'
import type { ProgramResult, ServiceFacts, ServiceLimits, ServiceOutcome, Services } from '../../platform/index.ts'
import { runProgram } from './run-program.ts'

export interface SystemdOptions {
  /** The command and its leading arguments; `systemctl` when absent. */
  readonly command?: readonly [string, ...string[]]
  /** Whether systemd runs; looked up when absent. */
  readonly running?: boolean
}

const askMs = 5000
const unitSuffix = /\.(?:service|socket|timer|path|target|mount|scope)$/
/** Units that are stopped because this one is. */
const dependentProperties = ['RequiredBy', 'BoundBy', 'ConsistsOf', 'RequisiteOf']
const properties = ['Id', 'LoadState', 'ActiveState', 'Description', 'MainPID', 'RefuseManualStop', 'Transient', ...dependentProperties, 'TriggeredBy']
const userPrefix = /^user(?:@(\d+))?:/
/** Of a cycle or a very long chain of dependents. */
const mostLevels = 16

/** What `systemctl show` says of one unit. */
type Unit = ReadonlyMap<string, string>

export class SystemdServices implements Services {
  readonly unavailable: string | undefined
  readonly #command: readonly [string, ...string[]]

  constructor(options: SystemdOptions = {}) {
    this.#command = options.command ?? ['systemctl']
    // sd_booted(3): this folder exists exactly when systemd is the init system.
    const running = options.running ?? existsSync('/run/systemd/system')
    this.unavailable = running ? undefined : 'systemd does not run here'
  }

  async describe(name: string): Promise<ServiceFacts | undefined> {
    if (this.unavailable !== undefined) return undefined
    for (const candidate of userPrefix.test(name) ? [name] : [name, `user:${name}`]) {
      const found = await this.#describe(candidate)
      if (found) return found
    }
    return undefined
  }

  stop(name: string, limits: ServiceLimits): Promise<ServiceOutcome> {
    return this.#act(['stop'], name, limits)
  }

  /** That the signal was sent does not mean that its files are free: stopping waits for that, also when it had been told to stop before. */
  async kill(name: string, limits: ServiceLimits): Promise<ServiceOutcome> {
    await this.#act(['kill', '--signal=KILL'], name, limits)
    return this.#act(['stop'], name, limits)
  }

  start(name: string, limits: ServiceLimits): Promise<ServiceOutcome> {
    return this.#act(['start'], name, limits)
  }

  async #describe(name: string): Promise<ServiceFacts | undefined> {
    const prefix = userPrefix.exec(name)?.[0] ?? ''
    const [unit] = await this.#show(prefix, [unitName(name)])
    const isLoaded = unit?.get('LoadState') === 'loaded'
    // One whose file has been removed or masked goes on running, and cannot be started again.
    if (unit === undefined || (!isLoaded && !isActive(unit))) return undefined
    const triggers = await this.#show(prefix, list(unit, 'TriggeredBy'))
    const withPrefix = (units: readonly Unit[]): string[] => units.filter(isActive).map((one) => `${prefix}${one.get('Id')!}`)
    return {
      name: `${prefix}${unit.get('Id') ?? unitName(name)}`, description: unit.get('Description') ?? '', active: isActive(unit), mainPid: Number(unit.get('MainPID') ?? 0),
      refusesStop: unit.get('RefuseManualStop') === 'yes', transient: unit.get('Transient') === 'yes' || !isLoaded,
      dependents: withPrefix(await this.#dependentsOf(prefix, unit)), triggers: withPrefix(triggers),
    }
  }

  /** Those of dependents too, the nearest first: the order in which they can be started again. */
  async #dependentsOf(prefix: string, unit: Unit): Promise<Unit[]> {
    const found = new Map<string, Unit>()
    let next = dependents(unit)
    for (let level = 0; next.length > 0 && level < mostLevels; level++) {
      const units = (await this.#show(prefix, next)).filter((one) => one.get('Id') !== unit.get('Id'))
      for (const one of units) found.set(one.get('Id')!, one)
      next = [...new Set(units.flatMap(dependents))].filter((name) => !found.has(name) && name !== unit.get('Id'))
    }
    return [...found.values()]
  }

  /** In no order; without those that systemctl does not know. */
  async #show(prefix: string, units: readonly string[]): Promise<Unit[]> {
    if (units.length === 0) return []
    const [first, ...others] = units
    const { output } = await this.#run(['show', `--property=${properties.join(',')}`], `${prefix}${first!}`, { timeLimitMs: askMs }, others)
    return output.split('\n\n').map(parseProperties).filter((unit) => unit.has('Id'))
  }

  async #act(verb: readonly string[], name: string, limits: ServiceLimits): Promise<ServiceOutcome> {
    if (this.unavailable !== undefined) return { done: false, why: 'refused', message: this.unavailable }
    const { outcome, exitCode, output, problem } = await this.#run(verb, name, limits)
    if (outcome === 'exited' && exitCode === 0) return { done: true }
    if (outcome === 'timed-out') return { done: false, why: 'timed-out', message: `${name} did not ${verb[0]} within ${limits.timeLimitMs} ms` }
    if (outcome === 'cancelled') return { done: false, why: 'cancelled', message: 'cancelled' }
    return { done: false, why: 'refused', message: output.trim() || (problem ?? `systemctl ${verb[0]} ${name} ended with status ${exitCode}`) }
  }

  #run(verb: readonly string[], name: string, limits: ServiceLimits, more: readonly string[] = []): Promise<ProgramResult> {
    const [file, ...args] = this.#command
    return runProgram({
      file, args: [...args, ...managerOf(name), '--no-ask-password', '--no-pager', ...verb, '--', unitName(name), ...more],
      environment: { LC_ALL: 'C.UTF-8', SYSTEMD_COLORS: '0' }, timeLimitMs: limits.timeLimitMs, ...(limits.signal ? { signal: limits.signal } : {}),
    })
  }
}

/** Which manager is meant: the system's, the user's own, or another user's. */
function managerOf(name: string): string[] {
  const user = userPrefix.exec(name)
  if (!user) return []
  return user[1] === undefined || Number(user[1]) === process.geteuid?.() ? ['--user'] : ['--user', `--machine=${user[1]}@.host`]
}

function unitName(name: string): string {
  const bare = name.replace(userPrefix, '')
  return unitSuffix.test(bare) ? bare : `${bare}.service`
}

function isActive(unit: Unit): boolean {
  return /^(?:active|activating|reloading)$/.test(unit.get('ActiveState') ?? '')
}

function dependents(unit: Unit): string[] {
  return dependentProperties.flatMap((property) => list(unit, property)).filter((name) => name.endsWith('.service'))
}

function list(unit: Unit, property: string): string[] {
  return (unit.get(property) ?? '').split(' ').filter(Boolean)
}

function parseProperties(text: string): Unit {
  return new Map(text.split('\n').filter((line) => line.includes('=')).map((line) => {
    const sign = line.indexOf('=')
    return [line.slice(0, sign), line.slice(sign + 1)]
  }))
}
