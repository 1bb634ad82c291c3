// Links in a root that lead out of it: whatever stands behind them is neither written, moved nor removed, whether they
// were there before the installation or took the place of something that it had made.
import { strict as assert } from 'node:assert'
import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
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
  ['Windows/System32/config/SOFTWARE.msikit-new', 'nothing'], ['System Volume Information/msikit-attributes.json.new', 'nothing'],
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
