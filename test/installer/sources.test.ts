// Where the files come from: cabinets inside and beside the package, files that lie uncompressed, administrative images;
// and what happens when the source has moved or is gone.
import { strict as assert } from 'node:assert'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { PackageBuilder } from 'msikit/authoring'
import { administerPackage } from 'msikit/engine'
import { aPackage } from '../../dist/testing/index.js'
import { HostStage } from './host-stage.js'

const folder = 'C:\\Program Files (x86)\\Example'

/** One file in each kind of place. */
function everywhere(): PackageBuilder {
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  const media = {
    inside: builder.media({ cabinet: 'inside.cab' }),
    beside: builder.media({ cabinet: 'beside.cab', embedded: false, diskPrompt: 'Disk 2' }),
    stored: builder.media({ cabinet: 'stored.cab', embedded: false, compression: 'none' }),
    loose: builder.media({ cabinet: null }),
  }
  for (const [name, disk] of Object.entries(media)) {
    builder.feature(name).file(place.folder(name), `${name}.txt`, name.repeat(5000), { media: disk }).file(`${name}.bin`, name, { media: disk })
  }
  return builder
}

/** A package whose files all lie beside it, in folders. */
function loose(): PackageBuilder {
  const builder = aPackage({ name: 'Loose' })
  const media = builder.media({ cabinet: null })
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Loose', { key: 'INSTALLDIR', sourceName: 'Program' }), 'one.txt', 'one', { media })
  builder.feature('Deep').file(builder.folder('ProgramFilesFolder').folder('Loose').folder('deep'), 'two.txt', 'two', { media })
  return builder
}

const names = ['inside', 'beside', 'stored', 'loose'] as const
const contents = (stage: HostStage): (string | undefined)[] => names.map((name) => stage.text(`${folder}\\${name}\\${name}.txt`))
const whole = names.map((name) => name.repeat(5000))

test('files come from cabinets in the package and beside it, compressed or not, and from the source itself', async () => {
  using stage = new HostStage()
  const path = stage.add(everywhere())
  assert.deepEqual(readdirSync(stage.folder).filter((name) => name.endsWith('.cab')).sort(), ['beside.cab', 'stored.cab'])
  const result = await stage.install(path)
  assert.equal(result.exitCode, 0, result.error?.message)
  assert.deepEqual(contents(stage), whole)
  assert.deepEqual(names.map((name) => stage.text(`${folder}\\${name}\\${name}.bin`)), [...names])
})

test('a package whose files lie beside it is installed from folders', async () => {
  using stage = new HostStage()
  const path = stage.add(loose())
  const result = await stage.install(path)
  assert.equal(result.exitCode, 0, result.error?.message)
  assert.deepEqual([stage.text('C:\\Program Files (x86)\\Loose\\one.txt'), stage.text('C:\\Program Files (x86)\\Loose\\deep\\two.txt')], ['one', 'two'])
})

test('a repair takes missing files from the source that was used last', async () => {
  using stage = new HostStage()
  await stage.install(stage.add(everywhere()))
  rmSync(stage.path(`${folder}`), { recursive: true })
  const result = await stage.configure('Example', { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'omus' } })
  assert.equal(result.exitCode, 0, result.error?.message)
  assert.deepEqual(contents(stage), whole)
})

test('without its source what lies in the package can be repaired, what lay beside it cannot, and nothing is half done', async () => {
  using stage = new HostStage()
  const path = stage.add(everywhere())
  await stage.install(path)
  for (const name of readdirSync(stage.folder)) if (!['root', 'sessions'].includes(name)) rmSync(stage.beside(name), { recursive: true })
  rmSync(stage.path(`${folder}\\inside\\inside.txt`))
  assert.equal((await stage.configure('Example', { properties: { REINSTALL: 'inside', REINSTALLMODE: 'omus' } })).exitCode, 0)
  for (const name of names) rmSync(stage.path(`${folder}\\${name}\\${name}.txt`))
  for (const name of ['beside', 'stored', 'loose']) {
    const { exitCode, error } = await stage.configure('Example', { properties: { REINSTALL: `inside,${name}`, REINSTALLMODE: 'omus' } })
    assert.ok([1603, 1612].includes(exitCode), `${name}: ${exitCode}`)
    assert.match(error!.message, name === 'loose' ? /loose|source/i : new RegExp(`${name}\\.cab|source`, 'i'))
    assert.deepEqual(contents(stage), [undefined, undefined, undefined, undefined], name)
  }
})

test('a removal needs no source', async () => {
  using stage = new HostStage()
  const path = stage.add(everywhere())
  await stage.install(path)
  for (const name of readdirSync(stage.folder)) if (!['root', 'sessions'].includes(name)) rmSync(stage.beside(name), { recursive: true })
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.ok(!existsSync(stage.path(folder)))
})

test('a source that has moved is found by the package that is given', async () => {
  using stage = new HostStage()
  const path = stage.add(everywhere())
  await stage.install(path)
  const moved = stage.beside('moved')
  mkdirSync(moved)
  for (const name of readdirSync(stage.folder)) if (!['root', 'sessions', 'moved'].includes(name)) renameSync(stage.beside(name), join(moved, name))
  rmSync(stage.path(`${folder}\\beside\\beside.txt`))
  const result = await stage.install(join(moved, 'package.msi'), { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'omus' } })
  assert.equal(result.exitCode, 0, result.error?.message)
  assert.deepEqual(contents(stage), whole)
})

test('a package whose cached copy is gone is repaired from its source, and cached again', async () => {
  using stage = new HostStage()
  const path = stage.add(everywhere())
  await stage.install(path)
  const cache = stage.path('C:\\Windows\\Installer')
  const cached = readdirSync(cache).find((name) => name.endsWith('.msi'))!
  const bytes = readFileSync(join(cache, cached))
  rmSync(join(cache, cached))
  rmSync(stage.path(`${folder}\\inside\\inside.txt`))
  assert.equal((await stage.configure('Example', { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'omus' } })).exitCode, 0)
  assert.deepEqual(contents(stage), whole)
  assert.ok(readFileSync(join(cache, cached)).equals(bytes))
  rmSync(join(cache, cached))
  rmSync(path)
  assert.equal((await stage.uninstall('Example')).exitCode, 1612)
})

test('an administrative image holds every file, and installs like the package it was made of', async () => {
  using stage = new HostStage()
  const path = stage.add(everywhere())
  const image = 'C:\\Images\\Example'
  const made = await administerPackage(stage.platform, { package: path, properties: { TARGETDIR: image }, durability: 'process-end' })
  assert.equal(made.exitCode, 0, made.error?.message)
  assert.deepEqual(names.map((name) => stage.text(`${image}\\PFiles\\Example\\${name}\\${name}.txt`)), whole)
  assert.ok(!stage.platform.registry.keyExists('HKLM\\Software\\Classes\\Installer\\Products'), 'nothing is registered')
  // Elsewhere, as on a share.
  cpSync(stage.path(image), stage.beside('share'), { recursive: true })
  rmSync(path)
  for (const name of ['beside.cab', 'stored.cab']) rmSync(stage.beside(name))
  const installed = await stage.install(join(stage.beside('share'), 'package.msi'))
  assert.equal(installed.exitCode, 0, installed.error?.message)
  assert.deepEqual(contents(stage), whole)
  rmSync(stage.path(`${folder}\\stored\\stored.txt`))
  assert.equal((await stage.configure('Example', { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'omus' } })).exitCode, 0)
  assert.deepEqual(contents(stage), whole)
})

test('what the user put into the folders stays, and keeps them', async () => {
  using stage = new HostStage()
  await stage.install(stage.add(everywhere()))
  writeFileSync(join(stage.path(`${folder}\\inside`), 'mine.txt'), 'mine')
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.equal(stage.text(`${folder}\\inside\\mine.txt`), 'mine')
  assert.deepEqual(readdirSync(stage.path(folder)), ['inside'])
})

test('a file of a cabinet that the table does not know is left alone, and times come from the cabinet', async () => {
  using stage = new HostStage()
  const builder = aPackage()
  const modifiedMs = Date.UTC(2003, 4, 5, 6, 7, 8)
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Example'), 'dated.txt', 'dated', { modifiedMs })
  await stage.install(stage.add(builder))
  assert.equal(stage.platform.files.stat(`${folder}\\dated.txt`)!.modifiedMs, modifiedMs)
})
