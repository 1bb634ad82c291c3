// Major upgrades: RemoveExistingProducts at each of its four places, what stays, what goes, and what a failure leaves.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { failWith, type PackageBuilder, type SequencePosition } from 'msikit/authoring'
import { listProducts } from 'msikit/engine'
import { aPackage, type InstallStage } from '../../dist/testing/index.js'
import { aMachine, changes, registryBelow, snapshotOf } from './machine.js'
import { peFile } from './pe-file.js'

const folder = 'C:\\Program Files (x86)\\Example'
const wow = 'HKLM\\Software\\Wow6432Node'
const clsid = '{01234567-89AB-CDEF-0123-456789ABCDEF}'

const places: readonly (readonly [name: string, at: SequencePosition | undefined, isTransactional: boolean])[] = [
  ['before InstallInitialize', undefined, false],
  ['after InstallInitialize', { after: 'InstallInitialize' }, true],
  ['before InstallFinalize', { after: 'InstallExecute' }, true],
  ['after InstallFinalize', { after: 'InstallFinalize' }, false],
]

/** app.exe and its COM class and registration in every version; old.txt only in 1.0, new.txt only in 2.0. */
function example(version: '1.0.0' | '2.0.0', removeAt?: SequencePosition, { breaks = false } = {}): PackageBuilder {
  const builder = aPackage({ version })
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  const main = builder.feature('Main')
  main.file(place, 'app.exe', peFile(`${version}.0`), { key: 'app', version: `${version}.0`, language: '1033' })
    .registry('HKLM', 'Software\\Example', 'Version', version).registry('HKLM', 'Software\\Example', 'Same', 'same')
    .environment('EXAMPLE_HOME', '[INSTALLDIR]').environment('PATH', '[INSTALLDIR]', { part: 'last' })
    .shortcut(builder.folder('ProgramMenuFolder'), 'Example')
    .row('Class', { CLSID: clsid, Context: 'LocalServer32', Description: `Example ${version}`, Feature_: 'Main' })
    .row('Extension', { Extension: 'exm', ProgId_: 'Example.Document', Feature_: 'Main' })
  builder.row('ProgId', { ProgId: 'Example.Document', Description: 'Example document' })
  main.file(place, 'same.dll', peFile('1.5.0.0'), { version: '1.5.0.0', language: '1033' })
  main.file(place, 'data.txt', `data of ${version}`)
  main.file(place, version === '1.0.0' ? 'old.txt' : 'new.txt', version)
  builder.feature('Extra', { level: 100 }).file(place, 'extra.txt', `extra of ${version}`)
  builder.feature('Usual').file(place, 'usual.txt', `usual of ${version}`)
  builder.majorUpgrade({ downgradeMessage: 'There is a newer one.', ...(removeAt === undefined ? {} : { removeAt }) })
  if (typeof removeAt === 'object' && 'after' in removeAt && removeAt.after === 'InstallExecute') builder.schedule('InstallExecute', { at: { before: 'InstallFinalize' } })
  if (breaks) builder.customAction('Break', failWith('broken'), { at: { before: 'InstallFinalize' } })
  return builder
}

const contents = (stage: InstallStage): string[] => stage.platform.files.stat(folder) === undefined ? [] : [...stage.platform.files.list(folder)]

for (const [name, at, isTransactional] of places) {
  test(`RemoveExistingProducts ${name}: the new version stands as if it alone had been installed`, async () => {
    const alone = aMachine()
    assert.equal((await alone.install(alone.add(example('2.0.0', at), 'two.msi'), { properties: { ADDLOCAL: 'Main,Extra' } })).exitCode, 0)
    const stage = aMachine()
    const [one, two] = [stage.add(example('1.0.0'), 'one.msi'), stage.add(example('2.0.0', at), 'two.msi')]
    const before = snapshotOf(stage)
    assert.equal((await stage.install(one, { properties: { ADDLOCAL: 'Main,Extra' } })).exitCode, 0)
    const upgraded = await stage.install(two)
    assert.equal(upgraded.exitCode, 0, upgraded.error?.message)
    // Features as the user had them: Extra, though it is not usual, and not Usual.
    assert.deepEqual(contents(stage), ['app.exe', 'data.txt', 'extra.txt', 'new.txt', 'same.dll'])
    assert.deepEqual(listProducts(stage.platform).map(({ productVersion }) => productVersion), ['2.0.0'])
    for (const key of [`${wow}\\Example`, 'HKLM\\Software\\Classes', 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment']) {
      const found = Object.entries(registryBelow(stage, key)).filter(([path]) => !/LocalPackage|InstallDate/.test(path))
      assert.deepEqual(Object.fromEntries(found), registryBelow(alone, key), key)
    }
    using file = stage.platform.files.open(`${folder}\\app.exe`)
    assert.ok(Buffer.from(file.read(0, file.size)).equals(peFile('2.0.0.0')))
    assert.equal(stage.text(`${folder}\\data.txt`), 'data of 2.0.0')
    assert.ok(stage.platform.files.stat('C:\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs\\Example.lnk'))
    assert.equal((await stage.uninstall('Example')).exitCode, 0)
    assert.deepEqual(changes(before, stage), [])
  })

  test(`RemoveExistingProducts ${name}: a failure ${isTransactional || at !== undefined ? 'leaves the old version' : 'leaves neither'}`, async () => {
    const stage = aMachine()
    const [one, two] = [stage.add(example('1.0.0'), 'one.msi'), stage.add(example('2.0.0', at, { breaks: true }), 'two.msi')]
    const before = snapshotOf(stage)
    assert.equal((await stage.install(one)).exitCode, 0)
    const withOne = snapshotOf(stage)
    assert.equal((await stage.install(two)).exitCode, 1603)
    // The removal before InstallInitialize is a transaction of its own, and done.
    assert.deepEqual(changes(at === undefined ? before : withOne, stage), [])
  })
}

test('a newer version is not replaced by an older one', async () => {
  const stage = aMachine()
  assert.equal((await stage.install(stage.add(example('2.0.0'), 'two.msi'))).exitCode, 0)
  const before = snapshotOf(stage)
  const { exitCode, error } = await stage.install(stage.add(example('1.0.0'), 'one.msi'))
  assert.deepEqual([exitCode, error?.action, error?.message], [1603, 'LaunchConditions', 'There is a newer one.'])
  assert.deepEqual(changes(before, stage), [])
})

const stubborn = (version: '1.0.0' | '2.0.0'): PackageBuilder => example(version)
  .customAction('Remembered', failWith('not removed by an upgrade'), { at: { after: 'InstallValidate' }, condition: 'REMOVE = "ALL" AND NOT UPGRADINGPRODUCTCODE' })

test('the old product knows that it makes room, and a user\'s removal does not', async () => {
  const stage = aMachine()
  assert.equal((await stage.install(stage.add(stubborn('1.0.0'), 'one.msi'))).exitCode, 0)
  assert.equal((await stage.uninstall('Example')).exitCode, 1603)
  assert.equal((await stage.install(stage.add(stubborn('2.0.0'), 'two.msi'))).exitCode, 0)
  assert.deepEqual(listProducts(stage.platform).map(({ productVersion }) => productVersion), ['2.0.0'])
})

test('an old product that cannot be removed ends the upgrade, unless its failure is to be ignored', async () => {
  for (const ignores of [false, true]) {
    const stage = aMachine()
    const refusing = aPackage({ version: '1.0.0' })
    refusing.feature('Main').file(refusing.folder('ProgramFilesFolder').folder('Example'), 'old.txt', 'old')
    refusing.customAction('Refuse', failWith('I stay'), { at: { after: 'InstallValidate' }, condition: 'REMOVE' })
    assert.equal((await stage.install(stage.add(refusing, 'one.msi'))).exitCode, 0)
    const before = snapshotOf(stage)
    const builder = aPackage({ version: '2.0.0' })
    builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Example'), 'new.txt', 'new')
    builder.upgrade({ VersionMax: '2.0.0', Attributes: ignores ? 4 : 0, ActionProperty: 'OLD' })
    const { exitCode, error } = await stage.install(stage.add(builder, 'two.msi'))
    if (ignores) {
      assert.equal(exitCode, 0)
      assert.deepEqual(contents(stage), ['new.txt', 'old.txt'])
    } else {
      assert.deepEqual([exitCode, error?.messageNumber], [1603, 1714])
      assert.deepEqual(changes(before, stage), [])
    }
  }
})

test('an upgrade may remove single features of the old product only', async () => {
  const stage = aMachine()
  assert.equal((await stage.install(stage.add(example('1.0.0'), 'one.msi'), { properties: { ADDLOCAL: 'ALL' } })).exitCode, 0)
  const builder = aPackage({ name: 'Successor', version: '2.0.0', upgradeCode: '{99999999-8888-7777-6666-555555555555}' })
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Successor'), 'new.txt', 'new')
  builder.upgrade({ UpgradeCode: example('1.0.0').product.upgradeCode, VersionMax: '2.0.0', Attributes: 0, Remove: 'Extra', ActionProperty: 'OLD' })
  assert.equal((await stage.install(stage.add(builder, 'two.msi'))).exitCode, 0)
  assert.deepEqual(contents(stage), ['app.exe', 'data.txt', 'old.txt', 'same.dll', 'usual.txt'])
  assert.deepEqual(listProducts(stage.platform).map(({ productName }) => productName).sort(), ['Example', 'Successor'])
})

const inContext = (version: string, scope: 'user' | 'machine'): PackageBuilder => {
  const builder = aPackage({ version, scope })
  builder.feature('Main').file(builder.folder('WindowsVolume').folder(`Example ${scope}`), 'file.txt', version)
  return builder.majorUpgrade({ downgradeMessage: 'no' })
}

test('a product of another context is neither found nor removed', async () => {
  const stage = aMachine()
  assert.equal((await stage.install(stage.add(inContext('1.0.0', 'user'), 'one.msi'))).exitCode, 0)
  assert.equal((await stage.install(stage.add(inContext('2.0.0', 'machine'), 'two.msi'))).exitCode, 0)
  assert.deepEqual(listProducts(stage.platform).map(({ productVersion }) => productVersion).sort(), ['1.0.0', '2.0.0'])
  assert.equal((await stage.install(stage.add(inContext('3.0.0', 'user'), 'three.msi'))).exitCode, 0)
  assert.deepEqual(listProducts(stage.platform).map(({ productVersion }) => productVersion).sort(), ['2.0.0', '3.0.0'])
})
