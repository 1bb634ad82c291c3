// Which features are installed: levels, conditions, attributes, lists of properties in their fixed order.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { componentAttribute, featureAttribute, setProperty, type Feature, type FeatureOptions, type PackageBuilder } from 'msikit/authoring'
import { componentClients, componentState, listProducts, QueryState } from 'msikit/engine'
import { aPackage, type InstallStage } from '../../dist/testing/index.js'
import { aMachine } from './machine.js'

/** Features as a tree of names, each with a file of its own name. */
interface Tree { readonly [name: string]: FeatureOptions & { readonly children?: Tree } }

function example(tree: Tree, change: (builder: PackageBuilder) => void = () => {}): PackageBuilder {
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  const add = (parent: PackageBuilder | Feature, features: Tree): void => {
    for (const [name, { children = {}, ...options }] of Object.entries(features)) {
      const feature = parent.feature(name, options)
      feature.file(place, `${name}.txt`, name, { key: `file.${name}`, component: { key: `component.${name}` } })
      add(feature, children)
    }
  }
  add(builder, tree)
  change(builder)
  return builder
}

/** Names of the features whose files are there. */
const installed = (stage: InstallStage): string => stage.platform.files.stat('C:\\Program Files (x86)\\Example') === undefined ? ''
  : stage.platform.files.list('C:\\Program Files (x86)\\Example').map((name) => name.replace('.txt', '')).join(' ')

async function first(tree: Tree, properties: Record<string, string> = {}, change?: (builder: PackageBuilder) => void): Promise<string> {
  const stage = aMachine()
  const { exitCode, error } = await stage.install(stage.add(example(tree, change)), { properties })
  return exitCode === 0 ? installed(stage) : `${exitCode} ${error?.messageNumber}`
}

/** Installs with some properties, then changes with others. */
async function then(tree: Tree, ...steps: readonly Record<string, string>[]): Promise<string> {
  const stage = aMachine()
  const path = stage.add(example(tree))
  for (const properties of steps) {
    const { exitCode, error } = await stage.install(path, { properties })
    if (exitCode !== 0) return `${exitCode} ${error?.messageNumber}`
  }
  return installed(stage)
}

const plain: Tree = { A: {}, B: { level: 3 }, C: { level: 100 }, Never: { level: 0 } }

test('the level of a feature is compared with INSTALLLEVEL', async () => {
  assert.equal(await first(plain), 'A')
  assert.equal(await first(plain, { INSTALLLEVEL: '3' }), 'A B')
  assert.equal(await first(plain, { INSTALLLEVEL: '32767' }), 'A B C')
  assert.equal(await first(plain, {}, (builder) => builder.property('INSTALLLEVEL', '50')), 'A B')
})

test('level 0 is never installed, nor what stands under it, whatever is asked for', async () => {
  assert.equal(await first(plain, { ADDLOCAL: 'ALL' }), 'A B C')
  const follows = { attributes: featureAttribute.followParent | featureAttribute.uiDisallowAbsent }
  const tree: Tree = { Never: { level: 0, children: { Child: { children: { Grandchild: {} } }, Follows: follows } }, A: {} }
  assert.equal(await first(tree), 'A')
  for (const list of ['ADDLOCAL', 'ADDSOURCE', 'ADDDEFAULT']) assert.equal(await first(tree, { [list]: 'ALL' }), 'A', list)
  assert.equal(await first(tree, { ADDLOCAL: 'A,Grandchild,Follows,Never' }), 'A')
  assert.equal(await first(tree, { ADDLOCAL: 'A', FILEADDLOCAL: 'file.Child' }), 'A')
  assert.equal(await then(tree, {}, { ADDLOCAL: 'ALL' }), 'A')
})

test('a feature that a condition enabled stays when conditions are not looked at, and goes with the product', async () => {
  const tree: Tree = { A: {}, Enabled: { level: 0, conditions: [{ level: 1, condition: 'WANTED' }], children: { Child: {}, Later: { level: 100 } } } }
  assert.equal(await then(tree, { WANTED: '1' }), 'A Child Enabled')
  assert.equal(await then(tree, { WANTED: '1' }, { ADDLOCAL: 'Later' }), 'A Child Enabled Later')
  assert.equal(await then(tree, { WANTED: '1' }, { REINSTALL: 'ALL' }), 'A Child Enabled')
  assert.equal(await then(tree, { WANTED: '1' }, { REMOVE: 'ALL' }), '')
})

test('conditions give features other levels', async () => {
  const tree: Tree = { A: { conditions: [{ level: 0, condition: 'NO_A' }] }, B: { level: 100, conditions: [{ level: 1, condition: 'WITH_B' }] } }
  assert.equal(await first(tree), 'A')
  assert.equal(await first(tree, { NO_A: '1' }), '')
  assert.equal(await first(tree, { WITH_B: '1' }), 'A B')
})

test('lists say exactly what is installed, with what stands above it', async () => {
  const tree: Tree = { A: { children: { A1: {}, A2: { children: { A21: {} } } } }, B: {} }
  assert.equal(await first(tree), 'A A1 A2 A21 B')
  assert.equal(await first(tree, { ADDLOCAL: 'A21' }), 'A A2 A21')
  assert.equal(await first(tree, { ADDLOCAL: 'B,A1' }), 'A A1 B')
  assert.equal(await first(tree, { ADDDEFAULT: 'A2' }), 'A A2')
  assert.equal(await first(tree, { ADDLOCAL: 'ALL', REMOVE: 'A2' }), 'A A1 B')
  assert.equal(await first(tree, { COMPADDLOCAL: 'component.A1' }), 'A A1')
  assert.equal(await first(tree, { FILEADDLOCAL: 'file.A21' }), 'A A2 A21')
})

test('components and files stand for the cheapest of their features, at first and later', async () => {
  const id = '{11111111-2222-3333-4444-555555555555}'
  const share = (builder: PackageBuilder): void => {
    const shared = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
    const features = ['Dear', 'Cheap'].map((name) => builder.feature(name, { level: 100 }))
    features[0]!.file(shared, 'Dear.txt', 'x'.repeat(5000))
    features[1]!.file(shared, 'Cheap.txt', 'x')
    const component = features[0]!.component(shared, { key: 'Shared', guid: id })
    component.file('Shared.txt', 'shared', { key: 'shared.txt' })
    features[1]!.include(component)
  }
  for (const list of ['COMPADDLOCAL', 'COMPADDSOURCE', 'COMPADDDEFAULT']) {
    assert.equal(await first({ A: {} }, { [list]: id }, share), 'Cheap Shared', list)
    assert.equal(await first({ A: {} }, { [list]: 'Shared' }, share), 'Cheap Shared', list)
    assert.equal(await first({ A: {} }, { [list]: 'Unknown', ADDLOCAL: 'A' }, share), 'A', list)
  }
  for (const list of ['FILEADDLOCAL', 'FILEADDSOURCE', 'FILEADDDEFAULT']) assert.equal(await first({ A: {} }, { [list]: 'shared.txt' }, share), 'Cheap Shared', list)
  assert.equal(await then({ A: {}, B: { level: 100 } }, {}, { COMPADDLOCAL: 'component.B' }), 'A B')
  assert.equal(await then({ A: {}, B: { level: 100 } }, {}, { FILEADDLOCAL: 'file.B' }), 'A B')
})

test('a feature that does not exist is 2711, in every list', async () => {
  for (const list of ['ADDLOCAL', 'REMOVE', 'ADDSOURCE', 'ADDDEFAULT', 'REINSTALL', 'ADVERTISE']) assert.equal(await first(plain, { [list]: 'A,Unknown' }), '1603 2711', list)
  assert.equal(await first(plain, { ADDLOCAL: 'a' }), '1603 2711', 'names are matched with their case')
})

test('a child follows its parent, and goes with it', async () => {
  const tree: Tree = { A: { level: 100, children: { A1: { level: 1 } } }, B: {} }
  assert.equal(await first(tree), 'B')
  assert.equal(await then(tree, { ADDLOCAL: 'A1,B' }, { REMOVE: 'A' }), 'B')
  assert.equal(await then(tree, { ADDLOCAL: 'A1' }, { REMOVE: 'A1' }), 'A')
})

test('FollowParent follows, and UIDisallowAbsent cannot be left out', async () => {
  const tree: Tree = { A: { children: { Follows: { level: 100, attributes: featureAttribute.followParent | featureAttribute.uiDisallowAbsent }, Free: { level: 100 } } }, B: {} }
  assert.equal(await first(tree, { ADDLOCAL: 'A' }), 'A Follows')
  assert.equal(await first(tree, { ADDLOCAL: 'B' }), 'B')
})

test('REMOVE takes a feature that follows its parent away from it only where it may be absent', async () => {
  // "To guarantee that the child feature's state always follows the state of its parent … include both FollowParent and UIDisallowAbsent", so such a child cannot go
  // alone. With FollowParent alone "the installer cannot force the child feature out of the absent state": it may be absent, goes when it is named, and stays away.
  // https://learn.microsoft.com/windows/win32/msi/feature-table; the pages of ADDLOCAL and REMOVE have no exception for such features.
  const always = featureAttribute.followParent | featureAttribute.uiDisallowAbsent
  const tree: Tree = { A: { children: { Always: { attributes: always, children: { Deeper: { attributes: always } } }, Mostly: { attributes: featureAttribute.followParent } } }, B: {} }
  assert.equal(await then(tree, {}, { REMOVE: 'Always' }), 'A Always B Deeper Mostly')
  assert.equal(await then(tree, {}, { REMOVE: 'Deeper' }), 'A Always B Deeper Mostly')
  assert.equal(await then(tree, {}, { REMOVE: 'Mostly' }), 'A Always B Deeper')
  assert.equal(await then(tree, {}, { REMOVE: 'Mostly' }, { REINSTALL: 'A' }), 'A Always B Deeper')
  assert.equal(await then(tree, {}, { REMOVE: 'Always,A' }), 'B')
  assert.equal(await then(tree, {}, { REMOVE: 'A' }), 'B')
  assert.equal(await then(tree, {}, { REMOVE: 'ALL' }), '')
  assert.equal(await first(tree, { ADDLOCAL: 'ALL', REMOVE: 'Always,Mostly' }), 'A Always B Deeper')
})

test('changes name what changes; everything else stays', async () => {
  const tree: Tree = { A: {}, B: {}, C: { level: 100 } }
  assert.equal(await then(tree, {}, { ADDLOCAL: 'C' }), 'A B C')
  assert.equal(await then(tree, {}, { REMOVE: 'A' }), 'B')
  assert.equal(await then(tree, {}, { REMOVE: 'A', ADDLOCAL: 'C' }), 'B C')
  assert.equal(await then(tree, {}, { REMOVE: 'A' }, { ADDLOCAL: 'ALL' }), 'A B C')
  assert.equal(await then(tree, {}, { ADDLOCAL: 'C', REMOVE: 'C' }), 'A B')
  assert.equal(await then(tree, { INSTALLLEVEL: '100' }, {}), 'A B C')
})

test('removing every feature removes the product', async () => {
  const stage = aMachine()
  const path = stage.add(example({ A: {}, B: {} }))
  await stage.install(path)
  assert.equal((await stage.configure('Example', { properties: { REMOVE: 'A,B' } })).exitCode, 0)
  assert.deepEqual(listProducts(stage.platform), [])
  assert.equal(installed(stage), '')
})

test('a product of which nothing is installed is not registered', async () => {
  const stage = aMachine()
  const { exitCode } = await stage.install(stage.add(example({ A: { level: 100 } })))
  assert.equal(exitCode, 0)
  assert.deepEqual(listProducts(stage.platform), [])
})

test('REINSTALL touches only what is installed, and installs nothing', async () => {
  assert.equal(await first({ A: {}, B: { level: 100 } }, { REINSTALL: 'ALL' }), '')
  assert.equal(await then({ A: {}, B: { level: 100 } }, {}, { REINSTALL: 'ALL' }), 'A')
  assert.equal(await then({ A: {}, B: { level: 100 } }, {}, { REINSTALL: 'A', ADDLOCAL: 'B' }), 'A B')
})

test('components with false conditions are left out, and their features installed all the same', async () => {
  const stage = aMachine()
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example')
  const feature = builder.feature('Main')
  feature.file(place, 'always.txt', 'x')
  feature.file(place, 'wide.txt', 'x', { component: { condition: 'VersionNT64' } })
  feature.file(place, 'old.txt', 'x', { component: { condition: 'VersionNT < 600' } })
  feature.file(place, 'asked.txt', 'x', { component: { condition: 'WANTED = "yes"' } })
  builder.customAction('Ask', setProperty('WANTED', 'yes'), { at: { before: 'CostFinalize' } })
  assert.equal((await stage.install(stage.add(builder))).exitCode, 0)
  assert.equal(installed(stage), 'always asked wide')
  assert.equal(listProducts(stage.platform)[0]!.features[0]!.state, 3)
})

test('a transitive component whose condition turns false goes, its feature stays complete, and nothing of it is left in the end', async () => {
  const stage = aMachine()
  const guid = '{01234567-1111-2222-3333-444444444444}'
  const builder = aPackage()
  const main = builder.feature('Main')
  const folder = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  main.file(folder, 'stays.txt', 'stays')
  main.file(folder, 'goes.txt', 'goes', { component: { guid, attributes: componentAttribute.transitive | componentAttribute.sharedDllRefCount, condition: 'not UNWANTED' } })
  const { productCode } = await stage.install(stage.add(builder))
  assert.equal(componentState(stage.platform, productCode, 'machine', guid), QueryState.local)
  assert.equal((await stage.configure(productCode, { properties: { REINSTALL: 'ALL', UNWANTED: '1' } })).exitCode, 0)
  assert.equal(stage.text('C:\\Program Files (x86)\\Example\\goes.txt'), undefined)
  assert.equal(componentState(stage.platform, productCode, 'machine', guid), QueryState.notUsed)
  assert.equal(listProducts(stage.platform)[0]!.features[0]!.state, 3)
  // The condition holds again; what is registered without a key path goes all the same.
  assert.equal((await stage.uninstall(productCode)).exitCode, 0)
  assert.deepEqual(componentClients(stage.platform, guid), [])
})

async function level(change: (builder: PackageBuilder) => void, properties: Record<string, string> = {}): Promise<unknown[]> {
  const stage = aMachine()
  await stage.install(stage.add(example({ A: {} }, change)), { ui: 'full', properties, logFile: '/var/log/example.log' })
  return [stage.property('UILevel'), stage.property('MsiLogFileLocation')]
}

test('LIMITUI, of the package or the command line, leaves the user interface at basic; a log says where it lies', async () => {
  assert.deepEqual(await level(() => {}), ['5', '/var/log/example.log'])
  assert.deepEqual(await level((builder) => builder.property('LIMITUI', '1').property('ARPNOMODIFY', '1')), ['3', '/var/log/example.log'])
  assert.deepEqual(await level(() => {}, { LIMITUI: '1' }), ['3', '/var/log/example.log'])
})

test('properties of the command line come before those of the table, and private ones are not taken', async () => {
  const stage = aMachine()
  const path = stage.add(example({ A: {} }, (builder) => builder.property('WHO', 'the table').property('Private', 'the table').property('GONE', 'the table')))
  await stage.install(path, { properties: { WHO: 'the command line', GONE: '' } })
  assert.equal(stage.property('WHO'), 'the command line')
  assert.equal(stage.property('Private'), 'the table')
  assert.equal(stage.property('GONE'), undefined)
})

test('TARGETDIR, a folder of the product and ALLUSERS decide where things go', async () => {
  const stage = aMachine()
  const path = stage.add(example({ A: {} }))
  assert.equal((await stage.install(path, { properties: { INSTALLDIR: 'C:\\Elsewhere\\Here' } })).exitCode, 0)
  assert.equal(stage.text('C:\\Elsewhere\\Here\\A.txt'), 'A')
  assert.equal((await stage.configure('Example', { properties: { REINSTALL: 'ALL', INSTALLDIR: 'C:\\Other' } })).exitCode, 0)
  assert.equal(stage.text('C:\\Other\\A.txt'), undefined, 'an installed folder does not move')
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.equal(stage.platform.files.stat('C:\\Elsewhere'), undefined)
  assert.equal((await stage.install(path, { properties: { ALLUSERS: '' } })).exitCode, 0)
  assert.equal(listProducts(stage.platform)[0]!.perMachine, false)
})

test('who is no administrator can install for himself, not for all: 1925', async () => {
  const stage = aMachine({ machine: { isAdministrator: false } })
  const path = stage.add(example({ A: {} }))
  const refused = await stage.install(path)
  assert.deepEqual([refused.exitCode, refused.error?.messageNumber], [1603, 1925])
  assert.equal((await stage.install(path, { properties: { ALLUSERS: '' } })).exitCode, 0)
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.equal((await stage.install(path, { properties: { ALLUSERS: '2' } })).exitCode, 0)
  assert.equal(listProducts(stage.platform)[0]!.perMachine, false)
})

test('of two components with the same code, which packages have against the rules, the one that stays is not forgotten', async () => {
  const guid = '{0A0B0C0D-0000-4000-8000-0000000000CC}'
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  for (const name of ['A', 'B']) builder.feature(name).file(place, `${name}.txt`, name, { key: `file.${name}`, component: { key: `component.${name}`, guid } })
  const stage = aMachine()
  const path = stage.add(builder)
  assert.equal((await stage.install(path)).exitCode, 0)
  assert.equal((await stage.install(path, { properties: { REMOVE: 'A' } })).exitCode, 0)
  assert.equal(installed(stage), 'B')
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.equal(stage.platform.files.stat('C:\\Program Files (x86)\\Example'), undefined)
})

test('a class and an extension that two features serve stay with the one that stays', async () => {
  const clsid = '{0A0B0C0D-0000-4000-8000-0000000000CD}'
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  for (const [name, Context] of [['A', 'InprocServer32'], ['B', 'LocalServer32']] as const) {
    builder.feature(name).file(place, `${name}.exe`, name, { key: `file.${name}` })
      .row('Extension', { Extension: 'exm', ProgId_: 'Example.Document', MIME_: 'x/example', Feature_: name })
      .row('Class', { CLSID: clsid, Context, Description: 'Thing', ProgId_Default: 'Example.Thing', Feature_: name })
  }
  builder.row('ProgId', { ProgId: 'Example.Document', Description: 'Document' }).row('ProgId', { ProgId: 'Example.Thing', Class_: clsid, Description: 'Thing' })
    .row('Verb', { Extension_: 'exm', Verb: 'open' }).row('MIME', { ContentType: 'x/example', Extension_: 'exm' })
  const stage = aMachine()
  const path = stage.add(builder)
  const value = (key: string): unknown => stage.platform.registry.value(`HKLM\\Software\\Classes\\${key}`, '')?.data
  const kept = (): unknown => ['.exm', 'Example.Document', 'Example.Document\\shell\\open\\command', 'Example.Thing', `Wow6432Node\\CLSID\\${clsid}\\InprocServer32`, `Wow6432Node\\CLSID\\${clsid}\\LocalServer32`].map(value)
  const server = 'C:\\Program Files (x86)\\Example\\B.exe'
  const served = ['Example.Document', 'Document', `"${server}"`, 'Thing', undefined, server]
  assert.equal((await stage.install(path, { properties: { ADDLOCAL: 'B' } })).exitCode, 0)
  assert.deepEqual(kept(), served)
  assert.equal((await stage.install(path, { properties: { ADDLOCAL: 'A' } })).exitCode, 0)
  assert.equal((await stage.install(path, { properties: { REMOVE: 'A' } })).exitCode, 0)
  assert.deepEqual(kept(), served)
  assert.equal(stage.platform.registry.value('HKLM\\Software\\Classes\\MIME\\Database\\Content Type\\x/example', 'Extension')?.data, '.exm')
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.deepEqual(kept(), [undefined, undefined, undefined, undefined, undefined, undefined])
})
