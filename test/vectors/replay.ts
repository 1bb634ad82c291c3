// Replays recorded facts of Windows Installer: `npm run test:vectors [-- DIR]`. DIR holds files of vectors (format.json,
// conditions.json) and of scenarios (all others). Prints what failed and, per file, counts; the last line has the sums.
// Without DIR the passed counts must not fall behind ratchet.json.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runConditions } from './conditions.ts'
import { runFormats } from './format.ts'
import type { Outcome } from './outcome.ts'
import { checkRatchet } from './ratchet.ts'
import { runScenario, type CustomLibrary, type Scenario } from './scenario.ts'

/** Files that have single vectors beside scenarios. */
const runners: Readonly<Record<string, (document: never) => readonly Outcome[]>> = {
  'conditions.json': runConditions,
  'format.json': runFormats,
}

const given = process.argv[2]
const defaultFolder = join(process.env.MSIKIT_SHARED ?? resolve(import.meta.dirname, '../../../shared'), 'vectors')
const folder = resolve(given ?? defaultFolder)
if (!existsSync(folder)) {
  console.log(`vectors: ${folder} is absent\n0 passed, 0 failed, 0 skipped`)
  process.exit(given === undefined ? 0 : 2)
}

/** What the scenarios' custom action library does; a folder without it has that of the default one. */
const library = [folder, defaultFolder].map((one) => join(one, 'custom_actions.json')).find((path) => existsSync(path))
const entryPoints = library === undefined ? {} : JSON.parse(readFileSync(library, 'utf8')) as CustomLibrary

const sums = { passed: 0, failed: 0, skipped: 0 }
const passedPerFile: Record<string, number> = {}
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')).sort()) {
  const outcomes = await replay(file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as { scenarios?: readonly Scenario[] })
  if (outcomes.length === 0) continue
  for (const { id, status, detail } of outcomes) if (status === 'failed') console.log(`failed ${id}\n    ${detail ?? ''}`)
  const skips = new Map<string, number>()
  for (const { status, detail = '' } of outcomes) if (status === 'skipped') skips.set(detail, (skips.get(detail) ?? 0) + 1)
  for (const [detail, count] of skips) console.log(`skipped ${count} of ${file}: ${detail}`)
  const count = (status: Outcome['status']): number => outcomes.filter((one) => one.status === status).length
  console.log(`${file}: ${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`)
  passedPerFile[file] = count('passed')
  for (const status of ['passed', 'failed', 'skipped'] as const) sums[status] += count(status)
}
const behind = given === undefined ? checkRatchet(passedPerFile) : []
for (const line of behind) console.log(`ratchet: ${line}`)
console.log(`${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped`)
process.exitCode = behind.length > 0 ? 1 : 0

async function replay(file: string, document: { readonly scenarios?: readonly Scenario[] }): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [...runners[file]?.(document as never) ?? []]
  for (const scenario of document.scenarios ?? []) outcomes.push(await runScenario(scenario, entryPoints))
  return outcomes
}
