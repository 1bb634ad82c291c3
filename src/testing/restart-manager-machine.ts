// A machine in memory for tests of the Restart Manager, whose clock only moves when somebody sleeps.
import { createMemoryPlatform, type MemoryClock, type MemoryPlatform, type MemoryProcesses, type MemoryProcessOptions, type MemoryServices, type MemorySessionStore } from '../platform/index.ts'
import { createRestartManager, RestartManagerError, type Application, type RestartManager, type Session } from '../restart-manager/index.ts'

export interface RestartManagerMachine {
  readonly processes: MemoryProcesses
  readonly services: MemoryServices
  readonly sessions: MemorySessionStore
  readonly manager: RestartManager
  readonly clock: MemoryClock
  readonly platform: MemoryPlatform
}

export function aRestartManagerMachine(): RestartManagerMachine {
  const platform = createMemoryPlatform()
  const { processes, services, sessions, clock } = platform
  return { processes, services, sessions, clock, platform, manager: createRestartManager(platform) }
}

/** A session with these files registered. */
export async function started(manager: RestartManager, ...files: string[]): Promise<Session> {
  const session = await manager.startSession()
  await session.register({ files })
  return session
}

export const holder = (file: string, options: MemoryProcessOptions = {}): MemoryProcessOptions => ({ uses: { [file]: 'open' }, ...options })

/** What an action fails with; that it does not fail is a failure. */
export async function restartManagerFailure(action: Promise<unknown>): Promise<RestartManagerError> {
  const outcome: unknown = await action.then(() => undefined, (error: unknown) => error)
  if (outcome instanceof RestartManagerError) return outcome
  throw outcome ?? new Error('expected it to fail')
}

export const summary = (applications: readonly Application[]): string[] => applications.map(({ name, type, status }) => `${name} ${type} ${status.join('+')}`)
