// Everything the engine and the Restart Manager know of the outside world.
import type { Hashes } from '../base/index.ts'
import type { DecompressAhead } from './decompression.ts'
import type { FileSystem } from './file-system.ts'
import type { Machine } from './machine.ts'
import type { Processes } from './processes.ts'
import type { Registry } from './registry.ts'
import type { Services } from './services.ts'
import type { SessionStore } from './session-store.ts'

export type { Hash, Hashes } from '../base/index.ts'

export interface Clock {
  /** Milliseconds since 1970-01-01 UTC: what is recorded as the time. It may be set, or stand still. */
  now(): number
  /** Milliseconds since some moment: what waiting is measured by. It goes on evenly. */
  monotonic(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export interface Random {
  bytes(count: number): Uint8Array
}

/** Developer traces by topic; nothing is formatted unless somebody listens. */
export interface Trace {
  (topic: string, message: () => string): void
}

export interface InstallationLock extends Disposable {
  /** What an interrupted installation left has been taken back or completed: what was kept to take it back with may go. */
  recovered?(): void
}

export interface Platform {
  readonly files: FileSystem
  readonly registry: Registry
  readonly processes: Processes
  readonly services: Services
  /** Restart Manager sessions of this user. */
  readonly sessions: SessionStore
  readonly machine: Machine
  readonly clock: Clock
  readonly random: Random
  readonly hashes: Hashes
  readonly trace: Trace
  readonly decompressAhead?: DecompressAhead
  /** Takes the one installation lock of this root; `undefined` when somebody else holds it (1618). */
  lockInstallation(): InstallationLock | undefined
}
