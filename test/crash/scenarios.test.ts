// The crash matrix of the other ways in, and of the installations of the recorded scenarios: as packages.test.ts.
import { after, test } from 'node:test'
import { skipWithout } from '../shared.ts'
import { MatrixRun } from './matrix-run.ts'
import { vectorScenarioRuns } from './package-scenarios.ts'
import { otherWays } from './ways-scenarios.ts'

const matrix = new MatrixRun('scenarios')
for (const scenario of otherWays()) test(`${scenario.name}: as before or as after, whatever happens`, () => matrix.tryAll([scenario]))
test('the installations of the recorded scenarios are as before or as after, whatever happens', { skip: skipWithout('vectors') }, async () => {
  await matrix.tryAll(await vectorScenarioRuns())
})
after(() => { matrix.print() })
