// WixQueryOsInfo, …OsDirs, …OsWellKnownSID, …OsDriverInfo and …NativeMachine, the actions behind util:QueryWindows…: properties
// with facts about the machine. https://docs.firegiant.com/wix/tools/wixext/wixutil/ (OSInfo properties)
import { joinPath, withTrailingBackslash } from '../../../base/index.ts'
import type { Machine } from '../../../platform/index.ts'
import { systemFolders } from '../../session/folders/folders.ts'
import type { InstallSession } from '../../session/install-session.ts'

/** A property of a suite has the value 1 where Windows has the suite. All that a machine tells about itself is what it is sold as. */
export function queryOsInfo(session: InstallSession): void {
  const { productType } = session.platform.machine
  set(session, { WIX_SUITE_SINGLEUSERTS: '1', ...(productType === 'workstation' ? {} : { WIX_SUITE_TERMINAL: '1' }) })
}

export function queryNativeMachine(session: InstallSession): void {
  const machines = { x86: 0x014c, x64: 0x8664, arm64: 0xaa64 } as const
  set(session, { WIX_NATIVE_MACHINE: String(machines[session.platform.machine.architecture]) })
}

/** Nobody knows before it has started. */
export function queryDriverInfo(session: InstallSession, { action }: { readonly action: string }): void {
  session.messages.log(`${action}: WIX_WDDM_DRIVER_PRESENT and WIX_DWM_COMPOSITION_ENABLED stay unset: only a running system has display drivers`)
}

/** Names of accounts in English: a root does not say what its language calls them. */
export function queryWellKnownAccounts(session: InstallSession): void {
  set(session, {
    WIX_ACCOUNT_LOCALSYSTEM: 'NT AUTHORITY\\SYSTEM', WIX_ACCOUNT_LOCALSERVICE: 'NT AUTHORITY\\LOCAL SERVICE', WIX_ACCOUNT_NETWORKSERVICE: 'NT AUTHORITY\\NETWORK SERVICE',
    WIX_ACCOUNT_ADMINISTRATORS: 'BUILTIN\\Administrators', WIX_ACCOUNT_USERS: 'BUILTIN\\Users', WIX_ACCOUNT_GUESTS: 'BUILTIN\\Guests',
    WIX_ACCOUNT_PERFLOGUSERS: 'BUILTIN\\Performance Log Users', WIX_ACCOUNT_PERFLOGUSERS_NODOMAIN: 'Performance Log Users',
  })
}

export function queryFolders(session: InstallSession): void {
  const { machine } = session.platform
  const own = systemFolders(machine, { perMachine: false, programsPerUser: false })
  const common = systemFolders(machine, { perMachine: true, programsPerUser: false })
  const { profile } = machine.user
  const shared = publicProfile(machine)
  const local = known(own, 'LocalAppDataFolder')
  const folders = {
    ADMINTOOLS: known(own, 'AdminToolsFolder'), ALTSTARTUP: '', CDBURN_AREA: below(local, 'Microsoft\\Windows\\Burn\\Burn'), COMMON_ADMINTOOLS: known(common, 'AdminToolsFolder'),
    COMMON_ALTSTARTUP: '', COMMON_DOCUMENTS: joinPath(shared, 'Documents'), COMMON_FAVORITES: joinPath(profile, 'Favorites'), COMMON_MUSIC: joinPath(shared, 'Music'),
    COMMON_PICTURES: joinPath(shared, 'Pictures'), COMMON_VIDEO: joinPath(shared, 'Videos'), COOKIES: below(local, 'Microsoft\\Windows\\INetCookies'),
    DESKTOP: known(own, 'DesktopFolder'), HISTORY: below(local, 'Microsoft\\Windows\\History'), INTERNET_CACHE: below(local, 'Microsoft\\Windows\\INetCache'),
    MYMUSIC: joinPath(profile, 'Music'), MYPICTURES: known(own, 'MyPicturesFolder'), MYVIDEO: joinPath(profile, 'Videos'), NETHOOD: known(own, 'NetHoodFolder'),
    PERSONAL: known(own, 'PersonalFolder'), PRINTHOOD: known(own, 'PrintHoodFolder'), PROFILE: profile, RECENT: known(own, 'RecentFolder'),
    RESOURCES: below(known(own, 'WindowsFolder'), 'resources'),
  }
  set(session, Object.fromEntries(Object.entries(folders).filter(([, path]) => path !== '').map(([name, path]) => [`WIX_DIR_${name}`, withTrailingBackslash(path)])))
}

function known(folders: ReadonlyMap<string, string>, name: string): string {
  return folders.get(name) ?? ''
}

function below(folder: string, name: string): string {
  return folder === '' ? '' : joinPath(folder, name)
}

function publicProfile(machine: Machine): string {
  return machine.environment['PUBLIC'] ?? `${(machine.environment['SYSTEMDRIVE'] ?? 'C:')}\\Users\\Public`
}

function set(session: InstallSession, properties: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(properties)) session.properties.set(name, value)
}
