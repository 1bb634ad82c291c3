// Tables and actions that few packages have: each does what the page on compatibility says, or tells that it does not.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { Component, PackageBuilder } from 'msikit/authoring'
import { aPackage, type InstallStage } from '../../dist/testing/index.js'
import { aMachine, changes, snapshotOf } from './machine.js'

const folder = 'C:\\Program Files (x86)\\Example'

function example(name = 'Example'): { builder: PackageBuilder; component: Component } {
  const builder = aPackage({ name })
  const component = builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder(name, { key: 'INSTALLDIR' }), 'app.exe', 'MZ', { key: 'app', component: { key: 'main', guid: '{0F0F0F0F-1111-2222-3333-444444444444}' } })
  return { builder, component }
}

const logged = (stage: InstallStage, part: string): boolean => stage.log.some((line) => line.includes(part))

test('what only a running Windows can do, or what no Windows does any more, is told by the number of rows, and the rest is installed', async () => {
  const { builder } = example()
  builder.row('BindImage', { File_: 'app', Path: null }).row('Complus', { Component_: 'main', ExpType: null })
    .row('MsiEmbeddedUI', { MsiEmbeddedUI: 'ui', FileName: 'ui.dll', Attributes: 1, MessageFilter: null, Data: Uint8Array.of(77, 90) })
    .row('MsiEmbeddedChainer', { MsiEmbeddedChainer: 'chain', Condition: null, CommandLine: null, Source: 'app', Type: 2 })
    .row('SFPCatalog', { SFPCatalog: 'old.cat', Catalog: Uint8Array.of(1), Dependency: null })
  builder.schedule('InstallSFPCatalogFile', { at: { after: 'InstallFiles' } }).schedule('AllocateRegistrySpace', { at: { after: 'InstallInitialize' } })
  const stage = aMachine()
  const path = stage.add(builder)
  const before = snapshotOf(stage)
  assert.equal((await stage.install(path)).exitCode, 0)
  for (const table of ['BindImage', 'Complus', 'MsiEmbeddedUI', 'MsiEmbeddedChainer', 'SFPCatalog']) assert.ok(logged(stage, `1 row(s) of ${table} left alone`), table)
  assert.equal(stage.text(`${folder}\\app.exe`), 'MZ')
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.deepEqual(changes(before, stage), [])
})

test('CompLocator finds what another product has installed, as a folder and as a file', async () => {
  const stage = aMachine()
  assert.equal((await stage.install(stage.add(example().builder, 'first.msi'))).exitCode, 0)
  const { builder } = example('Second')
  const componentId = '{0F0F0F0F-1111-2222-3333-444444444444}'
  builder.row('CompLocator', { Signature_: 'there', ComponentId: componentId, Type: 1 }).row('AppSearch', { Property: 'FOLDER', Signature_: 'there' })
    .row('CompLocator', { Signature_: 'file', ComponentId: componentId, Type: 1 }).row('Signature', { Signature: 'file', FileName: 'app.exe' }).row('AppSearch', { Property: 'FILE', Signature_: 'file' })
    .row('CompLocator', { Signature_: 'nowhere', ComponentId: '{0E0E0E0E-1111-2222-3333-444444444444}', Type: 0 }).row('AppSearch', { Property: 'NOTHING', Signature_: 'nowhere' })
  assert.equal((await stage.install(stage.add(builder, 'second.msi'))).exitCode, 0)
  assert.deepEqual(['FOLDER', 'FILE', 'NOTHING'].map((name) => stage.property(name)), [`${folder}\\`, `${folder}\\app.exe`, undefined])
})

function search(signature: string): PackageBuilder {
  const { builder } = example('Second')
  builder.row('CCPSearch', { Signature_: signature }).row('RegLocator', { Signature_: 'value', Root: 2, Key: 'Software\\Old', Name: 'Version', Type: 2 })
    .row('DrLocator', { Signature_: 'disk', Parent: null, Path: '\\old', Depth: 0 }).row('Signature', { Signature: 'disk', FileName: 'old.exe' })
  return builder.launchCondition('CCP_Success = "1" OR Installed', 'Nothing to upgrade from')
}

test('a product that qualifies for an upgrade is found on the machine, or on the drive that is named', async () => {
  const codes: number[] = []
  for (const [signature, properties, registry] of [['value', {}, {}], ['value', {}, { 'HKLM\\Software\\Wow6432Node\\Old': { Version: { type: 'REG_SZ', data: '1' } } }], ['disk', { MEDIA: '1' }, {}], ['disk', { MEDIA: '1', CCP_DRIVE: 'D:\\' }, {}]] as const) {
    const stage = aMachine({ registry, files: { 'D:\\old\\old.exe': 'MZ' } })
    // The condition has to come after the searches.
    const builder = search(signature)
    builder.schedule('LaunchConditions', { at: { after: 'RMCCPSearch' } }).schedule('CCPSearch', { at: { before: 'RMCCPSearch' }, condition: 'NOT MEDIA' })
    codes.push((await stage.install(stage.add(builder), { properties })).exitCode)
  }
  assert.deepEqual(codes, [1603, 0, 1603, 0])
})

test('an ODBC driver that is there already is brought up to date where it is', async () => {
  const { builder, component } = example()
  component.row('ODBCDriver', { Driver: 'd', Description: 'Example Driver', File_: 'app', File_Setup: null })
  const stage = aMachine({
    files: { 'C:\\Drivers\\app.exe': 'old' }, registry: { 'HKLM\\Software\\Wow6432Node\\ODBC\\ODBCINST.INI\\Example Driver': { Driver: { type: 'REG_SZ', data: 'C:\\Drivers\\app.exe' } } },
  })
  assert.equal((await stage.install(stage.add(builder), { properties: { REINSTALLMODE: 'amus' } })).exitCode, 0)
  assert.deepEqual([stage.text('C:\\Drivers\\app.exe'), stage.text(`${folder}\\app.exe`)], ['MZ', undefined])
})

test('what ReserveCost sets aside has to fit on the disk', async () => {
  const codes: number[] = []
  for (const bytes of [1000, 2_000_000_000]) {
    const { builder } = example()
    builder.row('ReserveCost', { ReserveKey: 'r', Component_: 'main', ReserveFolder: 'INSTALLDIR', ReserveLocal: bytes, ReserveSource: 0 })
    const stage = aMachine({ drives: { 'C:': { capacityBytes: 1_000_000_000 }, 'D:': {} } })
    codes.push((await stage.install(stage.add(builder))).exitCode)
  }
  assert.deepEqual(codes, [0, 1603])
})
