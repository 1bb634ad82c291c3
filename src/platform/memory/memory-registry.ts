// The Registry port in memory: one tree for each hive of a machine. `flush` keeps a copy, to which a platform comes
// back that is opened again after a crash.
import { filetimeFromUnixMs, type RegistryKey } from '../../base/index.ts'
import { defaultHive, type HiveKind } from '../default-machine.ts'
import type { Machine } from '../machine.ts'
import { MountedRegistry, type RegistryMount } from '../mounted-registry.ts'
import type { Registry } from '../registry.ts'

/** The trees as of the last flush, by mount path. */
export type DurableHives = Map<string, RegistryKey>

export function createMemoryRegistry(machine: Machine, nowMs: () => number, durable: DurableHives = new Map()): Registry {
  const now = (): bigint => filetimeFromUnixMs(nowMs())
  const mount = (path: string, kind: HiveKind): RegistryMount => {
    let root: RegistryKey | undefined
    let dirty = false
    return {
      path,
      root: () => {
        root ??= durable.get(path)?.clone() ?? defaultHive(kind, machine, now())
        return root
      },
      touch: () => { dirty = true },
      flush: () => {
        if (dirty && root !== undefined) durable.set(path, root.clone())
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
