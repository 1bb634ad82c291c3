// System policies, as the root's registry has them. Those about patches are with the patches, those about the Restart
// Manager with it, Debug with what is hidden. https://learn.microsoft.com/windows/win32/msi/system-policy
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { PackageBuilder } from 'msikit/authoring'
import { featureState, installPackage, listProducts, productState, uninstallProduct, type InstallResult } from 'msikit/engine'
import type { RegistryValue } from 'msikit/platform'
import { aPackage, type InstallStage } from '../../dist/testing/index.js'
import { aMachine } from './machine.js'

const machineKey = 'HKLM\\Software\\Policies\\Microsoft\\Windows\\Installer'
const userKey = 'HKCU\\Software\\Policies\\Microsoft\\Windows\\Installer'

function example(scope: 'machine' | 'user' = 'machine'): PackageBuilder {
  const builder = aPackage({ scope })
  builder.feature('Main').file(builder.folder('LocalAppDataFolder').folder('Example', { key: 'INSTALLDIR' }), 'app.exe', 'program')
  return builder
}

type Values = Readonly<Record<string, number | string>>

interface Case {
  readonly name: string
  readonly machine?: Values
  readonly user?: Values
  readonly scope?: 'machine' | 'user'
  /** An administrator, unless it says otherwise. */
  readonly isAdministrator?: boolean
  readonly properties?: Readonly<Record<string, string>>
  readonly exitCode: number
  readonly check?: (stage: InstallStage, result: InstallResult) => void
}

const property = (name: string, value: string | undefined) => (stage: InstallStage): void => assert.equal(stage.property(name), value)

const cases: readonly Case[] = [
  { name: 'nothing is forbidden without policies', exitCode: 0 },
  { name: 'DisableMSI 2 forbids everything', machine: { DisableMSI: 2 }, exitCode: 1625 },
  { name: 'DisableMSI 1 forbids what is for one user', machine: { DisableMSI: 1 }, scope: 'user', exitCode: 1625 },
  { name: 'DisableMSI 1 allows what is for the machine', machine: { DisableMSI: 1 }, exitCode: 0 },
  { name: 'DisableMSI 0 forbids nothing', machine: { DisableMSI: 0 }, scope: 'user', exitCode: 0 },
  { name: 'a policy that is no number is none', machine: { DisableMSI: '2' }, exitCode: 0 },
  { name: 'DisableUserInstalls forbids what is for one user', machine: { DisableUserInstalls: 1 }, scope: 'user', exitCode: 1603, check: (_, { error }) => assert.equal(error?.messageNumber, 1934) },
  { name: 'DisableUserInstalls allows what is for the machine', machine: { DisableUserInstalls: 1 }, exitCode: 0 },
  { name: 'DisableRollback of the machine', machine: { DisableRollback: 1 }, exitCode: 0, check: property('RollbackDisabled', '1') },
  { name: 'DisableRollback of the user', user: { DisableRollback: 1 }, exitCode: 0, check: property('RollbackDisabled', '1') },
  { name: 'no DisableRollback', exitCode: 0, check: property('RollbackDisabled', undefined) },
  { name: 'who is no administrator may not install for the machine', isAdministrator: false, exitCode: 1603, check: (_, { error }) => assert.equal(error?.messageNumber, 1925) },
  { name: 'AlwaysInstallElevated of the machine alone is nothing', machine: { AlwaysInstallElevated: 1 }, isAdministrator: false, exitCode: 1603 },
  { name: 'AlwaysInstallElevated of the user alone is nothing', user: { AlwaysInstallElevated: 1 }, isAdministrator: false, exitCode: 1603 },
  {
    name: 'AlwaysInstallElevated of both makes everybody an administrator', machine: { AlwaysInstallElevated: 1 }, user: { AlwaysInstallElevated: 1 }, isAdministrator: false, exitCode: 0,
    check: (stage) => assert.deepEqual(['Privileged', 'AdminUser', 'MsiRunningElevated'].map((name) => stage.property(name)), ['1', '1', '1']),
  },
]

for (const { name, machine = {}, user = {}, scope, isAdministrator = true, properties = {}, exitCode, check } of cases) {
  test(name, async () => {
    const stage = aMachine({ machine: { isAdministrator }, registry: { [machineKey]: values(machine), [userKey]: values(user) } })
    const result = await stage.install(stage.add(example(scope)), { properties })
    assert.equal(result.exitCode, exitCode, result.error?.message)
    check?.(stage, result)
  })
}

function values(policies: Values): Record<string, RegistryValue> {
  return Object.fromEntries(Object.entries(policies).map(([name, data]) => [name, typeof data === 'number' ? { type: 'REG_DWORD', data } : { type: 'REG_SZ', data }]))
}

test('EnableUserControl lets who is no administrator set every public property of a product for the machine', async () => {
  for (const enable of [0, 1]) {
    const both: Values = { AlwaysInstallElevated: 1, EnableUserControl: enable }
    const stage = aMachine({ machine: { isAdministrator: false }, registry: { [machineKey]: values(both), [userKey]: values({ AlwaysInstallElevated: 1 }) } })
    const builder = example().schedule('ExecuteAction', { at: 1300, in: 'InstallUISequence' })
    await stage.install(stage.add(builder), { ui: 'full', properties: { MINE: 'yes', REBOOT: 'ReallySuppress' } })
    assert.deepEqual([stage.property('MINE'), stage.property('REBOOT'), stage.log.some((line) => line === 'Property(C): RestrictedUserControl = 1')],
      enable === 1 ? ['yes', 'ReallySuppress', false] : [undefined, 'ReallySuppress', true])
  }
})

test('SearchOrder without network leaves the network list alone', async () => {
  for (const order of ['nmu', 'mu']) {
    const stage = aMachine({ registry: { [userKey]: values({ SearchOrder: order }) } })
    const path = stage.add(example())
    const { productCode } = await stage.install(path)
    const { registry, files } = stage.platform
    const key = `HKLM\\Software\\Classes\\Installer\\Products\\${registry.subkeys('HKLM\\Software\\Classes\\Installer\\Products')[0]!}\\SourceList`
    registry.createKey(`${key}\\Net`)
    registry.setValue(`${key}\\Net`, '2', { type: 'REG_EXPAND_SZ', data: 'D:\\elsewhere\\' })
    files.createDirectory('D:\\elsewhere')
    files.rename(path, 'D:\\elsewhere\\package.msi')
    files.removeFile('C:\\Users\\user\\AppData\\Local\\Example\\app.exe')
    // The cabinet is in the cached package: the source itself is not needed.
    await stage.configure(productCode, { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'omus' } })
    assert.equal(stage.property('SourceDir') === 'D:\\elsewhere\\', order === 'nmu')
  }
})

// https://learn.microsoft.com/windows/win32/msi/disableuserinstalls
test('DisableUserInstalls has products of users ignored: they cannot be changed, and the machine can have them', async () => {
  const stage = aMachine()
  const { platform } = stage
  const path = stage.add(example('user'))
  const { productCode, exitCode } = await stage.install(path)
  assert.equal(exitCode, 0)
  platform.registry.createKey(machineKey)
  platform.registry.setValue(machineKey, 'DisableUserInstalls', { type: 'REG_DWORD', data: 1 })
  assert.deepEqual([listProducts(platform), productState(platform, productCode), featureState(platform, productCode, 'Main')], [[], -1, -1])
  assert.equal((await stage.uninstall(productCode)).exitCode, 1605)
  // The table of what is recorded knows one context of a product: these go without it.
  const options = { durability: 'process-end' } as const
  assert.equal((await installPackage(platform, { ...options, package: path, properties: { ALLUSERS: '1' } })).exitCode, 0)
  assert.deepEqual([listProducts(platform).map(({ perMachine }) => perMachine), productState(platform, productCode)], [[true], 5])
  platform.registry.setValue(machineKey, 'DisableUserInstalls', { type: 'REG_DWORD', data: 0 })
  assert.equal((await uninstallProduct(platform, productCode, options)).exitCode, 0)
  assert.deepEqual(listProducts(platform).map(({ perMachine }) => perMachine), [true], 'what is the user\'s comes first again')
})
