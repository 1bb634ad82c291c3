// What every implementation of the FileSystem port does: the same tests for each.
import { strict as assert } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { NodeFileSystem } from 'msikit/node'
import { createMemoryPlatform, createDirectories, readFile, removeTree, walk, writeFile, type FileSystem } from 'msikit/platform'

const text = (content: string): Uint8Array => new TextEncoder().encode(content)

const folders: string[] = []
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })))

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-files-'))
  folders.push(folder)
  return folder
}

const implementations: Record<string, () => FileSystem> = {
  memory: () => createMemoryPlatform().files,
  node: () => new NodeFileSystem(temporaryFolder()),
}

for (const [name, create] of Object.entries(implementations)) {
  const check = (sentence: string, body: (files: FileSystem) => void): void => {
    test(`${name}: ${sentence}`, () => body(create()))
  }
  check('a file is found under every case of its name and keeps its spelling', (files) => {
    createDirectories(files, 'C:\\Program Files\\App')
    writeFile(files, 'c:\\program files\\APP\\ReadMe.txt', text('hello'))
    assert.deepEqual(Buffer.from(readFile(files, 'C:\\PROGRAM FILES\\app\\README.TXT')), Buffer.from('hello'))
    assert.deepEqual(files.list('C:\\program files\\app'), ['ReadMe.txt'])
    assert.equal(files.spelling('c:\\PROGRAM files\\app\\readme.TXT'), 'C:\\Program Files\\App\\ReadMe.txt')
    assert.equal(files.spelling('c:\\PROGRAM files\\None\\Here'), 'C:\\Program Files\\None\\Here')
    writeFile(files, 'C:\\Program Files\\App\\README.TXT', text('bye'))
    assert.deepEqual(files.list('C:\\Program Files\\App'), ['ReadMe.txt'])
    assert.equal(files.stat('C:\\Program Files\\App\\readme.txt')?.size, 3)
  })

  check('a path that is not there has no stat, and every operation says how it is missing', (files) => {
    files.createDirectory('C:\\d')
    assert.equal(files.stat('C:\\d\\x'), undefined)
    assert.equal(files.stat('C:\\no\\x'), undefined)
    assert.equal(files.stat('Q:\\x'), undefined)
    assert.equal(files.stat('C:\\..\\x'), undefined)
    assert.throws(() => files.open('C:\\d\\x'), { code: 'ERROR_FILE_NOT_FOUND' })
    assert.throws(() => files.open('C:\\no\\x'), { code: 'ERROR_PATH_NOT_FOUND' })
    assert.throws(() => files.create('C:\\no\\x'), { code: 'ERROR_PATH_NOT_FOUND' })
    assert.throws(() => files.createDirectory('C:\\no\\x'), { code: 'ERROR_PATH_NOT_FOUND' })
    assert.throws(() => files.removeFile('C:\\d\\x'), { code: 'ERROR_FILE_NOT_FOUND' })
    assert.throws(() => files.list('C:\\no'), { code: 'ERROR_PATH_NOT_FOUND' })
    assert.throws(() => files.create('Q:\\x'), { code: 'ERROR_INVALID_DRIVE' })
    assert.throws(() => files.setTimes('C:\\d\\x', { modifiedMs: 0 }), { code: 'ERROR_FILE_NOT_FOUND' })
    assert.throws(() => files.rename('C:\\d\\x', 'C:\\d\\y'), { code: 'ERROR_FILE_NOT_FOUND' })
  })

  check('names that climb or cannot be are refused', (files) => {
    for (const path of ['C:\\..\\x', 'C:\\a\\..\\..\\x', 'C:\\nul', 'C:\\a\u0001', 'C:\\a:b', 'x', '\\\\server\\share\\x', 'C:\\*']) {
      assert.throws(() => files.create(path), { code: 'ERROR_INVALID_NAME' }, path)
      assert.throws(() => files.createDirectory(path), { code: 'ERROR_INVALID_NAME' }, path)
    }
    assert.deepEqual(files.list('C:\\'), [])
  })

  check('a file in the place of a directory stands in the way, and the other way round', (files) => {
    files.createDirectory('C:\\d')
    writeFile(files, 'C:\\f', text('f'))
    assert.throws(() => files.createDirectory('C:\\D'), { code: 'ERROR_FILE_EXISTS' })
    assert.throws(() => files.createDirectory('C:\\F'), { code: 'ERROR_FILE_EXISTS' })
    assert.throws(() => files.create('C:\\d'), { code: 'ERROR_ACCESS_DENIED' })
    assert.throws(() => files.open('C:\\d'), { code: 'ERROR_ACCESS_DENIED' })
    assert.throws(() => files.create('C:\\f\\x'), { code: 'ERROR_PATH_NOT_FOUND' })
    assert.throws(() => files.removeFile('C:\\d'), { code: 'ERROR_ACCESS_DENIED' })
    assert.throws(() => files.removeDirectory('C:\\f'), { code: 'ERROR_DIRECTORY' })
    assert.throws(() => files.list('C:\\f'), { code: 'ERROR_DIRECTORY' })
  })

  check('only an empty directory can be removed, the root of a drive never', (files) => {
    createDirectories(files, 'C:\\a\\b')
    assert.throws(() => files.removeDirectory('C:\\a'), { code: 'ERROR_DIR_NOT_EMPTY' })
    files.removeDirectory('C:\\A\\B')
    files.removeDirectory('C:\\a')
    assert.throws(() => files.removeDirectory('C:\\'), { code: 'ERROR_ACCESS_DENIED' })
    assert.deepEqual(files.list('C:\\'), [])
  })

  check('rename replaces a file, moves a directory and changes the case of a name', (files) => {
    createDirectories(files, 'C:\\a\\b')
    writeFile(files, 'C:\\a\\one', text('1'))
    writeFile(files, 'C:\\a\\two', text('2'))
    files.rename('C:\\A\\ONE', 'C:\\a\\TWO')
    assert.deepEqual(files.list('C:\\a'), ['TWO', 'b'])
    assert.equal(Buffer.from(readFile(files, 'C:\\a\\two')).toString(), '1')
    files.rename('C:\\a\\two', 'C:\\a\\Two')
    assert.deepEqual(files.list('C:\\a'), ['Two', 'b'])
    files.rename('C:\\a', 'C:\\z')
    assert.deepEqual([...walk(files, 'C:\\')], ['C:\\z', 'C:\\z\\Two', 'C:\\z\\b'])
    assert.throws(() => files.rename('C:\\z', 'C:\\z\\b\\z'), { code: 'ERROR_ACCESS_DENIED' })
    assert.throws(() => files.rename('C:\\z\\Two', 'C:\\z\\b'), { code: 'ERROR_ACCESS_DENIED' })
    assert.throws(() => files.rename('C:\\z\\b', 'C:\\z\\Two'), { code: 'ERROR_FILE_EXISTS' })
  })

  check('a read-only file can be read and renamed, but neither written, replaced nor removed', (files) => {
    writeFile(files, 'C:\\f', text('f'))
    writeFile(files, 'C:\\g', text('g'))
    files.setAttributes('C:\\f', { readOnly: true, hidden: false, system: false })
    assert.deepEqual(files.stat('C:\\F')?.attributes, { readOnly: true, hidden: false, system: false })
    assert.throws(() => files.create('C:\\f'), { code: 'ERROR_ACCESS_DENIED' })
    assert.throws(() => files.removeFile('C:\\f'), { code: 'ERROR_ACCESS_DENIED' })
    assert.throws(() => files.rename('C:\\g', 'C:\\f'), { code: 'ERROR_ACCESS_DENIED' })
    files.rename('C:\\f', 'C:\\h')
    assert.equal(files.stat('C:\\h')?.attributes.readOnly, true)
    files.setTimes('C:\\h', { modifiedMs: 1_000_000_000_000 })
    removeTree(files, 'C:\\h')
    assert.deepEqual(files.list('C:\\'), ['g'])
  })

  check('hidden and system follow a file when it moves and vanish with it', (files) => {
    const hidden = { readOnly: false, hidden: true, system: true }
    createDirectories(files, 'C:\\d\\e')
    writeFile(files, 'C:\\d\\e\\f', text('f'))
    files.setAttributes('C:\\d\\e\\f', hidden)
    files.setAttributes('C:\\d\\e', hidden)
    files.rename('C:\\d\\e\\f', 'C:\\d\\e\\g')
    files.rename('C:\\d', 'C:\\x')
    assert.deepEqual(files.stat('C:\\X\\E\\G')?.attributes, hidden)
    assert.deepEqual(files.stat('C:\\x\\e')?.attributes, hidden)
    files.removeFile('C:\\x\\e\\g')
    writeFile(files, 'C:\\x\\e\\g', text('new'))
    assert.equal(files.stat('C:\\x\\e\\g')?.attributes.hidden, false)
  })

  check('times are what they were set to', (files) => {
    writeFile(files, 'C:\\f', text('f'))
    files.setTimes('C:\\f', { modifiedMs: 1_234_567_890_123, createdMs: 1_100_000_000_000 })
    assert.equal(files.stat('C:\\f')?.modifiedMs, 1_234_567_890_123)
  })

  check('a file is read in pieces and written in pieces', (files) => {
    const writer = files.create('C:\\f')
    for (let piece = 0; piece < 100; piece++) writer.write(new Uint8Array(1000).fill(piece))
    writer.sync()
    writer.close()
    using file = files.open('C:\\f')
    assert.equal(file.size, 100_000)
    assert.deepEqual([...file.read(41_999, 2)], [41, 42])
    assert.equal(file.read(99_990, 100).length, 10)
    assert.equal(file.read(200_000, 100).length, 0)
  })

  check('a short name is no other name: only case is forgiven', (files) => {
    createDirectories(files, 'C:\\Program Files')
    assert.equal(files.stat('C:\\PROGRA~1'), undefined)
    writeFile(files, 'C:\\straße', text('1'))
    assert.equal(files.stat('C:\\STRASSE'), undefined)
    assert.equal(files.stat('C:\\STRAßE')?.size, 1)
  })

  check('drives, space and host paths are told', (files) => {
    assert.ok(files.drives().includes('C:\\'))
    assert.ok(files.freeBytes('C:\\x\\y') > 0)
    writeFile(files, 'C:\\File', text('f'))
    assert.equal(files.fromHostPath(files.hostPath('C:\\file')!), 'C:\\File')
    assert.throws(() => files.freeBytes('Q:\\'), { code: 'ERROR_INVALID_DRIVE' })
  })
}

test('memory: a drive has only so much space, and a write that does not fit leaves the count right', () => {
  const { files } = createMemoryPlatform({ drives: { 'C:': { capacityBytes: 100 } } })
  const writer = files.create('C:\\f')
  writer.write(new Uint8Array(90))
  assert.throws(() => writer.write(new Uint8Array(20)), { code: 'ERROR_DISK_FULL' })
  writer.close()
  assert.equal(files.freeBytes('C:\\'), 10)
  files.removeFile('C:\\f')
  assert.equal(files.freeBytes('C:\\'), 100)
})

test('memory: a read-only drive refuses every change', () => {
  const { files } = createMemoryPlatform({ drives: { 'C:': {}, 'D:': { readOnly: true } } })
  assert.throws(() => files.create('D:\\x'), { code: 'ERROR_WRITE_PROTECT' })
  assert.throws(() => files.createDirectory('D:\\x'), { code: 'ERROR_WRITE_PROTECT' })
  writeFile(files, 'C:\\x', new Uint8Array(1))
  assert.throws(() => files.rename('C:\\x', 'D:\\x'), { code: 'ERROR_WRITE_PROTECT' })
})
