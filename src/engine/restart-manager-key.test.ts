// MsiRestartManagerSessionKey, row by row of the table in the design, and the decisions about applications that hold files.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { runProgram } from '../authoring/index.ts'
import type { MemoryProcess, MemoryProcessOptions, ProgramSpec } from '../platform/index.ts'
import { MemoryProcesses } from '../platform/index.ts'
import { createRestartManager, RestartManagerError, type RestartManager } from '../restart-manager/index.ts'
import { aPackage, anInstallStage, type InstallStage } from '../testing/index.ts'
import { MessageType, type MessageAnswer } from './session/messages/messages.ts'

const key = 'MsiRestartManagerSessionKey'
const program = 'C:\\Program Files (x86)\\Example\\app.exe'
const disabled = 'Windows Installer will use the built-in FilesInUse functionality.'

interface Seen {
  before: string
  after: string
}

function note(when: string): ReturnType<typeof runProgram> {
  return runProgram({ folder: 'TARGETDIR' }, `note.exe ${when} [${key}]`)
}

/** Version 2 replaces app.exe; two custom actions note the key before and after InstallValidate. */
function stage(options: { process?: MemoryProcessOptions; registry?: Readonly<Record<string, number>>; schema?: number } = {}): { stage: InstallStage; path: string; seen: Seen; holder: MemoryProcess } {
  const processes = new MemoryProcesses()
  const holder = processes.add(options.process ?? { facts: { commandName: 'app' }, uses: { [program]: 'executable' } })
  const made = anInstallStage({
    processes, files: { [program]: 'old', 'C:\\Windows\\System32\\note.exe': 'a program' },
    registry: { 'HKLM\\Software\\Policies\\Microsoft\\Windows\\Installer': Object.fromEntries(Object.entries(options.registry ?? {}).map(([name, data]) => [name, { type: 'REG_DWORD', data } as const])) },
  })
  const seen: Seen = { before: 'not run', after: 'not run' }
  processes.runnable = (path) => path.endsWith('note.exe')
  processes.runs = ({ args }: ProgramSpec) => {
    seen[args[0] === 'before' ? 'before' : 'after'] = args[1] ?? ''
    return { outcome: 'exited', exitCode: 0, output: '' }
  }
  const builder = aPackage(options.schema === undefined ? {} : { installerVersion: options.schema })
  builder.feature('Main').file(builder.folder('ProgramFilesFolder\\Example'), 'app.exe', 'new', { version: '2.0.0.0' })
  builder.customAction('NoteBefore', note('before'), { at: { before: 'InstallValidate' } })
  builder.customAction('NoteAfter', note('after'), { at: { after: 'InstallValidate' } })
  return { stage: made, path: made.add(builder), seen, holder }
}

const has = (log: readonly string[], line: string): boolean => log.some((one) => one.includes(line))

test('the key is set before the first action, readable until InstallValidate, and cleared in it', async () => {
  const { stage: { install, log, property }, path, seen } = stage()
  const { exitCode } = await install(path)
  assert.equal(exitCode, 0)
  assert.match(seen.before, /^[0-9a-f]{32}$/)
  assert.equal(seen.after, '')
  const at = (text: string): number => log.findIndex((line) => line.startsWith(text))
  const added = at(`PROPERTY CHANGE: Adding ${key} property. Its value is '${seen.before}'.`)
  assert.ok(added > 0 && log[added + 1] === 'RESTART MANAGER: Session opened.', log[added + 1])
  assert.ok(added < at('Doing action: INSTALL'))
  const cleared = at(`PROPERTY CHANGE: Deleting ${key} property.`)
  assert.ok(cleared > at('Action start 0:00:00: InstallValidate') && cleared < at('Action ended 0:00:00: InstallValidate'))
  assert.equal(property(key), undefined)
})

test('another process joins with the key and adds a file that the installer does not know', async () => {
  const { stage: { platform, install }, path } = stage()
  const other = platform.processes.add({ facts: { commandName: 'other' }, uses: { 'C:\\data.bin': 'open' } })
  const run = platform.processes.runs
  platform.processes.runs = async (spec) => {
    if (spec.args[0] === 'before') {
      const session = await createRestartManager(platform).joinSession(spec.args[1]!)
      await session.register({ files: ['C:\\data.bin'] })
      await session.end()
    }
    return run(spec)
  }
  assert.equal((await install(path)).exitCode, 0)
  assert.equal(other.running, false)
})

for (const version of ['3.1', '3.0', '2.0']) {
  test(`Windows Installer ${version} has neither session nor properties of the Restart Manager`, async () => {
    const { stage: { install, log, property }, path, seen, holder } = stage()
    const { exitCode } = await install(path, { installerVersion: version, properties: { MSIRESTARTMANAGERCONTROL: 'Disable' } })
    assert.equal(seen.before, '')
    assert.ok(!has(log, 'RESTART MANAGER'))
    assert.equal(property('MsiSystemRebootPending'), undefined)
    assert.equal(holder.running, true)
    assert.equal(exitCode, 3010)
  })
}

test('MSIRESTARTMANAGERCONTROL=Disable opens no session', async () => {
  const { stage: { install, log }, path, seen, holder } = stage()
  const { exitCode } = await install(path, { properties: { MSIRESTARTMANAGERCONTROL: 'Disable' } })
  assert.equal(seen.before, '')
  assert.ok(has(log, `RESTART MANAGER: Disabled by MSIRESTARTMANAGERCONTROL property; ${disabled}`))
  assert.ok(has(log, `Info 1603. The file ${program} is being held in use by the following process: Name: app`))
  assert.equal(holder.running, true)
  assert.equal(exitCode, 3010)
})

test('policy DisableAutomaticApplicationShutdown=1 opens no session', async () => {
  const { stage: { install, log }, path, seen } = stage({ registry: { DisableAutomaticApplicationShutdown: 1 } })
  assert.equal((await install(path)).exitCode, 3010)
  assert.equal(seen.before, '')
  assert.ok(has(log, 'Machine policy value \'DisableAutomaticApplicationShutdown\' is 1'))
  assert.ok(has(log, `RESTART MANAGER: Disabled by DisableAutomaticApplicationShutdown system policy; ${disabled}`))
})

test('when no session can be opened the installation goes on without', async () => {
  const { stage: { platform, install, log }, path, seen } = stage()
  const broken: RestartManager = { ...createRestartManager(platform), startSession: () => Promise.reject(new RestartManagerError('ERROR_MAX_SESSIONS_REACHED', 'too many')) }
  assert.equal((await install(path, { restartManager: broken })).exitCode, 3010)
  assert.equal(seen.before, '')
  assert.ok(has(log, `RESTART MANAGER: Failed to open session; ${disabled} Error: 353`))
})

test('without a user interface applications are closed and started again', async () => {
  const { stage: { platform, install, log, text }, path, holder } = stage()
  const result = await install(path)
  assert.deepEqual([result.exitCode, result.rebootRequired], [0, false])
  assert.equal(holder.running, false)
  assert.equal(platform.processes.launched.length, 1)
  assert.equal(text(program), 'new')
  const order = [
    'Session opened.', 'Will attempt to shut down and restart applications in no UI modes.', 'Session opened.',
    'Successfully shut down all applications in the service\'s session that held files in use.', 'Successfully shut down all applications that held files in use.',
    // Once for the service's session, once for the client's.
    'Previously shut down applications have been restarted.', 'Session closed.', 'Previously shut down applications have been restarted.', 'Session closed.',
  ]
  assert.deepEqual(log.filter((line) => line.startsWith('RESTART MANAGER')), order.map((line) => `RESTART MANAGER: ${line}`))
  assert.ok(log.indexOf('MainEngineThread is returning 0') < log.indexOf('RESTART MANAGER: Session closed.'))
})

test('MSIDISABLERMRESTART=1 leaves closed what was closed', async () => {
  const { stage: { platform, install, log }, path, holder } = stage()
  assert.equal((await install(path, { properties: { MSIDISABLERMRESTART: '1' } })).exitCode, 0)
  assert.equal(holder.running, false)
  assert.equal(platform.processes.launched.length, 0)
  assert.ok(!has(log, 'have been restarted') && has(log, 'Session closed.'))
})

test('an application that does not react is killed with MSIRMSHUTDOWN=1, and left to a restart without', async () => {
  const stubborn: MemoryProcessOptions = {
    facts: { commandName: 'app' }, uses: { [program]: 'executable' },
    onSignal: (signal, process) => { if (signal === 'kill') process.running = false },
  }
  const forced = stage({ process: stubborn })
  assert.equal((await forced.stage.install(forced.path, { properties: { MSIRMSHUTDOWN: '1' } })).exitCode, 0)
  assert.equal(forced.holder.running, false)
  const asked = stage({ process: stubborn })
  const result = await asked.stage.install(asked.path)
  assert.equal(result.exitCode, 3010)
  assert.deepEqual(result.rebootReasons, ['files in use'])
  assert.ok(has(asked.stage.log, 'Failed to shut down all applications in the service\'s session. Error: 351'))
  assert.ok(asked.stage.log.some((line) => /^Action ended .*: InstallValidate\. Return value 1\.$/.test(line)))
  assert.equal(asked.stage.property('ReplacedInUseFiles'), '1')
})

test('MSIRMSHUTDOWN=2 closes nobody when an application is not registered for a restart', async () => {
  const { stage: { install, log }, path, holder } = stage()
  assert.equal((await install(path, { properties: { MSIRMSHUTDOWN: '2' } })).exitCode, 3010)
  assert.equal(holder.running, true)
  assert.ok(has(log, 'Error: 351'))
})

test('MSIRESTARTMANAGERCONTROL=DisableShutdown lists, and closes nobody', async () => {
  const { stage: { install }, path, seen, holder } = stage()
  assert.equal((await install(path, { properties: { MSIRESTARTMANAGERCONTROL: 'DisableShutdown' } })).exitCode, 3010)
  assert.match(seen.before, /^[0-9a-f]{32}$/)
  assert.equal(holder.running, true)
})

test('a holder that cannot be closed leaves everybody running: silent installations go on to a restart', async () => {
  const { stage: { install, log }, path, holder } = stage({ process: { facts: { commandName: 'app', kind: 'first process of a container' }, uses: { [program]: 'executable' } } })
  assert.equal((await install(path, { properties: { REBOOT: 'ReallySuppress' } })).exitCode, 3010)
  assert.equal(holder.running, true)
  assert.ok(has(log, 'RESTART MANAGER: Did detect that a critical application holds file[s] in use, so a reboot will be necessary.'))
})

/** Answers one message type; everything else is left to the engine. */
const answering = (type: number, answer: MessageAnswer) => (message: { readonly type: number }): MessageAnswer => message.type === type ? answer : 0

for (const [name, answer, exitCode, running] of [['OK', 1, 0, false], ['Cancel', 2, 1602, true], ['Ignore', 5, 3010, true]] as const) {
  test(`with the basic user interface ${name} is obeyed`, async () => {
    const { stage: { install, text }, path, holder } = stage()
    const result = await install(path, { ui: 'basic', onMessage: answering(MessageType.rmFilesInUse, answer) })
    assert.equal(result.exitCode, exitCode)
    assert.equal(holder.running, running)
    assert.equal(text(program), exitCode === 1602 ? 'old' : 'new')
  })
}

test('the basic user interface is told names and process identifiers in pairs', async () => {
  const { stage: { install }, path, holder } = stage()
  const records: (readonly unknown[])[] = []
  await install(path, { ui: 'basic', onMessage: (message) => {
    if (message.type === MessageType.rmFilesInUse) records.push(message.record)
    return 1
  } })
  assert.deepEqual(records.map((record) => record.slice(1)), [['program-101', holder.identity.pid]])
})

test('nobody is asked where no modal dialogs are allowed', async () => {
  const { stage: { install, log }, path, holder } = stage()
  const { exitCode } = await install(path, { ui: 'basic', noModalDialogs: true, onMessage: answering(MessageType.rmFilesInUse, 2) })
  assert.equal(exitCode, 0)
  assert.equal(holder.running, false)
  assert.ok(has(log, 'because the UI does not display any modal dialogs.'))
})

test('a holder that cannot be closed is asked about: cancel ends the installation, OK goes on to a restart', async () => {
  const critical: MemoryProcessOptions = { facts: { commandName: 'app', kind: 'first process of a container' }, uses: { [program]: 'executable' } }
  const cancelled = stage({ process: critical })
  assert.equal((await cancelled.stage.install(cancelled.path, { ui: 'basic', onMessage: answering(MessageType.user, 2) })).exitCode, 1602)
  const confirmed = stage({ process: critical })
  assert.equal((await confirmed.stage.install(confirmed.path, { ui: 'basic', onMessage: answering(MessageType.user, 1) })).exitCode, 3010)
  assert.ok(has(confirmed.stage.log, 'The user chose to go on with the installation, although a reboot will be required.'))
})

test('without the Restart Manager the basic user interface is asked about files in use', async () => {
  const options = { ui: 'basic', properties: { MSIRESTARTMANAGERCONTROL: 'Disable' } } as const
  const cancelled = stage()
  assert.equal((await cancelled.stage.install(cancelled.path, { ...options, onMessage: answering(MessageType.filesInUse, 2) })).exitCode, 1602)
  const ignored = stage()
  assert.equal((await ignored.stage.install(ignored.path, { ...options, onMessage: answering(MessageType.filesInUse, 5) })).exitCode, 3010)
  const retried = stage()
  const { exitCode } = await retried.stage.install(retried.path, { ...options, onMessage: ({ type }) => {
    if (type !== MessageType.filesInUse) return 0
    retried.holder.running = false
    return 4
  } })
  assert.equal(exitCode, 0)
})

test('applications are started again when the installation fails', async () => {
  const { stage: { platform, install, text }, path, holder } = stage()
  const run = platform.processes.runs
  platform.processes.runs = (spec) => spec.args[0] === 'after' ? { outcome: 'exited', exitCode: 1, output: '' } : run(spec)
  assert.equal((await install(path)).exitCode, 1603)
  assert.equal(holder.running, false)
  assert.equal(platform.processes.launched.length, 1)
  assert.equal(text(program), 'old')
})
