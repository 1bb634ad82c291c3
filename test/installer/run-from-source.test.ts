// Features that run from their source: nothing is copied, and the registration says on which disk the key file lies.
import { strict as assert } from 'node:assert'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { PackageBuilder } from 'msikit/authoring'
import { packGuid } from 'msikit/base'
import { openPackageSession } from 'msikit/engine'
import { aPackage } from '../../dist/testing/index.js'
import { HostStage } from './host-stage.js'

const guid = '{0B0B0B0B-1111-2222-3333-444444444444}'

test('a component that runs from its source is registered there, and is known by it', async () => {
  using stage = new HostStage()
  const builder = aPackage()
  const medium = builder.media({ cabinet: null })
  const component = builder.feature('Main').file(builder.folder('ProgramFilesFolder\\Example', { key: 'INSTALLDIR' }), 'app.exe', 'MZ', { key: 'app', media: medium, component: { guid, attributes: 2 } })
  component.row('Shortcut', { Shortcut: 's', Directory_: 'TARGETDIR', Name: 'App', Target: '[#app]' })
  const path = stage.add(builder)
  assert.equal((await stage.install(path, { properties: { ADDSOURCE: 'ALL' } })).exitCode, 0, stage.log.join('\n'))
  assert.ok(!existsSync(join(stage.root, 'Program Files (x86)/Example/app.exe')))
  const key = `HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\S-1-5-18\\Components\\${packGuid(guid)!}`
  const value = stage.platform.registry.value(key, packGuid(builder.product.productCode)!)
  assert.deepEqual(value, { type: 'REG_SZ', data: '01\\PFiles\\Example\\app.exe' })
  assert.equal((await stage.configure(builder.product.productCode, { properties: { REINSTALL: 'ALL' } })).exitCode, 0)
  assert.ok(stage.log.some((line) => /^Component: \S+; Installed: Source;/.test(line)), 'it is found to run from its source')
  assert.equal((await stage.uninstall(builder.product.productCode)).exitCode, 0)
  assert.equal(stage.platform.registry.keyExists(key), false)
})

/** Features of one letter each, with components of their own: `l` only local, `s` only from the source, `o` either, `c` in a cabinet. */
function places(features: Readonly<Record<string, { readonly attributes?: number; readonly components: string }>>): PackageBuilder {
  const builder = aPackage()
  const [medium, cabinet] = [builder.media({ cabinet: null }), builder.media({ cabinet: '#c.cab' })]
  const folder = builder.folder('ProgramFilesFolder\\Example', { key: 'INSTALLDIR' })
  const attributesOf: Readonly<Record<string, number>> = { l: 0, s: 1, o: 2, c: 2 }
  for (const [name, { attributes = 0, components }] of Object.entries(features)) {
    const feature = builder.feature(name, { attributes })
    for (const kind of components) {
      const file = `${name}${kind}`
      feature.file(folder, file, file, { key: file, component: { key: file, attributes: attributesOf[kind]! }, media: kind === 'c' ? cabinet : medium })
    }
  }
  return builder
}

const states = ({ log }: HostStage): string => log.flatMap((line) => {
  const [, name, action] = /^(?:Feature|Component): (\w+); .*Action: (\w+)$/.exec(line) ?? []
  return name === undefined ? [] : [`${name} ${action!}`]
}).join(', ')

// https://learn.microsoft.com/windows/win32/api/msiquery/nf-msiquery-msisetfeaturestatew: "… with component A set to Local and component B set to Source"
test('components that are for one place go there, whatever their feature was asked to be; a feature with a file in a cabinet is local', async () => {
  using stage = new HostStage()
  const path = stage.add(places({ A: { components: 's' }, B: { attributes: 1, components: 'lo' }, C: { attributes: 1, components: 'co' } }))
  assert.equal((await stage.install(path)).exitCode, 0)
  assert.equal(states(stage), 'A Local, B Source, C Local, As Source, Bl Local, Bo Source, Cc Local, Co Local')
})

// https://learn.microsoft.com/windows/win32/msi/reinstall
test('what is installed again stays where it is, local or at its source', async () => {
  using stage = new HostStage()
  const builder = places({ A: { components: 'los' } })
  const path = stage.add(builder)
  assert.equal((await stage.install(path, { properties: { ADDLOCAL: 'ALL' } })).exitCode, 0)
  assert.equal(states(stage), 'A Local, Al Local, Ao Local, As Source')
  assert.equal((await stage.configure(builder.product.productCode, { properties: { REINSTALL: 'ALL' } })).exitCode, 0)
  assert.equal(states(stage), 'A Reinstall, Al Local, Ao Local, As Source')
})

// https://learn.microsoft.com/windows/win32/msi/conditional-statement-syntax: -1 is a state that nothing is known of
test('of a component that its condition leaves out, and of one without an identifier, no installed state is known', async () => {
  using stage = new HostStage()
  const builder = places({ A: { components: 'lo' } })
  const folder = builder.folder('ProgramFilesFolder\\Other', { key: 'OTHER' })
  builder.row('Component', { Component: 'out', ComponentId: guid, Directory_: folder.key, Attributes: 0, Condition: '0' })
  builder.row('Component', { Component: 'nameless', Directory_: folder.key, Attributes: 0 })
  for (const name of ['out', 'nameless']) builder.row('FeatureComponents', { Feature_: 'A', Component_: name })
  using session = openPackageSession(stage.platform, { path: stage.add(builder) })
  for (const action of ['CostInitialize', 'FileCost', 'CostFinalize']) await session.doAction(action)
  assert.deepEqual(['Al', 'out', 'nameless'].map((name) => session.componentState(name).installed), [2, -1, -1])
  assert.deepEqual(['?Al=2', '?out=-1', '?nameless=-1'].map((text) => session.condition(text)), ['true', 'true', 'true'])
})
