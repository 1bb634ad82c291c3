// Packages that are none, are broken, or want what no package may: each a clear error, and nothing left behind.
import { strict as assert } from 'node:assert'
import { mkdirSync, rmSync, symlinkSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { PackageBuilder } from 'msikit/authoring'
import { bytesSource, concatBytes } from 'msikit/base'
import { openCompoundFile, writeCompoundFile, type StorageContent } from 'msikit/compound-file'
import { openDatabase } from 'msikit/database'
import { aPackage, anInstallStage, bytesOf, differences, takeSnapshot } from '../../dist/testing/index.js'
import { folderDigest } from '../folder-digest.js'
import { HostStage } from '../installer/host-stage.js'
import { assertRefused, Box } from './command.js'

function example(): PackageBuilder {
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  builder.feature('Main').file(place, 'app.exe', 'MZ', { key: 'app' }).registry('HKLM', 'Software\\Example', 'Value', '1').shortcut(builder.folder('ProgramMenuFolder'), 'Example')
  return builder
}

function built(builder = example()): Uint8Array {
  const { save } = builder.build({ validation: false })
  return bytesOf((sink) => { save(sink) })
}

test('a missing package is 1619, and so is a folder', async () => {
  using box = new Box()
  for (const command of ['install', 'plan', 'info', 'admin', 'advertise']) await assertRefused(box, [command, box.path('none.msi')], 1619, /none\.msi.*(no such file|not found)/)
  mkdirSync(box.path('folder.msi'))
  await assertRefused(box, ['install', box.path('folder.msi')], 1619, /folder\.msi/)
})

test('what is no compound file is 1620, with the place and what stands there', async () => {
  using box = new Box()
  const pictures = { 'empty.msi': '', 'short.msi': 'MZ', 'text.msi': 'This is a text, and no package at all.\n'.repeat(100), 'zeros.msi': new Uint8Array(4096) }
  for (const [name, content] of Object.entries(pictures)) await assertRefused(box, ['install', box.write(name, content)], 1620, /compound file header/)
})

test('a compound file that is no package is 1620', async () => {
  using box = new Box()
  const bytes = bytesOf((sink) => { writeCompoundFile({ entries: [{ kind: 'stream', name: 'WordDocument', source: bytesSource(Uint8Array.of(1, 2, 3)) }] }, sink) })
  await assertRefused(box, ['install', box.write('document.msi', bytes)], 1620, /document\.msi/)
})

test('a package that was cut off, wherever, is refused, or whole in what counts', async () => {
  const whole = built()
  const lengths = Array.from({ length: 60 }, (_, index) => Math.floor(whole.length * index / 60))
  for (const length of [...lengths, ...[1, 2, 511, 513].map((cut) => whole.length - cut)]) {
    const stage = anInstallStage()
    const writer = stage.platform.files.create('D:\\cut.msi')
    writer.write(whole.subarray(0, length))
    writer.close()
    const before = takeSnapshot(stage.platform)
    const { exitCode, error } = await stage.install('D:\\cut.msi')
    if (exitCode === 0) {
      assert.equal(stage.text('C:\\Program Files (x86)\\Example\\app.exe'), 'MZ', `${length} bytes`)
      continue
    }
    assert.ok([1620, 1603].includes(exitCode), `${length} bytes: ${exitCode}`)
    assert.ok((error?.message ?? '') !== '', `${length} bytes`)
    assert.deepEqual(differences(before, takeSnapshot(stage.platform)), [], `${length} bytes`)
  }
})

/** 512-byte sectors: the FAT sectors are named in the header. */
function fatEntries(bytes: Uint8Array): { view: DataView; offsets: number[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const sectorBytes = 1 << view.getUint16(30, true)
  const offsets: number[] = []
  for (let index = 0; index < Math.min(109, view.getUint32(44, true)); index++) {
    const at = (view.getUint32(76 + 4 * index, true) + 1) * sectorBytes
    for (let entry = 0; entry < sectorBytes / 4; entry++) if (at + 4 * entry + 4 <= bytes.length) offsets.push(at + 4 * entry)
  }
  return { view, offsets }
}

test('a FAT whose chains run in circles is refused or read around, and never for ever', async () => {
  const whole = built()
  const used = fatEntries(whole).offsets.filter((offset, index) => index * 512 < whole.length && new DataView(whole.buffer, whole.byteOffset).getUint32(offset, true) < 0xfffffff0)
  for (const [index, offset] of used.entries()) {
    const stage = anInstallStage()
    const bytes = Uint8Array.from(whole)
    fatEntries(bytes).view.setUint32(offset, index % 2 === 0 ? fatEntries(bytes).offsets.indexOf(offset) : Math.max(0, fatEntries(bytes).offsets.indexOf(offset) - 1), true)
    const writer = stage.platform.files.create('D:\\loop.msi')
    writer.write(bytes)
    writer.close()
    const before = takeSnapshot(stage.platform)
    const { exitCode } = await stage.install('D:\\loop.msi')
    assert.ok([0, 1620, 1603].includes(exitCode), `entry ${index}: ${exitCode}`)
    if (exitCode !== 0) assert.deepEqual(differences(before, takeSnapshot(stage.platform)), [], `entry ${index}`)
  }
  using box = new Box()
  const bytes = Uint8Array.from(whole)
  const { view, offsets } = fatEntries(bytes)
  for (const [index, offset] of offsets.entries()) view.setUint32(offset, index, true)
  await assertRefused(box, ['install', box.write('loop.msi', bytes)], 1620, /loop\.msi/, 'own process')
})

/** The package with streams changed: those whose decoded content the test knows by their place alone. */
function withStreams(bytes: Uint8Array, change: (content: Uint8Array, index: number) => Uint8Array | undefined): Uint8Array {
  const { root } = openCompoundFile(bytesSource(bytes))
  const content: StorageContent = {
    classId: root.classId,
    entries: root.entries.filter((entry) => entry.kind === 'stream').map((entry, index) => {
      const changed = change(entry.source.read(0, entry.source.size), index)
      return { kind: 'stream', name: entry.name, source: changed === undefined ? entry.source : bytesSource(changed) }
    }),
  }
  return bytesOf((sink) => { writeCompoundFile(content, sink) })
}

test('references out of the string pool, and tables cut in the middle, end in 1620 or 1603 or do no harm', async () => {
  const whole = built()
  const count = openCompoundFile(bytesSource(whole)).root.entries.length
  for (let target = 0; target < count; target++) {
    for (const [name, damage] of [
      ['all ones', (content: Uint8Array) => new Uint8Array(content.length).fill(0xff)],
      ['high numbers', (content: Uint8Array) => content.map((byte, at) => at % 2 === 1 ? 0x7f : byte)],
      ['cut', (content: Uint8Array) => content.subarray(0, content.length >> 1)],
      ['longer', (content: Uint8Array) => concatBytes([content, Uint8Array.of(1)])],
    ] as const) {
      const stage = anInstallStage()
      const writer = stage.platform.files.create('D:\\pool.msi')
      writer.write(withStreams(whole, (content, index) => index === target ? damage(content) : undefined))
      writer.close()
      const before = takeSnapshot(stage.platform)
      const { exitCode, error } = await stage.install('D:\\pool.msi')
      assert.ok([0, 1620, 1603].includes(exitCode), `stream ${target}, ${name}: ${exitCode} ${error?.message}`)
      assert.doesNotMatch(error?.message ?? '', /undefined|Cannot read|is not a function|NaN/, `stream ${target}, ${name}`)
      if (exitCode !== 0) assert.deepEqual(differences(before, takeSnapshot(stage.platform)), [], `stream ${target}, ${name}`)
    }
  }
})

for (const [table, code, message] of [
  ['Property', 1620, /ProductCode/], ['InstallExecuteSequence', 1603, /InstallExecuteSequence/], ['Directory', 1603, /./],
  ['Component', 1603, /./], ['Media', 1603, /Media/],
] as const) {
  test(`a package without the table ${table} is ${code}`, async () => {
    using box = new Box()
    const database = openDatabase(bytesSource(built()))
    database.dropTable(table)
    await assertRefused(box, ['install', box.write('package.msi', bytesOf((sink) => { database.save(sink) }))], code, message)
  })
}

for (const table of ['Feature', 'FeatureComponents', 'File', 'Registry', 'Shortcut', 'MsiFileHash']) {
  test(`a package without the table ${table} installs the rest, and goes again`, async () => {
    const stage = anInstallStage()
    const database = openDatabase(bytesSource(built()))
    database.dropTable(table)
    const writer = stage.platform.files.create('D:\\package.msi')
    writer.write(bytesOf((sink) => { database.save(sink) }))
    writer.close()
    const { exitCode, error } = await stage.install('D:\\package.msi')
    assert.ok(exitCode === 0 || (exitCode === 1603 && error!.message !== ''), `${exitCode} ${error?.message}`)
    // Without features nothing of it is installed.
    if (exitCode === 0) assert.equal((await stage.uninstall('Example')).exitCode, table === 'Feature' ? 1605 : 0)
  })
}

function withCabinet(): PackageBuilder {
  const builder = aPackage()
  const media = builder.media({ cabinet: 'outside.cab', embedded: false })
  const place = builder.folder('ProgramFilesFolder').folder('Example')
  builder.feature('Main').component(place).file('one.txt', 'one'.repeat(1000), { media }).file('two.txt', 'two'.repeat(1000), { media })
  return builder
}

test('a missing cabinet is 1603 with its name, and so are a broken one and one that lacks a file', async () => {
  using box = new Box()
  const path = box.add(withCabinet())
  rmSync(box.path('outside.cab'))
  await assertRefused(box, ['install', path], 1603, /outside\.cab/)
  box.write('outside.cab', 'no cabinet')
  await assertRefused(box, ['install', path], 1603, /outside\.cab/)
  const other = aPackage()
  other.feature('Main').file(other.folder('ProgramFilesFolder'), 'else.txt', 'else', { media: other.media({ cabinet: 'outside.cab', embedded: false }) })
  box.write('outside.cab', other.build({ validation: false }).cabinets.get('outside.cab')!.read(0, 1e6))
  await assertRefused(box, ['install', path], 1603, /one\.txt|outside\.cab/)
})

test('a cabinet that breaks off in the middle is 1603, and the files before the break are gone again', async () => {
  using box = new Box()
  const builder = withCabinet()
  const path = box.add(builder)
  const { cabinets } = withCabinet().build({ validation: false })
  const cabinet = cabinets.get('outside.cab')!
  for (const length of [40, 100, cabinet.size >> 1, cabinet.size - 1]) {
    box.write('outside.cab', cabinet.read(0, length))
    await assertRefused(box, ['install', path], 1603, /outside\.cab/)
  }
})

test('an embedded cabinet that is not there is 1603', async () => {
  using box = new Box()
  const database = openDatabase(bytesSource(built()))
  database.setStream('data.cab', undefined)
  await assertRefused(box, ['install', box.write('package.msi', bytesOf((sink) => { database.save(sink) }))], 1603, /data\.cab/)
})

/** Puts a value into a cell that the builder would refuse to write. */
function rewritten(table: string, column: string, value: string, builder = example()): Uint8Array {
  const database = openDatabase(bytesSource(built(builder)))
  const row = [...database.table(table)!.rows()].find((one) => table !== 'Directory' || one.text('Directory') === 'INSTALLDIR')!
  database.table(table)!.update(row, column, value)
  return bytesOf((sink) => { database.save(sink) })
}

const climbing = ['..\\..\\x', '..', '..\\x.txt', '..|..', 'X~1.TXT|..\\..\\..\\x.txt', '/../x', 'C:\\x.txt', '\\x.txt', 'x:stream', 'CON', 'com1.txt', 'a\u0001b', 'a*b']

for (const [table, column, names] of [
  ['File', 'FileName', climbing],
  ['Directory', 'DefaultDir', ['..\\..\\x', '..', '..|..', 'a|..\\..', 'C:\\x', '\\x', 'CON', 'a*b']],
  ['Shortcut', 'Name', ['..\\..\\x', 'S|..\\x', 'a:b']],
] as const) {
  test(`a name in ${table} that climbs out of its folder, or is none, ends the installation before anything is written`, async () => {
    for (const name of names) {
      const stage = anInstallStage()
      const writer = stage.platform.files.create('D:\\package.msi')
      writer.write(rewritten(table, column, name))
      writer.close()
      const before = takeSnapshot(stage.platform)
      const { exitCode, error } = await stage.install('D:\\package.msi')
      assert.equal(exitCode, 1603, `${JSON.stringify(name)}: ${exitCode} ${error?.message}`)
      assert.ok(error!.message !== '', name)
      assert.deepEqual(differences(before, takeSnapshot(stage.platform)), [], name)
    }
  })
}

test('a file called ..\\..\\x is refused by the command, and nothing stands outside of the root', async () => {
  using box = new Box()
  await assertRefused(box, ['install', box.write('package.msi', rewritten('File', 'FileName', '..\\..\\..\\..\\..\\x'))], 1603, /\.\.\\\.\./)
  await assertRefused(box, ['plan', box.path('package.msi')], 1603, /\.\.\\\.\./)
  const { status } = box.run('extract', box.path('package.msi'), '-o', join(box.folder, 'out'))
  assert.notEqual(status, 0)
  assert.deepEqual(readdirSync(box.folder).filter((name) => !['root', 'out', 'package.msi'].includes(name)), [])
})

for (const [property, path] of [
  ['INSTALLDIR', 'C:\\..\\..\\escape'], ['INSTALLDIR', '..\\..\\escape'], ['INSTALLDIR', 'C:\\a\\..\\..\\escape'], ['TARGETDIR', 'C:\\..\\escape'], ['INSTALLDIR', 'Q:\\escape'],
  ['INSTALLDIR', '\\\\server\\share\\x'], ['INSTALLDIR', 'C:\\bad<name'], ['INSTALLDIR', `C:\\${'x'.repeat(300)}`],
] as const) {
  test(`${property}=${path.slice(0, 30)} is refused`, async () => {
    using stage = new HostStage()
    const digest = (): unknown => [...folderDigest(stage.folder)].filter(([path]) => !path.startsWith('sessions'))
    const before = digest()
    const msi = stage.add(example())
    const { exitCode, error } = await stage.install(msi, { properties: { [property]: path } })
    assert.equal(exitCode, 1603)
    assert.ok(error!.message !== '' && error!.action !== '')
    rmSync(msi)
    assert.deepEqual(digest(), before)
  })
}

test('INSTALLDIR on drive Z, the host\'s own files, is refused', () => {
  using box = new Box()
  const path = box.add(example())
  const before = box.digest()
  const ran = box.run('install', path, `INSTALLDIR=Z:${box.folder.replaceAll('/', '\\')}\\escape`)
  assert.notEqual(ran.status, 0)
  assert.deepEqual(box.digest(), before)
})

test('a link in the root that leads out of it is not followed', () => {
  using box = new Box()
  mkdirSync(join(box.folder, 'outside'))
  mkdirSync(join(box.root, 'Program Files (x86)'))
  symlinkSync(join(box.folder, 'outside'), join(box.root, 'Program Files (x86)', 'Example'))
  const before = box.digest()
  const ran = box.run('install', box.add(example()))
  assert.notEqual(ran.status, 0)
  rmSync(box.path('package.msi'))
  assert.deepEqual(box.digest(), before)
})

test('names that differ in case only are one file, as on Windows', async () => {
  using box = new Box()
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example')
  builder.feature('Main').file(place, 'Readme.txt', 'first')
  const database = openDatabase(bytesSource(built(builder)))
  const file = [...database.table('File')!.rows()][0]!
  database.table('File')!.insert(['second', file.text('Component_'), 'README.TXT', 6, null, null, 512, 2])
  const path = box.write('package.msi', bytesOf((sink) => { database.save(sink) }))
  const { status, stderr } = box.run('install', path)
  assert.ok(status === 0 || status === 1603 % 256, stderr)
  const folder = join(box.root, 'Program Files (x86)', 'Example')
  const found = status === 0 ? readdirSync(folder) : []
  assert.ok(found.length <= 1, found.join(', '))
})

test('a root that has two files whose names differ in case only is left as it is', async () => {
  using box = new Box()
  const folder = join(box.root, 'Program Files (x86)', 'Example')
  mkdirSync(folder, { recursive: true })
  for (const name of ['APP.EXE', 'app.exe']) box.write(`root/Program Files (x86)/Example/${name}`, name)
  await assertRefused(box, ['install', box.add(example()), 'REINSTALLMODE=amus'], 1603, /app\.exe/)
})
