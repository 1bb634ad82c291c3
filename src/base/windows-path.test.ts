import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { baseName, joinPath, parentPath, pathSegments, sameName } from './windows-path.ts'

test('joining puts exactly one backslash between parts', () => {
  assert.equal(joinPath('C:\\', 'Program Files', '', 'x.txt'), 'C:\\Program Files\\x.txt')
  assert.equal(joinPath('C:\\a\\', '\\b\\'), 'C:\\a\\b\\')
})

test('the parent of a path directly below a drive is the drive\'s root, which has none', () => {
  assert.equal(parentPath('C:\\a\\b\\'), 'C:\\a')
  assert.equal(parentPath('C:\\a'), 'C:\\')
  assert.equal(parentPath('C:\\'), undefined)
  assert.equal(baseName('C:\\a\\b\\'), 'b')
})

test('a path that climbs above its root has no segments', () => {
  assert.deepEqual(pathSegments('c:/a/./b/../c'), { drive: 'C:', segments: ['a', 'c'] })
  assert.equal(pathSegments('C:\\..\\x'), undefined)
  assert.equal(pathSegments('a\\..\\..\\x'), undefined)
})

test('names are compared without regard to case, one character to one', () => {
  assert.ok(sameName('Straße.txt', 'STRAßE.TXT'))
  assert.ok(!sameName('STRASSE', 'straße'))
})
