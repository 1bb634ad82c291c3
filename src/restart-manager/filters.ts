// Filters exempt applications from being closed or started again: by executable, by process, by service.
// https://learn.microsoft.com/windows/win32/api/restartmanager/nf-restartmanager-rmaddfilter
import { sameProcess, type ProcessIdentity, type Processes } from '../platform/index.ts'
import { FilterAction } from './constants.ts'
import { RestartManagerError, type Application, type Filter, type FilterTarget } from './types.ts'

export function toFilter(target: FilterTarget, action: FilterAction, processes: Processes): Filter {
  if (!Object.hasOwn(FilterAction, action)) throw badFilter('an action')
  const given = Object.entries(target).filter(([, value]) => value !== undefined && value !== '')
  const trigger = given.length === 1 ? given[0]![0] : undefined
  if ('file' in target && trigger === 'file' && typeof target.file === 'string') return { trigger, file: target.file, action }
  if ('service' in target && trigger === 'service' && typeof target.service === 'string') return { trigger, service: target.service, action }
  if (!('process' in target) || trigger !== 'process') throw badFilter('exactly one of file, process and service')
  const process = typeof target.process === 'number' ? processes.identify(target.process) : target.process
  if (!process) throw badFilter('a running process')
  return { trigger, process, action }
}

function badFilter(expected: string): RestartManagerError {
  return new RestartManagerError('ERROR_BAD_ARGUMENTS', `a filter needs ${expected}`)
}

export function sameTarget(a: Filter, b: Filter): boolean {
  if (a.trigger !== b.trigger) return false
  return a.process && b.process ? sameProcess(a.process, b.process) : a.file === b.file && a.service === b.service
}

/** Which filters concern an application. `executes` says whether a process runs the file of a filter. */
export function filtersFor(
  application: Pick<Application, 'processes' | 'serviceName'>, filters: readonly Filter[],
  executes: (process: ProcessIdentity, file: string) => boolean,
): ReadonlySet<FilterAction> {
  const hits = filters.filter((filter) => {
    if (filter.service !== undefined) return application.serviceName !== '' && serviceKey(application.serviceName) === serviceKey(filter.service)
    return application.processes.some((process) =>
      filter.process ? sameProcess(process, filter.process) : executes(process, filter.file!))
  })
  return new Set(hits.map((filter) => filter.action))
}

function serviceKey(name: string): string {
  return name.replace(/\.service$/, '')
}
