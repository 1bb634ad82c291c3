import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import {
  ApplicationStatus, ApplicationType, FilterAction, FilterTrigger, maximumApplicationName, maximumRestartCommandLine, maximumServiceName, RebootReason,
  RestartFlag, RestartManagerError, sessionKeyLength, noLoginSession, noProcess, sessionKeyBytes, ShutdownType,
} from '../../restart-manager/index.ts'
import { openKernel } from './kernel.ts'
import { filterInfo, processInfo, uniqueProcess } from './layouts.ts'
import { loadKoffi, openLibrary } from './library.ts'
import { createWindowsRestartManager } from './manager.ts'

const values = (table: Readonly<Record<string, { constant: string; value: number }>>) =>
  Object.fromEntries(Object.values(table).map(({ constant, value }) => [constant, value]))

test('constants have the values of restartmanager.h', () => {
  assert.deepEqual(values(ApplicationType), { RmUnknownApp: 0, RmMainWindow: 1, RmOtherWindow: 2, RmService: 3, RmExplorer: 4, RmConsole: 5, RmCritical: 1000 })
  assert.deepEqual(values(ApplicationStatus), {
    RmStatusRunning: 1, RmStatusStopped: 2, RmStatusStoppedOther: 4, RmStatusRestarted: 8, RmStatusErrorOnStop: 16, RmStatusErrorOnRestart: 32,
    RmStatusShutdownMasked: 64, RmStatusRestartMasked: 128,
  })
  assert.deepEqual(values(RebootReason), {
    RmRebootReasonPermissionDenied: 1, RmRebootReasonSessionMismatch: 2, RmRebootReasonCriticalProcess: 4, RmRebootReasonCriticalService: 8,
    RmRebootReasonDetectedSelf: 16,
  })
  assert.deepEqual({ ...values(FilterAction), ...values(FilterTrigger), ...values(ShutdownType) }, {
    RmNoRestart: 1, RmNoShutdown: 2, RmFilterTriggerFile: 1, RmFilterTriggerProcess: 2, RmFilterTriggerService: 3, RmForceShutdown: 1, RmShutdownOnlyRegistered: 16,
  })
  assert.deepEqual(values(RestartFlag), { RESTART_NO_CRASH: 1, RESTART_NO_HANG: 2, RESTART_NO_PATCH: 4, RESTART_NO_REBOOT: 8 })
  assert.deepEqual([sessionKeyBytes, sessionKeyLength, maximumApplicationName, maximumServiceName, maximumRestartCommandLine], [16, 32, 255, 63, 1024])
  assert.deepEqual([noLoginSession, noProcess], [-1, -1])
})

test('structures have the sizes and offsets that compilers for Windows give them', () => {
  assert.equal(uniqueProcess.size, 4 + 8)
  const { offsets } = processInfo
  assert.deepEqual(offsets, { process: 0, name: 12, serviceName: 12 + 512, type: 524 + 128, status: 656, sessionId: 660, restartable: 664 })
  assert.equal(processInfo.size, 668)
  assert.deepEqual([filterInfo.size(4), filterInfo.unionOffset(4), filterInfo.size(8), filterInfo.unionOffset(8)], [24, 12, 32, 16])
})

test('a process with its start time survives being written and read', () => {
  const process = { pid: 4711, startTime: '133500000000000001' }
  assert.deepEqual(uniqueProcess.read(uniqueProcess.write([process]), 0), process)
})

test('filters are read for both sizes of pointers', () => {
  for (const pointerBytes of [4, 8] as const) {
    const bytes = Buffer.alloc(filterInfo.size(pointerBytes))
    bytes.writeInt32LE(2, 0)
    bytes.writeInt32LE(2, 4)
    uniqueProcess.write([{ pid: 5, startTime: '9' }]).copy(bytes, filterInfo.unionOffset(pointerBytes))
    assert.deepEqual(filterInfo.read(bytes, 0, pointerBytes), { action: 2, trigger: 2, nextOffset: 0, process: { pid: 5, startTime: '9' } })
  }
})

const folder = mkdtempSync(join(tmpdir(), 'rstrtmgr-'))
after(() => { rmSync(folder, { recursive: true, force: true }) })

function standIn(): { manager: ReturnType<typeof createWindowsRestartManager> } | { skip: string } {
  let foreign
  try {
    foreign = loadKoffi()
  } catch {
    return { skip: 'koffi is not installed' }
  }
  const source = resolve(import.meta.dirname, '../../../test/programs/rstrtmgr.c')
  const path = join(folder, 'rstrtmgr.so')
  if (spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', path, source]).status !== 0) return { skip: 'there is no C compiler' }
  return { manager: createWindowsRestartManager(openLibrary(foreign, path), openKernel(foreign, path)) }
}

test('the system\'s functions are called with the arguments and structures they expect', { skip: process.platform === 'win32' ? 'for other systems' : false }, async (context) => {
  const made = standIn()
  if ('skip' in made) return context.skip(made.skip)
  const { manager } = made
  const session = await manager.startSession()
  assert.equal(session.key, '0123456789abcdef0123456789abcdef')
  const joined = await manager.joinSession(session.key)
  await joined.register({ files: ['C:\\größe\\a.dll', 'C:\\b.dll'], services: ['one', 'Spooler'] })
  await joined.end()
  await assert.rejects(manager.joinSession('x'.repeat(32)), { errno: 1219 })
  await session.register({ processes: [42, 5000] })
  const list = await session.list()
  assert.deepEqual(list.rebootReasons, ['permissionDenied', 'detectedSelf'])
  assert.deepEqual(list.applications.map(({ process, name, serviceName, type, status, sessionId, restartable }) =>
    [process.pid, process.startTime, name, serviceName, type, status.join('+'), sessionId, restartable]), [
    [42 + 42, String(2n ** 32n), 'C:\\größe\\a.dll', '', 'console', 'running', 3, true],
    [2 * 10000 + 100 + 2, '0', '', 'Spooler', 'critical', 'running+shutdownMasked', -1, false],
  ])
  const percents: number[] = []
  const error = await session.shutdown({ force: true, onProgress: (percent) => percents.push(percent) }).catch((reason: unknown) => reason)
  assert.ok(error instanceof RestartManagerError && error.errno === 351)
  assert.deepEqual(error.applications[0]!.status, ['running', 'errorOnStop'])
  assert.deepEqual(percents, [50, 100])
  assert.deepEqual((await session.shutdown({ force: true, onlyRegistered: true })).applications[0]!.status, ['stopped'])
  assert.deepEqual((await session.restart({ onProgress: () => { throw new Error('ignored') } })).applications[0]!.status, ['stopped', 'restarted'])
  session.cancel()
  await session.addFilter({ file: 'C:\\a.exe' }, 'noRestart')
  await session.addFilter({ process: 42 }, 'noShutdown')
  assert.equal((await session.filters()).length, 2)
  await session.removeFilter({ process: 42 })
  await session.removeFilter({ file: 'C:\\a.exe' })
  await assert.rejects(session.removeFilter({ service: 'none' }), { errno: 2 })
  await manager.registerApplicationRestart({ args: ['a b', '--resume'], flags: ['noPatch', 'noReboot'] })
  await assert.rejects(manager.registerApplicationRestart({ args: ['plain'] }), { errno: 87 })
  await session.end()
})
