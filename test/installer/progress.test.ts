// What a user interface is told: progress that adds up, forwards and backwards, and the frame of an installation.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { failWith, runScript, type PackageBuilder } from 'msikit/authoring'
import { MessageAnswer, MessageType, ProgressKind, ProgressMeter, type InstallMessage, type InstallOptions, type InstallResult } from 'msikit/engine'
import { aPackage } from '../../dist/testing/index.js'
import { sharedPath, skipWithout } from '../shared.js'
import { HostStage } from './host-stage.js'
import { aMachine } from './machine.js'

/** One bar, from its reset to the next one. */
interface Bar {
  readonly total: number
  readonly isBackwards: boolean
  reported: number
  highest: number
}

/** Counts as the documentation tells handlers to, and beside it as {@link ProgressMeter} does. */
class Watcher {
  readonly bars: Bar[] = []
  readonly types: MessageType[] = []
  readonly meter = new ProgressMeter()
  answer: (message: InstallMessage) => MessageAnswer = () => MessageAnswer.none

  readonly onMessage = (message: InstallMessage): MessageAnswer => {
    const { type, record } = message
    this.types.push(type)
    this.meter.follow(type, record)
    if (type === MessageType.progress) this.#count(record.map(Number))
    const bar = this.bars.at(-1)
    if (bar !== undefined) assert.ok(this.meter.done === bar.reported, `the meter has ${this.meter.done} ticks, ${bar.reported} were reported`)
    return this.answer(message)
  }

  #count([, kind, amount = 0, direction]: readonly number[]): void {
    if (kind === ProgressKind.reset) return void this.bars.push({ total: amount, isBackwards: direction === 1, reported: 0, highest: 0 })
    const bar = this.bars.at(-1)
    assert.ok(bar !== undefined, 'nothing is reported before the first reset')
    if (kind === ProgressKind.addition) this.bars[this.bars.length - 1] = { ...bar, total: bar.total + amount }
    if (kind === ProgressKind.report) bar.reported += amount
    assert.ok(bar.reported <= bar.total, `${bar.reported} of ${bar.total} ticks`)
  }

  /** Every bar is full at its end. */
  expectFull(...bars: readonly ('forwards' | 'backwards')[]): void {
    assert.deepEqual(this.bars.map(({ isBackwards }) => isBackwards ? 'backwards' : 'forwards'), bars)
    for (const { reported, total } of this.bars) assert.equal(reported, total)
  }
}

function example(): PackageBuilder {
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  const component = builder.feature('Main').file(place, 'app.exe', new Uint8Array(5000)).registry('HKLM', 'Software\\Example', 'x', '1').environment('EXAMPLE', '1')
    .service('ExampleSvc').removeFile('*.log', 'both')
  component.file('more.txt', 'more')
  return builder
}

async function watch(call: (options: InstallOptions) => Promise<InstallResult>): Promise<void> {
  const watcher = new Watcher()
  const { exitCode, error } = await call({ onMessage: watcher.onMessage, customActions: 'skip', durability: 'process-end' })
  assert.equal(exitCode, 0, error?.message)
  watcher.expectFull(...watcher.bars.map(() => 'forwards' as const))
  assert.ok(watcher.bars.some(({ total }) => total > 1000))
}

for (const name of ['putty-0.68-installer.msi', 'NUnit-2.5.2.9222.msi', 'made/features.msi', 'made/wixl_basic.msi']) {
  test(`the ticks of ${name} end at the total, installed, repaired and removed`, { skip: skipWithout('corpus', name) }, async () => {
    using stage = new HostStage()
    const path = sharedPath('corpus', name)!
    await watch((options) => stage.install(path, options))
    await watch((options) => stage.install(path, { ...options, properties: { REINSTALL: 'ALL', REINSTALLMODE: 'amus' } }))
    await watch((options) => stage.uninstall(path, options))
  })
}

test('each script has a bar of its own', async () => {
  const stage = aMachine()
  const watcher = new Watcher()
  await stage.install(stage.add(example().schedule('InstallExecute', { at: { after: 'InstallFiles' } })), { onMessage: watcher.onMessage })
  watcher.expectFull('forwards', 'forwards')
})

test('a rollback has a bar that runs backwards', async () => {
  const stage = aMachine()
  const watcher = new Watcher()
  const { exitCode } = await stage.install(stage.add(example().schedule('InstallExecute', { at: { after: 'WriteRegistryValues' } })
    .customAction('Break', failWith('broken'), { at: { before: 'InstallFinalize' } })), { onMessage: watcher.onMessage })
  assert.equal(exitCode, 1603)
  watcher.expectFull('forwards', 'backwards')
  assert.equal(watcher.meter.share, 0, 'the bar is empty at the end')
})

test('who cancels sees the bar go back', async () => {
  const stage = aMachine()
  const watcher = new Watcher()
  watcher.answer = ({ type, record }) => type === MessageType.actionData && /Software\\.*Example$/.test(String(record[1])) ? MessageAnswer.cancel : MessageAnswer.none
  const { exitCode } = await stage.install(stage.add(example()), { onMessage: watcher.onMessage })
  assert.equal(exitCode, 1602)
  const [forwards, backwards] = watcher.bars
  assert.ok(forwards!.reported < forwards!.total)
  assert.equal(backwards!.isBackwards, true)
  assert.equal(backwards!.reported, backwards!.total)
})

test('a file that is left out counts as done', async () => {
  const stage = aMachine()
  const builder = example()
  const path = stage.add(builder)
  const create = stage.platform.files.create.bind(stage.platform.files)
  stage.platform.files.create = (name) => {
    if (name.endsWith('more.txt')) throw new Error('no')
    return create(name)
  }
  const watcher = new Watcher()
  watcher.answer = ({ type, buttons }) => type === MessageType.error && buttons?.buttons === 'abort-retry-ignore' ? MessageAnswer.ignore : MessageAnswer.none
  const { exitCode } = await stage.install(path, { onMessage: watcher.onMessage })
  if (exitCode === 0) watcher.expectFull('forwards')
  else assert.equal(exitCode, 1603, 'a vital file cannot be left out')
})

/** A custom action that sends progress records, as the documentation's example does. */
function progressScript(...records: readonly (readonly number[])[]): string {
  return records.map((fields) => `var r = Installer_(${fields.length}); ${fields.map((field, index) => `r.IntegerData(${index + 1}) = ${field};`).join(' ')} Session.Message(0x0A000000, r);`).join('\n')
    .replaceAll(/Installer_\(/g, 'Session.Installer.CreateRecord(')
}

test('what custom actions announce is part of the total, whether they report it or not, and no more than that', async () => {
  for (const reported of [[], [400, 600], [400, 600, 9_999_999]]) {
    const stage = aMachine()
    const builder = example()
    builder.binary('announce', progressScript([3, 1000])).binary('report', progressScript(...reported.map((ticks) => [2, ticks, 0])))
    builder.customAction('Announce', runScript('jscript', { binary: 'announce' }), { at: { after: 'InstallFiles' } })
      .customAction('Report', runScript('jscript', { binary: 'report' }, undefined, { execution: 'deferred' }), { at: { after: 'Announce' } })
    const watcher = new Watcher()
    const plain = new Watcher()
    const { exitCode, error } = await stage.install(stage.add(builder), { onMessage: watcher.onMessage })
    assert.equal(exitCode, 0, error?.message)
    watcher.expectFull('forwards')
    const other = aMachine()
    const silent = example().binary('nothing', '')
      .customAction('Report', runScript('jscript', { binary: 'nothing' }, undefined, { execution: 'deferred' }), { at: { after: 'InstallFiles' } })
    await other.install(other.add(silent), { onMessage: plain.onMessage })
    assert.equal(watcher.bars[0]!.total - plain.bars[0]!.total, 1000)
  }
})

test('the meter counts what an action wants counted for each of its data', () => {
  const meter = new ProgressMeter()
  const follow = (type: MessageType, ...fields: (number | string)[]): void => meter.follow(type, [null, ...fields])
  follow(MessageType.progress, 2, 10)
  assert.deepEqual([meter.done, meter.total, meter.share], [0, 0, 0])
  follow(MessageType.progress, 0, 100, 0, 0)
  follow(MessageType.progress, 1, 20, 1)
  follow(MessageType.actionData, 'x')
  follow(MessageType.actionData, 'y')
  assert.equal(meter.done, 40)
  follow(MessageType.actionStart, 'Next')
  follow(MessageType.actionData, 'z')
  follow(MessageType.progress, 3, 100)
  assert.deepEqual([meter.done, meter.total, meter.share], [40, 200, 0.2])
  follow(MessageType.progress, 2, 1000)
  assert.equal(meter.share, 1)
  follow(MessageType.progress, 0, 50, 1, 0)
  assert.deepEqual([meter.share, meter.isBackwards], [1, true])
})

test('an installation is framed by its language, its title and its products', async () => {
  const stage = aMachine()
  const frames: unknown[] = []
  const types = new Set<MessageType>([MessageType.initialize, MessageType.terminate, MessageType.commonData, MessageType.installStart, MessageType.installEnd])
  await stage.install(stage.add(example()), { onMessage: ({ type, record }) => {
    if (types.has(type)) frames.push([type, ...record.slice(1)])
    return MessageAnswer.none
  } })
  const code = frames[4] as unknown[]
  assert.deepEqual(frames, [
    [MessageType.initialize], [MessageType.commonData, 0, 1033, 1252], [MessageType.commonData, 0, 1033, 1252], [MessageType.commonData, 1, 'Example'],
    [MessageType.installStart, 'Example', code[2]], [MessageType.installEnd, 'Example', code[2], 0], [MessageType.terminate],
  ])
})
