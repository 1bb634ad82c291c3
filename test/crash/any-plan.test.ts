// Any script, failing or killed anywhere: a property test over random plans in a small world.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { recoverInterruptedInstallation, sweepReplacedFiles, Transaction, type Operation } from 'msikit/engine'
import type { Platform } from 'msikit/platform'
import { failingAt, faultModes, faults, isDead } from './faults.ts'
import { sampleHost, sampleWorld, scriptOf, silentMessages } from './samples.ts'
import { snapshot } from './snapshot.ts'

const product = { productCode: '{10000000-0000-0000-0000-000000000000}', productName: 'Sample' }
const none = { readOnly: false, hidden: false, system: false }

/** Few names, so that operations meet. */
const folder = fc.constantFrom('C:\\App', 'C:\\App\\sub', 'C:\\New', 'C:\\new\\deep', 'D:\\Data')
const path = fc.tuple(folder, fc.constantFrom('OLD.txt', 'old.TXT', 'gone.txt', 'a.bin', 'settings.ini')).map(([parent, name]) => `${parent}\\${name}`)
const key = fc.constantFrom('HKLM\\SOFTWARE\\Sample', 'HKLM\\SOFTWARE\\sample\\Sub', 'HKLM\\SOFTWARE\\Doomed', 'HKLM\\SOFTWARE\\Doomed\\Below', 'HKU\\.DEFAULT\\New\\Key')
const name = fc.constantFrom('', 'Keep', 'change', 'only', 'value')
const flag = fc.boolean()

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ path, readOnly: flag, cabinet: flag, move: flag, from: path }).map(({ path: destination, readOnly, cabinet, move, from }): Operation => ({
    op: 'FileCopy', destination, size: 11, version: '', language: '', vital: false, checkCrc: false, attributes: { ...none, readOnly },
    ...(cabinet ? { source: { kind: 'cabinet', cabinet: '#app.cab', sourceRoot: 'E:\\Source\\', fileKey: 'first' } }
      : { source: { kind: 'file', path: move ? from : 'E:\\Source\\new.txt' }, move }),
  })),
  path.map((one): Operation => ({ op: 'FileRemove', path: one })),
  fc.record({ folder, persistent: flag }).map((one): Operation => ({ op: 'FolderCreate', ...one })),
  fc.record({ folder, persistent: flag, foreign: flag }).map((one): Operation => ({ op: 'FolderRemove', ...one })),
  fc.record({ path, mode: fc.constantFrom('add-line', 'add-tag', 'remove-line', 'remove-tag' as const) }).map(({ path: file, mode }): Operation => ({
    op: 'IniWriteRemoveValue', file, section: 'Section', key: 'Tags', value: 'b', mode: mode as 'add-line',
  })),
  fc.record({ key, name, text: fc.constantFrom('x', 'y') }).map(({ text, ...one }): Operation => ({ op: 'RegAddValue', ...one, value: { type: 'REG_SZ', data: text }, mode: 'replace' })),
  fc.record({ key, name, pruneEmptyKeys: flag }).map((one): Operation => ({ op: 'RegRemoveValue', ...one })),
  fc.record({ key, ifEmpty: flag }).map((one): Operation => ({ op: 'RegRemoveKey', ...one })),
  key.map((one): Operation => ({ op: 'RegCreateKey', key: one })),
)

async function rollBack(platform: Platform, operations: readonly Operation[], whenDone: () => void): Promise<void> {
  const host = sampleHost()
  const transaction = new Transaction({ platform, product })
  await transaction.execute(scriptOf(operations), host).catch(() => {})
  whenDone()
  await transaction.rollback(host)
}

async function install(platform: Platform, operations: readonly Operation[]): Promise<'installed' | 'rolled back'> {
  const host = sampleHost()
  const transaction = new Transaction({ platform, product })
  try {
    await transaction.execute(scriptOf(operations), host)
    await transaction.commit(host)
    return 'installed'
  } catch {
    await transaction.rollback(host)
    return 'rolled back'
  }
}

test('any plan that fails anywhere leaves the old state or the new one', async () => {
  await fc.assert(fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 12 }), fc.nat(250), fc.constantFrom(...faultModes), async (operations, call, mode) => {
    const world = sampleWorld()
    const before = snapshot(world, { ignoreRootTimes: true })
    const twin = sampleWorld()
    const plain = await install(twin, operations)
    const installed = snapshot(twin, { ignoreRootTimes: true })
    // A plan may fail by itself, as when a folder stands where a file should go.
    if (plain === 'rolled back') assert.deepEqual(installed, before)
    const fault = failingAt(world, call, mode)
    const outcome = await install(fault.platform, operations)
    const next = isDead(fault) ? world.reopen() : world
    await recoverInterruptedInstallation(next, () => {})
    await sweepReplacedFiles(next, silentMessages())
    const after = snapshot(next, { ignoreRootTimes: true })
    // A file that is not vital is left out when its own call fails, and everything else is installed.
    if (outcome === 'installed' && mode === 'throws') return
    if (JSON.stringify(after) !== JSON.stringify(installed)) assert.deepEqual(after, before)
  }), { numRuns: 400 })
})

test('a rollback that fails anywhere is finished by the next start', async () => {
  await fc.assert(fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 12 }), fc.nat(60), fc.constantFrom(...faultModes), async (operations, call, mode) => {
    const world = sampleWorld()
    const before = snapshot(world, { ignoreRootTimes: true })
    const fault = failingAt(world, Number.POSITIVE_INFINITY, mode)
    await rollBack(fault.platform, operations, () => { fault.platform.failAfter(call, faults[mode]) }).catch((error: unknown) => { if (!isDead(fault)) throw error })
    const next = world.reopen()
    await recoverInterruptedInstallation(next, () => {})
    await sweepReplacedFiles(next, silentMessages())
    assert.deepEqual(snapshot(next, { ignoreRootTimes: true }), before)
  }), { numRuns: 1000 })
})
