import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { createMemoryPlatform, type Platform, readFile, writeFile } from '../platform/index.ts'
import { createFaultyPlatform, SimulatedKill } from './faulty-platform.ts'
import { createRecordingPlatform } from './recording-platform.ts'
import { differences, takeSnapshot } from './snapshot.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function work({ files, registry }: Platform): void {
  files.createDirectory('C:\\d')
  writeFile(files, 'C:\\d\\f', bytes('12345678'))
  files.stat('C:\\d\\f')
  registry.createKey('HKCU\\Software\\X')
  registry.setValue('HKCU\\Software\\X', 'v', { type: 'REG_DWORD', data: 1 })
  registry.flush()
}

test('every call that changes something is counted, and the one asked for fails once', () => {
  const whole = createFaultyPlatform(createMemoryPlatform())
  work(whole)
  assert.equal(whole.counted, 6)
  for (let count = 0; count < whole.counted; count++) {
    const faulty = createFaultyPlatform(createMemoryPlatform())
    faulty.failAfter(count)
    assert.throws(() => work(faulty), { code: 'ERROR_DISK_FULL' })
    assert.equal(faulty.counted, count + 1)
    faulty.files.createDirectory('C:\\after')
  }
  const last = createFaultyPlatform(createMemoryPlatform())
  last.failAfter(6)
  work(last)
  assert.equal(last.struck, undefined)
})

test('a killed process does nothing any more, and what it had not flushed is lost', () => {
  const world = createMemoryPlatform()
  const faulty = createFaultyPlatform(world)
  faulty.failAfter(2, { fault: 'kill' })
  assert.throws(() => work(faulty), SimulatedKill)
  assert.throws(() => faulty.files.stat('C:\\d'), SimulatedKill)
  assert.throws(() => faulty.registry.keyExists('HKLM'), SimulatedKill)
  assert.equal(Buffer.from(readFile(world.files, 'C:\\d\\f')).toString(), '1234')
  faulty.failAfter(4, { fault: 'kill' })
  const next = createFaultyPlatform(world.reopen())
  next.failAfter(2, { fault: 'kill', counts: (call) => call.port === 'registry' && call.changes })
  assert.throws(() => {
    next.registry.createKey('HKCU\\Software\\X')
    next.registry.createKey('HKCU\\Software\\Y')
    next.registry.flush()
  }, { message: 'the process was killed at registry.flush' })
  assert.equal(world.reopen().registry.keyExists('HKCU\\Software\\X'), false)
})

test('a disk that stays full refuses every change until told otherwise', () => {
  const faulty = createFaultyPlatform(createMemoryPlatform())
  faulty.failAfter(0, { fault: 'ERROR_ACCESS_DENIED', persistent: true })
  assert.throws(() => faulty.files.createDirectory('C:\\a'), { code: 'ERROR_ACCESS_DENIED' })
  assert.throws(() => faulty.files.createDirectory('C:\\b'), { code: 'ERROR_ACCESS_DENIED' })
  assert.equal(faulty.files.stat('C:\\a'), undefined)
})

test('changes are recorded in order', () => {
  const recording = createRecordingPlatform(createMemoryPlatform())
  work(recording)
  assert.deepEqual(recording.changes(), [
    'files.createDirectory C:\\d', 'files.create C:\\d\\f', 'writer.write C:\\d\\f', 'registry.createKey HKCU\\Software\\X',
    'registry.setValue HKCU\\Software\\X v', 'registry.flush',
  ])
  assert.ok(recording.calls.some((call) => call.method === 'stat'))
})

test('a snapshot tells every difference', () => {
  const platform = createMemoryPlatform({ files: { 'C:\\a': '1', 'C:\\b': '2', 'C:\\e\\': '' } })
  const before = takeSnapshot(platform)
  assert.deepEqual(differences(before, takeSnapshot(platform)), [])
  writeFile(platform.files, 'C:\\a', bytes('3'))
  platform.files.removeFile('C:\\b')
  platform.files.setAttributes('C:\\e', { readOnly: false, hidden: true, system: false })
  platform.registry.createKey('HKLM\\SOFTWARE\\New')
  platform.registry.setValue('HKLM\\SOFTWARE\\New', 'q', { type: 'REG_QWORD', data: 5n })
  const lines = differences(before, takeSnapshot(platform))
  const paths = ['! C:\\a: ', '- C:\\b: ', '! C:\\e: ', '+ HKLM\\SOFTWARE\\New: ', '+ HKLM\\SOFTWARE\\New → q: ']
  assert.equal(lines.length, paths.length)
  lines.forEach((line, index) => assert.ok(line.startsWith(paths[index]!), line))
  assert.match(lines[2]!, /^! C:\\e: directory → directory H$/)
  assert.match(lines[4]!, /"5"/)
  assert.deepEqual(differences(before, takeSnapshot(platform, { ignore: (path) => /^C:\\|New/.test(path) })).filter((line) => line.startsWith('+')), [])
})
