// `msikit rm`, by the bundled program and with a real process that holds a file.
import { strict as assert } from 'node:assert'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { repository } from './shared.ts'

const program = join(repository, 'dist/bin/msikit.cjs')
const sleep = '/bin/sleep'
const skip = process.platform !== 'linux' ? 'needs Linux' : !existsSync(program) ? 'needs npm run build' : !existsSync(sleep) ? `needs ${sleep}` : false
const folder = mkdtempSync(join(tmpdir(), 'msikit-rm-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const msikit = (...words: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [program, 'rm', ...words], { encoding: 'utf8', timeout: 60_000, env: { ...process.env, XDG_RUNTIME_DIR: folder } })

test('a session of several commands closes and reopens who runs a file', { skip }, async () => {
  const file = join(folder, 'held')
  copyFileSync(sleep, file)
  chmodSync(file, 0o755)
  const holder = spawn(file, ['60'], { stdio: 'ignore' })
  await new Promise((resolve) => { holder.once('spawn', resolve) })
  const ended = new Promise((resolve) => { holder.once('exit', resolve) })
  const key = msikit('start').stdout.trim()
  assert.match(key, /^[0-9a-f]{32}$/)
  assert.match(msikit('register', key, file).stdout, /registered 1 file,/)
  const list = JSON.parse(msikit('list', '--session', key, '--json').stdout) as { applications: { process: { pid: number } }[] }
  assert.deepEqual(list.applications.map(({ process: one }) => one.pid), [holder.pid])
  assert.equal(msikit('shutdown', '--session', key).status, 0)
  await ended
  const restarted = JSON.parse(msikit('restart', '--session', key, '--all', '--json').stdout) as { applications: { restartedAs?: { pid: number } }[] }
  const pid = restarted.applications[0]?.restartedAs?.pid
  assert.ok(pid !== undefined && pid !== holder.pid)
  assert.equal(msikit('end', key).status, 0)
  process.kill(pid)
  assert.equal(msikit('end', key).status, 1219 & 0xff)
})

test('a mistyped command and missing resources are usage mistakes', { skip }, () => {
  assert.match(msikit('lst').stderr, /did you mean list\?/)
  assert.match(msikit('list').stderr, /expected FILE, --process or --service/)
  assert.equal(msikit('list').status, 2)
  assert.match(msikit('run', folder).stderr, /expected -- COMMAND/)
})
