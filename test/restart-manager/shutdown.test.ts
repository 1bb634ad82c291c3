// Scenarios 46 to 62: closing and starting again.
import { strict as assert } from 'node:assert'
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Application } from 'msikit/restart-manager'
import { HostServices, managerWith } from './host-services.ts'
import { failure, impatient, needs, patient, pids, programs, Stage, type Started } from './stage.ts'

const asking = resolve(import.meta.dirname, '../programs/answers-no.js')

const statusOf = (applications: readonly Application[], { pid }: Started) => applications.find(({ process }) => process.pid === pid)!.status.join('+')

/** However busy the machine is. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000 && !await isSo(); tries++) await pause(10)
}

async function appeared(path: string): Promise<string> {
  for (let tries = 0; tries < 200 && !existsSync(path); tries++) await pause(10)
  return readFileSync(path, 'utf8')
}

test('46. console programs are closed before services, and services before the desktop\'s shell; they come back in reverse', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const shellProgram = stage.path('plasmashell')
  copyFileSync('/bin/bash', shellProgram)
  const order = stage.path('order')
  const tell = (name: string) => `exec 10<"$0"; trap 'echo ${name} >> ${order}; exit' TERM INT; echo ready; while :; do sleep 0.05 10<&-; done`
  const shell = await stage.start([shellProgram, '-c', tell('shell'), file])
  const worker = await stage.run('holds-file.sh', [file])
  const console = await stage.start(['bash', '-c', tell('console'), file])
  const services = new HostServices(stage)
  services.add('web.service', [worker])
  const manager = managerWith(stage, (pid) => pid === worker.pid ? { service: 'web.service' } : undefined, services)
  await using session = await manager.startSession()
  await session.register({ files: [file] })
  const seen: string[] = []
  await session.shutdown({ limits: patient, onProgress: () => seen.push(`${services.journal.length} ${existsSync(order) ? readFileSync(order, 'utf8').trim().replaceAll('\n', ' ') : ''}`) })
  assert.deepEqual(seen, ['0 console', '1 console', '1 console shell'])
  assert.deepEqual([shell, worker, console].map(({ identity }) => stage.isRunning(identity)), [false, false, false])
  const applications = stage.restarted(await session.restart({ unregistered: 'relaunch' }))
  assert.deepEqual(services.journal, ['stop web.service', 'start web.service'])
  const started = [shell, console].map((program) => applications.find(({ process }) => process.pid === program.pid)!.restartedAs!)
  assert.ok(Number.parseInt(started[0]!.startTime, 10) <= Number.parseInt(started[1]!.startTime, 10))
})

test('47. one application that answers no keeps all of them; when forced it is killed', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const refusing = await stage.start([process.execPath, asking, file, 'no', stage.sessionFolder])
  const plain = await stage.run('holds-file.sh', [file])
  await using session = await stage.session(file)
  const error = await failure(session.shutdown({ limits: patient }))
  assert.equal(error.errno, 351)
  assert.deepEqual([statusOf(error.applications, refusing), statusOf(error.applications, plain)], ['running+errorOnStop', 'running'])
  assert.ok(stage.isRunning(refusing.identity) && stage.isRunning(plain.identity))
  await session.shutdown({ force: true, limits: patient })
  assert.ok(!stage.isRunning(refusing.identity) && !stage.isRunning(plain.identity))
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
  await pause(50)
  assert.equal((await session.list()).applications.filter(({ status }) => status.includes('running')).length, 2)
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

test('54. a number that has been given to another process meanwhile is not signalled', needs('root'), async (context) => {
  await using stage = new Stage()
  const holder = await stage.run('holds-file.sh', [stage.file('data')])
  await using session = await stage.manager.startSession()
  await session.register({ processes: [holder.identity] })
  holder.child.kill('SIGKILL')
  await holder.ended
  const heir = await startWithPid(stage, holder.pid)
  if (!heir) return context.skip('the next process number cannot be chosen here')
  assert.notEqual(heir.identity.startTime, holder.identity.startTime)
  assert.equal(stage.processes.pin(holder.identity), undefined)
  await session.shutdown({ force: true, limits: impatient })
  assert.ok(stage.isRunning(heir.identity))
})

/** The kernel counts on from what is written here, unless somebody else starts a process first. */
async function startWithPid(stage: Stage, pid: number): Promise<Started | undefined> {
  for (let tries = 0; tries < 30; tries++) {
    try {
      writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1))
    } catch {
      return undefined
    }
    const started = await stage.start(['sh', '-c', 'echo ready; exec sleep 600'])
    if (started.pid === pid) return started
  }
  return undefined
}

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
  for (let tries = 0; tries < 100 && (await session.list()).applications.length === 0; tries++) await pause(10)
  // The test is what the supervisor runs in, so only the supervisor itself counts as one.
  await session.shutdown({ limits: patient })
  assert.ok(stage.isRunning(supervisor.identity))
  const other = stage.file('other')
  await stage.run('respawns.sh', [other, '5'])
  await using second = await stage.session(other)
  for (let tries = 0; tries < 100 && (await second.list()).applications.length === 0; tries++) await pause(10)
  const error = await failure(second.shutdown({ limits: patient }))
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
  const slow = await stage.run('slow-to-exit.sh', [file, '5', stage.path('asked')])
  await using session = await stage.session(file)
  session.cancel()
  const closing = failure(session.shutdown({ limits: { ...patient, consoleMs: 10_000 } }))
  await until(() => existsSync(stage.path('asked')))
  const asked = performance.now()
  session.cancel()
  const error = await closing
  assert.equal(error.errno, 1223)
  assert.ok(performance.now() - asked < 1000)
  assert.equal(statusOf(error.applications, slow), 'running')
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
  await stage.manager.registerApplicationRestart({ process: program.identity, args: [script, file, record, 'again'] })
  assert.equal((await session.list()).applications[0]!.restartable, true)
  await session.shutdown({ limits: patient })
  rmSync(record, { force: true })
  stage.restarted(await session.restart())
  assert.match(await appeared(record), /\nagain\n/)
})

test('62. a program whose executable is gone cannot come back', needs(), async () => {
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
})
