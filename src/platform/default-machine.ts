// The emulated Windows machine where nobody says otherwise: 64-bit Windows 8.1 or later in its usual folders, and what
// the registry of such a machine holds of itself. Implementations of the ports start from this.
// https://learn.microsoft.com/windows/win32/msi/operating-system-property-values
import { RegistryKey } from '../base/index.ts'
import type { Machine } from './machine.ts'
import type { RegistryValue } from './registry.ts'
import { registryDataOf } from './registry-data.ts'

export interface MachineOptions {
  readonly architecture?: Machine['architecture']
  readonly userName?: string
  readonly userSid?: string
  readonly isAdministrator?: boolean
  readonly computerName?: string
  readonly versionNT?: number
  readonly windowsBuild?: number
  readonly servicePackLevel?: number
  readonly productType?: Machine['productType']
  readonly systemLanguage?: number
  readonly userLanguage?: number
  readonly physicalMemoryMb?: number
  /** The user's folder; `C:\Users\<userName>` when absent. */
  readonly profile?: string
  /** `C:\Windows` when absent. */
  readonly windowsFolder?: string
  /** Added to the environment, or replacing what it has. Names in upper case. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Of a local account; the same for every root, so that what is registered for the user is found again. */
export const defaultUserSid = 'S-1-5-21-2771034388-2042357911-1873605423-1000'

export function createMachine(options: MachineOptions = {}): Machine {
  const architecture = options.architecture ?? 'x64'
  const computerName = options.computerName ?? 'MSIKIT'
  const name = options.userName ?? 'user'
  const profile = options.profile ?? `C:\\Users\\${name}`
  return {
    versionNT: options.versionNT ?? 603,
    windowsBuild: options.windowsBuild ?? 9600,
    servicePackLevel: options.servicePackLevel ?? 0,
    architecture,
    productType: options.productType ?? 'workstation',
    computerName,
    user: { name, sid: options.userSid ?? defaultUserSid, profile, isAdministrator: options.isAdministrator ?? true },
    systemLanguage: options.systemLanguage ?? 1033,
    userLanguage: options.userLanguage ?? 1033,
    physicalMemoryMb: options.physicalMemoryMb ?? 4096,
    environment: { ...environmentOf(architecture, computerName, name, profile, options.windowsFolder ?? 'C:\\Windows'), ...options.environment },
  }
}

function environmentOf(architecture: Machine['architecture'], computerName: string, user: string, profile: string, windows: string): Record<string, string> {
  const is64Bit = architecture !== 'x86'
  const temporary = `${profile}\\AppData\\Local\\Temp`
  return {
    ALLUSERSPROFILE: 'C:\\ProgramData',
    APPDATA: `${profile}\\AppData\\Roaming`,
    COMMONPROGRAMFILES: 'C:\\Program Files\\Common Files',
    ...(is64Bit ? { 'COMMONPROGRAMFILES(X86)': 'C:\\Program Files (x86)\\Common Files', COMMONPROGRAMW6432: 'C:\\Program Files\\Common Files' } : {}),
    COMPUTERNAME: computerName,
    COMSPEC: `${windows}\\System32\\cmd.exe`,
    HOMEDRIVE: profile.slice(0, 2),
    HOMEPATH: profile.slice(2),
    LOCALAPPDATA: `${profile}\\AppData\\Local`,
    LOGONSERVER: `\\\\${computerName}`,
    NUMBER_OF_PROCESSORS: '1',
    OS: 'Windows_NT',
    PATH: `${windows}\\System32;${windows};${windows}\\System32\\Wbem`,
    PATHEXT: '.COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC',
    PROCESSOR_ARCHITECTURE: processorNames[architecture],
    PROCESSOR_LEVEL: '6',
    PROGRAMDATA: 'C:\\ProgramData',
    PROGRAMFILES: 'C:\\Program Files',
    ...(is64Bit ? { 'PROGRAMFILES(X86)': 'C:\\Program Files (x86)', PROGRAMW6432: 'C:\\Program Files' } : {}),
    PUBLIC: 'C:\\Users\\Public',
    SYSTEMDRIVE: windows.slice(0, 2),
    SYSTEMROOT: windows,
    TEMP: temporary,
    TMP: temporary,
    USERDOMAIN: computerName,
    USERNAME: user,
    USERPROFILE: profile,
    WINDIR: windows,
  }
}

const processorNames = { x86: 'x86', x64: 'AMD64', arm64: 'ARM64' } as const

/** Which hive of the registry a tree is. */
export type HiveKind = 'software' | 'system' | 'user' | 'default-user' | 'other'

/** What a fresh hive of this machine holds. */
export function defaultHive(kind: HiveKind, machine: Machine, now: bigint): RegistryKey {
  const root = new RegistryKey('', now)
  for (const [path, values] of Object.entries(defaultKeys(kind, machine))) {
    const key = path.split('\\').reduce((at, name) => at.createSubkey(name, now), root)
    for (const [name, value] of Object.entries(values)) {
      const { type, data } = registryDataOf(value)
      key.setValue(name, type, data, now)
    }
  }
  return root
}

const text = (data: string): RegistryValue => ({ type: 'REG_SZ', data })
const expanded = (data: string): RegistryValue => ({ type: 'REG_EXPAND_SZ', data })
const number = (data: number): RegistryValue => ({ type: 'REG_DWORD', data })

function defaultKeys(kind: HiveKind, machine: Machine): Record<string, Record<string, RegistryValue>> {
  if (kind === 'software') return softwareKeys(machine)
  if (kind === 'system') return systemKeys(machine)
  if (kind === 'other') return {}
  return {
    Environment: { TEMP: expanded('%USERPROFILE%\\AppData\\Local\\Temp'), TMP: expanded('%USERPROFILE%\\AppData\\Local\\Temp') },
    'Software\\Microsoft\\Windows\\CurrentVersion': {},
  }
}

function softwareKeys({ environment, user, versionNT, windowsBuild }: Machine): Record<string, Record<string, RegistryValue>> {
  const folders: Record<string, RegistryValue> = {
    CommonFilesDir: text(environment['COMMONPROGRAMFILES'] ?? ''),
    ProgramFilesDir: text(environment['PROGRAMFILES'] ?? ''),
  }
  const is64Bit = environment['PROGRAMFILES(X86)'] !== undefined
  if (is64Bit) {
    folders['CommonFilesDir (x86)'] = text(environment['COMMONPROGRAMFILES(X86)'] ?? '')
    folders['ProgramFilesDir (x86)'] = text(environment['PROGRAMFILES(X86)'] ?? '')
  }
  return {
    Classes: {},
    'Microsoft\\Windows\\CurrentVersion': folders,
    'Microsoft\\Windows NT\\CurrentVersion': {
      CurrentBuild: text(String(windowsBuild)),
      CurrentBuildNumber: text(String(windowsBuild)),
      CurrentVersion: text(`${Math.floor(versionNT / 100)}.${versionNT % 100}`),
      SystemRoot: text(environment['SYSTEMROOT'] ?? ''),
    },
    [`Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\${user.sid}`]: { ProfileImagePath: expanded(user.profile) },
    ...(is64Bit ? { 'Wow6432Node\\Microsoft\\Windows\\CurrentVersion': { ...folders, CommonFilesDir: folders['CommonFilesDir (x86)']!, ProgramFilesDir: folders['ProgramFilesDir (x86)']! } } : {}),
  }
}

function systemKeys({ environment, computerName }: Machine): Record<string, Record<string, RegistryValue>> {
  return {
    'ControlSet001\\Control\\ComputerName\\ComputerName': { ComputerName: text(computerName) },
    'ControlSet001\\Control\\Session Manager\\Environment': {
      ComSpec: expanded('%SystemRoot%\\system32\\cmd.exe'),
      NUMBER_OF_PROCESSORS: text(environment['NUMBER_OF_PROCESSORS'] ?? '1'),
      OS: text('Windows_NT'),
      Path: expanded('%SystemRoot%\\system32;%SystemRoot%;%SystemRoot%\\System32\\Wbem'),
      PATHEXT: text(environment['PATHEXT'] ?? ''),
      PROCESSOR_ARCHITECTURE: text(environment['PROCESSOR_ARCHITECTURE'] ?? ''),
      TEMP: expanded('%SystemRoot%\\TEMP'),
      TMP: expanded('%SystemRoot%\\TEMP'),
      windir: expanded('%SystemRoot%'),
    },
    'ControlSet001\\Services': {},
    Select: { Current: number(1), Default: number(1), Failed: number(0), LastKnownGood: number(1) },
  }
}
