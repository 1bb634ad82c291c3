// A product's life: installed, repaired, changed, advertised, removed; with others beside it.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { componentAttribute, type PackageBuilder } from 'msikit/authoring'
import { advertisePackage, listProducts, repairProduct } from 'msikit/engine'
import { readShellLink } from 'msikit/shell-link'
import { aPackage, type InstallStage } from '../../dist/testing/index.js'
import { aMachine, changes, registryBelow, snapshotOf } from './machine.js'
import { peFile } from './pe-file.js'

const folder = 'C:\\Program Files (x86)\\Example'
const menu = 'C:\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs'
const wow = 'HKLM\\Software\\Wow6432Node'

/** Three features, one below another, with a file each; a registry value for machine and user, a shortcut, an icon. */
function example({ version = '1.0.0', scope = 'machine' as 'machine' | 'user', advertise = false } = {}): PackageBuilder {
  const builder = aPackage({ version, scope })
  const place = builder.folder(scope === 'user' ? 'LocalAppDataFolder' : 'ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  const main = builder.feature('Main')
  main.file(place, 'app.exe', peFile(`${version}.0`), { key: 'app', version: `${version}.0`, language: '1033' })
    .registry('HKLM', 'Software\\Example', 'Version', version).registry('HKCU', 'Software\\Example', 'Seen', version)
    .shortcut(builder.folder('ProgramMenuFolder').folder('Example', { key: 'MenuDir' }), 'Example app', { advertise, arguments: '--from-menu', description: 'Starts it', icon: 'app.exe', workingFolder: place })
  builder.icon('app.exe', peFile('9.9'))
  main.file(place, 'readme.txt', `readme of ${version}`)
  const extra = main.feature('Extra', { level: 100 })
  extra.file(builder.folder('ProgramFilesFolder').folder('Example\\extra'), 'extra.txt', `extra of ${version}`)
  extra.feature('Deep', { level: 100 }).file(builder.folder('ProgramFilesFolder').folder('Example\\extra\\deep'), 'deep.txt', `deep of ${version}`)
  return builder
}

function put({ platform: { files } }: InstallStage, path: string, content: string | Uint8Array): void {
  const writer = files.create(path)
  writer.write(Buffer.from(content))
  writer.close()
}

const states = (stage: InstallStage): Record<string, number> => Object.fromEntries(listProducts(stage.platform)[0]!.features.map(({ name, state }) => [name, state]))

test('install, change features, remove: the machine is what it was', async () => {
  const stage = aMachine()
  const path = stage.add(example())
  const before = snapshotOf(stage)
  const run = async (properties: Record<string, string>): Promise<void> => {
    const { exitCode, error } = await stage.configure('Example', { properties })
    assert.equal(exitCode, 0, error?.message)
  }
  assert.equal((await stage.install(path)).exitCode, 0)
  assert.deepEqual(states(stage), { Main: 3, Extra: 2, Deep: 2 })
  await run({ ADDLOCAL: 'Deep' })
  assert.deepEqual(states(stage), { Main: 3, Extra: 3, Deep: 3 })
  assert.equal(stage.text(`${folder}\\extra\\deep\\deep.txt`), 'deep of 1.0.0')
  await run({ REMOVE: 'Deep' })
  assert.deepEqual(states(stage), { Main: 3, Extra: 3, Deep: 2 })
  assert.equal(stage.platform.files.stat(`${folder}\\extra\\deep`), undefined)
  await run({ ADDLOCAL: 'ALL' })
  await run({ REMOVE: 'Extra' })
  assert.deepEqual(states(stage), { Main: 3, Extra: 2, Deep: 2 })
  assert.equal(stage.platform.files.stat(`${folder}\\extra`), undefined)
  assert.equal((await stage.uninstall(listProducts(stage.platform)[0]!.productCode)).exitCode, 0)
  assert.deepEqual(changes(before, stage), [])
})

test('a change that asks for nothing changes nothing', async () => {
  const stage = aMachine()
  const path = stage.add(example())
  assert.equal((await stage.install(path)).exitCode, 0)
  const before = snapshotOf(stage)
  assert.equal((await stage.configure('Example')).exitCode, 0)
  assert.equal((await stage.install(path)).exitCode, 0)
  assert.deepEqual(changes(before, stage), [])
})

for (const scope of ['machine', 'user'] as const) {
  test(`a product per ${scope} is where it belongs, and nowhere else`, async () => {
    const stage = aMachine()
    const path = stage.add(example({ scope }))
    const before = snapshotOf(stage)
    assert.equal((await stage.install(path)).exitCode, 0)
    const { productCode, perMachine, localPackage } = listProducts(stage.platform)[0]!
    assert.equal(perMachine, scope === 'machine')
    assert.match(localPackage, /^C:\\Windows\\Installer\\[0-9a-f]+\.msi$/)
    assert.ok(stage.platform.registry.keyExists(`${wow}\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\${productCode}`), 'Add or Remove Programs')
    assert.equal(stage.platform.registry.subkeys('HKCU\\Software\\Microsoft\\Installer\\Products').length, scope === 'user' ? 1 : 0)
    assert.equal(stage.platform.registry.subkeys('HKLM\\Software\\Classes\\Installer\\Products').length, scope === 'machine' ? 1 : 0)
    const shortcuts = { machine: menu, user: 'C:\\Users\\user\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs' }
    for (const [who, programs] of Object.entries(shortcuts)) assert.equal(stage.platform.files.stat(`${programs}\\Example\\Example app.lnk`) !== undefined, who === scope, who)
    const icons = scope === 'machine' ? `C:\\Windows\\Installer\\${productCode}\\app.exe` : `C:\\Users\\user\\AppData\\Roaming\\Microsoft\\Installer\\${productCode}\\app.exe`
    assert.ok(stage.platform.files.stat(icons), 'the icon')
    assert.equal((await stage.uninstall('Example')).exitCode, 0)
    assert.deepEqual(changes(before, stage), [])
  })
}

test('a shortcut says what it starts, how and where; an advertised one what has to be installed for it', async () => {
  for (const advertise of [false, true]) {
    const stage = aMachine()
    assert.equal((await stage.install(stage.add(example({ advertise })))).exitCode, 0)
    using file = stage.platform.files.open(`${menu}\\Example\\Example app.lnk`)
    const link = readShellLink(file.read(0, file.size))
    assert.deepEqual([link.arguments, link.description, link.workingDirectory], ['--from-menu', 'Starts it', `${folder}\\`])
    assert.match(link.iconPath ?? '', /^C:\\Windows\\Installer\\\{.*\}\\app\.exe$/)
    if (advertise) assert.match(link.darwinDescriptor ?? '', /^.{20}Main>.{20}$/)
    else assert.equal(link.target, `${folder}\\app.exe`)
  }
})

test('DISABLEADVTSHORTCUTS makes plain shortcuts', async () => {
  const stage = aMachine()
  assert.equal((await stage.install(stage.add(example({ advertise: true })), { properties: { DISABLEADVTSHORTCUTS: '1' } })).exitCode, 0)
  using file = stage.platform.files.open(`${menu}\\Example\\Example app.lnk`)
  const link = readShellLink(file.read(0, file.size))
  assert.deepEqual([link.target, link.darwinDescriptor], [`${folder}\\app.exe`, undefined])
})

test('an advertised product has shortcuts and registration but no files; installing and removing it completes the circle', async () => {
  const stage = aMachine()
  const path = stage.add(example({ advertise: true }))
  const before = snapshotOf(stage)
  const advertised = await advertisePackage(stage.platform, { package: path, perMachine: true, durability: 'process-end' })
  assert.equal(advertised.exitCode, 0, advertised.error?.message)
  assert.ok(stage.platform.files.stat(`${menu}\\Example\\Example app.lnk`))
  assert.equal(stage.text(`${folder}\\readme.txt`), undefined)
  assert.equal(stage.platform.registry.keyExists(`${wow}\\Example`), false)
  assert.equal(listProducts(stage.platform)[0]?.productName, 'Example')
  assert.equal((await stage.install(path)).exitCode, 0)
  assert.equal(stage.text(`${folder}\\readme.txt`), 'readme of 1.0.0')
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.deepEqual(changes(before, stage), [])
})

test('an advertised product can be removed without ever having been installed', async () => {
  const stage = aMachine()
  const path = stage.add(example({ advertise: true }))
  const before = snapshotOf(stage)
  assert.equal((await advertisePackage(stage.platform, { package: path, perMachine: true, durability: 'process-end' })).exitCode, 0)
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.deepEqual(changes(before, stage), [])
})

/** What is damaged before a repair, and which letters of REINSTALLMODE mend it. */
const damages: readonly { what: string; letters: string; damage: (stage: InstallStage) => void; isWhole: (stage: InstallStage) => boolean }[] = [
  { what: 'a missing data file', letters: 'poedca', damage: ({ platform }) => platform.files.removeFile(`${folder}\\readme.txt`), isWhole: (stage) => stage.text(`${folder}\\readme.txt`) === 'readme of 1.0.0' },
  { what: 'an older program', letters: 'oeda', damage: (stage) => put(stage, `${folder}\\app.exe`, peFile('0.9')), isWhole: (stage) => isVersion(stage, '1.0.0.0') },
  { what: 'a newer program', letters: 'da', damage: (stage) => put(stage, `${folder}\\app.exe`, peFile('1.5')), isWhole: (stage) => isVersion(stage, '1.0.0.0') },
  { what: 'a program of the same version with another content', letters: 'ea', damage: (stage) => put(stage, `${folder}\\app.exe`, peFile('1.0.0.0', [1033], 'broken')), isWhole: (stage) => isVersion(stage, '1.0.0.0') },
  { what: 'a lost value of the machine', letters: 'm', damage: ({ platform }) => platform.registry.deleteValue(`${wow}\\Example`, 'Version'), isWhole: ({ platform }) => platform.registry.value(`${wow}\\Example`, 'Version')?.data === '1.0.0' },
  { what: 'a lost value of the user', letters: 'u', damage: ({ platform }) => platform.registry.deleteValue('HKCU\\Software\\Example', 'Seen'), isWhole: ({ platform }) => platform.registry.value('HKCU\\Software\\Example', 'Seen')?.data === '1.0.0' },
  { what: 'a lost shortcut', letters: 's', damage: ({ platform }) => platform.files.removeFile(`${menu}\\Example\\Example app.lnk`), isWhole: ({ platform }) => platform.files.stat(`${menu}\\Example\\Example app.lnk`) !== undefined },
]

function isVersion(stage: InstallStage, version: string): boolean {
  using file = stage.platform.files.open(`${folder}\\app.exe`)
  return Buffer.from(file.read(0, file.size)).equals(peFile(version))
}

for (const { what, letters, damage, isWhole } of damages) {
  test(`a repair mends ${what} with ${letters.split('').join(', ')}, and with no other letter`, async () => {
    const stage = aMachine()
    assert.equal((await stage.install(stage.add(example()))).exitCode, 0)
    const mended: string[] = []
    for (const letter of 'poedcaums') {
      damage(stage)
      // A file has to be looked at somehow: p writes least.
      const mode = 'ums'.includes(letter) ? `p${letter}` : letter
      assert.equal((await repairProduct(stage.platform, 'Example', { mode, durability: 'process-end' })).exitCode, 0)
      if (isWhole(stage)) mended.push(letter)
      assert.equal((await repairProduct(stage.platform, 'Example', { mode: 'amus', durability: 'process-end' })).exitCode, 0)
      assert.ok(isWhole(stage))
    }
    const expected = letters === 'poedca' ? 'poedcaums' : letters
    assert.deepEqual(mended.sort(), expected.split('').sort())
  })
}

test('REINSTALLMODE v takes the package anew: a minor upgrade', async () => {
  const stage = aMachine()
  const productCode = '{22222222-3333-4444-5555-666666666666}'
  const build = (version: string): PackageBuilder => {
    const builder = aPackage({ version, productCode })
    const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
    const main = builder.feature('Main')
    main.file(place, 'app.exe', peFile(`${version}.0`), { version: `${version}.0` })
    if (version !== '1.0.0') main.file(place, 'new.txt', 'new')
    return builder
  }
  const before = snapshotOf(stage)
  assert.equal((await stage.install(stage.add(build('1.0.0'), 'one.msi'))).exitCode, 0)
  const two = stage.add(build('1.1.0'), 'two.msi')
  assert.equal((await stage.install(two)).exitCode, 1638)
  assert.equal((await stage.install(two, { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'vomus' } })).exitCode, 0)
  assert.ok(isVersion(stage, '1.1.0.0'))
  assert.equal(stage.text(`${folder}\\new.txt`), 'new')
  assert.deepEqual(listProducts(stage.platform).map(({ productVersion }) => productVersion), ['1.1.0'])
  stage.platform.files.removeFile(`${folder}\\new.txt`)
  stage.platform.files.removeFile('D:\\one.msi')
  assert.equal((await stage.configure('Example', { properties: { REINSTALL: 'ALL' } })).exitCode, 0, 'the source is known by its new name')
  assert.equal(stage.text(`${folder}\\new.txt`), 'new')
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.deepEqual(changes(before, stage), [])
})

const shared = '{12121212-3434-5656-7878-909090909090}'

function sharer(name: string, { version = '1.0.0.0', counted = true } = {}): PackageBuilder {
  const builder = aPackage({ name, productCode: `{0000000${name.length}-1111-2222-3333-444444444444}` })
  const main = builder.feature('Main')
  main.file(builder.folder('ProgramFilesFolder').folder(name), 'own.txt', name)
  main.component(builder.folder('CommonFilesFolder').folder('Shared'), { guid: shared, attributes: counted ? componentAttribute.sharedDllRefCount : 0 })
    .file('common.dll', peFile(version, [1033], name), { version, language: '1033' })
    .registry('HKLM', 'Software\\Common', 'Version', version)
  return builder
}

const common = 'C:\\Program Files (x86)\\Common Files\\Shared\\common.dll'
const counts = (stage: InstallStage): unknown => stage.platform.registry.value(`${wow}\\Microsoft\\Windows\\CurrentVersion\\SharedDLLs`, common)?.data
const clients = (stage: InstallStage): Record<string, unknown> => registryBelow(stage, 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\S-1-5-18\\Components\\21212121434365658787090909090909')

test('two products share a component: counted and registered for each, gone with the last, in either order', async () => {
  for (const order of [['One', 'Another'], ['Another', 'One']]) {
    const stage = aMachine()
    const paths = Object.fromEntries(['One', 'Another'].map((name) => [name, stage.add(sharer(name), `${name}.msi`)]))
    const before = snapshotOf(stage)
    assert.equal((await stage.install(paths['One']!)).exitCode, 0)
    const withOne = snapshotOf(stage)
    assert.deepEqual([counts(stage), Object.keys(clients(stage)).length], [1, 1])
    assert.equal((await stage.install(paths['Another']!)).exitCode, 0)
    assert.deepEqual([counts(stage), Object.keys(clients(stage)).length], [2, 2])
    assert.ok(Object.values(clients(stage)).every((path) => path === common.replace(':', '?')), JSON.stringify(clients(stage)))
    assert.equal((await repairProduct(stage.platform, 'One', { mode: 'amus', durability: 'process-end' })).exitCode, 0)
    assert.equal(counts(stage), 2)
    assert.equal((await stage.uninstall(order[0]!)).exitCode, 0)
    assert.deepEqual([counts(stage), Object.keys(clients(stage)).length], [1, 1])
    assert.ok(stage.platform.files.stat(common))
    assert.equal(stage.platform.registry.value(`${wow}\\Common`, 'Version')?.data, '1.0.0.0')
    if (order[0] === 'Another') assert.deepEqual(changes(withOne, stage), [])
    assert.equal((await stage.uninstall(order[1]!)).exitCode, 0)
    assert.deepEqual(changes(before, stage), [])
  }
})

test('a file that another installer counts stays when the product goes', async () => {
  const stage = aMachine({ registry: { [`${wow}\\Microsoft\\Windows\\CurrentVersion\\SharedDLLs`]: { [common]: { type: 'REG_DWORD', data: 1 } } } })
  assert.equal((await stage.install(stage.add(sharer('One', { counted: false })))).exitCode, 0)
  assert.equal(counts(stage), 2)
  assert.equal((await stage.uninstall('One')).exitCode, 0)
  assert.equal(counts(stage), 1)
  assert.ok(stage.platform.files.stat(common))
})

test('an older product does not take a shared file back to its own version', async () => {
  const stage = aMachine()
  assert.equal((await stage.install(stage.add(sharer('Another', { version: '2.0.0.0' }), 'two.msi'))).exitCode, 0)
  assert.equal((await stage.install(stage.add(sharer('One', { version: '1.0.0.0' }), 'one.msi'))).exitCode, 0)
  assert.equal(stage.platform.registry.value(`${wow}\\Common`, 'Version')?.data, '2.0.0.0')
  using file = stage.platform.files.open(common)
  assert.ok(Buffer.from(file.read(0, file.size)).equals(peFile('2.0.0.0', [1033], 'Another')))
})

test('a permanent component stays with its registration, and a later product finds it', async () => {
  const stage = aMachine()
  const builder = aPackage({ name: 'Lasting' })
  builder.feature('Main').component(builder.folder('ProgramFilesFolder').folder('Lasting'), { permanent: true, guid: shared })
    .file('stays.txt', 'stays').registry('HKLM', 'Software\\Lasting', 'Stays', 1)
  assert.equal((await stage.install(stage.add(builder))).exitCode, 0)
  assert.equal((await stage.uninstall('Lasting')).exitCode, 0)
  assert.equal(stage.text('C:\\Program Files (x86)\\Lasting\\stays.txt'), 'stays')
  assert.equal(stage.platform.registry.value(`${wow}\\Lasting`, 'Stays')?.data, 1)
  assert.deepEqual(Object.keys(clients(stage)), [' → 00000000000000000000000000000000'])
  assert.deepEqual(listProducts(stage.platform), [])
})

test('files follow the versioning rules, one by one, with real version resources', async () => {
  const rules: readonly (readonly [name: string, onDisk: string | Uint8Array | undefined, inPackage: string | Uint8Array, version: string | undefined, language: string | undefined, isReplaced: boolean])[] = [
    ['missing.dll', undefined, peFile('1.0'), '1.0.0.0', '1033', true],
    ['lower.dll', peFile('1.0'), peFile('1.1'), '1.1.0.0', '1033', true],
    ['equal.dll', peFile('1.1', [1033], 'x'), peFile('1.1'), '1.1.0.0', '1033', false],
    ['higher.dll', peFile('1.10'), peFile('1.9'), '1.9.0.0', '1033', false],
    ['fields.dll', peFile('1.0.0.65535'), peFile('1.0.1.0'), '1.0.1.0', '1033', true],
    ['language.dll', peFile('1.0', [1036]), peFile('1.0', [1033]), '1.0.0.0', '1033', true],
    ['subset.dll', peFile('1.0', [1033, 1036]), peFile('1.0', [1033]), '1.0.0.0', '1033', false],
    ['superset.dll', peFile('1.0', [1033]), peFile('1.0', [1033, 1036]), '1.0.0.0', '1033,1036', true],
    ['versioned.dll', 'text', peFile('1.0'), '1.0.0.0', '1033', true],
    ['unversioned.dll', peFile('0.1'), 'text', undefined, undefined, false],
    ['same.txt', 'same', 'same', undefined, undefined, false],
    ['other.txt', 'other', 'another', undefined, undefined, true],
  ]
  const stage = aMachine({ files: Object.fromEntries(rules.flatMap(([name, onDisk]) => onDisk === undefined ? [] : [[`${folder}\\${name}`, onDisk]])) })
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example')
  for (const [name, , content, version, language] of rules) {
    builder.feature(name.replace('.', '_')).file(place, name, content, { ...(version === undefined ? {} : { version }), ...(language === undefined ? {} : { language }) })
  }
  const result = await stage.install(stage.add(builder))
  assert.equal(result.exitCode, 0, result.error?.message)
  const replaced = result.decisions!.files.filter(({ disposition }) => disposition === 'copy').map(({ path }) => path.slice(folder.length + 1))
  assert.deepEqual(replaced.sort(), rules.filter(([, , , , , isReplaced]) => isReplaced).map(([name]) => name).sort())
  for (const [name, onDisk, content, , , isReplaced] of rules) {
    using file = stage.platform.files.open(`${folder}\\${name}`)
    assert.ok(Buffer.from(file.read(0, file.size)).equals(Buffer.from(isReplaced ? content : onDisk!)), name)
  }
})
