// The world of one scenario: a fresh machine in memory, the handles its steps made, and the values behind placeholders.
import { bytesSource, codePage, foldCase, joinPath, withTrailingBackslash } from 'msikit/base'
import type { LibraryCall } from 'msikit/engine'
import { createDirectories, readFile, writeFile, createMemoryPlatform, type FileSystem, type MemoryPlatform, type MemoryService } from 'msikit/platform'
import { readFileVersion } from 'msikit/engine'
import { versionedImage } from './api/version-resource.ts'
import { lengthOf } from './matcher.ts'

export type Step = Readonly<Record<string, unknown>> & {
  readonly op: string
  readonly out?: Readonly<Record<string, string>>
  readonly expect?: Readonly<Record<string, unknown>>
  readonly alsoAccepted?: Readonly<Record<string, readonly unknown[]>>
  readonly omit?: readonly string[]
  readonly label?: string
  readonly bind?: string
  readonly src?: string
}

/** What an operation returned, by the names of `expect`; `handles` are those it made, by the kinds of `out`. */
export type Found = Readonly<Record<string, unknown>> & { readonly handles?: Readonly<Record<string, unknown>> }

export type Operation = (step: Step, world: World) => Found | Promise<Found>

/** Nobody expects its success, or this failure is one that some Windows gives. */
function mayFail({ expect = {}, alsoAccepted = {} }: Step, found: Found): boolean {
  return !('rc' in expect) && !('created' in expect) || ['rc', 'created'].some((key) => alsoAccepted[key]?.includes(found[key]) === true)
}

/** Thrown by operations for a step that cannot be run: what it needs was never made. */
export class SkipStep extends Error {
  /** The step may be passed over, and the scenario goes on. */
  readonly isHarmless: boolean

  constructor(message: string, isHarmless = false) {
    super(message)
    this.isHarmless = isHarmless
  }
}

/** Handles of the installer, as `out` calls them. */
export type HandleKind = 'database' | 'package' | 'record' | 'sumInfo' | 'view'

interface OpenHandle {
  readonly kind: string
  /** `undefined` after it was closed. */
  readonly object: unknown
}

/** The innermost ones: a placeholder may stand in the name of another. */
const placeholder = /\$\{([^${}]+)\}/g
const startDirectory = 'C:\\vectors'
/** The handle that entry points of the library get. */
const installHandle = 'install'

export type RunLibrary = (call: LibraryCall) => Promise<number | undefined>

/** The placeholders that are facts of the machine. */
const fixedPlaceholders: Readonly<Record<string, string>> = {
  CURR_DIR: startDirectory, CURR_DIR_PARENT: 'C:', CURR_DIR_NAME: 'vectors', CURR_DIR_DRIVE: 'C:', CURR_DIR_NODRIVE: 'vectors',
  PROGRAMFILES32: 'C:\\Program Files (x86)', COMMONFILES32: 'C:\\Program Files (x86)\\Common Files',
  PROGRAMFILES_NATIVE: 'C:\\Program Files', COMMONFILES_NATIVE: 'C:\\Program Files\\Common Files',
  WINDIR: 'C:\\Windows', SYSTEMDIR: 'C:\\Windows\\System32', SYSWOW64DIR: 'C:\\Windows\\SysWOW64',
}

/** Folders that a Windows has from the start. */
const folders = ['C:\\Program Files\\Common Files', 'C:\\Program Files (x86)\\Common Files', 'C:\\Windows\\System32', 'C:\\Windows\\SysWOW64', startDirectory]

function machineFact({ machine, clock }: MemoryPlatform, name: string): string | undefined {
  switch (name) {
    case 'USERSID': return machine.user.sid
    case 'APPDATA': return machine.environment['APPDATA']
    case 'TODAY_YYYYMMDD': return new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '')
    case 'USERLANGID': return String(machine.userLanguage)
    case 'SYSTEMLANGID': return String(machine.systemLanguage)
    // One file below the size of a cluster.
    case 'ESTIMATED_SIZE_KB': return '4'
    case 'REG_OWNER': return 'Owner'
    case 'REG_ORGANIZATION': return 'Organization'
    case 'SCREEN_X': return '1024'
    case 'SCREEN_Y': return '768'
    case 'VERSIONNT': return String(machine.versionNT)
    case 'PROCESSOR_LEVEL': return machine.environment['PROCESSOR_LEVEL']
    default: return undefined
  }
}

const windowsKey = 'HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion'
/** Registry keys that a Windows has from the start. */
const registered: readonly (readonly [name: string, value: string])[] = [['RegisteredOwner', 'Owner'], ['RegisteredOrganization', 'Organization']]
const keys = [
  'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall', 'HKLM\\Software\\Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall',
  'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\S-1-5-18\\Products', 'HKLM\\Software\\Classes\\Wow6432Node\\CLSID',
  'HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Fonts', 'HKLM\\Software\\Classes\\CLSID', 'HKLM\\Software\\Classes\\MIME\\Database\\Content Type',
  'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\SharedDLLs', 'HKLM\\System\\CurrentControlSet\\Control\\Session Manager\\Environment', 'HKCU\\Environment', 'HKCU\\Software\\Classes',
]

/** Those of the machine: it is a Windows that runs. */
const services = ['Spooler']

export class World {
  readonly platform: MemoryPlatform = createMemoryPlatform({ nowMs: Date.UTC(2024, 0, 1, 12) })
  readonly runLibrary: RunLibrary
  /** INSTALLUILEVEL */
  uiLevel = 1
  /** What goes with it: INSTALLUILEVEL_HIDECANCEL and its like. */
  uiFlags = 0
  currentDirectory = startDirectory
  /** Of the last installation. */
  readonly log: string[] = []
  #handles = new Map<string, OpenHandle>()
  #returned = new Map<string, Found>()
  readonly #bindings = new Map<string, string>()
  /** Whatever a group of operations keeps for the scenario, under its own key. */
  readonly state = new Map<string, unknown>()
  /** Steps of an entry point talk to the installation in another process: null pointers and sizes differ there. */
  isRemote = false
  /** Names of handles that a step was to make whose success nobody expects. */
  readonly #notMade = new Set<string>()

  constructor(runLibrary: RunLibrary) {
    this.runLibrary = runLibrary
    for (const folder of folders) createDirectories(this.platform.files, folder)
    for (const key of keys) this.platform.registry.createKey(key)
    for (const [name, data] of registered) this.platform.registry.setValue(windowsKey, name, { type: 'REG_SZ', data })
    const manager = this.platform.services
    manager.ofRoot = true
    manager.describe = (name) => Promise.resolve(this.platform.registry.keyExists(`HKLM\\System\\CurrentControlSet\\Services\\${name}`) ? this.service(name).facts : undefined)
    for (const name of services) {
      this.platform.registry.createKey(`HKLM\\System\\CurrentControlSet\\Services\\${name}`)
      manager.add(name)
    }
    writeFile(this.files, 'C:\\Windows\\System32\\kernel32.dll', versionedImage([6, 3, 9600, 17415]))
  }

  get files(): FileSystem {
    return this.platform.files
  }

  /** What the service manager knows of a service that the registry has: until it is started, it does not run. */
  service(name: string): MemoryService {
    const { services: { all } } = this.platform
    return [...all].find(([one]) => foldCase(one) === foldCase(name))?.[1] ?? this.platform.services.add(name, { active: false })
  }

  /** A path of a step as a full Windows path. */
  path(path: unknown): string {
    const text = String(path).replaceAll('/', '\\')
    if (/^[A-Za-z]:/.test(text)) return text
    return joinPath(this.currentDirectory, text.replace(/^(\.\\)+/, ''))
  }

  /** The object a handle's name stands for; `undefined` for the null handle, one that was closed, and one of another kind. */
  handle<T>(name: unknown, kind?: HandleKind): T | undefined {
    if (name === null || name === undefined || typeof name === 'number') return undefined
    if (!this.#handles.has(String(name))) throw new SkipStep(`handle ${String(name)} was not made`, this.#notMade.has(String(name)))
    const open = this.#handles.get(String(name))!
    return kind !== undefined && open.kind !== kind ? undefined : open.object as T | undefined
  }

  /** Steps of an entry point have names of their own for handles and results; one handle is given to them. */
  async inside<T>(handle: unknown, run: () => Promise<T>): Promise<T> {
    const [handles, returned] = [this.#handles, this.#returned]
    this.#handles = new Map([[installHandle, { kind: 'package', object: handle }]])
    this.#returned = new Map()
    this.isRemote = true
    try {
      return await run()
    } finally {
      this.isRemote = false
      this.#handles = handles
      this.#returned = returned
    }
  }

  /** Why the last installation failed, as far as its log says. */
  lastProblem(): string {
    const lines = this.log.filter((line) => /^(Error|DEBUG|=> )|Return value 3|cannot|because/.test(line))
    return lines.length === 0 ? '' : `\n        ${lines.slice(-6).join('\n        ')}`
  }

  /** Afterwards the name stands for an invalid handle. */
  close(name: string): boolean {
    const open = this.#handles.get(name)
    if (open?.object === undefined) return false
    this.#handles.set(name, { kind: open.kind, object: undefined })
    return true
  }

  /** Takes note of what a step made. */
  record(step: Step, found: Found): void {
    for (const [kind, name] of Object.entries(step.out ?? {})) {
      const made = found.handles?.[kind]
      if (made !== undefined) this.#handles.set(name, { kind, object: made })
      else if (mayFail(step, found)) this.#notMade.add(name)
    }
    if (step.label !== undefined) this.#returned.set(step.label, found)
    if (step.bind !== undefined) this.#bindings.set(step.bind.slice(2, -1), String(found['value'] ?? ''))
  }

  returned(label: string, key: string): unknown {
    return this.#returned.get(label)?.[key]
  }

  /** The step with placeholders, byte strings and references put in; expectations likewise. */
  resolve(value: unknown): unknown {
    if (typeof value === 'string') return this.#resolveText(value)
    if (Array.isArray(value)) return value.map((one) => this.resolve(one))
    if (typeof value !== 'object' || value === null) return value
    const entries = value as Readonly<Record<string, unknown>>
    if (typeof entries['ansiHex'] === 'string') return codePage(1252).decode(Buffer.from(entries['ansiHex'], 'hex'))
    if (typeof entries['from'] === 'string' && typeof entries['field'] === 'string' && Object.keys(entries).length === 2) {
      return this.returned(entries['from'], entries['field'])
    }
    return Object.fromEntries(Object.entries(entries).map(([key, one]) => [key, key === 'sameAs' ? one : this.resolve(one)]))
  }

  /** A number of an argument, which may be given as the length of a text. */
  number(value: unknown): number | undefined {
    if (typeof value === 'number') return value
    return typeof value === 'object' && value !== null && 'lengthOf' in value ? lengthOf(value as Readonly<Record<string, unknown>>) : undefined
  }

  #driveFolder(folder: string): string {
    const drive = this.files.drives().find((one) => this.files.stat(`${one}${folder}`)?.kind === 'directory')
    return drive === undefined ? '' : withTrailingBackslash(`${drive}${folder}`)
  }

  #versionOf(path: string, kind: string): string | undefined {
    if (this.files.stat(path)?.kind !== 'file') return undefined
    const info = readFileVersion(bytesSource(readFile(this.files, path)))
    return kind === 'FILEVERSION' ? info?.version.join('.') : info?.languages.join(',')
  }

  #resolveText(text: string): string {
    // Once the vectors have "${CURR_DIR}" from its fourth character on, which stands for the path without its drive.
    const once = text.replace("'URR_DIR}'", `'${fixedPlaceholders['CURR_DIR_NODRIVE']!}'`).replaceAll(placeholder, (whole, name: string) => this.#placeholder(name) ?? whole)
    return once === text || !once.includes('${') ? once : this.#resolveText(once)
  }

  #placeholder(name: string): string | undefined {
    const known = this.#bindings.get(name) ?? fixedPlaceholders[name] ?? machineFact(this.platform, name)
    if (known !== undefined) return known
    const [, kind, path] = /^(FILEVERSION|FILELANG|FIRST_FIXED_DRIVE_DIR):(.*)$/.exec(name) ?? []
    if (kind === 'FIRST_FIXED_DRIVE_DIR') return this.#driveFolder(path!)
    if (kind !== undefined) return this.#versionOf(path!, kind)
    if (name.startsWith('TMPFILE_')) return `${name.slice(8)}.tmp`
    if (name.startsWith('env:')) return this.platform.machine.environment[name.slice(4).toUpperCase()] ?? ''
    return undefined
  }
}
