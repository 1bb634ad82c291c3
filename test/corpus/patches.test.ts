// A patch as its vendor made it, against products of our own: what it is for, and what becomes of those that it is not for.
import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { applyPatches, productPatches } from 'msikit/engine'
import { openDatabase, readPatch } from 'msikit/database'
import { aPackage, anInstallStage, differences, takeSnapshot } from '../../dist/testing/index.js'
import { sharedPath, skipWithout } from '../shared.js'

const place = 'C:\\Program Files (x86)\\Example'

test('a vendor\'s patch finds the product that it is for, and no other', { skip: skipWithout('corpus', 'SQL2008_AS.msp') }, async () => {
  const bytes = readFileSync(sharedPath('corpus', 'SQL2008_AS.msp')!)
  const { code, targets, transforms } = readPatch(openDatabase(bytes))
  const { target } = transforms[0]!
  const stage = anInstallStage()
  const writer = stage.platform.files.create('D:\\vendor.msp')
  writer.write(bytes)
  writer.close()
  assert.equal((await applyPatches(stage.platform, { patches: ['D:\\vendor.msp'] })).exitCode, 1642)
  const product = (productCode: string, upgradeCode: string): string => {
    const builder = aPackage({ productCode, upgradeCode, version: target.productVersion.split('.').slice(0, 3).join('.') })
    builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Example'), 'a.txt', 'a')
    return stage.add(builder)
  }
  const stranger = '{AAAAAAAA-1111-2222-3333-444444444444}'
  for (const productCode of [stranger, targets[0]!]) {
    assert.equal((await stage.install(product(productCode, stranger))).exitCode, 0)
    const before = takeSnapshot(stage.platform)
    assert.equal((await stage.configure(productCode, { properties: { PATCH: 'D:\\vendor.msp' } })).exitCode, 1642)
    assert.deepEqual(differences(before, takeSnapshot(stage.platform)), [])
    assert.equal((await stage.uninstall(productCode)).exitCode, 0)
  }
  assert.equal((await stage.install(product(targets[0]!, target.upgradeCode))).exitCode, 0)
  const patched = await applyPatches(stage.platform, { patches: ['D:\\vendor.msp'] })
  assert.deepEqual([patched.exitCode, patched.error], [0, undefined])
  assert.equal(stage.text(`${place}\\a.txt`), 'a')
  assert.deepEqual(productPatches(stage.platform, targets[0]!), [{ patchCode: code, transforms: `:${transforms[0]!.name};:#${transforms[0]!.name}` }])
  assert.equal((await stage.configure(targets[0]!, { properties: { MSIPATCHREMOVE: code } })).exitCode, 1646, 'its vendor does not allow that')
  assert.equal((await stage.uninstall(targets[0]!)).exitCode, 0)
  assert.equal(stage.platform.files.stat('C:\\Windows\\Installer'), undefined)
})
