// `msikit rm` as people and scripts use it.
import { strict as assert } from 'node:assert'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { needs, programs, repository, Stage, until } from './stage.ts'

const program = join(repository, 'dist/bin/msikit.cjs')
const bundled = existsSync(program) ? needs() : { skip: 'the command line is not bundled; run npm run build' }

interface Result {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

/** Without a terminal, and not blocking this process, whose children must be reaped. */
function msikit(stage: Stage, ...args: string[]): Promise<Result> {
  return command(stage, process.execPath, [program, 'rm', ...args])
}

function command(stage: Stage, file: string, args: readonly string[]): Promise<Result> {
  return new Promise((done) => {
    const child = spawn(file, args, {
      cwd: stage.folder, env: { ...process.env, MSIKIT_SESSIONS: stage.sessionFolder, MSIKIT: `${process.execPath} ${program} rm` }, detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString() })
    child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString() })
    child.once('close', (status) => done({ status, out, err }))
  })
}

interface ListedApplication {
  readonly process: { readonly pid: number }
  readonly name: string
  readonly status: readonly string[]
  readonly notes: readonly string[]
  readonly restartedAs?: { readonly pid: number; readonly startTime: string }
}

test('list tells who uses files, for people and for programs', bundled, async () => {
  await using stage = new Stage()
  stage.directory('app')
  const holder = await stage.run('holds-file.sh', [stage.file('app/data')])
  const people = await msikit(stage, 'list', 'app')
  assert.equal(people.status, 0)
  assert.equal(existsSync(stage.sessionFolder), false, 'whoever only looks leaves nothing')
  assert.match(people.out, new RegExp(`^${holder.pid} +program +holds-file\\.sh +\\S+/app/data \\(open\\) +no`, 'm'))
  const programs = await msikit(stage, 'list', 'app/*', '--json')
  assert.equal((JSON.parse(programs.out) as { applications: ListedApplication[] }).applications[0]!.process.pid, holder.pid)
  const runtime = JSON.parse((await msikit(stage, 'list', process.execPath, '--json')).out) as { applications: ListedApplication[] }
  assert.ok(runtime.applications.some((application) => application.process.pid === process.pid), 'this test runs in it')
  assert.deepEqual(runtime.applications.flatMap(({ notes }) => notes).filter((note) => note === 'it is the caller itself'), [])
  const free = await msikit(stage, 'list', stage.file('free'))
  assert.match(free.out, /^(?:Nobody uses it|No user was found)\./)
  assert.equal(free.err, '')
  const misspelled = await msikit(stage, 'list', 'fere')
  assert.equal(misspelled.status, 0)
  assert.match(misspelled.err, /^Note: there is no \S+\/fere\. `--stale` finds/)
})

test('list --stale tells who still runs what has been replaced', bundled, async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const holder = await stage.run('holds-file.sh', [file])
  const list = async (...more: string[]) => (JSON.parse((await msikit(stage, 'list', file, '--json', ...more)).out) as { applications: ListedApplication[] }).applications
  assert.deepEqual(await list('--stale'), [])
  renameSync(stage.file('new'), file)
  assert.deepEqual((await list('--stale')).map(({ process }) => process.pid), [holder.pid])
  assert.deepEqual(await list(), [])
})

test('32. whom the user may not look into is told in a warning, and the list is not said to be empty', { ...bundled, ...needs('root') }, async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  await stage.run('holds-file.sh', [file])
  const { status, stdout } = spawnSync(process.execPath, [program, 'rm', 'list', file], { encoding: 'utf8', uid: 65534, gid: 65534, env: { ...process.env, MSIKIT_SESSIONS: stage.path('theirs') } })
  assert.equal(status, 0)
  assert.match(stdout, /^No user was found\.$/m)
  assert.match(stdout, /^\d+ processes could not be looked into: .*\. The administrator sees more\.$/m)
})

test('run closes the users, runs the command, starts them again, and has the command\'s status', bundled, async () => {
  await using stage = new Stage()
  const [file, record] = [stage.file('data', 'old'), stage.path('record')]
  const holder = await stage.run('records-itself.sh', [file, record])
  writeFileSync(record, '')
  const result = await msikit(stage, 'run', '--files', 'dat*', '--yes', '--', 'bash', '-c', `echo new > data; kill -0 ${holder.pid} 2>/dev/null || echo closed; exit 7`)
  assert.equal(result.status, 7, result.err)
  assert.equal(result.out, 'closed\n')
  assert.match(result.err, /Started again: 1 application/)
  await until(() => readFileSync(record, 'utf8') !== '')
  const again = (JSON.parse((await msikit(stage, 'list', file, '--json')).out) as { applications: ListedApplication[] }).applications
  assert.equal(again.length, 1)
  assert.notEqual(again[0]!.process.pid, holder.pid)
  stage.adopt(again[0]!.process.pid)
})

test('run without a terminal wants --yes, and --dry-run changes nothing', bundled, async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const holder = await stage.run('holds-file.sh', [file])
  const refused = await msikit(stage, 'run', '-f', file, '--', 'touch', 'ran')
  assert.equal(refused.status, 2)
  assert.match(refused.err, /expected --yes/)
  const dry = await msikit(stage, 'run', '-f', file, '--dry-run', '--', 'touch', 'ran')
  assert.equal(dry.status, 0)
  assert.match(dry.out, new RegExp(`^${holder.pid} `, 'm'))
  assert.ok(stage.isRunning(holder.identity))
  assert.equal(existsSync(stage.path('ran')), false)
})

test('run asks on the terminal', { ...bundled, ...needs('script') }, async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const holder = await stage.run('holds-file.sh', [file])
  const child = spawn('script', ['-qefc', `${process.execPath} ${program} rm run -f ${file} -- touch ran`, '/dev/null'], {
    cwd: stage.folder, env: { ...process.env, MSIKIT_SESSIONS: stage.sessionFolder }, stdio: ['pipe', 'pipe', 'ignore'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    if (output.includes('[y/N]')) child.stdin.end('n\n')
  })
  const status = await new Promise((done) => { child.once('close', done) })
  assert.equal(status, 1223 % 256, output)
  assert.match(output, /Close 1 application \(holds-file\.sh\)\?/)
  assert.ok(stage.isRunning(holder.identity))
  assert.equal(existsSync(stage.path('ran')), false)
})

test('run spares whom --keep names, and does not run the command when somebody does not end', bundled, async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const [kept, stubborn] = [await stage.run('holds-file.sh', [file]), await stage.run('ignores-terminate.sh', [file])]
  const failed = await msikit(stage, 'run', '-f', file, '--keep', String(kept.pid), '--timeout', '0.3', '--yes', '--', 'touch', 'ran')
  assert.equal(failed.status, 351 % 256, failed.err)
  assert.match(failed.err, /ignores-terminate\.sh.*did not end within 300 ms/)
  assert.equal(existsSync(stage.path('ran')), false)
  const forced = await msikit(stage, 'run', '-f', file, '--keep', 'holds-file.sh', '--timeout', '0.3', '--force', '--unregistered', 'leave', '--yes', '--', 'touch', 'ran')
  assert.equal(forced.status, 0, forced.err)
  assert.deepEqual([stage.isRunning(kept.identity), stage.isRunning(stubborn.identity), existsSync(stage.path('ran'))], [true, false, true])
})

test('a session over several commands belongs to the shell that started it', bundled, async () => {
  await using stage = new Stage()
  const [file, record] = [stage.file('data'), stage.path('record')]
  const holder = await stage.run('records-itself.sh', [file, record])
  const script = `set -e
key=$($MSIKIT start)
test \${#key} = 32
$MSIKIT join "$key" && $MSIKIT register "$key" --file data
$MSIKIT sessions --json > sessions.json
$MSIKIT shutdown "$key" --yes --json > closed.json
$MSIKIT restart "$key" --unregistered relaunch --json > restarted.json
$MSIKIT end "$key"
$MSIKIT join "$key" || echo "gone: $?"`
  const { status, out, err } = await command(stage, 'bash', ['-c', script])
  assert.equal(status, 0, err)
  assert.equal(out, `gone: ${1219 % 256}\n`)
  const read = (name: string) => JSON.parse(readFileSync(stage.path(name), 'utf8')) as ListedApplication[]
  assert.equal(read('sessions.json').length, 1)
  assert.deepEqual(read('closed.json').map(({ process, status }) => [process.pid, status]), [[holder.pid, ['stopped']]])
  const [restarted] = read('restarted.json')
  stage.adopt(restarted!.restartedAs!.pid)
  assert.deepEqual(restarted!.status, ['stopped', 'restarted'])
})

test('somebody else\'s session can be joined, and is not at one\'s command', bundled, async () => {
  await using stage = new Stage()
  await using session = await stage.manager.startSession({ owner: (await stage.run('holds-file.sh', [stage.file('other')])).identity })
  assert.equal((await msikit(stage, 'register', session.key, '--process', String(process.pid))).status, 0)
  for (const name of ['shutdown', 'restart', 'end']) {
    const { status, err } = await msikit(stage, name, session.key)
    assert.equal(status, 1219 % 256)
    assert.match(err, /ERROR_SESSION_CREDENTIAL_CONFLICT, 1219/)
  }
})

test('a program registers itself for a restart, and what a dead owner left closed is recovered', bundled, async () => {
  await using stage = new Stage()
  const [file, record] = [stage.file('data'), stage.path('record')]
  const holder = await stage.run('records-itself.sh', [file, record])
  const registered = await msikit(stage, 'register-restart', '--process', String(holder.pid), '--', `${programs}/records-itself.sh`, file, record, 'recovered')
  assert.equal(registered.status, 0, registered.err)
  const killed = await command(stage, 'bash', ['-c', `key=$($MSIKIT start) && $MSIKIT register "$key" -f data && $MSIKIT shutdown "$key" --only-registered --yes && kill -9 $$`])
  assert.notEqual(killed.status, 0)
  assert.match((await msikit(stage, 'recover', '--dry-run')).out, /1 application closed by a session/)
  const { status, out } = await msikit(stage, 'recover', '--yes', '--json')
  assert.equal(status, 0)
  stage.adopt((JSON.parse(out) as ListedApplication[])[0]!.restartedAs!.pid)
  assert.equal((await msikit(stage, 'recover', '--json')).out, '[]\n')
  await until(() => /\nrecovered\n/.test(readFileSync(record, 'utf8')))
  assert.match((await msikit(stage, 'recover')).out, /Nothing was left closed/)
})

test('mistakes are told with what was expected', bundled, async () => {
  await using stage = new Stage()
  for (const [args, message] of [
    [['lst'], /did you mean list\?/], [['list'], /expected FILE/], [['run', '-f', 'x'], /expected -- and the command/], [['list', 'no*match'], /no file matches/],
    [['start', '--owner', 'x'], /expected the number of a process/], [['run', '-f', 'x', '--timeout', 'soon', '--yes', '--', 'true'], /expected a number of seconds/],
  ] as const) {
    const { status, err } = await msikit(stage, ...args)
    assert.equal(status, 2, args.join(' '))
    assert.match(err, message)
  }
  assert.equal(spawnSync(process.execPath, [program, 'rm', '--help']).status, 0)
})
