// Sessions, what is registered and listed, registrations for a restart, and recovery, on a machine in memory.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { MemoryProcessOptions } from '../platform/index.ts'
import { aRestartManagerMachine as machine, holder, restartManagerFailure as failure, started, summary } from '../testing/index.ts'

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

test('a service is known by its main process, also when only another of its processes uses the file', async () => {
  const { manager, processes, services } = machine()
  const child = processes.add(holder('/app/data', { facts: { commandName: 'worker', service: 'web.service' } }))
  const main = processes.add({ facts: { commandName: 'web', service: 'web.service' } })
  services.add('web.service', { processes: [main, child] })
  await using session = await started(manager, '/app/data')
  const [web] = (await session.list()).applications
  assert.deepEqual([web!.process, web!.processes], [main.identity, [child.identity]])
  await session.shutdown()
  assert.deepEqual([main.running, child.running], [false, false])
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
