// Puts itself between a Platform and its users: every call of a port, and of the files that it opened, goes through
// one function.
import type { InstallationLock, Platform } from '../platform/index.ts'

export type PortName = 'files' | 'registry' | 'processes' | 'services' | 'sessions' | 'reader' | 'writer' | 'platform'

export interface PortCall {
  readonly port: PortName
  readonly method: string
  readonly args: readonly unknown[]
  /** With `reader` and `writer`: the path that was opened. */
  readonly path?: string
  /** It changes something that outlives the process. */
  readonly changes: boolean
}

/** `proceed` makes the call, with other arguments if given; what is returned or thrown is what the user sees. */
export type Interceptor = (call: PortCall, proceed: (args?: readonly unknown[]) => unknown) => unknown

const changingMethods: { readonly [Port in PortName]?: ReadonlySet<string> } = {
  files: new Set(['create', 'createDirectory', 'removeFile', 'removeDirectory', 'rename', 'setAttributes', 'setTimes']),
  registry: new Set(['createKey', 'setValue', 'deleteValue', 'deleteKey', 'setSecurity', 'flush']),
  processes: new Set(['run', 'launch']),
  services: new Set(['stop', 'kill', 'start']),
  sessions: new Set(['createFolder', 'removeFolder', 'write', 'removeFile']),
  writer: new Set(['write', 'setTimes']),
}

/** @param most `changes`: calls that change nothing go past the interceptor, in a fraction of the time */
export function interceptPlatform(platform: Platform, intercept: Interceptor, most: 'all' | 'changes' = 'all'): Platform {
  const port = <Port extends object>(name: PortName, target: Port): Port => interceptPort(name, target, intercept, most)
  return {
    ...platform,
    machine: platform.machine,
    files: port('files', platform.files),
    registry: port('registry', platform.registry),
    processes: port('processes', platform.processes),
    services: port('services', platform.services),
    sessions: port('sessions', platform.sessions),
    lockInstallation: () => intercept({ port: 'platform', method: 'lockInstallation', args: [], changes: false }, () => platform.lockInstallation()) as InstallationLock | undefined,
  }
}

function interceptPort<Port extends object>(port: PortName, target: Port, intercept: Interceptor, most: 'all' | 'changes', path?: string): Port {
  const members = new Map<string | symbol, unknown>()
  const memberOf = (property: string | symbol, member: Member): unknown => {
    const changes = typeof property === 'string' && changingMethods[port]?.has(property) === true
    if (typeof property !== 'string' || (most === 'changes' && !changes)) return member.bind(target)
    return (...args: readonly unknown[]): unknown => {
      const call: PortCall = { port, method: property, args, changes, ...(path === undefined ? {} : { path }) }
      return interceptResult(call, intercept(call, (changed = args) => Reflect.apply(member, target, changed)), intercept, most)
    }
  }
  return new Proxy(target, {
    get: (_, property) => {
      if (members.has(property)) return members.get(property)
      const member: unknown = Reflect.get(target, property, target)
      // What is no method may be another thing at the next look.
      if (typeof member !== 'function') return member
      const intercepted = memberOf(property, member as Member)
      members.set(property, intercepted)
      return intercepted
    },
  })
}

type Member = (...args: readonly unknown[]) => unknown

function interceptResult(call: PortCall, result: unknown, intercept: Interceptor, most: 'all' | 'changes'): unknown {
  if (call.port !== 'files' || typeof result !== 'object' || result === null) return result
  if (call.method === 'create') return interceptPort('writer', result, intercept, most, String(call.args[0]))
  if (call.method === 'open') return interceptPort('reader', result, intercept, most, String(call.args[0]))
  return result
}

/** Such as `files.rename C:\a C:\b`. */
export function describeCall({ port, method, args, path }: PortCall): string {
  const words = args.filter((argument) => typeof argument === 'string')
  return [`${port}.${method}`, ...(path === undefined ? [] : [path]), ...words].join(' ')
}
