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

export function interceptPlatform(platform: Platform, intercept: Interceptor): Platform {
  return {
    ...platform,
    machine: platform.machine,
    files: interceptPort('files', platform.files, intercept),
    registry: interceptPort('registry', platform.registry, intercept),
    processes: interceptPort('processes', platform.processes, intercept),
    services: interceptPort('services', platform.services, intercept),
    sessions: interceptPort('sessions', platform.sessions, intercept),
    lockInstallation: () => intercept({ port: 'platform', method: 'lockInstallation', args: [], changes: false }, () => platform.lockInstallation()) as InstallationLock | undefined,
  }
}

function interceptPort<Port extends object>(port: PortName, target: Port, intercept: Interceptor, path?: string): Port {
  return new Proxy(target, {
    get: (_, property) => {
      const member: unknown = Reflect.get(target, property, target)
      if (typeof member !== 'function' || typeof property !== 'string') return typeof member === 'function' ? member.bind(target) : member
      return (...args: readonly unknown[]): unknown => {
        const call: PortCall = { port, method: property, args, changes: changingMethods[port]?.has(property) ?? false, ...(path === undefined ? {} : { path }) }
        return interceptResult(call, intercept(call, (changed = args) => Reflect.apply(member, target, changed)), intercept)
      }
    },
  })
}

function interceptResult(call: PortCall, result: unknown, intercept: Interceptor): unknown {
  if (call.port !== 'files' || typeof result !== 'object' || result === null) return result
  if (call.method === 'create') return interceptPort('writer', result, intercept, String(call.args[0]))
  if (call.method === 'open') return interceptPort('reader', result, intercept, String(call.args[0]))
  return result
}

/** Such as `files.rename C:\a C:\b`. */
export function describeCall({ port, method, args, path }: PortCall): string {
  const words = args.filter((argument) => typeof argument === 'string')
  return [`${port}.${method}`, ...(path === undefined ? [] : [path]), ...words].join(' ')
}
