// Instances of one package side by side, each with the product code that a transform gives it, and the lists of sources.
// https://learn.microsoft.com/windows/win32/msi/installing-multiple-instances-of-products-and-patches
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { buildPatch, type PackageBuilder } from 'msikit/authoring'
import { writeCompoundFile } from 'msikit/compound-file'
import { generateTransform } from 'msikit/database'
import { applyPatches, listProducts } from 'msikit/engine'
import { aPackage, bytesOf, type InstallStage } from '../../dist/testing/index.js'
import { aMachine, registryBelow } from './machine.js'

const first = '{AAAAAAAA-1111-2222-3333-444444444444}'
const second = '{AAAAAAAA-1111-2222-3333-555555555555}'

function example(productCode: string, text = 'program', instance = productCode === first ? 'one' : 'two'): PackageBuilder {
  const builder = aPackage({ productCode, upgradeCode: '{BBBBBBBB-1111-2222-3333-444444444444}' }).property('INSTANCE', instance)
  const folder = builder.folder('ProgramFilesFolder').folder('Example').folder(instance, { key: 'INSTALLDIR' })
  builder.feature('Main').file(folder, 'app.txt', text, { key: 'app', component: { key: 'app', guid: productCode === first ? '{CCCCCCCC-1111-2222-3333-444444444444}' : '{CCCCCCCC-1111-2222-3333-555555555555}' } })
  return builder
}

function write({ platform }: InstallStage, path: string, bytes: Uint8Array): string {
  const writer = platform.files.create(path)
  writer.write(bytes)
  writer.close()
  return path
}

async function bothInstances(): Promise<{ stage: InstallStage; path: string }> {
  const stage = aMachine()
  const path = stage.add(example(first))
  const [base, changed] = [first, second].map((code) => example(code).build({ validation: false }).database)
  write(stage, 'D:\\two.mst', bytesOf((sink) => { writeCompoundFile(generateTransform(changed!, base!)!, sink) }))
  assert.equal((await stage.install(path)).exitCode, 0)
  const result = await stage.install(path, { properties: { TRANSFORMS: 'two.mst', MSINEWINSTANCE: '1' } })
  assert.equal(result.exitCode, 0, result.error?.message)
  return { stage, path }
}

const text = (stage: InstallStage, instance: string): string | undefined => stage.text(`C:\\Program Files (x86)\\Example\\${instance}\\app.txt`)

test('two instances stand side by side, and know what they are', async () => {
  const { stage } = await bothInstances()
  assert.deepEqual(listProducts(stage.platform).map(({ productCode }) => productCode).sort(), [first, second])
  assert.deepEqual([text(stage, 'one'), text(stage, 'two')], ['program', 'program'])
  const types = Object.entries(registryBelow(stage, 'HKLM\\Software\\Classes\\Installer\\Products')).filter(([name]) => name.endsWith('→ InstanceType')).map(([, data]) => data)
  assert.deepEqual(types, [0, 1])
})

test('a package file with the transforms of an instance means that one', async () => {
  const { stage, path } = await bothInstances()
  assert.equal((await stage.configure(path, { properties: { TRANSFORMS: 'two.mst', REMOVE: 'ALL' } })).exitCode, 0)
  assert.deepEqual(listProducts(stage.platform).map(({ productCode }) => productCode), [first])
})

test('MSIINSTANCEGUID says which instance a package means, for a repair and a removal', async () => {
  const { stage, path } = await bothInstances()
  stage.platform.files.removeFile('C:\\Program Files (x86)\\Example\\two\\app.txt')
  assert.equal((await stage.install(path, { properties: { MSIINSTANCEGUID: second, REINSTALL: 'ALL' } })).exitCode, 0)
  assert.equal(text(stage, 'two'), 'program')
  const types = Object.entries(registryBelow(stage, 'HKLM\\Software\\Classes\\Installer\\Products')).filter(([name]) => name.endsWith('→ InstanceType')).map(([, data]) => data)
  assert.deepEqual(types, [0, 1], 'it stays an instance')
  assert.equal((await stage.install(path, { properties: { MSIINSTANCEGUID: second, REMOVE: 'ALL' } })).exitCode, 0)
  assert.deepEqual(listProducts(stage.platform).map(({ productCode }) => productCode), [first])
  assert.deepEqual([text(stage, 'one'), text(stage, 'two')], ['program', undefined])
  assert.equal((await stage.install(path, { properties: { MSIINSTANCEGUID: second } })).exitCode, 1605)
})

test('a patch for both is applied to the instance that is named, and without a name to both', async () => {
  for (const product of [second, undefined]) {
    const { stage } = await bothInstances()
    const target = (code: string) => ({ base: example(code).build({ validation: false }).database, updated: example(code, 'patched program').build({ validation: false }).database })
    const patch = buildPatch({ code: '{00000001-1111-2222-3333-444444444444}', targets: [target(first), target(second)] })
    const path = write(stage, 'D:\\patch.msp', bytesOf((sink) => { patch.save(sink) }))
    const result = await applyPatches(stage.platform, { patches: [path], durability: 'process-end', ...(product === undefined ? {} : { product }) })
    assert.equal(result.exitCode, 0, result.error?.message)
    assert.deepEqual([text(stage, 'one'), text(stage, 'two')], [product === undefined ? 'patched program' : 'program', 'patched program'])
  }
})

test('a new instance needs the transform that makes it one', async () => {
  const stage = aMachine()
  assert.equal((await stage.install(stage.add(example(first)), { properties: { MSINEWINSTANCE: '1' } })).exitCode, 1639)
})

test('SOURCELIST adds sources of both kinds at the first installation, DISABLEMEDIA leaves media out', async () => {
  const stage = aMachine()
  const path = stage.add(example(first))
  await stage.install(path, { properties: { SOURCELIST: '\\\\server\\share;https://example.com/setup;D:\\more\\', DISABLEMEDIA: '1' } })
  const list = (): Record<string, unknown> => Object.fromEntries(Object.entries(registryBelow(stage, 'HKLM\\Software\\Classes\\Installer\\Products'))
    .filter(([name]) => name.includes('SourceList\\')).map(([name, data]) => [name.slice(name.indexOf('SourceList\\') + 11), data]))
  const expected = { 'Media → DiskPrompt': '', 'Media → MediaPackage': '', 'Net → 1': 'D:\\', 'Net → 2': '\\\\server\\share\\', 'Net → 3': 'D:\\more\\', 'URL → 1': 'https://example.com/setup/' }
  const found = list()
  for (const [name, data] of Object.entries(expected)) if (data !== '') assert.equal(found[name], data, name)
  assert.equal(found['Media → 1'], undefined)
  await stage.configure(first, { properties: { REINSTALL: 'ALL', SOURCELIST: 'D:\\later' } })
  assert.equal(Object.values(list()).includes('D:\\later\\'), false)
})
