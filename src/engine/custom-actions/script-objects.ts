// Scripting.FileSystemObject and WScript.Shell as scripts of packages get them: the files and the registry of the root, as far as
// their phase lets them change it. Programs of the shell are not started.
import type { InstallSession } from '../session/install-session.ts'
import { view32 } from '../session/registry-view.ts'
import { CustomActionFlag, hasFlag } from './custom-action.ts'
import type { ScriptAction } from './script.ts'
import { directChanges, journalledChanges, noChanges, type RootChanges } from './script-changes.ts'
import { rootScriptFiles, type RootScriptFiles } from './script-files.ts'
import { rootScriptRegistry } from './script-registry.ts'

type Scripting = typeof import('../../scripting/index.ts')

export interface ScriptObjects {
  readonly fileSystem: InstanceType<Scripting['FileSystemObject']>
  readonly shell: InstanceType<Scripting['Shell']>
  readonly files: RootScriptFiles
}

export function scriptObjects(session: InstallSession, action: ScriptAction, scripting: Scripting, popup: (text: string, style: number) => number | Promise<number>): ScriptObjects {
  const { platform, properties } = session
  const changes = changesOf(session, action)
  const is32Bit = platform.machine.architecture !== 'x86' && !hasFlag(action.type, CustomActionFlag.script64Bit)
  const windowsFolder = folder(properties.get('WindowsFolder')) || 'C:\\Windows'
  const systemFolder = `${windowsFolder}\\System32`
  const files = rootScriptFiles(platform, changes, {
    windowsFolder, systemFolder, temporaryFolder: folder(properties.get('TempFolder')) || `${windowsFolder}\\Temp`,
    redirect: (path) => is32Bit && `${path}\\`.toLowerCase().startsWith(`${systemFolder}\\`.toLowerCase()) ? `${windowsFolder}\\SysWOW64${path.slice(systemFolder.length)}` : path,
    dateOf: (ms) => scripting.serialOfMoment(ms, 0),
  })
  const variables = new Map(Object.entries(platform.machine.environment).map(([name, value]): [string, string | undefined] => [name.toUpperCase(), value]))
  const shell = new scripting.Shell({
    registry: rootScriptRegistry({ look: () => platform, write: (change) => { change(changes.registry) }, view: (key) => is32Bit ? view32(key) : key }),
    variable: (name) => variables.get(name.toUpperCase()), setVariable: (name, value) => { variables.set(name.toUpperCase(), value) },
    variableNames: () => [...variables].filter(([, value]) => value !== undefined).map(([name]) => name),
    currentFolder: () => systemFolder, changeFolder: () => {},
    popup: (text, _title, style) => popup(text, style),
    specialFolder: (name) => folder(properties.get(specialFolders[name.toLowerCase()] ?? '')),
  })
  return { fileSystem: new scripting.FileSystemObject(files), shell, files }
}

/** Properties with the shell's folders. */
const specialFolders: Readonly<Record<string, string>> = {
  allusersdesktop: 'DesktopFolder', desktop: 'DesktopFolder', programs: 'ProgramMenuFolder', allusersprograms: 'ProgramMenuFolder', startmenu: 'StartMenuFolder',
  allusersstartmenu: 'StartMenuFolder', startup: 'StartupFolder', allusersstartup: 'StartupFolder', appdata: 'AppDataFolder', fonts: 'FontsFolder', mydocuments: 'PersonalFolder', favorites: 'FavoritesFolder',
  sendto: 'SendToFolder', templates: 'TemplateFolder', nethood: 'NetHoodFolder', printhood: 'PrintHoodFolder', recent: 'RecentFolder',
}

function folder(path: string): string {
  return path.replace(/(?<=[^:])\\$/, '')
}

function changesOf(session: InstallSession, { action, deferred, perform }: ScriptAction): RootChanges {
  if (deferred === undefined) return noChanges((line) => { session.messages.log(line) }, action)
  return perform === undefined ? directChanges(session.platform) : journalledChanges(perform)
}
