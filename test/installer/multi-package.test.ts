// Several packages in one transaction: all or none. https://learn.microsoft.com/windows/win32/msi/multiple-package-installations
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { failWith, runProgram, type PackageBuilder } from 'msikit/authoring'
import { beginTransaction, listProducts, recoverInterruptedInstallation } from 'msikit/engine'
import { aPackage, differences, type InstallStage } from '../../dist/testing/index.js'
import { HostStage } from './host-stage.js'
import { aMachine, changes, snapshotOf } from './machine.js'

function product(name: string, change: (builder: PackageBuilder) => PackageBuilder = (one) => one): PackageBuilder {
  const builder = aPackage({ name })
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder(name, { key: 'INSTALLDIR' }), `${name}.txt`, `text of ${name}`, { key: 'file' })
    .registry('HKLM', `Software\\${name}`, 'x', '1')
  return change(builder)
}

const broken = (builder: PackageBuilder): PackageBuilder => builder.schedule('InstallExecute', { at: { after: 'InstallFiles' } })
  .customAction('Break', failWith('broken'), { at: { before: 'InstallFinalize' } })

const options = { name: 'Suite', durability: 'process-end' } as const
const names = (stage: InstallStage): string[] => listProducts(stage.platform).map(({ productName }) => productName).sort()

test('two packages are installed by one commit', async () => {
  const stage = aMachine()
  const [one, two] = [stage.add(product('One'), 'one.msi'), stage.add(product('Two'), 'two.msi')]
  const both = await beginTransaction(stage.platform, options)
  assert.equal((await both.install({ package: one })).exitCode, 0)
  assert.equal(both.isOpen, true)
  assert.equal((await both.install({ package: two })).exitCode, 0)
  assert.deepEqual(await both.commit(), { exitCode: 0, rebootRequired: false, error: undefined })
  assert.deepEqual(names(stage), ['One', 'Two'])
  assert.equal(stage.text('C:\\Program Files (x86)\\Two\\Two.txt'), 'text of Two')
  assert.equal(stage.platform.files.stat('C:\\Config.Msi'), undefined)
  const alone = aMachine()
  await alone.install(alone.add(product('One'), 'one.msi'))
  await alone.install(alone.add(product('Two'), 'two.msi'))
  // The name of the cached package is not part of the comparison: it is found by what is registered.
  assert.deepEqual(differences(snapshotOf(alone), snapshotOf(stage)), [])
})

test('a package that fails takes back those before it, and ends the transaction', async () => {
  const stage = aMachine()
  const [one, two] = [stage.add(product('One'), 'one.msi'), stage.add(product('Two', broken), 'two.msi')]
  const before = snapshotOf(stage)
  const both = await beginTransaction(stage.platform, options)
  assert.equal((await both.install({ package: one })).exitCode, 0)
  assert.equal((await both.install({ package: two })).exitCode, 1603)
  assert.equal(both.isOpen, false)
  assert.deepEqual(changes(before, stage), [])
  await assert.rejects(both.install({ package: one }), { code: 'ERROR_INVALID_HANDLE_STATE' })
  await assert.rejects(both.commit(), { code: 'ERROR_INVALID_HANDLE_STATE' })
  assert.equal((await stage.install(one)).exitCode, 0, 'the root is free again')
})

test('what is begun can be taken back, a removal too, and so is what nobody committed', async () => {
  const stage = aMachine()
  assert.equal((await stage.install(stage.add(product('Old'), 'old.msi'))).exitCode, 0)
  const productCode = listProducts(stage.platform)[0]!.productCode
  const one = stage.add(product('One'), 'one.msi')
  const before = snapshotOf(stage)
  for (const end of ['rollback', 'dispose'] as const) {
    const both = await beginTransaction(stage.platform, options)
    assert.equal((await both.uninstall(productCode)).exitCode, 0)
    assert.equal((await both.install({ package: one })).exitCode, 0)
    assert.deepEqual(names(stage), ['One'])
    assert.equal((await both.uninstall(one)).exitCode, 0, 'what was installed a moment ago can go again')
    if (end === 'rollback') await both.rollback()
    else await both[Symbol.asyncDispose]()
    assert.deepEqual(changes(before, stage), [])
    assert.deepEqual(names(stage), ['Old'])
  }
})

test('while a transaction is open nobody else installs', async () => {
  const stage = aMachine()
  const one = stage.add(product('One'), 'one.msi')
  const both = await beginTransaction(stage.platform, options)
  assert.equal((await stage.install(one)).exitCode, 1618)
  await assert.rejects(beginTransaction(stage.platform, options), { errno: 1618 })
  await both.rollback()
  assert.equal((await stage.install(one)).exitCode, 0)
})

test('a package that restarts the machine is left out, the others go on', async () => {
  const stage = aMachine()
  const [one, two] = [stage.add(product('One'), 'one.msi'), stage.add(product('Two', (builder) => builder.schedule('ScheduleReboot', { at: { after: 'InstallFinalize' } })), 'two.msi')]
  const both = await beginTransaction(stage.platform, options)
  const refused = await both.install({ package: two })
  assert.deepEqual([refused.exitCode, /ScheduleReboot/.test(refused.error!.message), both.isOpen], [1603, true, true])
  assert.equal((await both.install({ package: one })).exitCode, 0)
  assert.equal((await both.commit()).exitCode, 0)
  assert.deepEqual(names(stage), ['One'])
})

test('a package without rollback cannot take part', async () => {
  const stage = aMachine()
  const one = stage.add(product('One'), 'one.msi')
  const before = snapshotOf(stage)
  const both = await beginTransaction(stage.platform, options)
  assert.equal((await both.install({ package: one, properties: { DISABLEROLLBACK: '1' } })).exitCode, 1653)
  assert.deepEqual([both.isOpen, changes(before, stage)], [false, []])
})

const withActions = (name: string) => (builder: PackageBuilder): PackageBuilder => builder
  .binary('note', `#!/bin/sh\necho "$1 ${name}" >> "$MSIKIT_DRIVE_C/notes.txt"\n`)
  .customAction('Undo', runProgram({ binary: 'note' }, 'rollback', { execution: 'rollback' }), { at: { after: 'InstallInitialize' }, condition: 'NOT REMOVE' })
  .customAction('Keep', runProgram({ binary: 'note' }, 'commit', { execution: 'commit' }), { at: { after: 'InstallInitialize' }, condition: 'NOT REMOVE' })

test('custom actions for commit wait for all packages, those for rollback run for all', async () => {
  for (const end of ['commit', 'rollback'] as const) {
    using stage = new HostStage()
    const both = await beginTransaction(stage.platform, options)
    for (const name of ['One', 'Two']) {
      const { exitCode, error } = await both.install({ package: stage.add(product(name, withActions(name)), `${name}.msi`) })
      assert.equal(exitCode, 0, error?.message)
      assert.equal(stage.text('C:\\notes.txt'), undefined)
    }
    await both[end]()
    assert.deepEqual(stage.text('C:\\notes.txt')?.trim().split('\n'), end === 'commit' ? ['commit One', 'commit Two'] : ['rollback Two', 'rollback One'])
  }
})

test('a crash in the middle is taken back at the next start', async () => {
  using stage = new HostStage()
  const one = stage.add(product('One'), 'one.msi')
  const both = await beginTransaction(stage.platform, options)
  assert.equal((await both.install({ package: one })).exitCode, 0)
  assert.equal(stage.text('C:\\Program Files (x86)\\One\\One.txt'), 'text of One')
  // Another view of the root, as the next process has it, whose number is another one.
  const next = stage.open()
  const self = next.processes.self.bind(next.processes)
  next.processes.self = () => ({ ...self(), pid: self().pid + 1_000_000 })
  next.processes.identify = () => undefined
  const [report] = await recoverInterruptedInstallation(next, () => {})
  assert.deepEqual([report?.productName, report?.outcome], ['Suite', 'rolled back'])
  assert.equal(stage.text('C:\\Program Files (x86)\\One\\One.txt'), undefined)
  assert.deepEqual(listProducts(stage.open()), [])
})

test('who joins a transaction owns it: the one before is told, and may neither install nor end it', async () => {
  const stage = aMachine()
  const [one, two] = [stage.add(product('One'), 'one.msi'), stage.add(product('Two'), 'two.msi')]
  const first = await beginTransaction(stage.platform, options)
  assert.equal((await first.install({ package: one })).exitCode, 0)
  const lines: string[] = []
  const second = first.join({ log: (line) => { lines.push(line) } })
  await first.ownerChanged
  assert.deepEqual([first.isOwner, second.isOwner, first.isOpen], [false, true, true])
  for (const refused of [() => first.install({ package: two }), () => first.commit(), () => first.rollback()]) await assert.rejects(refused(), { code: 'ERROR_ACCESS_DENIED' })
  await first[Symbol.asyncDispose]()
  assert.equal(second.isOpen, true, 'who is no owner leaves nothing behind')
  const installing = second.install({ package: two })
  assert.throws(() => first.join(), { code: 'ERROR_INSTALL_ALREADY_RUNNING' })
  await assert.rejects(second.commit(), { code: 'ERROR_INSTALL_ALREADY_RUNNING' })
  assert.equal((await installing).exitCode, 0)
  assert.ok(lines.length > 0)
  assert.equal((await second.commit()).exitCode, 0)
  assert.deepEqual(names(stage), ['One', 'Two'])
  assert.throws(() => first.join(), { code: 'ERROR_INVALID_HANDLE_STATE' })
})

test('a transaction that its owner leaves is taken back, the package that is being installed too', async () => {
  const stage = aMachine()
  const one = stage.add(product('One'), 'one.msi')
  const before = snapshotOf(stage)
  const both = (await beginTransaction(stage.platform, options)).join()
  const installing = both.install({ package: one })
  await both[Symbol.asyncDispose]()
  assert.equal((await installing).exitCode, 0)
  assert.deepEqual(changes(before, stage), [])
})

test('what cannot be a transaction is refused', async () => {
  const policy = 'HKLM\\Software\\Policies\\Microsoft\\Windows\\Installer'
  const stage = aMachine({ registry: { [policy]: { DisableRollback: { type: 'REG_DWORD', data: 1 } } } })
  await assert.rejects(beginTransaction(stage.platform, options), { errno: 1653 })
  await assert.rejects(beginTransaction(aMachine().platform, { ...options, name: '' }), { code: 'ERROR_INVALID_PARAMETER' })
  await assert.rejects(beginTransaction(aMachine().platform, { ...options, installerVersion: '4.0' }), { code: 'ERROR_CALL_NOT_IMPLEMENTED' })
})
