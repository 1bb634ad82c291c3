import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packGuid } from '../../../base/index.ts'
import { createMemoryPlatform, type MemoryPlatform, type RegistryValue } from '../../../platform/index.ts'
import { MessageAnswer } from '../../session/messages/messages.ts'
import type { Operation } from '../operation.ts'
import { Transaction } from '../transaction.ts'

const product = { productCode: '{00000000-0000-0000-0000-000000000001}', productName: 'Sample' }
const answer = async (): Promise<MessageAnswer> => MessageAnswer.none
const host = { messages: { send: answer, error: answer, info: () => {}, log: () => {} }, sources: { stream: () => undefined, file: () => undefined } }

async function done(platform: MemoryPlatform, ...operations: Operation[]): Promise<MemoryPlatform> {
  const transaction = new Transaction({ platform, product })
  await transaction.execute(operations.map((operation) => ({ operation })), host)
  await transaction.commit(host)
  return platform
}

const sz = (data: string): RegistryValue => ({ type: 'REG_SZ', data })
const environment = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment'
type Update = Extract<Operation, { op: 'UpdateEnvironmentStrings' }>

async function variable(before: string | undefined, change: Partial<Update>): Promise<RegistryValue | undefined> {
  const platform = createMemoryPlatform({ registry: { [environment]: before === undefined ? {} : { Test: { type: 'REG_EXPAND_SZ', data: before } } } })
  await done(platform, { op: 'UpdateEnvironmentStrings', key: environment, name: 'TEST', value: 'C:\\App', action: 'set', part: 'append', separator: ';', ...change })
  return platform.registry.value(environment, 'Test')
}

test('a part of an environment variable is added once', async () => {
  assert.deepEqual(await variable('C:\\A', {}), { type: 'REG_EXPAND_SZ', data: 'C:\\A;C:\\App' })
  assert.deepEqual(await variable('C:\\A;', {}), { type: 'REG_EXPAND_SZ', data: 'C:\\A;C:\\App' })
  assert.deepEqual(await variable('C:\\app;C:\\A', {}), { type: 'REG_EXPAND_SZ', data: 'C:\\app;C:\\A' })
  assert.deepEqual(await variable('C:\\A', { part: 'prepend' }), { type: 'REG_EXPAND_SZ', data: 'C:\\App;C:\\A' })
  assert.deepEqual(await variable(undefined, {}), sz('C:\\App'))
  assert.deepEqual(await variable(undefined, { value: '%windir%' }), { type: 'REG_EXPAND_SZ', data: '%windir%' })
})

test('a part is removed with its separator, and the variable with its last part', async () => {
  const remove = { action: 'remove-if-equal' } as const
  assert.deepEqual(await variable('C:\\A;C:\\app;C:\\B', remove), { type: 'REG_EXPAND_SZ', data: 'C:\\A;C:\\B' })
  assert.equal(await variable('C:\\App', remove), undefined)
  assert.deepEqual(await variable('C:\\A', remove), { type: 'REG_EXPAND_SZ', data: 'C:\\A' })
})

test('a whole variable is set, left alone, or removed when nobody has changed it', async () => {
  assert.deepEqual(await variable('old', { part: 'whole' }), { type: 'REG_EXPAND_SZ', data: 'C:\\App' })
  assert.deepEqual(await variable('old', { part: 'whole', action: 'set-if-absent' }), { type: 'REG_EXPAND_SZ', data: 'old' })
  assert.deepEqual(await variable('mine', { part: 'whole', action: 'remove-if-equal' }), { type: 'REG_EXPAND_SZ', data: 'mine' })
  assert.equal(await variable('c:\\APP', { part: 'whole', action: 'remove-if-equal' }), undefined)
})

test('a component counts its shared file once per product, and forgets it with the last client', async () => {
  const id = '{12345678-1234-1234-1234-123456789ABC}'
  const key = `HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\S-1-5-18\\Components\\${packGuid(id)}`
  const shared = { key: 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\SharedDLLs', path: 'C:\\App\\a.dll' }
  const register = (packedProduct: string): Operation => ({ op: 'ComponentRegister', componentId: id, packedProduct, userDataSid: 'S-1-5-18', keyPath: 'C?\\App\\a.dll', permanent: false, sharedDll: shared })
  const unregister = (packedProduct: string): Operation => ({ op: 'ComponentUnregister', componentId: id, packedProduct, userDataSid: 'S-1-5-18', sharedDll: shared })
  const [one, two] = ['1'.repeat(32), '2'.repeat(32)]
  const platform = await done(createMemoryPlatform(), register(one), register(one), register(two))
  assert.deepEqual(platform.registry.value(shared.key, shared.path), { type: 'REG_DWORD', data: 2 })
  await done(platform, unregister(one))
  assert.deepEqual(platform.registry.valueNames(key), [two])
  await done(platform, unregister(two))
  assert.equal(platform.registry.keyExists(key), false)
  assert.equal(platform.registry.value(shared.key, shared.path), undefined)
})

test('strings are added to a list without repeating any, and keys go with their last value', async () => {
  const key = 'HKLM\\SOFTWARE\\Maker\\App\\Settings'
  const platform = createMemoryPlatform({ registry: { [key]: { List: { type: 'REG_MULTI_SZ', data: ['a', 'b'] } } } })
  const add = (data: string[], mode: 'append' | 'prepend'): Operation => ({ op: 'RegAddValue', key, name: 'List', value: { type: 'REG_MULTI_SZ', data }, mode })
  await done(platform, add(['b', 'c'], 'append'), add(['z'], 'prepend'))
  assert.deepEqual(platform.registry.value(key, 'List')?.data, ['z', 'a', 'b', 'c'])
  await done(platform, { op: 'RegRemoveValue', key, name: 'list', strings: ['a', 'z'], pruneEmptyKeys: true })
  assert.deepEqual(platform.registry.value(key, 'List')?.data, ['b', 'c'])
  await done(platform, { op: 'RegRemoveValue', key, name: 'list', strings: ['b', 'c'], pruneEmptyKeys: true })
  assert.equal(platform.registry.keyExists('HKLM\\SOFTWARE\\Maker'), false)
  assert.equal(platform.registry.keyExists('HKLM\\SOFTWARE'), true)
})

const remove = (folder: string, foreign = false): Operation => ({ op: 'FolderRemove', folder, persistent: false, foreign })

test('a folder goes when an installation made it, with those above; others only when a table names them', async () => {
  const platform = createMemoryPlatform({ files: { 'C:\\Programs\\': '', 'C:\\Own\\': '' } })
  await done(platform, { op: 'FolderCreate', folder: 'C:\\Programs\\Maker\\App\\', persistent: false })
  await done(platform, remove('C:\\Own\\'), remove('C:\\Programs\\Maker\\App\\'))
  assert.deepEqual(platform.files.list('C:\\Programs'), [])
  assert.equal(platform.files.stat('C:\\Own')?.kind, 'directory')
  await done(platform, remove('C:\\Own\\', true))
  assert.equal(platform.files.stat('C:\\Own'), undefined)
})

test('a folder of the CreateFolder table stays until its own removal', async () => {
  const platform = await done(createMemoryPlatform(), { op: 'FolderCreate', folder: 'C:\\Kept\\', persistent: true })
  await done(platform, { op: 'FolderRemove', folder: 'C:\\Kept\\', persistent: false })
  assert.equal(platform.files.stat('C:\\Kept')?.kind, 'directory')
  await done(platform, { op: 'FolderRemove', folder: 'C:\\Kept\\', persistent: true })
  assert.equal(platform.files.stat('C:\\Kept'), undefined)
})

test('a service is described in the registry of the root', async () => {
  const platform = await done(createMemoryPlatform(), {
    op: 'ServiceInstall', name: 'Svc', displayName: 'The service', serviceType: 0x10, startType: 2, errorControl: 0x8001, imagePath: '"C:\\s.exe" -k',
    loadOrderGroup: '', dependencies: 'Tcpip\0+Network\0\0', startName: '', description: '',
  })
  const key = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\Svc'
  const values = Object.fromEntries(platform.registry.valueNames(key).map((name) => [name, platform.registry.value(key, name)?.data]))
  assert.deepEqual(values, {
    Type: 16, Start: 2, ErrorControl: 1, ImagePath: '"C:\\s.exe" -k', DisplayName: 'The service', ObjectName: 'LocalSystem',
    DependOnService: ['Tcpip'], DependOnGroup: ['Network'],
  })
})
