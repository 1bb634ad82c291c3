// The system folder properties of a Windows machine, by installation context. All end in a backslash.
// https://learn.microsoft.com/windows/win32/msi/property-reference#system-folder-properties
import { joinPath, withTrailingBackslash } from '../../../base/index.ts'
import type { Machine } from '../../../platform/index.ts'

export interface FolderContext {
  readonly perMachine: boolean
  /** MSIINSTALLPERUSER=1 with ALLUSERS=2: programs go below the user's profile too. */
  readonly programsPerUser: boolean
}

export function systemFolders(machine: Machine, context: FolderContext): Map<string, string> {
  const folders = new Map<string, string>([
    ...machineFolders(machine), ...userFolders(machine),
    ...(context.perMachine ? commonShellFolders(machine) : userShellFolders(machine)),
  ])
  if (context.programsPerUser && !context.perMachine) for (const [name, path] of perUserPrograms(machine)) folders.set(name, path)
  return new Map([...folders].map(([name, path]) => [name, withTrailingBackslash(path)]))
}

function environment(machine: Machine, name: string, otherwise: string): string {
  return machine.environment[name] ?? otherwise
}

function windowsFolder(machine: Machine): string {
  return environment(machine, 'SYSTEMROOT', environment(machine, 'WINDIR', 'C:\\Windows'))
}

function machineFolders(machine: Machine): [string, string][] {
  const windows = windowsFolder(machine)
  const drive = windows.slice(0, 2)
  const is64 = machine.architecture !== 'x86'
  const programs = environment(machine, 'PROGRAMFILES', `${drive}\\Program Files`)
  const programs32 = is64 ? environment(machine, 'PROGRAMFILES(X86)', `${drive}\\Program Files (x86)`) : programs
  return [
    ['WindowsFolder', windows], ['WindowsVolume', `${drive}\\`], ['FontsFolder', joinPath(windows, 'Fonts')],
    ['SystemFolder', joinPath(windows, is64 ? 'SysWOW64' : 'System32')],
    ...(is64 ? [['System64Folder', joinPath(windows, 'System32')]] : [['System16Folder', joinPath(windows, 'System')]]) as [string, string][],
    ['ProgramFilesFolder', programs32],
    ['CommonFilesFolder', is64 ? environment(machine, 'COMMONPROGRAMFILES(X86)', joinPath(programs32, 'Common Files')) : environment(machine, 'COMMONPROGRAMFILES', joinPath(programs32, 'Common Files'))],
    ...(is64 ? [['ProgramFiles64Folder', programs], ['CommonFiles64Folder', environment(machine, 'COMMONPROGRAMFILES', joinPath(programs, 'Common Files'))]] : []) as [string, string][],
    ['CommonAppDataFolder', programData(machine)],
  ]
}

function programData(machine: Machine): string {
  return environment(machine, 'PROGRAMDATA', `${windowsFolder(machine).slice(0, 2)}\\ProgramData`)
}

function roaming(machine: Machine): string {
  return environment(machine, 'APPDATA', joinPath(machine.user.profile, 'AppData\\Roaming'))
}

function local(machine: Machine): string {
  return environment(machine, 'LOCALAPPDATA', joinPath(machine.user.profile, 'AppData\\Local'))
}

function userFolders(machine: Machine): [string, string][] {
  const { profile } = machine.user
  const shell = joinPath(roaming(machine), 'Microsoft\\Windows')
  return [
    ['AppDataFolder', roaming(machine)], ['LocalAppDataFolder', local(machine)], ['FavoritesFolder', joinPath(profile, 'Favorites')],
    ['PersonalFolder', joinPath(profile, 'Documents')], ['MyPicturesFolder', joinPath(profile, 'Pictures')],
    ['NetHoodFolder', joinPath(shell, 'Network Shortcuts')], ['PrintHoodFolder', joinPath(shell, 'Printer Shortcuts')],
    ['RecentFolder', joinPath(shell, 'Recent')], ['SendToFolder', joinPath(shell, 'SendTo')],
    ['TempFolder', environment(machine, 'TEMP', joinPath(local(machine), 'Temp'))],
  ]
}

function shellFolders(startMenu: string, desktop: string, templates: string): [string, string][] {
  const programs = joinPath(startMenu, 'Programs')
  return [
    ['DesktopFolder', desktop], ['StartMenuFolder', startMenu], ['ProgramMenuFolder', programs], ['StartupFolder', joinPath(programs, 'StartUp')],
    ['AdminToolsFolder', joinPath(programs, 'Administrative Tools')], ['TemplateFolder', templates],
  ]
}

function commonShellFolders(machine: Machine): [string, string][] {
  const shell = joinPath(programData(machine), 'Microsoft\\Windows')
  const publicProfile = environment(machine, 'PUBLIC', `${windowsFolder(machine).slice(0, 2)}\\Users\\Public`)
  return shellFolders(joinPath(shell, 'Start Menu'), joinPath(publicProfile, 'Desktop'), joinPath(shell, 'Templates'))
}

function userShellFolders(machine: Machine): [string, string][] {
  const shell = joinPath(roaming(machine), 'Microsoft\\Windows')
  return shellFolders(joinPath(shell, 'Start Menu'), joinPath(machine.user.profile, 'Desktop'), joinPath(shell, 'Templates'))
}

function perUserPrograms(machine: Machine): [string, string][] {
  const programs = withTrailingBackslash(joinPath(local(machine), 'Programs'))
  const common = joinPath(programs, 'Common')
  const both: [string, string][] = [['ProgramFilesFolder', programs], ['CommonFilesFolder', common]]
  return machine.architecture === 'x86' ? both : [...both, ['ProgramFiles64Folder', programs], ['CommonFiles64Folder', common]]
}
