// A transform is what one database lacks to be the other. The same with many more pairs is in the fuzz suite.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { contentOf, databasePair, databasesOf, transformed } from './database-transforms.ts'

test('A transform generated from any two databases, and applied to the first one, gives the second', () => {
  fc.assert(fc.property(databasePair, (pair) => {
    const [first, second] = databasesOf(pair)
    assert.deepEqual(contentOf(transformed(first, second)), contentOf(second))
  }), { numRuns: 60 })
})
