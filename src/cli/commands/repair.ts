// `msikit repair`: brings back what is missing or damaged of an installed product.
import { repairProduct } from '../../engine/index.ts'
import { engineOptions, startCommandRun } from '../install/engine-options.ts'
import { reportResult } from '../install/install-report.ts'
import { UsageError } from '../program/errors.ts'
import { commandRunner } from '../program/run-command.ts'

export const run = commandRunner({
  name: 'repair',
  summary: 'Bring back what is missing or damaged of an installed product',
  about: 'By default files that are missing or older, all registry values and all shortcuts are written again (mode "omus").\n'
    + 'Letters of the mode: p missing files only, o or older, e or equal, d or different, c with a wrong checksum, a all files;\n'
    + 'u values of the user, m values of the machine, s shortcuts, v take the package from its source again.',
  arguments: [
    { name: 'PRODUCT', about: 'Product code, name as `msikit list` shows it, or the package file' },
    { name: 'PROPERTY=VALUE', about: 'Public properties', count: 'any' },
  ],
  options: {
    mode: { short: 'm', value: 'LETTERS', about: 'What to write again: letters of pocedaumsv; "omus" by default' },
    features: { value: 'LIST', about: 'Only these features, separated by commas' },
    ...engineOptions,
  },
  examples: [
    ['msikit repair "PuTTY release 0.68" --root ./image', 'What is missing or older'],
    ['msikit repair putty.msi --mode amus', 'Every file, whatever is there'],
  ],
  run: async (input, host) => {
    const mode = input.value('mode')?.toLowerCase()
    if (mode !== undefined && !/^[pocedaumsv]+$/.test(mode)) throw new UsageError(`option --mode: expected letters of pocedaumsv, found "${mode}"`)
    const features = input.value('features')
    using engine = startCommandRun(input, host, { about: 'product' })
    const result = await repairProduct(engine.platform, engine.subject, {
      ...engine.options, ...(mode === undefined ? {} : { mode }), ...(features === undefined ? {} : { features }),
    })
    return reportResult('repair', 'repaired', result, engine, input, host)
  },
})
