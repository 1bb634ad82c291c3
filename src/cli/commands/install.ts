// `msikit install`: installs a package into a Windows root, or maintains its product when it is installed already.
import { installPackage } from '../../engine/index.ts'
import { engineOptions, startCommandRun } from '../install/engine-options.ts'
import { reportResult } from '../install/install-report.ts'
import { installTogether } from '../install/install-together.ts'
import { commandRunner } from '../program/run-command.ts'

export const run = commandRunner({
  name: 'install',
  summary: 'Install a package into a Windows root',
  about: 'The root is a folder that is drive C: an empty folder, a mounted Windows image, a container layer or a Wine prefix.\n'
    + 'Files, registry, shortcuts and registration are written as Windows Installer writes them, so that Windows itself can\n'
    + 'repair and uninstall the product. Applications that hold files are closed and reopened. On any failure, and after a\n'
    + 'crash at the next start, the root is what it was before. Ctrl-C cancels and takes everything back.',
  arguments: [
    { name: 'FILE', about: 'A package' },
    { name: 'FILE', about: 'Further packages: all of them are installed or, when one fails, none', count: 'any' },
    { name: 'PROPERTY=VALUE', about: 'Public properties: INSTALLDIR=…, ADDLOCAL=…, ALLUSERS=1, REBOOT=ReallySuppress', count: 'any' },
  ],
  options: engineOptions,
  examples: [
    ['msikit install putty.msi --root ./image', 'Into the folder ./image'],
    ['msikit install nunit.msi ADDLOCAL=ALL \'INSTALLDIR=C:\\Tools\\NUnit\' --log install.log', 'Every feature, elsewhere, with a verbose log'],
    ['msikit install runtime.msi app.msi ALLUSERS=1', 'Both in one transaction, with the same properties'],
    ['msikit install app.msi --ui basic --custom-actions skip', 'With a progress bar, without the programs of the package'],
  ],
  run: async (input, host) => {
    using engine = startCommandRun(input, host, { several: true })
    if (engine.further.length > 0) return installTogether([engine.subject, ...engine.further], engine, input, host)
    const result = await installPackage(engine.platform, { ...engine.options, package: engine.subject })
    return reportResult('install', 'installed', result, engine, input, host)
  },
})
