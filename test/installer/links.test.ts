// Links in a root that lead out of it: whatever stands behind them is neither written, moved nor removed, whether they
// were there before the installation or took the place of something that it had made. Links that stay in the root are
// folders like others.
import { strict as assert } from 'node:assert'
import { chmodSync, existsSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import type { PackageBuilder } from 'msikit/authoring'
import { aPackage } from '../../dist/testing/index.js'
import { folderDigest } from '../folder-digest.js'
import { HostStage } from './host-stage.js'

const skip = process.platform === 'win32' ? 'links need rights there' : false
const folder = 'Program Files (x86)/Example'

function example(): PackageBuilder {
  const builder = aPackage()
  const main = builder.feature('Main')
  const at = builder.folder('ProgramFilesFolder\\Example')
  main.file(at, 'data.txt', 'data', { key: 'data' }).registry('HKLM', 'Software\\Example', 'Name', 'value').registry('HKCU', 'Software\\Example', 'Name', 'value')
  return builder
}

/** What the links lead to, with a file of each name that an installation might look for. */
function outsideOf(stage: HostStage): string {
  const outside = join(stage.folder, 'outside')
  for (const name of ['data.txt', 'SOFTWARE', 'SYSTEM', 'NTUSER.DAT', 'Config.Msi/0000.rbf', 'msikit-attributes.json', 'Example/data.txt', 'config/SOFTWARE']) {
    mkdirSync(dirname(join(outside, name)), { recursive: true })
    writeFileSync(join(outside, name), `theirs: ${name}`)
  }
  return outside
}

function link(stage: HostStage, place: string, target: string): void {
  mkdirSync(dirname(join(stage.root, place)), { recursive: true })
  symlinkSync(target, join(stage.root, place))
}

/** Place in the root, and what of the outside it leads to; the last ones lead to nothing that exists. */
const links: readonly (readonly [place: string, target: string])[] = [
  ['Program Files (x86)', '.'], ['program FILES (x86)', '.'], [folder, 'Example'], [`${folder}/data.txt`, 'data.txt'], [`${folder}/DATA.TXT`, 'data.txt'],
  ['Config.Msi', 'Config.Msi'], ['Windows', '.'], ['Windows/System32', '.'], ['Windows/System32/config', 'config'], ['Windows/System32/config/SOFTWARE', 'SOFTWARE'],
  ['Windows/Installer', '.'], ['System Volume Information', '.'], ['Users', '.'], ['Users/user/NTUSER.DAT', 'NTUSER.DAT'],
  [`${folder}/data.txt`, 'nothing'], ['Windows/System32/config/SOFTWARE', 'nothing'], ['Windows/System32/config/SOFTWARE.msikit-kept', 'nothing'],
  ['Windows/System32/config/SOFTWARE.msikit-new', 'nothing'], ['System Volume Information/msikit-attributes.json.msikit-new', 'nothing'],
  ['System Volume Information/msikit-attributes.json', 'msikit-attributes.json'], ['msikit.lock', 'nothing'],
]

for (const [place, target] of links) {
  test(`a link at ${place} to ${target === 'nothing' ? 'a file to be' : target} outside leads nobody out`, { skip }, async () => {
    using stage = new HostStage()
    const outside = outsideOf(stage)
    link(stage, place, join(outside, target))
    const before = folderDigest(outside)
    const { exitCode, productCode } = await stage.install(stage.add(example()))
    assert.deepEqual(folderDigest(outside), before)
    if (exitCode === 0) await stage.uninstall(productCode)
    assert.deepEqual(folderDigest(outside), before)
  })
}

test('what took the place of an installed folder is not removed with it', { skip }, async () => {
  using stage = new HostStage()
  const outside = outsideOf(stage)
  const { exitCode, productCode } = await stage.install(stage.add(example()))
  assert.equal(exitCode, 0, stage.log.join('\n'))
  const before = folderDigest(outside)
  renameSync(join(stage.root, folder), join(stage.root, 'moved'))
  symlinkSync(join(outside, 'Example'), join(stage.root, folder))
  await stage.uninstall(productCode)
  assert.deepEqual(folderDigest(outside), before)
  assert.ok(existsSync(join(stage.root, 'moved', 'data.txt')))
})

for (const [kind, target] of [['relative', '../Data/Example'], ['absolute', undefined]] as const) {
  test(`a folder that is a ${kind} link to another one of the root is installed into, repaired and emptied`, { skip }, async () => {
    using stage = new HostStage()
    const data = join(stage.root, 'Data', 'Example')
    mkdirSync(data, { recursive: true })
    writeFileSync(join(data, 'theirs.txt'), 'theirs')
    link(stage, folder, target ?? data)
    const path = stage.add(example())
    const { exitCode, productCode } = await stage.install(path)
    assert.equal(exitCode, 0, stage.log.join('\n'))
    assert.equal(readFileSync(join(data, 'data.txt'), 'utf8'), 'data')
    writeFileSync(join(data, 'data.txt'), '')
    assert.equal((await stage.configure(productCode, { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'amus' } })).exitCode, 0, stage.log.join('\n'))
    assert.equal(readFileSync(join(data, 'data.txt'), 'utf8'), 'data')
    assert.equal((await stage.uninstall(productCode)).exitCode, 0, stage.log.join('\n'))
    assert.deepEqual(readdirSync(data), ['theirs.txt'])
    assert.ok(lstatSync(join(stage.root, folder)).isSymbolicLink())
  })
}

/** Every file of the root gets a second name outside, as images have that share what they have in common. */
function shareAll(root: string, outside: string): void {
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const twin = join(outside, path.slice(root.length))
    mkdirSync(dirname(twin), { recursive: true })
    linkSync(path, twin)
  }
}

function withMore(): PackageBuilder {
  const builder = example()
  const component = builder.feature('More').file(builder.folder('ProgramFilesFolder\\Example\\more'), 'fixed.txt', 'fixed', { key: 'fixed', readOnly: true })
  for (const action of [0, 3]) component.row('IniFile', { IniFile: `i${action}`, FileName: 'theirs.ini', DirProperty: 'WindowsFolder', Section: 's', Key: `k${action}`, Value: 'v', Action: action })
  return builder
}

test('files that share their content with files outside are replaced and removed, and those outside stay', { skip }, async () => {
  using stage = new HostStage()
  mkdirSync(join(stage.root, 'Windows'), { recursive: true })
  writeFileSync(join(stage.root, 'Windows/theirs.ini'), '[s]\r\nk3=a\r\n')
  mkdirSync(join(stage.root, folder, 'more'), { recursive: true })
  writeFileSync(join(stage.root, folder, 'data.txt'), 'an older one')
  writeFileSync(join(stage.root, folder, 'more/fixed.txt'), 'an older one, read-only')
  chmodSync(join(stage.root, folder, 'more/fixed.txt'), 0o444)
  const path = stage.add(withMore())
  const share = (name: string): readonly [folder: string, digest: Map<string, string>] => {
    shareAll(stage.root, join(stage.folder, name))
    return [join(stage.folder, name), folderDigest(join(stage.folder, name))]
  }
  const shared = [share('before')]
  const { exitCode, productCode } = await stage.install(path, { properties: { REINSTALLMODE: 'amus' } })
  assert.equal(exitCode, 0, stage.log.join('\n'))
  shared.push(share('installed'))
  assert.equal((await stage.configure(productCode, { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'amus' } })).exitCode, 0, stage.log.join('\n'))
  shared.push(share('repaired'))
  assert.equal((await stage.uninstall(productCode)).exitCode, 0, stage.log.join('\n'))
  for (const [twins, digest] of shared) assert.deepEqual(folderDigest(twins), digest)
})

test('in a Wine prefix too, what its links to the home folder and to the drives of the host lead to stays as it is', { skip }, async () => {
  using stage = new HostStage()
  const outside = outsideOf(stage)
  for (const folderOfPrefix of ['drive_c/windows', 'drive_c/users/user', 'dosdevices']) mkdirSync(join(stage.root, folderOfPrefix), { recursive: true })
  writeFileSync(join(stage.root, 'system.reg'), 'WINE REGISTRY Version 2\n;; All keys relative to REGISTRY\\\\Machine\n\n#arch=win64\n')
  for (const [name, target] of [['dosdevices/c:', '../drive_c'], ['dosdevices/z:', '/'], ['dosdevices/d:', outside], ['drive_c/users/Public/Desktop', outside]] as const) link(stage, name, target)
  const before = folderDigest(outside)
  const install = async (extend: (builder: PackageBuilder) => void): Promise<number> => {
    const builder = example()
    extend(builder)
    return (await stage.installIn(stage.open(), stage.add(builder))).exitCode
  }
  assert.equal(await install((builder) => builder.feature('Onto').file(builder.folder('DesktopFolder'), 'on the desktop.txt', 'x')), 1603)
  assert.match(stage.log.filter((line) => /esktop|Error/.test(line)).join('\n'), /link .*leads out of the root/)
  assert.equal(await install((builder) => builder.property('APPDIR', 'D:\\').feature('There').file(builder.folder('TARGETDIR').folder('x', { key: 'APPDIR' }), 'there.txt', 'x')), 1603)
  assert.equal(await install(() => {}), 0, stage.log.join('\n'))
  assert.deepEqual(folderDigest(outside), before)
})
