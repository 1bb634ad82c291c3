// The installer and the applications that hold its files: scenarios 63 to 75 of the Restart Manager, on real processes but
// where a service manager or a foreign login has to be played. 71 is in session-key.test.ts too, with programs that join.
import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { chmodSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { failWith, runProgram, setProperty, type PackageBuilder } from 'msikit/authoring'
import { installPackage, type InstallOptions, type InstallResult } from 'msikit/engine'
import { HostProcesses } from 'msikit/node'
import { MemoryProcesses, MemoryServices, type ProcessFacts, type ProcessIdentity } from 'msikit/platform'
import { createRestartManager, type RestartManager } from 'msikit/restart-manager'
import { aPackage, anInstallStage, createFaultyPlatform } from '../../dist/testing/index.js'
import { HostStage } from './host-stage.js'

const onLinux = process.platform === 'linux' ? {} : { skip: 'who holds a file is found out through /proc' }
const folder = 'C:\\Program Files (x86)\\Example'
const policies = 'HKLM\\Software\\Policies\\Microsoft\\Windows\\Installer'
const fallback = 'Windows Installer will use the built-in FilesInUse functionality.'
const repository = resolve(import.meta.dirname, '../..')
/** Types of messages, and answers. */
const [user, filesInUse, rmFilesInUse] = [0x03, 0x05, 0x19] as const
const [ok, cancel, abort, retry, ignore, no] = [1, 2, 3, 4, 5, 7] as const

/** Facts of some processes are others. */
class PlayedProcesses extends HostProcesses {
  readonly played = new Map<number, Partial<ProcessFacts>>()

  override async describe(list: readonly ProcessIdentity[]): Promise<readonly (ProcessFacts | undefined)[]> {
    return (await super.describe(list)).map((known) => known && { ...known, ...this.played.get(known.identity.pid) })
  }
}

/** data.bin, a file that programs open, and app.exe, a program that runs. */
function example(version = '2.0.0', { versioned = true } = {}): PackageBuilder {
  const builder = aPackage({ version })
  const place = builder.folder('ProgramFilesFolder').folder('Example')
  builder.feature('Main').file(place, 'data.bin', `data of ${version}`, versioned ? { version: `${version}.0` } : {})
  builder.feature('Program').file(place, 'app.exe', `app of ${version}`, { version: `${version}.0` })
  return builder
}

function occupy(stage: HostStage): void {
  for (const path of ['C:\\Program Files (x86)', folder]) stage.platform.files.createDirectory(path)
  writeFileSync(dataOf(stage), 'old data')
  // Written in the moment of its making it would now and then count as changed by a user, and be kept.
  utimesSync(dataOf(stage), 1e9, 1e9)
}

const dataOf = (stage: HostStage): string => join(stage.path(folder), 'data.bin')
const appOf = (stage: HostStage): string => join(stage.path(folder), 'app.exe')

/** Holds data.bin open; what it does with signals can be said. */
function holdData(stage: HostStage, trap = ''): Promise<ProcessIdentity> {
  const program = stage.beside('holder')
  writeFileSync(program, `#!/bin/bash\n${trap}\nexec 9<"$1" 8<> <(:)\nwait $!\necho ready\nwhile :; do read -r -u 8; done\n`, { mode: 0o755 })
  return stage.start(program, [dataOf(stage)])
}

/** Runs app.exe itself. */
function runApp(stage: HostStage): Promise<ProcessIdentity> {
  writeFileSync(appOf(stage), readFileSync('/bin/bash'))
  chmodSync(appOf(stage), 0o755)
  utimesSync(appOf(stage), 1e9, 1e9)
  return stage.start(appOf(stage), ['-c', 'exec 8<> <(:); wait $!; echo ready; read -r -u 8'])
}

async function install(stage: HostStage, options: InstallOptions = {}, change: (builder: PackageBuilder) => void = () => {}): Promise<InstallResult> {
  const builder = example()
  change(builder)
  return stage.install(stage.add(builder), options)
}

/** Its time limits are short. */
function impatient(stage: HostStage): RestartManager {
  const manager = createRestartManager(stage.platform)
  return { ...manager, startSession: async (options) => {
    const session = await manager.startSession(options)
    const shutdown = session.shutdown.bind(session)
    session.shutdown = (more) => shutdown({ ...more, limits: { queryMs: 300, windowMs: 300, consoleMs: 300, serviceMs: 300, respawnMs: 100 } })
    return session
  } }
}

/** Without what depends on the other processes of this machine. */
const restartManagerLines = (stage: { readonly log: readonly string[] }): string[] =>
  stage.log.filter((line) => line.startsWith('RESTART MANAGER: ') && !/processes could not be examined|Process \d+ may hold/.test(line)).map((line) => line.slice('RESTART MANAGER: '.length))
const has = (stage: { readonly log: readonly string[] }, part: string): boolean => stage.log.some((line) => line.includes(part))
const clientSucceeded = 'Successfully shut down all applications that held files in use.'
const succeeded = 'Successfully shut down all applications in the service\'s session that held files in use.'

test('63. silent: the five lines in order, the application is back, and the file is another', onLinux, async () => {
  using stage = new HostStage()
  occupy(stage)
  const holder = await holdData(stage)
  const before = statSync(dataOf(stage)).ino
  assert.equal((await install(stage)).exitCode, 0)
  assert.deepEqual(restartManagerLines(stage), [
    'Session opened.', 'Will attempt to shut down and restart applications in no UI modes.', 'Session opened.', succeeded, clientSucceeded,
    'Previously shut down applications have been restarted.', 'Session closed.', 'Previously shut down applications have been restarted.', 'Session closed.',
  ])
  // The server's and the client's, as far as Windows has two.
  assert.equal(stage.sides(/^RESTART MANAGER: (?!\d+ processes|Process \d)/), 'sscscsscc')
  assert.equal(stage.isRunning(holder), false)
  assert.equal(stage.started.length, 2)
  assert.ok(stage.isRunning(stage.started[1]!))
  assert.notEqual(statSync(dataOf(stage)).ino, before)
  assert.equal(stage.text(`${folder}\\data.bin`), 'data of 2.0.0')
})

test('64. silent, with a critical holder: nobody is signalled, the files are replaced, and a restart is needed', onLinux, async () => {
  const processes = new PlayedProcesses()
  using stage = new HostStage({ processes })
  occupy(stage)
  const [critical, other] = [await holdData(stage), await holdData(stage)]
  processes.played.set(critical.pid, { kind: 'first process of a container' })
  const result = await install(stage)
  assert.deepEqual([result.exitCode, result.rebootReasons], [3010, ['files in use']])
  assert.ok(restartManagerLines(stage).includes('Did detect that a critical application holds file[s] in use, so a reboot will be necessary.'))
  assert.ok(has(stage, 'Property(S): ReplacedInUseFiles = 1'))
  assert.deepEqual([critical, other].map((one) => stage.isRunning(one)), [true, true])
  assert.equal(stage.text(`${folder}\\data.bin`), 'data of 2.0.0')
  // What Windows does at its next start is in the root's own hive, as seen by whoever opens that root.
  assert.ok(readFileSync(stage.path('C:\\Windows\\System32\\config\\SYSTEM')).includes('PendingFileRenameOperations'))
  const pending = stage.open().registry.value('HKLM\\System\\ControlSet001\\Control\\Session Manager', 'PendingFileRenameOperations')
  assert.ok(pending?.type === 'REG_MULTI_SZ' && /^\\\?\?\\C:\\Config\.Msi\\[0-9a-f]+\.rbf$/i.test(pending.data[0] ?? ''), JSON.stringify(pending))
})

for (const [what, properties, policy, isDisabled] of [
  ['MSIRESTARTMANAGERCONTROL=Disable', { MSIRESTARTMANAGERCONTROL: 'Disable' }, undefined, 'MSIRESTARTMANAGERCONTROL property'],
  ['MSIRESTARTMANAGERCONTROL=DisableShutdown', { MSIRESTARTMANAGERCONTROL: 'DisableShutdown' }, undefined, undefined],
  ['the policy at 1', {}, 1, 'DisableAutomaticApplicationShutdown system policy'],
  ['the policy at 2', {}, 2, undefined],
] as const) {
  test(`65. ${what}: who runs a file is named, nobody is signalled, and a restart is needed`, onLinux, async () => {
    using stage = new HostStage()
    occupy(stage)
    const [holder, app] = [await holdData(stage), await runApp(stage)]
    if (policy !== undefined) {
      stage.platform.registry.createKey(policies)
      stage.platform.registry.setValue(policies, 'DisableAutomaticApplicationShutdown', { type: 'REG_DWORD', data: policy })
    }
    assert.equal((await install(stage, { properties })).exitCode, 3010)
    assert.deepEqual([stage.isRunning(holder), stage.isRunning(app)], [true, true])
    assert.deepEqual(restartManagerLines(stage), isDisabled === undefined ? ['Session opened.', 'Session closed.'] : [`Disabled by ${isDisabled}; ${fallback}`])
    // Programs and libraries alone: data.bin is merely open.
    assert.deepEqual(stage.log.flatMap((line) => { const found = /^Info 1603\. The file (.*?) is being held in use by .*Id: (\d+)/.exec(line); return found === null ? [] : [found.slice(1)] }), [[`${folder}\\app.exe`, String(app.pid)]])
  })
}

for (const [mode, exitCode, runs, line] of [['0', 3010, true, 'Failed to shut down all applications in the service\'s session. Error: 351'], ['1', 0, false, succeeded], ['2', 3010, true, 'Failed to shut down all applications in the service\'s session. Error: 351']] as const) {
  test(`66. MSIRMSHUTDOWN=${mode} and an application that does not react: ${exitCode}`, onLinux, async () => {
    using stage = new HostStage()
    occupy(stage)
    const holder = await holdData(stage, 'trap : INT TERM HUP')
    const result = await install(stage, { restartManager: impatient(stage), properties: { MSIRMSHUTDOWN: mode } })
    assert.deepEqual([result.exitCode, stage.isRunning(holder)], [exitCode, runs])
    assert.ok(restartManagerLines(stage).includes(line), restartManagerLines(stage).join('\n'))
    assert.equal(stage.text(`${folder}\\data.bin`), 'data of 2.0.0')
  })
}

test('67. MSIDISABLERMRESTART=1: the application stays closed, and no line says otherwise', onLinux, async () => {
  using stage = new HostStage()
  occupy(stage)
  const holder = await holdData(stage)
  assert.equal((await install(stage, { properties: { MSIDISABLERMRESTART: '1' } })).exitCode, 0)
  assert.equal(stage.isRunning(holder), false)
  assert.equal(stage.started.length, 1)
  assert.deepEqual(restartManagerLines(stage).slice(2), ['Session opened.', succeeded, clientSucceeded, 'Session closed.', 'Session closed.'])
})

function dialog(builder: PackageBuilder, name: string): void {
  builder.row('Dialog', { Dialog: name, HCentering: 50, VCentering: 50, Width: 300, Height: 200, Attributes: 3, Control_First: 'OK' })
}

/** Answers the messages of these types in turn, and notes them. */
function answering(answers: Readonly<Record<number, readonly number[]>>, asked: { type: number; record: readonly unknown[] }[]): NonNullable<InstallOptions['onMessage']> {
  return ({ type, record }) => {
    const given = answers[type]
    if (given === undefined) return 0
    const before = asked.filter((one) => one.type === type).length
    asked.push({ type, record })
    return (given[before] ?? given.at(-1) ?? 0) as 0
  }
}

for (const [choice, answer, exitCode, runs] of [['UseRM', ok, 0, false], ['Don\'t', ignore, 3010, true], ['Cancel', cancel, 1602, true]] as const) {
  test(`68. full user interface with MsiRMFilesInUse: ${choice} ends with ${exitCode}`, onLinux, async () => {
    using stage = new HostStage()
    occupy(stage)
    const holder = await holdData(stage)
    const asked: { type: number; record: readonly unknown[] }[] = []
    const result = await install(stage, { ui: 'full', onMessage: answering({ [rmFilesInUse]: [answer] }, asked) }, (builder) => { dialog(builder, 'MsiRMFilesInUse') })
    assert.deepEqual([result.exitCode, stage.isRunning(holder), asked.length], [exitCode, runs, 1])
    assert.equal(stage.text(`${folder}\\data.bin`), exitCode === 1602 ? 'old data' : 'data of 2.0.0')
  })
}

for (const [choice, exitCode] of [['Retry after closing', 0], ['Ignore', 3010], ['Exit', 1602]] as const) {
  test(`68. full user interface with FilesInUse only: ${choice} ends with ${exitCode}, and the Restart Manager closes nobody`, onLinux, async () => {
    using stage = new HostStage()
    occupy(stage)
    const app = await runApp(stage)
    let asked: number = 0
    const result = await install(stage, { ui: 'full', onMessage: async ({ type }) => {
      assert.notEqual(type, rmFilesInUse)
      if (type !== filesInUse) return 0
      asked++
      if (choice !== 'Retry after closing') return choice === 'Ignore' ? ignore : cancel
      using handle = stage.platform.processes.pin(app)
      if (asked === 2) {
        handle?.signal('kill')
        while (handle?.running() === true) await new Promise((done) => { setTimeout(done, 5) })
      }
      return retry
    } }, (builder) => { dialog(builder, 'FilesInUse') })
    assert.deepEqual([result.exitCode, asked, stage.isRunning(app)], [exitCode, exitCode === 0 ? 2 : 1, exitCode !== 0])
  })
}

for (const [answer, then, exitCode, runs, sequence] of [
  [ok, ignore, 0, false, [rmFilesInUse]],
  [cancel, ignore, 1602, true, [rmFilesInUse]],
  [retry, ignore, 3010, true, [rmFilesInUse, filesInUse]],
  [retry, retry, 3010, true, [rmFilesInUse, filesInUse, rmFilesInUse, filesInUse]],
  [retry, cancel, 1602, true, [rmFilesInUse, filesInUse]],
  [ignore, ignore, 3010, true, [rmFilesInUse]],
  [no, ignore, 3010, true, [rmFilesInUse, filesInUse]],
  [-1, ignore, 1603, true, [rmFilesInUse]],
  [0, ignore, 3010, true, [rmFilesInUse, filesInUse]],
] as const) {
  test(`69. an external user interface answers ${answer}${sequence.length > 1 ? `, then ${then}` : ''}: ${exitCode}`, onLinux, async () => {
    using stage = new HostStage()
    occupy(stage)
    const app = await runApp(stage)
    const asked: { type: number; record: readonly unknown[] }[] = []
    // The second FilesInUse is always ignored.
    const result = await install(stage, { ui: 'basic', onMessage: answering({ [rmFilesInUse]: [answer], [filesInUse]: [then, ignore] }, asked) })
    assert.deepEqual([result.exitCode, stage.isRunning(app)], [exitCode, runs], stage.log.join('\n'))
    assert.deepEqual(asked.map(({ type }) => type), sequence, stage.log.join('\n'))
    for (const { record } of asked) assert.deepEqual(record.slice(1), ['app.exe', app.pid])
  })
}

test('69. No means message 1610 where the package has the dialog: OK goes on to a restart, Cancel ends', onLinux, async () => {
  for (const [answer, exitCode] of [[ok, 3010], [cancel, 1602]] as const) {
    using stage = new HostStage()
    occupy(stage)
    const holder = await holdData(stage)
    const asked: { type: number; record: readonly unknown[] }[] = []
    const result = await install(stage, { ui: 'basic', onMessage: answering({ [rmFilesInUse]: [no], [user]: [answer] }, asked) }, (builder) => { dialog(builder, 'MsiRMFilesInUse') })
    assert.deepEqual([result.exitCode, stage.isRunning(holder), asked.map(({ type }) => type)], [exitCode, true, [rmFilesInUse, user]])
  }
})

test('69. when closing fails the user is told (1611): retry tries again, ignore goes on, abort ends', onLinux, async () => {
  for (const [answers, exitCode] of [[[retry, ignore], 3010], [[abort], 1602]] as const) {
    using stage = new HostStage()
    occupy(stage)
    const holder = await holdData(stage, 'trap : INT TERM HUP')
    const asked: { type: number; record: readonly unknown[] }[] = []
    const result = await install(stage, { ui: 'basic', restartManager: impatient(stage), onMessage: answering({ [rmFilesInUse]: [ok], [user]: answers }, asked) })
    assert.deepEqual([result.exitCode, stage.isRunning(holder), asked.map(({ type }) => type)], [exitCode, true, [rmFilesInUse, ...answers.map(() => user)]])
  }
})

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
