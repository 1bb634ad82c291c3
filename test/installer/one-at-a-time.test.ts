// One installation at a time per root: across processes, containers and machines, and after a crash.
import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { HostProcesses } from 'msikit/node'
import { aPackage } from '../../dist/testing/index.js'
import { HostStage } from './host-stage.ts'

function examplePackage(): ReturnType<typeof aPackage> {
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder\\Example'), 'data.txt', 'data')
  return builder
}

/** Installs in a process of its own, which stops in the middle and says so. */
const installer = `
  import { installPackage } from 'msikit/engine'
  import { createNodePlatform } from 'msikit/node'
  const [root, sessions, path] = process.argv.slice(1)
  const platform = createNodePlatform({ root, sessionFolder: sessions })
  await installPackage(platform, { package: path, onMessage: async ({ record }) => {
    if (record[1] === 'InstallFiles') {
      console.log('ready')
      await new Promise((resolve) => process.stdin.once('data', resolve))
    }
    return 0
  } })
  process.exit(0)`

test('while another process installs, an installation ends with 1618; when it was killed, the next one takes back what it did', async () => {
  using stage = new HostStage()
  const path = stage.add(examplePackage())
  const child = spawn(process.execPath, ['--input-type=module', '-e', installer, stage.root, join(stage.folder, 'sessions'), path], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  for (const platform of [stage.platform, stage.open()]) assert.equal((await stage.installIn(platform, path)).exitCode, 1618)
  child.kill('SIGKILL')
  await ended
  assert.ok(existsSync(join(stage.root, 'msikit.lock')))
  assert.equal((await stage.install(path)).exitCode, 0, stage.log.join('\n'))
  assert.deepEqual(readdirSync(stage.root).filter((name) => name === 'msikit.lock' || name === 'Config.Msi'), [])
})

const skip = process.platform === 'linux' ? false : 'only Linux has namespaces of processes'

/** What becomes of an installation when such a lock stands in the root. */
async function installationAt(change: (lock: { pid: number; startTime: string; place: { machine: string; boot: string; processes: string } }) => void, ageMs = 0): Promise<number> {
  using stage = new HostStage()
  const path = stage.add(examplePackage())
  const taken = stage.platform.lockInstallation()!
  const file = join(stage.root, 'msikit.lock')
  const lock = JSON.parse(readFileSync(file, 'utf8'))
  taken[Symbol.dispose]()
  change(lock)
  writeFileSync(file, JSON.stringify(lock))
  const at = new Date(Date.now() - ageMs)
  utimesSync(file, at, at)
  const { exitCode } = await stage.install(path)
  assert.equal(existsSync(file), exitCode === 1618)
  return exitCode
}

test('what a loss of power left of a lock, and a kill beside it, holds nobody up and is cleared away', { skip }, async () => {
  using stage = new HostStage()
  const path = stage.add(examplePackage())
  const beside = [`msikit.lock.${2 ** 22 + 1}-5`, `msikit.lock.break-${2 ** 22 + 1}-5-0`, 'msikit.lock.txt', 'backup.4194305-5']
  for (const torn of ['', '{"pid":1', '\0'.repeat(40)]) {
    stage.platform.lockInstallation()![Symbol.dispose]()
    for (const name of ['msikit.lock', ...beside]) writeFileSync(join(stage.root, name), torn)
    utimesSync(join(stage.root, 'msikit.lock'), 1e9, 1e9)
    assert.equal((await stage.install(path, { properties: { REINSTALL: 'ALL' } })).exitCode, 0, stage.log.join('\n'))
    assert.deepEqual(readdirSync(stage.root).filter((name) => /^msikit|^backup/.test(name)), ['backup.4194305-5', 'msikit.lock.txt'])
  }
  writeFileSync(join(stage.root, 'msikit.lock'), '')
  assert.equal((await stage.install(path)).exitCode, 1618, 'of this start of the machine: somebody else wrote it')
})

test('a process that has the number of a dead owner is not taken for it', { skip }, async () => {
  const { pid, startTime } = new HostProcesses().identify(process.ppid)!
  assert.equal(await installationAt((lock) => Object.assign(lock, { pid, startTime })), 1618)
  assert.equal(await installationAt((lock) => Object.assign(lock, { pid, startTime: `1${startTime}` })), 0)
  assert.equal(await installationAt((lock) => Object.assign(lock, { pid: 2 ** 22 + 1 })), 0)
})

test('an owner in another container or on another machine lives as long as it renews its lock', { skip }, async () => {
  for (const elsewhere of [{ processes: 'pid:[1]' }, { processes: 'pid:[1]', machine: 'another' }, { boot: 'another', machine: 'another' }]) {
    const move = (lock: { pid: number; place: object }): void => { Object.assign(lock, { pid: 1 }); Object.assign(lock.place, elsewhere) }
    assert.equal(await installationAt(move), 1618)
    assert.equal(await installationAt(move, 60_000), 1618)
    assert.equal(await installationAt(move, 150_000), 0)
  }
  assert.equal(await installationAt((lock) => Object.assign(lock.place, { boot: 'the one before', machine: hostname() })), 0)
})
