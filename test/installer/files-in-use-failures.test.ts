// The installer and the applications that hold its files: scenarios 70 to 75 of the Restart Manager, on real processes but where a
// service manager has to be played. 71 is in session-key.test.ts too, with programs that join.
import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { failWith, runProgram, setProperty } from 'msikit/authoring'
import { installPackage } from 'msikit/engine'
import { MemoryProcesses, MemoryServices } from 'msikit/platform'
import { createRestartManager } from 'msikit/restart-manager'
import { anInstallStage, createFaultyPlatform } from '../../dist/testing/index.js'
import { HostStage } from './host-stage.js'
import { clientSucceeded, dataOf, example, folder, has, holdData, install, occupy, onLinux, repository, restartManagerLines, succeeded } from './in-use-programs.js'

test('70. a service that the package stops itself is left out and stopped by StopServices; one that it does not is stopped and started', async () => {
  for (const own of [true, false]) {
    const { stage, services } = serviceStage()
    const builder = example()
    if (own) builder.row('ServiceControl', { ServiceControl: 'Stop', Name: 'Worker', Event: 2, Wait: 1, Component_: 'data.bin' })
    const { exitCode } = await stage.install(stage.add(builder))
    assert.equal(has(stage, 'Detected that the service worker.service will be stopped due to a service control action'), own)
    assert.deepEqual(services.journal, own ? ['stop worker.service'] : ['stop worker.service', 'start worker.service'])
    assert.equal(has(stage, 'Will attempt to shut down'), !own)
    assert.equal(has(stage, 'ServiceControl: worker.service of the host, which uses files of this root, was stopped'), own)
    assert.equal(exitCode, 0)
  }
})

/** A service of the host that has data.bin open. */
function serviceStage(facts: Parameters<MemoryServices['add']>[1] = {}) {
  const [processes, services] = [new MemoryProcesses(), new MemoryServices()]
  const data = `${folder}\\data.bin`
  const worker = processes.add({ facts: { commandName: 'worker', service: 'worker.service' }, uses: { [data]: 'open' } })
  services.add('worker.service', { processes: [worker], ...facts })
  services.add('sshd.service')
  return { stage: anInstallStage({ processes, services, files: { [data]: 'old' } }), services, processes }
}

test('70. StartServices starts what StopServices has stopped, with what depends on it; no other service of the host is touched', async () => {
  const { stage, services } = serviceStage({ dependents: ['front.service'] })
  services.add('front.service')
  const builder = example()
  for (const [name, service] of [['Control', 'worker'], ['Foreign', 'sshd']] as const) builder.row('ServiceControl', { ServiceControl: name, Name: service, Event: 3, Wait: 1, Component_: 'data.bin' })
  assert.equal((await stage.install(stage.add(builder))).exitCode, 0)
  assert.deepEqual(services.journal, ['stop worker.service', 'stop front.service', 'start worker.service', 'start front.service'])
  assert.ok(has(stage, 'ServiceControl: not done: services of this root do not run on this host'))
})

test('70. a service that does not stop is error 1921, and the rollback starts again what had been stopped', async () => {
  const { stage, services, processes } = serviceStage()
  const slow = processes.add({ facts: { commandName: 'slow', service: 'slow.service' }, uses: { [`${folder}\\data.bin`]: 'open' } })
  services.add('slow.service', { processes: [slow], hangs: true })
  const builder = example()
  for (const name of ['worker', 'slow']) builder.row('ServiceControl', { ServiceControl: name, Name: name, Event: 2, Wait: 1, Component_: 'data.bin' })
  assert.equal((await stage.install(stage.add(builder))).exitCode, 1603)
  assert.ok(has(stage, 'Error 1921'), stage.log.join('\n'))
  assert.deepEqual(services.journal, ['stop worker.service', 'stop slow.service', 'start slow.service', 'start worker.service'])
})

test('71. after InstallValidate the key is empty, and nobody can join any more with the one that was', onLinux, async () => {
  using stage = new HostStage()
  occupy(stage)
  const holder = await holdData(stage)
  const result = await install(stage, {}, (builder) => {
    builder.customAction('Before', setProperty('BEFORE', '[MsiRestartManagerSessionKey]'), { at: { before: 'InstallValidate' } })
    builder.customAction('After', setProperty('AFTER', '<[MsiRestartManagerSessionKey]>'), { at: { after: 'InstallValidate' } })
  })
  assert.equal(result.exitCode, 0)
  const key = stage.log.map((line) => /^Property\(S\): BEFORE = (\w{32})$/.exec(line)?.[1]).find((value) => value !== undefined)
  assert.ok(key !== undefined && has(stage, 'Property(S): AFTER = <>'))
  assert.equal(stage.isRunning(holder), false)
  await assert.rejects(createRestartManager(stage.platform).joinSession(key), { code: 'ERROR_SESSION_CREDENTIAL_CONFLICT' })
})

test('72. a file whose content does not change is held open: the session is opened and closed, and no more', onLinux, async () => {
  using stage = new HostStage()
  const path = stage.add(example('2.0.0', { versioned: false }))
  assert.equal((await stage.install(path)).exitCode, 0)
  const holder = await holdData(stage)
  const before = statSync(dataOf(stage)).ino
  assert.equal((await stage.install(path, { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'omus' } })).exitCode, 0)
  assert.deepEqual(restartManagerLines(stage), ['Session opened.', 'Session closed.'])
  assert.deepEqual([stage.isRunning(holder), statSync(dataOf(stage)).ino], [true, before])
})

test('73. when the installation fails after the shutdown, it is rolled back, then the applications come back, then the session closes', onLinux, async () => {
  using stage = new HostStage()
  occupy(stage)
  const holder = await holdData(stage)
  const before = statSync(dataOf(stage)).ino
  const result = await install(stage, {}, (builder) => { builder.customAction('Break', failWith('broken'), { at: { before: 'InstallFinalize' } }) })
  assert.equal(result.exitCode, 1603)
  assert.deepEqual([stage.text(`${folder}\\data.bin`), statSync(dataOf(stage)).ino], ['old data', before])
  assert.equal(stage.isRunning(holder), false)
  assert.ok(stage.isRunning(stage.started[1]!))
  const order = ['RESTART MANAGER: Successfully shut down', 'MainEngineThread is returning 1603', 'RESTART MANAGER: Previously shut down applications have been restarted.', 'RESTART MANAGER: Session closed.']
    .map((line) => stage.log.findIndex((one) => one.startsWith(line)))
  assert.ok(order.every((at, index) => at >= 0 && at > (order[index - 1] ?? -1)), order.join())
})

const upgrade = { downgradeMessage: 'There is a newer one.', removeAt: { after: 'InstallInitialize' } } as const

test('74. a major upgrade: the removal has a session of its own; the application is closed once, and started once at the end', onLinux, async () => {
  using stage = new HostStage()
  assert.equal((await stage.install(stage.add(example('1.0.0').majorUpgrade(upgrade), 'one.msi'))).exitCode, 0)
  const holder = await holdData(stage)
  assert.equal((await stage.install(stage.add(example('2.0.0').majorUpgrade(upgrade), 'two.msi'))).exitCode, 0)
  assert.equal(stage.isRunning(holder), false)
  assert.deepEqual(restartManagerLines(stage), [
    'Session opened.', 'Will attempt to shut down and restart applications in no UI modes.', 'Session opened.', succeeded, clientSucceeded, 'Session opened.', 'Session closed.',
    'Previously shut down applications have been restarted.', 'Session closed.', 'Previously shut down applications have been restarted.', 'Session closed.',
  ])
  assert.equal(stage.started.length, 2)
  assert.ok(stage.isRunning(stage.started[1]!))
  assert.equal(stage.text(`${folder}\\data.bin`), 'data of 2.0.0')
})

/** An installer in a process of its own, which its package's own program kills. */
const installer = `
const { createNodePlatform } = await import('${join(repository, 'dist/node/index.js')}')
const { installPackage } = await import('${join(repository, 'dist/engine/index.js')}')
const [root, sessionFolder, path] = process.argv.slice(1)
await installPackage(createNodePlatform({ root, sessionFolder }), { package: path })
`

test('75. killed between shutdown and restart: the next run rolls back and names what was left closed, and it can be started again', onLinux, async () => {
  using stage = new HostStage()
  occupy(stage)
  const holder = await holdData(stage)
  const killing = example().binary('kill', '#!/bin/sh\nkill -9 $PPID\n')
  killing.customAction('Kill', runProgram({ binary: 'kill' }, '', { execution: 'deferred' }), { at: { after: 'InstallFiles' } })
  const child = spawn(process.execPath, ['--input-type=module', '-e', installer, stage.root, stage.beside('sessions'), stage.add(killing)], { stdio: 'inherit' })
  const signal = await new Promise((done) => { child.once('exit', (_code, by) => { done(by) }) })
  assert.equal(signal, 'SIGKILL')
  assert.equal(stage.isRunning(holder), false)
  const manager = createRestartManager(stage.platform)
  const [left] = await manager.recoverable()
  assert.deepEqual(left?.applications.map(({ process: { pid } }) => pid), [holder.pid])
  assert.equal(stage.started.length, 1, 'nothing is started by itself')
  const result = await install(stage, {}, (builder) => { builder.customAction('Break', failWith('not now'), { at: { before: 'InstallFinalize' } }) })
  assert.equal(result.exitCode, 1603)
  assert.equal(result.recovered.length, 1)
  assert.equal(stage.text(`${folder}\\data.bin`), 'old data')
  assert.ok(restartManagerLines(stage).some((line) => line.startsWith(`An interrupted session (${left!.id}) has left applications closed: `)), restartManagerLines(stage).join('\n'))
  await manager.recover(left!.id, { unregistered: 'relaunch' })
  const again = stage.started.at(1)
  assert.ok(again !== undefined && stage.isRunning(again))
  assert.deepEqual(await manager.recoverable(), [])
})

test('75. the disk is full between shutdown and restart, for the sessions too: the installation is rolled back, and the application comes back', async () => {
  const [processes, data] = [new MemoryProcesses(), `${folder}\\data.bin`]
  const stage = anInstallStage({ processes, files: { [data]: 'old data' } })
  const faulty = createFaultyPlatform(stage.platform)
  processes.add({ facts: { commandName: 'holder' }, uses: { [data]: 'open' }, onSignal: (_signal, holder) => {
    holder.running = false
    faulty.failAfter(0, { persistent: true, counts: ({ port, method }) => port === 'writer' || (port === 'sessions' && ['write', 'createFolder'].includes(method)) })
  } })
  const log: string[] = []
  const result = await installPackage(faulty, { package: stage.add(example()), durability: 'process-end', log: (line) => { log.push(line) } })
  assert.equal(result.exitCode, 1603)
  assert.equal(stage.text(data), 'old data')
  assert.ok(log.some((line) => line.includes('RESTART MANAGER: Session closed.')), log.filter((line) => line.includes('RESTART MANAGER')).join('\n'))
  assert.equal(processes.launched.length, 1, log.filter((line) => line.includes('RESTART MANAGER')).join('\n'))
})
