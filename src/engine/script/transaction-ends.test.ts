// How transactions end: custom actions, files in use, rollback given up, damaged journals, cancellation.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesSource } from '../../base/index.ts'
import { createMemoryPlatform, readFile, writeFile, type MemoryPlatform, type Platform } from '../../platform/index.ts'
import { aCabinet, createFaultyPlatform } from '../../testing/index.ts'
import { ActionStatus } from '../session/features/states.ts'
import { InstallError } from '../session/messages/install-error.ts'
import { MessageAnswer, type MessageRecord } from '../session/messages/messages.ts'
import { sweepReplacedFiles } from './commit.ts'
import type { CustomActionOperation } from './handler.ts'
import { findJournals, Journal } from './journal.ts'
import type { FileSource, Operation } from './operation.ts'
import { recoverInterruptedInstallation } from './recovery.ts'
import { Transaction, type ScriptHost } from './transaction.ts'

const product = { productCode: '{00000000-0000-0000-0000-000000000001}', productName: 'Sample' }
const none = { readOnly: false, hidden: false, system: false }

interface TestHost extends ScriptHost {
  readonly ran: string[]
  readonly records: MessageRecord[]
}

function hostWith(options: { streams?: Record<string, Uint8Array>; results?: Record<string, ActionStatus>; onRecord?: () => void } = {}): TestHost {
  const ran: string[] = []
  const records: MessageRecord[] = []
  const send = async (_type: number, record: MessageRecord): Promise<MessageAnswer> => {
    records.push(record)
    options.onRecord?.()
    return MessageAnswer.none
  }
  const stream = (name: string) => options.streams?.[name] === undefined ? undefined : bytesSource(options.streams[name])
  return {
    ran, records,
    messages: { send, error: (number, ...fields) => send(1, [null, number, ...fields]), info: (number, ...fields) => { records.push([null, number, ...fields]) }, log: () => {} },
    sources: { stream, file: () => undefined },
    runCustomAction: async ({ action }: CustomActionOperation, phase) => {
      ran.push(`${phase} ${action}`)
      return options.results?.[action] ?? ActionStatus.success
    },
  }
}

function fromCabinet(destination: string, fileKey: string, cabinet = '#app.cab'): Operation {
  const source: FileSource = { kind: 'cabinet', cabinet, sourceRoot: 'D:\\', fileKey }
  return { op: 'FileCopy', source, destination, size: 1, attributes: none, version: '', language: '', vital: true, checkCrc: false }
}

function action(op: CustomActionOperation['op'], name: string): Operation {
  return { op, action: name, actionType: 1042, source: '', target: '', customActionData: '', hidden: false }
}

const entries = (...operations: Operation[]) => operations.map((operation) => ({ operation }))
const textAt = ({ files }: Platform, path: string): string => new TextDecoder().decode(readFile(files, path))

async function numberOf(work: Promise<unknown>): Promise<number> {
  try {
    await work
  } catch (error) {
    if (error instanceof InstallError) return error.messageNumber
    throw error
  }
  return 0
}

test('files come from a cabinet in its own order, whatever the order of the script', async () => {
  const platform = createMemoryPlatform()
  const host = hostWith({ streams: { 'app.cab': aCabinet({ one: '1', two: 'two', three: '' }) } })
  const transaction = new Transaction({ platform, product })
  await transaction.execute(entries(fromCabinet('C:\\a\\3', 'three'), fromCabinet('C:\\a\\2', 'TWO'), fromCabinet('C:\\b\\1', 'one')), host)
  await transaction.commit(host)
  assert.deepEqual([textAt(platform, 'C:\\b\\1'), textAt(platform, 'C:\\a\\2'), textAt(platform, 'C:\\a\\3')], ['1', 'two', ''])
})

test('what is wrong with a cabinet has its own number', async () => {
  const damaged = aCabinet({ one: 'x'.repeat(5000) })
  damaged.fill(0xff, damaged.length - 20)
  const host = hostWith({ streams: { 'app.cab': aCabinet({ one: '1' }), 'bad.cab': damaged, 'none.cab': new Uint8Array(100) } })
  const run = (operation: Operation): Promise<number> => numberOf(new Transaction({ platform: createMemoryPlatform(), product }).execute(entries(operation), host))
  assert.equal(await run(fromCabinet('C:\\a', 'one', 'missing.cab')), 1311)
  assert.equal(await run(fromCabinet('C:\\a', 'one', '#missing.cab')), 2356)
  assert.equal(await run(fromCabinet('C:\\a', 'other')), 1334)
  assert.equal(await run(fromCabinet('C:\\a', 'one', '#bad.cab')), 1335)
  assert.equal(await run(fromCabinet('C:\\a', 'one', '#none.cab')), 1335)
  assert.equal(await run(fromCabinet('C:\\a', 'one', '')), 2919)
})

test('cancelling stops a cabinet in the middle, and what came out of it is taken back', async () => {
  const platform = createMemoryPlatform({ files: { 'C:\\app\\': '' } })
  const controller = new AbortController()
  let records = 0
  const host = hostWith({
    streams: { 'app.cab': aCabinet(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f${index}`, 'y'.repeat(40000)]))) },
    onRecord: () => { if (++records === 4) controller.abort() },
  })
  const transaction = new Transaction({ platform, product, signal: controller.signal })
  const copies = Array.from({ length: 20 }, (_, index) => fromCabinet(`C:\\app\\f${index}`, `f${index}`))
  assert.equal(await numberOf(transaction.execute(entries(...copies), host)), 1602)
  const written = platform.files.list('C:\\app').length
  assert.ok(written > 0 && written < 20, `${written} files`)
  assert.deepEqual((await transaction.rollback(host)).problems, [])
  assert.deepEqual(platform.files.list('C:\\app'), [])
})

test('a file whose checksum does not add up ends the installation with 1331', async () => {
  const platform = createMemoryPlatform({ files: { 'C:\\app\\a.exe': 'old' } })
  const host = hostWith({ streams: { 'app.cab': aCabinet({ one: 'MZ and no header' }) } })
  const transaction = new Transaction({ platform, product })
  assert.equal(await numberOf(transaction.execute(entries({ ...fromCabinet('C:\\app\\a.exe', 'one'), checkCrc: true } as Operation), host)), 1331)
  await transaction.rollback(host)
  assert.deepEqual(platform.files.list('C:\\app'), ['a.exe'])
  assert.equal(textAt(platform, 'C:\\app\\a.exe'), 'old')
})

test('rollback custom actions run in their place, last first; commit ones only after success', async () => {
  const script = entries(action('CustomActionRollback', 'undo1'), action('CustomActionSchedule', 'do1'), action('CustomActionRollback', 'undo2'),
    action('CustomActionSchedule', 'do2'), action('CustomActionCommit', 'end'))
  const failing = hostWith({ results: { do2: ActionStatus.failure } })
  const first = new Transaction({ platform: createMemoryPlatform(), product })
  await assert.rejects(first.execute(script, failing), InstallError)
  await first.rollback(failing)
  assert.deepEqual(failing.ran, ['deferred do1', 'deferred do2', 'rollback undo2', 'rollback undo1'])
  const host = hostWith()
  const second = new Transaction({ platform: createMemoryPlatform(), product })
  await second.execute(script, host)
  await second.commit(host)
  assert.deepEqual(host.ran, ['deferred do1', 'deferred do2', 'commit end'])
})

test('a commit custom action that fails takes everything back', async () => {
  const platform = createMemoryPlatform()
  const host = hostWith({ results: { end: ActionStatus.failure } })
  const transaction = new Transaction({ platform, product })
  await transaction.execute(entries({ op: 'RegCreateKey', key: 'HKLM\\SOFTWARE\\New' }, action('CustomActionRollback', 'undo'), action('CustomActionCommit', 'end')), host)
  await assert.rejects(transaction.commit(host), InstallError)
  await transaction.rollback(host)
  assert.deepEqual(host.ran, ['commit end', 'rollback undo'])
  assert.equal(platform.reopen().registry.keyExists('HKLM\\SOFTWARE\\New'), false)
})

const stage = (): MemoryPlatform => createMemoryPlatform({ files: { 'C:\\a': 'a', 'C:\\b': 'b' } })

test('after DisableRollback nothing is taken back, neither now nor after a crash', async () => {
  const script = entries({ op: 'FileRemove', path: 'C:\\a' }, { op: 'DisableRollback' }, { op: 'FileRemove', path: 'C:\\b' }, action('CustomActionRollback', 'undo'), action('CustomActionSchedule', 'fail'))
  const host = hostWith({ results: { fail: ActionStatus.failure } })
  const platform = stage()
  const transaction = new Transaction({ platform, product })
  await assert.rejects(transaction.execute(script, host), InstallError)
  assert.equal((await transaction.rollback(host)).disabled, true)
  assert.deepEqual(platform.files.list('C:\\'), [])
  assert.deepEqual(host.ran, ['deferred fail'])
  const killed = stage()
  await assert.rejects(new Transaction({ platform: killed, product }).execute(script, host), InstallError)
  const reports = await recoverInterruptedInstallation(killed.reopen(), () => {})
  assert.deepEqual(reports.map(({ outcome }) => outcome), ['completed'])
  assert.deepEqual(killed.files.list('C:\\'), [])
})

type Processes = MemoryPlatform['processes']

function withProcesses(platform: MemoryPlatform, changed: { readonly [Name in keyof Processes]?: unknown }): MemoryPlatform {
  const processes = new Proxy(platform.processes, {
    get: (target, name) => {
      if (Object.hasOwn(changed, name)) return Reflect.get(changed, name) as unknown
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) as unknown : member
    },
  })
  return { ...platform, processes }
}

/** A machine on which a program uses whatever stands in the folder for backups. */
function withUsers(platform: MemoryPlatform, users: { present: boolean }): MemoryPlatform {
  const process = { pid: 42, startTime: 'x' }
  return withProcesses(platform, {
    scan: async (files: readonly string[]) => ({
      users: users.present ? files.map((_, file) => ({ process, file, use: 'open', stale: false })) : [], possible: [], blind: [], directories: [],
    }),
    describe: async () => [{ commandName: 'editor' }],
  })
}

test('a replaced file that a program uses is kept until the next start that finds it unused', async () => {
  const users = { present: true }
  const platform = withUsers(createMemoryPlatform({ files: { 'C:\\app\\a': 'old' } }), users)
  const host = hostWith({ streams: { 'app.cab': aCabinet({ one: 'new' }) } })
  const transaction = new Transaction({ platform, product })
  await transaction.execute(entries(fromCabinet('C:\\app\\a', 'one')), host)
  const { inUse } = await transaction.commit(host)
  const [{ backup }] = inUse as [typeof inUse[number]]
  assert.deepEqual(inUse, [{ path: 'C:\\app\\a', backup, users: [{ pid: 42, name: 'editor' }] }])
  assert.equal(textAt(platform, backup), 'old')
  assert.deepEqual(host.records.filter(([, number]) => number === 1603 || number === 1903), [[null, 1603, 'C:\\app\\a', null, 'editor', 42], [null, 1903, backup]])
  const sessionManager = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager'
  assert.deepEqual(platform.registry.value(sessionManager, 'PendingFileRenameOperations')?.data, [`\\??\\${backup}`, ''])
  assert.equal(await sweepReplacedFiles(platform, host.messages), 1)
  users.present = false
  assert.equal(await sweepReplacedFiles(platform, host.messages), 0)
  assert.equal(platform.files.stat('C:\\Config.Msi'), undefined)
  assert.equal(platform.registry.value(sessionManager, 'PendingFileRenameOperations'), undefined)
})

test('a journal whose end is torn is read as far as it is whole', async () => {
  const platform = createMemoryPlatform({ files: { 'C:\\a': 'a', 'C:\\b': 'b' } })
  await new Transaction({ platform, product }).execute(entries({ op: 'FileRemove', path: 'C:\\a' }), hostWith())
  const journal = platform.files.list('C:\\Config.Msi').find((name) => name.endsWith('.rbs'))!
  const path = `C:\\Config.Msi\\${journal}`
  const whole = readFile(platform.files, path)
  writeFile(platform.files, path, Uint8Array.of(...whole, ...new TextEncoder().encode('0badc0de {"record":"pending","sequence":9')))
  const [report] = await recoverInterruptedInstallation(platform.reopen(), () => {})
  assert.equal(report?.outcome, 'rolled back')
  assert.equal(textAt(platform, 'C:\\a'), 'a')
})

test('what cannot be taken back is set aside, and never tried on what comes later', async () => {
  const platform = createMemoryPlatform({ files: { 'C:\\app\\a': 'a' } })
  await new Transaction({ platform, product }).execute(entries({ op: 'FileRemove', path: 'C:\\app\\a' }), hostWith())
  // A folder now stands where the file was.
  platform.files.createDirectory('C:\\app\\a')
  const lines: string[] = []
  const [report] = await recoverInterruptedInstallation(platform.reopen(), (line) => { lines.push(line) })
  assert.equal(report?.outcome, 'rolled back in part')
  // The times of its folder wait for it.
  assert.deepEqual(report?.problems.map(({ operation }) => operation.op), ['FileRemove', 'FolderTimes'])
  assert.deepEqual(platform.files.list('C:\\Config.Msi').map((name) => name.slice(name.lastIndexOf('.'))).sort(), ['.rbf', '.rbx', '.rbx'])
  assert.deepEqual(await recoverInterruptedInstallation(platform.reopen(), () => {}), [])
})

test('an installation that a living process works on is left alone', async () => {
  const platform = createMemoryPlatform({ files: { 'C:\\a': 'a' } })
  const other = { pid: 4711, startTime: 'then' }
  await new Transaction({ platform: withProcesses(platform, { self: () => other }), product }).execute(entries({ op: 'FileRemove', path: 'C:\\a' }), hostWith())
  const watching = withProcesses(platform, { identify: () => other })
  const [report] = await recoverInterruptedInstallation(watching, () => {})
  assert.equal(report?.outcome, 'still running')
  assert.equal(platform.files.stat('C:\\a'), undefined)
})

test('a commit that cannot write its journal is an error of the installation, and is taken back', async () => {
  const platform = createMemoryPlatform({ files: { 'C:\\a': 'a' } })
  const faulty = createFaultyPlatform(platform)
  const transaction = new Transaction({ platform: faulty, product })
  const host = hostWith()
  await transaction.execute(entries({ op: 'FileRemove', path: 'C:\\a' }), host)
  faulty.failAfter(0, { fault: 'ERROR_DISK_FULL', persistent: true, counts: ({ port, method }) => port === 'writer' && method === 'write' })
  assert.equal(await numberOf(transaction.commit(host)), 1711)
  assert.deepEqual((await transaction.rollback(host)).problems, [])
  assert.deepEqual(platform.files.list('C:\\'), ['a'])
})

test('what could not be taken back holds up what is older on the same path', async () => {
  const platform = createMemoryPlatform({ files: { 'C:\\app\\a': 'old', 'C:\\new': 'new' } })
  const faulty = createFaultyPlatform(platform)
  const transaction = new Transaction({ platform: faulty, product })
  const host = hostWith()
  await transaction.execute(entries({ op: 'FileRemove', path: 'C:\\app\\a' }), host)
  await transaction.execute(entries({
    op: 'FileCopy', destination: 'C:\\app\\a', size: 3, version: '', language: '', vital: true, checkCrc: false,
    attributes: none, source: { kind: 'file', path: 'C:\\new' }, move: false,
  }), host)
  faulty.failAfter(0, { fault: 'ERROR_ACCESS_DENIED', counts: ({ method, args }) => method === 'removeFile' && args[0] === 'C:\\app\\a' })
  const { problems } = await transaction.rollback(host)
  assert.deepEqual(problems.slice(0, 2).map(({ operation }) => operation.op), ['FileCopy', 'FileRemove'])
  const [report] = await recoverInterruptedInstallation(platform.reopen(), () => {})
  assert.equal(report?.outcome, 'rolled back')
  assert.equal(textAt(platform, 'C:\\app\\a'), 'old')
})

test('records that a full disk kept from the journal follow in a part of its own', () => {
  const platform = createMemoryPlatform()
  const faulty = createFaultyPlatform(platform)
  const journal = Journal.begin(faulty, '0badc0de', product, true)
  faulty.failAfter(0, { counts: ({ method }) => method === 'write' })
  journal.append({ record: 'done', sequence: 1 })
  assert.throws(() => { journal.sync() }, { code: 'ERROR_DISK_FULL' })
  journal.append({ record: 'done', sequence: 2 })
  journal.sync()
  journal.close()
  const [found] = findJournals(platform)
  assert.equal(found?.parts.length, 2)
  assert.deepEqual(found.records.filter(({ record }) => record === 'done'), [{ record: 'done', sequence: 1 }, { record: 'done', sequence: 2 }])
})

test('on a full disk a recovery waits, and is not given up', async () => {
  const platform = createMemoryPlatform({ files: { 'C:\\app\\a': 'old', 'C:\\new': 'new' } })
  const transaction = new Transaction({ platform, product })
  await transaction.execute(entries({ op: 'FileRemove', path: 'C:\\app\\a' }), hostWith())
  await transaction.execute(entries({
    op: 'FileCopy', destination: 'C:\\app\\a', size: 3, version: '', language: '', vital: true, checkCrc: false,
    attributes: none, source: { kind: 'file', path: 'C:\\new' }, move: false,
  }), hostWith())
  const full = createFaultyPlatform(platform.reopen())
  full.failAfter(0, { persistent: true, counts: ({ method }) => method === 'write' })
  await assert.rejects(recoverInterruptedInstallation(full, () => {}), { code: 'ERROR_DISK_FULL', message: /installation of Sample cannot be rolled back now/ })
  const [report] = await recoverInterruptedInstallation(platform.reopen(), () => {})
  assert.equal(report?.outcome, 'rolled back')
  assert.equal(textAt(platform, 'C:\\app\\a'), 'old')
})
