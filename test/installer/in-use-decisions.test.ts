// Who holds files that are to be replaced, and what is done about it: the decision table of user interface, dialogs,
// properties and policies, every answer to the two messages, and what the exit code says. On a machine in memory;
// files-in-use.test.ts has the scenarios with real processes.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { MemoryProcesses } from 'msikit/platform'
import { MessageAnswer } from 'msikit/engine'
import { closedLines, closing, critical, example, ordinary, pair, program, restartedLines, rmLines, run, stubborn, type Answers } from './in-use-scene.js'
import { aMachine } from './machine.js'

for (const dialogs of [[], ['FilesInUse'], ['MsiRMFilesInUse', 'FilesInUse']] as const) {
  const authored = dialogs.length === 0 ? 'no dialog' : dialogs.join(' and ')
  test(`without a user interface applications are closed unasked, with ${authored} authored`, async () => {
    const { exitCode, asked, running, launched, log, text } = await run({ dialogs })
    assert.deepEqual([exitCode, asked, running, launched, text], [0, [], false, 1, 'new'])
    assert.deepEqual(rmLines(log), ['Will attempt to shut down and restart applications in no UI modes.', ...closedLines, ...restartedLines])
  })

  for (const ui of ['basic', 'reduced'] as const) {
    test(`the ${ui} user interface is asked once whether to close them, with ${authored} authored`, async () => {
      const { exitCode, asked, running, launched, log } = await run({ ui, dialogs, answers: { rm: [1] } })
      assert.deepEqual([exitCode, asked, running, launched], [0, [['rm', ...pair]], false, 1])
      assert.deepEqual(rmLines(log), [...closedLines, ...restartedLines])
    })
  }

  test(`without modal dialogs nobody is asked, with ${authored} authored`, async () => {
    const { exitCode, asked, running, log } = await run({ ui: 'basic', noModalDialogs: true, dialogs, answers: { rm: [2] } })
    assert.deepEqual([exitCode, asked, running], [0, [], false])
    assert.deepEqual(rmLines(log), ['Will attempt to shut down and restart applications because the UI does not display any modal dialogs.', ...closedLines, ...restartedLines])
  })
}

test('the full user interface with MsiRMFilesInUse: close, don\'t close, cancel', async () => {
  const dialogs = ['MsiRMFilesInUse', 'FilesInUse'] as const
  for (const [answer, exitCode, running, text] of [[1, 0, false, 'new'], [5, 3010, true, 'new'], [2, 1602, true, 'old']] as const) {
    const found = await run({ ui: 'full', dialogs, answers: { rm: [answer] } })
    assert.deepEqual([found.exitCode, found.running, found.text, found.asked], [exitCode, running, text, [['rm', ...pair]]])
  }
})

test('the full user interface that has FilesInUse only closes nobody itself: retry, ignore, exit', async () => {
  const setting = { ui: 'full', dialogs: ['FilesInUse'] } as const
  const retried = await run({ ...setting, answers: { files: [4, closing] } })
  assert.deepEqual([retried.exitCode, retried.asked], [0, [['files', 'app', 101], ['files', 'app', 101]]])
  const ignored = await run({ ...setting, answers: { files: [5] } })
  assert.deepEqual([ignored.exitCode, ignored.running, ignored.text], [3010, true, 'new'])
  const left = await run({ ...setting, answers: { files: [2] } })
  assert.deepEqual([left.exitCode, left.running, left.text], [1602, true, 'old'])
})

test('the full user interface without either dialog has the built-in question', async () => {
  const { exitCode, asked, running } = await run({ ui: 'full', answers: { rm: [1] } })
  assert.deepEqual([exitCode, asked, running], [0, [['rm', ...pair]], false])
})

test('every answer to INSTALLMESSAGE_RMFILESINUSE', async () => {
  const cases: readonly (readonly [MessageAnswer, readonly ('MsiRMFilesInUse' | 'FilesInUse')[], Answers, number, boolean, string[]])[] = [
    [MessageAnswer.ok, [], {}, 0, false, ['rm']],
    [MessageAnswer.cancel, [], {}, 1602, true, ['rm']],
    [MessageAnswer.ignore, [], {}, 3010, true, ['rm']],
    [MessageAnswer.no, ['MsiRMFilesInUse'], { user: [1] }, 3010, true, ['rm', 'user']],
    [MessageAnswer.no, ['MsiRMFilesInUse'], { user: [2] }, 1602, true, ['rm', 'user']],
    [MessageAnswer.no, [], { files: [5] }, 3010, true, ['rm', 'files']],
    [MessageAnswer.retry, [], { files: [5] }, 3010, true, ['rm', 'files']],
    [MessageAnswer.retry, [], { files: [2] }, 1602, true, ['rm', 'files']],
    [MessageAnswer.none, [], { files: [5] }, 3010, true, ['rm', 'files']],
    [MessageAnswer.error, [], {}, 1603, true, ['rm']],
  ]
  for (const [answer, dialogs, more, exitCode, running, asked] of cases) {
    const found = await run({ ui: 'basic', dialogs, answers: { rm: [answer], ...more } })
    assert.deepEqual([found.exitCode, found.running, found.asked.map(([kind]) => kind)], [exitCode, running, asked], `${answer} ${JSON.stringify(more)}`)
    assert.equal(found.text, exitCode === 0 || exitCode === 3010 ? 'new' : 'old', `${answer} ${JSON.stringify(more)}`)
    if (asked.includes('user')) assert.deepEqual(found.asked[1], ['user', 1610, 'ok-cancel'])
  }
})

test('every answer to INSTALLMESSAGE_FILESINUSE', async () => {
  for (const [answer, exitCode, text] of [
    [MessageAnswer.ignore, 3010, 'new'], [MessageAnswer.ok, 3010, 'new'], [MessageAnswer.cancel, 1602, 'old'], [MessageAnswer.abort, 1602, 'old'],
    [MessageAnswer.error, 1603, 'old'], [closing, 0, 'new'],
  ] as const) {
    const found = await run({ ui: 'basic', properties: { MSIRESTARTMANAGERCONTROL: 'Disable' }, answers: { files: [answer] } })
    assert.deepEqual([found.exitCode, found.text, found.asked], [exitCode, text, [['files', 'app', 101]]], String(answer))
    assert.ok(found.log.some((line) => line === `Info 1603. The file ${program} is being held in use by the following process: Name: app, Id: 101, Window Title: '(not determined yet)'. Close that application and retry.`), found.log.filter((line) => line.startsWith('Info')).join('\n'))
  }
})

test('the log says what Windows says of holders without a titled window, and of a dialog that is looked for in vain', async () => {
  const disabled = { MSIRESTARTMANAGERCONTROL: 'Disable' }
  const windowless = ['File In Use: -app- Window could not be found. Process ID: 101', 'No window with title could be found for FilesInUse']
  const noDialog = ['DEBUG: Error 2803:  Dialog View did not find a record for the dialog ', 'DEBUG: Error 2867:  The error dialog property is not set']
  const titled = { ...ordinary, facts: { commandName: 'app', windows: [{ title: 'Document' }] } }
  for (const [setting, expected] of [
    [{ ui: 'none', properties: disabled }, []],
    [{ ui: 'basic', properties: disabled }, windowless],
    [{ ui: 'basic', properties: disabled, holder: titled }, []],
    [{ ui: 'full', properties: disabled }, [...windowless, ...noDialog]],
    [{ ui: 'full', properties: disabled, authored: { ErrorDialog: 'ErrorDlg' } }, [...windowless, noDialog[0]]],
    [{ ui: 'full', properties: disabled, dialogs: ['FilesInUse'] }, windowless],
    [{ ui: 'full' }, noDialog], [{ ui: 'full', dialogs: ['MsiRMFilesInUse'] }, []], [{ ui: 'basic' }, []],
  ] as const) assert.deepEqual((await run({ ...setting, answers: { rm: [1], files: [5] } })).log.filter((line) => /^File In Use|^No window|^DEBUG: Error 28/.test(line)), expected, JSON.stringify(setting))
})

test('where nobody can answer, the default button is pressed', async () => {
  const { exitCode, running, launched } = await run({ ui: 'basic', answers: 'nobody' })
  assert.deepEqual([exitCode, running, launched], [0, false, 1])
})

for (const [ui, answers, exitCode, asked] of [
  ['none', {}, 3010, []],
  ['basic', { user: [1] }, 3010, [['user', 1610, 'ok-cancel']]],
  ['basic', { user: [2] }, 1602, [['user', 1610, 'ok-cancel']]],
  ['full', { user: [1] }, 3010, [['user', 1610, 'ok-cancel']]],
  ['full', { user: [2] }, 1602, [['user', 1610, 'ok-cancel']]],
] as const) {
  test(`a critical application closes nobody: ${ui}, ${JSON.stringify(answers)} is ${exitCode}`, async () => {
    const found = await run({ ui, answers, holder: critical, dialogs: ['MsiRMFilesInUse'] })
    assert.deepEqual([found.exitCode, found.running, found.asked, found.launched], [exitCode, true, asked, 0])
    assert.ok(rmLines(found.log).includes('Did detect that a critical application holds file[s] in use, so a reboot will be necessary.'))
    if (exitCode === 3010) {
      assert.equal(found.stage.property('ReplacedInUseFiles'), '1')
      assert.deepEqual(found.rebootReasons, ['files in use'])
      assert.ok(found.log.some((line) => line.startsWith('Windows Installer requires a system restart.') && line.endsWith('Type of System Restart: 2. Reason for Restart: 1.')))
    }
  })
}

test('what cannot be closed is replaced beside it, and goes at the next start of the machine', async () => {
  const { stage, exitCode, log } = await run({ holder: critical })
  assert.equal(exitCode, 3010)
  const pending = stage.platform.registry.value('HKLM\\System\\CurrentControlSet\\Control\\Session Manager', 'PendingFileRenameOperations')
  assert.ok(pending?.type === 'REG_MULTI_SZ' && pending.data.some((path) => /\\\?\?\\C:\\Config\.Msi\\[0-9a-f]+\.rbf$/i.test(path)), JSON.stringify(pending))
  assert.ok(log.some((line) => /^Info 1903\. ?Scheduling reboot operation: Deleting file C:\\Config\.Msi\\[0-9a-f]+\.rbf\. Must reboot to complete operation\.$/i.test(line)), log.filter((line) => line.startsWith('Info')).join('\n'))
  assert.equal(stage.text(program), 'new')
})

for (const [mode, expected] of [
  ['0', { exitCode: 3010, running: true }], ['1', { exitCode: 0, running: false }], ['2', { exitCode: 3010, running: true }],
] as const) {
  test(`MSIRMSHUTDOWN=${mode} and an application that does not react: ${expected.exitCode}`, async () => {
    const { exitCode, running, log, rebootReasons } = await run({ holder: stubborn, properties: { MSIRMSHUTDOWN: mode } })
    assert.deepEqual({ exitCode, running }, expected)
    assert.equal(log.some((line) => line.endsWith('Error: 351')), expected.exitCode === 3010)
    assert.ok(log.some((line) => /^Action ended .*: InstallValidate\. Return value 1\.$/.test(line)))
    assert.deepEqual(rebootReasons, expected.exitCode === 3010 ? ['files in use'] : [])
  })
}

test('when closing fails, message 1611 asks: retry, go on, or leave', async () => {
  const setting = { ui: 'basic', holder: stubborn } as const
  const asked = [['rm', ...pair], ['user', 1611, 'abort-retry-ignore']]
  const ignored = await run({ ...setting, answers: { rm: [1], user: [5] } })
  assert.deepEqual([ignored.exitCode, ignored.running, ignored.asked], [3010, true, asked])
  const aborted = await run({ ...setting, answers: { rm: [1], user: [3] } })
  assert.deepEqual([aborted.exitCode, aborted.running, aborted.text, aborted.asked], [1602, true, 'old', asked])
  const retried = await run({ ...setting, answers: { rm: [1], user: [closing] } })
  assert.deepEqual([retried.exitCode, retried.asked], [0, asked])
})

for (const [name, setting] of [
  ['MSIRESTARTMANAGERCONTROL=Disable', { properties: { MSIRESTARTMANAGERCONTROL: 'Disable' } }],
  ['policy 1', { policy: 1 }],
  ['Windows Installer 3.1', { options: { installerVersion: '3.1' } }],
] as const) {
  test(`${name}: the properties of the Restart Manager have no effect, and only programs count`, async () => {
    const properties = { ...('properties' in setting ? setting.properties : {}), MSIRMSHUTDOWN: '1', MSIDISABLERMRESTART: '1' }
    const silent = await run({ ...setting, properties })
    assert.deepEqual([silent.exitCode, silent.running, silent.asked], [3010, true, []])
    const asked = await run({ ...setting, properties, ui: 'basic', answers: { rm: [1], files: [5] } })
    assert.deepEqual([asked.exitCode, asked.running, asked.asked], [3010, true, [['files', 'app', 101]]])
    const data = await run({ ...setting, properties, ui: 'basic', answers: { files: [2] }, holder: { facts: { commandName: 'reader' }, uses: { [program]: 'open' } } })
    assert.deepEqual(data.asked, [], 'a file that is merely open is no reason to ask')
  })
}

for (const setting of [{ properties: { MSIRESTARTMANAGERCONTROL: 'DisableShutdown' } }, { policy: 2 }]) {
  test(`${JSON.stringify(setting)}: applications are found, asked about as files in use, and not closed`, async () => {
    const silent = await run(setting)
    assert.deepEqual([silent.exitCode, silent.running], [3010, true])
    const basic = await run({ ...setting, ui: 'basic', answers: { rm: [1], files: [2] } })
    assert.deepEqual([basic.exitCode, basic.running, basic.asked], [1602, true, [['files', 'app', 101]]])
  })
}

test('of the policy and the property the stricter counts, in every combination', async () => {
  for (const [policy, property, session, closed] of [
    [undefined, '', true, true], [undefined, '0', true, true], [undefined, 'Disable', false, false], [undefined, 'DisableShutdown', true, false],
    [0, '', true, true], [0, 'Disable', false, false], [0, 'DisableShutdown', true, false],
    [1, '', false, false], [1, '0', false, false], [1, 'Disable', false, false], [1, 'DisableShutdown', false, false],
    [2, '', true, false], [2, '0', true, false], [2, 'Disable', false, false], [2, 'DisableShutdown', true, false],
    // In any case, and with nothing that is not documented.
    [undefined, 'dISABLE', false, false], [undefined, 'disableshutdown', true, false], [undefined, '1', true, true], [3, '', true, true],
  ] as const) {
    const found = await run({ ...(policy === undefined ? {} : { policy }), authored: property === '' ? {} : { MSIRESTARTMANAGERCONTROL: property } })
    assert.deepEqual([found.log.includes('RESTART MANAGER: Session opened.'), !found.running, found.exitCode], [session, closed, closed ? 0 : 3010], `policy ${policy}, property ${property}`)
  }
})

test('a policy that forbids wins over a property that allows', async () => {
  const { log, running } = await run({ policy: 1, properties: { MSIRESTARTMANAGERCONTROL: '0' } })
  assert.ok(running)
  assert.ok(log.some((line) => line.startsWith('RESTART MANAGER: Disabled by DisableAutomaticApplicationShutdown system policy;')))
})

for (const [reboot, holder, exitCode] of [
  ['', critical, 3010], ['ReallySuppress', critical, 3010], ['Suppress', critical, 3010], ['Force', critical, 3010],
  ['', ordinary, 0], ['ReallySuppress', ordinary, 0], ['Force', ordinary, 3010],
] as const) {
  test(`REBOOT=${reboot} and ${holder === critical ? 'a file that stays in use' : 'no need to restart'} is ${exitCode}`, async () => {
    assert.equal((await run({ holder, properties: reboot === '' ? {} : { REBOOT: reboot } })).exitCode, exitCode)
  })
}

test('a removal closes who holds the files, and starts nothing that is gone', async () => {
  const processes = new MemoryProcesses()
  const stage = aMachine({ processes })
  assert.equal((await stage.install(stage.add(example()))).exitCode, 0)
  const holder = processes.add(ordinary)
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.deepEqual([holder.running, stage.platform.files.stat(program)], [false, undefined])
  assert.ok(rmLines(stage.log).includes(closedLines[0]!))
})

