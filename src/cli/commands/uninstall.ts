// `msikit uninstall`: takes an installed product out of a Windows root.
import { uninstallProduct } from '../../engine/index.ts'
import { engineOptions, startCommandRun } from '../install/engine-options.ts'
import { reportResult } from '../install/install-report.ts'
import { commandRunner } from '../program/run-command.ts'

export const run = commandRunner({
  name: 'uninstall',
  summary: 'Take an installed product out of a Windows root',
  about: 'Removes what the installation brought and what nobody else uses. Files that the product did not install stay.',
  arguments: [
    { name: 'PRODUCT', about: 'Product code, name as `msikit list` shows it, or the package file' },
    { name: 'PROPERTY=VALUE', about: 'Public properties', count: 'any' },
  ],
  options: engineOptions,
  examples: [
    ['msikit uninstall "PuTTY release 0.68" --root ./image', 'By name'],
    ['msikit uninstall {55717628-7AE6-4BCF-A046-FA2768945E76}', 'By product code'],
    ['msikit uninstall putty.msi --log remove.log', 'By the package it came from, with a log'],
  ],
  run: async (input, host) => {
    using engine = startCommandRun(input, host, { about: 'product' })
    const result = await uninstallProduct(engine.platform, engine.subject, engine.options)
    return reportResult('uninstall', 'uninstalled', result, engine, input, host)
  },
})
