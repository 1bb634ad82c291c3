// One session in the store: `Session0000` to `Session0063`, each a folder with the session's record, the segments of
// registered resources and the state of its shutdown. The key itself is never stored, its digest is.
// Changes are made under the slot's lock; the record is written last, so an interrupted change never happened.
import { bytesToHex, WindowsError } from '../base/index.ts'
import type { ProcessIdentity } from '../platform/index.ts'
import { isAlive } from './alive.ts'
import { maximumSessions, sessionKeyLength } from './constants.ts'
import { digestHex, readSealed, readSealedJson, writeSealed, writeSealedJson } from './sealed.ts'
import { decodeSegment, encodeSegment, resourceKinds, segmentName, type ResourceSet } from './segments.ts'
import { emptyState, type SessionState } from './session-state.ts'
import { RestartManagerError, type RestartManagerPlatform } from './types.ts'

export interface SessionRecord {
  readonly keyDigest: string
  readonly owner: ProcessIdentity
  readonly startedMs: number
  /** Counts the changes. */
  readonly sequence: number
  readonly segments: { readonly files: number; readonly processes: number; readonly services: number }
  readonly otherSessions: 'refuse' | 'allow'
  readonly strict: boolean
  /** Descendants of the owner may take it up; otherwise it is the owner's alone. */
  readonly shared: boolean
}

const recordFile = 'session.json'
const stateFile = 'state.json'
export const recoveryFolder = 'recovery'
const defaultLockWaitMs = 5000

export function slotName(slot: number): string {
  return `Session${String(slot).padStart(4, '0')}`
}

export class SessionSlot {
  readonly slot: number
  readonly #platform: RestartManagerPlatform
  readonly #folder: string
  readonly #keyDigest: string
  readonly #lockWaitMs: number
  #resources: { sequence: number; set: ResourceSet } | undefined

  constructor(platform: RestartManagerPlatform, slot: number, keyDigest: string, lockWaitMs = defaultLockWaitMs) {
    this.#platform = platform
    this.slot = slot
    this.#folder = slotName(slot)
    this.#keyDigest = keyDigest
    this.#lockWaitMs = lockWaitMs
  }

  /** @throws RestartManagerError ERROR_INVALID_HANDLE when the session has ended meanwhile */
  record(): SessionRecord {
    const record = readRecord(this.#platform, this.slot)
    if (!record || !equalDigests(record.keyDigest, this.#keyDigest) || !isAlive(this.#platform, record.owner)) {
      throw new RestartManagerError('ERROR_INVALID_HANDLE', 'the Restart Manager session has ended')
    }
    return record
  }

  async register(added: ResourceSet): Promise<void> {
    const { sessions, hashes } = this.#platform
    using _lock = await this.#lock()
    const record = this.record()
    const segments = { ...record.segments }
    for (const kind of resourceKinds) {
      if (added[kind].length > 0) writeSealed(sessions, hashes, this.#folder, segmentName(kind, segments[kind]++), encodeSegment(added, kind))
    }
    writeSealedJson(sessions, hashes, this.#folder, recordFile, { ...record, segments, sequence: record.sequence + 1 } satisfies SessionRecord)
  }

  /** Everything registered so far, by whomever. @throws RestartManagerError ERROR_WRITE_FAULT when a segment is missing or damaged */
  resources(): ResourceSet {
    const { sequence, segments } = this.record()
    if (this.#resources?.sequence === sequence) return this.#resources.set
    const set = { files: [], processes: [], services: [] }
    for (const kind of resourceKinds) {
      for (let index = 0; index < segments[kind]; index++) {
        const name = segmentName(kind, index)
        const bytes = readSealed(this.#platform.sessions, this.#platform.hashes, this.#folder, name)
        if (!bytes) throw new RestartManagerError('ERROR_WRITE_FAULT', `session store, ${this.#folder}: expected ${name}, found it missing`)
        decodeSegment(bytes, kind, set)
      }
    }
    this.#resources = { sequence, set }
    return set
  }

  state(): SessionState {
    this.record()
    return readState(this.#platform, this.slot)
  }

  saveState(state: SessionState): void {
    writeSealedJson(this.#platform.sessions, this.#platform.hashes, this.#folder, stateFile, state)
  }

  async remove(): Promise<void> {
    using _lock = await this.#lock()
    this.record()
    this.#platform.sessions.removeFolder(this.#folder)
  }

  #lock(): Promise<Disposable> {
    return lock(this.#platform, this.#folder, this.#lockWaitMs)
  }
}

/** Takes the first free slot; one whose owner has died counts as free. */
export async function createSlot(
  platform: RestartManagerPlatform, owner: ProcessIdentity,
  options: { otherSessions: 'refuse' | 'allow'; strict: boolean; shared: boolean; lockWaitMs?: number },
): Promise<{ key: string; slot: SessionSlot }> {
  const { sessions, hashes, random, clock } = platform
  const { lockWaitMs = defaultLockWaitMs, otherSessions, strict, shared } = options
  using _lock = await lock(platform, 'sessions', lockWaitMs)
  const slot = claimSlot(platform)
  if (slot === undefined) {
    throw new RestartManagerError('ERROR_MAX_SESSIONS_REACHED', `${maximumSessions} Restart Manager sessions are open; end one of them first`)
  }
  const key = bytesToHex(random.bytes(sessionKeyLength / 2))
  const keyDigest = digestOfKey(platform, key)
  const record: SessionRecord = {
    keyDigest, owner, startedMs: clock.now(), sequence: 0, segments: { files: 0, processes: 0, services: 0 }, otherSessions, strict, shared,
  }
  writeSealedJson(sessions, hashes, slotName(slot), recordFile, record)
  return { key, slot: new SessionSlot(platform, slot, keyDigest, lockWaitMs) }
}

function claimSlot(platform: RestartManagerPlatform): number | undefined {
  const { sessions } = platform
  for (let slot = 0; slot < maximumSessions; slot++) {
    if (sessions.createFolder(slotName(slot))) return slot
    if (!isAbandoned(platform, slot)) continue
    keepForRecovery(platform, slot)
    sessions.removeFolder(slotName(slot))
    sessions.createFolder(slotName(slot))
    return slot
  }
  return undefined
}

/** Before an abandoned slot is used again: what it left closed must stay known. */
function keepForRecovery(platform: RestartManagerPlatform, slot: number): void {
  const { sessions, hashes } = platform
  const record = attempt(() => readRecord(platform, slot))
  const state = attempt(() => readState(platform, slot))
  if (!record || !state || state.phase === 'listening' || state.applications.length === 0) return
  sessions.createFolder(recoveryFolder)
  const left: LeftBehind = { startedMs: record.startedMs, state }
  writeSealedJson(sessions, hashes, recoveryFolder, `${record.keyDigest.slice(0, 16)}.json`, left)
}

export interface LeftBehind {
  readonly startedMs: number
  readonly state: SessionState
}

/** The session of a key. @throws RestartManagerError ERROR_SESSION_CREDENTIAL_CONFLICT for any other text */
export function findSlot(platform: RestartManagerPlatform, key: string): { slot: SessionSlot; record: SessionRecord } {
  const digest = digestOfKey(platform, key)
  for (const slot of readableSlots(platform)) {
    const record = attempt(() => readRecord(platform, slot))
    if (record && equalDigests(record.keyDigest, digest) && isAlive(platform, record.owner)) {
      return { slot: new SessionSlot(platform, slot, digest), record }
    }
  }
  throw new RestartManagerError('ERROR_SESSION_CREDENTIAL_CONFLICT', 'no Restart Manager session of this user has that key')
}

/** A store that belongs to somebody else, or cannot be read, validates no key. */
function readableSlots(platform: RestartManagerPlatform): number[] {
  try {
    return usedSlots(platform)
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
    throw new RestartManagerError('ERROR_SESSION_CREDENTIAL_CONFLICT', `the session key cannot be validated: ${error.message}`, { cause: error })
  }
}

export function usedSlots(platform: RestartManagerPlatform): number[] {
  const folders = new Set(platform.sessions.folders())
  return Array.from({ length: maximumSessions }, (_, slot) => slot).filter((slot) => folders.has(slotName(slot)))
}

export function readRecord(platform: RestartManagerPlatform, slot: number): SessionRecord | undefined {
  return readSealedJson<SessionRecord>(platform.sessions, platform.hashes, slotName(slot), recordFile)
}

export function readState(platform: RestartManagerPlatform, slot: number): SessionState {
  return readSealedJson<SessionState>(platform.sessions, platform.hashes, slotName(slot), stateFile) ?? emptyState
}


/** A damaged record counts as abandoned: nobody can use that session any more. */
export function isAbandoned(platform: RestartManagerPlatform, slot: number): boolean {
  const record = attempt(() => readRecord(platform, slot))
  return !record || !isAlive(platform, record.owner)
}

export async function lock(platform: RestartManagerPlatform, name: string, waitMs = defaultLockWaitMs): Promise<Disposable> {
  return platform.sessions.lock(name, waitMs)
}

function digestOfKey(platform: RestartManagerPlatform, key: string): string {
  return digestHex(platform.hashes, new TextEncoder().encode(key))
}

/** Takes the same time wherever the difference is. */
function equalDigests(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let index = 0; index < a.length; index++) difference |= a.charCodeAt(index) ^ b.charCodeAt(index)
  return difference === 0
}

export function attempt<Value>(action: () => Value): Value | undefined {
  try {
    return action()
  } catch {
    // Damaged or gone: for the callers of this function both are no session.
    return undefined
  }
}
