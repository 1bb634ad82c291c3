// `npm run bench -- [word…] [--rounds N] [--json]`: compares msikit with the tools people use instead, as ratios in one
// run. A word picks the cases whose file or title has it. Cases are in bench/cases/, one file each; see harness.mjs for
// what a case is. What is missing on this machine is skipped and said so.
import { readdirSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runCase } from './harness.mjs'
import { openInputs } from './inputs.mjs'
import { printCase, printHead } from './table.mjs'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string' }, json: { type: 'boolean' } } })
const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
const folder = join(import.meta.dirname, 'cases')
const inputs = openInputs()
const results = []
process.once('SIGINT', () => {
  inputs.close()
  process.exit(130)
})
try {
  if (!values.json) printHead(loadavg()[0])
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.mjs')).sort()) {
    const { cases } = await import(join(folder, name))
    for (const one of cases(inputs)) {
      if (positionals.length > 0 && !positionals.some((word) => `${name} ${one.title}`.includes(word))) continue
      const result = runCase(one, { rounds, scratch: inputs.scratch })
      results.push(result)
      if (!values.json) printCase(result)
    }
  }
  if (values.json) console.log(JSON.stringify(results, null, 2))
} finally {
  inputs.close()
}
