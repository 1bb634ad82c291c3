// `msikit admin`: an administrative image, from which others install.
import { administerPackage } from '../../engine/index.ts'
import { engineOptions, startCommandRun } from '../install/engine-options.ts'
import { reportResult } from '../install/install-report.ts'
import { commandRunner } from '../program/run-command.ts'

export const run = commandRunner({
  name: 'admin',
  summary: 'Make an administrative image of a package',
  about: 'Writes the package without its cabinets, and its files uncompressed in their source folders, to TARGETDIR, a folder of\n'
    + 'the root. Nothing is installed or registered. To have the files only, `msikit extract` is simpler.',
  arguments: [
    { name: 'FILE', about: 'A package' },
    { name: 'PROPERTY=VALUE', about: 'TARGETDIR is where the image goes', count: 'any' },
  ],
  options: engineOptions,
  examples: [['msikit admin putty.msi \'TARGETDIR=C:\\Images\\PuTTY\' --root ./image', 'Fills ./image/Images/PuTTY']],
  run: async (input, host) => {
    using engine = startCommandRun(input, host)
    const result = await administerPackage(engine.platform, { ...engine.options, package: engine.subject })
    return reportResult('admin', 'made an image of', result, engine, input, host)
  },
})
