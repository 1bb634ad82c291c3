// Services of a real systemd, which runs as the first process of namespaces of its own with the units of this test and no others.
// What is asked and told goes through systemctl, and the command line runs inside, where those units' processes are seen.
import { strict as assert } from 'node:assert'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { aPackage, bytesOf } from '../../dist/testing/index.js'
import { programs, repository, Stage, needs, type Started } from './stage.ts'

const command = join(repository, 'dist/bin/msikit.cjs')
/** Where version 2 of control groups is, alone or beside version 1. */
const groups = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((path) => existsSync(join(path, 'cgroup.procs')) && existsSync(join(path, 'cgroup.controllers')))

function whyNot(): { skip?: string } {
  if (!existsSync(command)) return { skip: 'the command line is not bundled; run npm run build' }
  if (!existsSync('/lib/systemd/systemd')) return { skip: 'systemd is not installed' }
  if (groups === undefined || spawnSync('test', ['-w', join(groups, 'cgroup.procs')]).status !== 0) return { skip: 'control groups of version 2 cannot be made here' }
  return needs('root', 'namespaces')
}

interface Answer {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

interface Listed {
  readonly process: { readonly pid: number }
  readonly processes: readonly { readonly pid: number }[]
  readonly name: string
  readonly serviceName: string
  readonly type: string
  readonly restartable: boolean
  readonly rebootReasons: readonly string[]
  readonly notes: readonly string[]
}

class Systemd implements AsyncDisposable {
  readonly stage = new Stage()
  readonly #group = join(groups!, `msikit-test-${process.pid}-${Date.now()}`)
  #boot: Started | undefined
  #first = 0

  unit(name: string, text: string): void {
    mkdirSync(this.stage.path('units'), { recursive: true })
    writeFileSync(this.stage.path(`units/${name}`), text)
  }

  service(name: string, exec: string, unit = '', service = ''): void {
    this.unit(`${name}.service`, `[Unit]\nDescription=The ${name}\nDefaultDependencies=no\n${unit}\n[Service]\nExecStart=${exec}\nTimeoutStopSec=3\n${service}\n`)
  }

  async boot(): Promise<void> {
    this.unit('test.target', '[Unit]\nDefaultDependencies=no\n')
    mkdirSync(this.#group)
    this.#boot = await this.stage.start(['bash', join(programs, 'systemd.sh'), this.stage.folder, this.#group])
    for (let left = 1200; left > 0; left--) {
      const children = readFileSync(`/proc/${this.#boot.pid}/task/${this.#boot.pid}/children`, 'utf8').trim()
      this.#first = Number(children.split(' ')[0] ?? 0)
      if (this.#first > 0 && /running|degraded/.test((await this.inside('systemctl', 'is-system-running')).out)) return
      await pause(50)
    }
    throw new Error(`systemd did not come up: ${this.#boot.output()}`)
  }

  inside(...words: string[]): Promise<Answer> {
    return new Promise((done) => {
      const child = spawn('nsenter', ['-t', String(this.#first), '-p', '-m', '-C', '-u', '-i', '--', ...words], {
        stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, MSIKIT_SESSIONS: this.stage.sessionFolder, XDG_RUNTIME_DIR: '' },
      })
      let [out, err] = ['', '']
      child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString() })
      child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString() })
      child.once('close', (status) => done({ status, out, err }))
    })
  }

  async systemctl(...words: string[]): Promise<string> {
    const { status, out, err } = await this.inside('systemctl', '--no-pager', ...words)
    if (status !== 0 && words[0] !== 'is-active') throw new Error(`systemctl ${words.join(' ')}: ${out}${err}`)
    return out.trim()
  }

  rm(...words: string[]): Promise<Answer> {
    return this.inside(process.execPath, command, 'rm', ...words)
  }

  async list(...words: string[]): Promise<Listed[]> {
    const { out, err } = await this.rm('list', '--json', ...words)
    assert.equal(err, '')
    return (JSON.parse(out) as { applications: Listed[] }).applications
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = this.#boot?.ended
    this.#boot?.child.kill('SIGKILL')
    await ended
    await this.stage[Symbol.asyncDispose]()
    await removeGroups(this.#group)
  }
}

/** The kernel empties them a moment after their processes have died. */
async function removeGroups(path: string): Promise<void> {
  if (!existsSync(path)) return
  for (const name of readdirSync(path)) if (statSync(join(path, name)).isDirectory()) await removeGroups(join(path, name))
  for (let left = 1500; left > 0; left--) {
    try {
      return rmdirSync(path)
    } catch {
      await pause(20)
    }
  }
}

const holding = (file: string): string => `/bin/bash ${programs}/holds-file.sh ${file}`

test('real services: found with what belongs to them, stopped for a command and started again', whyNot(), async () => {
  await using system = new Systemd()
  const { stage } = system
  const file = stage.file('data')
  system.service('web', holding(file))
  system.service('front', '/bin/sleep 1000', 'Requires=web.service\nAfter=web.service')
  system.service('edge', '/bin/sleep 1000', 'BindsTo=front.service\nAfter=front.service')
  system.service('idle', '/bin/sleep 1000', 'Requires=web.service\nAfter=web.service')
  system.unit('web.socket', `[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=${stage.path('web.sock')}\n`)
  system.service('fragile', holding(file), 'RefuseManualStop=yes')
  await system.boot()
  await system.systemctl('start', 'web.socket', 'web', 'front', 'edge')
  await system.inside('systemd-run', '--quiet', '--unit=passing', '--property=DefaultDependencies=no', '/bin/bash', join(programs, 'holds-file.sh'), file)

  const main = Number(await system.systemctl('show', '--property=MainPID', '--value', 'web'))
  let listed: Listed[] = []
  // Until both have opened the file.
  for (let left = 100; left > 0 && listed.length < 2; left--) listed = await system.list(file)
  assert.deepEqual(listed.map(({ serviceName, type, restartable }) => [serviceName, type, restartable]).sort(), [['passing.service', 'service', false], ['web.service', 'service', true]])
  const web = listed.find(({ serviceName }) => serviceName === 'web.service')!
  assert.deepEqual([web.name, web.process.pid], ['The web', main])

  await system.systemctl('stop', 'passing')
  const states = async (): Promise<string> => (await system.systemctl('is-active', 'web.socket', 'web', 'front', 'edge', 'idle')).replaceAll('\n', ' ')
  assert.equal(await states(), 'active active active active inactive')
  const run = await system.rm('run', '--yes', '--files', file, '--', 'systemctl', 'is-active', 'web.socket', 'web', 'front', 'edge')
  assert.equal(run.out.trim().replaceAll('\n', ' '), 'inactive inactive inactive inactive', run.err)
  assert.match(run.err, /Started again: 1 application \(The web\)\./)
  assert.equal(await states(), 'active active active active inactive')
  assert.notEqual(Number(await system.systemctl('show', '--property=MainPID', '--value', 'web')), main)

  await system.systemctl('stop', 'web.socket', 'web')
  await system.systemctl('start', 'fragile')
  for (let left = 100; left > 0 && !listed.some(({ serviceName }) => serviceName === 'fragile.service'); left--) listed = await system.list(file)
  assert.deepEqual(listed.map(({ serviceName, type, rebootReasons }) => [serviceName, type, rebootReasons]), [['fragile.service', 'critical', ['criticalService']]])
  const refused = await system.rm('run', '--yes', '--files', file, '--', 'true')
  assert.equal(refused.status, 350 % 256)
})

test('a real service that does not stop in time is an error, and killed when forced; what it is replaced by is started', whyNot(), async () => {
  await using system = new Systemd()
  const file = system.stage.file('data')
  system.service('stubborn', `/bin/bash ${programs}/ignores-close.sh ${file}`)
  await system.boot()
  await system.systemctl('start', 'stubborn')
  const main = (): Promise<string> => system.systemctl('show', '--property=MainPID', '--value', 'stubborn')
  let listed: Listed[] = []
  for (let left = 100; left > 0 && listed.length < 1; left--) listed = await system.list(file)
  const first = await main()
  const forced = await system.rm('run', '--yes', '--force', '--timeout', '0.5', '--files', file, '--', 'systemctl', 'is-active', 'stubborn')
  assert.match(forced.out, /^(?:inactive|failed)/, forced.err)
  assert.notEqual(await main(), first)
  assert.equal(await system.systemctl('is-active', 'stubborn'), 'active')

  for (let left = 100; left > 0 && (await system.list(file)).length < 1; left--) await pause(20)
  const unforced = await system.rm('run', '--yes', '--timeout', '0.5', '--files', file, '--', 'true')
  assert.equal(unforced.status, 351 % 256, unforced.err)
  assert.match(unforced.err, /stubborn\.service did not stop within 500 ms/)
  // systemd has killed it in the end, which is systemd's to do; told to start, it is back.
  assert.equal(await system.systemctl('is-active', 'stubborn'), 'active')
})

test('70. a real service that the package stops itself is left out, stopped by StopServices and started by StartServices', whyNot(), async () => {
  await using system = new Systemd()
  const { stage } = system
  const root = stage.directory('root')
  const file = join(root, 'Program Files (x86)/Example/data.bin')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, 'old data')
  utimesSync(file, 1e9, 1e9)
  system.service('worker', `/bin/bash ${programs}/holds-file.sh "${file}"`)
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Example'), 'data.bin', 'new data', { version: '1.0.0.0' })
  builder.row('ServiceControl', { ServiceControl: 'Control', Name: 'Worker', Event: 3, Wait: 1, Component_: 'data.bin' })
  writeFileSync(stage.path('example.msi'), bytesOf((sink) => { builder.build({ validation: false }).save(sink) }))
  await system.boot()
  await system.systemctl('start', 'worker')
  const main = (): Promise<string> => system.systemctl('show', '--property=MainPID', '--value', 'worker')
  for (let left = 100, listed: Listed[] = []; left > 0 && listed.length < 1; left--) listed = await system.list(file)
  const first = await main()
  const { status, err } = await system.inside(process.execPath, command, 'install', stage.path('example.msi'), '--root', root, '--log', stage.path('log'))
  const log = readFileSync(stage.path('log'), 'utf8')
  assert.equal(status, 0, err + log)
  assert.equal(readFileSync(file, 'utf8'), 'new data')
  assert.match(log, /Detected that the service worker\.service will be stopped due to a service control action/)
  assert.doesNotMatch(log, /Will attempt to shut down/)
  assert.equal(await system.systemctl('is-active', 'worker'), 'active')
  assert.notEqual(await main(), first)
})

test('started by a service, a program is put into a scope of its own and outlives that service', whyNot(), async () => {
  await using system = new Systemd()
  const { stage } = system
  const file = stage.file('data')
  system.service('deploy', `${process.execPath} ${command} rm run --yes --files ${file} -- true`, '', `Environment=MSIKIT_SESSIONS=${stage.sessionFolder}\nType=oneshot`)
  await system.boot()
  // A program like any other: it belongs to no service.
  await system.inside('sh', '-c', `setsid ${holding(file)} > /dev/null 2>&1 &`)
  let listed: Listed[] = []
  for (let left = 100; left > 0 && listed.length < 1; left--) listed = await system.list(file)
  await system.systemctl('start', 'deploy')
  assert.equal(await system.systemctl('is-active', 'deploy'), 'inactive')
  const before = listed[0]!.process.pid
  for (let left = 100; left > 0 && (listed.length < 1 || listed[0]!.process.pid === before); left--) listed = await system.list(file)
  assert.notEqual(listed[0]?.process.pid, before)
  assert.deepEqual(listed.map(({ serviceName, type }) => [serviceName, type]), [['', 'console']])
  assert.match((await system.inside('cat', `/proc/${listed[0]!.process.pid}/cgroup`)).out, /\/system\.slice\/run-r\w+\.scope$/m)
})

test('a service of the user\'s own manager counts, and is stopped and started through that', whyNot(), async () => {
  await using system = new Systemd()
  const { stage } = system
  const [file, units] = [stage.file('data'), stage.directory('user-units')]
  writeFileSync(join(units, 'user.target'), '[Unit]\nDefaultDependencies=no\n')
  writeFileSync(join(units, 'sync.service'), `[Unit]\nDescription=Synchronisation\nDefaultDependencies=no\n[Service]\nExecStart=${holding(file)}\n`)
  system.service('user@0', '/lib/systemd/systemd --user --unit=user.target', '', `Type=notify\nDelegate=yes\nEnvironment=SYSTEMD_UNIT_PATH=${units} XDG_RUNTIME_DIR=/run/user/0\nExecStartPre=mkdir -p /run/user/0`)
  await system.boot()
  await system.systemctl('start', 'user@0')
  const user = (...words: string[]): Promise<Answer> => system.inside('env', 'XDG_RUNTIME_DIR=/run/user/0', ...words)
  assert.equal((await user('systemctl', '--user', 'start', 'sync')).err, '')
  const list = async (): Promise<Listed[]> => (JSON.parse((await user(process.execPath, command, 'rm', 'list', '--json', file)).out) as { applications: Listed[] }).applications
  let listed: Listed[] = []
  for (let left = 100; left > 0 && listed.length < 1; left--) listed = await list()
  assert.deepEqual(listed.map(({ name, serviceName, type, restartable }) => [name, serviceName, type, restartable]), [['Synchronisation', 'user:sync.service', 'service', true]])
  const run = await user(process.execPath, command, 'rm', 'run', '--yes', '--files', file, '--', 'systemctl', '--user', 'is-active', 'sync')
  assert.equal(run.out.trim(), 'inactive', run.err)
  assert.equal((await user('systemctl', '--user', 'is-active', 'sync')).out.trim(), 'active')
})
