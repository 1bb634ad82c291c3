// The property of test/database-transforms.test.ts over many more pairs of databases. MSIKIT_FUZZ_SIZE and
// MSIKIT_FUZZ_SEED as in fuzz.test.ts.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { contentOf, databasePair, databasesOf, transformed } from '../database-transforms.ts'

const numRuns = Math.ceil(20_000 * Number(process.env['MSIKIT_FUZZ_SIZE'] ?? 1))
const seed = Number(process.env['MSIKIT_FUZZ_SEED'] ?? 1)

test('transforms carry over any database to any other', () => {
  fc.assert(fc.property(databasePair, (pair) => {
    const [first, second] = databasesOf(pair)
    assert.deepEqual(contentOf(transformed(first, second)), contentOf(second))
  }), { numRuns, seed })
})
