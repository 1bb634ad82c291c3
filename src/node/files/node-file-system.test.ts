import { strict as assert } from 'node:assert'
import { chmodSync, existsSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readFile, removeTree, writeFile } from '../../platform/index.ts'
import { NodeFileSystem } from './node-file-system.ts'

function check(sentence: string, body: (root: string, files: NodeFileSystem, outside: string) => void): void {
  test(sentence, () => {
    const folder = mkdtempSync(join(tmpdir(), 'msikit-node-'))
    const root = join(folder, 'root')
    const outside = join(folder, 'outside')
    try {
      mkdirSync(root)
      mkdirSync(outside)
      body(root, new NodeFileSystem(root), outside)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const textAt = (files: NodeFileSystem, path: string): string => Buffer.from(readFile(files, path)).toString()

check('what others change is seen at once', (root, files) => {
  mkdirSync(join(root, 'Dir'))
  assert.deepEqual(files.list('C:\\dir'), [])
  assert.equal(files.stat('C:\\dir\\new'), undefined)
  writeFileSync(join(root, 'Dir/new'), '1')
  assert.equal(files.stat('C:\\dir\\new')?.size, 1)
  renameSync(join(root, 'Dir/new'), join(root, 'Dir/NEW2'))
  assert.equal(files.stat('C:\\dir\\new'), undefined)
  rmSync(join(root, 'Dir'), { recursive: true })
  assert.equal(files.stat('C:\\dir\\new2'), undefined)
  assert.equal(files.stat('C:\\dir'), undefined)
  mkdirSync(join(root, 'DIR'))
  writeFile(files, 'C:\\dir\\x', bytes('x'))
  assert.equal(readFileSync(join(root, 'DIR/x'), 'utf8'), 'x')
})

check('a name of other case that somebody else made is found after a moment', (root, files) => {
  assert.equal(files.stat('C:\\file'), undefined)
  writeFileSync(join(root, 'FILE'), '1')
  const until = Date.now() + 60
  while (Date.now() < until);
  assert.equal(files.stat('C:\\file')?.size, 1)
})

check('of two names that differ by case alone each is found by its own spelling, and one by every other', (root, files) => {
  writeFileSync(join(root, 'readme'), '1')
  writeFileSync(join(root, 'README'), '22')
  if (readdirSync(root).length === 1) return // The host forgives case itself.
  assert.equal(files.stat('C:\\readme')?.size, 1)
  assert.equal(files.stat('C:\\README')?.size, 2)
  assert.equal(files.stat('C:\\ReadMe')?.size, 2)
  assert.deepEqual(files.list('C:\\'), ['README', 'readme'])
  files.removeFile('C:\\README')
  assert.equal(files.stat('C:\\ReadMe')?.size, 1)
})

check('no symbolic link leads out of the root', (root, files, outside) => {
  writeFileSync(join(outside, 'secret'), 'secret')
  symlinkSync(outside, join(root, 'out'))
  symlinkSync('../outside/secret', join(root, 'file'))
  symlinkSync('/', join(root, 'slash'))
  for (const path of ['C:\\out', 'C:\\out\\secret', 'C:\\file', 'C:\\slash', 'C:\\slash\\tmp']) {
    assert.equal(files.stat(path), undefined, path)
    assert.throws(() => files.open(path), { name: 'WindowsError' }, path)
    assert.throws(() => files.create(path), { name: 'WindowsError' }, path)
    assert.throws(() => files.removeFile(path), { name: 'WindowsError' }, path)
    assert.throws(() => files.setTimes(path, { modifiedMs: 0 }), { name: 'WindowsError' }, path)
  }
  assert.throws(() => files.createDirectory('C:\\out\\x'), { code: 'ERROR_PATH_NOT_FOUND' })
  writeFile(files, 'C:\\mine', bytes('mine'))
  assert.throws(() => files.rename('C:\\mine', 'C:\\out\\mine'), { code: 'ERROR_PATH_NOT_FOUND' })
  assert.deepEqual(files.list('C:\\'), ['mine'])
  assert.deepEqual(readdirSync(outside), ['secret'])
  assert.equal(files.hostPath('C:\\out\\secret'), undefined)
  assert.equal(files.hostPath('C:\\out'), undefined)
})

check('a directory that became a link to the outside is not entered any more', (root, files, outside) => {
  mkdirSync(join(root, 'data'))
  writeFile(files, 'C:\\data\\a', bytes('a'))
  rmSync(join(root, 'data'), { recursive: true })
  symlinkSync(outside, join(root, 'data'))
  const until = Date.now() + 60
  while (Date.now() < until);
  assert.throws(() => files.create('C:\\data\\b'), { name: 'WindowsError' })
  assert.deepEqual(readdirSync(outside), [])
})

check('a symbolic link within the root is followed, and removed as a link', (root, files) => {
  mkdirSync(join(root, 'real'))
  symlinkSync('real', join(root, 'Link'))
  symlinkSync('real/file', join(root, 'short'))
  writeFile(files, 'C:\\link\\file', bytes('1'))
  assert.equal(files.stat('C:\\real\\file')?.size, 1)
  writeFile(files, 'C:\\SHORT', bytes('22'))
  assert.equal(textAt(files, 'C:\\real\\file'), '22')
  files.removeFile('C:\\short')
  assert.equal(textAt(files, 'C:\\real\\file'), '22')
})

check('names that Windows cannot have are not there', (root, files) => {
  for (const name of ['a:b', 'nul', 'dot.', 'back\\slash', 'fine']) writeFileSync(join(root, name), '')
  assert.deepEqual(files.list('C:\\'), ['fine'])
  assert.equal(files.fromHostPath(join(root, 'fine')), 'C:\\fine')
})

check('a read-only file has no write permission on the host, and gets it back', (root, files) => {
  writeFile(files, 'C:\\f', bytes('f'))
  const before = lstatSync(join(root, 'f')).mode
  files.setAttributes('C:\\f', { readOnly: true, hidden: false, system: false })
  assert.equal(lstatSync(join(root, 'f')).mode & 0o222, 0)
  files.setAttributes('C:\\f', { readOnly: false, hidden: false, system: false })
  assert.equal(lstatSync(join(root, 'f')).mode, before)
})

check('attributes that the host has no place for outlive the process and leave nothing behind', (root, files) => {
  writeFile(files, 'C:\\Desktop.ini', bytes(''))
  files.setAttributes('C:\\desktop.ini', { readOnly: false, hidden: true, system: true })
  assert.deepEqual(new NodeFileSystem(root).stat('C:\\Desktop.ini')?.attributes, { readOnly: false, hidden: true, system: true })
  files.removeFile('C:\\Desktop.ini')
  assert.deepEqual(readdirSync(root), [])
})

check('drive Z shows the host, and nothing there can be changed', (_root, files, outside) => {
  writeFileSync(join(outside, 'package: 1.msi'), 'x')
  const path = files.fromHostPath(join(outside, 'package: 1.msi'))!
  assert.match(path, /^Z:\\.*\\package: 1\.msi$/)
  assert.equal(textAt(files, path), 'x')
  assert.equal(files.hostPath(path), join(outside, 'package: 1.msi'))
  assert.throws(() => files.create(path), { code: 'ERROR_WRITE_PROTECT' })
  assert.throws(() => files.removeFile(path), { code: 'ERROR_WRITE_PROTECT' })
  assert.throws(() => files.setAttributes(path, { readOnly: true, hidden: false, system: false }), { code: 'ERROR_WRITE_PROTECT' })
  assert.throws(() => files.createDirectory('Z:\\msikit-x'), { code: 'ERROR_WRITE_PROTECT' })
  assert.throws(() => files.open('Z:\\tmp\\..\\etc'), { code: 'ERROR_INVALID_NAME' })
  assert.ok(existsSync(join(outside, 'package: 1.msi')))
})

check('host paths and Windows paths lead to each other', (root, files) => {
  mkdirSync(join(root, 'Program Files'))
  assert.equal(files.hostPath('c:\\program files\\New\\App.exe'), join(root, 'Program Files/New/App.exe'))
  assert.equal(files.fromHostPath(join(root, 'Program Files/x/y')), 'C:\\Program Files\\x\\y')
  assert.equal(files.hostPath('Q:\\x'), undefined)
  assert.equal(files.fromHostPath(root), 'C:\\')
})

check('a directory without permission says so', (root, files) => {
  mkdirSync(join(root, 'closed'))
  chmodSync(join(root, 'closed'), 0)
  try {
    if (process.getuid?.() === 0) return // Nothing is closed to the superuser.
    assert.throws(() => files.create('C:\\closed\\x'), { code: 'ERROR_ACCESS_DENIED' })
  } finally {
    chmodSync(join(root, 'closed'), 0o755)
  }
})

check('a file with several names is written in place, a device is no file', (root, files) => {
  writeFileSync(join(root, 'a'), '1')
  linkSync(join(root, 'a'), join(root, 'b'))
  assert.equal(files.stat('C:\\B')?.size, 1)
  assert.equal(files.stat('Z:\\dev\\zero'), undefined)
  assert.throws(() => files.open('Z:\\dev\\zero'), { code: 'ERROR_ACCESS_DENIED' })
})

check('a folder that is removed, moved or made again is found by what is made in it next', (root, files) => {
  for (let turn = 0; turn < 3; turn++) {
    files.createDirectory('C:\\a')
    files.createDirectory('C:\\a\\b')
    writeFile(files, 'C:\\a\\b\\x', bytes('1'))
    files.rename('C:\\a', 'C:\\c')
    files.createDirectory('C:\\a')
    writeFile(files, 'C:\\a\\y', bytes('2'))
    files.rename('C:\\c\\b\\x', 'C:\\a\\x')
    files.removeDirectory('C:\\c\\b')
    files.createDirectory('C:\\c\\b')
    writeFile(files, 'C:\\c\\b\\z', bytes('3'))
    assert.deepEqual(readdirSync(root, { recursive: true }).sort(), ['a', 'a/x', 'a/y', 'c', 'c/b', 'c/b/z'].map((path) => join(path)))
    removeTree(files, 'C:\\a')
    removeTree(files, 'C:\\c')
  }
})

check('writing to or removing a read-only file leaves its other names as they are', (root, files, outside) => {
  writeFileSync(join(root, 'fixed'), 'theirs')
  writeFileSync(join(root, 'written'), 'theirs')
  for (const name of ['fixed', 'written']) linkSync(join(root, name), join(outside, name))
  chmodSync(join(root, 'fixed'), 0o444)
  files.removeFile('C:\\fixed', true)
  writeFile(files, 'C:\\written', bytes('ours'))
  assert.equal(readFileSync(join(outside, 'written'), 'utf8'), 'theirs')
  assert.equal(lstatSync(join(outside, 'fixed')).mode & 0o777, 0o444)
  assert.deepEqual(readdirSync(root), ['written'])
})

check('files are moved between more folders than are held at once', (_root, files) => {
  const folders = Array.from({ length: 9 }, (_, index) => `C:\\folder ${index}`)
  for (const folder of folders) files.createDirectory(folder)
  for (let turn = 0; turn < 20; turn++) {
    const [first, ...others] = [...folders.slice(turn % 9), ...folders.slice(0, turn % 9)] as [string, ...string[]]
    writeFile(files, `${first}\\x`, bytes(String(turn)))
    for (const other of others.slice(0, 7)) writeFile(files, `${other}\\y`, bytes('y'))
    // The folder that was used first is the source, and one that is not held the target.
    files.rename(`${first}\\x`, `${others[7]}\\x`)
    assert.equal(textAt(files, `${others[7]}\\x`), String(turn))
  }
})

check('attributes of what a killed process removed are forgotten once all is taken back', (root, files) => {
  for (const name of ['gone', 'there']) {
    files.createDirectory(`C:\\${name}`)
    files.setAttributes(`C:\\${name}`, { readOnly: false, hidden: true, system: false })
  }
  rmSync(join(root, 'gone'), { recursive: true })
  const next = new NodeFileSystem(root)
  next.forgetMissing()
  mkdirSync(join(root, 'gone'))
  assert.equal(next.stat('C:\\gone')?.attributes.hidden, false)
  assert.equal(next.stat('C:\\there')?.attributes.hidden, true)
})
