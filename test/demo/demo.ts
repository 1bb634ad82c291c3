// The demonstration: an application is built in two versions, installed, started twice, upgraded under its running
// processes, and then an upgrade that fails is rolled back. Everything goes through the command line that users have.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createNodePlatform } from 'msikit/node'
import { buildGreeter } from './packages.ts'
import { digestTree } from './tree-digest.ts'

const repository = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'msikit-demo-'))
const root = join(folder, 'root')
const restartManager = pathToFileURL(join(repository, 'dist/node/restart-manager.js')).href
const started: number[] = []

interface State {
  readonly pid: number
  readonly version: string
  readonly content: string
}

try {
  await demonstrate()
} finally {
  for (const name of ['greeting', 'plugin']) started.push(readState(name)?.pid ?? 0)
  for (const pid of new Set(started)) stop(pid)
}

async function demonstrate(): Promise<void> {
  heading('Two versions of an application, and one whose upgrade will fail')
  mkdirSync(root)
  build('greeter-1.0.msi', { version: '1.0.0', greeting: 'Hello', conversionExit: 0 })
  build('greeter-2.0.msi', { version: '2.0.0', greeting: 'Good morning', conversionExit: 0 })
  build('greeter-3.0.msi', { version: '3.0.0', greeting: 'Never seen', conversionExit: 3 })

  heading('Install 1.0 into an empty root')
  expectExit(0, msikit('install', 'greeter-1.0.msi', '--root', root, '--log', logFile('1.0'), `MSIKITMODULE=${restartManager}`))
  msikit('list', '--root', root)

  heading('Two processes hold its files: one that the installer knows, one that only the application knows')
  mkdirSync(join(root, 'ProgramData/Greeter'), { recursive: true })
  writeFileSync(join(root, 'ProgramData/Greeter/french.plugin'), 'Bonjour, for 1.0.0\n')
  const first = [await start('greeting', 'Program Files/Greeter/greeting.txt'), await start('plugin', 'ProgramData/Greeter/french.plugin')]

  heading('Upgrade to 2.0: both are closed, the files are replaced, both run again')
  expectExit(0, msikit('install', 'greeter-2.0.msi', '--root', root, '--log', logFile('2.0'), `MSIKITMODULE=${restartManager}`))
  const second = [await restarted('greeting', first[0]!), await restarted('plugin', first[1]!)]
  expect(second[0]!.content === 'Good morning' && second[0]!.version === '2.0.0', 'the first runs 2.0 with the new file')
  expect(second[1]!.content === 'Bonjour, for 2.0.0' && second[1]!.version === '2.0.0', 'the second runs 2.0 with the converted plug-in')
  say(restartManagerLines(logFile('2.0')))

  heading('Upgrade to 3.0 fails in a deferred custom action, and is rolled back')
  const before = digestTree(root)
  expectExit(1603, msikit('install', 'greeter-3.0.msi', '--root', root, '--log', logFile('3.0'), `MSIKITMODULE=${restartManager}`))
  const after = digestTree(root)
  const changed = [...before.entries.filter((entry) => !after.entries.includes(entry)), ...after.entries.filter((entry) => !before.entries.includes(entry))]
  for (const entry of changed) say(`  differs: ${entry}`)
  expect(before.sha256 === after.sha256, `the root is byte for byte what it was: ${before.entries.length} entries, SHA-256 ${after.sha256.slice(0, 16)}…`)
  const third = [await restarted('greeting', second[0]!), await restarted('plugin', second[1]!)]
  expect(third.every((state) => state.version === '2.0.0'), 'both processes run again, with 2.0')

  heading('What is left to look at')
  const version = createNodePlatform({ root }).registry.value('HKLM\\SOFTWARE\\Greeter', 'Version')?.data
  say(`root      ${root}\nlogs      ${logFile('1.0')}\n          ${logFile('2.0')}\n          ${logFile('3.0')}\nregistry  ${join(root, 'Windows/System32/config/SOFTWARE')}: HKLM\\SOFTWARE\\Greeter, Version = ${version}`)
}

function build(name: string, options: Parameters<typeof buildGreeter>[0]): void {
  const path = join(folder, name)
  const file = openSync(path, 'w')
  buildGreeter(options).save({ write: (chunk) => { writeSync(file, chunk) } })
  closeSync(file)
  say(`built ${path}`)
}

/** Runs the command line where the packages are, on this terminal. */
function msikit(...args: string[]): number {
  say(`$ msikit ${args.map((arg) => arg.replace(folder, '.').replace(restartManager, '…/restart-manager.js')).join(' ')}`)
  const run = spawnSync(process.execPath, [join(repository, 'dist/bin/msikit.cjs'), ...args], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] })
  return run.status ?? -1
}

async function start(name: string, file: string): Promise<State> {
  const child: ChildProcess = spawn(join(root, 'Program Files/Greeter/greeter'), [restartManager, stateFile(name), join(root, file)], { stdio: 'ignore', detached: true })
  child.unref()
  started.push(child.pid!)
  const state = await until(() => readState(name))
  say(`process ${state.pid} runs Greeter ${state.version} and holds ${file}: "${state.content}"`)
  return state
}

async function restarted(name: string, before: State): Promise<State> {
  const state = await until(() => { const now = readState(name); return now !== undefined && now.pid !== before.pid ? now : undefined })
  started.push(state.pid)
  expect(!isAlive(before.pid), `process ${before.pid} has ended`)
  say(`process ${state.pid} runs Greeter ${state.version}: "${state.content}"`)
  return state
}

function readState(name: string): State | undefined {
  try {
    return JSON.parse(readFileSync(stateFile(name), 'utf8')) as State
  } catch {
    return undefined
  }
}

async function until<T>(probe: () => T | undefined): Promise<T> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const value = probe()
    if (value !== undefined) return value
    await new Promise((wake) => { setTimeout(wake, 50) })
  }
  throw new Error('a process did not do what it should within ten seconds')
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}

function stop(pid: number): void {
  // Only what this demonstration started, and only while the program of that number is still it.
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)) process.kill(pid, 'SIGTERM')
  } catch { /* it has ended */ }
}

function restartManagerLines(log: string): string {
  return readFileSync(log, 'utf8').split(/\r?\n/).filter((line) => /RESTART MANAGER|PROPERTY CHANGE.*MsiRestartManagerSessionKey|: JoinRestartManager: /.test(line)).map((line) => `  ${line.slice(0, 160)}`).join('\n')
}

function stateFile(name: string): string {
  return join(folder, `${name}.state`)
}

function logFile(version: string): string {
  return join(folder, `install-${version}.log`)
}

function expectExit(code: number, status: number): void {
  expect(status === code % 256, `exit status ${status}${code === 0 ? ': success, no reboot' : ` is ${code} modulo 256`}`)
}

function expect(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(`not so: ${sentence}`)
  say(`✓ ${sentence}`)
}

function heading(text: string): void {
  say(`\n── ${text}`)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
