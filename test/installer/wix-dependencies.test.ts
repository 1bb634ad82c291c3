// The Dependency extension of WiX: what a product needs has to be there before it, and it stays as long as others need it.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { callLibrary, type PackageBuilder } from 'msikit/authoring'
import { MessageType, type InstallMessage, type MessageAnswer } from 'msikit/engine'
import { aPackage, anInstallStage, type InstallStage } from '../../dist/testing/index.js'

const keys = 'Software\\Classes\\Installer\\Dependencies'

/** With the rows that WiX makes of its elements, and its checks where it has them. */
function product(name: string, prefix: 'Wix' | 'Wix4', needs?: { key: string; min?: string; max?: string; attributes?: number }): PackageBuilder {
  const builder = aPackage({ name, version: '2.1.0' })
  const component = builder.feature('Main').component(builder.folder('ProgramFilesFolder').folder(name), { key: 'main' }).file(`${name}.txt`, name)
  component.registry('HKMU', `${keys}\\${name}`, null, '[ProductCode]').registry('HKMU', `${keys}\\${name}`, 'Version', '[ProductVersion]').registry('HKMU', `${keys}\\${name}`, 'DisplayName', `The ${name}`)
  builder.table(`${prefix}DependencyProvider`, 'WixDependencyProvider* s72; Component_ s72; ProviderKey s255; Version S72; DisplayName S255; Attributes I4', [['me', 'main', name, null, null, null]])
  if (needs !== undefined) {
    component.registry('HKMU', `${keys}\\${needs.key}\\Dependents\\${name}`, '*', null)
    builder.table(`${prefix}Dependency`, 'WixDependency* s72; ProviderKey s255; MinVersion S72; MaxVersion S72; Attributes I4', [['it', needs.key, needs.min ?? null, needs.max ?? null, needs.attributes ?? null]])
    builder.table(`${prefix}DependencyRef`, 'WixDependencyProvider_* s72; WixDependency_* s72', [['me', 'it']])
  }
  builder.row('Error', { Error: 26451, Message: 'Missing: [4]' }).row('Error', { Error: 26452, Message: 'Needed by: [4]' })
  builder.binary('WixDepCA', 'MZ a library of Windows')
  builder.customAction('WixDependencyRequire', callLibrary({ binary: 'WixDepCA' }, 'WixDependencyRequire'), { at: { after: 'InstallInitialize' }, condition: 'NOT DISABLEDEPENDENCYCHECK' })
  builder.customAction('WixDependencyCheck', callLibrary({ binary: 'WixDepCA' }, 'WixDependencyCheck'), { at: { before: 'ProcessComponents' }, condition: 'REMOVE AND NOT UPGRADINGPRODUCTCODE' })
  return builder
}

const isThere = (stage: InstallStage, name: string): boolean => stage.text(`C:\\Program Files (x86)\\${name}\\${name}.txt`) !== undefined

for (const prefix of ['Wix', 'Wix4'] as const) {
  test(`${prefix === 'Wix' ? 'WiX 3' : 'WiX 4'}: what a product needs comes first and goes last`, async () => {
    const stage = anInstallStage()
    const base = stage.add(product('Base', prefix), 'base.msi')
    const app = stage.add(product('App', prefix, { key: 'Base', min: '2.1.0', attributes: 0x100 }), 'app.msi')
    const early = await stage.install(app)
    assert.deepEqual([early.exitCode, isThere(stage, 'App')], [1603, false])
    assert.ok(stage.log.some((line) => line.includes('Base is missing, or of another version')))
    assert.equal((await stage.install(base)).exitCode, 0)
    assert.equal((await stage.install(app)).exitCode, 0)
    // Nobody is there to be asked: the call succeeds, and the product stays.
    assert.deepEqual([(await stage.uninstall('Base')).exitCode, isThere(stage, 'Base')], [0, true])
    assert.ok(stage.log.some((line) => line.includes('The App needs the product')))
    assert.equal((await stage.uninstall('App')).exitCode, 0)
    assert.deepEqual([(await stage.uninstall('Base')).exitCode, isThere(stage, 'Base')], [0, false])
    assert.equal(stage.platform.registry.keyExists(`HKLM\\${keys}\\Base`), false)
  })
}

/** Of a product that needs version 2.1.0 of another between bounds. */
async function code(needs: { min?: string; max?: string; attributes?: number }, ALLUSERS = '1'): Promise<number> {
  const stage = anInstallStage()
  const properties = { ALLUSERS }
  assert.equal((await stage.install(stage.add(product('Base', 'Wix'), 'base.msi'), { properties })).exitCode, 0)
  return (await stage.install(stage.add(product('App', 'Wix', { key: 'base', ...needs }), 'app.msi'), { properties })).exitCode
}

test('the bounds of versions belong to the range when their attributes say so, for a user as for the machine', async () => {
  assert.deepEqual([await code({ min: '2.1.0' }), await code({ min: '2.1.0', attributes: 0x100 }), await code({ min: '2.0' }), await code({ min: '2.2' })], [1603, 0, 0, 1603])
  assert.deepEqual([await code({ max: '2.1.0' }), await code({ max: '2.1.0', attributes: 0x200 }), await code({ max: '3.0' }), await code({ max: '2.0' })], [1603, 0, 0, 1603])
  assert.equal(await code({}, ''), 0)
})

test('who is asked may go on or cancel, and properties leave checks out', async () => {
  const asked: InstallMessage[] = []
  const answering = (answer: MessageAnswer) => ({ onMessage: (message: InstallMessage): MessageAnswer => {
    if (message.type !== MessageType.user) return 0
    asked.push(message)
    return answer
  } })
  const stage = anInstallStage()
  const app = stage.add(product('App', 'Wix', { key: 'Base' }), 'app.msi')
  assert.equal((await stage.install(app, answering(7))).exitCode, 1602)
  assert.deepEqual(asked.map(({ text, record }) => [text, record.slice(1)]), [['Missing: ', [26451, 1, 'Base', '']]])
  assert.equal((await stage.install(app, answering(6))).exitCode, 0)
  assert.equal((await stage.uninstall('App')).exitCode, 0)
  assert.equal((await stage.install(app, { properties: { DISABLEDEPENDENCYCHECK: '1' } })).exitCode, 0)
  assert.equal((await stage.install(stage.add(product('Base', 'Wix'), 'base.msi'))).exitCode, 0)
  assert.deepEqual([(await stage.uninstall('Base', answering(7))).exitCode, isThere(stage, 'Base')], [0, true])
  assert.deepEqual([(await stage.uninstall('Base', { properties: { IGNOREDEPENDENCIES: 'Other;app' } })).exitCode, isThere(stage, 'Base')], [0, false])
})
