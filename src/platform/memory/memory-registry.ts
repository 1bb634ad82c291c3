// The Registry port in memory: one tree for each hive of a machine. `flush` keeps it, and a platform that is opened
// again after a crash comes back to what was kept; whoever changes a tree that was kept changes a copy.
import { filetimeFromUnixMs, type RegistryKey } from '../../base/index.ts'
import { defaultHive, type HiveKind } from '../default-machine.ts'
import type { Machine } from '../machine.ts'
import { MountedRegistry, type RegistryMount } from '../mounted-registry.ts'
import type { Registry } from '../registry.ts'

/** The trees as of the last flush, by mount path. They do not change. */
export type DurableHives = Map<string, RegistryKey>

export function createMemoryRegistry(machine: Machine, nowMs: () => number, durable: DurableHives = new Map()): Registry {
  const now = (): bigint => filetimeFromUnixMs(nowMs())
  const mount = (path: string, kind: HiveKind): RegistryMount => {
    let root: RegistryKey | undefined
    let isKept = false
    let dirty = false
    const load = (): RegistryKey => {
      const kept = durable.get(path)
      isKept = kept !== undefined
      return kept ?? defaultHive(kind, machine, now())
    }
    return {
      path,
      root: () => root ??= load(),
      own: () => {
        if (isKept) root = root?.clone()
        isKept = false
      },
      touch: () => { dirty = true },
      flush: () => {
        if (dirty && root !== undefined) {
          durable.set(path, root)
          isKept = true
        }
        dirty = false
      },
    }
  }
  const currentUser = `HKU\\${machine.user.sid}`
  return new MountedRegistry({
    machine: () => [
      mount('HKLM\\HARDWARE', 'other'), mount('HKLM\\SAM', 'other'), mount('HKLM\\SECURITY', 'other'),
      mount('HKLM\\SOFTWARE', 'software'), mount('HKLM\\SYSTEM', 'system'),
    ],
    users: () => {
      const defaultUser = mount('HKU\\.DEFAULT', 'default-user')
      return [defaultUser, { ...defaultUser, path: 'HKU\\S-1-5-18' }, mount(currentUser, 'user')]
    },
    currentUser: () => currentUser,
    now,
  })
}
