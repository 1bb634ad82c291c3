// The registry of a Windows root: REGF hives where Windows keeps them, made when something is first written.
// https://learn.microsoft.com/windows/win32/sysinfo/registry-hives
import { existsSync, statSync } from 'node:fs'
import { FormatError, foldCase, parentPath, RegistryKey, WindowsError } from '../../base/index.ts'
import { defaultHive, type FileSystem, type HiveKind, type Machine, registryText, registryValueOf, type RegistryMount } from '../../platform/index.ts'
import { createHive, defaultSecurity, type Hive, openHive } from '../../registry-hive/index.ts'
import { forgetKeptHive, forgetUnwrittenHive, HiveFile, type HiveFormat, type LoadedHive } from './hive-file.ts'
import { makeHiveFolders, removeHiveFolders } from './hive-folders.ts'

export interface WindowsHivesOptions {
  readonly files: FileSystem & { heldHostPath(path: string): string | undefined }
  /** Asked for when a hive has to be made. */
  readonly machine: () => Machine
  /** FILETIME of now. */
  readonly now: () => bigint
  readonly installing: () => boolean
}

export class WindowsHives {
  readonly #options: WindowsHivesOptions
  readonly #software: HiveFile

  constructor(options: WindowsHivesOptions) {
    this.#options = options
    this.#software = this.#configured('SOFTWARE', 'software')
  }

  machine(): RegistryMount[] {
    return [
      this.#software, this.#configured('SYSTEM', 'system'), this.#configured('SAM', 'other'), this.#configured('SECURITY', 'other'),
      volatileMount('HKLM\\HARDWARE', this.#options.now()),
    ]
  }

  users(): RegistryMount[] {
    const { user } = this.#options.machine()
    const localSystem = this.#hive('HKU\\.DEFAULT', 'C:\\Windows\\System32\\config\\DEFAULT', 'default-user')
    return [localSystem, aliasMount('HKU\\S-1-5-18', localSystem), this.#hive(`HKU\\${user.sid}`, `${user.profile}\\NTUSER.DAT`, 'user', user.sid)]
  }

  /** The SID that the root's own list of profiles has for a user. */
  sidOf(userName: string): string | undefined {
    const profiles = ['Microsoft', 'Windows NT', 'CurrentVersion', 'ProfileList'].reduce<RegistryKey | undefined>((at, name) => at?.subkey(name), this.#savedSoftware())
    return profiles?.subkeys().find((profile) => {
      const path = profile.value('ProfileImagePath')
      const folder = path && registryText(registryValueOf(path))?.split('\\').at(-1)
      return folder !== undefined && /^S-1-5-21-/i.test(profile.name) && foldCase(folder) === foldCase(userName)
    })?.name
  }

  /** A hive that has still to be made knows nobody. */
  #savedSoftware(): RegistryKey | undefined {
    return this.#options.files.stat(configured('SOFTWARE')) === undefined ? undefined : this.#software.root()
  }

  #configured(name: string, kind: HiveKind): HiveFile {
    return this.#hive(`HKLM\\${name}`, configured(name), kind)
  }

  /** An installation begins; an earlier one may have been interrupted. */
  clearUp(): void {
    this.#forEach(forgetUnwrittenHive, false)
  }

  /** The installation is over. */
  settle(): void {
    this.#forEach(forgetKeptHive, true)
  }

  #forEach(forget: (hostPath: string) => void, isOver: boolean): void {
    const { files, machine } = this.#options
    const paths = [...['SOFTWARE', 'SYSTEM', 'SAM', 'SECURITY', 'DEFAULT'].map(configured), `${machine().user.profile}\\NTUSER.DAT`]
    for (const path of paths) {
      const host = files.hostPath(path)
      if (host !== undefined) forget(host)
    }
    for (const folder of new Set(paths.map((path) => parentPath(path)!))) removeHiveFolders(files, folder, isOver)
  }

  #hive(mount: string, path: string, kind: HiveKind, owner?: string): HiveFile {
    const { files, machine, now, installing } = this.#options
    const reached = (found: string | undefined): string => {
      if (found === undefined) throw new WindowsError('ERROR_ACCESS_DENIED', `registry hive ${path}: its folder cannot be reached: a file stands in the way, or a link leads out of the root`)
      return found
    }
    const hostPath = (): string => reached(files.hostPath(path))
    const heldPath = (): string => reached(files.heldHostPath(path))
    let unread: string | undefined
    const loaded = (hive: Hive): LoadedHive => ({ root: hive.root, toBytes: () => hive.toBytes(now()) })
    const format: HiveFormat = {
      fresh: () => loaded(createHive({ root: defaultHive(kind, machine(), now()), fileName: path.slice(2), security: defaultSecurity(owner) })),
      parse: (bytes, host) => {
        const hive = readHive(bytes, path)
        unread = hive.isIncomplete ? pendingLog(host) : undefined
        return loaded(hive)
      },
    }
    const folder = parentPath(path)!
    const prepare = (): void => {
      if (unread !== undefined) {
        throw new WindowsError('ERROR_NOT_SUPPORTED', `write ${path}: the hive was not closed, and ${unread} may hold changes that would be lost; start and shut down that Windows once`)
      }
      makeHiveFolders(files, folder, installing())
    }
    return new HiveFile({ mount, format, path: hostPath, heldPath, prepare, unprepare: () => { removeHiveFolders(files, folder, false) }, installing })
  }
}

function configured(name: string): string {
  return `C:\\Windows\\System32\\config\\${name}`
}

function readHive(bytes: Uint8Array, path: string): Hive {
  try {
    return openHive(bytes)
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError({ ...error.problem, structure: `registry hive ${path}: ${error.problem.structure}` }, error.code, { cause: error })
    throw error
  }
}

/** The first of a hive's transaction logs that is not empty. */
function pendingLog(hostPath: string): string | undefined {
  return ['.LOG1', '.LOG2', '.LOG', '.log1', '.log2'].map((ending) => hostPath + ending).find((path) => existsSync(path) && statSync(path).size > 0)
}

/** A branch that Windows makes anew at every start. */
function volatileMount(path: string, now: bigint): RegistryMount {
  const root = new RegistryKey('', now)
  return { path, root: () => root, touch: () => {}, flush: () => {} }
}

export function aliasMount(path: string, mount: RegistryMount): RegistryMount {
  return { path, root: () => mount.root(), touch: () => mount.touch(), flush: () => {} }
}
