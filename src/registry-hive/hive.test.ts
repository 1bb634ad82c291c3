import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { bytesToHex, encodeUtf16, RegistryKey } from '../base/index.ts'
import { createHive, openHive } from './hive.ts'
import { nameHash } from './subkey-list.ts'

const time = 133485408000000000n
const text = (value: string): Uint8Array => encodeUtf16(`${value}\0`)

/** Everything in a tree as plain data. */
function facts(key: RegistryKey): unknown {
  return {
    name: key.name, lastWrite: key.lastWrite, className: key.className, isLink: key.isLink,
    values: [...key.values()].map(({ name, type, data }) => [name, type, bytesToHex(data)]), subkeys: key.subkeys().map(facts),
  }
}

function sampleTree(): RegistryKey {
  const root = new RegistryKey('ROOT', time)
  const app = root.createSubkey('Software', time + 1n).createSubkey('Acme', time + 2n)
  app.setValue('', 1, text('default'), time)
  app.setValue('Path', 2, text('%ProgramFiles%\\Acme'), time)
  app.setValue('Имя', 1, text('ü'), time)
  app.setValue('Four', 4, Uint8Array.of(1, 2, 3, 4), time)
  app.setValue('Three', 3, Uint8Array.of(1, 2, 3), time)
  app.setValue('None', 0, new Uint8Array(0), time)
  for (const size of [5, 16344, 16345, 16344 * 3, 100_001]) app.setValue(`Size ${size}`, 3, Uint8Array.from({ length: size }, (_, index) => index * 7), time)
  app.createSubkey('Ключ', time).className = 'Klasse'
  app.createSubkey('Link', time).isLink = true
  const many = root.createSubkey('Many', time)
  for (let index = 0; index < 1200; index++) many.createSubkey(`key ${index}`, time)
  return root
}

test('a hive of either version comes back as it was written', () => {
  for (const minorVersion of [3, 5] as const) {
    const root = sampleTree()
    const bytes = createHive({ root, minorVersion, fileName: '\\SystemRoot\\System32\\Config\\SOFTWARE' }).toBytes(time)
    const read = openHive(bytes, { strict: true })
    assert.deepEqual(facts(read.root), facts(root))
    assert.equal(read.fileName, 'stemRoot\\System32\\Config\\SOFTWARE'.slice(-31))
    assert.equal(read.minorVersion, minorVersion)
    assert.deepEqual(createHive({ root: sampleTree(), minorVersion, fileName: '\\SystemRoot\\System32\\Config\\SOFTWARE' }).toBytes(time), bytes)
  }
})

test('a hive that was read and is written again keeps its contents and counts on', () => {
  const first = createHive({ root: sampleTree() }).toBytes(time)
  const hive = openHive(first)
  const second = hive.toBytes(time)
  assert.equal(new DataView(second.buffer).getUint32(4, true), 2)
  assert.deepEqual(facts(openHive(second, { strict: true }).root), facts(hive.root))
  assert.equal(second.length, first.length)
})

test('a new key has the security of the key above, and equal descriptors share a cell', () => {
  const root = new RegistryKey('', time)
  const own = Uint8Array.from({ length: 20 }, (_, index) => index)
  const guarded = root.createSubkey('guarded', time)
  guarded.security = own
  guarded.createSubkey('below', time)
  root.createSubkey('free', time)
  const bytes = createHive({ root }).toBytes(time)
  const read = openHive(bytes, { strict: true }).root
  assert.deepEqual([...read.subkey('guarded')!.subkey('below')!.security!], [...own])
  assert.equal(Buffer.from(bytes).toString('latin1').split('sk\0\0').length - 1, 2)
  assert.equal(read.security!.length, read.subkey('free')!.security!.length)
})

test('the hash of a name is that of its upper-case form', () => {
  assert.equal(nameHash('Ab'), 65 * 37 + 66)
  assert.equal(nameHash('software'), nameHash('SOFTWARE'))
})

test('a damaged cell costs what is in it and no more', () => {
  const root = new RegistryKey('', time)
  root.createSubkey('good', time).setValue('x', 1, text('kept'), time)
  root.createSubkey('harm', time).setValue('y', 1, text('lost'), time)
  const bytes = createHive({ root }).toBytes(time)
  const at = Buffer.from(bytes).indexOf('nk', Buffer.from(bytes).indexOf('harm') - 78)
  bytes[at] = 0x78
  const hive = openHive(bytes)
  assert.deepEqual(hive.root.subkeys().map((key) => key.name), ['good'])
  assert.ok(hive.findings.some((finding) => finding.id === 'cell-damaged'))
  assert.throws(() => openHive(bytes, { strict: true }), { code: 'ERROR_INVALID_DATA' })
})

test('a small file cannot become a large tree by sharing its cells', () => {
  const root = new RegistryKey('', time)
  for (let index = 0; index < 50; index++) root.setValue(`v${index}`, 3, new Uint8Array(10_000), time)
  const bytes = createHive({ root }).toBytes(time)
  const view = new DataView(bytes.buffer)
  let first = 0
  for (let at = 4096; at + 24 < bytes.length; at += 8) {
    if (bytes[at + 4] !== 0x76 || bytes[at + 5] !== 0x6b) continue
    first ||= view.getUint32(at + 12, true)
    view.setUint32(at + 12, first, true)
  }
  view.setInt32(4096 + first, -400_000, true)
  assert.throws(() => openHive(bytes), { message: /cells that are shared/ })
})

test('what is no hive is refused', () => {
  assert.throws(() => openHive(new Uint8Array(10)), { code: 'ERROR_INVALID_DATA' })
  assert.throws(() => openHive(new Uint8Array(8192)), { message: /expected regf, found 0x0/ })
})

test('no mutation of a hive makes reading hang or fail with anything but a format error', () => {
  const root = new RegistryKey('', time)
  for (let index = 0; index < 10; index++) root.createSubkey(`k${index}`, time).createSubkey('deep', time).setValue('v', 3, new Uint8Array(20_000), time)
  const pristine = createHive({ root }).toBytes(time)
  fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: pristine.length / 4 - 1 }), fc.oneof(fc.integer(), fc.integer({ min: 0, max: 400 }).map((n) => n * 8))), { maxLength: 12 }), (changes) => {
    const bytes = pristine.slice()
    const view = new DataView(bytes.buffer)
    for (const [word, value] of changes) view.setInt32(word * 4, value, true)
    try {
      openHive(bytes).toBytes(time)
    } catch (error) {
      assert.equal((error as { name: string }).name, 'FormatError')
    }
  }), { numRuns: 300, seed: 7 })
})

const tool = (name: string): boolean => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0

function inFile(bytes: Uint8Array, use: (path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-hive-'))
  try {
    writeFileSync(join(folder, 'hive'), bytes)
    use(join(folder, 'hive'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('hivex reads what is written', { skip: tool('hivexsh') ? false : 'hivexsh is not installed' }, () => {
  for (const minorVersion of [3, 5] as const) {
    inFile(createHive({ root: sampleTree(), minorVersion }).toBytes(time), (path) => {
      const run = (commands: string): string => {
        const { stdout, stderr, status } = spawnSync('hivexsh', [path], { input: commands, encoding: 'utf8' })
        assert.equal(status, 0, stderr)
        return stdout
      }
      assert.match(run('cd \\Software\\Acme\nlsval Path\n'), /%ProgramFiles%\\Acme/)
      assert.match(run('cd \\Software\\Acme\nlsval\n'), /"Four"=dword:04030201/)
      assert.equal(run('cd \\Many\nls\n').trim().split('\n').length, 1200)
      assert.match(run('cd \\Software\\Acme\nls\n'), /Ключ/)
    })
  }
})

test('hivex changes what is written, and that is read again', { skip: tool('hivexsh') ? false : 'hivexsh is not installed' }, async () => {
  const { readFileSync } = await import('node:fs')
  inFile(createHive({ root: sampleTree() }).toBytes(time), (path) => {
    const { status, stderr } = spawnSync('hivexsh', ['-w', path], { input: 'cd \\Software\\Acme\nadd Neu\ncd Neu\nsetval 1\nname\nstring:value\ncommit\n', encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    const read = openHive(readFileSync(path))
    assert.deepEqual(read.findings, [])
    assert.equal(read.root.subkey('Software')!.subkey('Acme')!.subkey('neu')!.value('name')!.type, 1)
  })
})

test('reglookup reads what is written', { skip: tool('reglookup') ? false : 'reglookup is not installed' }, () => {
  inFile(createHive({ root: sampleTree(), minorVersion: 5 }).toBytes(time), (path) => {
    const { stdout, stderr, status } = spawnSync('reglookup', ['-s', '-p', '/Software', path], { encoding: 'utf8', maxBuffer: 1 << 26 })
    assert.equal(status, 0, stderr)
    assert.match(stdout, /\/Software\/Acme\/Path,EXPAND_SZ,%25ProgramFiles%25\\Acme/)
    assert.match(stdout, /\/Software\/Acme\/Four,DWORD,0x04030201/)
    assert.match(stdout, /S-1-5-32-544/)
  })
})
