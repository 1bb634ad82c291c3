// The crash matrix of whole packages, in memory: those of the corpus, the demonstration's and the installations of the
// recorded scenarios, each installed, repaired, upgraded, advertised, made an administrative image and removed; and the
// other ways in. Every call that changes something is killed, refused, out of space, or without power. Where a package makes more calls than fit into the time of this suite, as
// many as do, evenly; MSIKIT_CRASH=full tries every one.
import { after, test } from 'node:test'
import { failEverywhere, killEverywhere, losePowerAt, type MatrixResult } from './package-matrix.ts'
import { corpusScenarios, demoScenarios, vectorScenarioRuns, type CrashScenario } from './package-scenarios.ts'
import { otherWays } from './ways-scenarios.ts'
import { wixScenarios } from './wix-scenarios.ts'
import { skipWithout } from '../shared.ts'

interface Way {
  readonly title: string
  readonly most: number
  readonly run: (scenario: CrashScenario, most: number) => Promise<MatrixResult>
}

const isFull = process.env['MSIKIT_CRASH'] === 'full'
const ways: readonly Way[] = [
  { title: 'killed', most: 250, run: killEverywhere },
  { title: 'refused', most: 24, run: (scenario, most) => failEverywhere(scenario, 'throws', most) },
  { title: 'disk full', most: 24, run: (scenario, most) => failEverywhere(scenario, 'disk full', most) },
  { title: 'power lost', most: 20, run: losePowerAt },
]

const totals = new Map(ways.map(({ title }) => [title, { calls: 0, tried: 0, rolledBack: 0, complete: 0 }]))
let scenarioCount = 0

async function tryAll(scenarios: readonly CrashScenario[]): Promise<void> {
  for (const scenario of scenarios) {
    scenarioCount++
    for (const { title, most, run } of ways) {
      const result = await run(scenario, isFull ? Number.POSITIVE_INFINITY : Math.ceil(most * (scenario.share ?? 1)))
      const total = totals.get(title)!
      for (const name of ['calls', 'tried', 'rolledBack', 'complete'] as const) total[name] += result[name]
    }
  }
}

const corpus = corpusScenarios()
for (const name of new Set(corpus.map((one) => one.name.split(',')[0]!))) {
  test(`${name} is as before or as after, whatever happens`, () => tryAll(corpus.filter((one) => one.name.startsWith(`${name},`))))
}
test('packages of the corpus are as before or as after', { skip: corpus.length > 0 ? 'each has a test of its own' : skipWithout('corpus') }, () => {})
test('the packages of the demonstration are as before or as after, whatever happens', () => tryAll(demoScenarios()))
for (const scenario of otherWays()) test(`${scenario.name}: as before or as after, whatever happens`, () => tryAll([scenario]))
test('a package with tables of WiX is as before or as after, whatever happens', () => tryAll(wixScenarios()))
test('the installations of the recorded scenarios are as before or as after, whatever happens', { skip: skipWithout('vectors') }, async () => {
  await tryAll(await vectorScenarioRuns())
})

after(() => {
  console.log(`crash matrix of packages: ${scenarioCount} installations${isFull ? '' : '; MSIKIT_CRASH=full tries every call'}`)
  for (const [title, { calls, tried, rolledBack, complete }] of totals) {
    console.log(`  ${title}: ${calls} calls, ${tried} states tried, ${rolledBack} rolled back, ${complete} complete`)
  }
})
