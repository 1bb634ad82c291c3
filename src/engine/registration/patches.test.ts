import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { guidToBase85, packGuid } from '../../base/index.ts'
import { createMemoryPlatform, type RegistryValue } from '../../platform/index.ts'
import { patchInfo, patchInfoIn, PatchState, productPatches, productPatchesIn } from './patches.ts'
import { parseDescriptor, provideComponent, provideQualifiedComponent } from './qualified-components.ts'

const product = '{11111111-2222-3333-4444-555555555555}'
const patch = '{AAAAAAAA-2222-3333-4444-555555555555}'
const old = '{BBBBBBBB-2222-3333-4444-555555555555}'
const component = '{00000000-0000-0000-0000-00000000000F}'
const category = '{CCCCCCCC-2222-3333-4444-555555555555}'
const userData = 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\S-1-5-18'
const published = 'HKLM\\Software\\Classes\\Installer'
const packed = packGuid(product)!
const [packedPatch, packedOld] = [packGuid(patch)!, packGuid(old)!]
const sz = (data: string): RegistryValue => ({ type: 'REG_SZ', data })
const state = (data: number): RegistryValue => ({ type: 'REG_DWORD', data })
const descriptor = `${guidToBase85(product)}Main>${guidToBase85(component)}`

function machine(path = 'C:\\App\\app.exe', list: RegistryValue = { type: 'REG_MULTI_SZ', data: [packedPatch] }) {
  return createMemoryPlatform({
    files: { 'C:\\App\\app.exe': 'MZ' },
    registry: {
      [`${published}\\Products\\${packed}`]: { ProductName: sz('App') },
      [`${published}\\Products\\${packed}\\Patches`]: { Patches: list, [packedPatch]: sz(':new;:#new') },
      [`${published}\\Features\\${packed}`]: { Main: sz('') },
      [`${published}\\Components\\${packGuid(category)}`]: { english: { type: 'REG_MULTI_SZ', data: [descriptor] } },
      [`${userData}\\Products\\${packed}\\InstallProperties`]: { WindowsInstaller: state(1), LocalPackage: sz('C:\\Windows\\Installer\\1.msi') },
      [`${userData}\\Products\\${packed}\\Features`]: { Main: sz(guidToBase85(component)!) },
      [`${userData}\\Products\\${packed}\\Patches\\${packedPatch}`]: { State: state(1), Installed: sz('20240101') },
      [`${userData}\\Products\\${packed}\\Patches\\${packedOld}`]: { State: state(2) },
      [`${userData}\\Patches\\${packedPatch}`]: { LocalPackage: sz('C:\\Windows\\Installer\\2.msp') },
      [`${userData}\\Components\\${packGuid(component)}`]: { [packed]: sz(path) },
    },
  })
}

test('patches are told by their states', () => {
  const platform = machine()
  assert.deepEqual(productPatches(platform, product), [{ patchCode: patch, transforms: ':new;:#new' }])
  const all = PatchState.applied | PatchState.superseded | PatchState.obsoleted | PatchState.registered
  assert.deepEqual(productPatchesIn(platform, product, 'machine', all).map((one) => one.patchCode), [patch, old])
  assert.deepEqual(productPatchesIn(platform, product, 'machine', PatchState.superseded), [{ patchCode: old, transforms: '' }])
  assert.deepEqual(productPatchesIn(platform, product, 'user', all), [])
  assert.throws(() => productPatches(platform, patch), { code: 'ERROR_UNKNOWN_PRODUCT' })
})

test('a damaged list of patches is refused', () => {
  assert.throws(() => productPatches(machine('', sz(packedPatch)), product), { code: 'ERROR_BAD_CONFIGURATION' })
  assert.throws(() => productPatches(machine('', { type: 'REG_MULTI_SZ', data: ['abc'] }), product), { code: 'ERROR_BAD_CONFIGURATION' })
})

test('facts of a patch are where its product and its cached file have them', () => {
  const platform = machine()
  assert.equal(patchInfo(platform, patch, 'LocalPackage'), 'C:\\Windows\\Installer\\2.msp')
  assert.equal(patchInfoIn(platform, patch, product, 'machine', 'InstallDate'), '20240101')
  assert.equal(patchInfoIn(platform, patch, product, 'machine', 'State'), '1')
  assert.equal(patchInfoIn(platform, patch, product, 'machine', 'Transforms'), ':new;:#new')
  assert.equal(patchInfoIn(platform, old, product, 'machine', 'DisplayName'), '')
  assert.throws(() => patchInfoIn(platform, old, product, 'machine', 'LocalPackage'), { code: 'ERROR_UNKNOWN_PATCH' })
  assert.throws(() => patchInfoIn(platform, patch, product, 'user', 'State'), { code: 'ERROR_UNKNOWN_PRODUCT' })
  assert.throws(() => patchInfo(platform, patch, 'Colour'), { code: 'ERROR_UNKNOWN_PROPERTY' })
})

test('descriptors name product, feature and component, and end where arguments begin', () => {
  assert.deepEqual(parseDescriptor(`${descriptor} /open`), { productCode: product, feature: 'Main', componentId: component, length: descriptor.length })
  assert.deepEqual(parseDescriptor(`${guidToBase85(product)}<`), { productCode: product, feature: '', componentId: '', length: 21 })
  assert.equal(parseDescriptor(guidToBase85(product)!), undefined)
  assert.equal(parseDescriptor('no descriptor at all'), undefined)
})

test('a qualified component is provided where it is installed, and nowhere else', () => {
  assert.equal(provideQualifiedComponent(machine(), category, 'english'), 'C:\\App\\app.exe')
  assert.equal(provideComponent(machine(), product, '', ''), 'C:\\App\\app.exe')
  assert.throws(() => provideQualifiedComponent(machine('C:\\gone.exe'), category, 'english'), { code: 'ERROR_FILE_NOT_FOUND' })
  assert.throws(() => provideQualifiedComponent(machine(), category, 'german'), { code: 'ERROR_INDEX_ABSENT' })
  assert.throws(() => provideQualifiedComponent(machine(), product, 'english'), { code: 'ERROR_UNKNOWN_COMPONENT' })
  assert.throws(() => provideQualifiedComponent(machine(), category, 'english', patch), { code: 'ERROR_UNKNOWN_PRODUCT' })
  assert.throws(() => provideComponent(machine(), product, 'Other', component), { code: 'ERROR_UNKNOWN_FEATURE' })
})
