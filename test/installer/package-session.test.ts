// Packages that are opened without being installed, and the handles that code of custom actions gets.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { callLibrary, setProperty, type PackageBuilder } from 'msikit/authoring'
import { openPackageSession, openProductSession, RunMode, type LibraryCall } from 'msikit/engine'
import { aPackage, anInstallStage } from '../../dist/testing/index.js'

const folder = 'C:\\Program Files (x86)\\Example\\'

function example(): PackageBuilder {
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  builder.feature('Main').file(place, 'data.txt', 'data')
  builder.feature('Extra', { level: 4 }).file(place, 'extra.txt', 'more')
  return builder.property('WHAT', 'a thing')
}

async function costed(): Promise<ReturnType<typeof openPackageSession>> {
  const stage = anInstallStage()
  const session = openPackageSession(stage.platform, { path: stage.add(example()) })
  for (const action of ['CostInitialize', 'FileCost', 'CostFinalize']) assert.equal(await session.doAction(action), 0)
  return session
}

test('a package that is opened has its properties, and folders once costing has begun', async () => {
  const stage = anInstallStage()
  using session = openPackageSession(stage.platform, { path: stage.add(example()) })
  assert.equal(session.property('WHAT'), 'a thing')
  assert.equal(session.property('SourceDir'), '')
  assert.throws(() => session.targetPath('INSTALLDIR'), { code: 'ERROR_DIRECTORY' })
  assert.equal(await session.doAction('CostInitialize'), 0)
  assert.equal(session.sourcePath('SourceDir'), 'D:\\')
  assert.equal(session.property('SourceDir'), 'D:\\')
  assert.equal(await session.doAction('CostFinalize'), 0)
  assert.equal(session.targetPath('INSTALLDIR'), folder)
  assert.equal(session.format(['[1] in [INSTALLDIR]', 'all']), `all in ${folder}`)
  assert.equal(session.condition('WHAT = "a thing" AND NOT Installed'), 'true')
})

test('an action that nobody knows was not called', async () => {
  const stage = anInstallStage()
  using session = openPackageSession(stage.platform, { path: stage.add(example()) })
  assert.equal(await session.doAction('NoSuchAction'), 1626)
})

test('features follow the install level and what is asked of them', async () => {
  using session = await costed()
  assert.deepEqual(session.featureState('Main'), { installed: 2, action: 3 })
  assert.deepEqual(session.featureState('Extra'), { installed: 2, action: -1 })
  session.setInstallLevel(4)
  assert.deepEqual(session.featureState('Extra'), { installed: 2, action: 3 })
  session.setFeatureState('Main', 2)
  session.setFeatureState('Extra', 2)
  assert.deepEqual(session.featureState('Main'), { installed: 2, action: 2 })
  assert.throws(() => session.featureState('None'), { code: 'ERROR_UNKNOWN_FEATURE' })
  assert.throws(() => session.componentState('None'), { code: 'ERROR_UNKNOWN_COMPONENT' })
})

test('a folder that is moved takes its files along', async () => {
  using session = await costed()
  session.setTargetPath('INSTALLDIR', 'C:\\Elsewhere')
  assert.equal(session.targetPath('INSTALLDIR'), 'C:\\Elsewhere\\')
  assert.equal(session.property('INSTALLDIR'), 'C:\\Elsewhere\\')
  assert.throws(() => session.setTargetPath('INSTALLDIR', 'X:\\nowhere'), { code: 'ERROR_FUNCTION_FAILED' })
  assert.throws(() => session.setTargetPath('NoFolder', 'C:\\x'), { code: 'ERROR_DIRECTORY' })
})

test('a folder that is moved takes along the folders below that stand in it', async () => {
  const stage = anInstallStage()
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  const inner = place.folder('lib', { key: 'LIBDIR' })
  const main = builder.feature('Main')
  main.file(inner.folder('deep', { key: 'DEEPDIR' }), 'deep.txt', 'deep')
  main.file(place.folder('data', { key: 'DATADIR' }), 'data.txt', 'data')
  using session = openPackageSession(stage.platform, { path: stage.add(builder) }, { properties: { DATADIR: 'C:\\Data' } })
  for (const action of ['CostInitialize', 'FileCost', 'CostFinalize']) assert.equal(await session.doAction(action), 0)
  session.setTargetPath('INSTALLDIR', 'C:\\Elsewhere')
  assert.equal(session.targetPath('LIBDIR'), 'C:\\Elsewhere\\lib\\')
  assert.equal(session.property('DEEPDIR'), 'C:\\Elsewhere\\lib\\deep\\')
  assert.equal(session.targetPath('DATADIR'), 'C:\\Data\\')
  session.setTargetPath('LIBDIR', 'C:\\Libraries')
  session.setTargetPath('INSTALLDIR', 'C:\\Again')
  assert.equal(session.targetPath('DEEPDIR'), 'C:\\Libraries\\deep\\')
  session.setTargetPath('TARGETDIR', 'C:\\Root')
  assert.equal(session.targetPath('INSTALLDIR'), 'C:\\Again\\', 'predefined folders stay where they are')
})

test('an opened package changes nothing, whatever is run of it', async () => {
  const stage = anInstallStage()
  using session = openPackageSession(stage.platform, { path: stage.add(example()) })
  assert.equal(await session.sequence('InstallExecuteSequence'), 0)
  assert.equal(stage.text(`${folder}data.txt`), undefined)
})

test('an installed product is opened from its cached package', async () => {
  const stage = anInstallStage()
  const { exitCode, productCode } = await stage.install(stage.add(example()))
  assert.equal(exitCode, 0)
  using session = openProductSession(stage.platform, productCode)
  for (const action of ['CostInitialize', 'CostFinalize']) assert.equal(await session.doAction(action), 0)
  assert.deepEqual(session.featureState('Main'), { installed: 3, action: -1 })
  assert.ok(session.mode(RunMode.maintenance))
  assert.throws(() => openProductSession(stage.platform, '{11111111-1111-1111-1111-111111111111}'), { code: 'ERROR_UNKNOWN_PRODUCT' })
})

interface LibraryRun {
  readonly calls: string[]
  readonly exitCode: number
  readonly properties: ReadonlyMap<string, string>
}

/** Installs the example with entry points that note what they see and return what is wanted. */
async function withLibrary(build: (builder: PackageBuilder) => void, run: (call: LibraryCall) => number | undefined): Promise<LibraryRun> {
  const stage = anInstallStage()
  const builder = example().binary('code.dll', 'a library')
  build(builder)
  const calls: string[] = []
  const { exitCode, decisions } = await stage.install(stage.add(builder), { libraryRunner: { name: 'test', runLibrary: (call) => {
    calls.push(call.entryPoint)
    return run(call)
  } } })
  return { calls, exitCode, properties: new Map(decisions?.properties ?? []) }
}

test('an entry point that runs at once sees the session and may change its properties', async () => {
  const { calls, exitCode, properties } = await withLibrary((builder) => {
    builder.customAction('Look', callLibrary({ binary: 'code.dll' }, 'Look'), { at: { after: 'CostFinalize' } })
  }, ({ session, library }) => {
    assert.deepEqual(library, { binary: 'code.dll' })
    assert.equal(session.targetPath('INSTALLDIR'), folder)
    assert.equal(session.mode(RunMode.scheduled), false)
    session.setProperty('SEEN', session.property('WHAT'))
    return 0
  })
  assert.deepEqual([calls, exitCode, properties.get('SEEN')], [['Look'], 0, 'a thing'])
})

test('deferred code sees its CustomActionData and little else', async () => {
  const { calls, exitCode } = await withLibrary((builder) => {
    builder.customAction('SetLater', setProperty('Later', 'from [WHAT]'), { at: 4050 })
    builder.customAction('Later', callLibrary({ binary: 'code.dll' }, 'Later', { execution: 'deferred' }), { at: 4060 })
  }, ({ session }) => {
    assert.equal(session.property('CustomActionData'), 'from a thing')
    assert.notEqual(session.property('ProductCode'), '')
    assert.equal(session.property('WHAT'), '')
    assert.equal(session.database, undefined)
    assert.ok(session.mode(RunMode.scheduled))
    assert.equal(session.mode(RunMode.rollback), false)
    assert.throws(() => session.setProperty('WHAT', 'x'), { code: 'ERROR_INVALID_HANDLE' })
    return 0
  })
  assert.deepEqual([calls, exitCode], [['Later'], 0])
})

for (const [code, meaning, exitCode] of [[1603, 'fails', 1603], [1602, 'cancels', 1602], [87, 'fails with a code of its own', 1603]] as const) {
  test(`an entry point that returns ${code} ${meaning}, and the installation with it`, async () => {
    const run = await withLibrary((builder) => {
      builder.customAction('Refuse', callLibrary({ binary: 'code.dll' }, 'Refuse'), { at: { after: 'CostFinalize' } })
    }, () => code)
    assert.equal(run.exitCode, exitCode)
  })
}

test('a failure is forgiven when the action says so', async () => {
  const { exitCode } = await withLibrary((builder) => {
    builder.customAction('Refuse', callLibrary({ binary: 'code.dll' }, 'Refuse', { ignoreResult: true }), { at: { after: 'CostFinalize' } })
  }, () => 1603)
  assert.equal(exitCode, 0)
})

test('an entry point that returns 259 ends the sequence with success', async () => {
  const { exitCode } = await withLibrary((builder) => {
    builder.customAction('Enough', callLibrary({ binary: 'code.dll' }, 'Enough'), { at: { after: 'CostFinalize' } })
  }, () => 259)
  assert.equal(exitCode, 0)
})

test('an entry point that the runner does not know cannot be run', async () => {
  const { exitCode } = await withLibrary((builder) => {
    builder.customAction('Unknown', callLibrary({ binary: 'code.dll' }, 'Unknown'), { at: { after: 'CostFinalize' } })
  }, () => undefined)
  assert.equal(exitCode, 1603)
})
