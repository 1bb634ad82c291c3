// What becomes of components and files when machine and package disagree: one rule of the documentation per test.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { componentAttribute, type Component, type ComponentOptions, type PackageBuilder } from '../authoring/index.ts'
import { packGuid } from '../base/index.ts'
import { aPackage, anInstallStage, type InstallStage } from '../testing/index.ts'
import { continuationOf } from './index.ts'

const folder = 'C:\\Program Files (x86)\\Example'
const shared = '{12121212-3434-5656-7878-909090909090}'

/** Adds a component with one file to the product's only feature. */
type AddComponent = (options: ComponentOptions, file: string, content: string, fileOptions?: { version?: string }) => Component

function product(name: string, build: (add: AddComponent, builder: PackageBuilder) => void, version = '1.0.0'): PackageBuilder {
  const builder = aPackage({ name, version })
  const target = builder.folder('ProgramFilesFolder\\Example', { key: 'INSTALLDIR' })
  const feature = builder.feature('Main')
  build((options, file, content, fileOptions = {}) => feature.component(target, options).file(file, content, fileOptions), builder)
  return builder
}

function write({ platform }: InstallStage, path: string, content: string, times?: { modifiedMs: number }): void {
  const writer = platform.files.create(path)
  writer.write(new TextEncoder().encode(content))
  writer.close()
  if (times !== undefined) platform.files.setTimes(path, times)
}

function share(add: AddComponent): void {
  add({ guid: shared }, 'common.txt', 'common')
}

test('a component that two products share goes with the last of them', async () => {
  const stage = anInstallStage()
  const [one, two] = [stage.add(product('One', share), 'one.msi'), stage.add(product('Two', share), 'two.msi')]
  for (const path of [one, two]) assert.equal((await stage.install(path)).exitCode, 0)
  assert.equal((await stage.uninstall(one)).exitCode, 0)
  assert.ok(stage.log.some((line) => line.startsWith(`Disallowing uninstallation of component: ${shared} since another client exists`)))
  assert.equal(stage.text(`${folder}\\common.txt`), 'common')
  assert.equal((await stage.uninstall(two)).exitCode, 0)
  assert.equal(stage.text(`${folder}\\common.txt`), undefined)
})

test('a permanent component stays when its product goes', async () => {
  const stage = anInstallStage()
  const path = stage.add(product('Lasting', (add) => { add({ permanent: true }, 'stays.txt', 'here') }))
  assert.equal((await stage.install(path)).exitCode, 0)
  assert.equal((await stage.uninstall(path)).exitCode, 0)
  assert.equal(stage.text(`${folder}\\stays.txt`), 'here')
})

test('a component that never overwrites leaves what is there', async () => {
  const stage = anInstallStage({ files: { [`${folder}\\settings.ini`]: 'mine' } })
  const path = stage.add(product('Careful', (add) => { add({ neverOverwrite: true }, 'settings.ini', 'yours') }))
  assert.equal((await stage.install(path, { properties: { REINSTALLMODE: 'amus' } })).exitCode, 0)
  assert.equal(stage.text(`${folder}\\settings.ini`), 'mine')
})

test('a transitive component comes and goes with its condition at a repair, another one does not', async () => {
  const stage = anInstallStage()
  const path = stage.add(product('Changing', (add) => {
    add({ attributes: componentAttribute.transitive, condition: 'WANTED' }, 'transitive.txt', 't')
    add({ condition: 'WANTED' }, 'fixed.txt', 'f')
    add({}, 'always.txt', 'a')
  }))
  const files = (): (string | undefined)[] => ['transitive', 'fixed', 'always'].map((name) => stage.text(`${folder}\\${name}.txt`))
  assert.equal((await stage.install(path)).exitCode, 0)
  assert.deepEqual(files(), [undefined, undefined, 'a'])
  const repair = { REINSTALL: 'ALL', REINSTALLMODE: 'omus' }
  assert.equal((await stage.configure(path, { properties: { ...repair, WANTED: '1' } })).exitCode, 0)
  assert.deepEqual(files(), ['t', undefined, 'a'])
  assert.equal((await stage.configure(path, { properties: repair })).exitCode, 0)
  assert.deepEqual(files(), [undefined, undefined, 'a'])
  assert.equal((await stage.uninstall(path)).exitCode, 0)
  assert.equal(stage.platform.files.stat(folder), undefined)
})

test('features are added and removed on their own, and a shared component stays while one of them needs it', async () => {
  const stage = anInstallStage()
  const builder = aPackage({ name: 'Parts' })
  const target = builder.folder('ProgramFilesFolder\\Example', { key: 'INSTALLDIR' })
  const common = builder.feature('A').file(target, 'common.txt', 'c')
  const second = builder.feature('B', { level: 100 })
  second.include(common)
  second.file(target, 'b.txt', 'b')
  const path = stage.add(builder)
  const files = (): (string | undefined)[] => ['common', 'b'].map((name) => stage.text(`${folder}\\${name}.txt`))
  assert.equal((await stage.install(path)).exitCode, 0)
  assert.deepEqual(files(), ['c', undefined])
  assert.equal((await stage.configure(path, { properties: { ADDLOCAL: 'B' } })).exitCode, 0)
  assert.deepEqual(files(), ['c', 'b'])
  assert.equal((await stage.configure(path, { properties: { REMOVE: 'A' } })).exitCode, 0)
  assert.deepEqual(files(), ['c', 'b'])
  assert.equal((await stage.configure(path, { properties: { REMOVE: 'B' } })).exitCode, 0)
  assert.deepEqual(files(), [undefined, undefined])
})

test('a data file that the user changed survives an upgrade, one that nobody touched does not', async () => {
  for (const [modifiedMs, expected] of [[Date.UTC(2030, 0, 1), 'edited'], [Date.UTC(2000, 0, 1), 'shipped']] as const) {
    const stage = anInstallStage({ files: { [`${folder}\\`]: '' } })
    write(stage, `${folder}\\data.txt`, 'edited', { modifiedMs })
    assert.equal((await stage.install(stage.add(product('Data', (add) => { add({}, 'data.txt', 'shipped') })))).exitCode, 0)
    assert.equal(stage.text(`${folder}\\data.txt`), expected)
  }
})

test('a companion is installed with its parent, though its own version would not say so', async () => {
  const stage = anInstallStage({ files: { [`${folder}\\`]: '' } })
  write(stage, `${folder}\\help.txt`, 'old help', { modifiedMs: Date.UTC(2030, 0, 1) })
  const builder = aPackage({ name: 'Companions' })
  const target = builder.folder('ProgramFilesFolder\\Example', { key: 'INSTALLDIR' })
  builder.feature('Main').component(target).file('app.exe', 'app', { key: 'app', version: '1.0.0.0' }).file('help.txt', 'new help', { version: 'app' })
  assert.equal((await stage.install(stage.add(builder))).exitCode, 0)
  assert.equal(stage.text(`${folder}\\help.txt`), 'new help')
})

function migrating(version: string): PackageBuilder {
  const builder = aPackage({ name: 'Migrating', version })
  const target = builder.folder('ProgramFilesFolder\\Example', { key: 'INSTALLDIR' })
  for (const [name, level] of [['Usual', 1], ['Extra', 100]] as const) builder.feature(name, { level }).file(target, `${name}.txt`, version)
  return builder.majorUpgrade({ downgradeMessage: 'newer', removeAt: { after: 'InstallInitialize' } })
}

test('states migrate from the old product to the new one', async () => {
  const stage = anInstallStage()
  assert.equal((await stage.install(stage.add(migrating('1.0.0'), 'one.msi'), { properties: { ADDLOCAL: 'Extra' } })).exitCode, 0)
  assert.equal((await stage.install(stage.add(migrating('2.0.0'), 'two.msi'))).exitCode, 0)
  assert.deepEqual(['Usual', 'Extra'].map((name) => stage.text(`${folder}\\${name}.txt`)), [undefined, '2.0.0'])
})

function unchanged(version: string): PackageBuilder {
  return product('Same', (add, builder) => {
    add({ guid: shared }, 'same.dll', 'unchanged', { version: '1.0.0.0' })
    builder.majorUpgrade({ downgradeMessage: 'newer' })
  }, version)
}

test('an upgrade that removes the old product first installs files that did not change again', async () => {
  const stage = anInstallStage()
  for (const version of ['1.0.0', '2.0.0']) assert.equal((await stage.install(stage.add(unchanged(version), `${version}.msi`))).exitCode, 0)
  assert.equal(stage.text(`${folder}\\same.dll`), 'unchanged')
})

test('a product for one user is registered with the user and removed again', async () => {
  const stage = anInstallStage()
  const builder = aPackage({ name: 'Personal', scope: 'user' })
  builder.feature('Main').component(builder.folder('LocalAppDataFolder\\Personal')).file('own.txt', 'own').registry('HKCU', 'Software\\Personal', 'Installed', 1, { keyPath: true })
  const path = stage.add(builder)
  assert.equal((await stage.install(path)).exitCode, 0)
  assert.equal(stage.text('C:\\Users\\user\\AppData\\Local\\Personal\\own.txt'), 'own')
  assert.ok(stage.platform.registry.subkeys('HKCU\\Software\\Microsoft\\Installer\\Products').length === 1)
  assert.equal((await stage.uninstall('Personal')).exitCode, 0)
  assert.equal(stage.text('C:\\Users\\user\\AppData\\Local\\Personal\\own.txt'), undefined)
})

test('ScheduleReboot and REBOOT=Force end in 3010, ForceReboot in 1604', async () => {
  const stage = anInstallStage()
  const build = (name: string, action?: string): string => stage.add(product(name, (add, builder) => {
    add({}, `${name}.txt`, name)
    if (action !== undefined) builder.schedule(action, { at: { before: 'InstallFinalize' } })
  }), `${name}.msi`)
  const scheduled = await stage.install(build('Scheduled', 'ScheduleReboot'))
  assert.deepEqual([scheduled.exitCode, scheduled.rebootReasons], [3010, ['ScheduleReboot']])
  assert.equal((await stage.install(build('Forced'), { properties: { REBOOT: 'Force' } })).exitCode, 3010)
  assert.equal((await stage.install(build('Now', 'ForceReboot'))).exitCode, 1604)
  assert.equal(stage.text(`${folder}\\Now.txt`), 'Now')
})

test('ForceReboot writes down how to go on, and the continuation forgets it', async () => {
  const stage = anInstallStage()
  const path = stage.add(product('Halves', (add, builder) => {
    add({}, 'first.txt', 'first')
    builder.property('SECRET', 'x').property('MsiHiddenProperties', 'SECRET')
    builder.schedule('ForceReboot', { at: { before: 'InstallFinalize' }, condition: 'NOT AFTERREBOOT' })
  }), 'halves.msi')
  const result = await stage.install(path, { properties: { COLOUR: 'dark "blue"', SECRET: 'password' } })
  assert.deepEqual([result.exitCode, result.rebootReasons], [1604, ['ForceReboot']])
  const code = stage.property('ProductCode')!
  const packed = packGuid(code)!
  const runOnce = (): unknown => stage.platform.registry.value('HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce', packed)
  assert.deepEqual(runOnce(), { type: 'REG_SZ', data: `C:\\Windows\\System32\\msiexec.exe /@ "${packed}"` })
  const line = continuationOf(stage.platform.registry, packed)!
  assert.match(line, new RegExp(`^/I \\${code.slice(0, -1)}\\} AFTERREBOOT=1 RUNONCEENTRY="${packed}" `))
  assert.match(line, / COLOUR="dark ""blue""".* \/qn$/)
  assert.doesNotMatch(line, /password/)
  assert.equal(stage.property('RESUME'), undefined)
  assert.equal((await stage.configure(code, { properties: { AFTERREBOOT: '1', RUNONCEENTRY: packed } })).exitCode, 0)
  assert.deepEqual(['RESUME', 'Resume', 'Preselected'].map((name) => stage.property(name)), ['1', '1', '1'])
  assert.deepEqual([runOnce(), continuationOf(stage.platform.registry, packed)], [undefined, undefined])
})
