// Patches: applied to installed products and with a first installation, removed, sequenced, superseded, registered.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { packGuid } from 'msikit/base'
import { buildPatch, failWith, type PackageBuilder, type PatchDefinition } from 'msikit/authoring'
import { administerPackage, advertisePackage, allPatches, applyPatches, configureProduct, listProducts, openPackage, PatchState, productPatchesIn, removePatches } from 'msikit/engine'
import { aPackage, differences, takeSnapshot, type InstallStage } from '../../dist/testing/index.js'
import { aMachine } from './machine.js'

const productCode = '{AAAAAAAA-1111-2222-3333-444444444444}'
const place = 'C:\\Program Files (x86)\\Example'
const code = (digit: number): string => `{0000000${digit}-1111-2222-3333-444444444444}`

interface Content {
  readonly version?: string
  readonly files?: Readonly<Record<string, string>>
  readonly change?: (builder: PackageBuilder) => void
  /** Names of files, and their components, that it has not. */
  readonly without?: readonly string[]
}

const original = { 'a.txt': 'a as it was', 'b.txt': 'b as it was', 'c.txt': 'c as it was' }

function product({ version = '1.0.0', files = {}, change = () => {}, without = [] }: Content = {}): PackageBuilder {
  const builder = aPackage({ version, productCode, upgradeCode: '{BBBBBBBB-1111-2222-3333-444444444444}' })
  const folder = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  const feature = builder.feature('Main')
  for (const [name, text] of Object.entries({ ...original, ...files })) {
    if (without.includes(name)) continue
    feature.file(folder, name, text, { key: name, component: { key: name } }).registry('HKLM', 'Software\\Example', name, text)
  }
  change(builder)
  return builder
}

/** A patch from one content to another, in D:\. */
function addPatch(stage: InstallStage, digit: number, from: Content, to: Content, more: Partial<PatchDefinition> = {}): string {
  const base = product(from).build({ validation: false }).database
  const patch = buildPatch({ code: code(digit), targets: [{ base, updated: product(to).build({ validation: false }).database }], displayName: `Patch ${digit}`, ...more })
  const path = `D:\\patch${digit}.msp`
  const writer = stage.platform.files.create(path)
  patch.save({ write: (chunk) => { writer.write(chunk) } })
  writer.close()
  return path
}

const texts = (stage: InstallStage): (string | undefined)[] => ['a.txt', 'b.txt', 'c.txt'].map((name) => stage.text(`${place}\\${name}`))
const value = (stage: InstallStage, name: string): unknown => stage.platform.registry.value('HKLM\\Software\\Wow6432Node\\Example', name)?.data
const codes = (stage: InstallStage, states: number): string[] => productPatchesIn(stage.platform, productCode, 'machine', states).map(({ patchCode }) => patchCode)

async function installed(): Promise<{ stage: InstallStage; path: string }> {
  const stage = aMachine()
  const path = stage.add(product())
  assert.equal((await stage.install(path)).exitCode, 0)
  return { stage, path }
}

const family = (sequence: string, supersedes = false) => ({ families: [{ family: 'Example', sequence, supersedes }] })

const withRow = (builder: PackageBuilder): void => { builder.row('Patch', { File_: 'a.txt', Sequence: 10_000, PatchSize: 5, Attributes: 0 }) }

const changedA = { files: { 'a.txt': 'a as patched' } }
const changedB = { files: { 'b.txt': 'b as patched' } }

test('a small update changes its files and values, and is registered with the product', async () => {
  const { stage } = await installed()
  const patch = addPatch(stage, 1, {}, changedA)
  const result = await stage.configure(productCode, { properties: { PATCH: patch } })
  assert.deepEqual([result.exitCode, result.error], [0, undefined])
  assert.deepEqual(texts(stage), ['a as patched', 'b as it was', 'c as it was'])
  assert.equal(value(stage, 'a.txt'), 'a as patched')
  assert.deepEqual(codes(stage, PatchState.applied), [code(1)])
  assert.deepEqual(allPatches(stage.platform, PatchState.applied).map(({ patchCode, productCode: of, context }) => [patchCode, of, context]), [[code(1), productCode, 'machine']])
  assert.deepEqual(allPatches(stage.platform, PatchState.superseded), [])
  assert.equal(stage.property('PATCH'), patch)
  assert.equal(stage.property(`MSPSRC${code(1).replace(/[{}-]/g, '')}`), patch)
})

test('a patch that is removed leaves nothing, and one that is applied again is no news', async () => {
  const { stage } = await installed()
  const before = takeSnapshot(stage.platform)
  const patch = addPatch(stage, 1, {}, { files: { 'a.txt': 'a as patched', 'new.txt': 'new with the patch' } })
  assert.equal((await stage.configure(productCode, { properties: { PATCH: patch } })).exitCode, 0)
  assert.equal((await stage.configure(productCode, { properties: { PATCH: patch } })).exitCode, 0)
  assert.equal(stage.text(`${place}\\new.txt`), 'new with the patch')
  stage.platform.files.removeFile(patch)
  assert.equal((await stage.configure(productCode, { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'amus' } })).exitCode, 0)
  assert.deepEqual(texts(stage), ['a as patched', 'b as it was', 'c as it was'], 'repairs take the patch from the cache')
  const removal = await stage.configure(productCode, { properties: { MSIPATCHREMOVE: code(1) } })
  assert.deepEqual([removal.exitCode, removal.error], [0, undefined])
  assert.deepEqual(texts(stage), ['a as it was', 'b as it was', 'c as it was'])
  assert.equal(stage.text(`${place}\\new.txt`), undefined)
  assert.equal(value(stage, 'new.txt'), undefined)
  assert.equal(value(stage, 'a.txt'), 'a as it was')
  assert.deepEqual(codes(stage, 15), [])
  assert.deepEqual(differences(before, takeSnapshot(stage.platform)).filter((line) => !/EstimatedSize|Patches: key|AllPatches/i.test(line)), [])
})

test('a minor upgrade changes the version; a product removed takes its patches along', async () => {
  const stage = aMachine()
  const path = stage.add(product())
  const empty = takeSnapshot(stage.platform)
  await stage.install(path)
  const patch = addPatch(stage, 1, {}, { version: '1.1.0', ...changedB })
  assert.equal((await stage.configure(productCode, { properties: { PATCH: patch } })).exitCode, 0)
  assert.equal(listProducts(stage.platform)[0]!.productVersion, '1.1.0')
  assert.deepEqual(texts(stage), ['a as it was', 'b as patched', 'c as it was'])
  assert.equal((await stage.uninstall(productCode)).exitCode, 0)
  stage.platform.files.removeFile(patch)
  assert.deepEqual(differences(empty, takeSnapshot(stage.platform)).filter((line) => !/Installer|CurrentVersion\\Uninstall: key|Wow6432Node: key|Microsoft/i.test(line)), [])
  assert.deepEqual(stage.platform.files.list('C:\\Windows').includes('Installer') ? stage.platform.files.list('C:\\Windows\\Installer') : [], [])
})

test('PATCH at a first installation brings the product as patched', async () => {
  const stage = aMachine()
  const path = stage.add(product())
  const patches = [addPatch(stage, 1, {}, changedA), addPatch(stage, 2, {}, changedB)]
  const result = await stage.install(path, { properties: { PATCH: patches.join(';') } })
  assert.deepEqual([result.exitCode, result.error], [0, undefined])
  assert.deepEqual(texts(stage), ['a as patched', 'b as patched', 'c as it was'])
  assert.deepEqual(codes(stage, PatchState.applied), [code(1), code(2)])
})

test('patches are applied in the order of their family, whatever order they come in', async () => {
  const { stage } = await installed()
  const second = addPatch(stage, 2, changedA, { files: { 'a.txt': 'a as patched twice' } }, family('1.2'))
  const first = addPatch(stage, 1, {}, changedA, family('1.1'))
  assert.equal((await stage.configure(productCode, { properties: { PATCH: second } })).exitCode, 0)
  assert.equal((await stage.configure(productCode, { properties: { PATCH: first } })).exitCode, 0)
  assert.deepEqual(codes(stage, PatchState.applied), [code(1), code(2)])
  assert.equal(texts(stage)[0], 'a as patched twice')
  const third = addPatch(stage, 3, {}, { files: { 'a.txt': 'a as patched at last' } }, family('1.3', true))
  assert.equal((await stage.configure(productCode, { properties: { PATCH: third } })).exitCode, 0)
  assert.equal(texts(stage)[0], 'a as patched at last')
  assert.deepEqual([codes(stage, PatchState.applied), codes(stage, PatchState.superseded).sort()], [[code(3)], [code(1), code(2)]])
  assert.equal((await stage.configure(productCode, { properties: { MSIPATCHREMOVE: code(3) } })).exitCode, 0)
  assert.equal(texts(stage)[0], 'a as patched twice', 'what was superseded counts again')
  assert.deepEqual(codes(stage, PatchState.applied), [code(1), code(2)])
})

test('a patch without a family takes the place of those that it names', async () => {
  const { stage } = await installed()
  await stage.configure(productCode, { properties: { PATCH: addPatch(stage, 1, {}, changedA) } })
  await stage.configure(productCode, { properties: { PATCH: addPatch(stage, 2, {}, { files: { 'a.txt': 'a anew' } }, { obsoletes: [code(1)] }) } })
  assert.equal(texts(stage)[0], 'a anew')
  assert.deepEqual([codes(stage, PatchState.applied), codes(stage, PatchState.obsoleted)], [[code(2)], [code(1)]])
})

test('a small update of a minor upgrade waits for it', async () => {
  const { stage } = await installed()
  const families = [{ family: 'Example', sequence: '2.1' }]
  const upgraded = { version: '1.1.0', ...changedB }
  const update = addPatch(stage, 2, upgraded, { ...upgraded, files: { ...changedB.files, 'c.txt': 'c as patched' } }, { families })
  assert.equal((await stage.configure(productCode, { properties: { PATCH: update } })).exitCode, 1642)
  const upgrade = addPatch(stage, 1, {}, upgraded, { families: [{ family: 'Example', sequence: '2.0' }] })
  assert.equal((await stage.configure(productCode, { properties: { PATCH: `${update};${upgrade}` } })).exitCode, 0)
  assert.deepEqual(texts(stage), ['a as it was', 'b as patched', 'c as patched'])
  assert.equal(listProducts(stage.platform)[0]!.productVersion, '1.1.0')
})

test('a feature that a patch brings comes with its parent, and goes with the patch', async () => {
  const { stage } = await installed()
  const followsAlways = 0x12
  const patch = addPatch(stage, 1, {}, {
    change: (builder) => {
      const extra = builder.feature('Extra', { attributes: followsAlways })
      extra.file(builder.folder('ProgramFilesFolder').folder('More', { key: 'MOREDIR' }), 'extra.txt', 'extra', { component: { key: 'extra' } })
      builder.row('Feature', { Feature: 'Child', Feature_Parent: 'Main', Level: 1, Attributes: followsAlways, Display: 9 })
      builder.row('FeatureComponents', { Feature_: 'Child', Component_: 'extra' })
    },
  })
  assert.equal((await stage.configure(productCode, { properties: { PATCH: patch } })).exitCode, 0)
  assert.equal(stage.text('C:\\Program Files (x86)\\More\\extra.txt'), 'extra')
  assert.equal((await stage.configure(productCode, { properties: { MSIPATCHREMOVE: patch } })).exitCode, 0)
  assert.equal(stage.platform.files.stat('C:\\Program Files (x86)\\More'), undefined)
  assert.deepEqual(listProducts(stage.platform)[0]!.features.map(({ name }) => name), ['Main'])
})

test('files that a patch has as deltas are refused before anything changes, whole ones are installed', async () => {
  const { stage } = await installed()
  const whole = addPatch(stage, 1, {}, { ...changedA, change: withRow })
  const base = product().build({ validation: false }).database
  const updated = product({ ...changedA, change: withRow }).build({ validation: false }).database
  updated.table('File')!.update(updated.table('File')!.find('a.txt')!, 'FileSize', 999)
  const writer = stage.platform.files.create('D:\\delta.msp')
  buildPatch({ code: code(2), targets: [{ base, updated }] }).save({ write: (chunk) => { writer.write(chunk) } })
  writer.close()
  const before = takeSnapshot(stage.platform)
  const refused = await stage.configure(productCode, { properties: { PATCH: 'D:\\delta.msp' } })
  assert.deepEqual([refused.exitCode, refused.error?.messageNumber], [1603, 1328])
  assert.deepEqual(differences(before, takeSnapshot(stage.platform)), [])
  assert.equal((await stage.configure(productCode, { properties: { PATCH: whole } })).exitCode, 0)
  assert.equal(texts(stage)[0], 'a as patched')
})

test('a patch that fails leaves the product as it was', async () => {
  const { stage } = await installed()
  const patch = addPatch(stage, 1, {}, { ...changedA, change: (builder) => { builder.customAction('Fail', failWith('no'), { at: { before: 'InstallFinalize' }, condition: 'PATCH' }) } })
  const last = addPatch(stage, 2, {}, { ...changedA, change: (builder) => { builder.row('Registry', { Registry: 'bad', Root: 2, Key: 'Software\\Example', Name: 'z', Value: 'z', Component_: 'a.txt' }) } })
  const before = takeSnapshot(stage.platform)
  assert.equal((await stage.configure(productCode, { properties: { PATCH: patch } })).exitCode, 1603)
  assert.deepEqual(differences(before, takeSnapshot(stage.platform)), [])
  assert.equal((await stage.configure(productCode, { properties: { PATCH: last } })).exitCode, 0)
  assert.equal(value(stage, 'z'), 'z')
  assert.equal((await stage.configure(productCode, { properties: { MSIPATCHREMOVE: code(2) } })).exitCode, 0)
  assert.equal(value(stage, 'z'), undefined, 'a value that a patch added to a component goes with the patch')
})

test('patches find the products that they are made for', async () => {
  const { stage } = await installed()
  const patch = addPatch(stage, 1, {}, changedA)
  assert.equal((await applyPatches(stage.platform, { patches: [patch] })).exitCode, 0)
  assert.equal(texts(stage)[0], 'a as patched')
  await stage.uninstall(productCode)
  assert.equal((await applyPatches(stage.platform, { patches: [patch] })).exitCode, 1642)
})

test('what is no patch, is for something else or may not be removed is refused, and nothing changes', async () => {
  const { stage } = await installed()
  const fixed = addPatch(stage, 1, {}, changedA, { allowRemoval: false })
  const other = addPatch(stage, 2, { version: '3.0.0' }, { version: '3.0.0', ...changedA })
  const before = takeSnapshot(stage.platform)
  const tries: readonly [Record<string, string>, number][] = [
    [{ PATCH: 'D:\\none.msp' }, 1635], [{ PATCH: 'D:\\package.msi' }, 1636], [{ PATCH: other }, 1642],
    [{ MSIPATCHREMOVE: code(7) }, 1647], [{ ACTION: 'ADVERTISE', PATCH: fixed }, 1637],
  ]
  for (const [properties, expected] of tries) assert.equal((await stage.configure(productCode, { properties })).exitCode, expected, JSON.stringify(properties))
  assert.deepEqual(differences(before, takeSnapshot(stage.platform)), [])
  assert.equal((await stage.configure(productCode, { properties: { PATCH: fixed } })).exitCode, 0)
  assert.equal((await stage.configure(productCode, { properties: { MSIPATCHREMOVE: code(1) } })).exitCode, 1646)
})

test('a patch is removed wherever it is applied, by code or by file; where it is not, that is said', async () => {
  const { stage } = await installed()
  const patch = addPatch(stage, 1, {}, changedA, { allowRemoval: true })
  const options = { durability: 'process-end' } as const
  assert.equal((await removePatches(stage.platform, { ...options, patches: [code(1)] })).exitCode, 1642)
  for (const name of [code(1), patch]) {
    assert.equal((await applyPatches(stage.platform, { ...options, patches: [patch] })).exitCode, 0)
    assert.equal((await removePatches(stage.platform, { ...options, patches: [name] })).exitCode, 0)
    assert.deepEqual(texts(stage), Object.values(original))
    assert.deepEqual(codes(stage, PatchState.applied), [])
  }
})

for (const [policy, exitCode] of [['DisablePatch', 1643], ['DisablePatchUninstall', 1649]] as const) {
  test(`the policy ${policy} ends it with ${exitCode}`, async () => {
    const { stage } = await installed()
    const patch = addPatch(stage, 1, {}, changedA, { allowRemoval: true })
    const forbid = (): void => {
      stage.platform.registry.createKey('HKLM\\Software\\Policies\\Microsoft\\Windows\\Installer')
      stage.platform.registry.setValue('HKLM\\Software\\Policies\\Microsoft\\Windows\\Installer', policy, { type: 'REG_DWORD', data: 1 })
    }
    if (policy === 'DisablePatch') forbid()
    const applied = await stage.configure(productCode, { properties: { PATCH: patch } })
    if (policy === 'DisablePatch') return assert.equal(applied.exitCode, exitCode)
    forbid()
    assert.equal((await stage.configure(productCode, { properties: { MSIPATCHREMOVE: code(1) } })).exitCode, exitCode)
    assert.deepEqual(codes(stage, PatchState.applied), [code(1)])
    assert.equal((await stage.uninstall(productCode)).exitCode, 0, 'the product may go, with its patches')
  })
}

test('an administrative image is patched where it stands, and a patched one is made of package and patch', async () => {
  for (const inPlace of [true, false]) {
    const stage = aMachine()
    const path = stage.add(product())
    const newCode = '{DDDDDDDD-1111-2222-3333-444444444444}'
    const patch = addPatch(stage, 1, {}, { files: { ...changedA.files, 'new.txt': 'new' }, change: (builder) => { builder.property('PATCHNEWPACKAGECODE', newCode).property('PATCHNEWSUMMARYSUBJECT', 'Patched') } })
    const administer = (source: string, properties: Record<string, string>): ReturnType<typeof administerPackage> => administerPackage(stage.platform, { package: source, properties, durability: 'process-end' })
    if (inPlace) {
      assert.equal((await administer(path, { TARGETDIR: 'C:\\image' })).exitCode, 0)
      const patched = await administer('C:\\image\\package.msi', { PATCH: patch })
      assert.equal(patched.exitCode, 0, patched.error?.message)
    } else {
      const patched = await administer(path, { TARGETDIR: 'C:\\image', PATCH: patch })
      assert.equal(patched.exitCode, 0, patched.error?.message)
    }
    using image = openPackage(stage.platform, 'C:\\image\\package.msi')
    assert.deepEqual([image.summary.adminImage, image.summary.packageCode], [true, newCode])
    stage.platform.files.removeFile(patch)
    stage.platform.files.removeFile(path)
    const installedFromIt = await stage.install('C:\\image\\package.msi')
    assert.equal(installedFromIt.exitCode, 0, installedFromIt.error?.message)
    assert.deepEqual([...texts(stage), stage.text(`${place}\\new.txt`)], ['a as patched', 'b as it was', 'c as it was', 'new'])
    assert.deepEqual(codes(stage, PatchState.applied), [], 'the image is the product, the patch is part of it')
  }
})

test('an advertisement is not patched, and that is said', async () => {
  const stage = aMachine()
  const path = stage.add(product())
  const result = await advertisePackage(stage.platform, { package: path, properties: { PATCH: addPatch(stage, 1, {}, changedA) } })
  assert.equal(result.exitCode, 1637)
})

function setPolicy({ platform: { registry } }: InstallStage, name: string, data: number): void {
  const key = 'HKLM\\Software\\Policies\\Microsoft\\Windows\\Installer'
  registry.createKey(key)
  registry.setValue(key, name, { type: 'REG_DWORD', data })
}

// https://learn.microsoft.com/windows/win32/msi/allowlockdownpatch
test('who is no administrator patches what was installed for the machine only if AllowLockdownPatch lets him, and removes no patch', async () => {
  const { stage } = await installed()
  const patch = addPatch(stage, 1, {}, changedA, { allowRemoval: true })
  const user = stage.platform.machine.user as { isAdministrator: boolean }
  user.isAdministrator = false
  assert.equal((await stage.configure(productCode, { properties: { PATCH: patch } })).exitCode, 1643)
  assert.deepEqual(codes(stage, PatchState.applied), [])
  setPolicy(stage, 'AllowLockdownPatch', 1)
  assert.equal((await stage.configure(productCode, { properties: { PATCH: patch } })).exitCode, 0)
  assert.equal((await stage.configure(productCode, { properties: { MSIPATCHREMOVE: code(1) } })).exitCode, 1649)
  assert.deepEqual(codes(stage, PatchState.applied), [code(1)])
  user.isAdministrator = true
  assert.equal((await stage.configure(productCode, { properties: { MSIPATCHREMOVE: code(1) } })).exitCode, 0)
})

// https://learn.microsoft.com/windows/win32/msi/msienforceupgradecomponentrules, …/enforceupgradecomponentrules
const withFeatures = (isLeaf: boolean): Content => ({
  change: (builder) => {
    builder.row('Feature', { Feature: 'New', Feature_Parent: 'Main', Display: 0, Level: 1, Attributes: 0 })
    if (!isLeaf) builder.row('Feature', { Feature: 'Under', Feature_Parent: 'New', Display: 0, Level: 1, Attributes: 0 })
  },
})
for (const [what, change, messageNumber] of [
  ['takes a component from a feature', { without: ['c.txt'] }, 2771], ['brings a feature with others under it', withFeatures(false), 2772], ['brings a leaf feature', withFeatures(true), undefined],
] as const) {
  test(`a small update that ${what} ${messageNumber === undefined ? 'keeps' : 'breaks'} the rules, which count where the package or the machine says so`, async () => {
    for (const enforced of ['nowhere', 'by the property', 'by the policy']) {
      const { stage } = await installed()
      const update = stage.add(product({ ...change, ...changedA }), 'update.msi')
      if (enforced === 'by the policy') setPolicy(stage, 'EnforceUpgradeComponentRules', 1)
      const properties = { REINSTALL: 'ALL', REINSTALLMODE: 'vomus', ...(enforced === 'by the property' ? { MSIENFORCEUPGRADECOMPONENTRULES: '1' } : {}) }
      const { exitCode, error } = await stage.install(update, { properties })
      const expected = enforced === 'nowhere' || messageNumber === undefined ? [0, undefined] : [1603, messageNumber]
      assert.deepEqual([exitCode, error?.messageNumber], expected, enforced)
    }
  })
}

// https://learn.microsoft.com/windows/win32/msi/standard-installer-command-line-options, /update: `PatchGUID`
test('a patch that another product has can be named by its code', async () => {
  const { stage } = await installed()
  const patch = addPatch(stage, 1, {}, changedA, { allowRemoval: true })
  const properties = { PATCH: code(1) }
  assert.equal((await stage.configure(productCode, { properties })).exitCode, 1635)
  // Of the other product nothing counts but its record of the patch.
  const cached = `HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\S-1-5-18\\Patches\\${packGuid(code(1))!}`
  stage.platform.registry.createKey(cached)
  stage.platform.registry.setValue(cached, 'LocalPackage', { type: 'REG_SZ', data: patch })
  assert.equal((await configureProduct(stage.platform, productCode, { durability: 'process-end', properties })).exitCode, 0)
  assert.deepEqual(codes(stage, PatchState.applied), [code(1)])
})
