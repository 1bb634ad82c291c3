// What may be registered: full paths of files, running processes, names of services.
// https://learn.microsoft.com/windows/win32/api/restartmanager/nf-restartmanager-rmregisterresources
import type { HostPath, ProcessIdentity } from '../platform/index.ts'
import type { ResourceSet } from './segments.ts'
import { RestartManagerError, type Resources, type RestartManagerPlatform } from './types.ts'

/** @throws RestartManagerError ERROR_BAD_ARGUMENTS */
export function checkResources(platform: RestartManagerPlatform, resources: Resources): ResourceSet {
  const { files = [], processes = [], services = [] } = resources
  for (const list of [files, processes, services]) if (!Array.isArray(list)) throw badArgument('lists of files, processes and services', typeof list)
  for (const file of files) if (!isFullPath(file)) throw badArgument('the full path of a file', typeof file === 'string' ? `'${file}'` : 'bytes')
  for (const service of services) if (typeof service !== 'string' || service === '' || service.includes('\0')) throw badArgument('the name of a service', `'${service}'`)
  return { files, services, processes: processes.flatMap((process) => identify(platform, process)) }
}

/** A pid that no process has is nobody's: there is nothing to register. */
function identify(platform: RestartManagerPlatform, process: number | ProcessIdentity): ProcessIdentity[] {
  if (typeof process !== 'number') {
    if (!isProcess(process)) throw badArgument('a process', JSON.stringify(process))
    return [process]
  }
  if (!Number.isSafeInteger(process) || process < 1) throw badArgument('a process number', String(process))
  const found = platform.processes.identify(process)
  return found ? [found] : []
}

export function isProcess(value: ProcessIdentity): boolean {
  return typeof value === 'object' && value !== null && Number.isSafeInteger(value.pid) && value.pid >= 1 && typeof value.startTime === 'string'
}

function isFullPath(path: HostPath): boolean {
  if (typeof path === 'string') return /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path) && !path.includes('\0')
  return path[0] === 0x2f && !path.includes(0)
}

function badArgument(expected: string, found: string): RestartManagerError {
  return new RestartManagerError('ERROR_BAD_ARGUMENTS', `register: expected ${expected}, found ${found}`)
}
