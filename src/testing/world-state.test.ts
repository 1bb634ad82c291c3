import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { createMemoryPlatform, writeFile, type MemoryPlatform } from '../platform/index.ts'
import { stateDifferences, worldState } from './world-state.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const long = 'x'.repeat(1000)

function machine(): MemoryPlatform {
  const platform = createMemoryPlatform({ drives: { 'C:': {}, 'D:': {} }, files: { 'C:\\App\\short.txt': 'ab', 'C:\\App\\long.txt': long, 'D:\\data\\': '' }, registry: { 'HKLM\\SOFTWARE\\App': { v: { type: 'REG_SZ', data: 'a' } } } })
  return platform
}

/** Sets a file's content and leaves its times alone. */
function rewrite({ files }: MemoryPlatform, path: string, text: string): void {
  const { modifiedMs } = files.stat(path)!
  writeFile(files, path, bytes(text))
  files.setTimes(path, { modifiedMs })
}

const defects: Readonly<Record<string, readonly [change: (platform: MemoryPlatform) => void, line: RegExp]>> = {
  'other bytes of a short file': [(platform) => { rewrite(platform, 'C:\\App\\short.txt', 'ac') }, /^C:\\App\\short\.txt: expected 2 bytes, found 2, or others$/],
  'other bytes of a long file': [(platform) => { rewrite(platform, 'C:\\App\\long.txt', `${long.slice(1)}y`) }, /^C:\\App\\long\.txt: expected 1000 bytes/],
  'a file too many': [({ files }) => { writeFile(files, 'C:\\App\\new', bytes('')) }, /^C:\\App\\new: expected nothing, found file$/],
  'a file that is missing': [({ files }) => { files.removeFile('C:\\App\\long.txt') }, /^C:\\App\\long\.txt: expected file, found nothing$/],
  'a folder that is missing': [({ files }) => { files.removeDirectory('D:\\data') }, /^D:\\data: expected directory, found nothing$/],
  'another spelling': [({ files }) => { files.rename('C:\\App\\short.txt', 'C:\\App\\Short.txt') }, /^C:\\App\\short\.txt: expected the name short\.txt, found Short\.txt$/],
  'an attribute': [({ files }) => { files.setAttributes('D:\\data', { readOnly: true, hidden: false, system: false }) }, /^D:\\data: expected directory, found directory read-only$/],
  'the time of a file': [({ files }) => { files.setTimes('C:\\App\\short.txt', { modifiedMs: 1 }) }, /^C:\\App\\short\.txt: expected time \d+, found 1$/],
  'the time of a folder': [({ files }) => { files.setTimes('D:\\data', { modifiedMs: 1 }) }, /^D:\\data: expected time \d+, found 1$/],
  'another value': [({ registry }) => { registry.setValue('HKLM\\SOFTWARE\\App', 'v', { type: 'REG_SZ', data: 'b' }) }, /^HKLM\\SOFTWARE\\App → v: expected another value$/],
  'a key too many': [({ registry }) => { registry.createKey('HKLM\\SOFTWARE\\App\\More') }, /^HKLM\\SOFTWARE\\App\\More: expected no key, found one$/],
  'a value that is missing': [({ registry }) => { registry.deleteValue('HKLM\\SOFTWARE\\App', 'v') }, /^HKLM\\SOFTWARE\\App → v: expected a value, found none$/],
}

for (const [name, [change, line]] of Object.entries(defects)) {
  test(`${name} is seen, in a copy and in the same machine`, () => {
    const platform = machine()
    const before = worldState(platform)
    assert.deepEqual(stateDifferences(before, worldState(platform.fork())), [])
    const other = platform.fork()
    change(other)
    other.registry.flush()
    assert.match(stateDifferences(before, worldState(other), { most: 1, ignoreFolderTimes: (path) => path !== 'D:\\data' })[0] ?? '', line)
    assert.deepEqual(stateDifferences(before, worldState(platform)), [])
    change(platform)
    platform.registry.flush()
    const found = stateDifferences(before, worldState(platform))
    assert.ok(found.some((one) => line.test(one)), found.join('\n'))
    assert.deepEqual(stateDifferences(worldState(other), worldState(platform)), [], 'what was done alike is alike')
  })
}

test('registry changes count when they were flushed', () => {
  const platform = machine()
  const before = worldState(platform)
  platform.registry.createKey('HKLM\\SOFTWARE\\More')
  assert.deepEqual(stateDifferences(before, worldState(platform)), [])
  platform.registry.flush()
  const kept = worldState(platform)
  assert.deepEqual(stateDifferences(before, kept), ['HKLM\\SOFTWARE\\More: expected no key, found one'])
  platform.registry.setValue('HKLM\\SOFTWARE\\More', 'v', { type: 'REG_DWORD', data: 1 })
  assert.deepEqual(stateDifferences(kept, worldState(platform.reopen())), [], 'a tree that was kept does not change')
})
