import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guidToBase85, packGuid } from '../../base/index.ts'
import { createMemoryPlatform, type RegistryValue } from '../../platform/index.ts'
import { productInfo, productInfoIn } from './product-info.ts'
import { componentClients, componentLocation, componentState, featureState, locateComponent, productState, QueryState, relatedProducts, sharedDllCount } from './product-states.ts'
import {
  addMediaDisk, addSource, clearSources, forgetLastUsedSource, removeMediaDisk, removeSource, setSourceInfo, sourceList, useSource,
} from './source-list.ts'

const product = '{11111111-2222-3333-4444-555555555555}'
const packed = packGuid(product)!
const upgrade = '{AAAAAAAA-2222-3333-4444-555555555555}'
const files = '{00000000-0000-0000-0000-00000000000F}'
const settings = '{00000000-0000-0000-0000-00000000000E}'
const installer = 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer'
const userData = `${installer}\\UserData\\S-1-5-18`
const sz = (data: string): RegistryValue => ({ type: 'REG_SZ', data })

function machine() {
  return createMemoryPlatform({
    files: { 'C:\\App\\app.exe': 'MZ' },
    registry: {
      [`HKLM\\Software\\Classes\\Installer\\Products\\${packed}`]: { ProductName: sz('App'), Version: { type: 'REG_DWORD', data: 0x01020003 }, PackageCode: sz(packGuid(upgrade)!) },
      [`HKLM\\Software\\Classes\\Installer\\Products\\${packed}\\SourceList`]: { PackageName: sz('app.msi'), LastUsedSource: sz('n;2;D:\\second\\') },
      [`HKLM\\Software\\Classes\\Installer\\Products\\${packed}\\SourceList\\Net`]: { 2: sz('D:\\second\\'), 1: sz('D:\\first\\'), 10: sz('D:\\tenth\\') },
      [`HKLM\\Software\\Classes\\Installer\\Products\\${packed}\\SourceList\\Media`]: { 1: sz('DISK1;Insert; it'), DiskPrompt: sz('[1]') },
      [`HKLM\\Software\\Classes\\Installer\\Features\\${packed}`]: { Main: sz(''), Child: sz('Main'), Off: sz('\x06Main') },
      [`HKLM\\Software\\Classes\\Installer\\UpgradeCodes\\${packGuid(upgrade)}`]: { [packed]: sz('') },
      [`${userData}\\Products\\${packed}\\InstallProperties`]: { WindowsInstaller: { type: 'REG_DWORD', data: 1 }, LocalPackage: sz('C:\\Windows\\Installer\\1.msi'), DisplayName: sz('App 1'), EstimatedSize: { type: 'REG_DWORD', data: 4 } },
      [`${userData}\\Products\\${packed}\\Features`]: { Main: sz(`${guidToBase85(files)}${guidToBase85(settings)}`), Child: sz(`${guidToBase85(upgrade)}\x02Main`), Off: sz('\x02Main') },
      [`${userData}\\Components\\${packGuid(files)}`]: { [packed]: sz('C?\\App\\app.exe'), ['0'.repeat(32)]: sz('C:\\App\\app.exe') },
      [`${userData}\\Components\\${packGuid(settings)}`]: { [packed]: sz('02:\\Software\\App\\Version') },
      'HKLM\\Software\\Wow6432Node\\App': { Version: sz('1') },
      'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\SharedDLLs': { 'C:\\App\\app.exe': { type: 'REG_DWORD', data: 2 } },
    },
  })
}

test('a product that is published and installed answers as Windows does', () => {
  const platform = machine()
  assert.equal(productState(platform, product), QueryState.default)
  assert.equal(productState(platform, upgrade), QueryState.unknown)
  assert.equal(productInfo(platform, product, 'InstalledProductName'), 'App 1')
  assert.equal(productInfo(platform, product, 'Version'), '16908291')
  assert.equal(productInfo(platform, product, 'PackageCode'), upgrade)
  assert.equal(productInfo(platform, product, 'HelpLink'), '')
  assert.equal(productInfoIn(platform, product, 'machine', 'State'), '5')
  assert.throws(() => productInfo(platform, product, 'EstimatedSize'), { errno: 1608 })
  assert.throws(() => productInfo(platform, upgrade, 'HelpLink'), { errno: 1605 })
  assert.throws(() => productInfoIn(platform, product, 'user', 'State'), { errno: 1605 })
})

test('states of features follow from the components that are registered', () => {
  const platform = machine()
  assert.equal(featureState(platform, product, 'Main'), QueryState.local)
  assert.equal(featureState(platform, product, 'Child'), QueryState.advertised)
  assert.equal(featureState(platform, product, 'Off'), QueryState.absent)
  assert.equal(featureState(platform, product, 'None'), QueryState.unknown)
})

test('components are where their key paths say, while something is there', () => {
  const platform = machine()
  assert.deepEqual(componentLocation(platform, product, files), { state: QueryState.local, path: 'C:\\App\\app.exe' })
  assert.deepEqual(locateComponent(platform, settings), { state: QueryState.local, path: '02:\\Software\\App\\Version' })
  assert.deepEqual(componentClients(platform, files), [product])
  assert.equal(componentState(platform, product, 'machine', files), QueryState.local)
  assert.throws(() => componentState(platform, product, 'machine', upgrade), { errno: 1607 })
  platform.files.removeFile('C:\\App\\app.exe')
  assert.equal(componentLocation(platform, product, files).state, QueryState.absent)
})

test('sources come in their order, related products by upgrade code, shared files with their count', () => {
  const platform = machine()
  const list = sourceList(platform, product)
  assert.deepEqual(list.network, ['D:\\first\\', 'D:\\second\\', 'D:\\tenth\\'])
  assert.deepEqual([list.packageName, list.lastUsed, list.lastUsedType], ['app.msi', 'D:\\second\\', 'network'])
  assert.deepEqual([...list.media], [[1, { volumeLabel: 'DISK1', prompt: 'Insert; it' }]])
  assert.deepEqual(relatedProducts(platform, upgrade), [product])
  assert.equal(sharedDllCount(platform.registry, 'C:\\APP\\app.exe'), 2)
})

test('sources are added, moved, removed and numbered anew', () => {
  const platform = machine()
  const network = () => sourceList(platform, product).network
  addSource(platform, product, 'network', '\\\\server\\share')
  assert.deepEqual(network(), ['D:\\first\\', 'D:\\second\\', 'D:\\tenth\\', '\\\\server\\share\\'])
  addSource(platform, product, 'network', 'd:\\TENTH\\', 1)
  assert.deepEqual(network(), ['d:\\TENTH\\', 'D:\\first\\', 'D:\\second\\', '\\\\server\\share\\'])
  removeSource(platform, product, 'network', 'D:\\First')
  removeSource(platform, product, 'network', 'D:\\nowhere')
  assert.deepEqual(network(), ['d:\\TENTH\\', 'D:\\second\\', '\\\\server\\share\\'])
  addSource(platform, product, 'url', 'https://example.com/app')
  assert.deepEqual(sourceList(platform, product).urls, ['https://example.com/app/'])
  clearSources(platform, product, ['network', 'url', 'media'])
  assert.deepEqual([network(), sourceList(platform, product).urls, [...sourceList(platform, product).media]], [[], [], []])
  assert.throws(() => addSource(platform, product, 'network', ''), { code: 'ERROR_INVALID_PARAMETER' })
})

test('the source that is used is one of the list, media and names can be set, in one context or another', () => {
  const platform = machine()
  useSource(platform, product, 'url', 'https://example.com/app')
  const { urls, lastUsed, lastUsedType } = sourceList(platform, product, { context: 'machine' })
  assert.deepEqual([urls, lastUsed, lastUsedType], [['https://example.com/app/'], 'https://example.com/app/', 'url'])
  forgetLastUsedSource(platform, product)
  assert.equal(sourceList(platform, product).lastUsedType, undefined)
  addMediaDisk(platform, product, 2, { volumeLabel: 'DISK2', prompt: 'Second' })
  removeMediaDisk(platform, product, 1)
  setSourceInfo(platform, product, 'PackageName', 'other.msi')
  setSourceInfo(platform, product, 'MediaPackagePath', '\\setup')
  const list = sourceList(platform, product)
  assert.deepEqual([[...list.media], list.packageName, list.mediaPackagePath, list.diskPrompt], [[[2, { volumeLabel: 'DISK2', prompt: 'Second' }]], 'other.msi', '\\setup', '[1]'])
  assert.throws(() => { setSourceInfo(platform, product, 'Other', '') }, { code: 'ERROR_UNKNOWN_PROPERTY' })
  assert.throws(() => sourceList(platform, product, { context: 'user' }), { code: 'ERROR_UNKNOWN_PRODUCT' })
  assert.throws(() => sourceList(platform, upgrade, { patch: true }), { code: 'ERROR_UNKNOWN_PATCH' })
})
