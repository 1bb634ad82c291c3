// Files that a program holds so that the host lets nobody move them, as Windows does: they are replaced and removed when the machine
// starts again, and the transaction is whole without. https://learn.microsoft.com/windows/win32/msi/system-reboots
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { PackageBuilder } from 'msikit/authoring'
import { installPackage, listProducts, recoverInterruptedInstallation } from 'msikit/engine'
import { readFile } from 'msikit/platform'
import { aPackage, recordCrashPoints, type InstallStage } from '../../dist/testing/index.js'
import { aMachine, changes, snapshotOf } from './machine.js'

const app = 'C:\\Program Files (x86)\\Example\\app.txt'
const key = 'HKLM\\System\\CurrentControlSet\\Control\\Session Manager'

function example(): PackageBuilder {
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' }), 'app.txt', 'new content')
  return builder
}

function pending({ platform }: InstallStage): readonly string[] {
  const value = platform.registry.value(key, 'PendingFileRenameOperations')
  return value?.type === 'REG_MULTI_SZ' ? value.data : []
}

test('a held file is replaced at the next start of the machine', async () => {
  const stage = aMachine({ files: { [app]: 'old content' } })
  const held = stage.platform.files.hold(app)
  const options = { properties: { REINSTALLMODE: 'amus' } }
  assert.equal((await stage.install(stage.add(example()), options)).exitCode, 3010)
  assert.equal(stage.text(app), 'old content')
  const [from = '', to] = pending(stage)
  assert.match(from, /^\\\?\?\\C:\\Program Files \(x86\)\\Example\\TBD[0-9a-f]+\.tmp$/)
  assert.equal(to, `!\\??\\${app}`)
  assert.equal(stage.text(from.slice(4)), 'new content')
  assert.ok(stage.log.some((line) => line.startsWith('Info 1902.')))
  // No Windows has started since: the next installation does what it would have done, once nobody holds the file.
  const { productCode } = await stage.configure((await stage.plan(stage.add(example()))).productCode)
  assert.equal(pending(stage).length, 2)
  held[Symbol.dispose]()
  await stage.configure(productCode)
  assert.equal(stage.text(app), 'new content')
  assert.deepEqual(pending(stage), [])
})

test('a rollback leaves a held file as it is, and nothing beside it', async () => {
  const stage = aMachine({ files: { [app]: 'old content' } })
  using held = stage.platform.files.hold(app)
  const before = snapshotOf(stage)
  const builder = example().customAction('Fail', { type: 3 * 16 + 5 + 1024, target: 'no script' }, { at: { before: 'InstallFinalize' } })
  assert.equal((await stage.install(stage.add(builder), { properties: { REINSTALLMODE: 'amus' } })).exitCode, 1603)
  assert.deepEqual(changes(before, stage), [])
  void held
})

test('a held file that is uninstalled goes at the next start of the machine', async () => {
  const stage = aMachine()
  const { productCode } = await stage.install(stage.add(example()))
  const held = stage.platform.files.hold(app)
  assert.equal((await stage.uninstall(productCode)).exitCode, 3010)
  assert.deepEqual(pending(stage), [`\\??\\${app}`, ''])
  held[Symbol.dispose]()
  // Installed once more before that, it is to stay.
  await stage.install(stage.add(example()), { properties: { REINSTALLMODE: 'amus' } })
  assert.deepEqual([stage.text(app), pending(stage)], ['new content', []])
})

test('whenever the process is killed, a held file is what it was, and the new content waits for the next start or is gone', async () => {
  const stage = aMachine({ files: { [app]: 'old content' } })
  using held = stage.platform.files.hold(app)
  void held
  const recording = recordCrashPoints(stage.platform, { stride: 4 })
  const { exitCode } = await installPackage(recording.platform, { package: stage.add(example()), properties: { REINSTALLMODE: 'amus' }, durability: 'process-end' })
  recording.end()
  assert.equal(exitCode, 3010)
  const outcomes = new Set<string>()
  for (const { left, where } of recording.points) {
    await recoverInterruptedInstallation(left, () => {})
    const names = left.files.list('C:\\Program Files (x86)\\Example')
    const value = left.registry.value(key, 'PendingFileRenameOperations')
    const isInstalled = listProducts(left).length > 0
    outcomes.add(`${isInstalled}`)
    assert.deepEqual([names.length, value?.type === 'REG_MULTI_SZ' ? value.data.length : 0], isInstalled ? [2, 2] : [1, 0], where)
    assert.equal(new TextDecoder().decode(readFile(left.files, app)), 'old content', where)
  }
  assert.deepEqual([...outcomes].sort(), ['false', 'true'])
})
