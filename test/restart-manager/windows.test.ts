// Windows on an X display of the test's own.
import { strict as assert } from 'node:assert'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { failure, impatient, needs, patient, programs, Stage } from './stage.ts'

const missing = ['Xvfb', 'wish'].find((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)
const graphical = missing === undefined ? needs() : { skip: `${missing} is not installed` }
let server: ChildProcess | undefined
let display = ''

before(async () => {
  if (graphical.skip) return
  server = spawn('Xvfb', ['-displayfd', '3', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const number = await new Promise<string>((done) => { server!.stdio[3]!.once('data', (chunk: Buffer) => done(chunk.toString().trim())) })
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
  await session.shutdown({ limits: { ...patient, windowMs: 800 } })
  assert.equal(await tray.ended, 'SIGTERM')
})

test('windows are closed before programs', graphical, async () => {
  await using stage = new Stage()
  const file = stage.file('data')
  const editor = await open(stage, 'First', file)
  const plain = await stage.run('holds-file.sh', [file])
  await using session = await stage.session(file)
  const order: boolean[] = []
  await session.shutdown({ limits: patient, onProgress: () => order.push(stage.isRunning(editor.identity), stage.isRunning(plain.identity)) })
  assert.deepEqual(order.slice(0, 2), [false, true])
})
