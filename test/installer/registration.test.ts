// What each table of a package leaves on the machine: written as registration.md has it, and gone after the removal.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { Component, Feature, PackageBuilder } from 'msikit/authoring'
import { aPackage, type InstallStage } from '../../dist/testing/index.js'
import { libraryWithResource } from './pe-file.ts'
import { typeLibrary } from './type-library.ts'
import { aMachine, changes, registryBelow, snapshotOf } from './machine.js'

const folder = 'C:\\Program Files (x86)\\Example'
const classes = 'HKLM\\Software\\Classes'
const clsid = '{01234567-89AB-CDEF-0123-456789ABCDEF}'
const appId = '{0A0A0A0A-0B0B-0C0C-0D0D-0E0E0E0E0E0E}'

/** Product, feature Main and component; the codes follow from the names of the package. */
const descriptorPattern = /^.{20}Main>.{20}(?= |$)/
const descriptor = '<Darwin descriptor>'

interface Case {
  readonly builder: PackageBuilder
  readonly feature: Feature
  /** With app.exe as its key path. */
  readonly component: Component
}

function aCase(platform: 'Intel' | 'x64' = 'Intel'): Case {
  const builder = aPackage({ platform })
  const feature = builder.feature('Main')
  const component = feature.file(builder.folder(platform === 'x64' ? 'ProgramFiles64Folder\\Example' : 'ProgramFilesFolder\\Example', { key: 'INSTALLDIR' }), 'app.exe', 'MZ', { key: 'app', version: '1.0.0.0' })
  return { builder, feature, component }
}

type Expected = Readonly<Record<string, unknown>>

/** Installs, compares what stands below a key, removes, and compares the machine with what it was. */
async function check({ builder }: Case, key: string, expected: Expected, { ignore = /^$/ }: { ignore?: RegExp } = {}): Promise<InstallStage> {
  const stage = aMachine()
  const path = stage.add(builder)
  const before = snapshotOf(stage)
  const found = (): Expected => Object.fromEntries(Object.entries(registryBelow(stage, key)).filter(([name]) => !ignore.test(name))
    .map(([name, data]) => [name, Array.isArray(data) ? data.map((text: string) => text.replace(descriptorPattern, descriptor)) : data]))
  const result = await stage.install(path)
  assert.equal(result.exitCode, 0, result.error?.message)
  assert.deepEqual(found(), expected)
  // A second time, as a repair does: nothing is counted or added twice.
  assert.equal((await stage.configure('Example', { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'amus' } })).exitCode, 0)
  assert.deepEqual(found(), expected, 'after a repair')
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.deepEqual(changes(before, stage), [])
  return stage
}

/** What is below HKCR after the installation, apart from what the installer keeps there for itself. */
function checkClasses(one: Case, expected: Expected): Promise<InstallStage> {
  return check(one, classes, expected, { ignore: /^Installer\\/ })
}

test('a COM class has its server, ProgIDs, handler, masks and AppID', async () => {
  const one = aCase()
  one.builder
    .row('Class', { CLSID: clsid, Context: 'LocalServer32', Component_: one.component.key, ProgId_Default: 'Example.Thing.1', Description: 'A thing', AppId_: appId, FileTypeMask: '0,4,FFFFFFFF,ABCD0100;4,2,FFFF,1234', DefInprocHandler: '2', Argument: '/automation', Feature_: 'Main' })
    .row('ProgId', { ProgId: 'Example.Thing.1', Class_: clsid, Description: 'A thing of Example' })
    .row('ProgId', { ProgId: 'Example.Thing', ProgId_Parent: 'Example.Thing.1', Description: 'Some thing of Example' })
    .row('AppId', { AppId: appId, RemoteServerName: 'far', LocalService: 'svc', ServiceParameters: '-s', DllSurrogate: '', ActivateAtStorage: 1, RunAsInteractiveUser: 1 })
  const key = `Wow6432Node\\CLSID\\${clsid}`
  await checkClasses(one, {
    [`${key} → `]: 'A thing',
    [`${key} → AppID`]: appId,
    [`${key}\\LocalServer32 → `]: `${folder}\\app.exe /automation`, [`${key}\\LocalServer32 → LocalServer32`]: [descriptor],
    [`${key}\\ProgID → `]: 'Example.Thing.1',
    [`${key}\\VersionIndependentProgID → `]: 'Example.Thing',
    [`${key}\\InprocHandler32 → `]: 'ole32.dll',
    [`FileType\\${clsid}\\0 → `]: '0,4,FFFFFFFF,ABCD0100',
    [`FileType\\${clsid}\\1 → `]: '4,2,FFFF,1234',
    [`AppID\\${appId} → `]: 'A thing',
    [`AppID\\${appId} → RemoteServerName`]: 'far', [`AppID\\${appId} → LocalService`]: 'svc', [`AppID\\${appId} → ServiceParameters`]: '-s',
    [`AppID\\${appId} → ActivateAtStorage`]: 'Y', [`AppID\\${appId} → RunAs`]: 'Interactive User',
    'Example.Thing.1 → ': 'A thing of Example', 'Example.Thing.1\\CLSID → ': clsid,
    'Example.Thing → ': 'Some thing of Example', 'Example.Thing\\CLSID → ': clsid, 'Example.Thing\\CurVer → ': 'Example.Thing.1',
  })
})

test('a class in two contexts has one key with two servers, and a 64-bit one has no part in the 32-bit view', async () => {
  const one = aCase('x64')
  for (const Context of ['InprocServer32', 'LocalServer32']) {
    one.builder.row('Class', { CLSID: clsid, Context, Component_: one.component.key, Description: 'A thing', Feature_: 'Main', Attributes: Context === 'InprocServer32' ? 1 : 0, Icon_: 'thing.exe', IconIndex: 2 })
  }
  const plain = '{0A0B0C0D-0000-4000-8000-0000000000AA}'
  one.builder.row('Class', { CLSID: plain, Context: 'LocalServer32', Component_: one.component.key, Feature_: 'Main' })
  one.builder.icon('thing.exe', 'icons')
  await checkClasses(one, {
    [`CLSID\\${plain}\\LocalServer32 → `]: 'C:\\Program Files\\Example\\app.exe', [`CLSID\\${plain}\\LocalServer32 → LocalServer32`]: [descriptor],
    [`CLSID\\${clsid} → `]: 'A thing',
    [`CLSID\\${clsid}\\InprocServer32 → `]: 'app.exe', [`CLSID\\${clsid}\\InprocServer32 → InprocServer32`]: [descriptor],
    [`CLSID\\${clsid}\\LocalServer32 → `]: 'C:\\Program Files\\Example\\app.exe', [`CLSID\\${clsid}\\LocalServer32 → LocalServer32`]: [descriptor],
    [`CLSID\\${clsid}\\DefaultIcon → `]: `C:\\Windows\\Installer\\${one.builder.product.productCode}\\thing.exe,2`,
  })
})

test('an extension has its ProgId, verbs with commands and a default, and its MIME type', async () => {
  const one = aCase()
  one.builder
    .row('Extension', { Extension: 'exm', Component_: one.component.key, ProgId_: 'Example.Document', MIME_: 'application/x-example', Feature_: 'Main' })
    .row('ProgId', { ProgId: 'Example.Document', Description: 'Example document' })
    .row('Verb', { Extension_: 'exm', Verb: 'print', Sequence: 2, Command: '&Print', Argument: '/p "%1"' })
    .row('Verb', { Extension_: 'exm', Verb: 'open', Sequence: 1, Command: '&Open [ProductName]', Argument: '"%1"' })
    .row('MIME', { ContentType: 'application/x-example', Extension_: 'exm' })
  await checkClasses(one, {
    '.exm → ': 'Example.Document', '.exm → Content Type': 'application/x-example',
    'Example.Document → ': 'Example document',
    'Example.Document\\shell → ': 'open',
    'Example.Document\\shell\\open → ': '&Open Example', 'Example.Document\\shell\\open\\command → ': `"${folder}\\app.exe" "%1"`, 'Example.Document\\shell\\open\\command → command': [`${descriptor} "%1"`],
    'Example.Document\\shell\\print → ': '&Print', 'Example.Document\\shell\\print\\command → ': `"${folder}\\app.exe" /p "%1"`, 'Example.Document\\shell\\print\\command → command': [`${descriptor} /p "%1"`],
    'MIME\\Database\\Content Type\\application/x-example → Extension': '.exm',
  })
})

test('what others keep below an extension stays, and so does a ProgId that took its place', async () => {
  const one = aCase()
  one.builder
    .row('Extension', { Extension: 'txt', Component_: one.component.key, ProgId_: 'Example.Text', Feature_: 'Main' })
    .row('ProgId', { ProgId: 'Example.Text', Description: 'Example text' })
    .row('Verb', { Extension_: 'txt', Verb: 'open', Sequence: 1, Command: '', Argument: '"%1"' })
  const stage = aMachine({ registry: { [`${classes}\\.txt\\OpenWithProgids`]: { 'Other.Text': { type: 'REG_SZ', data: '' } }, [`${classes}\\.txt`]: { PerceivedType: { type: 'REG_SZ', data: 'text' } } } })
  await stage.install(stage.add(one.builder))
  stage.platform.registry.setValue(`${classes}\\.txt`, '', { type: 'REG_SZ', data: 'Other.Text' })
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.deepEqual(registryBelow(stage, `${classes}\\.txt`), { ' → ': 'Other.Text', ' → PerceivedType': 'text', 'OpenWithProgids → Other.Text': '' })
})

test('fonts are registered by name in the Fonts folder, by path elsewhere', async () => {
  const one = aCase()
  one.feature.file(one.builder.folder('FontsFolder'), 'example.ttf', 'font', { key: 'font1' }).row('Font', { File_: 'font1', FontTitle: 'Example Sans (TrueType)' })
  one.feature.file(one.component.folder, 'other.fon', 'font', { key: 'font2' }).row('Font', { File_: 'font2', FontTitle: 'Other 10,12' })
  await check(one, 'HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Fonts', {
    ' → Example Sans (TrueType)': 'example.ttf', ' → Other 10,12': `${folder}\\other.fon`,
  })
})

test('a font without a title is registered by the name in its file', async () => {
  const one = aCase()
  one.feature.file(one.builder.folder('FontsFolder'), 'example.ttf', fontFile('Example Serif'), { key: 'font1' }).row('Font', { File_: 'font1', FontTitle: null })
  one.feature.file(one.builder.folder('FontsFolder'), 'broken.ttf', 'font', { key: 'font2' }).row('Font', { File_: 'font2', FontTitle: null })
  const stage = await check(one, 'HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Fonts', {
    ' → Example Serif (TrueType)': 'example.ttf', ' → broken': 'broken.ttf',
  })
  assert.ok(stage.log.some((line) => line.includes('broken.ttf has no title')))
})

/** The least of a TrueType font: a name table with a full name. */
function fontFile(name: string): Uint8Array {
  const bytes = new Uint8Array(28 + 6 + 12 + 2 * name.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x10000)
  view.setUint16(4, 1)
  bytes.set(new TextEncoder().encode('name'), 12)
  view.setUint32(20, 28)
  view.setUint32(24, bytes.length - 28)
  view.setUint16(30, 1)
  view.setUint16(32, 18)
  for (const [index, value] of [3, 1, 0x409, 4, 2 * name.length, 0].entries()) view.setUint16(34 + 2 * index, value)
  for (let index = 0; index < name.length; index++) view.setUint16(46 + 2 * index, name.charCodeAt(index))
  return bytes
}

test('tables that are left alone are named in the log', async () => {
  const one = aCase()
  one.builder.row('LockPermissions', { LockObject: 'app', Table: 'File', Domain: null, User: 'Everyone', Permission: 1 })
  const stage = aMachine()
  assert.equal((await stage.install(stage.add(one.builder))).exitCode, 0)
  assert.ok(stage.log.some((line) => line.includes('1 row(s) of LockPermissions left alone')))
})

test('a type library is registered per machine by version, language and platform', async () => {
  const one = aCase()
  const component = one.feature.file(one.builder.folder('ProgramFilesFolder\\Example\\Lib', { key: 'LIBDIR' }), 'lib.tlb', typeLibrary('', 0, []), { key: 'lib' })
  component.row('TypeLib', { LibID: clsid, Language: 1033, Version: 0x10a02, Description: 'Example library', Directory_: 'INSTALLDIR', Feature_: 'Main' })
  await checkClasses(one, {
    [`TypeLib\\${clsid}\\10a.2 → `]: 'Example library', [`TypeLib\\${clsid}\\10a.2\\FLAGS → `]: '0',
    [`TypeLib\\${clsid}\\10a.2\\HELPDIR → `]: `${folder}\\`, [`TypeLib\\${clsid}\\10a.2\\409\\win32 → `]: `${folder}\\Lib\\lib.tlb`,
  })
})

test('a file that is no type library ends the installation: 1911', async () => {
  const one = aCase()
  one.component.row('TypeLib', { LibID: clsid, Language: 1033, Version: 0x100, Description: 'None', Feature_: 'Main' })
  const stage = aMachine()
  const path = stage.add(one.builder)
  const before = snapshotOf(stage)
  const { exitCode, error } = await stage.install(path)
  assert.deepEqual([exitCode, error?.messageNumber], [1603, 1911])
  assert.deepEqual(changes(before, stage), [])
})

const libraryId = '{0B0C0D0E-0000-4000-8000-000000000001}'
const iids = { dual: '{0B0C0D0E-0000-4000-8000-000000000002}', events: '{0B0C0D0E-0000-4000-8000-000000000003}', own: '{0B0C0D0E-0000-4000-8000-000000000004}', plain: '{0B0C0D0E-0000-4000-8000-000000000005}' } as const

const automationProxy = '{00020424-0000-0000-C000-000000000046}'
const dispatchProxy = '{00020420-0000-0000-C000-000000000046}'

for (const [form, wrap] of [['a file', (bytes: Uint8Array) => bytes], ['the resource of a library', (bytes: Uint8Array) => libraryWithResource('TYPELIB', bytes)]] as const) {
  test(`the interfaces of a type library are registered, when ${form} has it, but those that are marshalled otherwise`, async () => {
    const one = aCase()
    const library = typeLibrary('Its own words', 2, [
      { name: 'IDual', iid: iids.dual, kind: 'dispatch', flags: 0x1140 }, { name: '_Events', iid: iids.events, kind: 'dispatch', flags: 0x1000 },
      { name: 'IOwn', iid: iids.own, kind: 'interface', flags: 0x100 }, { name: 'IPlain', iid: iids.plain, kind: 'interface', flags: 0 },
    ])
    const component = one.feature.file(one.builder.folder('ProgramFilesFolder\\Example\\Lib', { key: 'LIBDIR' }), 'lib.tlb', wrap(library), { key: 'lib' })
    component.row('TypeLib', { LibID: libraryId, Language: 0, Version: 0x100, Description: 'From the table', Feature_: 'Main' })
    component.registry('HKCR', `Interface\\${iids.own}\\ProxyStubClsid32`, '', clsid).registry('HKCR', `Interface\\${iids.dual}\\NumMethods`, '', '12')
    const registered = (iid: string, name: string, proxy: string, view = ''): Expected => {
      const key = `${view}Interface\\${iid}`
      return { [`${key} → `]: name, [`${key}\\ProxyStubClsid → `]: proxy, [`${key}\\ProxyStubClsid32 → `]: proxy, [`${key}\\TypeLib → `]: libraryId, [`${key}\\TypeLib → Version`]: '1.0' }
    }
    await checkClasses(one, {
      [`TypeLib\\${libraryId}\\1.0 → `]: 'Its own words', [`TypeLib\\${libraryId}\\1.0\\FLAGS → `]: '2', [`TypeLib\\${libraryId}\\1.0\\0\\win32 → `]: `${folder}\\Lib\\lib.tlb`,
      [`TypeLib\\${libraryId}\\1.0\\HELPDIR → `]: `${folder}\\Lib`,
      ...registered(iids.dual, 'IDual', automationProxy), ...registered(iids.dual, 'IDual', automationProxy, 'Wow6432Node\\'), [`Wow6432Node\\Interface\\${iids.dual}\\NumMethods → `]: '12',
      ...registered(iids.events, '_Events', dispatchProxy), ...registered(iids.events, '_Events', dispatchProxy, 'Wow6432Node\\'), ...registered(iids.own, 'IOwn', automationProxy),
      [`Wow6432Node\\Interface\\${iids.own}\\ProxyStubClsid32 → `]: clsid,
    })
  })
}

test('a service has its whole configuration, and goes with its ServiceControl row', async () => {
  const one = aCase()
  one.component.service('ExampleSvc', { displayName: 'Example service', description: 'Serves [ProductName]', start: 'auto', dependencies: ['RpcSs', '+Network'], account: 'NT AUTHORITY\\LocalService', password: 'hunter2', arguments: '--name "[ProductName]"', errorControl: 'normal', loadOrderGroup: 'Group' })
  const stage = await check(one, 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\ExampleSvc', {
    ' → Type': 0x10, ' → Start': 2, ' → ErrorControl': 1, ' → ImagePath': `"${folder}\\app.exe" --name "Example"`, ' → DisplayName': 'Example service',
    ' → Description': 'Serves Example', ' → DependOnService': ['RpcSs'], ' → DependOnGroup': ['Network'], ' → Group': 'Group', ' → ObjectName': 'NT AUTHORITY\\LocalService',
  })
  assert.ok(!stage.log.some((line) => line.includes('hunter2')))
})

test('environment variables are set, created, extended at either end, and given back', async () => {
  const one = aCase()
  const { component } = one
  component.environment('EXAMPLE_HOME', '[INSTALLDIR]')
  component.environment('PATH', '[INSTALLDIR]bin', { part: 'last' })
  component.environment('PATHEXT', '.EXM', { part: 'first' })
  component.environment('OS', 'other', { action: 'create' })
  component.environment('EXAMPLE_EXPANDED', '%SystemRoot%\\x')
  component.environment('GONE', null, { action: 'remove' })
  component.row('Environment', { Environment: 'bare', Name: '*-EXAMPLE_BARE', Value: 'bare', Component_: component.key })
  component.row('Environment', { Environment: 'blank', Name: '*-EXAMPLE_BLANK', Value: null, Component_: component.key })
  const key = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment'
  const stage = aMachine({ registry: { [key]: { GONE: { type: 'REG_SZ', data: 'x' }, EXAMPLE_BLANK: { type: 'REG_SZ', data: 'x' } } } })
  const original = registryBelow(stage, key)
  assert.equal((await stage.install(stage.add(one.builder))).exitCode, 0)
  const expected: Record<string, unknown> = {
    ...original, ' → EXAMPLE_HOME': `${folder}\\`, ' → Path': `${String(original[' → Path'])};${folder}\\bin`, ' → PATHEXT': `.EXM;${String(original[' → PATHEXT'])}`,
    ' → EXAMPLE_EXPANDED': '%SystemRoot%\\x', ' → EXAMPLE_BARE': 'bare',
  }
  delete expected[' → GONE']
  assert.deepEqual(registryBelow(stage, key), expected)
  assert.equal(stage.platform.registry.value(key, 'EXAMPLE_EXPANDED')?.type, 'REG_EXPAND_SZ')
  assert.equal(stage.platform.registry.value(key, 'Path')?.type, 'REG_EXPAND_SZ')
  assert.equal((await stage.configure('Example', { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'amus' } })).exitCode, 0)
  assert.deepEqual(registryBelow(stage, key), expected)
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  for (const name of ['GONE', 'EXAMPLE_BLANK']) delete original[` → ${name}`]
  assert.deepEqual(registryBelow(stage, key), original)
})

test('INI values are written, kept when asked to, added to lists, and taken out again', async () => {
  const one = aCase()
  const { component } = one
  component.iniValue('example.ini', 'Main', 'Path', '[INSTALLDIR]')
  component.iniValue('example.ini', 'Main', 'Kept', 'new', { action: 1 })
  component.iniValue('example.ini', 'Lists', 'Tags', 'two', { action: 3 })
  component.iniValue('fresh.ini', 'New', 'Key', 'value')
  component.row('RemoveIniFile', { RemoveIniFile: 'r1', FileName: 'example.ini', DirProperty: 'INSTALLDIR', Section: 'Old', Key: 'Line', Value: null, Action: 2 })
  const stage = aMachine({ files: { [`${folder}\\example.ini`]: '; mine\r\n[main]\r\nKept=old\r\nOther=1\r\n\r\n[Lists]\r\nTags=one\r\n[Old]\r\nLine=x\r\nStays=y\r\n' } })
  assert.equal((await stage.install(stage.add(one.builder))).exitCode, 0)
  assert.equal(stage.text(`${folder}\\example.ini`), `; mine\r\n[main]\r\nKept=old\r\nOther=1\r\nPath=${folder}\\\r\n\r\n[Lists]\r\nTags=one,two\r\n[Old]\r\nStays=y\r\n`)
  assert.equal(stage.text(`${folder}\\fresh.ini`), '[New]\r\nKey=value\r\n')
  assert.equal((await stage.configure('Example', { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'amus' } })).exitCode, 0)
  assert.match(stage.text(`${folder}\\example.ini`)!, /Tags=one,two\r\n/)
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.equal(stage.text(`${folder}\\example.ini`)!.includes('Path='), false)
  assert.match(stage.text(`${folder}\\example.ini`)!, /^; mine\r\n\[main\]\r\n[^]*Other=1\r\n[^]*\[Lists\]\r\nTags=one\r\n\[Old\]\r\nStays=y\r\n$/)
})

test('ODBC drivers, translators and data sources stand where ODBC looks for them', async () => {
  const one = aCase()
  const file = (name: string, key: string): Component => one.feature.file(one.component.folder, name, name, { key })
  file('drv.dll', 'drv').row('ODBCDriver', { Driver: 'd1', Description: 'Example Driver', File_: 'drv', File_Setup: 'drv' })
  one.builder.row('ODBCAttribute', { Driver_: 'd1', Attribute: 'APILevel', Value: '2' })
  file('trn.dll', 'trn').row('ODBCTranslator', { Translator: 't1', Description: 'Example Translator', File_: 'trn' })
  one.component.row('ODBCDataSource', { DataSource: 's1', Description: 'Example Data', DriverDescription: 'Example Driver', Registration: 0 })
  one.component.row('ODBCDataSource', { DataSource: 's2', Description: 'My Data', DriverDescription: 'Example Driver', Registration: 1 })
  one.builder.row('ODBCSourceAttribute', { DataSource_: 's1', Attribute: 'Database', Value: '[INSTALLDIR]data' })
  await check(one, 'HKLM\\Software\\Wow6432Node\\ODBC', {
    'ODBCINST.INI\\ODBC Drivers → Example Driver': 'Installed', 'ODBCINST.INI\\ODBC Translators → Example Translator': 'Installed',
    'ODBCINST.INI\\Example Driver → Driver': `${folder}\\drv.dll`, 'ODBCINST.INI\\Example Driver → Setup': `${folder}\\drv.dll`, 'ODBCINST.INI\\Example Driver → APILevel': '2',
    'ODBCINST.INI\\Example Translator → Translator': `${folder}\\trn.dll`, 'ODBCINST.INI\\Example Driver → UsageCount': 1, 'ODBCINST.INI\\Example Translator → UsageCount': 1,
    'ODBC.INI\\ODBC Data Sources → Example Data': 'Example Driver', 'ODBC.INI\\Example Data → Driver': `${folder}\\drv.dll`, 'ODBC.INI\\Example Data → Database': `${folder}\\data`,
  })
})

test('registry values have the types that their prefixes say, below the right roots', async () => {
  const one = aCase()
  one.component
    .registry('HKLM', 'Software\\Example', 'Text', '[ProductName] [\\[]x[\\]]').registry('HKLM', 'Software\\Example', 'Hash', '#literal')
    .registry('HKLM', 'Software\\Example', 'Number', -1).registry('HKLM', 'Software\\Example', 'Bytes', Uint8Array.of(1, 0xab))
    .registry('HKLM', 'Software\\Example', 'List', ['a', '', 'b']).registry('HKLM', 'Software\\Example', 'Path', { expand: '%SystemRoot%\\x' })
    .registry('HKLM', 'Software\\Example', null, 'default').registry('HKLM', 'Software\\Example\\Tree', '*', null)
    .registry('HKMU', 'Software\\Example2', 'Where', 'machine').registry('HKCR', 'Example.Root', null, 'class')
    .registry('HKCU', 'Example Own\\Deep', 'below the hive itself', 'x')
  const stage = await check(one, 'HKLM\\Software\\Wow6432Node\\Example', {
    ' → Text': 'Example [x]', ' → Hash': '#literal', ' → Number': 0xffffffff, ' → Bytes': '01ab', ' → List': ['a', '', 'b'], ' → Path': '%SystemRoot%\\x', ' → ': 'default',
  })
  assert.equal(stage.platform.registry.keyExists('HKLM\\Software\\Wow6432Node\\Example'), false)
})

test('a file has a path in formatted text, chosen or not, unless its condition keeps it away', async () => {
  const one = aCase()
  one.feature.component(one.component.folder, { condition: 'NEVER' }).file('away.txt', 'a', { key: 'away' })
  one.builder.feature('Other', { level: 200 }).component(one.component.folder).file('other.txt', 'o', { key: 'other' })
  one.component.registry('HKLM', 'Software\\Example', 'Files', '[#app]|[#other]|[#away]|[1]')
  await check(one, 'HKLM\\Software\\Wow6432Node\\Example', { ' → Files': `${folder}\\app.exe|${folder}\\other.txt||` })
})

test('lists in the registry are added to in front and behind, and others\' strings stay after the removal', async () => {
  const one = aCase()
  const key = 'HKLM\\Software\\Wow6432Node\\Shared'
  one.component.registry('HKLM', 'Software\\Shared', 'Front', { prepend: ['x', 'y'] }).registry('HKLM', 'Software\\Shared', 'Back', { append: ['x', 'b'] })
  const stage = aMachine({ registry: { [key]: { Front: { type: 'REG_MULTI_SZ', data: ['a', 'b'] }, Back: { type: 'REG_MULTI_SZ', data: ['a', 'b'] } } } })
  assert.equal((await stage.install(stage.add(one.builder))).exitCode, 0)
  assert.deepEqual(registryBelow(stage, key), { ' → Front': ['x', 'y', 'a', 'b'], ' → Back': ['a', 'x', 'b'] })
})

test('RemoveRegistry removes on installation, and a removal leaves a key that holds something else', async () => {
  const one = aCase()
  const key = 'HKLM\\Software\\Wow6432Node\\Example'
  one.component.registry('HKLM', 'Software\\Example\\Made', '+', null).removeRegistry('HKLM', 'Software\\Example\\Old').removeRegistry('HKLM', 'Software\\Example', 'Stale').removeRegistry('HKLM', 'Software\\Last', 'Value').registry('HKLM', 'Software\\Example', 'Mine', '1')
  const stage = aMachine({ registry: { [`${key}\\Old\\Deep`]: { x: { type: 'REG_SZ', data: '1' } }, [key]: { Stale: { type: 'REG_SZ', data: '1' }, Other: { type: 'REG_SZ', data: '2' } }, 'HKLM\\Software\\Wow6432Node\\Last': { Value: { type: 'REG_SZ', data: '1' } } } })
  assert.equal((await stage.install(stage.add(one.builder))).exitCode, 0)
  assert.deepEqual(registryBelow(stage, key), { ' → Other': '2', ' → Mine': '1' })
  assert.equal(stage.platform.registry.keyExists(`${key}\\Old`), false)
  assert.equal(stage.platform.registry.keyExists('HKLM\\Software\\Wow6432Node\\Last'), false, 'a key goes with its last value')
  assert.ok(stage.platform.registry.keyExists(`${key}\\Made`))
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.deepEqual(registryBelow(stage, key), { ' → Other': '2' })
  assert.ok(stage.platform.registry.keyExists(`${key}\\Made`), 'what + makes is not taken back')
})

test('qualified components are published with descriptor and text, and taken back', async () => {
  const one = aCase()
  const category = '{ABCDEF01-2345-6789-ABCD-EF0123456789}'
  one.component.row('PublishComponent', { ComponentId: category, Qualifier: 'en', AppData: 'English', Feature_: 'Main' })
  const stage = aMachine()
  const path = stage.add(one.builder)
  const before = snapshotOf(stage)
  assert.equal((await stage.install(path)).exitCode, 0)
  const published = registryBelow(stage, `${classes}\\Installer\\Components`)
  assert.deepEqual(Object.keys(published), ['10FEDCBA54329876BADCFE1032547698 → en'])
  assert.match(String(Object.values(published)[0]), /^.{20}Main>.{20}English$/)
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.deepEqual(changes(before, stage), [])
})
