// What else a package writes into the machine: services and their configuration, properties of shortcuts, qualified
// components, ODBC drivers. Installed, shared by two products, and removed again.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { failWith, serviceEvent, type Component, type PackageBuilder } from 'msikit/authoring'
import { readShellLink } from 'msikit/shell-link'
import { aPackage, differences, takeSnapshot, type InstallStage } from '../../dist/testing/index.js'
import { aMachine } from './machine.js'

function withTool(fill: (component: Component, builder: PackageBuilder) => void, name = 'Example'): PackageBuilder {
  const builder = aPackage({ name, upgradeCode: name === 'Example' ? '{BBBBBBBB-1111-2222-3333-444444444444}' : '{BBBBBBBB-1111-2222-3333-555555555555}' })
  const component = builder.feature('Main').component(builder.folder('ProgramFilesFolder').folder(name, { key: 'INSTALLDIR' }), { key: 'Tool' })
  component.file('tool.exe', 'a program', { key: 'tool.exe' })
  fill(component, builder)
  return builder
}

const service = 'HKLM\\System\\CurrentControlSet\\Services\\Tool'
const value = (stage: InstallStage, key: string, name: string): unknown => stage.platform.registry.value(key, name)?.data

/** What an installation and a removal leave behind, but for what Windows has anyway. */
async function leftBehind(stage: InstallStage, path: string, between: () => void | Promise<void>): Promise<string[]> {
  const before = takeSnapshot(stage.platform)
  const result = await stage.install(path)
  assert.deepEqual([result.exitCode, result.error], [0, undefined])
  await between()
  assert.equal((await stage.uninstall(path)).exitCode, 0)
  return differences(before, takeSnapshot(stage.platform)).filter((line) => !/Installer|CurrentVersion|Start Menu|: key/i.test(line))
}

test('a service is configured as the tables say', async () => {
  const stage = aMachine()
  const path = stage.add(withTool((component, builder) => {
    component.service('Tool', { start: 'auto', dependencies: ['Tcpip', '+Network'], account: 'NT AUTHORITY\\LocalService', password: 'secret' })
    component.serviceControl('Tool', serviceEvent.startOnInstall | serviceEvent.stopOnRemove | serviceEvent.deleteOnRemove)
    const config = (ConfigType: number, Argument: string | null): void => {
      builder.row('MsiServiceConfig', { MsiServiceConfig: `config${ConfigType}`, Name: 'Tool', Event: 1, ConfigType, Argument, Component_: 'Tool' })
    }
    config(3, '1')
    config(4, '1')
    config(5, '3')
    config(6, 'SeChangeNotifyPrivilege[~]SeTcbPrivilege[~]')
    config(7, '5000')
    builder.row('MsiServiceConfigFailureActions', {
      MsiServiceConfigFailureActions: 'failure', Name: 'Tool', Event: 1, ResetPeriod: 86_400, RebootMessage: null, Command: '[#tool.exe] /failed', Actions: '1[~]3', DelayActions: '60000[~]0', Component_: 'Tool',
    })
  }))
  assert.deepEqual(await leftBehind(stage, path, () => {
    assert.deepEqual(['DelayedAutostart', 'FailureActionsOnNonCrashFailures', 'ServiceSidType', 'RequiredPrivileges', 'PreshutdownTimeout'].map((name) => value(stage, service, name)),
      [1, 1, 3, ['SeChangeNotifyPrivilege', 'SeTcbPrivilege'], 5000])
    assert.equal(value(stage, service, 'FailureActions'), '80510100000000000000000002000000140000000100000060ea00000300000000000000')
    assert.equal(value(stage, service, 'FailureCommand'), 'C:\\Program Files (x86)\\Example\\tool.exe /failed')
    assert.deepEqual([value(stage, service, 'DependOnService'), value(stage, service, 'DependOnGroup')], [['Tcpip'], ['Network']])
    assert.ok(stage.log.some((line) => /its password is not written/.test(line)))
    assert.ok(stage.log.every((line) => !line.includes('secret')))
  }), [])
  assert.ok(stage.log.some((line) => line.includes('Executing op: ServiceControl(Name=Tool,Action=2')))
})

test('a service that nobody has cannot be configured: 1939', async () => {
  const stage = aMachine()
  const path = stage.add(withTool((_component, builder) => {
    builder.row('MsiServiceConfig', { MsiServiceConfig: 'config', Name: 'Nobody', Event: 1, ConfigType: 3, Argument: '1', Component_: 'Tool' })
  }))
  const { exitCode, error } = await stage.install(path)
  assert.deepEqual([exitCode, error?.messageNumber], [1603, 1939])
})

const key = 'HKLM\\Software\\Wow6432Node\\Example'

test('keys and services are secured as the tables say, and rights of files are named in the log', async () => {
  const stage = aMachine()
  const path = stage.add(withTool((component, builder) => {
    component.registry('HKLM', 'Software\\Example', 'v', 'x', { key: 'value' }).service('Tool')
    const lock = (LockObject: string, Table: string, SDDLText: string, Condition: string | null = null): void => {
      builder.row('MsiLockPermissionsEx', { MsiLockPermissionsEx: `${LockObject}${Condition ?? ''}`, LockObject, Table, SDDLText, Condition })
    }
    lock('value', 'Registry', 'O:SYG:BAD:PAI(A;OICI;KA;;;BA)(A;;KR;;;<Everyone>)', 'Privileged')
    lock('value', 'Registry', 'D:(A;;KR;;;WD)', 'NOT Privileged')
    lock('Tool', 'ServiceInstall', 'D:(A;;CCLCSWRPWPDTLOCRRC;;;SY)')
    lock('tool.exe', 'File', 'D:(A;;FA;;;BA)')
  }))
  assert.deepEqual(await leftBehind(stage, path, () => {
    // Header, owner SYSTEM, group Administrators, list of two entries: Administrators with inheritance, everyone without.
    assert.equal(stage.platform.registry.security(key), [
      '01000494', '14000000', '20000000', '00000000', '30000000', '010100000000000512000000', '01020000000000052000000020020000',
      '0200340002000000', '000318003f000f00', '01020000000000052000000020020000', '0000140019000200', '010100000000000100000000',
    ].join(''))
    assert.match(String(value(stage, `${service}\\Security`, 'Security')), /^01000480/)
    assert.ok(stage.log.some((line) => line.startsWith('1 row(s) of MsiLockPermissionsEx left alone')))
  }), [])
})

test('LockPermissions gives each account what it says, and the system everything', async () => {
  const stage = aMachine()
  const path = stage.add(withTool((component, builder) => {
    component.registry('HKLM', 'Software\\Example', 'v', 'x', { key: 'value' })
    builder.row('LockPermissions', { LockObject: 'value', Table: 'Registry', Domain: null, User: 'Everyone', Permission: 0x20019 })
    builder.customAction('Fail', failWith('no'), { at: { before: 'InstallFinalize' }, condition: 'BREAKS' })
  }))
  stage.platform.registry.createKey(key)
  stage.platform.registry.setSecurity(key, '01000480000000000000000000000000140000000200080000000000')
  const before = stage.platform.registry.security(key)
  assert.equal((await stage.install(path, { properties: { BREAKS: '1' } })).exitCode, 1603)
  assert.equal(stage.platform.registry.security(key), before, 'rolled back')
  assert.equal((await stage.install(path)).exitCode, 0)
  assert.match(stage.platform.registry.security(key)!, /00021400000000100101000000000005120000000002140019000200010100000000000100000000/)
})

test('descriptors and accounts that are none end the installation', async () => {
  const tries: readonly (readonly [string, readonly [string, string | null][], number])[] = [
    ['bad', [['D:(A;;nonsense;;;BA)', null]], 1943], ['bad', [['x', null]], 1943], ['bad', [['D:(A;;KA;;;<NOWHERE\\nobody>)', null]], 1609], ['two', [['D:', '1'], ['D:P', null]], 1942],
  ]
  for (const [, rows, number] of tries) {
    const stage = aMachine()
    const path = stage.add(withTool((component, builder) => {
      component.registry('HKLM', 'Software\\Example', 'v', 'x', { key: 'value' })
      for (const [at, [SDDLText, Condition]] of rows.entries()) builder.row('MsiLockPermissionsEx', { MsiLockPermissionsEx: `lock${at}`, LockObject: 'value', Table: 'Registry', SDDLText, Condition })
    }))
    assert.deepEqual([(await stage.install(path)).error?.messageNumber, rows[0]![0]], [number, rows[0]![0]])
  }
})

test('shortcuts get the properties of the table; what has no meaning is passed over', async () => {
  const stage = aMachine()
  const path = stage.add(withTool((component, builder) => {
    component.shortcut(builder.folder('ProgramMenuFolder'), 'Tool', { key: 'Tool.lnk' })
    const property = (PropertyKey: string, PropVariantValue: string): void => {
      builder.row('MsiShortcutProperty', { MsiShortcutProperty: PropertyKey.slice(0, 60), Shortcut_: 'Tool.lnk', PropertyKey, PropVariantValue })
    }
    property('System.AppUserModel.ID', 'Example.[ProductName]')
    property('System.AppUserModel.PreventPinning', '1')
    property('System.AppUserModel.StartPinOption', 'many')
    property('{00000000-1111-2222-3333-444444444444} 7', 'other')
    property('System.Unheard.Of', 'x')
  }))
  await leftBehind(stage, path, () => {
    using file = stage.platform.files.open('C:\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs\\Tool.lnk')
    assert.deepEqual(readShellLink(file.read(0, file.size)).properties, [
      { formatId: '{9F4C2855-9F79-4B39-A8D0-E1D42DE1D5F3}', id: 5, value: { type: 'string', value: 'Example.Example' } },
      { formatId: '{9F4C2855-9F79-4B39-A8D0-E1D42DE1D5F3}', id: 9, value: { type: 'boolean', value: true } },
      { formatId: '{00000000-1111-2222-3333-444444444444}', id: 7, value: { type: 'string', value: 'other' } },
    ])
    assert.equal(stage.log.filter((line) => line.includes('Warning 1946')).length, 2)
  })
})

const category = '{CCCCCCCC-1111-2222-3333-444444444444}'
const publishes = (appData: string) => (_component: Component, builder: PackageBuilder): void => {
  builder.row('PublishComponent', { ComponentId: category, Qualifier: 'tool', Component_: 'Tool', AppData: appData, Feature_: 'Main' })
}
const categoryKey = 'HKLM\\Software\\Classes\\Installer\\Components\\CCCCCCCC111122223333444444444444'

test('components of several products are published under one qualifier, and each takes its own away', async () => {
  const stage = aMachine()
  const [first, second] = [stage.add(withTool(publishes('one')), 'first.msi'), stage.add(withTool(publishes('two'), 'Other'), 'second.msi')]
  const left = await leftBehind(stage, first, async () => {
    assert.equal((await stage.install(second)).exitCode, 0)
    assert.deepEqual((value(stage, categoryKey, 'tool') as string[]).map((text) => text.slice(-3)), ['one', 'two'])
    assert.equal((await stage.configure('Example', { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'omus' } })).exitCode, 0)
    assert.equal((value(stage, categoryKey, 'tool') as string[]).length, 2)
  })
  assert.deepEqual((value(stage, categoryKey, 'tool') as string[]).map((text) => text.slice(-3)), ['two'])
  assert.ok(left.length > 0)
  assert.equal((await stage.uninstall(second)).exitCode, 0)
  assert.equal(stage.platform.registry.keyExists(categoryKey), false)
})

const driver = (_component: Component, builder: PackageBuilder): void => {
  builder.row('ODBCDriver', { Driver: 'driver', Component_: 'Tool', Description: 'Example Driver', File_: 'tool.exe' })
}

test('an ODBC driver goes with the last product that installed it', async () => {
  const stage = aMachine()
  const key = 'HKLM\\Software\\Wow6432Node\\ODBC\\ODBCINST.INI\\Example Driver'
  const [first, second] = [stage.add(withTool(driver), 'first.msi'), stage.add(withTool(driver, 'Other'), 'second.msi')]
  await stage.install(first)
  assert.equal(value(stage, key, 'UsageCount'), 1)
  await stage.configure('Example', { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'omus' } })
  assert.equal(value(stage, key, 'UsageCount'), 1)
  await stage.install(second)
  assert.equal(value(stage, key, 'UsageCount'), 2)
  await stage.uninstall(first)
  assert.equal(value(stage, key, 'UsageCount'), 1)
  await stage.uninstall(second)
  assert.equal(stage.platform.registry.keyExists(key), false)
})

test('isolated components are copied beside the application, and go with it', async () => {
  const stage = aMachine()
  const path = stage.add(withTool((component, builder) => {
    const feature = builder.feature('Shared')
    const shared = feature.component(builder.folder('CommonFilesFolder').folder('Shared', { key: 'SHAREDDIR' }), { key: 'Shared' })
    shared.file('shared.dll', 'a library', { key: 'shared.dll' })
    feature.include(component)
    builder.row('IsolatedComponent', { Component_Shared: 'Shared', Component_Application: 'Tool' })
    builder.schedule('IsolateComponents', { at: { before: 'CostFinalize' } })
  }))
  const place = 'C:\\Program Files (x86)\\Example'
  assert.deepEqual(await leftBehind(stage, path, () => {
    assert.deepEqual(stage.platform.files.list(place).toSorted(), ['shared.dll', 'tool.exe', 'tool.exe.LOCAL'])
    assert.equal(stage.text(`${place}\\shared.dll`), 'a library')
    assert.equal(stage.text(`${place}\\tool.exe.LOCAL`), '')
    assert.equal(stage.text('C:\\Program Files (x86)\\Common Files\\Shared\\shared.dll'), 'a library')
  }), [])
})
