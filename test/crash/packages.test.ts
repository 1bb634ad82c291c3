// The crash matrix of whole packages, in memory: those of the corpus and the demonstration, and one with tables of WiX,
// each installed, repaired, upgraded, advertised, made an administrative image and removed. Every call that changes
// something is killed, refused, out of space, or without power: matrix-run.ts.
import { after, test } from 'node:test'
import { skipWithout } from '../shared.ts'
import { MatrixRun } from './matrix-run.ts'
import { corpusScenarios, demoScenarios } from './package-scenarios.ts'
import { scriptScenarios } from './script-scenarios.ts'
import { wixScenarios } from './wix-scenarios.ts'

const matrix = new MatrixRun('packages')
const corpus = corpusScenarios()
for (const name of new Set(corpus.map((one) => one.name.split(',')[0]!))) {
  test(`${name} is as before or as after, whatever happens`, () => matrix.tryAll(corpus.filter((one) => one.name.startsWith(`${name},`))))
}
test('packages of the corpus are as before or as after', { skip: corpus.length > 0 ? 'each has a test of its own' : skipWithout('corpus') }, () => {})
test('the packages of the demonstration are as before or as after, whatever happens', () => matrix.tryAll(demoScenarios()))
test('a package with tables of WiX is as before or as after, whatever happens', () => matrix.tryAll(wixScenarios()))
test('a package whose scripts change files and registry is as before or as after, whatever happens', () => matrix.tryAll(scriptScenarios()))
after(() => { matrix.print() })
