// The Restart Manager over the ports of a platform. Holds nothing between calls: everything lives in the session store.
import { sameProcess, type ProcessIdentity } from '../platform/index.ts'
import { isAlive } from './alive.ts'
import { sessionKeyLength } from './constants.ts'
import { translated } from './errors.ts'
import { inspect, toList } from './inspection.ts'
import { recover, recoverable } from './recovery.ts'
import { removeRegistration, sweepRegistrations, writeRegistration } from './registration.ts'
import { checkResources, isProcess } from './resources.ts'
import { OpenSession } from './session.ts'
import { attempt, createSlot, findSlot, readRecord, usedSlots } from './session-slot.ts'
import {
  RestartManagerError, type ApplicationList, type InspectOptions, type Resources, type RestartManager, type RestartManagerPlatform, type RestartRegistration, type Session,
  type SessionSummary, type StartOptions,
} from './types.ts'

export function createRestartManager(platform: RestartManagerPlatform): RestartManager {
  return {
    startSession: (options) => translated(() => startSession(platform, options)),
    joinSession: (key) => translated(async () => new OpenSession(platform, key, findSlot(platform, checkKey(key)).slot, 'secondary')),
    resumeSession: (key) => translated(() => resumeSession(platform, key)),
    inspect: (resources, options) => translated(() => inspectResources(platform, resources, options)),
    registerApplicationRestart: (registration) => translated(() => registerApplicationRestart(platform, registration)),
    unregisterApplicationRestart: (process = platform.processes.self()) => translated(async () => removeRegistration(platform, process)),
    sessions: () => translated(async () => usedSlots(platform).flatMap((slot) => summarize(platform, slot))),
    recoverable: () => translated(async () => recoverable(platform)),
    recover: (id, options) => translated(() => recover(platform, id, options)),
  }
}

async function startSession(platform: RestartManagerPlatform, options: StartOptions = {}): Promise<Session> {
  checkOptions(options)
  const { owner = platform.processes.self(), otherSessions = 'refuse', strict = false, lockWaitMs } = options
  const { key, slot } = await createSlot(platform, owner, { otherSessions, strict, shared: options.owner !== undefined, ...(lockWaitMs === undefined ? {} : { lockWaitMs }) })
  sweepRegistrations(platform)
  return new OpenSession(platform, key, slot, 'primary', options.onEvent)
}

/** The flags of RmStartSession are reserved; what stands in their place here may be wrong in as many ways. */
function checkOptions(options: StartOptions): void {
  if (typeof options !== 'object' || options === null) throw badOption('an object', options)
  const { owner, otherSessions, strict, lockWaitMs, onEvent } = options
  if (owner !== undefined && !isProcess(owner)) throw badOption('a process as owner', owner)
  if (otherSessions !== undefined && otherSessions !== 'refuse' && otherSessions !== 'allow') throw badOption('otherSessions to be refuse or allow', otherSessions)
  if (strict !== undefined && typeof strict !== 'boolean') throw badOption('strict to be true or false', strict)
  if (lockWaitMs !== undefined && !(typeof lockWaitMs === 'number' && lockWaitMs >= 0)) throw badOption('lockWaitMs to be a number of milliseconds', lockWaitMs)
  if (onEvent !== undefined && typeof onEvent !== 'function') throw badOption('onEvent to be a function', onEvent)
}

function badOption(expected: string, found: unknown): RestartManagerError {
  return new RestartManagerError('ERROR_BAD_ARGUMENTS', `startSession: expected ${expected}, found ${JSON.stringify(found) ?? typeof found}`)
}

async function resumeSession(platform: RestartManagerPlatform, key: string): Promise<Session> {
  const { slot, record } = findSlot(platform, checkKey(key))
  const self = platform.processes.self()
  if (!record.shared || ![self, ...platform.processes.ancestors(self)].some((process) => sameProcess(process, record.owner))) {
    throw new RestartManagerError('ERROR_SESSION_CREDENTIAL_CONFLICT',
      `only process ${record.owner.pid}, which owns the session${record.shared ? ', and what it starts' : ''} may do that; others may join and register resources`)
  }
  return new OpenSession(platform, key, slot, 'primary')
}

async function inspectResources(platform: RestartManagerPlatform, resources: Resources, options: InspectOptions = {}): Promise<ApplicationList> {
  const found = await inspect(platform, checkResources(platform, resources), { filters: [], otherSessions: 'refuse', strict: false, ...options })
  return toList(found, found.applications)
}

function checkKey(key: string): string {
  if (typeof key !== 'string') throw new RestartManagerError('ERROR_BAD_ARGUMENTS', 'expected the key of a session')
  if (key.length !== sessionKeyLength) {
    throw new RestartManagerError('ERROR_SESSION_CREDENTIAL_CONFLICT', `session key: expected ${sessionKeyLength} hexadecimal digits, found ${key.length} characters`)
  }
  return key
}

async function registerApplicationRestart(platform: RestartManagerPlatform, registration: RestartRegistration = {}): Promise<void> {
  writeRegistration(platform, registration)
  if (registration.onQueryEndSession) await platform.sessions.queries.answer(registration.onQueryEndSession)
}

function summarize(platform: RestartManagerPlatform, slot: number): SessionSummary[] {
  const record = attempt(() => readRecord(platform, slot))
  const nobody: ProcessIdentity = { pid: 0, startTime: '' }
  if (!record) return [{ slot, owner: nobody, startedMs: 0, abandoned: true }]
  return [{ slot, owner: record.owner, startedMs: record.startedMs, abandoned: !isAlive(platform, record.owner) }]
}
