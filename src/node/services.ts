// The Services port through systemd's systemctl, for the system's services and, as `user:NAME`, the user's own.
// Where systemd is not the service manager that runs, there are no services, and the reason is told. systemctl(1)
import { existsSync } from 'node:fs'
import type { ProgramResult, ServiceFacts, ServiceLimits, ServiceOutcome, Services } from '../platform/index.ts'
import { runProgram } from './run-program.ts'

export interface SystemdOptions {
  /** The command and its leading arguments; `systemctl` when absent. */
  readonly command?: readonly [string, ...string[]]
  /** Whether systemd runs; looked up when absent. */
  readonly running?: boolean
}

const askMs = 5000
const unitSuffix = /\.(?:service|socket|timer|path|target|mount|scope)$/
const properties = ['Id', 'LoadState', 'ActiveState', 'Description', 'MainPID', 'RefuseManualStop', 'Transient', 'RequiredBy', 'BoundBy', 'ConsistsOf', 'RequisiteOf', 'TriggeredBy']

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
    for (const candidate of name.startsWith('user:') ? [name] : [name, `user:${name}`]) {
      const found = await this.#show(candidate)
      if (found) return found
    }
    return undefined
  }

  stop(name: string, limits: ServiceLimits): Promise<ServiceOutcome> {
    return this.#act(['stop'], name, limits)
  }

  kill(name: string, limits: ServiceLimits): Promise<ServiceOutcome> {
    return this.#act(['kill', '--signal=KILL'], name, limits)
  }

  start(name: string, limits: ServiceLimits): Promise<ServiceOutcome> {
    return this.#act(['start'], name, limits)
  }

  async #show(name: string): Promise<ServiceFacts | undefined> {
    const values = parseProperties(await this.#run(['show', `--property=${properties.join(',')}`], name, { timeLimitMs: askMs }))
    if (values.get('LoadState') !== 'loaded') return undefined
    const list = (property: string) => (values.get(property) ?? '').split(' ').filter(Boolean)
    const prefix = name.startsWith('user:') ? 'user:' : ''
    const dependents = ['RequiredBy', 'BoundBy', 'ConsistsOf', 'RequisiteOf'].flatMap(list).filter((unit) => unit.endsWith('.service'))
    const active = await this.#activeOf(prefix, [...new Set([...dependents, ...list('TriggeredBy')])])
    const isActive = (unit: string) => active.has(unit)
    return {
      name: `${prefix}${values.get('Id') ?? name}`, description: values.get('Description') ?? '',
      active: /^(?:active|activating|reloading)$/.test(values.get('ActiveState') ?? ''), mainPid: Number(values.get('MainPID') ?? 0),
      refusesStop: values.get('RefuseManualStop') === 'yes', transient: values.get('Transient') === 'yes',
      dependents: [...new Set(dependents.filter(isActive))].map((unit) => `${prefix}${unit}`),
      triggers: list('TriggeredBy').filter(isActive).map((unit) => `${prefix}${unit}`),
    }
  }

  async #activeOf(prefix: string, units: readonly string[]): Promise<ReadonlySet<string>> {
    if (units.length === 0) return new Set()
    const [first, ...others] = units
    const { output } = await this.#run(['is-active'], `${prefix}${first!}`, { timeLimitMs: askMs }, others)
    const states = output.trim().split('\n')
    return new Set(units.filter((_, index) => states[index]?.trim() === 'active'))
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
    const isUsers = name.startsWith('user:')
    const bare = isUsers ? name.slice('user:'.length) : name
    const unit = unitSuffix.test(bare) ? bare : `${bare}.service`
    return runProgram({
      file, args: [...args, ...(isUsers ? ['--user'] : []), '--no-ask-password', '--no-pager', ...verb, '--', unit, ...more],
      environment: { LC_ALL: 'C.UTF-8', SYSTEMD_COLORS: '0' }, timeLimitMs: limits.timeLimitMs, ...(limits.signal ? { signal: limits.signal } : {}),
    })
  }
}

function parseProperties({ output }: ProgramResult): ReadonlyMap<string, string> {
  return new Map(output.split('\n').filter((line) => line.includes('=')).map((line) => {
    const sign = line.indexOf('=')
    return [line.slice(0, sign), line.slice(sign + 1)]
  }))
}
