// The installer and the applications that hold its files: scenarios 63 to 69 of the Restart Manager, on real processes but where a
// foreign login has to be played. 70 to 75 are in files-in-use-failures.test.ts.
import { strict as assert } from 'node:assert'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { PackageBuilder } from 'msikit/authoring'
import type { InstallOptions } from 'msikit/engine'
import { HostStage } from './host-stage.js'
import { abort, cancel, clientSucceeded, dataOf, fallback, filesInUse, folder, has, holdData, ignore, impatient, install, no, occupy, ok, onLinux, PlayedProcesses, policies, restartManagerLines, retry, rmFilesInUse, runApp, succeeded, user } from './in-use-programs.js'

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
    const asked = stage.beside('asked')
    const holder = await holdData(stage, `trap ': > "${asked}"' INT TERM HUP`)
    const result = await install(stage, { restartManager: impatient(stage), properties: { MSIRMSHUTDOWN: mode } })
    assert.deepEqual([result.exitCode, stage.isRunning(holder)], [exitCode, runs])
    // What it is sent it heeds within a tenth of a second, if the machine lets it; it has not registered, so for 2 it is sent nothing.
    if (mode === '2') assert.equal(existsSync(asked), false, 'it was signalled')
    else if (runs) for (let left = 3000; left > 0 && !existsSync(asked); left--) await pause(10)
    assert.equal(existsSync(asked) || mode === '1', mode !== '2')
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
