import { strict as assert } from 'node:assert'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { WindowsError } from '../base/index.ts'
import { MemoryProcesses, MemoryServices, MemorySessionStore, type Hashes, type MemoryProcessOptions } from '../platform/index.ts'
import { createRestartManager, RestartManagerError, type Application, type RestartManager } from './index.ts'

const hashes: Hashes = { md5: () => hash('md5'), sha256: () => hash('sha256') }

function hash(name: string) {
  const state = createHash(name)
  return { update: (chunk: Uint8Array) => { state.update(chunk) }, digest: () => state.digest() }
}

/** A machine in memory whose clock only moves when somebody sleeps. */
function machine() {
  let now = 1_000_000
  const processes = new MemoryProcesses()
  const services = new MemoryServices()
  const sessions = new MemorySessionStore()
  const clock = { now: () => now, monotonic: () => now, sleep: async (ms: number) => { now += ms; await Promise.resolve() } }
  const random = { bytes: (count: number) => randomBytes(count) }
  const manager = createRestartManager({ processes, services, sessions, clock, random, hashes })
  return { processes, services, sessions, manager, clock, platform: { processes, services, sessions, clock, random, hashes } }
}

async function started(manager: RestartManager, ...files: string[]) {
  const session = await manager.startSession()
  await session.register({ files })
  return session
}

const holder = (file: string, options: MemoryProcessOptions = {}): MemoryProcessOptions => ({ uses: { [file]: 'open' }, ...options })

async function failure(action: Promise<unknown>): Promise<RestartManagerError> {
  try {
    await action
  } catch (error) {
    assert.ok(error instanceof RestartManagerError, String(error))
    return error
  }
  return assert.fail('expected it to fail')
}

const summary = (applications: readonly Application[]) => applications.map(({ name, type, status }) => `${name} ${type} ${status.join('+')}`)

test('a session has a key of 32 lower-case hexadecimal digits', async () => {
  const { manager } = machine()
  await using session = await manager.startSession()
  assert.match(session.key, /^[0-9a-f]{32}$/)
  assert.equal(session.role, 'primary')
})

test('the 65th session is refused until one ends', async () => {
  const { manager } = machine()
  const sessions = []
  for (let count = 0; count < 64; count++) sessions.push(await manager.startSession())
  assert.equal((await failure(manager.startSession())).errno, 353)
  await sessions[7]!.end()
  await (await manager.startSession()).end()
})

test('ending twice is an invalid handle, and so is anything after the end', async () => {
  const { manager } = machine()
  const session = await manager.startSession()
  await session.end()
  for (const action of [() => session.end(), () => session.list(), () => session.shutdown(), () => session.register({ files: ['/f'] })]) {
    assert.equal((await failure(action())).errno, 6)
  }
})

test('a secondary registers resources that the primary lists, and may do nothing else', async () => {
  const { manager, processes } = machine()
  processes.add(holder('/app/data', { facts: { commandName: 'holder' } }))
  await using primary = await manager.startSession()
  const secondary = await manager.joinSession(primary.key)
  await secondary.register({ files: ['/app/data'] })
  for (const action of [
    () => secondary.list(), () => secondary.shutdown(), () => secondary.restart(), () => secondary.filters(),
    () => secondary.addFilter({ file: '/f' }, 'noRestart'), () => secondary.removeFilter({ file: '/f' }),
  ]) assert.equal((await failure(action())).errno, 1219)
  await secondary.end()
  assert.equal((await primary.list()).applications.length, 1)
})

test('another key, a key of another length and the key of an ended session are refused alike', async () => {
  const { manager } = machine()
  const session = await manager.startSession()
  const last = session.key.endsWith('0') ? '1' : '0'
  for (const key of [session.key.slice(0, 31) + last, '', 'x'.repeat(33)]) assert.equal((await failure(manager.joinSession(key))).errno, 1219)
  await session.end()
  assert.equal((await failure(manager.joinSession(session.key))).errno, 1219)
})

test('a damaged or missing segment of resources is a write fault', async () => {
  const { manager, sessions } = machine()
  await using session = await started(manager, '/a', '/b')
  const intact = sessions.read('Session0000', 'RegFiles0000')!
  sessions.write('Session0000', 'RegFiles0000', intact.subarray(0, intact.length - 2))
  assert.equal((await failure((await manager.joinSession(session.key)).register({ files: ['/c'] }).then(() => session.list()))).errno, 29)
  sessions.removeFile('Session0000', 'RegFiles0000')
  assert.equal((await failure(session.list())).errno, 29)
})

test('registering nothing succeeds, and what is no resource is a bad argument', async () => {
  const { manager } = machine()
  await using session = await manager.startSession()
  await session.register({})
  for (const resources of [{ files: ['relative'] }, { files: [''] }, { files: ['/a\0b'] }, { services: [''] }, { processes: [-1] }, { files: null as never }]) {
    assert.equal((await failure(session.register(resources))).errno, 160)
  }
})

test('a registered directory makes the list fail with access denied', async () => {
  const { manager, processes } = machine()
  processes.directories.add('/folder')
  await using session = await started(manager, '/folder')
  assert.equal((await failure(session.list())).errno, 5)
})

test('a file registered before it exists is found once somebody opens it', async () => {
  const { manager, processes } = machine()
  await using session = await started(manager, '/later')
  assert.deepEqual((await session.list()).applications, [])
  processes.add(holder('/later'))
  assert.equal((await session.list()).applications.length, 1)
})

test('a process registered with another start time is not listed', async () => {
  const { manager, processes } = machine()
  const { identity } = processes.add()
  await using session = await manager.startSession()
  await session.register({ processes: [{ pid: identity.pid, startTime: 'another' }] })
  assert.deepEqual((await session.list()).applications, [])
  await session.register({ processes: [identity.pid] })
  assert.equal((await session.list()).applications.length, 1)
})

test('the caller, its ancestors and the first process are critical, and nothing is closed for their sake', async () => {
  const { manager, processes } = machine()
  const other = processes.add(holder('/f'))
  for (const process of processes.all) process.uses.set('/f', 'open')
  await using session = await started(manager, '/f')
  const { rebootReasons, applications } = await session.list()
  assert.deepEqual(new Set(rebootReasons), new Set(['detectedSelf', 'criticalProcess']))
  assert.equal(applications.filter(({ type }) => type === 'critical').length, 2)
  assert.equal((await failure(session.shutdown({ force: true }))).errno, 350)
  assert.deepEqual(other.signals, [])
})

test('the kinds of processes are told apart', async () => {
  const { manager, processes, services } = machine()
  const facts: MemoryProcessOptions['facts'][] = [
    { commandName: 'editor', executable: '/usr/bin/editor', windows: [{ title: 'Letter' }], graphical: true },
    { commandName: 'tray', executable: '/usr/bin/tray', graphical: true },
    { commandName: 'tool', executable: '/usr/bin/tool' },
    { commandName: 'node', executable: '/usr/bin/node', arguments: ['node', '--flag', '/srv/server.mjs'] },
    { commandName: 'gnome-shell', executable: '/usr/bin/gnome-shell' },
    { commandName: 'deaf', executable: '/usr/bin/deaf', heeds: [] },
    { commandName: 'other', executable: '/usr/bin/other', signalable: false },
    { commandName: 'foreign', executable: '/usr/bin/foreign', loginSession: 7, userId: 2000 },
    { commandName: 'web', service: 'web.service' },
  ]
  for (const each of facts) processes.add(holder('/f', { facts: each! }))
  services.add('web.service', { description: 'Web server' })
  await using session = await started(manager, '/f')
  const { applications, rebootReasons } = await session.list()
  assert.deepEqual(summary(applications), [
    'Letter mainWindow running', 'tray otherWindow running', 'tool console running', 'server.mjs console running',
    'gnome-shell explorer running', 'deaf unknown running', 'other critical running', 'foreign critical running', 'Web server service running',
  ])
  assert.deepEqual(rebootReasons, ['permissionDenied', 'sessionMismatch'])
})

test('the processes of one service are one application', async () => {
  const { manager, processes, services } = machine()
  const workers = [1, 2].map(() => processes.add(holder('/f', { facts: { service: 'web.service' } })))
  processes.add(holder('/f', { facts: { executable: '/bin/plain' } }))
  services.add('web.service', { processes: workers })
  await using session = await started(manager, '/f')
  const { applications } = await session.list()
  assert.deepEqual(summary(applications), ['plain console running', 'web.service service running'])
  assert.equal(applications[1]!.processes.length, 2)
})

test('shutdown closes windows, then consoles, then services, then the shell; restart goes the other way', async () => {
  const { manager, processes, services, clock } = machine()
  const journal: string[] = []
  const add = (name: string, facts: MemoryProcessOptions['facts']) => {
    const ending = (process: { running: boolean }) => { journal.push(`${name} at ${clock.now()}`); process.running = false }
    return processes.add(holder('/f', { facts: { executable: `/bin/${name}`, ...facts }, onSignal: (_, process) => ending(process), onClose: ending }))
  }
  add('shell', { commandName: 'plasmashell' })
  const worker = add('worker', { service: 'web.service' })
  add('console', {})
  add('window', { windows: [{ title: '' }], graphical: true })
  services.add('web.service', { processes: [worker] })
  await using session = await started(manager, '/f')
  for (const process of processes.all.slice(2)) if (process !== worker) await manager.registerApplicationRestart({ process: process.identity, args: ['again'] })
  const percents: number[] = []
  await session.shutdown({ onProgress: (percent) => { percents.push(percent); throw new Error('ignored') } })
  assert.deepEqual(journal.map((line) => line.split(' ')[0]), ['window', 'console', 'shell'])
  assert.deepEqual(services.journal, ['stop web.service'])
  assert.deepEqual(percents, [25, 50, 75, 100])
  const { applications } = await session.restart()
  assert.deepEqual(processes.launched.map(({ file, args }) => `${file} ${args.join(' ')}`), ['/bin/shell again', '/bin/console again', '/bin/window again'])
  assert.deepEqual(services.journal, ['stop web.service', 'start web.service'])
  assert.ok(applications.every(({ status }) => status.includes('restarted')))
})

test('one program that goes on fails the shutdown, and the others are stopped', async () => {
  const { manager, processes } = machine()
  const stubborn = processes.add(holder('/f', { facts: { executable: '/bin/stubborn' }, onSignal() {} }))
  processes.add(holder('/f', { facts: { executable: '/bin/polite' } }))
  await using session = await started(manager, '/f')
  const error = await failure(session.shutdown())
  assert.equal(error.errno, 351)
  assert.deepEqual(summary(error.applications), ['stubborn console running+errorOnStop', 'polite console stopped'])
  assert.ok(!stubborn.signals.includes('kill'))
  await session.shutdown({ force: true })
  assert.equal(stubborn.signals.at(-1), 'kill')
})

test('a program that heeds no signal is only closed by force', async () => {
  const { manager, processes } = machine()
  processes.add(holder('/f', { facts: { heeds: [] } }))
  await using session = await started(manager, '/f')
  assert.equal((await failure(session.shutdown())).errno, 351)
  await session.shutdown({ force: true })
})

test('a program of a terminal is interrupted, one without is terminated, a suspended one is woken', async () => {
  const { manager, processes } = machine()
  const console = processes.add(holder('/f', { facts: { terminal: true } }))
  const background = processes.add(holder('/f', { facts: { terminal: false } }))
  const suspended = processes.add(holder('/f', { facts: { stopped: true, heeds: ['hangup'] }, onSignal(signal, process) { if (signal === 'continue') process.running = false } }))
  await using session = await started(manager, '/f')
  await session.shutdown()
  assert.deepEqual([console, background, suspended].map(({ signals }) => signals.join()), ['interrupt', 'terminate', 'hangup,continue'])
})

test('one answer of no keeps everybody running, unless forced', async () => {
  const { manager, processes, sessions } = machine()
  const first = processes.add(holder('/f'))
  const second = processes.add(holder('/f'))
  sessions.answers.set(first.identity.pid, 'no').set(second.identity.pid, 'yes')
  await using session = await started(manager, '/f')
  assert.equal((await failure(session.shutdown())).errno, 351)
  assert.deepEqual([first.signals, second.signals], [[], []])
  await session.shutdown({ force: true })
  assert.deepEqual([first.running, second.running], [false, false])
})

test('only what is registered is closed when that is asked for', async () => {
  const { manager, processes } = machine()
  const registered = processes.add(holder('/f'))
  const plain = processes.add(holder('/f'))
  await manager.registerApplicationRestart({ process: registered.identity })
  await using session = await started(manager, '/f')
  assert.equal((await failure(session.shutdown({ onlyRegistered: true }))).errno, 351)
  assert.deepEqual([registered.running, plain.running], [true, true])
  await manager.registerApplicationRestart({ process: plain.identity })
  await session.shutdown({ onlyRegistered: true })
  assert.deepEqual([registered.running, plain.running], [false, false])
})

test('restart before shutdown is out of sequence, and after a failed one it brings back what was stopped', async () => {
  const { manager, processes } = machine()
  const polite = processes.add(holder('/f', { facts: { executable: '/bin/polite', arguments: ['polite', 'a b', 'ü'], workingDirectory: '/here' } }))
  processes.add(holder('/f', { onSignal() {} }))
  await using session = await started(manager, '/f')
  assert.equal((await failure(session.restart())).errno, 776)
  assert.equal((await failure(session.shutdown())).errno, 351)
  await session.restart()
  assert.deepEqual(processes.launched, [])
  await session.restart({ unregistered: 'relaunch' })
  assert.deepEqual(processes.launched, [{
    file: '/bin/polite', argument0: 'polite', args: ['a b', 'ü'], workingDirectory: '/here', environment: {}, userId: polite.facts.userId, terminal: true,
  }])
})

test('a program that ends by itself between list and shutdown is no failure', async () => {
  const { manager, processes } = machine()
  const quitter = processes.add(holder('/f', { facts: { executable: '/bin/quitter' } }))
  await using session = await started(manager, '/f')
  await session.list()
  quitter.running = false
  const { applications } = await session.shutdown()
  assert.deepEqual(summary(applications), ['quitter console stoppedOther'])
})

test('what a supervisor starts again is closed a second time, and then given up', async () => {
  const { manager, processes } = machine()
  const supervisor = processes.add()
  let left = 1
  const respawn = () => {
    processes.add(holder('/f', {
      facts: { executable: '/bin/worker', parentPid: supervisor.identity.pid },
      onSignal(_, process) { process.running = false; if (left-- > 0) respawn() },
    }))
  }
  respawn()
  await using session = await started(manager, '/f')
  await session.shutdown()
  left = 2
  respawn()
  const error = await failure(session.shutdown())
  assert.equal(error.errno, 351)
  assert.match(error.message, /starts it again/)
})

test('filters exempt from shutdown and restart, the last word counts, and an unknown one cannot be removed', async () => {
  const { manager, processes } = machine()
  const kept = processes.add(holder('/f', { facts: { executable: '/bin/kept' } }))
  processes.add({ facts: { executable: '/bin/left' }, uses: { '/f': 'open', '/bin/left': 'executable' } })
  await using session = await started(manager, '/f')
  await session.addFilter({ process: kept.identity }, 'noRestart')
  await session.addFilter({ process: kept.identity }, 'noShutdown')
  await session.addFilter({ file: '/bin/left' }, 'noRestart')
  assert.equal((await session.filters()).length, 2)
  assert.equal((await failure(session.removeFilter({ file: '/bin/none' }))).errno, 2)
  const { applications } = await session.shutdown()
  assert.deepEqual(summary(applications), ['kept console running+shutdownMasked+restartMasked', 'left console stopped+restartMasked'])
  await session.restart({ unregistered: 'relaunch' })
  assert.deepEqual(processes.launched, [])
})

test('a cancelled shutdown leaves the rest alone and tells so', async () => {
  const { manager, processes } = machine()
  let session = await started(manager, '/f')
  processes.add(holder('/f', { facts: { windows: [{ title: 'First' }], graphical: true }, onClose(process) { process.running = false; session.cancel() } }))
  const later = processes.add(holder('/f', { facts: { executable: '/bin/later' } }))
  session.cancel()
  const error = await failure(session.shutdown())
  assert.equal(error.errno, 1223)
  assert.deepEqual(summary(error.applications), ['First mainWindow stopped', 'later console running'])
  assert.deepEqual(later.signals, [])
  await session.end()
})

test('a service is stopped with its socket, which is started first; dependents come back last', async () => {
  const { manager, services } = machine()
  services.add('web.socket')
  services.add('front.service')
  services.add('web.service', { triggers: ['web.socket'], dependents: ['front.service'] })
  await using session = await manager.startSession()
  await session.register({ services: ['web', 'none'] })
  assert.deepEqual((await session.list()).warnings, ['no service is called none'])
  await session.shutdown()
  await session.restart()
  assert.deepEqual(services.journal, [
    'stop web.socket', 'stop web.service', 'stop front.service', 'start web.socket', 'start web.service', 'start front.service',
  ])
})

test('a service that does not stop in time is killed when forced', async () => {
  const { manager, services } = machine()
  services.add('slow.service', { hangs: true })
  await using session = await manager.startSession()
  await session.register({ services: ['slow.service'] })
  assert.equal((await failure(session.shutdown())).errno, 351)
  await session.shutdown({ force: true })
  assert.equal(services.journal.at(-1), 'kill slow.service')
})

test('a service that has not stopped in time may stop yet, so it is told to start again', async () => {
  const { manager, services } = machine()
  services.add('slow.service', { hangs: true })
  services.add('guarded.service')
  await using session = await manager.startSession()
  await session.register({ services: ['slow.service'] })
  await failure(session.shutdown())
  const { applications } = await session.restart()
  assert.deepEqual(services.journal, ['stop slow.service', 'start slow.service'])
  assert.deepEqual(applications[0]?.status, ['running', 'restarted', 'errorOnStop'])
})

test('a registration that is too long is refused, and one against patches is not used', async () => {
  const { manager, processes } = machine()
  const { identity } = processes.add(holder('/f'))
  assert.equal((await failure(manager.registerApplicationRestart({ process: identity, args: ['x'.repeat(1025)] }))).errno, 87)
  await manager.registerApplicationRestart({ process: identity, flags: ['noPatch'] })
  await using session = await started(manager, '/f')
  assert.equal((await session.list()).applications[0]!.restartable, false)
})

test('the slot of a dead owner is used again, its resources are gone, and what it left closed can be recovered', async () => {
  const { manager, processes } = machine()
  const owner = processes.add()
  const app = processes.add(holder('/f', { facts: { executable: '/bin/app' } }))
  await manager.registerApplicationRestart({ process: app.identity, args: ['--again'] })
  const lost = await manager.startSession({ owner: owner.identity })
  await lost.register({ files: ['/f'] })
  await lost.shutdown()
  owner.running = false
  assert.equal((await failure(manager.joinSession(lost.key))).errno, 1219)
  assert.deepEqual((await manager.recoverable()).map(({ applications }) => summary(applications)), [['app console stopped']])
  await using session = await manager.startSession()
  assert.equal((await manager.sessions()).length, 1)
  processes.add(holder('/f'))
  assert.deepEqual((await session.list()).applications, [])
  const [left] = await manager.recoverable()
  await manager.recover(left!.id)
  assert.deepEqual(processes.launched.map(({ file, args }) => [file, ...args]), [['/bin/app', '--again']])
  assert.deepEqual(await manager.recoverable(), [])
})

test('blind processes are reported, and are a reason to refuse when strict', async () => {
  const { manager, processes } = machine()
  processes.blind.push({ pid: 5, name: 'hidden', why: 'permission denied' })
  await using session = await manager.startSession({ strict: true })
  assert.deepEqual((await session.list()).rebootReasons, ['permissionDenied'])
  await using lenient = await manager.startSession()
  const { rebootReasons, blind } = await lenient.list()
  assert.deepEqual([rebootReasons.length, blind.length], [0, 1])
})

test('a descendant of the owner takes up a session where it stands', async () => {
  const { manager, processes } = machine()
  processes.add(holder('/f', { facts: { executable: '/bin/app' } }))
  const session = await manager.startSession({ owner: processes.identify(1)! })
  await session.register({ files: ['/f'] })
  await (await manager.resumeSession(session.key)).shutdown()
  await (await manager.resumeSession(session.key)).restart({ unregistered: 'relaunch' })
  assert.equal(processes.launched.length, 1)
  await using own = await manager.startSession()
  assert.equal((await failure(manager.resumeSession(own.key))).errno, 1219)
  const stranger = await manager.startSession({ owner: processes.add().identity })
  assert.equal((await failure(manager.resumeSession(stranger.key))).errno, 1219)
})

test('when the store is full from the first closing on, everybody is closed and started again, with a warning', async () => {
  const { processes, sessions, manager } = machine()
  const write = sessions.write.bind(sessions)
  let isFull = false
  sessions.write = (...args) => {
    if (isFull) throw new WindowsError('ERROR_DISK_FULL', 'full')
    write(...args)
  }
  const fill: MemoryProcessOptions['onSignal'] = (_signal, process) => {
    isFull = true
    process.running = false
  }
  for (let count = 0; count < 2; count++) processes.add(holder('/f', { onSignal: fill }))
  const session = await started(manager, '/f')
  const closed = await session.shutdown()
  assert.deepEqual(closed.applications.map(({ status }) => status.includes('stopped')), [true, true])
  assert.match(closed.warnings.join(), /could not be written/)
  await session.restart({ unregistered: 'relaunch' })
  assert.equal(processes.launched.length, 2)
  await session.end()
})

test('when the store is full before anybody is closed, nobody is', async () => {
  const { processes, sessions, manager } = machine()
  const process = processes.add(holder('/f'))
  const session = await started(manager, '/f')
  sessions.write = () => { throw new WindowsError('ERROR_DISK_FULL', 'full') }
  assert.equal((await failure(session.shutdown())).code, 'ERROR_DISK_FULL')
  assert.deepEqual([process.running, process.signals], [true, []])
})
