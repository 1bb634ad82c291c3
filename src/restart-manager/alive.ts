// Whether the process of an identity still runs, and a key for tables of processes.
import { sameProcess, type ProcessIdentity } from '../platform/index.ts'
import type { RestartManagerPlatform } from './types.ts'

export function isAlive({ processes }: Pick<RestartManagerPlatform, 'processes'>, process: ProcessIdentity): boolean {
  const now = processes.identify(process.pid)
  return now !== undefined && sameProcess(now, process)
}

export function identityKey({ pid, startTime }: ProcessIdentity): string {
  return `${pid}-${startTime}`
}
