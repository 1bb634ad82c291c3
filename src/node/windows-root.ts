// A folder of the host as a Windows machine: which folders it has and how they are spelled, whose profile is used,
// which form its registry has. Nothing is written; an empty folder is a machine too.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { filetimeFromUnixMs } from '../base/index.ts'
import { createMachine, defaultUserSid, type FileSystem, type Machine, type MachineOptions, MountedRegistry, type Registry } from '../platform/index.ts'
import { makeFolder } from './files/make-folder.ts'
import { NodeFileSystem } from './files/node-file-system.ts'
import { aliasMount, WindowsHives } from './registry/windows-hives.ts'
import { findWinePrefix, refuseRunningWine, wineHives, type WineHives, type WinePrefix } from './wine-prefix.ts'

export interface WindowsRoot {
  /** Host path of drive C. */
  readonly folder: string
  readonly kind: 'windows' | 'wine'
  readonly files: NodeFileSystem
  readonly registry: Registry
  readonly machine: Machine
  /**
   * From here until it is disposed of, an installation holds the root.
   * @throws WindowsError ERROR_SHARING_VIOLATION when another program has the registry in its memory
   */
  beginInstallation(): Disposable & {
    /** The root is as it should be: hives that an interrupted installation kept are of no use. */
    recovered(): void
  }
}

interface RootRegistry {
  readonly registry: Registry
  readonly machine: Machine
  clearUp(): void
  settle(): void
}

/** @param create `false`: a folder that is missing is read as an empty one, and not made */
export function openWindowsRoot(folder: string, options: MachineOptions, nowMs: () => number, create = true): WindowsRoot {
  const path = resolve(folder)
  if (create || existsSync(path)) makeFolder(path)
  const prefix = findWinePrefix(path)
  const files = new NodeFileSystem(prefix?.driveC ?? path)
  const driveC = files.hostPath('C:\\') ?? path
  const now = (): bigint => filetimeFromUnixMs(nowMs())
  let installing = false
  const setup = { files, options, now, installing: () => installing }
  const { registry, machine, clearUp, settle } = prefix === undefined ? windowsRegistry(setup) : wineRegistry(prefix, setup)
  const beginInstallation: WindowsRoot['beginInstallation'] = () => {
    if (prefix !== undefined) refuseRunningWine(prefix)
    files.clearUp()
    clearUp()
    installing = true
    return {
      recovered: () => {
        settle()
        files.forgetMissing()
      },
      [Symbol.dispose]: () => {
        installing = false
        settle()
      },
    }
  }
  return { folder: driveC, kind: prefix === undefined ? 'windows' : 'wine', files, registry, machine, beginInstallation }
}

interface RegistrySetup {
  readonly files: NodeFileSystem
  readonly options: MachineOptions
  readonly now: () => bigint
  readonly installing: () => boolean
}

function windowsRegistry({ files, options, now, installing }: RegistrySetup): RootRegistry {
  const userName = options.userName ?? firstUser(files)
  let sid = options.userSid
  const lazySid = (): string => {
    sid ??= hives.sidOf(userName) ?? defaultUserSid
    return sid
  }
  const described = describe(files, { architecture: foundArchitecture(files), ...options, userName })
  // Asking the hive who the user is means reading it: not before somebody wants to know.
  const machine: Machine = withLanguages({ ...described, user: { ...described.user, get sid() { return lazySid() } } }, () => registry, options)
  const hives = new WindowsHives({ files, machine: () => machine, now, installing })
  const registry = new MountedRegistry({ machine: () => hives.machine(), users: () => hives.users(), currentUser: () => `HKU\\${lazySid()}`, now })
  return { registry, machine, clearUp: () => hives.clearUp(), settle: () => hives.settle() }
}

function wineRegistry(prefix: WinePrefix, { files, options, now, installing }: RegistrySetup): RootRegistry {
  const hives: WineHives = wineHives(prefix, installing)
  const userName = options.userName ?? firstUser(files)
  const machine = withLanguages(describe(files, { architecture: hives.architecture, ...options, userName, userSid: hives.sid }), () => registry, options)
  const registry = new MountedRegistry({
    machine: () => [hives.machine],
    users: () => [hives.defaultUser, aliasMount('HKU\\S-1-5-18', hives.defaultUser), hives.user],
    currentUser: () => `HKU\\${hives.sid}`,
    now,
  })
  return { registry, machine, clearUp: () => {}, settle: () => hives.settle() }
}

/** The usual machine, with its folders spelled as they are on disk. */
function describe(files: FileSystem, options: MachineOptions): Machine {
  const machine = createMachine(options)
  const spelled = (value: string): string => value.split(';').map((part) => /^C:\\/i.test(part) ? files.spelling(part) : part).join(';')
  return {
    ...machine,
    user: { ...machine.user, profile: files.spelling(machine.user.profile) },
    environment: Object.fromEntries(Object.entries(machine.environment).map(([name, value]) => [name, spelled(value)])),
  }
}

/**
 * The languages that the root's registry names, once somebody wants to know: reading hives takes its time.
 * https://learn.microsoft.com/windows/win32/msi/userlanguageid, …/systemlanguageid
 */
function withLanguages(machine: Machine, registry: () => Registry, { userLanguage, systemLanguage }: MachineOptions): Machine {
  const recorded = (key: string, name: string): number | undefined => {
    const value = registry().value(key, name)
    return value?.type === 'REG_SZ' && /^[0-9a-f]{4,8}$/i.test(value.data) ? parseInt(value.data, 16) & 0xffff : undefined
  }
  const system = (): number => systemLanguage ?? recorded('HKLM\\System\\CurrentControlSet\\Control\\Nls\\Language', 'Default') ?? machine.systemLanguage
  return Object.defineProperties({ ...machine, user: machine.user }, {
    systemLanguage: { get: system, enumerable: true },
    userLanguage: { get: () => userLanguage ?? recorded('HKCU\\Control Panel\\International', 'Locale') ?? machine.userLanguage, enumerable: true },
  })
}

function foundArchitecture(files: FileSystem): Machine['architecture'] {
  const is32Bit = files.stat('C:\\Windows\\System32\\kernel32.dll') !== undefined && files.stat('C:\\Windows\\SysWOW64') === undefined
  return is32Bit ? 'x86' : 'x64'
}

const nobodysProfiles = new Set(['all users', 'default', 'default user', 'public', 'defaultuser0'])

function firstUser(files: FileSystem): string {
  if (files.stat('C:\\Users')?.kind !== 'directory') return 'user'
  const names = files.list('C:\\Users').filter((name) => !nobodysProfiles.has(name.toLowerCase()))
  return names.find((name) => files.stat(`C:\\Users\\${name}`)?.kind === 'directory') ?? 'user'
}
