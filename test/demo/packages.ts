// The two good versions of the demonstration's application, and one whose upgrade fails half-way.
import { PackageBuilder, runProgram, type BuiltPackage } from 'msikit/authoring'
import { joinsTheSession, theApplication, theConversion } from './programs.ts'

const upgradeCode = '{5C7E1D0A-2B0E-4E5B-9C55-3A3E0B7B7F10}'

export interface GreeterOptions {
  readonly version: string
  /** What the data file says. */
  readonly greeting: string
  /** Exit code of the deferred custom action that converts the user's plug-ins. */
  readonly conversionExit: number
}

export function buildGreeter({ version, greeting, conversionExit }: GreeterOptions): BuiltPackage {
  const app = new PackageBuilder({ name: 'Greeter', version, manufacturer: 'msikit', upgradeCode, platform: 'x64' })
  const folder = app.folder('ProgramFiles64Folder').folder('Greeter', { key: 'INSTALLDIR' })
  const main = app.feature('Main', { title: 'Greeter', folder })
  main.file(folder, 'greeter', theApplication(version), { key: 'greeter' })
    .shortcut(app.folder('ProgramMenuFolder'), 'Greeter', { workingFolder: folder })
    .registry('HKLM', 'Software\\Greeter', 'Version', '[ProductVersion]')
    .registry('HKLM', 'Software\\Greeter', 'Folder', '[INSTALLDIR]')
  main.file(folder, 'greeting.txt', `${greeting}\n`)
  main.feature('Manual', { title: 'Manual', level: 2 }).file(folder.folder('doc'), 'manual.txt', `Greeter ${version} greets.\n`)
  app.majorUpgrade({ downgradeMessage: 'A newer Greeter is installed.', removeAt: { after: 'InstallInitialize' } })
  app.property('MSIKITMODULE', '-', { secure: true })

  // Before InstallValidate: it joins the session with the key, and adds the plug-in that only the application knows of.
  app.binary('JoinSession', joinsTheSession)
  app.customAction('JoinRestartManager', runProgram({ binary: 'JoinSession' }, '"[MSIKITMODULE]" [MsiRestartManagerSessionKey] "C:\\ProgramData\\Greeter\\french.plugin"'),
    { at: { before: 'InstallValidate' }, condition: 'MsiRestartManagerSessionKey AND NOT UPGRADINGPRODUCTCODE' })
  // Among the changes: it converts the plug-in, or fails.
  app.binary('Convert', theConversion)
  app.customAction('ConvertPlugins', runProgram({ binary: 'Convert' }, `"C:\\ProgramData\\Greeter\\french.plugin" ${version} ${conversionExit}`, { execution: 'deferred', impersonate: false }),
    { at: { after: 'InstallFiles' }, condition: 'OLDERVERSIONFOUND' })
  return app.build()
}
