// The Platform of a host: a Windows root in a folder, the host's own processes and services, its clock and hashes.
import type { Hash as HostHash } from 'node:crypto'
import { debuglog } from 'node:util'
import type { Clock, Hash, Hashes, MachineOptions, Platform, ProcessIdentity, Random, Services, SessionStore, Trace } from '../platform/index.ts'
import { HostProcesses } from './programs/processes.ts'
import { SystemdServices } from './programs/services.ts'
import { lockRoot } from './sessions/installation-lock.ts'
import { FolderSessionStore } from './sessions/session-store.ts'
import { decompressAhead } from './threads/decompress-ahead.ts'
import { openWindowsRoot } from './windows-root.ts'

export interface NodePlatformOptions {
  /** Folder that is drive C, or a Wine prefix; made when it is missing. */
  readonly root: string
  /** Nothing will be written: a missing root is read as an empty one, and not made. */
  readonly readOnly?: boolean
  /** What the emulated machine has other than usual. The user's name decides whose profile is used. */
  readonly machine?: MachineOptions
  /** Where Restart Manager sessions live; the user's runtime folder when absent. */
  readonly sessionFolder?: string
  readonly processes?: HostProcesses
  readonly services?: Services
  readonly sessions?: SessionStore
  readonly clock?: Clock
}

export interface NodePlatform extends Platform {
  /** Host path of drive C. */
  readonly rootFolder: string
  readonly rootKind: 'windows' | 'wine'
}

/**
 * Opens a Windows root.
 * @throws the host's error when the folder can be neither found nor made
 */
export function createNodePlatform(options: NodePlatformOptions): NodePlatform {
  const clock = options.clock ?? hostClock
  const root = openWindowsRoot(options.root, options.machine ?? {}, clock.now, options.readOnly !== true)
  const processes = options.processes ?? new HostProcesses()
  const isAlive = ({ pid, startTime }: ProcessIdentity): boolean => processes.identify(pid)?.startTime === startTime
  return {
    files: root.files,
    registry: root.registry,
    machine: root.machine,
    processes,
    services: options.services ?? new SystemdServices(),
    sessions: options.sessions ?? new FolderSessionStore(processes, options.sessionFolder),
    clock,
    random: hostRandom,
    hashes: hostHashes,
    trace: createHostTrace(),
    decompressAhead,
    lockInstallation: () => {
      const lock = lockRoot(root.folder, processes.self(), isAlive)
      if (lock === undefined) return undefined
      try {
        const installation = root.beginInstallation()
        return { recovered: () => { installation.recovered() }, [Symbol.dispose]: () => release(installation, lock) }
      } catch (error) {
        lock[Symbol.dispose]()
        throw error
      }
    },
    rootFolder: root.folder,
    rootKind: root.kind,
  }
}

function release(installation: Disposable, lock: Disposable): void {
  try {
    installation[Symbol.dispose]()
  } finally {
    lock[Symbol.dispose]()
  }
}

export const hostClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  }),
}

export const hostRandom: Random = { bytes: (count) => new Uint8Array(crypto().randomBytes(count)) }

export const hostHashes: Hashes = { md5: () => hash('md5'), sha256: () => hash('sha256') }

/** Loaded when first used: it costs every start some milliseconds otherwise. */
function crypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto')
}

function hash(name: string): Hash {
  const state: HostHash = crypto().createHash(name)
  return { update: (chunk) => { state.update(chunk) }, digest: () => new Uint8Array(state.digest()) }
}

/** `NODE_DEBUG=msikit:engine` shows the topic `engine`. */
function createHostTrace(): Trace {
  const logs = new Map<string, ReturnType<typeof debuglog>>()
  return (topic, message) => {
    const log = logs.get(topic) ?? debuglog(`msikit:${topic}`)
    logs.set(topic, log)
    if (log.enabled) log('%s', message())
  }
}
