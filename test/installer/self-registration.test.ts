// Modules of the SelfReg table, where somebody can load libraries and where nobody can.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { callLibrary } from 'msikit/authoring'
import type { InstallOptions } from 'msikit/engine'
import { aPackage, anInstallStage } from '../../dist/testing/index.js'

const path = 'C:\\Program Files (x86)\\Example\\module.dll'

function stageWith(failsAfterwards = false) {
  const stage = anInstallStage()
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  builder.feature('Main').component(place, { key: 'main' }).file('module.dll', 'MZ module', { key: 'module' })
  builder.row('SelfReg', { File_: 'module' }).schedule('SelfRegModules', { at: 5600 }).schedule('SelfUnregModules', { at: 2200 })
  if (failsAfterwards) builder.binary('code.dll', 'MZ').customAction('Fail', callLibrary({ binary: 'code.dll' }, 'Fail', { execution: 'deferred' }), { at: 5601 })
  const calls: string[] = []
  const installed = stage.add(builder)
  const answering = (code: number): InstallOptions => ({ libraryRunner: { name: 'test', runLibrary: ({ library, entryPoint }) => {
    if (entryPoint === 'Fail') return 1603
    calls.push(`${entryPoint} of ${'path' in library ? library.path : library.binary}`)
    return code
  } } })
  return { stage, installed, calls, answering }
}

test('a module registers itself where libraries can be run, and unregisters itself before it goes', async () => {
  const { stage, installed, calls, answering } = stageWith()
  assert.equal((await stage.install(installed, answering(0))).exitCode, 0)
  assert.equal((await stage.install(installed, { ...answering(1), properties: { REMOVE: 'ALL' } })).exitCode, 0)
  assert.deepEqual(calls, [`DllRegisterServer of ${path}`, `DllUnregisterServer of ${path}`])
})

test('a module that does not register itself ends the installation', async () => {
  const { stage, installed, calls, answering } = stageWith()
  assert.equal((await stage.install(installed, answering(0x80004005))).exitCode, 1603)
  assert.deepEqual(calls.slice(0, 1), [`DllRegisterServer of ${path}`])
  assert.equal(stage.platform.files.stat(path), undefined)
})

test('a rollback unregisters what has registered itself', async () => {
  const { stage, installed, calls, answering } = stageWith(true)
  assert.equal((await stage.install(installed, answering(0))).exitCode, 1603)
  assert.deepEqual(calls, [`DllRegisterServer of ${path}`, `DllUnregisterServer of ${path}`])
})

test('nobody loads the module where custom actions are left out, or nobody can', async () => {
  const { stage, installed, calls, answering } = stageWith()
  assert.equal((await stage.install(installed, { ...answering(0), customActions: 'skip' })).exitCode, 0)
  assert.deepEqual(calls, [])
  const other = stageWith()
  assert.equal((await other.stage.install(other.installed)).exitCode, 0)
  assert.ok(other.stage.log.some((line) => line.includes('only a running Windows can load it')))
})
