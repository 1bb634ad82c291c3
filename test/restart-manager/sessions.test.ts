// Scenarios 1 to 22: sessions, keys, participants, registration.
import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createHostRestartManager, startSession, type Session } from 'msikit/restart-manager'
import { failure, impatient, needs, pids, pidsOf, repository, Stage, until } from './stage.ts'

/** Runs a module that uses the library in a process of its own; standard output is its result. */
function elsewhere(stage: Stage, code: string, options: { uid?: number } = {}) {
  return spawn(process.execPath, ['--input-type=module', '-e', `import { createHostRestartManager } from 'msikit/restart-manager'
const manager = createHostRestartManager({ sessionFolder: ${JSON.stringify(stage.sessionFolder)} })
${code}`], { cwd: repository, stdio: ['pipe', 'pipe', 'inherit'], ...options })
}

async function resultOf(child: ReturnType<typeof elsewhere>): Promise<string> {
  let text = ''
  for await (const chunk of child.stdout!) text += String(chunk)
  return text.trim()
}

function firstLine(child: ReturnType<typeof elsewhere>): Promise<string> {
  return new Promise((done) => { child.stdout!.once('data', (chunk: Buffer) => done(chunk.toString().trim())) })
}

test('1. starting a session on this machine takes no arguments and gives a key of 32 lower-case hexadecimal digits', needs(), async () => {
  await using session = await startSession()
  assert.match(session.key, /^[0-9a-f]{32}$/)
})

test('2. flags, or anything else that no option of a session is, are bad arguments, and no session is left', needs(), async () => {
  await using stage = new Stage()
  for (const options of [1, null, { otherSessions: 'perhaps' }, { owner: 1 }, { owner: { pid: 1 } }, { strict: 1 }, { lockWaitMs: 'long' }, { onEvent: true }]) {
    assert.equal((await failure(stage.manager.startSession(options as never))).errno, 160, JSON.stringify(options))
  }
  assert.deepEqual(await stage.manager.sessions(), [])
})

test('3. the 65th session of a user is refused until one has ended', needs(), async () => {
  await using stage = new Stage()
  const sessions = []
  for (let count = 0; count < 64; count++) sessions.push(await stage.manager.startSession())
  assert.equal((await failure(stage.manager.startSession())).errno, 353)
  await sessions[0]!.end()
  await (await stage.manager.startSession()).end()
})

test('4 and 5. a session ends once, and every call on it afterwards fails with an invalid handle', needs(), async () => {
  await using stage = new Stage()
  const session = await stage.session()
  await session.end()
  for (const [name, call] of everyCall(session)) assert.equal((await failure(call())).errno, 6, name)
})

test('5. so does every call on a session whose folder is gone, and on one that was joined and has been ended by its primary', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const session = await stage.session(file)
  rmSync(join(stage.sessionFolder, 'Session0000'), { recursive: true })
  // To cancel what is not under way never was an error.
  for (const [name, call] of everyCall(session)) if (name !== 'cancel') assert.equal((await failure(call())).errno, 6, name)
  const primary = await stage.session(file)
  const secondary = await stage.manager.joinSession(primary.key)
  await primary.end()
  assert.equal((await failure(secondary.register({ files: [file] }))).errno, 6)
})

/** Each with arguments that are right. */
function everyCall(session: Session): [string, () => Promise<unknown>][] {
  return [
    ['register', () => session.register({ files: ['/data'] })], ['list', () => session.list()], ['shutdown', () => session.shutdown({ limits: impatient })],
    ['restart', () => session.restart()], ['cancel', async () => { session.cancel() }], ['addFilter', () => session.addFilter({ file: '/data' }, 'noShutdown')],
    ['removeFilter', () => session.removeFilter({ file: '/data' })], ['filters', () => session.filters()], ['end', () => session.end()],
  ]
}

test('6 and 10. another process of the user joins by key, registers, ends its part, and the primary sees what it registered', needs(), async () => {
  await using stage = new Stage()
  const [file, own, later] = ['theirs', 'own', 'later'].map((name) => stage.file(name)) as [string, string, string]
  const holders = [await stage.run('holds-file.sh', [file]), await stage.run('holds-file.sh', [own]), await stage.run('holds-file.sh', [later])]
  await using session = await stage.session(own)
  const result = await resultOf(elsewhere(stage, `const session = await manager.joinSession('${session.key}')
await session.register({ files: [${JSON.stringify(file)}] })
await session.end()
console.log(session.role, await session.register({ files: ['/late'] }).catch(({ errno }) => errno))`))
  assert.equal(result, 'secondary 6')
  assert.deepEqual(pids((await session.list()).applications), pidsOf(holders.slice(0, 2)))
  await session.register({ files: [later] })
  assert.deepEqual(pids((await session.list()).applications), pidsOf(holders))
})

test('7. a key with one digit changed, an unknown one and one of wrong length are refused; none is a bad argument', needs(), async () => {
  await using stage = new Stage()
  await using session = await stage.session()
  const changed = (session.key.startsWith('0') ? '1' : '0') + session.key.slice(1)
  for (const key of [changed, 'f'.repeat(32), session.key.slice(1), '']) assert.equal((await failure(stage.manager.joinSession(key))).errno, 1219)
  assert.equal((await failure(stage.manager.joinSession(null as never))).errno, 160)
})

test('8. another user with the right key is refused, and nothing is written', needs('root'), async () => {
  await using stage = new Stage()
  await using session = await stage.session(stage.file('data'))
  const before = readdirSync(stage.sessionFolder, { recursive: true })
  const result = await resultOf(elsewhere(stage, `await manager.joinSession('${session.key}').catch((error) => console.log(error.errno))`, { uid: 65534 }))
  assert.equal(result, '1219')
  assert.deepEqual(readdirSync(stage.sessionFolder, { recursive: true }), before)
})

test('9. a secondary may not list, filter, shut down or restart, and no signal is sent', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const holder = await stage.run('holds-file.sh', [file])
  await using session = await stage.session(file)
  const secondary = await stage.manager.joinSession(session.key)
  const calls = [
    () => secondary.list(), () => secondary.shutdown({ force: true }), () => secondary.restart(), () => secondary.filters(),
    () => secondary.addFilter({ process: holder.pid }, 'noShutdown'), () => secondary.removeFilter({ process: holder.pid }), async () => secondary.cancel(),
  ]
  for (const call of calls) assert.equal((await failure(call())).errno, 1219)
  assert.ok(stage.isRunning(holder.identity))
})

test('11. the slot of a killed primary is used again, its resources are gone and its key is refused', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  await stage.run('holds-file.sh', [file])
  const child = elsewhere(stage, `const session = await manager.startSession()
await session.register({ files: [${JSON.stringify(file)}] })
console.log(session.key)
setInterval(() => {}, 1000)`)
  const key = await firstLine(child)
  const ended = new Promise((done) => { child.once('exit', done) })
  child.kill('SIGKILL')
  await ended
  assert.deepEqual((await stage.manager.sessions()).map(({ slot, abandoned }) => [slot, abandoned]), [[0, true]])
  await using session = await stage.manager.startSession()
  assert.deepEqual((await stage.manager.sessions()).map(({ slot, abandoned }) => [slot, abandoned]), [[0, false]])
  assert.deepEqual((await session.list()).applications, [])
  assert.equal((await failure(stage.manager.joinSession(key))).errno, 1219)
})

test('12. what a killed primary had closed is not started by itself; it can be listed and recovered', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const holder = await stage.run('holds-file.sh', [file])
  const child = elsewhere(stage, `const session = await manager.startSession()
await manager.registerApplicationRestart({ process: ${JSON.stringify(holder.identity)} })
await session.register({ files: [${JSON.stringify(file)}] })
await session.shutdown()
console.log('closed')
setInterval(() => {}, 1000)`)
  assert.equal(await firstLine(child), 'closed')
  const ended = new Promise((done) => { child.once('exit', done) })
  child.kill('SIGKILL')
  await ended
  await using session = await stage.session(file)
  assert.deepEqual((await session.list()).applications, [])
  const [left] = await stage.manager.recoverable()
  assert.deepEqual(left!.applications.map(({ process }) => process.pid), [holder.pid])
  stage.restarted(await stage.manager.recover(left!.id))
  await until(async () => (await session.list()).applications.length === 1)
  assert.deepEqual(await stage.manager.recoverable(), [])
})

test('13. a store that is a symbolic link, open to others or another user\'s is refused and left as it is', needs(), async () => {
  await using stage = new Stage()
  const target = stage.directory('target')
  chmodSync(target, 0o700)
  symlinkSync(target, stage.path('link'))
  mkdirSync(stage.path('open'))
  chmodSync(stage.path('open'), 0o777)
  for (const folder of [stage.path('link'), stage.path('open')]) {
    const manager = createHostRestartManager({ sessionFolder: folder })
    assert.equal((await failure(manager.startSession())).errno, 29)
    assert.equal((await failure(manager.joinSession('0'.repeat(32)))).errno, 1219)
  }
  assert.deepEqual([readdirSync(target), readdirSync(stage.path('open')), statSync(stage.path('open')).mode & 0o777], [[], [], 0o777])
})

test('13. so is one that belongs to another user', needs('root'), async () => {
  await using stage = new Stage()
  const foreign = stage.directory('foreign')
  chmodSync(foreign, 0o700)
  chownSync(foreign, 65534, 65534)
  assert.equal((await failure(createHostRestartManager({ sessionFolder: foreign }).startSession())).errno, 29)
  assert.deepEqual([readdirSync(foreign), statSync(foreign).uid], [[], 65534])
})

test('14. two processes that register at once lose nothing', needs(), async () => {
  // In memory, as the runtime folders are that sessions live in: on a disk a thousand calls take their time.
  await using stage = new Stage(existsSync('/dev/shm') ? '/dev/shm' : tmpdir())
  await using session = await stage.manager.startSession()
  const writer = (name: string) => resultOf(elsewhere(stage, `const session = await manager.joinSession('${session.key}')
for (let call = 0; call < 1000; call++) await session.register({ files: Array.from({ length: 5 }, (_, index) => '/${name}/' + call + '/' + index) })
console.log('done')`))
  const slot = join(stage.sessionFolder, 'Session0000')
  const sequence = () => Number(/"sequence":(\d+)\b/.exec(readFileSync(join(slot, 'session.json'), 'utf8'))![1])
  const seen = [sequence()]
  const watch = setInterval(() => {
    const now = sequence()
    if (now !== seen.at(-1)) seen.push(now)
  }, 5).unref()
  assert.deepEqual(await Promise.all([writer('a'), writer('b')]), ['done', 'done'])
  clearInterval(watch)
  assert.ok(seen.length > 3 && seen.every((now, index) => index === 0 || now > seen[index - 1]!), seen.join())
  const files = readdirSync(slot).filter((name) => name.startsWith('RegFiles'))
    .flatMap((name) => readFileSync(join(slot, name), 'utf8').split('\n')[1]!.split('\0').slice(0, -1))
  assert.deepEqual([files.length, new Set(files).size, sequence()], [10_000, 10_000, 2000])
})

test('15. a lock of a living process is waited for in vain; of a dead one, or of a number used again, it is broken', needs(), async () => {
  await using stage = new Stage()
  await (await stage.session()).end()
  const locks = join(stage.sessionFolder, 'locks')
  const hold = (owner: object) => writeFileSync(join(locks, 'sessions'), JSON.stringify({ nonce: 'test', ...owner }))
  hold(stage.processes.self())
  assert.equal((await failure(stage.manager.startSession({ lockWaitMs: 100 }))).errno, 121)
  for (const owner of [{ pid: 4_000_000, startTime: '1@gone' }, { pid: process.pid, startTime: '1@reused' }]) {
    hold(owner)
    await (await stage.manager.startSession({ lockWaitMs: 30_000 })).end()
  }
  await using session = await stage.manager.startSession({ lockWaitMs: 100 })
  const take = (owner: object) => writeFileSync(join(locks, 'Session0000'), JSON.stringify({ nonce: 'test', ...owner }))
  take(stage.processes.self())
  assert.equal((await failure(session.register({ files: ['/data'] }))).errno, 121)
  take({ pid: process.pid, startTime: '1@reused' })
  await session.register({ files: ['/data'] })
  assert.equal(existsSync(join(locks, 'sessions')), false)
})

test('16. a segment that was cut short is a write fault, not a crash', needs(), async () => {
  await using stage = new Stage()
  await using session = await stage.session(stage.file('a'), stage.file('b'))
  const segment = join(stage.sessionFolder, 'Session0000', 'RegFiles0000')
  writeFileSync(segment, readFileSync(segment).subarray(0, -3))
  assert.equal((await failure(session.list())).errno, 29)
})

test('17. lists that are no lists are bad arguments, and nothing at all is fine', needs(), async () => {
  await using stage = new Stage()
  await using session = await stage.session()
  for (const kind of ['files', 'processes', 'services']) for (const list of [null, 7, 'a']) assert.equal((await failure(session.register({ [kind]: list }))).errno, 160)
  assert.equal((await failure(session.register({ files: [stage.file('data'), 'relative'] }))).errno, 160)
  assert.deepEqual((await session.list()).applications, [])
  await session.register({ files: [], processes: [], services: [] })
})

test('18. a directory can be registered, and the list is then denied', needs(), async () => {
  await using stage = new Stage()
  await using session = await stage.session(stage.folder)
  assert.equal((await failure(session.list())).errno, 5)
})

test('19. a file registered before it exists is found once it is created and opened', needs(), async () => {
  await using stage = new Stage()
  await using session = await stage.session(stage.path('later'))
  assert.deepEqual((await session.list()).applications, [])
  const holder = await stage.run('holds-file.sh', [stage.file('later')])
  assert.deepEqual(pids((await session.list()).applications), [holder.pid])
})

test('20. a list with too little room says how much is needed; when one has ended between the calls the next is shorter', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const [first, second] = [await stage.run('holds-file.sh', [file]), await stage.run('holds-file.sh', [file])]
  await using session = await stage.session(file)
  const tooMany = await failure(session.list({ capacity: 1 }))
  assert.deepEqual([tooMany.errno, tooMany.applications.length], [234, 2])
  first.child.kill('SIGKILL')
  await first.ended
  assert.deepEqual(pids((await session.list({ capacity: 2 })).applications), [second.pid])
})

test('21. one file registered by three names is one entry per process', needs(), async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  linkSync(file, stage.path('hard'))
  symlinkSync(file, stage.path('soft'))
  const holder = await stage.run('holds-file.sh', [file])
  await using session = await stage.session(file, stage.path('hard'), stage.path('soft'), file)
  assert.deepEqual(pids((await session.list()).applications), [holder.pid])
})

test('22. a process with another start time is not the registered one', needs(), async () => {
  await using stage = new Stage()
  const holder = await stage.run('holds-file.sh', [stage.file('data')])
  await using session = await stage.manager.startSession()
  await session.register({ processes: [{ pid: holder.pid, startTime: '1@before' }] })
  assert.deepEqual((await session.list()).applications, [])
  await session.register({ processes: [holder.pid] })
  assert.deepEqual(pids((await session.list()).applications), [holder.pid])
})

test('a number that no process has is nobody', needs(), async () => {
  await using stage = new Stage()
  await using session = await stage.manager.startSession()
  await session.register({ processes: [4_100_000] })
  assert.deepEqual((await session.list()).applications, [])
})
