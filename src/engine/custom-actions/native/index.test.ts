import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { nativeEntryPoints, quietEntryPoints } from './index.ts'

test('the guide lists every entry point that is done natively, with its extent, and no other', () => {
  const guide = readFileSync('docs/custom-actions.md', 'utf8')
  const listed = new Map<string, string>()
  for (const line of guide.split('\n')) {
    const [, names = '', , extent = ''] = line.split('|').map((cell) => cell.trim())
    if (!/^(done|partly|told)$/.test(extent)) continue
    for (const [, name] of names.matchAll(/`(\w+)`/g)) listed.set(name!, extent)
  }
  assert.deepEqual([...listed.keys()].sort(), [...nativeEntryPoints.keys()].sort())
  // Deferred parts have the extent of the action that schedules them.
  for (const [name, { run, extent }] of nativeEntryPoints) if (run !== undefined) assert.equal(listed.get(name), extent, name)
  for (const name of quietEntryPoints) assert.ok(guide.includes(`\`${name}\``), name)
})
