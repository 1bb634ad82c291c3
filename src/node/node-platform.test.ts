import { strict as assert } from 'node:assert'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { bytesToHex } from '../base/index.ts'
import type { RegistryValue } from '../platform/index.ts'
import { openHive } from '../registry-hive/index.ts'
import { createNodePlatform } from './node-platform.ts'

async function inFolder(body: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-root-'))
  try {
    await body(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const text = (data: string): RegistryValue => ({ type: 'REG_SZ', data })
const hiveAt = (folder: string): string => join(folder, 'Windows/System32/config/SOFTWARE')

test('an empty folder is a machine, and stays empty while nothing is written', () => inFolder((root) => {
  const { machine, registry, files } = createNodePlatform({ root })
  assert.equal(machine.user.name, 'user')
  assert.equal(machine.user.profile, 'C:\\Users\\user')
  assert.equal(machine.environment['PROGRAMFILES'], 'C:\\Program Files')
  assert.ok(registry.keyExists('HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion'))
  assert.equal(files.stat('C:\\Windows'), undefined)
  registry.createKey('HKLM\\SOFTWARE\\Acme')
  registry.deleteKey('HKLM\\SOFTWARE\\Acme')
  registry.flush()
  assert.deepEqual(readdirSync(root), [])
}))

test('a change makes the hive it is in, and no other', () => inFolder((root) => {
  const { registry } = createNodePlatform({ root })
  registry.createKey('HKCU\\Software\\Acme')
  registry.setValue('HKCU\\Software\\Acme', 'x', text('y'))
  registry.flush()
  assert.deepEqual(readdirSync(join(root, 'Users/user')), ['NTUSER.DAT'])
  assert.ok(!existsSync(join(root, 'Windows')))
  const hive = openHive(readFileSync(join(root, 'Users/user/NTUSER.DAT')), { strict: true })
  assert.equal(hive.root.subkey('software')?.subkey('acme')?.valueCount, 1)
}))

test('the security of a key is kept in its hive', () => inFolder((root) => {
  const descriptor = '01000480140000002000000000000000300000000101000000000005120000000102000000000005200000002002000002001c00010000000000140019000200010100000000000100000000'
  const { registry } = createNodePlatform({ root })
  registry.createKey('HKLM\\SOFTWARE\\Acme\\Below')
  registry.setSecurity('HKLM\\SOFTWARE\\Acme', descriptor)
  registry.flush()
  const again = createNodePlatform({ root }).registry
  assert.equal(again.security('HKLM\\SOFTWARE\\Acme'), descriptor)
  assert.notEqual(again.security('HKLM\\SOFTWARE'), descriptor)
}))

test('changes that were taken back leave the hive byte for byte as it was', () => inFolder((root) => {
  let now = 1_700_000_000_000
  const clock = { now: () => (now += 1000), monotonic: () => now, sleep: async () => {} }
  const first = createNodePlatform({ root, clock }).registry
  first.createKey('HKLM\\SOFTWARE\\Acme\\Below')
  first.setValue('HKLM\\SOFTWARE\\Acme', 'a', text('1'))
  first.flush()
  const before = readFileSync(hiveAt(root))
  const inode = statSync(hiveAt(root)).ino
  const { registry } = createNodePlatform({ root, clock })
  registry.setValue('HKLM\\SOFTWARE\\Acme', 'a', text('2'))
  registry.createKey('HKLM\\SOFTWARE\\New')
  registry.setValue('HKLM\\SOFTWARE\\Acme', 'a', text('1'))
  registry.deleteKey('HKLM\\SOFTWARE\\New')
  registry.flush()
  assert.deepEqual(readFileSync(hiveAt(root)), before)
  assert.equal(statSync(hiveAt(root)).ino, inode)
  registry.setValue('HKLM\\SOFTWARE\\Acme', 'a', text('2'))
  registry.flush()
  const hive = openHive(readFileSync(hiveAt(root)))
  const old = openHive(before)
  assert.equal(hive.root.subkey('Classes')?.lastWrite, old.root.subkey('Classes')?.lastWrite)
  assert.notEqual(hive.root.subkey('Acme')?.lastWrite, old.root.subkey('Acme')?.lastWrite)
}))

test('what an installation kept that died after its commit is not taken for the hive that the next one finds', () => inFolder((root) => {
  const set = (data: string): void => {
    const { registry } = createNodePlatform({ root })
    registry.createKey('HKLM\\SOFTWARE\\Acme')
    registry.setValue('HKLM\\SOFTWARE\\Acme', 'a', text(data))
    registry.flush()
  }
  set('1')
  const old = readFileSync(hiveAt(root))
  set('2')
  const before = readFileSync(hiveAt(root))
  writeFileSync(`${hiveAt(root)}.msikit-kept`, old)
  const platform = createNodePlatform({ root })
  using lock = platform.lockInstallation()
  lock!.recovered!()
  for (const data of ['3', '2']) {
    platform.registry.setValue('HKLM\\SOFTWARE\\Acme', 'a', text(data))
    platform.registry.flush()
  }
  assert.deepEqual(readFileSync(hiveAt(root)), before)
}))

test('a hive that another program changed meanwhile is seen, and not overwritten', () => inFolder(async (root) => {
  const mine = createNodePlatform({ root }).registry
  const other = createNodePlatform({ root }).registry
  other.createKey('HKLM\\SOFTWARE\\Other')
  assert.equal(mine.keyExists('HKLM\\SOFTWARE\\Other'), false)
  other.flush()
  await new Promise((resume) => { setTimeout(resume, 80) })
  assert.equal(mine.keyExists('HKLM\\SOFTWARE\\Other'), true)
  mine.createKey('HKLM\\SOFTWARE\\Mine')
  other.createKey('HKLM\\SOFTWARE\\Again')
  other.flush()
  assert.throws(() => mine.flush(), { code: 'ERROR_SHARING_VIOLATION' })
}))

test('folders and users are taken as they are found', () => inFolder((root) => {
  for (const folder of ['windows/syswow64', 'users/Public', 'users/Default', 'users/Jo', 'PROGRAM FILES']) mkdirSync(join(root, folder), { recursive: true })
  const { machine, registry } = createNodePlatform({ root })
  assert.equal(machine.user.profile, 'C:\\users\\Jo')
  assert.equal(machine.environment['WINDIR'], 'C:\\windows')
  assert.equal(machine.environment['COMMONPROGRAMFILES'], 'C:\\PROGRAM FILES\\Common Files')
  const list = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList'
  registry.createKey(`${list}\\S-1-5-21-1-2-3-1001`)
  registry.setValue(`${list}\\S-1-5-21-1-2-3-1001`, 'ProfileImagePath', { type: 'REG_EXPAND_SZ', data: 'C:\\Users\\jo' })
  registry.deleteKey(`${list}\\${machine.user.sid}`)
  registry.flush()
  assert.ok(existsSync(join(root, 'windows/System32/config/SOFTWARE')))
  const again = createNodePlatform({ root })
  assert.equal(again.machine.user.sid, 'S-1-5-21-1-2-3-1001')
  again.registry.createKey('HKCU\\Software\\X')
  assert.ok(again.registry.keyExists('HKU\\S-1-5-21-1-2-3-1001\\Software\\X'))
}))

test('a damaged hive is named, and never overwritten', () => inFolder((root) => {
  mkdirSync(join(root, 'Windows/System32/config'), { recursive: true })
  writeFileSync(hiveAt(root), 'not a hive'.repeat(1000))
  const { registry } = createNodePlatform({ root })
  assert.throws(() => registry.createKey('HKLM\\SOFTWARE\\X'), { code: 'ERROR_INVALID_DATA', message: /C:\\Windows\\System32\\config\\SOFTWARE.*expected regf/ })
  registry.flush()
  assert.equal(readFileSync(hiveAt(root), 'latin1').length, 10_000)
}))

test('a hive whose changes still stand in its log is read, but not written', () => inFolder((root) => {
  const first = createNodePlatform({ root }).registry
  first.createKey('HKLM\\SOFTWARE\\A')
  first.flush()
  const bytes = readFileSync(hiveAt(root))
  bytes.writeUInt32LE(9, 4)
  writeFileSync(hiveAt(root), bytes)
  writeFileSync(`${hiveAt(root)}.LOG1`, 'changes')
  const { registry } = createNodePlatform({ root })
  assert.ok(registry.keyExists('HKLM\\SOFTWARE\\A'))
  registry.createKey('HKLM\\SOFTWARE\\B')
  assert.throws(() => registry.flush(), { code: 'ERROR_NOT_SUPPORTED', message: /LOG1/ })
}))

const header = (base: string): string => `WINE REGISTRY Version 2\n;; All keys relative to REGISTRY\\\\${base}\n\n#arch=win64\n`
const block = '\n[Software\\\\Kept] 1700000000\n#time=1da17fc0f0a0000\n"odd"="as \\x00e9 it was"\n'

function makePrefix(folder: string): void {
  mkdirSync(join(folder, 'drive_c/windows/syswow64'), { recursive: true })
  mkdirSync(join(folder, 'drive_c/users/jo'), { recursive: true })
  writeFileSync(join(folder, 'system.reg'), header('Machine') + block)
  writeFileSync(join(folder, 'user.reg'), header('User\\\\S-1-5-21-0-0-0-1000') + block)
}

test('a Wine prefix is used through its text hives, whether the prefix is given or its drive', () => inFolder((folder) => {
  makePrefix(folder)
  for (const root of [folder, join(folder, 'drive_c')]) {
    const platform = createNodePlatform({ root })
    assert.equal(platform.rootKind, 'wine')
    assert.equal(platform.rootFolder, join(folder, 'drive_c'))
    assert.equal(platform.machine.user.profile, 'C:\\users\\jo')
    assert.equal(platform.machine.user.sid, 'S-1-5-21-0-0-0-1000')
    assert.deepEqual(platform.registry.value('HKCU\\Software\\Kept', 'odd'), text('as é it was'))
  }
  const { registry } = createNodePlatform({ root: folder })
  registry.createKey('HKLM\\SOFTWARE\\Acme')
  registry.setValue('HKLM\\SOFTWARE\\Acme', 'x', text('y'))
  registry.flush()
  assert.equal(readFileSync(join(folder, 'user.reg'), 'latin1'), header('User\\\\S-1-5-21-0-0-0-1000') + block)
  const machine = readFileSync(join(folder, 'system.reg'), 'latin1')
  assert.ok(machine.startsWith(header('Machine')) && machine.endsWith(block))
  assert.match(machine, /\[Software\\\\Acme\] \d+\n#time=[0-9a-f]+\n"x"="y"\n/)
  assert.deepEqual(readdirSync(join(folder, 'drive_c')).sort(), ['users', 'windows'])
}))

test('nothing is written to a prefix that a wineserver runs on', { skip: existsSync('/proc/self/cwd') ? false : 'needs /proc' }, () => inFolder(async (folder) => {
  makePrefix(folder)
  const { dev, ino } = statSync(folder, { bigint: true })
  const serverFolder = join(folder, `server-${dev.toString(16)}-${ino.toString(16)}`)
  mkdirSync(serverFolder)
  const server = spawn('sleep', ['60'], { cwd: serverFolder, stdio: 'ignore' })
  try {
    await new Promise((resume) => { server.once('spawn', resume) })
    const platform = createNodePlatform({ root: folder })
    assert.throws(() => platform.lockInstallation(), { code: 'ERROR_SHARING_VIOLATION', message: /wineserver -k/ })
    platform.registry.createKey('HKLM\\Software\\X')
    assert.throws(() => platform.registry.flush(), { code: 'ERROR_SHARING_VIOLATION' })
  } finally {
    server.kill()
  }
}))

test('one installation at a time holds a root, and the dead hold none', () => inFolder((root) => {
  const mine = createNodePlatform({ root })
  const lock = mine.lockInstallation()
  assert.ok(lock)
  assert.equal(mine.lockInstallation(), undefined)
  assert.equal(createNodePlatform({ root }).lockInstallation(), undefined)
  lock[Symbol.dispose]()
  assert.deepEqual(readdirSync(root), [])
  const script = `import { createNodePlatform } from ${JSON.stringify(join(import.meta.dirname, 'index.js'))}
    createNodePlatform({ root: ${JSON.stringify(root)} }).lockInstallation()
    process.kill(process.pid, 'SIGKILL')`
  assert.equal(spawnSync(process.execPath, ['--input-type=module', '-e', script]).signal, 'SIGKILL')
  assert.deepEqual(readdirSync(root), ['msikit.lock'])
  using taken = mine.lockInstallation()
  assert.ok(taken)
}))

test('clock, random bytes, hashes and traces are the host\'s', async () => inFolder(async (root) => {
  const { clock, random, hashes } = createNodePlatform({ root })
  const before = clock.now()
  await clock.sleep(5)
  assert.ok(clock.now() > before)
  const aborted = new AbortController()
  setTimeout(() => aborted.abort(new Error('enough')), 5)
  await assert.rejects(clock.sleep(60_000, aborted.signal), { message: 'enough' })
  assert.equal(random.bytes(16).length, 16)
  const hash = hashes.md5()
  hash.update(new TextEncoder().encode('abc'))
  assert.equal(bytesToHex(hash.digest()), '900150983cd24fb0d6963f7d28e17f72')
}))
