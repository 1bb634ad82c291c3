// Scenarios of our own, in the form of the recorded ones: what the documentation of each function says of its results.
import { strict as assert } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { runScenario, type CustomLibrary, type Scenario } from './scenario.ts'

const folder = join(resolve(import.meta.dirname, '../..'), 'test/vectors/scenarios')

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const { scenarios, library } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { scenarios: readonly Scenario[]; library?: CustomLibrary }
  test(`functions of the installer return what they are documented to: ${file}`, async () => {
    for (const scenario of scenarios) assert.deepEqual(await runScenario(scenario, library), { id: scenario.id, status: 'passed' })
  })
}
