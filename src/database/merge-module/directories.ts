// Predefined folders in merge modules: `SystemFolder.GUID` is made what SystemFolder is, by a custom action of type 51.
// https://learn.microsoft.com/windows/win32/msi/authoring-merge-module-directory-tables
// As documented, any key that begins with the name of such a folder counts.
import type { Database } from '../database.ts'

const predefined = [
  'AdminToolsFolder', 'AppDataFolder', 'CommonAppDataFolder', 'CommonFiles64Folder', 'CommonFilesFolder', 'DesktopFolder', 'FavoritesFolder', 'FontsFolder',
  'LocalAppDataFolder', 'MyPicturesFolder', 'NetHoodFolder', 'PersonalFolder', 'PrintHoodFolder', 'ProgramFiles64Folder', 'ProgramFilesFolder', 'ProgramMenuFolder',
  'RecentFolder', 'SendToFolder', 'StartMenuFolder', 'StartupFolder', 'System16Folder', 'System64Folder', 'SystemFolder', 'TempFolder', 'TemplateFolder',
  'WindowsFolder', 'WindowsVolume',
] as const
const sequences = ['AdminExecuteSequence', 'AdminUISequence', 'AdvtExecuteSequence', 'InstallExecuteSequence', 'InstallUISequence'] as const
/** Before costing, which resolves folders. */
const sequenceNumber = 1
const setDirectory = 51

/** Where the package has a table CustomAction, and in those sequence tables that it has. */
export function setPredefinedFolders(database: Database, module: Database): void {
  const actions = database.table('CustomAction')
  if (actions === undefined) return
  for (const row of module.table('Directory')?.rows() ?? []) {
    const directory = row.text('Directory')
    const folder = predefined.find((name) => directory.startsWith(name) && directory !== name)
    if (folder === undefined) continue
    if (actions.find(directory) === undefined) {
      actions.insert(actions.columns.map(({ name }) => ({ Action: directory, Type: setDirectory, Source: directory, Target: `[${folder}]` })[name] ?? null))
    }
    for (const name of sequences) {
      const table = database.table(name)
      if (table !== undefined && table.find(directory) === undefined) {
        table.insert(table.columns.map((column) => ({ Action: directory, Sequence: sequenceNumber })[column.name] ?? null))
      }
    }
  }
}
