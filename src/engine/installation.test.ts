// Whole installations on a machine in memory: what a package's rows come to, and what a failure leaves behind.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { failWith, runProgram, runScript, callLibrary, setProperty, setFolder, type PackageBuilder } from '../authoring/index.ts'
import type { ProgramSpec } from '../platform/index.ts'
import { aPackage, anInstallStage, differences, takeSnapshot, type InstallStage } from '../testing/index.ts'
import { listProducts } from './index.ts'

const folder = 'C:\\Program Files (x86)\\Example'

function example(version = '1.0.0', upgradeCode = '{11111111-2222-3333-4444-555555555555}'): PackageBuilder {
  const builder = aPackage({ version, upgradeCode })
  builder.feature('Main').file(builder.folder('ProgramFilesFolder\\Example', { key: 'INSTALLDIR' }), 'data.txt', `data ${version}`)
  return builder
}

/** Programs named tool.exe are run; their exit codes come from the test. */
function withTool(exitCode: (spec: ProgramSpec) => number): { stage: InstallStage; runs: string[] } {
  const stage = anInstallStage({ files: { 'C:\\Windows\\System32\\tool.exe': 'a program' } })
  const runs: string[] = []
  stage.platform.processes.runnable = (path) => /tool\.exe$|\.tmp$/.test(path)
  stage.platform.processes.runs = (spec) => {
    runs.push(spec.args.join(' '))
    return { outcome: 'exited', exitCode: exitCode(spec), output: '' }
  }
  return { stage, runs }
}

test('a product is installed, listed, repaired and removed, and nothing of it stays', async () => {
  const stage = anInstallStage({ files: { 'C:\\Windows\\System32\\': '', 'C:\\Program Files (x86)\\': '' } })
  const path = stage.add(example())
  const before = takeSnapshot(stage.platform)
  assert.equal((await stage.install(path)).exitCode, 0)
  assert.equal(stage.text(`${folder}\\data.txt`), 'data 1.0.0')
  assert.deepEqual(listProducts(stage.platform).map(({ productName, productVersion, features }) => [productName, productVersion, features[0]?.state]), [['Example', '1.0.0', 3]])
  stage.platform.files.removeFile(`${folder}\\data.txt`)
  assert.equal((await stage.configure('example', { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'omus' } })).exitCode, 0)
  assert.equal(stage.text(`${folder}\\data.txt`), 'data 1.0.0')
  assert.equal((await stage.uninstall(path)).exitCode, 0)
  assert.equal(stage.platform.files.stat(folder), undefined)
  assert.deepEqual(listProducts(stage.platform), [])
  const left = differences(before, takeSnapshot(stage.platform)).filter((line) => !/Installer|CurrentVersion\\Uninstall: key/i.test(line))
  assert.deepEqual(left, [])
})

test('a plan decides the same and changes nothing', async () => {
  const stage = anInstallStage()
  const path = stage.add(example())
  const before = takeSnapshot(stage.platform)
  const planned = await stage.plan(path)
  assert.equal(planned.exitCode, 0)
  assert.deepEqual(differences(before, takeSnapshot(stage.platform)), [])
  const operations = planned.plan[0]!.entries.map(({ operation }) => operation.op)
  assert.ok(operations.includes('FileCopy') && operations.includes('ProductRegister'))
  const installed = await stage.install(path)
  assert.deepEqual(installed.decisions?.components, planned.decisions?.components)
})

test('an upgrade removes the old version in the same transaction, and a failure brings it back', async () => {
  const { stage } = withTool((spec) => spec.args[0] === 'fail' ? 1 : 0)
  assert.equal((await stage.install(stage.add(example(), 'one.msi'))).exitCode, 0)
  const upgrade = (failing: boolean): PackageBuilder => {
    const builder = example('2.0.0').majorUpgrade({ downgradeMessage: 'A newer version is installed.', removeAt: { after: 'InstallInitialize' } })
    return failing ? builder.customAction('Break', runProgram({ folder: 'TARGETDIR' }, 'tool.exe fail', { execution: 'deferred' }), { at: { before: 'InstallFinalize' } }) : builder
  }
  const before = takeSnapshot(stage.platform)
  assert.equal((await stage.install(stage.add(upgrade(true), 'broken.msi'))).exitCode, 1603)
  const changed = differences(before, takeSnapshot(stage.platform)).filter((line) => !line.includes('broken.msi'))
  assert.deepEqual(changed, [])
  assert.equal((await stage.install(stage.add(upgrade(false), 'two.msi'))).exitCode, 0)
  assert.equal(stage.text(`${folder}\\data.txt`), 'data 2.0.0')
  assert.deepEqual(listProducts(stage.platform).map(({ productVersion }) => productVersion), ['2.0.0'])
  const older = await stage.install(stage.add(example('1.5.0').majorUpgrade({ downgradeMessage: 'A newer version is installed.' }), 'older.msi'))
  assert.deepEqual([older.exitCode, older.error?.message], [1603, 'A newer version is installed.'])
})

test('custom actions run in their order: immediate, deferred, rollback and commit', async () => {
  const phases = ['immediate', 'rollback', 'deferred', 'commit'] as const
  const build = (): PackageBuilder => {
    const builder = example()
    for (const [index, execution] of phases.entries()) {
      builder.customAction(execution, runProgram({ folder: 'TARGETDIR' }, `tool.exe ${execution} [WHAT]`, { execution }), { at: 6500 + index })
    }
    builder.customAction('Last', runProgram({ folder: 'TARGETDIR' }, 'tool.exe last', { execution: 'deferred' }), { at: 6510 })
    return builder.property('WHAT', 'captured')
  }
  const good = withTool(() => 0)
  assert.equal((await good.stage.install(good.stage.add(build()))).exitCode, 0)
  assert.deepEqual(good.runs, ['immediate captured', 'deferred captured', 'last', 'commit captured'])
  const bad = withTool((spec) => spec.args[0] === 'last' ? 1 : 0)
  const result = await bad.stage.install(bad.stage.add(build()))
  assert.deepEqual(bad.runs, ['immediate captured', 'deferred captured', 'last', 'rollback captured'])
  assert.deepEqual([result.exitCode, result.error?.action, result.error?.messageNumber], [1603, 'Last', 1722])
})

test('a program out of the Binary table runs from a temporary file that goes afterwards', async () => {
  const { stage, runs } = withTool(() => 0)
  const builder = example().binary('helper', 'a program').customAction('Help', runProgram({ binary: 'helper' }, '"one argument" two'), { at: { after: 'InstallFinalize' } })
  assert.equal((await stage.install(stage.add(builder))).exitCode, 0)
  assert.deepEqual(runs, ['one argument two'])
  assert.equal(stage.platform.files.stat('C:\\Users'), undefined)
})

function runningTool(ignoreResult: boolean): PackageBuilder {
  return example().customAction('Tool', runProgram({ folder: 'TARGETDIR' }, 'tool.exe', { ignoreResult }), { at: { before: 'InstallFinalize' } })
}

test('a failing program ends the installation unless its result is ignored', async () => {
  const strict = withTool(() => 7)
  assert.equal((await strict.stage.install(strict.stage.add(runningTool(false)))).exitCode, 1603)
  assert.equal(strict.stage.text(`${folder}\\data.txt`), undefined)
  const lenient = withTool(() => 7)
  assert.equal((await lenient.stage.install(lenient.stage.add(runningTool(true)))).exitCode, 0)
  assert.ok(lenient.stage.log.includes('CustomAction Tool returned actual error code 7 but will be translated to success due to continue marking'))
})

test('a program that takes too long is ended, and so is the installation', async () => {
  const { stage } = withTool(() => 0)
  stage.platform.processes.runs = ({ timeLimitMs }) => ({ outcome: timeLimitMs === 1000 ? 'timed-out' : 'exited', exitCode: 0, output: '' })
  const builder = example().customAction('Tool', runProgram({ folder: 'TARGETDIR' }, 'tool.exe'), { at: { before: 'InstallFinalize' } })
  assert.equal((await stage.install(stage.add(builder), { timeLimitMs: 1000 })).exitCode, 1603)
  assert.ok(stage.log.includes('CustomAction Tool was ended after 1 seconds'))
})

for (const [what, number, build] of [
  ['a library', 1723, (builder: PackageBuilder) => builder.customAction('Foreign', callLibrary({ binary: 'code' }, 'Entry'), { at: { before: 'InstallFinalize' } })],
  ['a VBScript', 2738, (builder: PackageBuilder) => builder.customAction('Foreign', runScript('vbscript', { binary: 'code' }), { at: { before: 'InstallFinalize' } })],
  ['a JScript', 2739, (builder: PackageBuilder) => builder.customAction('Foreign', runScript('jscript', { binary: 'code' }), { at: { before: 'InstallFinalize' } })],
  ['a program of Windows', 1721, (builder: PackageBuilder) => builder.customAction('Foreign', runProgram({ binary: 'code' }, ''), { at: { before: 'InstallFinalize' } })],
] as const) {
  test(`${what} is never ignored in silence: it is skipped with a word in the log, or fails the installation`, async () => {
    const stage = anInstallStage()
    const path = stage.add(build(example().binary('code', 'foreign')))
    const failed = await stage.install(path, { customActions: 'fail' })
    assert.deepEqual([failed.exitCode, failed.error?.messageNumber, failed.error?.action], [1603, number, 'Foreign'])
    assert.equal((await stage.install(path, { customActions: 'skip' })).exitCode, 0)
    assert.ok(stage.log.some((line) => line.startsWith('Custom action Foreign (type')))
    assert.ok(stage.log.includes('Skipping action: Foreign (custom actions are skipped)'))
  })
}

test('properties, directories and errors come from custom actions of types 51, 35 and 19', async () => {
  const stage = anInstallStage()
  const builder = example()
    .customAction('Say', setProperty('GREETING', 'Hello [ProductName]'), { at: { after: 'CostFinalize' } })
    .customAction('Move', setFolder('INSTALLDIR', '[WindowsVolume]Elsewhere'), { at: { after: 'Say' }, condition: 'GREETING = "Hello Example"' })
    .customAction('Refuse', failWith('Not on [ComputerName]'), { at: { after: 'Move' }, condition: 'REFUSE' })
  const path = stage.add(builder)
  const refused = await stage.install(path, { properties: { REFUSE: '1' } })
  assert.deepEqual([refused.exitCode, refused.error?.message], [1603, 'Not on MSIKIT'])
  assert.equal((await stage.install(path)).exitCode, 0)
  assert.equal(stage.text('C:\\Elsewhere\\data.txt'), 'data 1.0.0')
  assert.equal((await stage.uninstall(path)).exitCode, 0)
  assert.equal(stage.text('C:\\Elsewhere\\data.txt'), undefined)
})

test('hidden properties stay out of the log', async () => {
  const stage = anInstallStage()
  const path = stage.add(example().propertyOptions('SECRET', { hidden: true }))
  assert.equal((await stage.install(path, { properties: { SECRET: 'hunter2' } })).exitCode, 0)
  assert.ok(stage.log.some((line) => line === 'Property(S): SECRET = **********'))
  assert.ok(!stage.log.some((line) => line.includes('hunter2')))
})

for (const [what, files, path, exitCode] of [
  ['a missing package', {}, 'D:\\none.msi', 1619], ['a file that is no package', { 'D:\\text.msi': 'just text' }, 'D:\\text.msi', 1620], ['a path that is none', {}, 'nowhere.msi', 1619],
] as const) {
  test(`${what} is ${exitCode}`, async () => {
    const stage = anInstallStage({ files })
    const before = takeSnapshot(stage.platform)
    const result = await stage.install(path)
    assert.equal(result.exitCode, exitCode)
    assert.ok(result.error!.message.includes(path.split('\\').at(-1)!))
    assert.deepEqual(differences(before, takeSnapshot(stage.platform)), [])
  })
}

test('a second installation on the same root is 1618', async () => {
  const stage = anInstallStage()
  const path = stage.add(example())
  using lock = stage.platform.lockInstallation()
  assert.notEqual(lock, undefined)
  assert.equal((await stage.install(path)).exitCode, 1618)
})

test('what is not installed cannot be removed, and an unknown feature cannot be chosen', async () => {
  const stage = anInstallStage()
  assert.equal((await stage.uninstall('{00000000-1111-2222-3333-444444444444}')).exitCode, 1605)
  assert.equal((await stage.uninstall('No such product')).exitCode, 1605)
  const result = await stage.install(stage.add(example()), { properties: { ADDLOCAL: 'Main,Nothing' } })
  assert.deepEqual([result.exitCode, result.error?.messageNumber], [1603, 2711])
})

for (const [name, wrong] of [['a file', '..\\..\\escaped.txt'], ['a file', '..'], ['a file', 'sub\\name.txt'], ['a file', 'C:evil.txt']] as const) {
  test(`${name} called ${wrong} is refused before anything is written`, async () => {
    const stage = anInstallStage()
    const builder = example()
    builder.row('Component', { Component: 'Bad', Directory_: 'INSTALLDIR', Attributes: 0, ComponentId: '{99999999-1111-2222-3333-444444444444}' })
    builder.row('FeatureComponents', { Feature_: 'Main', Component_: 'Bad' })
    builder.row('File', { File: 'bad', Component_: 'Bad', FileName: wrong, FileSize: 1, Sequence: 1 })
    const before = takeSnapshot(stage.platform)
    const path = stage.add(builder, 'bad.msi')
    const result = await stage.install(path)
    assert.deepEqual([result.exitCode, result.error?.messageNumber], [1603, 1324])
    assert.deepEqual(differences(before, takeSnapshot(stage.platform)).filter((line) => !line.includes('bad.msi')), [])
  })
}

for (const path of ['C:\\..\\..\\etc\\', 'Q:\\nowhere\\', 'relative', '\\\\server\\share\\x']) {
  test(`a target of ${path} is refused`, async () => {
    const stage = anInstallStage()
    const result = await stage.install(stage.add(example()), { properties: { INSTALLDIR: path } })
    assert.equal(result.exitCode, 1603)
    assert.ok([1324, 1327, 1606, 2606].includes(result.error!.messageNumber), String(result.error!.messageNumber))
  })
}

test('cancelling rolls back and is 1602', async () => {
  const { stage } = withTool(() => 0)
  const cancel = new AbortController()
  stage.platform.processes.runs = () => {
    cancel.abort()
    return { outcome: 'cancelled', exitCode: 0, output: '' }
  }
  const path = stage.add(example().customAction('Tool', runProgram({ folder: 'TARGETDIR' }, 'tool.exe', { execution: 'deferred' }), { at: { before: 'InstallFinalize' } }))
  const before = takeSnapshot(stage.platform)
  assert.equal((await stage.install(path, { signal: cancel.signal })).exitCode, 1602)
  assert.deepEqual(differences(before, takeSnapshot(stage.platform)), [])
})

test('a full disk is found out before anything is written', async () => {
  const stage = anInstallStage({ drives: { 'C:': { capacityBytes: 1 << 20 }, 'D:': {} } })
  const builder = example()
  builder.feature('Big').file(builder.folder('INSTALLDIR'), 'big.bin', new Uint8Array(1 << 21))
  const result = await stage.install(stage.add(builder))
  assert.deepEqual([result.exitCode, result.error?.messageNumber], [1603, 1601])
})

test('another package of an installed product is 1638 unless it is cached anew', async () => {
  const stage = anInstallStage()
  assert.equal((await stage.install(stage.add(example()))).exitCode, 0)
  const changed = stage.add(example().property('MORE', '1'), 'changed.msi')
  assert.equal((await stage.install(changed)).exitCode, 1638)
  assert.equal((await stage.install(changed, { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'vomus' } })).exitCode, 0)
})

test('the UI sequence hands public properties and features to the execute sequence, and private ones not', async () => {
  const stage = anInstallStage()
  const builder = example()
    .customAction('SetPublic', setProperty('PUBLIC', 'yes'), { at: { before: 'ExecuteAction' }, in: 'InstallUISequence' })
    .customAction('SetPrivate', setProperty('Private', 'no'), { at: { before: 'ExecuteAction' }, in: 'InstallUISequence' })
  builder.feature('Optional', { level: 100 }).file(builder.folder('INSTALLDIR'), 'optional.txt', 'more')
  const result = await stage.install(stage.add(builder), { ui: 'full' })
  assert.equal(result.exitCode, 0, result.error?.message)
  assert.equal(stage.property('PUBLIC'), 'yes')
  assert.equal(stage.property('Private'), undefined)
  assert.equal(stage.property('ADDLOCAL'), 'Main')
  assert.equal(stage.text(`${folder}\\data.txt`), 'data 1.0.0')
})
