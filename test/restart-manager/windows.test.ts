// Windows on an X display of the test's own.
import { strict as assert } from 'node:assert'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { HostServices, managerWith } from './host-services.ts'
import { failure, impatient, needs, patient, programs, Stage, until } from './stage.ts'

const missing = ['Xvfb', 'wish'].find((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)
const graphical = missing === undefined ? needs() : { skip: `${missing} is not installed` }
let server: ChildProcess | undefined
let display = ''

before(async () => {
  if (graphical.skip) return
  server = spawn('Xvfb', ['-displayfd', '3', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const number = await new Promise<string>((done, fail) => {
    server!.stdio[3]!.once('data', (chunk: Buffer) => done(chunk.toString().trim()))
    server!.once('exit', (status) => fail(new Error(`Xvfb ended with ${status} before there was a display`)))
  })
  display = `:${number}`
})
after(() => { server?.kill() })

const open = (stage: Stage, title: string, file: string, way = 'plain') =>
  stage.start(['wish', join(programs, 'window.tcl'), title, file, way], { env: { DISPLAY: display, LC_ALL: 'C.UTF-8' } })

test('a program with a window is known by its title, and its window is closed', graphical, async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const editor = await open(stage, 'Letter – ü', file)
  await using session = await stage.session(file)
  const [application] = (await session.list()).applications
  assert.deepEqual([application!.type, application!.name, application!.process.pid], ['mainWindow', 'Letter – ü', editor.pid])
  await session.shutdown({ limits: patient })
  assert.equal(await editor.ended, '0')
})

test('a window that asks something instead of closing keeps its program, unless forced', graphical, async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const editor = await open(stage, 'Unsaved', file, 'dialog')
  await using session = await stage.session(file)
  const error = await failure(session.shutdown({ limits: impatient }))
  assert.equal(error.errno, 351)
  assert.match(error.message, /a window of it is still open/)
  assert.ok(stage.isRunning(editor.identity))
  await session.shutdown({ force: true, limits: impatient })
  assert.equal(stage.isRunning(editor.identity), false)
})

test('a program that only hides when its window is closed is told to end', graphical, async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const tray = await open(stage, 'Tray', file, 'tray')
  await using session = await stage.session(file)
  await session.shutdown({ limits: patient })
  assert.equal(await tray.ended, 'SIGTERM')
})

test('46. on a display: a window is closed before console programs, these before services, and those before the desktop\'s shell', graphical, async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const shellProgram = stage.path('plasmashell')
  copyFileSync('/bin/bash', shellProgram)
  const editor = await open(stage, 'First', file)
  const plain = await stage.run('holds-file.sh', [file])
  const worker = await stage.run('holds-file.sh', [file])
  const shell = await stage.start([shellProgram, join(programs, 'holds-file.sh'), file])
  const services = new HostServices(stage)
  services.add('web.service', [worker])
  await using session = await managerWith(stage, (pid) => pid === worker.pid ? { service: 'web.service' } : undefined, services).startSession()
  await session.register({ files: [file] })
  const all = [editor, plain, worker, shell]
  const { applications } = await session.list()
  assert.deepEqual(all.map(({ pid }) => applications.find(({ process }) => process.pid === pid)!.type), ['mainWindow', 'console', 'service', 'explorer'])
  const seen: boolean[][] = []
  await session.shutdown({ limits: patient, onProgress: () => seen.push(all.map(({ identity }) => stage.isRunning(identity))) })
  assert.deepEqual(seen, [[false, true, true, true], [false, false, true, true], [false, false, false, true], [false, false, false, false]])
  assert.deepEqual([await editor.ended, await plain.ended, await shell.ended], ['0', 'SIGTERM', 'SIGTERM'])
  const started = stage.restarted(await session.restart({ unregistered: 'relaunch' }))
  assert.deepEqual(started.map(({ status }) => status.join()), all.map(() => 'stopped,restarted'))
  // It has its window again, on the same display.
  await until(async () => (await session.list()).applications.some(({ type, name, status }) => type === 'mainWindow' && name === 'First' && status.join() === 'running'))
})
