// A machine in memory with the folders that Windows has, and what an installation changed on it.
import type { RegistryValue } from 'msikit/platform'
import { anInstallStage, differences, takeSnapshot, type InstallStage, type Snapshot } from '../../dist/testing/index.js'

type StageOptions = NonNullable<Parameters<typeof anInstallStage>[0]>

const folders = [
  'C:\\Program Files\\', 'C:\\Program Files (x86)\\', 'C:\\Windows\\System32\\', 'C:\\Windows\\SysWOW64\\', 'C:\\Windows\\Fonts\\', 'C:\\Windows\\Installer\\',
  'C:\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs\\', 'C:\\Users\\Public\\Desktop\\', 'C:\\Users\\user\\AppData\\Local\\Temp\\',
  'C:\\Users\\user\\AppData\\Local\\Programs\\', 'C:\\Users\\user\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\', 'C:\\Users\\user\\Desktop\\',
]

/** Keys that every Windows has. */
const keys = [
  'HKLM\\Software\\Classes\\AppID', 'HKLM\\Software\\Classes\\CLSID', 'HKLM\\Software\\Classes\\FileType', 'HKLM\\Software\\Classes\\MIME\\Database\\Content Type',
  'HKLM\\Software\\Classes\\TypeLib', 'HKLM\\Software\\Classes\\Interface', 'HKLM\\Software\\Classes\\Wow6432Node\\CLSID', 'HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Fonts',
  ...['HKLM\\Software\\Wow6432Node', 'HKLM\\Software', 'HKCU\\Software'].flatMap((root) => [`${root}\\ODBC\\ODBC.INI\\ODBC Data Sources`, `${root}\\ODBC\\ODBCINST.INI\\ODBC Drivers`, `${root}\\ODBC\\ODBCINST.INI\\ODBC Translators`]),
]

export function aMachine(options: StageOptions = {}): InstallStage {
  return anInstallStage({ ...options, registry: { ...Object.fromEntries(keys.map((key) => [key, {}])), ...options.registry }, files: { ...Object.fromEntries(folders.map((folder) => [folder, ''])), ...options.files } })
}

/** Drive C and the registry; what stands on other drives are packages. */
export function snapshotOf({ platform }: InstallStage): Snapshot {
  return takeSnapshot(platform)
}

/** Keys that Windows makes for the first product and keeps after the last one. */
const kept = [
  /^\+ HK\w+\\(?:.*\\)?(?:Installer(?:\\(?:Products|Features|UpgradeCodes|Components|Folders|UserData(?:\\S-[\d-]+(?:\\(?:Products|Components))?)?))?|Uninstall|SharedDLLs): key$/i,
]

/** What is different, apart from empty keys that stay on Windows too. */
export function changes(before: Snapshot, stage: InstallStage): string[] {
  return differences(before, snapshotOf(stage)).filter((line) => !kept.some((pattern) => pattern.test(line)))
}

/** Below a key: `path → name` and the data; text for keys without values. */
export function registryBelow({ platform: { registry } }: InstallStage, top: string): Record<string, RegistryValue['data'] | undefined> {
  const found: Record<string, RegistryValue['data'] | undefined> = {}
  const visit = (key: string): void => {
    for (const name of registry.valueNames(key)) found[`${key.slice(top.length + 1)} → ${name}`] = registry.value(key, name)?.data
    for (const name of registry.subkeys(key)) visit(`${key}\\${name}`)
  }
  visit(top)
  return found
}
