// Closing and starting again, on a machine in memory.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { WindowsError } from '../base/index.ts'
import type { MemoryProcessOptions } from '../platform/index.ts'
import { aRestartManagerMachine as machine, holder, restartManagerFailure as failure, started, summary } from '../testing/index.ts'

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

test('a program that is suspended while it is being closed is woken', async () => {
  const { manager, processes } = machine()
  const held = processes.add(holder('/f', { onSignal: (signal, process) => {
    if (signal === 'continue') process.running = false
    else Object.assign(process, { facts: { ...process.facts, stopped: true } })
  } }))
  await using session = await started(manager, '/f')
  await session.shutdown()
  assert.deepEqual(held.signals, ['interrupt', 'continue'])
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

test('workers are left to the server that had started them, and jobs of a shell are not', async () => {
  const { manager, processes } = machine()
  const server = processes.add(holder('/f', { facts: { executable: '/bin/server', processGroup: 70 } }))
  const worker = processes.add(holder('/f', { facts: { executable: '/bin/worker', parentPid: server.identity.pid, processGroup: 70 } }))
  processes.add(holder('/f', { facts: { executable: '/bin/helper', parentPid: worker.identity.pid, processGroup: 70 } }))
  processes.add(holder('/f', { facts: { executable: '/bin/job', parentPid: server.identity.pid, processGroup: 71 } }))
  await using session = await started(manager, '/f')
  await session.shutdown()
  const { applications } = await session.restart({ unregistered: 'relaunch' })
  assert.deepEqual(processes.launched.map(({ file }) => file), ['/bin/server', '/bin/job'])
  assert.deepEqual(applications.map(({ notes }) => notes.length), [0, 1, 1, 0])
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

test('what Windows writes to its event log is told', async () => {
  const { manager, processes, services } = machine()
  services.add('web.service', { description: 'Web' })
  processes.add(holder('/f', { facts: { executable: '/bin/stays' }, onSignal: () => {} }))
  processes.add(holder('/f', { facts: { executable: '/bin/goes' } }))
  const events: string[] = []
  const session = await manager.startSession({ onEvent: ({ id, level, text }) => { events.push(`${id} ${level} ${text.replaceAll(/\d{4}-\d\d-\S+Z/g, 'NOW')}`); throw new Error('passed over') } })
  await session.register({ files: ['/f', '/g'], services: ['web'] })
  await failure(session.shutdown())
  await session.restart()
  await session.end()
  assert.deepEqual(events, [
    '10000 information Starting session 0 - NOW.', '10004 information Registering 2 file(s), 0 process(es), 1 service(s).',
    "10002 information Shutting down application or service 'stays'.", "10002 information Shutting down application or service 'goes'.",
    "10006 error Application or service 'stays' could not be shut down.", "10002 information Shutting down application or service 'Web'.",
    "10010 warning Application 'goes' (pid 102) cannot be restarted - it has not registered for a restart.",
    "10003 information Restarting application or service 'Web'.", '10001 information Ending session 0 started NOW.',
  ])
})

test('that the machine has to be restarted is told, with those for whose sake', async () => {
  const { manager, processes } = machine()
  processes.add(holder('/f', { facts: { executable: '/bin/box', kind: 'first process of a container' } }))
  const events: string[] = []
  await using session = await manager.startSession({ onEvent: ({ id, text }) => { events.push(`${id} ${text}`) } })
  await session.register({ files: ['/f'] })
  await session.list()
  assert.equal(events.at(-1), '10005 Machine restart is required. Applications: box (pid 101).')
})

test('an application that registers for a restart while it is asked comes back', async () => {
  const { manager, processes, sessions } = machine()
  const { identity } = processes.add(holder('/f', { facts: { executable: '/bin/app', arguments: ['/bin/app', 'first'] } }))
  sessions.queries.ask = async () => {
    await manager.registerApplicationRestart({ process: identity, args: ['again'] })
    return 'yes'
  }
  await using session = await started(manager, '/f')
  assert.equal((await session.list()).applications[0]?.restartable, false)
  await session.shutdown()
  await session.restart()
  assert.deepEqual(processes.launched.map(({ args }) => args), [['again']])
})
