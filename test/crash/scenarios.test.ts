// The crash matrix of the other ways in, and of the installations of the recorded scenarios: as packages.test.ts.
import { after, describe, test } from 'node:test'
import { skipWithout } from '../shared.ts'
import { MatrixRun } from './matrix-run.ts'
import { otherWays } from './ways-scenarios.ts'

const matrix = await MatrixRun.of('scenarios')
const others = otherWays().map(({ name }) => name)
const recorded = matrix.names.slice(others.length)

describe('other installations', { concurrency: true }, () => {
  for (const name of others) test(`${name}: as before or as after, whatever happens`, () => matrix.tryAll(name, [name]))
  test('the installations of the recorded scenarios are as before or as after, whatever happens', { skip: recorded.length > 0 ? false : skipWithout('vectors') }, () => matrix.tryAll('recorded scenarios', recorded))
})
after(() => matrix.end())
