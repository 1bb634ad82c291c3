// `msikit advertise`: publishes a product, which Windows then installs when it is first used.
import { advertisePackage } from '../../engine/index.ts'
import { engineOptions, startCommandRun } from '../install/engine-options.ts'
import { reportResult } from '../install/install-report.ts'
import { commandRunner } from '../program/run-command.ts'

export const run = commandRunner({
  name: 'advertise',
  summary: 'Publish a product without installing it',
  about: 'Shortcuts, file types and registration are written; the files come when the product is first used on Windows.',
  arguments: [
    { name: 'FILE', about: 'A package' },
    { name: 'PROPERTY=VALUE', about: 'Public properties', count: 'any' },
  ],
  options: { to: { value: 'WHOM', choices: ['machine', 'user'], about: 'For everybody, or for the user of the root; the package decides by default' }, ...engineOptions },
  examples: [['msikit advertise app.msi --to machine --root ./image', 'For every user of ./image']],
  run: async (input, host) => {
    const to = input.value('to')
    using engine = startCommandRun(input, host)
    const result = await advertisePackage(engine.platform, { ...engine.options, package: engine.subject, ...(to === undefined ? {} : { perMachine: to === 'machine' }) })
    return reportResult('advertise', 'advertised', result, engine, input, host)
  },
})
