// The crash matrix of whole packages, in memory: those of the corpus and the demonstration, one with tables of WiX,
// each installed, repaired, upgraded, advertised, made an administrative image and removed; and one whose scripts change the root. The process is killed before, in
// and after every call that changes something, every such call is refused, the disk is full at it; and the power goes.
import { after, describe, test } from 'node:test'
import { skipWithout } from '../shared.ts'
import { MatrixRun } from './matrix-run.ts'

const matrix = await MatrixRun.of('packages')
const packageOf = (name: string): string => name.split(',')[0]!

describe('whole packages', { concurrency: true }, () => {
  for (const title of new Set(matrix.names.map(packageOf))) {
    test(`${title} is as before or as after, whatever happens`, () => matrix.tryAll(title, matrix.names.filter((name) => packageOf(name) === title)))
  }
  test('packages of the corpus are as before or as after', { skip: matrix.names.some((name) => name.includes('.msi')) ? 'each has a test of its own' : skipWithout('corpus') }, () => {})
})
after(() => matrix.end())
