// `msikit/restart-manager` on a host: everything of the layer, and its functions bound to this machine's processes, services and
// session store. Another folder for sessions, or another service manager, goes through createHostRestartManager.
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock, Hash, Hashes, Random, Services } from '../platform/index.ts'
import type { ProcessIdentity } from '../platform/index.ts'
import {
  createRestartManager, type ApplicationList, type InspectOptions, type Recoverable, type Resources, type RestartManager, type RestartManagerPlatform, type RestartOptions,
  type RestartRegistration, type Session, type SessionSummary, type StartOptions, type TaskOutcome,
} from '../restart-manager/index.ts'
import { HostProcesses } from './programs/processes.ts'
import { SystemdServices } from './programs/services.ts'
import { FolderSessionStore } from './sessions/session-store.ts'
import { openKernel } from './windows/kernel.ts'
import { loadKoffi, openLibrary } from './windows/library.ts'
import { createWindowsRestartManager } from './windows/manager.ts'

export * from '../restart-manager/index.ts'

export interface HostOptions {
  /** Where sessions live; the user's runtime folder when absent. */
  readonly sessionFolder?: string
  readonly services?: Services
}

/** On Windows the system's own, elsewhere ours over the ports of this machine. */
export function createHostRestartManager(options: HostOptions = {}): RestartManager {
  if (process.platform !== 'win32') return createRestartManager(hostPlatform(options))
  const foreign = loadKoffi()
  return createWindowsRestartManager(openLibrary(foreign), openKernel(foreign))
}

/** The ports of this machine that the Restart Manager needs. */
export function hostPlatform(options: HostOptions = {}): RestartManagerPlatform {
  const processes = new HostProcesses()
  return {
    processes, services: options.services ?? new SystemdServices(), sessions: new FolderSessionStore(processes, options.sessionFolder),
    clock, random, hashes,
  }
}

/** RmStartSession, on this machine. */
export async function startSession(options?: StartOptions): Promise<Session> {
  return createHostRestartManager().startSession(options)
}

/** RmJoinSession, on this machine. */
export async function joinSession(key: string): Promise<Session> {
  return createHostRestartManager().joinSession(key)
}

/** Takes up a session in a descendant of the process that owns it. */
export async function resumeSession(key: string): Promise<Session> {
  return createHostRestartManager().resumeSession(key)
}

/** Who uses these resources now, on this machine, without a session. */
export async function inspect(resources: Resources, options?: InspectOptions): Promise<ApplicationList> {
  return createHostRestartManager().inspect(resources, options)
}

/** RegisterApplicationRestart, for the calling process unless another is named. */
export async function registerApplicationRestart(registration?: RestartRegistration): Promise<void> {
  return createHostRestartManager().registerApplicationRestart(registration)
}

/** UnregisterApplicationRestart. */
export async function unregisterApplicationRestart(process?: ProcessIdentity): Promise<void> {
  return createHostRestartManager().unregisterApplicationRestart(process)
}

/** The sessions of this user. */
export async function sessions(): Promise<readonly SessionSummary[]> {
  return createHostRestartManager().sessions()
}

/** What sessions left closed whose owners died. */
export async function recoverable(): Promise<readonly Recoverable[]> {
  return createHostRestartManager().recoverable()
}

export async function recover(id: string, options?: RestartOptions): Promise<TaskOutcome> {
  return createHostRestartManager().recover(id, options)
}

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => pause(ms, undefined, signal ? { signal } : {}),
}

const random: Random = { bytes: (count) => randomBytes(count) }

const hashes: Hashes = { md5: () => hash('md5'), sha256: () => hash('sha256') }

function hash(name: string): Hash {
  const state = createHash(name)
  return { update: (chunk) => { state.update(chunk) }, digest: () => state.digest() }
}
