import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryFileSystem, readFile, walk, writeFile, type FileSystem } from '../index.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (files: FileSystem, path: string): string => new TextDecoder().decode(readFile(files, path))

function machine(): { readonly files: MemoryFileSystem; tick: () => void } {
  let now = 1
  const files = new MemoryFileSystem({ 'C:': {}, 'D:': {} }, () => now)
  files.createDirectory('C:\\App')
  files.createDirectory('C:\\App\\deep')
  files.createDirectory('C:\\Other')
  writeFile(files, 'C:\\App\\a.txt', bytes('a'))
  writeFile(files, 'C:\\App\\deep\\b.txt', bytes('b'))
  return { files, tick: () => { now++ } }
}

/** Everything that can be asked of a file system. */
function facts(files: FileSystem): string {
  return JSON.stringify(files.drives().map((drive) => [drive, files.freeBytes(drive), [drive, ...walk(files, drive)].map((path) => {
    const stat = files.stat(path)!
    return [files.spelling(path), stat, stat.kind === 'file' ? text(files, path) : files.list(path)]
  })]))
}

const changes: Readonly<Record<string, (files: FileSystem) => void>> = {
  'a file is created': (files) => { writeFile(files, 'C:\\App\\deep\\new.txt', bytes('new')) },
  'a file is written anew': (files) => { writeFile(files, 'C:\\App\\deep\\b.txt', bytes('other')) },
  'a file is removed': (files) => { files.removeFile('C:\\App\\deep\\b.txt') },
  'a file is renamed': (files) => { files.rename('C:\\App\\deep\\b.txt', 'C:\\App\\B.txt') },
  'a file is replaced': (files) => { files.rename('C:\\App\\deep\\b.txt', 'C:\\App\\a.txt') },
  'the spelling of a file changes': (files) => { files.rename('C:\\App\\a.txt', 'C:\\App\\A.TXT') },
  'a directory is created': (files) => { files.createDirectory('C:\\App\\deep\\more') },
  'a directory moves': (files) => { files.rename('C:\\App\\deep', 'C:\\Other\\deep') },
  'the spelling of a directory changes': (files) => { files.rename('C:\\App', 'C:\\APP') },
  'a directory is removed': (files) => { files.removeDirectory('C:\\Other') },
  'attributes are set': (files) => { files.setAttributes('C:\\App\\deep\\b.txt', { readOnly: true, hidden: false, system: false }) },
  'times are set': (files) => { files.setTimes('C:\\App\\deep', { modifiedMs: 7, createdMs: 6 }) },
  'times of a root are set': (files) => { files.setTimes('C:\\', { modifiedMs: 7 }) },
}

for (const [name, change] of Object.entries(changes)) {
  test(`${name} in one copy of the drives and in no other`, () => {
    const { files, tick } = machine()
    const before = facts(files)
    const [copy, untouched, contents] = [files.clone(() => 50), files.clone(() => 60), files.contents()]
    tick()
    change(copy)
    assert.notEqual(facts(copy), before)
    assert.equal(facts(files), before)
    change(files)
    assert.notEqual(facts(files), before)
    assert.equal(facts(untouched), before)
    assert.equal(facts(copy.clone(() => 70)), facts(copy))
    assert.deepEqual([...contents.keys()], ['C:', 'D:'])
    assert.equal(contents.get('D:'), files.contents().get('D:'), 'what nobody changed is the same object')
    assert.notEqual(contents.get('C:'), files.contents().get('C:'))
    assert.deepEqual([...contents.get('C:')!.children.keys()], ['APP', 'OTHER'])
  })
}

test('a file that is being written goes on in its own copy of the drives, wherever it moves', () => {
  const { files } = machine()
  const writer = files.create('C:\\App\\deep\\journal')
  writer.write(bytes('one '))
  const first = files.clone(() => 50)
  writer.write(bytes('two '))
  const second = files.clone(() => 50)
  files.rename('C:\\App\\deep', 'C:\\Other\\moved')
  files.rename('C:\\Other\\moved\\journal', 'C:\\Other\\moved\\log')
  const third = files.clone(() => 50)
  writer.write(bytes('three'))
  writer.setTimes({ modifiedMs: 9 })
  writer.close()
  assert.equal(text(files, 'C:\\Other\\moved\\log'), 'one two three')
  assert.equal(files.stat('C:\\Other\\moved\\log')!.modifiedMs, 9)
  assert.equal(text(first, 'C:\\App\\deep\\journal'), 'one ')
  assert.equal(text(second, 'C:\\App\\deep\\journal'), 'one two ')
  assert.equal(text(third, 'C:\\Other\\moved\\log'), 'one two ')
  // The other copy writes a file of its own there.
  writeFile(first, 'C:\\App\\deep\\journal', bytes('another'))
  assert.equal(text(second, 'C:\\App\\deep\\journal'), 'one two ')
})

test('what is written to a file that is gone comes up nowhere', () => {
  const { files } = machine()
  const writer = files.create('C:\\App\\gone')
  files.removeFile('C:\\App\\gone')
  const copy = files.clone(() => 50)
  writeFile(files, 'C:\\App\\gone', bytes('new'))
  writer.write(bytes('lost'))
  writer.close()
  assert.equal(text(files, 'C:\\App\\gone'), 'new')
  assert.equal(copy.stat('C:\\App\\gone'), undefined)
})

test('a held file is held after the drives were copied, and in no copy', () => {
  const { files } = machine()
  const hold = files.hold('C:\\App\\a.txt')
  const copy = files.clone(() => 50)
  files.setTimes('C:\\App\\a.txt', { modifiedMs: 3 })
  assert.throws(() => { files.removeFile('C:\\App\\a.txt') }, { code: 'ERROR_SHARING_VIOLATION' })
  copy.removeFile('C:\\App\\a.txt')
  hold[Symbol.dispose]()
  files.removeFile('C:\\App\\a.txt')
})
