import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { ProcessClock } from './proc/process-stat.ts'
import { canRunFile } from './programs/executable-format.ts'
import { HostProcesses } from './programs/processes.ts'
import { runProgram } from './programs/run-program.ts'
import { SystemdServices } from './programs/services.ts'
import { takeLock } from './sessions/session-lock.ts'
import { defaultSessionFolder, FolderSessionStore } from './sessions/session-store.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'needs /proc' }
const folder = mkdtempSync(join(tmpdir(), 'host-'))
after(() => { rmSync(folder, { recursive: true, force: true }) })
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

const run = (command: string) => runProgram({ file: 'sh', args: ['-c', command], timeLimitMs: 5000, environment: { GREETING: 'hello' } })
const alive = (process: { startTime: string }) => process.startTime === 'mine'

test('a host executable and a script can run, a Windows program and a text cannot', linux, () => {
  const files = [process.execPath, file('script', '#!/bin/sh\n'), file('no-interpreter', '#!/nowhere/sh\n'), file('windows.exe', 'MZ\0\0'), file('text', 'hello'), join(folder, 'absent')]
  assert.deepEqual(files.map(canRunFile), [true, true, false, false, false, false])
})

test('a program runs to its end, and its status, its signal and its output are told', linux, async () => {
  assert.deepEqual(await run('echo $GREETING; echo error >&2; exit 7'), { outcome: 'exited', exitCode: 7, output: 'hello\nerror\n' })
  assert.equal((await run('kill -9 $$')).exitCode, 137)
  const long = await run('yes 0123456789 | head -c 300000; echo end')
  assert.equal(long.output.length, 64 * 1024)
  assert.ok(long.output.endsWith('end\n'))
})

test('a file without permission to be run is made executable, as every file is on Windows', linux, async () => {
  const script = file('action', '#!/bin/sh\necho done\n')
  assert.equal((await runProgram({ file: script, args: [], timeLimitMs: 5000 })).output, 'done\n')
})

test('a program that cannot be started says why', async () => {
  const result = await runProgram({ file: join(folder, 'none'), args: [], timeLimitMs: 1000 })
  assert.equal(result.outcome, 'not-started')
  assert.match(result.problem!, /not found/)
})

test('when the time is over the program and what it started are ended', linux, async () => {
  const pids = join(folder, 'pids')
  const command = `(trap '' TERM; sleep 60) & echo $! >> ${pids}; setsid sleep 60 & echo $! >> ${pids}; wait`
  const told = () => existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : []
  // On a busy machine not even the shell may have begun by then.
  for (let timeLimitMs = 200; told().length < 2; timeLimitMs *= 2) {
    writeFileSync(pids, '')
    assert.equal((await runProgram({ file: 'bash', args: ['-c', command], timeLimitMs })).outcome, 'timed-out')
  }
  const clock = new ProcessClock()
  const running = () => told().filter((pid) => clock.identify(pid) !== undefined)
  for (let left = 1000; left > 0 && running().length > 0; left--) await pause(10)
  assert.deepEqual(running(), [])
})

test('a program is ended when its caller cancels', linux, async () => {
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 50)
  assert.equal((await runProgram({ file: 'sleep', args: ['60'], timeLimitMs: 60_000, signal: controller.signal })).outcome, 'cancelled')
})

test('a program that is let go outlives its starter, who does not wait for it', linux, async () => {
  const pidFile = join(folder, 'let-go')
  const command = `echo $$ > ${pidFile}.part; mv ${pidFile}.part ${pidFile}; exec sleep 600`
  const starter = `import { runProgram } from ${JSON.stringify(new URL('programs/run-program.js', import.meta.url))}
runProgram({ file: 'sh', args: ['-c', ${JSON.stringify(command)}], timeLimitMs: 1, letGo: true })`
  assert.equal(spawnSync(process.execPath, ['--input-type=module', '-e', starter], { stdio: ['ignore', 'inherit', 'inherit'], timeout: 120_000 }).status, 0)
  while (!existsSync(pidFile)) await pause(10)
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL')
})

test('a background process that keeps the output open does not hold its caller', linux, async () => {
  const pidFile = join(folder, 'background')
  const result = await runProgram({ file: 'sh', args: ['-c', `sleep 60 & echo $! > ${pidFile}; echo started`], timeLimitMs: 10_000 })
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL')
  assert.deepEqual([result.outcome, result.output], ['exited', 'started\n'])
})

test('launching what cannot be run is an error, and what runs is named by its identity', linux, async () => {
  const processes = new HostProcesses()
  const spec = { args: ['60'], environment: {}, userId: process.geteuid?.() ?? 0, terminal: false }
  await assert.rejects(processes.launch({ ...spec, file: join(folder, 'none') }), { code: 'ERROR_FILE_NOT_FOUND' })
  const found = spawnSync('sh', ['-c', 'command -v sleep'], { encoding: 'utf8' }).stdout.trim()
  const identity = await processes.launch({ ...spec, file: found, workingDirectory: folder })
  const [facts] = await processes.describe([identity])
  assert.deepEqual([facts?.arguments, facts?.workingDirectory, facts?.terminal], [[found, '60'], folder, false])
  assert.notEqual(facts?.sessionLeaderPid, 0)
  processes.pin(identity)?.signal('kill')
})

test('a program goes on writing to the files that its output went to', linux, async () => {
  const processes = new HostProcesses()
  const spec = { environment: {}, userId: process.geteuid?.() ?? 0, terminal: false }
  const [log, errors, linked] = [file('log', 'first\n'), file('errors', ''), join(folder, 'log-link')]
  symlinkSync(log, linked)
  const shell = spawnSync('sh', ['-c', 'command -v sh'], { encoding: 'utf8' }).stdout.trim()
  const script = 'echo second; echo wrong >&2; exec sleep 60'
  const identity = await processes.launch({ ...spec, file: shell, args: ['-c', script], output: log, errorOutput: errors })
  for (let left = 3000; left > 0 && readFileSync(errors, 'utf8') === ''; left--) await pause(10)
  assert.deepEqual([readFileSync(log, 'utf8'), readFileSync(errors, 'utf8')], ['first\nsecond\n', 'wrong\n'])
  const [facts] = await processes.describe([identity])
  assert.deepEqual([facts?.output, facts?.errorOutput], [log, errors])
  processes.pin(identity)?.signal('kill')
  const elsewhere = await processes.launch({ ...spec, file: shell, args: ['-c', 'echo third; exec sleep 60'], output: linked, errorOutput: join(folder, 'none') })
  await pause(50)
  assert.equal(readFileSync(log, 'utf8'), 'first\nsecond\n', 'a link may lead anywhere')
  assert.equal(existsSync(join(folder, 'none')), false)
  processes.pin(elsewhere)?.signal('kill')
})

test('a program of a terminal gets a new one where there is a display, and none without', linux, async () => {
  const processes = new HostProcesses()
  const [tools, record] = [join(folder, 'tools'), join(folder, 'terminal.txt')]
  mkdirSync(tools)
  writeFileSync(join(tools, 'x-terminal-emulator'), `#!/bin/sh\nprintf '%s\\n' "$@" > ${record}.part\nmv ${record}.part ${record}\n`, { mode: 0o755 })
  const path = process.env.PATH
  process.env.PATH = `${tools}:${path}`
  try {
    const spec = { file: '/bin/sleep', args: ['60'], userId: process.geteuid?.() ?? 0, terminal: true }
    await processes.launch({ ...spec, environment: { DISPLAY: ':77' } }).catch(() => {})
    for (let left = 3000; left > 0 && !existsSync(record); left--) await pause(10)
    assert.equal(readFileSync(record, 'utf8'), '-e\n/bin/sleep\n60\n')
    const plain = await processes.launch({ ...spec, environment: {} })
    const [facts] = await processes.describe([plain])
    assert.deepEqual([facts?.arguments, facts?.terminal, facts?.sessionLeaderPid], [['/bin/sleep', '60'], false, plain.pid])
    processes.pin(plain)?.signal('kill')
  } finally {
    process.env.PATH = path
  }
})

const asRoot = process.platform !== 'linux' ? linux : process.geteuid?.() === 0 ? {} : { skip: 'only the administrator can start programs as another user' }

test('another user\'s program has that user\'s rights and groups, and no variable of the starter\'s', asRoot, async () => {
  const processes = new HostProcesses()
  const nobody = Number(spawnSync('id', ['-u', 'nobody'], { encoding: 'utf8' }).stdout)
  const record = join(folder, 'nobody.txt')
  writeFileSync(record, '')
  chmodSync(record, 0o666)
  chmodSync(folder, 0o755)
  process.env.SECRET_OF_ROOT = 'secret'
  try {
    const identity = await processes.launch({
      file: '/bin/sh', argument0: 'my-shell', args: ['-c', `id -u > ${record}; id -Gn >> ${record}; env >> ${record}; echo $0 >> ${record}; exec sleep 60`],
      environment: { PATH: process.env.PATH ?? '', LANG: 'C' }, userId: nobody, terminal: false, output: join(folder, 'roots-file'),
    })
    for (let left = 3000; left > 0 && !readFileSync(record, 'utf8').includes('my-shell'); left--) await pause(10)
    const [user, groups, ...rest] = readFileSync(record, 'utf8').split('\n')
    assert.deepEqual([user, groups], [String(nobody), 'nogroup'])
    assert.ok(rest.includes('LANG=C') && rest.includes('my-shell'), rest.join('\n'))
    assert.ok(!rest.some((line) => line.includes('SECRET_OF_ROOT') || line.startsWith('HOME=/root')), rest.join('\n'))
    processes.pin(identity)?.signal('kill')
  } finally {
    delete process.env.SECRET_OF_ROOT
  }
})

test('a store that is a link, open to others or no folder is refused and not touched', linux, () => {
  const processes = new HostProcesses()
  const target = join(folder, 'target')
  mkdirSync(target, { mode: 0o700 })
  symlinkSync(target, join(folder, 'linked'))
  mkdirSync(join(folder, 'open'))
  chmodSync(join(folder, 'open'), 0o777)
  for (const path of [join(folder, 'linked'), join(folder, 'open'), file('no-folder', '')]) {
    assert.throws(() => new FolderSessionStore(processes, path).createFolder('Session0000'), { code: 'ERROR_WRITE_FAULT' })
  }
  assert.deepEqual(readdirSync(target), [])
  assert.equal(statSync(join(folder, 'open')).mode & 0o777, 0o777)
})

test('a namespace of processes of its own has a session folder of its own, unless one is named', () => {
  assert.match(defaultSessionFolder({}, '4026532210'), /msikit-sessions.*-in-4026532210$/)
  assert.equal(defaultSessionFolder({ MSIKIT_SESSIONS: '/srv/sessions' }, '4026532210'), '/srv/sessions')
})

test('files of a store are replaced whole, and folders are made once', linux, () => {
  const store = new FolderSessionStore(new HostProcesses(), join(folder, 'store'))
  assert.deepEqual([store.createFolder('a'), store.createFolder('a')], [true, false])
  store.write('a', 'f', Buffer.from('one'))
  store.write('a', 'f', Buffer.from('two'))
  assert.equal(Buffer.from(store.read('a', 'f')!).toString(), 'two')
  assert.deepEqual([store.files('a'), store.read('a', 'g'), store.files('b'), store.folders()], [['f'], undefined, [], ['a']])
  store.removeFolder('a')
  assert.deepEqual(store.folders(), [])
})

test('a lock excludes, times out on a living owner, and is broken when its owner is dead or another process by now', async () => {
  const path = join(folder, 'lock')
  const self = { pid: process.pid, startTime: 'mine' }
  const first = await takeLock(path, self, alive, 1000)
  await assert.rejects(takeLock(path, self, alive, 30), { code: 'ERROR_SEM_TIMEOUT' })
  first[Symbol.dispose]()
  for (const startTime of ['dead', 'reused']) {
    writeFileSync(path, JSON.stringify({ pid: process.pid, startTime, nonce: startTime }))
    const lock = await takeLock(path, self, alive, 1000)
    lock[Symbol.dispose]()
  }
  // One that died while breaking a dead one's lock.
  writeFileSync(path, JSON.stringify({ pid: 1, startTime: 'dead', nonce: 'n' }))
  writeFileSync(`${path}.break-n-0`, JSON.stringify({ pid: 1, startTime: 'dead too', nonce: 'm' }))
  const lock = await takeLock(path, self, alive, 1000)
  lock[Symbol.dispose]()
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('lock')), [])
})

test('who waits for a lock gets it, however often others take it again', async () => {
  const path = join(folder, 'wanted')
  const self = { pid: process.pid, startTime: 'mine' }
  const enough = new AbortController()
  let turns = 0
  const busy = async (): Promise<void> => {
    while (!enough.signal.aborted) {
      using _lock = await takeLock(path, self, alive, 60_000)
      turns++
      // Whoever looks finds it held: it is let go and taken again in one breath.
      await pause(2)
    }
  }
  const others = [busy(), busy()]
  for (let round = 0; round < 3; round++) (await takeLock(path, self, alive, 30_000))[Symbol.dispose]()
  enough.abort()
  await Promise.all(others)
  assert.ok(turns > 0)
  // The sign of one that has died holds nobody up for long.
  writeFileSync(`${path}.next`, JSON.stringify({ pid: 1, startTime: 'dead', nonce: 'n' }))
  ;(await takeLock(path, self, alive, 30_000))[Symbol.dispose]()
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('wanted')), [])
})

test('an application answers whether it may be closed', linux, async () => {
  const processes = new HostProcesses()
  const { queries } = new FolderSessionStore(processes, join(folder, 'questions'))
  const self = processes.self()
  assert.equal(await queries.ask(self, 1000), 'not-asked')
  const answers: (() => boolean | Promise<boolean>)[] = [
    () => true, () => Promise.resolve(false), () => { throw new Error('no idea') }, () => new Promise(() => {}),
  ]
  using _answering = await queries.answer(() => answers.shift()!())
  for (const expected of ['yes', 'no', 'no', 'no-answer']) assert.equal(await queries.ask(self, expected === 'no-answer' ? 50 : 5000), expected)
})

test('services are asked of and told to systemctl', linux, async () => {
  const journal = join(folder, 'systemctl.log')
  const script = file('systemctl', `#!/bin/sh
echo "$@" >> ${journal}
case "$*" in
  *show*web.service*) printf 'Id=web.service\\nLoadState=loaded\\nActiveState=active\\nDescription=Web = server\\nMainPID=42\\nRefuseManualStop=no\\nTransient=no\\nRequiredBy=front.service multi-user.target\\nBoundBy=\\nConsistsOf=idle.service\\nRequisiteOf=\\nTriggeredBy=web.socket\\n' ;;
  *show*front.service*) printf 'Id=front.service\\nActiveState=active\\nRequiredBy=\\nBoundBy=edge.service\\n\\nId=idle.service\\nActiveState=inactive\\n' ;;
  *show*edge.service*) printf 'Id=edge.service\\nActiveState=active\\nRequiredBy=web.service\\n' ;;
  *show*web.socket*) printf 'Id=web.socket\\nActiveState=active\\n' ;;
  *show*removed.service*) printf 'Id=removed.service\\nLoadState=not-found\\nActiveState=active\\nMainPID=43\\n' ;;
  *show*) printf 'Id=none.service\\nLoadState=not-found\\nActiveState=inactive\\n' ;;
  *stop*slow*) sleep 60 ;;
  *start*broken*) echo 'Job failed' >&2; exit 1 ;;
esac
`)
  const services = new SystemdServices({ command: ['sh', script], running: true })
  assert.deepEqual(await services.describe('web'), {
    name: 'web.service', description: 'Web = server', active: true, mainPid: 42, refusesStop: false, transient: false,
    dependents: ['front.service', 'edge.service'], triggers: ['web.socket'],
  })
  assert.equal((await services.describe('removed'))?.transient, true, 'it runs, and cannot be started again')
  assert.equal(await services.describe('none'), undefined)
  assert.deepEqual(await services.stop('web.service', { timeLimitMs: 5000 }), { done: true })
  // On a busy machine the command may not even have begun by then.
  for (let timeLimitMs = 100; !/^--user --no.* stop -- slow\.service$/m.test(readFileSync(journal, 'utf8')); timeLimitMs *= 2) {
    assert.deepEqual(await services.stop('user:slow', { timeLimitMs }), { done: false, why: 'timed-out', message: `user:slow did not stop within ${timeLimitMs} ms` })
  }
  writeFileSync(journal, '')
  assert.deepEqual(await services.kill('web', { timeLimitMs: 5000 }), { done: true })
  assert.deepEqual(readFileSync(journal, 'utf8').match(/(?:kill|stop) .*/g), ['kill --signal=KILL -- web.service', 'stop -- web.service'])
  assert.deepEqual(await services.start('broken', { timeLimitMs: 5000 }), { done: false, why: 'refused', message: 'Job failed' })
  assert.deepEqual(await services.start('user@4711:web', { timeLimitMs: 5000 }), { done: true })
  assert.match(readFileSync(journal, 'utf8'), /^--user --machine=4711@\.host --no.*start -- web\.service$/m)
  assert.ok(existsSync('/run/systemd/system') || new SystemdServices().unavailable !== undefined)
})
