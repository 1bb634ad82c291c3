import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { matchesWildcard, pickName } from './names.ts'

test('a file name has a short and a long form, or one that is both', () => {
  assert.equal(pickName('README~1.TXT|Read me first.txt', false), 'Read me first.txt')
  assert.equal(pickName('README~1.TXT|Read me first.txt', true), 'README~1.TXT')
  assert.equal(pickName('a.txt', false), 'a.txt')
})

test('wildcards match without regard to case, *.* matches names without a dot', () => {
  assert.ok(matchesWildcard('Report.DAT', '*.dat'))
  assert.ok(matchesWildcard('a1b', 'a?b'))
  assert.ok(matchesWildcard('README', '*.*'))
  assert.ok(!matchesWildcard('a.data', '*.dat'))
  assert.ok(!matchesWildcard('ab', 'a?b'))
})

test('a pattern of many stars takes linear time', () => {
  assert.ok(!matchesWildcard('a'.repeat(5000), `${'*a'.repeat(500)}b`))
})
