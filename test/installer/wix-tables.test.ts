// Tables of WiX whose libraries need a running Windows: what msikit makes of them, and that it goes away again.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { callLibrary, setProperty, type Component, type PackageBuilder } from 'msikit/authoring'
import type { ForeignRunner } from 'msikit/engine'
import { readShellLink } from 'msikit/shell-link'
import { aPackage, anInstallStage, type InstallStage } from '../../dist/testing/index.js'

const folder = 'C:\\Program Files (x86)\\Example\\'
const config = '<?xml version="1.0" encoding="utf-8"?>\r\n<!-- kept -->\r\n<configuration>\r\n\t<add key="a" value="1"/>\r\n\t<add key="b"/>\r\n</configuration>\r\n'
const xmlColumns = 'File l255; ElementPath l0; Name L255; Value L0; Flags i4; Component_ s72; Sequence I2'

interface Example {
  readonly builder: PackageBuilder
  readonly component: Component
  /** Immediate, and the deferred ones of the same library. */
  schedule(entryPoint: string, after: string | number, ...deferred: string[]): void
}

function example(): Example {
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  const component = builder.feature('Main').component(place, { key: 'main' }).file('app.config', config, { key: 'config' })
  builder.binary('WixCA', 'MZ a library of Windows')
  return {
    builder, component,
    schedule(entryPoint, after, ...deferred) {
      builder.customAction(entryPoint, callLibrary({ binary: 'WixCA' }, entryPoint), { at: typeof after === 'number' ? after : { after } })
      for (const name of deferred) builder.customAction(name, callLibrary({ binary: 'WixCA' }, name, { execution: name.includes('Rollback') ? 'rollback' : 'deferred', impersonate: false }))
    },
  }
}

const productCode = (stage: InstallStage): string => stage.property('ProductCode')!
const logged = (stage: InstallStage, part: string): boolean => stage.log.some((line) => line.includes(part))

async function installed(made: Example, stage = anInstallStage()): Promise<InstallStage> {
  const result = await stage.install(stage.add(made.builder))
  assert.equal(result.exitCode, 0, stage.log.filter((line) => /rror/.test(line)).join('\n'))
  return stage
}

for (const version of ['WiX 3', 'WiX 4'] as const) {
  const prefix = version === 'WiX 3' ? '' : 'Wix4'
  test(`${version}: XmlFile changes a file that the same installation brings, in the order of Sequence, and keeps the rest`, async () => {
    const made = example()
    made.schedule('SchedXmlFile', 4211, 'ExecXmlFile', 'ExecXmlFileRollback')
    made.builder.property('LEVEL', '<7>')
    const file = '[#config]'
    made.builder.table(`${prefix}XmlFile`, `XmlFile* s72; ${xmlColumns}`, [
      ['late', file, '/configuration/new', 'text', '[LEVEL]', 0x1_0000 | 0x100, 'main', 2],
      ['first', file, '/configuration', 'new', null, 0x1 | 0x100, 'main', 1],
      ['pattern', file, "//add[\\[]@key='b'[\\]]", 'value', '2', 0, 'main', 1],
      ['bulk', file, '/configuration/add', 'seen', 'yes', 0x4 | 0x100, 'main', 3],
      ['gone', file, '/configuration/add[\\[]1[\\]]', 'value', null, 0x2 | 0x100, 'main', 3],
    ])
    const stage = await installed(made)
    assert.equal(stage.text(`${folder}app.config`), '<?xml version="1.0" encoding="utf-8"?>\r\n<!-- kept -->\r\n<configuration>\r\n\t<add key="a" seen="yes"/>\r\n\t<add key="b" value="2" seen="yes"/>\r\n<new text="&lt;7&gt;"/></configuration>\r\n')
    assert.equal((await stage.uninstall(productCode(stage))).exitCode, 0)
    assert.equal(stage.text(`${folder}app.config`), undefined)
  })
}

test('XmlFile takes back what it did to a file of somebody else when the product goes, and leaves what is permanent', async () => {
  const stage = anInstallStage({ files: { 'C:\\Data\\shared.xml': '<a><b c="1"/></a>' } })
  const made = example()
  made.schedule('SchedXmlFile', 4211)
  made.builder.table('XmlFile', `XmlFile* s72; ${xmlColumns}`, [
    ['made', 'C:\\Data\\shared.xml', '/a', 'n', 'text', 0x101, 'main', 1], ['set', 'C:\\Data\\shared.xml', '/a/b', 'd', '2', 0x100, 'main', 2],
    ['stays', 'C:\\Data\\shared.xml', '/a/b', 'e', '3', 0x1_0100, 'main', 2],
  ])
  await installed(made, stage)
  assert.equal(stage.text('C:\\Data\\shared.xml'), '<a><b c="1" d="2" e="3"/><n>text</n></a>')
  assert.equal((await stage.uninstall(productCode(stage))).exitCode, 0)
  assert.equal(stage.text('C:\\Data\\shared.xml'), '<a><b c="1" e="3"/></a>')
})

test('a path that selects nothing is the message of the package, and everything is rolled back', async () => {
  const stage = anInstallStage({ files: { 'C:\\Data\\shared.xml': '<a/>' } })
  const made = example()
  made.schedule('SchedXmlFile', 4211)
  made.builder.row('Error', { Error: 25532, Message: 'No node [2] in [3]' })
  made.builder.table('XmlFile', `XmlFile* s72; ${xmlColumns}`, [['one', 'C:\\Data\\shared.xml', '/a', 'x', '1', 0x100, 'main', 1], ['two', '[#config]', '/none', 'x', '1', 0x100, 'main', 1]])
  assert.equal((await stage.install(stage.add(made.builder))).exitCode, 1603)
  assert.ok(logged(stage, `No node /none in ${folder}app.config`))
  assert.deepEqual([stage.text('C:\\Data\\shared.xml'), stage.text(`${folder}app.config`)], ['<a/>', undefined])
})

for (const version of ['WiX 3', 'WiX 4'] as const) {
  test(`${version}: XmlConfig makes elements with their attributes unless they are there, deletes them, and works at removal`, async () => {
    const file = 'C:\\Data\\shared.xml'
    const stage = anInstallStage({ files: { [file]: '<root>\n  <child1><grandchild1/></child1>\n  <child2/>\n</root>\n' } })
    const made = example()
    made.schedule('SchedXmlConfig', 4211, 'ExecXmlConfig', 'ExecXmlConfigRollback')
    const rows: readonly (readonly [string, string | null, string | null, string | null, string | null, string | null, number, number])[] = [
      ['del', null, '//root/child1', 'grandchild1', null, null, 0x121, 1], ['add', null, '//root/child2', "n[\\[]@k='v'[\\]]", 'n', 'text', 0x111, 2],
      ['attribute', 'add', null, null, 'k', 'v', 0, 3], ['unadd', null, '//root/child2', "n[\\[]@k='v'[\\]]", null, null, 0x221, 1],
      ['value', null, '/root', null, 'on', '1', 0x112, 1], ['document', null, '/root', 'f', null, '<f><g/></f>', 0x114, 4],
    ]
    if (version === 'WiX 3') made.builder.table('XmlConfig', `XmlConfig* s72; File l255; ElementPath l0; VerifyPath L0; Name L255; Value L0; Flags i4; Component_ s72; Sequence I2`, rows.map(([id, parent, path, verify, name, value, flags, at]) => [id, file, parent ?? path, verify, name, value, flags, 'main', at]))
    else made.builder.table('Wix4XmlConfig', `XmlConfig* s72; File l255; ElementId S72; ElementPath L0; VerifyPath L0; Name L255; Value L0; Flags i4; Component_ s72; Sequence I2`, rows.map(([id, parent, path, verify, name, value, flags, at]) => [id, file, parent, path, verify, name, value, flags, 'main', at]))
    await installed(made, stage)
    const after = '<root on="1">\n  <child1/>\n  <child2><n k="v">text</n></child2>\n<f><g/></f></root>\n'
    assert.equal(stage.text(file), after)
    assert.equal((await stage.configure(productCode(stage), { properties: { REINSTALL: 'ALL' } })).exitCode, 0)
    assert.equal(stage.text(file), after, 'a repair adds nothing twice')
    assert.equal((await stage.uninstall(productCode(stage))).exitCode, 0)
    assert.equal(stage.text(file), '<root on="1">\n  <child1/>\n  <child2/>\n<f><g/></f></root>\n')
  })
}

test('InternetShortcut makes .url and .lnk files, and removes them', async () => {
  const made = example()
  made.schedule('WixSchedInternetShortcuts', 'InstallInitialize')
  for (const name of ['WixRollbackInternetShortcuts', 'WixCreateInternetShortcuts']) {
    made.builder.customAction(name, callLibrary({ binary: 'WixCA' }, name, { execution: name.includes('Rollback') ? 'rollback' : 'deferred' }), { at: name.includes('Rollback') ? 4500 : 4501 })
  }
  made.builder.table('WixInternetShortcut', 'WixInternetShortcut* s72; Component_ s72; Directory_ s72; Name s72; Target l0; Attributes i2; IconFile L0; IconIndex I4', [
    ['url', 'main', 'INSTALLDIR', 'Site.url', 'https://example.org/[ProductVersion]', 1, '[INSTALLDIR]app.ico', 2], ['link', 'main', 'INSTALLDIR', 'Site.lnk', 'https://example.org/ü', 0, null, null],
  ])
  const stage = await installed(made)
  assert.equal(stage.text(`${folder}Site.url`), `[InternetShortcut]\r\nURL=https://example.org/1.0.0\r\nIconFile=${folder}app.ico\r\nIconIndex=2\r\n`)
  using link = stage.platform.files.open(`${folder}Site.lnk`)
  assert.equal(readShellLink(link.read(0, link.size)).target, 'https://example.org/ü')
  assert.equal((await stage.uninstall(productCode(stage))).exitCode, 0)
  assert.equal(stage.platform.files.stat(folder), undefined)
})

test('RemoveFolderEx empties a whole tree when the component goes, and neither drives nor what its condition spares', async () => {
  const stage = anInstallStage({ files: { 'C:\\Cache\\one.txt': '1', 'C:\\Cache\\a\\b\\two.txt': '2', 'C:\\Cache\\empty\\': '', 'D:\\other.txt': '3', 'C:\\Kept\\x.txt': '4' } })
  const made = example()
  made.schedule('WixRemoveFoldersEx', 799)
  made.component.removeFile('none.txt')
  made.builder.property('CACHE', '%SystemDrive%\\Cache').property('DRIVE', 'D:\\').property('SPARED', 'C:\\Kept')
  made.builder.table('Wix4RemoveFolderEx', 'RemoveFolderEx* s72; Component_ s72; Property s72; InstallMode i2; Condition S0', [['cache', 'main', 'CACHE', 2, null], ['drive', 'main', 'DRIVE', 3, null], ['spared', 'main', 'SPARED', 3, 'NO']])
  await installed(made, stage)
  assert.equal(stage.text('C:\\Cache\\a\\b\\two.txt'), '2')
  assert.equal((await stage.uninstall(productCode(stage))).exitCode, 0)
  assert.deepEqual([stage.platform.files.stat('C:\\Cache'), stage.text('D:\\other.txt'), stage.text('C:\\Kept\\x.txt')], [undefined, '3', '4'])
  assert.ok(logged(stage, 'D:\\ is a whole drive'))
})

test('RemoveRegistryKeyEx removes keys at installation or removal', async () => {
  const stage = anInstallStage({ registry: { 'HKLM\\SOFTWARE\\WOW6432Node\\Old\\Below': {}, 'HKLM\\SOFTWARE\\WOW6432Node\\Later': {} } })
  const made = example()
  made.schedule('WixRemoveRegistryKeysEx', 'InstallInitialize')
  made.builder.table('Wix4RemoveRegistryKeyEx', 'RemoveRegistryKeyEx* s72; Component_ s72; Root i2; Key l255; InstallMode i2; Condition S0', [['a', 'main', 2, 'SOFTWARE\\Old', 1, null], ['b', 'main', 2, 'SOFTWARE\\Later', 2, null]])
  await installed(made, stage)
  const there = (): boolean[] => ['Old', 'Later'].map((name) => stage.platform.registry.keyExists(`HKLM\\SOFTWARE\\WOW6432Node\\${name}`))
  assert.deepEqual(there(), [false, true])
  assert.equal((await stage.uninstall(productCode(stage))).exitCode, 0)
  assert.deepEqual(there(), [false, false])
})

test('ServiceConfig and PermissionEx: what a service does when it fails, and who has rights of it and of a key', async () => {
  const made = example()
  made.schedule('SchedServiceConfig', 'InstallServices', 'ExecServiceConfig', 'RollbackServiceConfig')
  made.schedule('SchedSecureObjects', 'SchedServiceConfig', 'ExecSecureObjects', 'ExecSecureObjectsRollback')
  const place = made.builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  made.builder.feature('Service').component(place, { key: 'service' }).file('s.exe', 'MZ').service('Worker')
  made.component.registry('HKLM', 'Software\\Example', 'a', 'b', { key: 'value' })
  made.builder.table('ServiceConfig', 'ServiceName* s72; Component_ s72; NewService i1; FirstFailureActionType s32; SecondFailureActionType s32; ThirdFailureActionType s32; ResetPeriodInDays I4; RestartServiceDelayInSeconds I4; ProgramCommandLine S255; RebootMessage S255',
    [['Worker', 'service', 1, 'restart', 'runCommand', 'none', 1, 60, 'notify.exe', null]])
  const service = made.builder
  service.table('SecureObjects', 'SecureObject* s72; Table* s32; Domain* S255; User* s255; Permission I4; Component_ s72', [
    ['Worker', 'ServiceInstall', null, 'Everyone', 0x10, 'service'], ['value', 'Registry', null, '[WHO]', null, 'main'], ['config', 'File', null, 'Everyone', 0x10000000, 'main'],
  ])
  service.property('WHO', 'BUILTIN\\Users')
  const stage = await installed(made)
  const key = 'HKLM\\System\\CurrentControlSet\\Services\\Worker'
  const { registry } = stage.platform
  assert.deepEqual(registry.value(key, 'FailureActions'), { type: 'REG_BINARY', data: '80510100000000000000000003000000140000000100000060ea000003000000000000000000000000000000' })
  assert.deepEqual(registry.value(key, 'FailureCommand'), { type: 'REG_SZ', data: 'notify.exe' })
  const security = registry.value(`${key}\\Security`, 'Security')
  assert.ok(security?.type === 'REG_BINARY' && security.data.endsWith('0000140010000000010100000000000100000000'), 'the last entry: Everyone may start it')
  assert.match(registry.security('HKLM\\Software\\WOW6432Node\\Example') ?? '', /00021800190002000102000000000005200000002102 ?0000$/)
  assert.ok(logged(stage, '1 row(s) of files and folders left alone'))
})

test('TouchFile and FormatFile: the time of a file becomes now, a text gets its properties', async () => {
  const stage = anInstallStage({ files: { 'C:\\Data\\old.txt': 'old' } })
  stage.platform.files.setTimes('C:\\Data\\old.txt', { modifiedMs: 1e12 })
  const made = example()
  made.schedule('WixTouchFileDuringInstall', 'InstallFiles', 'WixExecuteTouchFile')
  made.schedule('WixSchedFormatFiles', 'InstallFiles', 'WixExecFormatFiles')
  made.component.file('readme.txt', 'raw', { key: 'readme' })
  made.builder.binary('text', 'Made for [WHO], ü').property('WHO', 'you')
  made.builder.table('Wix4TouchFile', 'TouchFile* s72; Component_ s72; Path s255; Attributes i2', [['t', 'main', 'C:\\Data\\old.txt', 0x21], ['none', 'main', 'C:\\Data\\none.txt', 0x21], ['not', 'main', 'C:\\Data\\other.txt', 0x24]])
  made.builder.table('Wix4FormatFile', 'Binary_* s72; File_* s72', [['text', 'readme']])
  await installed(made, stage)
  assert.ok(stage.platform.files.stat('C:\\Data\\old.txt')!.modifiedMs >= Date.UTC(2024, 0, 1))
  assert.equal(stage.text(`${folder}readme.txt`), 'Made for you, ü')
  assert.ok(logged(stage, 'C:\\Data\\none.txt is not there'))
})

test('facts about the machine become properties', async () => {
  const made = example()
  for (const name of ['WixQueryOsInfo', 'WixQueryOsDirs', 'WixQueryOsWellKnownSID', 'WixQueryOsDriverInfo', 'WixQueryNativeMachine', 'ValidatePath']) made.schedule(name, 'CostFinalize')
  made.builder.property('WIXUI_INSTALLDIR', 'INSTALLDIR')
  const stage = await installed(made)
  const all = ['WIX_SUITE_SINGLEUSERTS', 'WIX_DIR_COMMON_DOCUMENTS', 'WIX_ACCOUNT_USERS', 'WIX_NATIVE_MACHINE', 'WIX_WDDM_DRIVER_PRESENT', 'WIXUI_INSTALLDIR_VALID'].map((name) => stage.property(name))
  assert.deepEqual(all, ['1', 'C:\\Users\\Public\\Documents\\', 'BUILTIN\\Users', '34404', undefined, '1'])
})

test('an early exit is success, a failure on purpose rolls back, and what needs a running Windows is told', async () => {
  const early = example()
  early.schedule('WixExitEarlyWithSuccess', 'CostFinalize')
  const left = await installed(early)
  assert.equal(left.text(`${folder}app.config`), undefined)
  const failing = example()
  failing.builder.customAction('Fail', callLibrary({ binary: 'WixCA' }, 'WixFailWhenDeferred', { execution: 'deferred' }), { at: { before: 'InstallFinalize' } })
  const stage = anInstallStage()
  assert.equal((await stage.install(stage.add(failing.builder))).exitCode, 1603)
  assert.equal(stage.text(`${folder}app.config`), undefined)
  const telling = example()
  telling.schedule('ConfigureUsers', 'InstallInitialize', 'CreateUser', 'RemoveUser')
  telling.schedule('SchedFirewallExceptionsInstall', 'InstallInitialize', 'ExecFirewallExceptions')
  telling.builder.table('User', 'User* s72; Component_ S72; Name s255; Domain S255; Password S255; Attributes I4', [['u', 'main', 'worker', null, null, 0]])
  telling.builder.table('WixFirewallException', 'WixFirewallException* s72; Name L255; RemoteAddresses S0; Port S0; Protocol I2; Program S255; Attributes I4; Profile i4; Component_ s72', [['f', 'Example', null, '80', 6, null, 0, 1, 'main']])
  const told = await installed(telling)
  assert.ok(logged(told, 'Windows would make the account worker'))
  assert.ok(logged(told, 'Windows would let port 80 through the firewall as Example'))
})

const firewallKey = 'HKLM\\System\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules'

function firewallRules({ platform: { registry } }: InstallStage): string[] {
  return registry.valueNames(firewallKey).map((name) => registry.value(firewallKey, name)).map((value) => value?.type === 'REG_SZ' ? value.data : '').sort()
}

test('rules of the firewall are written, turned on where they are there, and go with the product; what is not certain is told', async () => {
  const others = ['v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=81|Name=Web|', 'v2.30|Action=Block|Active=FALSE|Dir=In|App=C:\\x.exe|Name=Off|']
  const stage = anInstallStage({ registry: { [firewallKey]: Object.fromEntries(others.map((data, index) => [`{${index}}`, { type: 'REG_SZ', data }])) } })
  const made = example()
  made.schedule('SchedFirewallExceptionsInstall', 'InstallInitialize', 'ExecFirewallExceptions')
  made.schedule('SchedFirewallExceptionsUninstall', 'InstallInitialize')
  const columns = 'Name L255; RemoteAddresses S0; Port S0; Protocol I2; Program S255; Attributes I4; Profile i4; Component_ s72; Description S255'
  const all = 0x7fff_ffff
  made.builder.table('WixFirewallException', `WixFirewallException* s72; ${columns}`, [
    ['program', 'Example', '*', null, null, '[#config]', 0, all, 'main', 'all of it'],
    ['ports', 'Ports', 'LocalSubnet', '80,5000-5010', 17, null, 0, 3, 'main', null],
    ['off', 'Off', null, null, null, 'C:\\x.exe', 0, all, 'main', null],
    ['address', 'Address', '10.0.0.1', '80', 6, null, 0, all, 'main', null],
  ])
  made.builder.table('Wix4FirewallException', `Wix4FirewallException* s72; ${columns}; Direction I2`, [['out', 'Out', null, '443', null, null, 0, 4, 'main', null, 2]])
  await installed(made, stage)
  assert.deepEqual(firewallRules(stage), [
    `v2.10|Action=Allow|Active=TRUE|Dir=In|App=${folder}app.config|Name=Example|Desc=all of it|`,
    'v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=17|Profile=Domain|Profile=Private|LPort=80|LPort2_10=5000-5010|RA4=LocalSubnet|RA6=LocalSubnet|Name=Ports|',
    'v2.10|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|Profile=Public|LPort=443|Name=Out|',
    others[0], others[1]!.replace('FALSE', 'TRUE'),
  ].sort())
  assert.ok(logged(stage, 'Windows would let port 80 through the firewall as Address; it is not done: only a running Windows can, for its remote addresses'))
  await stage.uninstall(productCode(stage))
  // Its own are gone; one of that name that does something else is somebody else's.
  assert.deepEqual(firewallRules(stage), [others[0], others[1]!.replace('FALSE', 'TRUE')].sort())
})

test('a plan has what the tables of WiX would do', async () => {
  const made = example()
  made.schedule('SchedXmlFile', 4211)
  made.builder.table('XmlFile', `XmlFile* s72; ${xmlColumns}`, [['one', '[#config]', '/configuration', 'x', '1', 0x100, 'main', 1]])
  const stage = anInstallStage()
  const { plan } = await stage.plan(stage.add(made.builder))
  assert.deepEqual(plan.flatMap(({ entries }) => entries).map(({ operation }) => operation).filter(({ op }) => op === 'XmlChange').map((one) => 'path' in one && one.path), [`${folder}app.config`])
})

function quiet(builder: PackageBuilder, name: string, entryPoint: string, deferred: boolean, at: number): void {
  const property = deferred ? name : entryPoint === 'CAQuietExec' ? 'QtExecCmdLine' : `${entryPoint}CmdLine`
  builder.customAction(`Set${name}`, setProperty(property, `"[INSTALLDIR]tool.exe" /by ${name} "a b"`), { at })
  builder.customAction(name, callLibrary({ binary: 'WixCA' }, entryPoint, deferred ? { execution: 'deferred', impersonate: false } : {}), { at: deferred ? at + 1 : { after: 'InstallFinalize' } })
}

function quietExample(): PackageBuilder {
  const made = example()
  made.component.file('tool.exe', 'MZ')
  quiet(made.builder, 'Loud', 'WixQuietExec64', true, 6501)
  quiet(made.builder, 'Silent', 'WixSilentExec', true, 6503)
  quiet(made.builder, 'Now', 'CAQuietExec', false, 6505)
  return made.builder
}

test('quiet execution runs the program of its command line, tells what it prints unless silent, and obeys the policy', async () => {
  const calls: (readonly string[])[] = []
  const foreignRunner = (exitCode: number): ForeignRunner => ({ name: 'a recorder', runProgram: async ({ windowsPath, args }) => { calls.push([windowsPath, ...args]); return { outcome: 'exited', exitCode, output: `said by ${args[1]}` } } })
  const stage = anInstallStage()
  const path = stage.add(quietExample())
  assert.equal((await stage.install(path, { foreignRunner: foreignRunner(0) })).exitCode, 0)
  assert.deepEqual(calls, ['Loud', 'Silent', 'Now'].map((name) => [`${folder}tool.exe`, '/by', name, 'a b']))
  assert.deepEqual(['Loud', 'Silent', 'Now'].map((name) => logged(stage, `said by ${name}`)), [true, false, true])
  const failing = anInstallStage()
  assert.equal((await failing.install(failing.add(quietExample()), { foreignRunner: foreignRunner(5) })).exitCode, 1603)
  assert.ok(logged(failing, 'CustomAction Loud returned actual error code 5'))
  const skipping = anInstallStage()
  calls.length = 0
  assert.deepEqual([(await skipping.install(skipping.add(quietExample()), { customActions: 'skip', foreignRunner: foreignRunner(0) })).exitCode, calls.length], [0, 0])
})
