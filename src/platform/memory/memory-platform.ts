// A whole Platform in memory: a machine, its drives and its registry, a clock that only the caller moves, and
// random bytes that are the same in every run.
import { createHashes, parentPath } from '../../base/index.ts'
import { createMachine, type MachineOptions } from '../default-machine.ts'
import { createDirectories, writeFile } from '../file-operations.ts'
import type { Machine } from '../machine.ts'
import type { Clock, Platform, Random, Trace } from '../platform.ts'
import type { RegistryValue } from '../registry.ts'
import { MemoryFileSystem, type MemoryDrive } from './memory-file-system.ts'
import { createMemoryRegistry, type DurableHives } from './memory-registry.ts'
import { MemoryProcesses } from './processes.ts'
import { MemoryServices } from './services.ts'
import { MemorySessionStore } from './session-store.ts'

export interface MemoryPlatformOptions {
  readonly machine?: MachineOptions
  /** By letter and colon; `C:` without a limit when absent. */
  readonly drives?: Readonly<Record<string, MemoryDrive>>
  /** Files that exist from the start, by full path. A path that ends in `\` is a directory. Text is UTF-8. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** Registry keys that exist from the start, with their values by name. */
  readonly registry?: Readonly<Record<string, Readonly<Record<string, RegistryValue>>>>
  /** Milliseconds since 1970-01-01 UTC; 2024-01-01 when absent. */
  readonly nowMs?: number
  readonly randomSeed?: number
  readonly processes?: MemoryProcesses
  readonly services?: MemoryServices
  readonly sessions?: MemorySessionStore
  readonly trace?: Trace
}

export interface MemoryClock extends Clock {
  /** Moves the clock; `sleep` moves it too, without waiting. */
  set(nowMs: number): void
}

export interface MemoryPlatform extends Platform {
  readonly clock: MemoryClock
  readonly files: MemoryFileSystem
  readonly processes: MemoryProcesses
  readonly services: MemoryServices
  readonly sessions: MemorySessionStore
  /** The machine as the next process finds it after this one was killed: files as they are, registry as flushed, no lock. */
  reopen(): MemoryPlatform
  /**
   * As {@link reopen}, of a copy of drives and registry: what is done to it is not done here. Processes, services and
   * sessions are those of this machine.
   */
  fork(changed?: { readonly files?: MemoryFileSystem; readonly hives?: DurableHives }): MemoryPlatform
  /** The registry as of its last flush, by hive. */
  readonly durableHives: DurableHives
}

/** What outlives a killed process. */
interface World {
  readonly machine: Machine
  readonly files: MemoryFileSystem
  readonly hives: DurableHives
  readonly clock: MemoryClock
  readonly random: Random
  readonly processes: MemoryProcesses
  readonly services: MemoryServices
  readonly sessions: MemorySessionStore
}

export function createMemoryPlatform(options: MemoryPlatformOptions = {}): MemoryPlatform {
  const clock = createMemoryClock(options.nowMs ?? Date.UTC(2024, 0, 1))
  const files = new MemoryFileSystem(withFixedSize(options.drives), clock.now)
  for (const [path, content] of Object.entries(options.files ?? {})) {
    if (path.endsWith('\\')) createDirectories(files, path)
    else {
      createDirectories(files, parentPath(path) ?? path)
      writeFile(files, path, typeof content === 'string' ? new TextEncoder().encode(content) : content)
    }
  }
  const world: World = {
    machine: createMachine(options.machine), files, hives: new Map(), clock, random: createSeededRandom(options.randomSeed ?? 1),
    processes: options.processes ?? new MemoryProcesses(), services: options.services ?? new MemoryServices(),
    sessions: options.sessions ?? new MemorySessionStore(),
  }
  const platform = open(world, options)
  for (const [key, values] of Object.entries(options.registry ?? {})) {
    platform.registry.createKey(key)
    for (const [name, value] of Object.entries(values)) platform.registry.setValue(key, name, value)
  }
  platform.registry.flush()
  return platform
}

function withFixedSize(drives: Readonly<Record<string, MemoryDrive>> = { 'C:': {} }): Record<string, MemoryDrive> {
  const plausible = 2 ** 40
  return Object.fromEntries(Object.entries(drives).map(([letter, drive]) => [letter, { capacityBytes: plausible, ...drive }]))
}

function open(world: World, options: MemoryPlatformOptions): MemoryPlatform {
  let locked = false
  return {
    machine: world.machine,
    files: world.files,
    registry: createMemoryRegistry(world.machine, world.clock.now, world.hives),
    processes: world.processes,
    services: world.services,
    sessions: world.sessions,
    clock: world.clock,
    random: world.random,
    hashes: createHashes(),
    trace: options.trace ?? (() => {}),
    lockInstallation: () => {
      if (locked) return undefined
      locked = true
      return { [Symbol.dispose]: () => { locked = false } }
    },
    reopen: () => open(world, options),
    fork: ({ files, hives } = {}) => {
      const clock = createMemoryClock(world.clock.now())
      return open({ ...world, clock, files: files ?? world.files.clone(clock.now), hives: new Map(hives ?? world.hives) }, options)
    },
    durableHives: world.hives,
  }
}

function createMemoryClock(startMs: number): MemoryClock {
  let nowMs = startMs
  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    set: (ms) => { nowMs = ms },
    sleep: async (ms, signal) => {
      signal?.throwIfAborted()
      nowMs += ms
    },
  }
}

/** Marsaglia's xorshift32: good enough to tell names apart, and the same everywhere. */
function createSeededRandom(seed: number): Random {
  let state = seed >>> 0 || 1
  return {
    bytes: (count) => Uint8Array.from({ length: count }, () => {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      return state >>> 24
    }),
  }
}
