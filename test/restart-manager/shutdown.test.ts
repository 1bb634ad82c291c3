// Scenarios 46 to 62: closing and starting again.
import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { appendFileSync, copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { ApplicationStatus, bits, type Application } from 'msikit/restart-manager'
import { HostServices, managerWith } from './host-services.ts'
import { appeared, failure, impatient, needs, patient, pids, programs, repository, Stage, until, type Started } from './stage.ts'

const asking = resolve(import.meta.dirname, '../programs/answers-no.js')

const statusOf = (applications: readonly Application[], { pid }: Started) => applications.find(({ process }) => process.pid === pid)!.status.join('+')

test('46. windows are closed before console programs, these before services, and those before the desktop\'s shell; they come back in reverse', needs(), async () => {
  await using stage = new Stage()
  const [file, order] = [stage.file('data'), stage.file('order', '')]
  const shellProgram = stage.path('plasmashell')
  copyFileSync('/bin/bash', shellProgram)
  const tell = (name: string) => `exec 10<"$0"; trap 'echo ${name} >> ${order}; exit' TERM INT; echo ready; while :; do sleep 0.05 10<&-; done`
  const shell = await stage.start([shellProgram, '-c', tell('shell'), file])
  const worker = await stage.run('holds-file.sh', [file])
  const console = await stage.start(['bash', '-c', tell('console'), file])
  const window = await stage.start(['bash', '-c', tell('window'), file])
  const services = new HostServices(stage, (line) => { appendFileSync(order, `${line}\n`) })
  services.add('web.service', [worker])
  const facts = (pid: number) => pid === worker.pid ? { service: 'web.service' } : pid === window.pid ? { windows: [{ title: 'Letter' }], graphical: true } : undefined
  const manager = managerWith(stage, facts, services, ({ args }) => { appendFileSync(order, `start ${/echo (\w+) >>/.exec(args.join(' '))?.[1]}\n`) })
  await using session = await manager.startSession()
  await session.register({ files: [file] })
  const all = [window, console, worker, shell]
  const { applications: listed } = await session.list()
  assert.deepEqual(all.map(({ pid }) => listed.find(({ process }) => process.pid === pid)!.type), ['mainWindow', 'console', 'service', 'explorer'])
  const seen: boolean[][] = []
  await session.shutdown({ limits: patient, onProgress: () => seen.push(all.map(({ identity }) => stage.isRunning(identity))) })
  assert.deepEqual(seen, [[false, true, true, true], [false, false, true, true], [false, false, false, true], [false, false, false, false]])
  const closed = ['window', 'console', 'stop web.service', 'shell']
  assert.deepEqual(readFileSync(order, 'utf8').trim().split('\n'), closed)
  const applications = stage.restarted(await session.restart({ unregistered: 'relaunch' }))
  assert.deepEqual(readFileSync(order, 'utf8').trim().split('\n').slice(closed.length), ['start shell', 'start web.service', 'start console', 'start window'])
  for (const program of [shell, console, window]) assert.ok(stage.isRunning(applications.find(({ process }) => process.pid === program.pid)!.restartedAs!))
})

test('47. one application that answers no keeps all of them; when forced it is killed', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const refusing = await stage.start([process.execPath, asking, file, 'no', stage.sessionFolder])
  // With a window, played: no display is needed to be asked.
  const manager = managerWith(stage, (pid) => pid === refusing.pid ? { windows: [{ title: 'Unsaved' }], graphical: true } : undefined)
  const plain = await stage.run('holds-file.sh', [file])
  await using session = await manager.startSession()
  await session.register({ files: [file] })
  const { applications } = await session.list()
  assert.deepEqual([applications.find(({ process }) => process.pid === refusing.pid)!.type, applications.find(({ process }) => process.pid === refusing.pid)!.restartable], ['mainWindow', true])
  const error = await failure(session.shutdown({ limits: patient }))
  assert.equal(error.errno, 351)
  assert.deepEqual([statusOf(error.applications, refusing), statusOf(error.applications, plain)], ['running+errorOnStop', 'running'])
  assert.ok(stage.isRunning(refusing.identity) && stage.isRunning(plain.identity))
  const forced = await session.shutdown({ force: true, limits: { ...patient, windowMs: 500 } })
  assert.deepEqual([await refusing.ended, await plain.ended], ['SIGKILL', 'SIGTERM'])
  assert.deepEqual([statusOf(forced.applications, refusing), statusOf(forced.applications, plain)], ['stopped+errorOnStop', 'stopped'])
})

test('47. an application that gives no answer in time is closed all the same', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const silent = await stage.start([process.execPath, asking, file, 'nothing', stage.sessionFolder])
  await using session = await stage.session(file)
  await session.shutdown({ limits: { ...patient, queryMs: 100 } })
  assert.equal(await silent.ended, 'SIGTERM')
})

test('48. a program of a terminal is interrupted, saves its state and ends by itself', needs('script'), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const saved = stage.path('saved')
  const terminal = await stage.start(['script', '-qefc', `bash "${programs}/saves-state.sh" "${file}" "${saved}"`, '/dev/null'])
  await using session = await stage.session(file)
  const [application] = (await session.list()).applications
  stage.adopt(application!.process.pid)
  await session.shutdown({ limits: patient })
  assert.equal((await appeared(saved)).trim(), `saved by ${application!.process.pid}`)
  assert.equal(await terminal.ended, '0')
})

test('49. what does not end is an error of its own; the others are stopped', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const [stubborn, polite] = [await stage.run('ignores-terminate.sh', [file]), await stage.run('holds-file.sh', [file])]
  await using session = await stage.session(file)
  const error = await failure(session.shutdown({ limits: impatient }))
  assert.equal(error.errno, 351)
  assert.deepEqual([statusOf(error.applications, stubborn), statusOf(error.applications, polite)], ['running+errorOnStop', 'stopped'])
  assert.deepEqual([error.applications.find(({ process }) => process.pid === stubborn.pid)!, error.applications.find(({ process }) => process.pid === polite.pid)!].map(({ status }) => bits(ApplicationStatus, status)), [0x11, 0x2])
  assert.ok(stage.isRunning(stubborn.identity))
})

test('50. when only registered programs may be closed and all are registered, all are', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const holders = [await stage.run('holds-file.sh', [file]), await stage.run('holds-file.sh', [file])]
  await using session = await stage.session(file)
  await stage.manager.registerApplicationRestart({ process: holders[0]!.identity })
  const refused = await failure(session.shutdown({ onlyRegistered: true, limits: patient }))
  assert.equal(refused.errno, 351)
  assert.deepEqual(refused.applications.map(({ status }) => status.join()), ['running', 'running'])
  assert.deepEqual(holders.map(({ identity }) => stage.isRunning(identity)), [true, true])
  await stage.manager.registerApplicationRestart({ process: holders[1]!.identity })
  const { applications } = await session.shutdown({ onlyRegistered: true, limits: patient })
  assert.deepEqual(applications.map(({ status }) => status.join()), ['stopped', 'stopped'])
  const again = stage.restarted(await session.restart())
  assert.deepEqual(again.map(({ status }) => status.join()), ['stopped,restarted', 'stopped,restarted'])
})

test('50. when only registered programs may be closed, one unregistered keeps all; forced too, a hung one is killed', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const [hung, other] = [await stage.run('ignores-terminate.sh', [file]), await stage.run('holds-file.sh', [file])]
  await stage.manager.registerApplicationRestart({ process: hung.identity })
  await using session = await stage.session(file)
  assert.equal((await failure(session.shutdown({ onlyRegistered: true, force: true, limits: impatient }))).errno, 351)
  assert.ok(stage.isRunning(hung.identity) && stage.isRunning(other.identity))
  await stage.manager.registerApplicationRestart({ process: other.identity })
  await session.shutdown({ onlyRegistered: true, force: true, limits: impatient })
  assert.equal(await hung.ended, 'SIGKILL')
})

test('51. nothing can be started again before anything was closed', needs(), async () => {
  await using stage = new Stage()
  await using session = await stage.session()
  assert.equal((await failure(session.restart())).errno, 776)
})

test('52. after a failed shutdown what was closed comes back', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  await stage.run('ignores-terminate.sh', [file])
  const polite = await stage.run('holds-file.sh', [file])
  await using session = await stage.session(file)
  await failure(session.shutdown({ limits: impatient }))
  const applications = stage.restarted(await session.restart({ unregistered: 'relaunch' }))
  assert.equal(statusOf(applications, polite), 'stopped+restarted')
  await until(async () => (await session.list()).applications.filter(({ status }) => status.includes('running')).length === 2)
})

test('53. a program that ends by itself between list and shutdown is no failure', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const holder = await stage.run('holds-file.sh', [file])
  await using session = await stage.session(file)
  await session.list()
  holder.child.kill('SIGKILL')
  await holder.ended
  const { applications } = await session.shutdown({ limits: patient })
  assert.equal(statusOf(applications, holder), 'stoppedOther')
})

test('54. a number that has been given to another process meanwhile is not signalled', needs('root', 'namespaces'), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  // In a process namespace of its own nobody else takes the number.
  const inside = `
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { HostProcesses } from 'msikit/node'
import { createHostRestartManager } from 'msikit/restart-manager'
const processes = new HostProcesses()
const start = async () => {
  const child = spawn('bash', [${JSON.stringify(`${programs}/holds-file.sh`)}, ${JSON.stringify(file)}], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((done) => child.stdout.once('data', done))
  return child
}
const session = await createHostRestartManager({ sessionFolder: ${JSON.stringify(stage.sessionFolder)} }).startSession()
const holder = await start()
const identity = processes.identify(holder.pid)
await session.register({ processes: [identity] })
const { applications } = await session.list()
holder.kill('SIGKILL')
await new Promise((done) => holder.once('exit', done))
writeFileSync('/proc/sys/kernel/ns_last_pid', String(holder.pid - 1))
const heir = await start()
const { applications: closed } = await session.shutdown({ force: true, limits: ${JSON.stringify(impatient)} })
console.log(JSON.stringify({
  sameNumber: heir.pid === holder.pid, sameProcess: processes.identify(heir.pid).startTime === identity.startTime, pinned: processes.pin(identity) !== undefined,
  listed: applications.length, closed: closed.map(({ status }) => status.join()), runs: processes.identify(heir.pid) !== undefined && heir.exitCode === null && heir.signalCode === null,
}))
await session.end()
heir.kill('SIGKILL')
process.exit()`
  const child = spawn('unshare', ['--pid', '--fork', '--kill-child', '--mount-proc', process.execPath, '--input-type=module', '-e', inside], { cwd: repository, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  for await (const chunk of child.stdout) output += String(chunk)
  assert.deepEqual(JSON.parse(output), { sameNumber: true, sameProcess: false, pinned: false, listed: 1, closed: ['stoppedOther'], runs: true })
})

test('55. a suspended program is woken to end', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  // In a session of its own: the kernel hangs up suspended programs whose session loses its last parent.
  const holder = await stage.run('slow-to-exit.sh', [file, '0'], { detached: true })
  holder.child.kill('SIGSTOP')
  await until(async () => (await stage.processes.describe([holder.identity]))[0]?.stopped === true)
  await using session = await stage.session(file)
  // It heeds SIGTERM; the hang-up that a busy machine would add after half of the time would end it otherwise.
  await session.shutdown({ limits: { ...patient, consoleMs: 20_000 } })
  assert.equal(await holder.ended, '0')
})

test('56. what is started again is closed again; when it comes back a third time that is a failure', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const supervisor = await stage.run('respawns.sh', [file, '1'])
  await using session = await stage.session(file)
  // Its child is the holder; the supervisor itself holds nothing.
  await until(async () => (await session.list()).applications.length > 0)
  // The test is what the supervisor runs in, so only the supervisor itself counts as one.
  const { applications } = await session.shutdown({ limits: { ...patient, respawnMs: 1500 } })
  assert.deepEqual(applications.map(({ status }) => status.join()), ['stopped', 'stopped'])
  assert.ok(stage.isRunning(supervisor.identity))
  const other = stage.file('other')
  await stage.run('respawns.sh', [other, '5'])
  await using second = await stage.session(other)
  await until(async () => (await second.list()).applications.length > 0)
  // It is waited for no longer than it takes.
  const error = await failure(second.shutdown({ limits: { ...patient, respawnMs: 30_000 } }))
  assert.equal(error.errno, 351)
  assert.match(error.message, /starts it again/)
  for (const { process } of error.applications) if (stage.processes.identify(process.pid)) stage.adopt(process.pid)
})

test('57 and 58. a service goes with its socket and what depends on it; what was inactive stays so', needs(), async () => {
  await using stage = new Stage()
  const worker = await stage.run('holds-file.sh', [stage.file('data')])
  const services = new HostServices(stage)
  services.add('web.socket', [])
  services.add('front.service', [])
  services.add('idle.service', [], { active: false })
  services.add('web.service', [worker], { triggers: ['web.socket'], dependents: ['front.service'] })
  stage.useServices(services)
  await using session = await stage.manager.startSession()
  await session.register({ services: ['web.service', 'idle.service'] })
  assert.deepEqual((await session.list()).applications.map(({ serviceName }) => serviceName), ['web.service'])
  await session.shutdown({ limits: patient })
  await session.restart()
  assert.deepEqual(services.journal, ['stop web.socket', 'stop web.service', 'stop front.service', 'start web.socket', 'start web.service', 'start front.service'])
})

test('59. filters keep a program running, or closed; the last word on one counts', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const [kept, closed] = [await stage.run('holds-file.sh', [file]), await stage.run('holds-file.sh', [file])]
  await using session = await stage.session(file)
  await session.addFilter({ process: kept.pid }, 'noRestart')
  await session.addFilter({ process: kept.pid }, 'noShutdown')
  await session.addFilter({ process: closed.pid }, 'noRestart')
  assert.equal((await failure(session.removeFilter({ process: process.pid }))).errno, 2)
  const { applications } = await session.shutdown({ limits: patient })
  assert.deepEqual([statusOf(applications, kept), statusOf(applications, closed)], ['running+shutdownMasked+restartMasked', 'stopped+restartMasked'])
  await session.restart({ unregistered: 'relaunch' })
  assert.deepEqual(pids((await session.list()).applications.filter(({ status }) => status.includes('running'))), [kept.pid])
  await using byProgram = await stage.session(file)
  await byProgram.addFilter({ file: '/bin/bash' }, 'noShutdown')
  await byProgram.shutdown({ limits: patient })
  assert.ok(stage.isRunning(kept.identity))
})

test('60. a shutdown can be cancelled, and nothing happens when there is none', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const slow = await stage.run('slow-to-exit.sh', [file, '300', stage.path('asked')])
  const worker = await stage.run('holds-file.sh', [file])
  const services = new HostServices(stage)
  services.add('web.service', [worker])
  await using session = await managerWith(stage, (pid) => pid === worker.pid ? { service: 'web.service' } : undefined, services).startSession()
  await session.register({ files: [file] })
  session.cancel()
  const closing = failure(session.shutdown({ limits: { ...patient, consoleMs: 300_000 } }))
  await until(() => existsSync(stage.path('asked')))
  const asked = performance.now()
  session.cancel()
  const error = await closing
  assert.equal(error.errno, 1223)
  assert.ok(performance.now() - asked < 30_000, 'it was waited for')
  assert.deepEqual([statusOf(error.applications, slow), statusOf(error.applications, worker), services.journal], ['running', 'running', []])
  // The session goes on: it lists both, and there is nothing to start again.
  assert.deepEqual((await session.list()).applications.map(({ status }) => status.join()), ['running', 'running'])
  assert.deepEqual((await session.restart({ unregistered: 'relaunch' })).applications.map(({ status }) => status.join()), ['running', 'running'])
  slow.child.kill('SIGKILL')
  await slow.ended
  await session.shutdown({ limits: patient })
  assert.equal(stage.isRunning(worker.identity), false)
  const controller = new AbortController()
  controller.abort()
  assert.equal((await failure(session.list({ signal: controller.signal }))).errno, 1223)
})

test('61. progress rises strictly to 100, whatever the callback does', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  for (let count = 0; count < 7; count++) await stage.run('holds-file.sh', [file])
  await using session = await stage.session(file)
  const percents: number[] = []
  const { warnings } = await session.shutdown({ limits: patient, onProgress(percent) { percents.push(percent); throw new Error('the callback failed') } })
  assert.equal(percents.at(-1), 100)
  assert.ok(percents.every((percent, index) => index === 0 || percent > percents[index - 1]!))
  assert.equal(percents.length, 7)
  assert.equal(warnings.length, 1)
})

test('62. a program comes back with its arguments, folder, user and display', needs(), async () => {
  await using stage = new Stage()
  const [file, record, cwd] = [stage.file('data'), stage.path('record'), stage.directory('where it works')]
  const first = await stage.run('records-itself.sh', [file, record, 'with blanks', 'ümläut "quoted"', ''], { cwd, env: { DISPLAY: ':77' } })
  const before = readFileSync(record, 'utf8')
  rmSync(record)
  await using session = await stage.session(file)
  await session.shutdown({ limits: patient })
  const [application] = stage.restarted(await session.restart({ unregistered: 'relaunch' }))
  assert.equal(application!.process.pid, first.pid)
  assert.equal(await appeared(record), before)
})

test('62. a registration replaces the arguments, is refused when too long, and not used when it excludes updates', needs(), async () => {
  await using stage = new Stage()
  const [file, record] = [stage.file('data'), stage.path('record')]
  const script = `${programs}/records-itself.sh`
  const program = await stage.run('records-itself.sh', [file, record])
  assert.equal((await failure(stage.manager.registerApplicationRestart({ process: program.identity, args: ['x'.repeat(1025)] }))).errno, 87)
  await stage.manager.registerApplicationRestart({ process: program.identity, flags: ['noPatch'] })
  await using session = await stage.session(file)
  assert.equal((await session.list()).applications[0]!.restartable, false)
  assert.equal((await failure(session.shutdown({ onlyRegistered: true, limits: patient }))).errno, 351)
  await stage.manager.registerApplicationRestart({ process: program.identity, args: [script, file, record, 'again'] })
  assert.equal((await session.list()).applications[0]!.restartable, true)
  await session.shutdown({ limits: patient })
  rmSync(record, { force: true })
  stage.restarted(await session.restart())
  assert.match(await appeared(record), /\nagain\n/)
})

test('62. a program that has registered to stay closed after an update does', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const [excluded, included] = [await stage.run('holds-file.sh', [file]), await stage.run('holds-file.sh', [file])]
  await stage.manager.registerApplicationRestart({ process: excluded.identity, flags: ['noPatch'] })
  await stage.manager.registerApplicationRestart({ process: included.identity, flags: ['noCrash', 'noHang', 'noReboot'] })
  await using session = await stage.session(file)
  await session.shutdown({ limits: patient })
  const applications = stage.restarted(await session.restart())
  assert.deepEqual([statusOf(applications, excluded), statusOf(applications, included)], ['stopped', 'stopped+restarted'])
})

test('62. the administrator\'s program in the login of a user is not started again, registered or not', needs('root'), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const holder = await stage.run('holds-file.sh', [file])
  // The caller has logged in as somebody, and is the administrator through sudo or the like.
  const manager = managerWith(stage, (pid) => pid === process.pid ? { loginUserId: 1000 } : undefined)
  await manager.registerApplicationRestart({ process: holder.identity })
  await using session = await manager.startSession()
  await session.register({ files: [file] })
  assert.equal((await session.list()).applications[0]!.restartable, false)
  await session.shutdown({ limits: patient })
  const { applications } = await session.restart()
  assert.equal(statusOf(stage.restarted({ applications }), holder), 'stopped')
})

test('62. a program whose executable is gone cannot come back until it is there', needs(), async () => {
  await using stage = new Stage()
  const [file, shell] = [stage.file('data'), stage.path('shell')]
  copyFileSync('/bin/bash', shell)
  await stage.start([shell, `${programs}/holds-file.sh`, file])
  await using session = await stage.session(file)
  await session.shutdown({ limits: patient })
  rmSync(shell)
  const error = await failure(session.restart({ unregistered: 'relaunch' }))
  assert.equal(error.errno, 352)
  assert.deepEqual(error.applications[0]!.status, ['stopped', 'errorOnRestart'])
  assert.equal(bits(ApplicationStatus, error.applications[0]!.status), 0x22)
  // Once it is there again it can; the status keeps what was.
  copyFileSync('/bin/bash', shell)
  const [application] = stage.restarted(await session.restart({ unregistered: 'relaunch' }))
  assert.deepEqual(application!.status, ['stopped', 'restarted', 'errorOnRestart'])
})
