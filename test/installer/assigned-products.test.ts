// Products that an administrator has assigned to a user, as group policy does: recorded in a place of their own, which Windows
// made; they are found, changed, patched and removed there.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { listProducts, productState, QueryState } from 'msikit/engine'
import { aPackage, type InstallStage } from '../../dist/testing/index.js'
import { aMachine, changes, snapshotOf } from './machine.js'

const installer = 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer'

/** What is recorded of a user's own products becomes what is recorded of assigned ones. */
function assign({ platform: { registry, machine } }: InstallStage): void {
  const { sid } = machine.user
  const move = (from: string, to: string): void => {
    registry.createKey(to)
    for (const name of registry.valueNames(from)) registry.setValue(to, name, registry.value(from, name)!)
    for (const name of registry.subkeys(from)) move(`${from}\\${name}`, `${to}\\${name}`)
    registry.deleteKey(from)
  }
  move('HKCU\\Software\\Microsoft\\Installer', `${installer}\\Managed\\${sid}\\Installer`)
  for (const product of registry.subkeys(`${installer}\\UserData\\${sid}\\Products`)) {
    const key = `${installer}\\UserData\\${sid}\\Products\\${product}\\InstallProperties`
    registry.setValue(key, 'ManagedLocalPackage', registry.value(key, 'LocalPackage')!)
    registry.deleteValue(key, 'LocalPackage')
  }
}

test('an assigned product is found, changed, repaired and removed where it is recorded', async () => {
  const stage = aMachine()
  const builder = aPackage()
  const folder = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  builder.feature('Main').file(folder, 'main.txt', 'main')
  builder.feature('More', { level: 100 }).file(folder, 'more.txt', 'more')
  const path = stage.add(builder)
  const before = snapshotOf(stage)
  const { productCode } = await stage.install(path, { properties: { ALLUSERS: '' } })
  assign(stage)
  assert.deepEqual(listProducts(stage.platform).map((one) => [one.productCode, one.perMachine, one.advertisedOnly]), [[productCode, false, false]])
  assert.equal(productState(stage.platform, productCode), QueryState.default)
  const [{ localPackage: cached } = { localPackage: '' }] = listProducts(stage.platform)
  assert.equal(stage.platform.files.stat(cached)?.kind, 'file')
  // The stage compares what every call records.
  for (const properties of [{ ADDLOCAL: 'More' }, { REINSTALL: 'ALL', REINSTALLMODE: 'vomus' }]) assert.equal((await stage.configure(productCode, { properties })).exitCode, 0)
  assert.equal(listProducts(stage.platform)[0]?.localPackage, cached)
  assert.equal(stage.platform.registry.keyExists('HKCU\\Software\\Microsoft\\Installer'), false)
  assert.equal((await stage.uninstall(productCode)).exitCode, 0)
  assert.deepEqual(listProducts(stage.platform), [])
  assert.deepEqual(changes(before, stage).filter((line) => !/\\Managed(?:\\[^\\]+(?:\\Installer)?(?:\\\w+)?)?: key$/.test(line)), [])
})
