// What the log says of the Restart Manager where something is out of the ordinary: each line of its part of a Windows log that the
// decisions and scenarios do not have. On a machine in memory, but for the installer's own process.
import { strict as assert } from 'node:assert'
import { closeSync, openSync } from 'node:fs'
import { test } from 'node:test'
import { failWith } from 'msikit/authoring'
import { beginTransaction, type InstallOptions } from 'msikit/engine'
import { MemoryProcesses } from 'msikit/platform'
import { createRestartManager, RestartManagerError, type Session } from 'msikit/restart-manager'
import { HostStage } from './host-stage.js'
import { dataOf, fallback, holdData, install, occupy, onLinux, restartManagerLines, succeeded } from './in-use-programs.js'
import { closedLines, critical, example, ordinary, program, rmLines, run } from './in-use-scene.js'
import { aMachine } from './machine.js'

const pendingRename = { 'HKLM\\System\\CurrentControlSet\\Control\\Session Manager': { PendingFileRenameOperations: { type: 'REG_MULTI_SZ', data: ['\\??\\C:\\gone.txt', ''] } } } as const

/** A program runs the file; calls of the session with these names fail. */
async function failing(calls: Partial<Record<'register' | 'list' | 'shutdown' | 'restart' | 'end', RestartManagerError>>, options: InstallOptions = {}) {
  const processes = new MemoryProcesses()
  const holder = processes.add(ordinary)
  const stage = aMachine({ processes, files: { [program]: 'old' } })
  const manager = createRestartManager(stage.platform)
  const restartManager = { ...manager, startSession: async (given: Parameters<typeof manager.startSession>[0]): Promise<Session> => {
    const session = await manager.startSession(given)
    for (const [name, error] of Object.entries(calls)) Object.defineProperty(session, name, { value: () => Promise.reject(error) })
    return session
  } }
  const { exitCode } = await stage.install(stage.add(example()), { restartManager, ...options })
  return { exitCode, running: holder.running, lines: rmLines(stage.log), text: stage.text(program), log: stage.log }
}

const fault = new RestartManagerError('ERROR_WRITE_FAULT', 'the session store is damaged')
const silently = 'Will attempt to shut down and restart applications in no UI modes.'

test('resources that cannot be registered and a list that cannot be had leave the built-in way, which closes nobody', async () => {
  for (const [name, line] of [['register', 'Failed to add file path resources'], ['list', 'Failed to retrieve the list of applications that hold files in use']] as const) {
    const { exitCode, running, lines, text, log } = await failing({ [name]: fault })
    assert.deepEqual([exitCode, running, text], [3010, true, 'new'], name)
    assert.deepEqual(lines, [`${line}; ${fallback} Error: 29`])
    assert.ok(log.some((one) => one.startsWith(`Info 1603. The file ${program} is being held in use by the following process: Name: app, Id: 101`)))
  }
})

test('a shutdown that finds somebody critical who was not there before is logged with 350, and the installation goes on', async () => {
  const refused = new RestartManagerError('ERROR_FAIL_NOACTION_REBOOT', 'somebody critical came')
  const { exitCode, running, lines, text } = await failing({ shutdown: refused })
  assert.deepEqual([exitCode, running, text], [3010, true, 'new'])
  assert.deepEqual(lines.slice(0, 3), [silently, 'Failed to shut down all applications in the service\'s session. Error: 350', 'Failed to shut down all applications. Error: 350'])
})

test('a restart that fails and a session that does not close are logged, and the installation has succeeded all the same', async () => {
  const unstarted = new RestartManagerError('ERROR_FAIL_RESTART', 'its executable is gone')
  const { exitCode, lines, text, log } = await failing({ restart: unstarted, end: fault })
  assert.deepEqual([exitCode, text], [0, 'new'])
  // The server's, then the client's.
  const ending = ['Failed while restarting applications. Error: 352', 'Failed while closing session. Error: 29']
  assert.deepEqual(lines, [silently, ...closedLines, ...ending, ...ending])
  assert.ok(log.indexOf('MainEngineThread is returning 0') < log.indexOf(`RESTART MANAGER: ${ending[0]!}`))
})

test('where nothing was closed nothing is started again: an installation that fails says that its session is closed, and no more', async () => {
  const stage = aMachine({ files: { [program]: 'old' } })
  const builder = example()
  builder.customAction('Break', failWith('broken'), { at: { before: 'InstallFinalize' } })
  assert.equal((await stage.install(stage.add(builder))).exitCode, 1603)
  const lines = stage.log.filter((line) => line.startsWith('RESTART MANAGER: ') || line.startsWith('MainEngineThread'))
  assert.deepEqual(lines, ['RESTART MANAGER: Session opened.', 'MainEngineThread is returning 1603', 'RESTART MANAGER: Session closed.'])
})

test('the key follows the client\'s properties, then the session, then whether a restart is pending; what else there is comes later', async () => {
  const stage = aMachine({ registry: pendingRename })
  assert.equal((await stage.install(stage.add(example()))).exitCode, 0)
  const start = stage.log.findIndex((line) => line.startsWith('PROPERTY CHANGE: Adding CLIENTPROCESSID property.'))
  const lines = stage.log.slice(start + 1).filter((line) => !line.startsWith('Event log, '))
  for (const [index, pattern] of [
    /^PROPERTY CHANGE: Adding MsiRestartManagerSessionKey property\. Its value is '[0-9a-f]{32}'\.$/, /^RESTART MANAGER: Session opened\.$/,
    /^PROPERTY CHANGE: Adding MsiSystemRebootPending property\. Its value is '1'\.$/,
  ].entries()) assert.match(lines[index]!, pattern)
  assert.ok(stage.log.findIndex((line) => line.startsWith('TRANSFORMS property is now:')) > start + 3)
})

test('the user\'s wish to go on is logged where it was asked for', async () => {
  const chosen = 'The user chose to go on with the installation, although a reboot will be required.'
  const ignored = await run({ ui: 'basic', answers: { rm: [5] } })
  assert.deepEqual([ignored.exitCode, rmLines(ignored.log)], [3010, [chosen]])
  const confirmed = await run({ ui: 'basic', holder: critical, answers: { user: [1] } })
  assert.deepEqual([confirmed.exitCode, rmLines(confirmed.log).at(-1)], [3010, chosen])
  for (const setting of [{ ui: 'none' }, { ui: 'basic', noModalDialogs: true }] as const) {
    assert.ok(!rmLines((await run({ ...setting, holder: critical })).log).includes(chosen), 'nobody was asked')
  }
})

test('in a transaction of several packages a file that stays in use is 3010 at its end, and no package restarts the machine', async () => {
  const processes = new MemoryProcesses()
  const holder = processes.add(critical)
  const stage = aMachine({ processes, files: { [program]: 'old' } })
  const several = await beginTransaction(stage.platform, { name: 'Suite', durability: 'process-end' })
  let restarted = 0
  const { exitCode } = await several.install({ package: stage.add(example()), restartMachine: () => { restarted++ } })
  const end = await several.commit()
  assert.deepEqual([exitCode, end.exitCode, end.rebootRequired, restarted, holder.running, stage.text(program)], [0, 3010, true, 0, true, 'new'])
})

test('when the installer itself has the file open, the log says that it is the client process, and nobody is closed', onLinux, async () => {
  using stage = new HostStage()
  occupy(stage)
  const other = await holdData(stage)
  const descriptor = openSync(dataOf(stage), 'r')
  try {
    const result = await install(stage)
    assert.equal(result.exitCode, 3010)
    const lines = restartManagerLines(stage)
    assert.deepEqual(lines, ['Session opened.', 'Did detect that the client process of this installation holds file[s] in use, so a reboot will be necessary.', 'Session closed.'])
    assert.ok(!lines.includes(succeeded) && stage.isRunning(other))
  } finally {
    closeSync(descriptor)
  }
})
