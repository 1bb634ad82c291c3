import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesSource } from '../../base/index.ts'
import { createMemoryPlatform, readFile, walk, writeFile, type MemoryPlatform } from '../../platform/index.ts'
import { InstallError } from '../session/messages/install-error.ts'
import { MessageAnswer, type MessageRecord, type MessageType } from '../session/messages/messages.ts'
import type { ScriptSources } from './handler.ts'
import type { Operation, ScriptEntry } from './operation.ts'
import { recoverInterruptedInstallation } from './recovery.ts'
import { Transaction, type ScriptHost } from './transaction.ts'

const noAttributes = { readOnly: false, hidden: false, system: false }
const product = { productCode: '{00000000-0000-0000-0000-000000000001}', productName: 'Sample' }
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

interface Sent { readonly type: MessageType; readonly record: MessageRecord }

function hostOf(content: Readonly<Record<string, string>>): ScriptHost & { lines: string[]; sent: Sent[] } {
  const lines: string[] = []
  const sent: Sent[] = []
  const sources: ScriptSources = {
    stream: (name) => content[name] === undefined ? undefined : bytesSource(text(content[name])),
    file: (path) => content[path] === undefined ? undefined : { source: bytesSource(text(content[path])), modifiedMs: 1e12, [Symbol.dispose]: () => {} },
  }
  const send = async (type: MessageType, record: MessageRecord): Promise<MessageAnswer> => {
    sent.push({ type, record })
    return MessageAnswer.none
  }
  return {
    lines, sent, sources,
    messages: { send, error: (number, ...fields) => send(1, [null, number, ...fields]), info: (number, ...fields) => { void send(4, [null, number, ...fields]) }, log: (line) => { lines.push(line) } },
  }
}

function copy(destination: string, path: string, more: Partial<Extract<Operation, { op: 'FileCopy' }>> = {}): ScriptEntry {
  return { operation: { op: 'FileCopy', source: { kind: 'file', path }, destination, size: 3, attributes: noAttributes, version: '', language: '', vital: true, checkCrc: false, ...more } }
}

function snapshot({ files, registry }: MemoryPlatform): unknown {
  const entries = ['C:\\', ...walk(files, 'C:\\')].map((path) => {
    const stat = files.stat(path)!
    return [path, stat.kind, stat.modifiedMs, stat.attributes, stat.kind === 'file' ? [...readFile(files, path)] : null]
  })
  const keys: unknown[] = []
  const visit = (key: string): void => {
    keys.push([key, registry.valueNames(key).map((name) => [name, registry.value(key, name)])])
    for (const name of registry.subkeys(key)) visit(`${key}\\${name}`)
  }
  visit('HKLM\\SOFTWARE')
  visit('HKU')
  return { entries: entries.sort(), keys }
}

function sample(): { platform: MemoryPlatform; script: ScriptEntry[]; host: ReturnType<typeof hostOf> } {
  const platform = createMemoryPlatform({
    files: { 'C:\\App\\OLD.txt': 'old', 'C:\\App\\gone.txt': 'gone', 'C:\\App\\settings.ini': '[a]\r\nx=1\r\n', 'C:\\App\\empty\\': '' },
    registry: { 'HKLM\\SOFTWARE\\Sample': { Keep: { type: 'REG_SZ', data: 'kept' }, Change: { type: 'REG_DWORD', data: 1 } }, 'HKLM\\SOFTWARE\\Doomed\\Below': { v: { type: 'REG_QWORD', data: 5n } } },
  })
  platform.files.setTimes('C:\\App\\OLD.txt', { modifiedMs: 123456 })
  platform.files.setAttributes('C:\\App\\gone.txt', { readOnly: true, hidden: true, system: false })
  platform.clock.set(Date.UTC(2025, 0, 1))
  const script: ScriptEntry[] = [
    { operation: { op: 'ActionStart', name: 'InstallFiles', description: 'Copying new files', template: 'File: [1]' } },
    copy('C:\\App\\old.txt', 'D:\\new.txt'), copy('C:\\App\\deep\\er\\added.txt', 'D:\\new.txt', { attributes: { ...noAttributes, readOnly: true } }),
    { operation: { op: 'FileRemove', path: 'C:\\app\\GONE.TXT' } },
    { operation: { op: 'FolderRemove', folder: 'C:\\App\\empty\\', persistent: true } },
    { operation: { op: 'IniWriteRemoveValue', file: 'C:\\App\\settings.ini', section: 'A', key: 'X', value: '2', mode: 'add-line' } },
    { operation: { op: 'RegAddValue', key: 'HKLM\\SOFTWARE\\Sample', name: 'change', value: { type: 'REG_DWORD', data: 2 }, mode: 'replace' } },
    { operation: { op: 'RegAddValue', key: 'HKLM\\SOFTWARE\\New\\Key', name: '', value: { type: 'REG_SZ', data: 'x' }, mode: 'replace' } },
    { operation: { op: 'RegRemoveKey', key: 'HKLM\\SOFTWARE\\doomed', ifEmpty: false } },
    { operation: { op: 'RegRemoveValue', key: 'HKLM\\SOFTWARE\\Sample', name: 'Keep', pruneEmptyKeys: true } },
    { operation: { op: 'ShortcutCreate', path: 'C:\\Menu\\App.lnk', target: 'C:\\App\\old.txt', arguments: '', description: '', workingDirectory: '', icon: '', iconIndex: 0, hotKey: 0, showCommand: 1 } },
  ]
  return { platform, script, host: hostOf({ 'D:\\new.txt': 'new' }) }
}

test('a script is executed and committed, and nothing of the transaction stays', async () => {
  const { platform, script, host } = sample()
  const transaction = new Transaction({ platform, product })
  await transaction.execute(script, host)
  const report = await transaction.commit(host)
  assert.deepEqual(report, { inUse: [], problems: [] })
  assert.equal(new TextDecoder().decode(readFile(platform.files, 'C:\\App\\old.txt')), 'new')
  assert.equal(platform.files.spelling('C:\\App\\OLD.TXT'), 'C:\\App\\old.txt')
  assert.equal(platform.files.stat('C:\\App\\deep\\er\\added.txt')!.attributes.readOnly, true)
  assert.equal(platform.files.stat('C:\\App\\deep\\er\\added.txt')!.modifiedMs, 1e12)
  assert.equal(new TextDecoder().decode(readFile(platform.files, 'C:\\App\\settings.ini')), '[a]\r\nx=2\r\n')
  assert.equal(platform.files.stat('C:\\App\\empty'), undefined)
  assert.equal(platform.files.stat('C:\\Config.Msi'), undefined)
  assert.equal(platform.registry.keyExists('HKLM\\SOFTWARE\\Doomed'), false)
  assert.deepEqual(platform.reopen().registry.value('HKLM\\SOFTWARE\\Sample', 'Change'), { type: 'REG_DWORD', data: 2 })
  assert.ok(host.lines.includes('Executing op: ActionStart(Name=InstallFiles,Description=Copying new files,Template=File: [1])'))
  assert.ok(host.lines.includes('Executing op: SetTargetFolder(Folder=C:\\App\\)'))
  assert.ok(host.lines.includes('Executing op: RegOpenKey(Root=-2147483646,Key=SOFTWARE\\Sample,,BinaryType=0)'), host.lines.join('\n'))
})

test('a script that is rolled back leaves every file, time, attribute and registry value as it was', async () => {
  const { platform, script, host } = sample()
  const before = snapshot(platform)
  const transaction = new Transaction({ platform, product })
  await transaction.execute(script, host)
  assert.notDeepEqual(snapshot(platform), before)
  const report = await transaction.rollback(host)
  assert.deepEqual(report.problems, [])
  assert.deepEqual(snapshot(platform), before)
})

test('what a killed process has done is taken back at the next start', async () => {
  const { platform, script, host } = sample()
  const before = snapshot(platform)
  await new Transaction({ platform, product }).execute(script, host)
  const next = platform.reopen()
  const reports = await recoverInterruptedInstallation(next, () => {})
  assert.deepEqual(reports.map(({ outcome, productName }) => [outcome, productName]), [['rolled back', 'Sample']])
  assert.deepEqual(snapshot(next), before)
  assert.deepEqual(await recoverInterruptedInstallation(next, () => {}), [])
})

test('a failing operation is shown with its number, and ends the script', async () => {
  const { platform, host } = sample()
  const before = snapshot(platform)
  const transaction = new Transaction({ platform, product })
  await assert.rejects(transaction.execute([copy('C:\\App\\old.txt', 'D:\\new.txt'), copy('C:\\App\\b.txt', 'D:\\missing.txt')], host),
    (error) => error instanceof InstallError && error.messageNumber === 1308 && error.reported)
  await transaction.rollback(host)
  assert.deepEqual(snapshot(platform), before)
})

test('a file that is not vital may be left out when somebody says so', async () => {
  const { platform, host } = sample()
  const transaction = new Transaction({ platform, product })
  const { send } = host.messages
  host.messages.send = async (type, record, buttons) => await send(type, record) === MessageAnswer.none && buttons?.buttons === 'abort-retry-ignore' ? MessageAnswer.ignore : MessageAnswer.none
  await transaction.execute([copy('C:\\App\\b.txt', 'D:\\missing.txt', { vital: false }), copy('C:\\App\\c.txt', 'D:\\new.txt')], host)
  await transaction.commit(host)
  assert.equal(platform.files.stat('C:\\App\\b.txt'), undefined)
  assert.equal(platform.files.stat('C:\\App\\c.txt')!.size, 3)
})

test('a file that is not vital ends the script all the same when nobody is there to ask', async () => {
  const { platform, host } = sample()
  const transaction = new Transaction({ platform, product })
  await assert.rejects(transaction.execute([copy('C:\\App\\b.txt', 'D:\\missing.txt', { vital: false })], host),
    (error) => error instanceof InstallError && error.messageNumber === 1308)
  await transaction.rollback(host)
})

test('a full disk ends the script with 1307 and is rolled back', async () => {
  const platform = createMemoryPlatform({ drives: { 'C:': { capacityBytes: 100000 } }, files: { 'C:\\App\\old.txt': 'old' } })
  writeFile(platform.files, 'C:\\App\\filler', new Uint8Array(95000))
  const before = snapshot(platform)
  const host = hostOf({ 'D:\\new.txt': 'n'.repeat(4900) })
  const transaction = new Transaction({ platform, product })
  await assert.rejects(transaction.execute([copy('C:\\App\\old.txt', 'D:\\new.txt')], host), (error) => error instanceof InstallError && error.messageNumber === 1307)
  const report = await transaction.rollback(host)
  assert.deepEqual(report.problems, [])
  assert.deepEqual(snapshot(platform), before)
})

test('cancelling ends the script as the user does', async () => {
  const { platform, script, host } = sample()
  const controller = new AbortController()
  const transaction = new Transaction({ platform, product, signal: controller.signal })
  controller.abort()
  await assert.rejects(transaction.execute(script, host), (error) => error instanceof InstallError && error.errno === 1602)
})
