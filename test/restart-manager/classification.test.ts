// Scenarios 37 to 45: what must not be closed, and why; what kind of application a process is.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { chownSync, closeSync, openSync } from 'node:fs'
import { test } from 'node:test'
import { bits, RebootReason } from 'msikit/restart-manager'
import { HostServices, managerWith } from './host-services.ts'
import { failure, impatient, needs, patient, pids, repository, Stage } from './stage.ts'

test('37. the caller that holds a file itself is critical, and nobody is signalled', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const other = await stage.run('holds-file.sh', [file])
  const descriptor = openSync(file, 'r')
  try {
    await using session = await stage.session(file)
    const { applications, rebootReasons } = await session.list()
    assert.deepEqual(rebootReasons, ['detectedSelf'])
    assert.equal(bits(RebootReason, rebootReasons), 0x10)
    assert.equal(applications.find(({ process: { pid } }) => pid === process.pid)!.type, 'critical')
    const error = await failure(session.shutdown({ force: true, limits: impatient }))
    assert.deepEqual([error.errno, error.rebootReasons], [350, ['detectedSelf']])
    assert.ok(stage.isRunning(other.identity))
  } finally {
    closeSync(descriptor)
  }
})

test('38. so is what the caller runs in', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const result = spawnSync('bash', ['-c', 'exec 10<"$0"; "$1" --input-type=module -e "$2"; exit $?', file, process.execPath, `
import { createHostRestartManager } from 'msikit/restart-manager'
import { closeSync } from 'node:fs'
closeSync(10)
const session = await createHostRestartManager({ sessionFolder: ${JSON.stringify(stage.sessionFolder)} }).startSession()
await session.register({ files: [${JSON.stringify(file)}] })
const { applications, rebootReasons } = await session.list()
console.log(applications.map(({ process: { pid } }) => pid === process.ppid), rebootReasons)
await session.end()`], { cwd: repository, encoding: 'utf8' })
  assert.equal(result.stdout.trim(), "[ true ] [ 'detectedSelf' ]")
})

test('39. the first process and threads of the kernel are critical', needs('root'), async () => {
  await using stage = new Stage()
  await using session = await stage.manager.startSession()
  // In a container no thread of the kernel may be seen, and number 2 may be anybody's.
  const thread = (await stage.processes.describe(stage.processes.list().slice(0, 20))).find((known) => known?.kind === 'kernel')?.identity.pid
  const registered = thread === undefined ? [1] : [1, thread]
  await session.register({ processes: registered })
  const { applications, rebootReasons } = await session.list()
  assert.deepEqual(applications.map(({ process: { pid }, type, restartable }) => [pid, type, restartable]), registered.map((pid) => [pid, 'critical', false]))
  assert.ok(applications.every((application) => application.rebootReasons.includes('criticalProcess')))
  assert.ok(rebootReasons.includes('criticalProcess'))
  assert.equal((await failure(session.shutdown({ force: true, limits: impatient }))).errno, 350)
})

test('40. a service that refuses to be stopped is critical', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const worker = await stage.run('holds-file.sh', [file])
  const services = new HostServices(stage)
  services.add('vital.service', [worker], { refusesStop: true })
  await using session = await managerWith(stage, (pid) => pid === worker.pid ? { service: 'vital.service' } : undefined, services).startSession()
  await session.register({ files: [file] })
  const { rebootReasons } = await session.list()
  assert.deepEqual([rebootReasons, bits(RebootReason, rebootReasons)], [['criticalService'], 0x8])
  assert.equal((await failure(session.shutdown({ limits: impatient }))).errno, 350)
  assert.deepEqual(services.journal, [])
})

test('41. another user\'s process is critical to a caller without the right to signal it', needs('root'), async () => {
  await using stage = new Stage()
  const holder = await stage.run('holds-file.sh', [stage.file('data')])
  const folder = stage.directory('theirs')
  chownSync(folder, 65534, 65534)
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', `
import { createHostRestartManager } from 'msikit/restart-manager'
const session = await createHostRestartManager({ sessionFolder: ${JSON.stringify(`${folder}/sessions`)} }).startSession()
await session.register({ processes: [${holder.pid}] })
const { applications, rebootReasons } = await session.list()
console.log(applications[0].type, ...rebootReasons, await session.shutdown({ force: true }).catch(({ errno }) => errno))
await session.end()`], { cwd: repository, encoding: 'utf8', uid: 65534, gid: 65534 })
  assert.equal(result.stdout.trim(), 'critical permissionDenied 350', result.stderr)
  assert.ok(stage.isRunning(holder.identity))
})

test('42. an application with a window in another user\'s login is left alone, unless the caller says otherwise', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const holder = await stage.run('holds-file.sh', [file])
  const manager = managerWith(stage, (pid) => pid === holder.pid ? { loginSession: 7, userId: 54321, windows: [{ title: 'Letter' }], graphical: true } : undefined)
  await using refusing = await manager.startSession()
  await refusing.register({ files: [file] })
  const { applications, rebootReasons } = await refusing.list()
  assert.deepEqual([bits(RebootReason, rebootReasons), applications.map(({ type, sessionId }) => [type, sessionId])], [0x2, [['critical', -1]]])
  assert.equal((await failure(refusing.shutdown({ force: true, limits: impatient }))).errno, 350)
  assert.ok(stage.isRunning(holder.identity))
  await using allowing = await manager.startSession({ otherSessions: 'allow' })
  await allowing.register({ files: [file] })
  assert.deepEqual((await allowing.list()).applications.map(({ type, sessionId }) => [type, sessionId]), [['mainWindow', 7]])
  await allowing.shutdown({ limits: patient })
  assert.equal(stage.isRunning(holder.identity), false)
})

test('43. all reasons are given', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const [foreign, vital] = [await stage.run('holds-file.sh', [file]), await stage.run('holds-file.sh', [file])]
  const manager = managerWith(stage, (pid) => pid === foreign.pid ? { loginSession: 7, userId: 54321 } : pid === vital.pid ? { commandName: 'dbus-daemon' } : undefined)
  await using session = await manager.startSession()
  await session.register({ files: [file] })
  assert.equal(bits(RebootReason, (await session.list()).rebootReasons), 0x6)
})

test('44. the processes of a service are one entry, a plain process is its own', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const master = await stage.start(['bash', '-c', 'exec 10<"$0" 8<> <(:); wait $!; (echo "child $BASHPID ready"; read -r -u 8) & read -r -u 8', file])
  const child = stage.adopt(Number(/child (\d+)/.exec(master.output())![1]))
  const plain = await stage.run('holds-file.sh', [file])
  const services = new HostServices(stage)
  services.add('web.service', [master])
  const manager = managerWith(stage, (pid) => pid === master.pid || pid === child.pid ? { service: 'web.service' } : undefined, services)
  await using session = await manager.startSession()
  await session.register({ files: [file] })
  const { applications } = await session.list()
  assert.deepEqual(applications.map(({ type, name, processes }) => [type, name, processes.length]), [['console', 'holds-file.sh', 1], ['service', 'The web.service', 2]])
  assert.deepEqual(pids(applications.slice(0, 1)), [plain.pid])
  assert.deepEqual(applications[1]!.processes.map(({ pid }) => pid).sort((a, b) => a - b), [master.pid, child.pid].sort((a, b) => a - b))
  // Its number is that of its main process, whichever was found first.
  assert.equal(applications[1]!.process.pid, master.pid)
})

test('45. a program that ignores everything is unknown: only force closes it', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const deaf = await stage.run('ignores-close.sh', [file])
  await using session = await stage.session(file)
  assert.equal((await session.list()).applications[0]!.type, 'unknown')
  assert.equal((await failure(session.shutdown({ limits: impatient }))).errno, 351)
  assert.ok(stage.isRunning(deaf.identity))
  await session.shutdown({ force: true, limits: impatient })
  assert.equal(await deaf.ended, 'SIGKILL')
})
