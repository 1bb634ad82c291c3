// Code of Windows that waits for the first start of the root: what is kept, what the kept package is, and that it goes away again.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { callLibrary, runProgram, setProperty, type PackageBuilder } from 'msikit/authoring'
import { openDatabase, type Database } from 'msikit/database'
import type { InstallOptions } from 'msikit/engine'
import { aPackage, anInstallStage, type InstallStage } from '../../dist/testing/index.js'

const runOnce = 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce'
const kept = (code: string): string => `C:\\Windows\\Installer\\FirstBoot\\${code}.msi`
const later: InstallOptions = { deferToFirstBoot: true }

/** A library and programs of Windows, deferred, with a module that registers itself and a service to be started. */
function example(more: (builder: PackageBuilder) => void = () => {}): PackageBuilder {
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  const feature = builder.feature('Main')
  feature.component(place, { key: 'main' }).file('module.dll', 'MZ module', { key: 'module' }).service('Worker').serviceControl('Worker', 0x1)
  feature.component(place, { key: 'tool' }).file('tool.exe', 'MZ tool', { key: 'tool' })
  builder.binary('helper.dll', 'MZ helper').binary('setup.exe', 'MZ setup')
  builder.customAction('SetData', setProperty('CallHelper', 'from [ProductName] {x}'), { at: 1501 })
  builder.customAction('CallHelper', callLibrary({ binary: 'helper.dll' }, 'Configure', { execution: 'deferred', impersonate: false }), { at: 4101, condition: 'NOT REMOVE' })
  builder.customAction('UndoHelper', callLibrary({ binary: 'helper.dll' }, 'Undo', { execution: 'rollback', impersonate: false }), { at: 4100, condition: 'NOT REMOVE' })
  builder.customAction('CallTool', callLibrary({ file: 'module' }, 'Entry', { execution: 'commit' }), { at: 4102, condition: 'NOT REMOVE' })
  builder.customAction('RunSetup', runProgram({ binary: 'setup.exe' }, '/to "[INSTALLDIR]" {a} [\\[]b[\\]]', { execution: 'deferred', ignoreResult: true }), { at: 4103, condition: 'NOT REMOVE' })
  builder.customAction('RunTool', runProgram({ folder: 'INSTALLDIR' }, '"[INSTALLDIR]tool.exe" /x', { execution: 'deferred' }), { at: 4104, condition: 'NOT REMOVE' })
  builder.row('SelfReg', { File_: 'module' }).schedule('SelfRegModules', { at: 5600 })
  more(builder)
  return builder
}

function read({ platform: { files } }: InstallStage, path: string): Database {
  using file = files.open(path)
  const bytes = file.read(0, file.size)
  return openDatabase({ size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) })
}

test('deferred code of Windows becomes a package beside the installed ones, and RunOnce names it', async () => {
  const stage = anInstallStage()
  assert.equal((await stage.install(stage.add(example()), later)).exitCode, 0, stage.log.slice(-30).join('\n'))
  const code = stage.property('ProductCode')!
  const command = stage.platform.registry.value(runOnce, `!${code}`)
  assert.ok(command?.type === 'REG_SZ' && command.data.includes(`msiexec.exe /i ${code}.msi /qn`) && command.data.length <= 260)
  const database = read(stage, kept(code))
  const sequence = [...database.table('InstallExecuteSequence')!.rows()].sort((a, b) => a.integer('Sequence')! - b.integer('Sequence')!).map((row) => row.text('Action'))
  assert.deepEqual(sequence.slice(5, -1), ['UndoHelper', 'CallHelper', 'CallTool', 'RunSetup', 'RunTool', 'RegSelfReg_module', 'StartService_Worker'])
  const row = (name: string): (string | number | null)[] => ['Type', 'Source', 'Target'].map((column) => database.table('CustomAction')!.find(name)!.cell(column) as string | number | null)
  assert.deepEqual(row('CallHelper'), [0xc01, 'helper.dll', 'Configure'])
  assert.deepEqual(row('CallTool'), [0x601, 'FirstStart2', 'Entry'], 'an installed library is taken along')
  assert.equal(row('RunSetup')[2], '/to "C:\\Program Files (x86)\\Example\\" [\\{]a[\\}] [\\[]b[\\]]')
  assert.equal(database.table('Property')!.find('CallHelper')!.text('Value'), 'from Example {x}')
})

test('the kept package is one that installs: libraries get their data, nothing is registered', async () => {
  const stage = anInstallStage()
  assert.equal((await stage.install(stage.add(example()), later)).exitCode, 0)
  const path = kept(stage.property('ProductCode')!)
  const calls: string[] = []
  const products = stage.platform.registry.subkeys('HKLM\\Software\\Classes\\Installer\\Products').length
  const result = await stage.install(path, {
    libraryRunner: { name: 'a recorder', runLibrary: ({ entryPoint, session }) => { calls.push(`${entryPoint}(${session.property('CustomActionData')})`); return 0 } },
    foreignRunner: { name: 'a recorder', runProgram: async ({ commandLine }) => { calls.push(commandLine); return { outcome: 'exited', exitCode: 0, output: '' } } },
  })
  assert.equal(result.exitCode, 0, stage.log.slice(-20).join('\n'))
  assert.deepEqual([calls[0], calls.at(-1)], ['Configure(from Example {x})', 'Entry()'])
  assert.equal(stage.platform.registry.subkeys('HKLM\\Software\\Classes\\Installer\\Products').length, products)
})

test('a plan names what waits; without the option, and where no code runs, nothing does', async () => {
  const stage = anInstallStage()
  const path = stage.add(example())
  const { plan } = await stage.plan(path, later)
  const waiting = plan.flatMap(({ entries }) => entries).flatMap(({ operation }) => operation.op === 'FirstBootPackage' ? operation.actions.map(({ name }) => name) : [])
  assert.deepEqual(waiting, ['UndoHelper', 'CallHelper', 'CallTool', 'RunSetup', 'RunTool', 'RegSelfReg_module', 'StartService_Worker'])
  assert.equal((await stage.install(path, { ...later, customActions: 'skip' })).exitCode, 0)
  assert.equal(stage.platform.files.stat(kept(stage.property('ProductCode')!)), undefined)
})

test('removing the product before the first start takes it away, a failed installation leaves nothing of it', async () => {
  const stage = anInstallStage()
  assert.equal((await stage.install(stage.add(example()), later)).exitCode, 0)
  const code = stage.property('ProductCode')!
  assert.equal((await stage.uninstall(code)).exitCode, 0)
  assert.deepEqual([stage.platform.files.stat('C:\\Windows\\Installer\\FirstBoot'), stage.platform.registry.value(runOnce, `!${code}`)], [undefined, undefined])
  const failing = example((builder) => { builder.customAction('Fail', callLibrary({ binary: 'helper.dll' }, 'WixFailWhenDeferred', { execution: 'deferred' }), { at: 6599 }) })
  const other = anInstallStage()
  assert.equal((await other.install(other.add(failing), later)).exitCode, 1603)
  assert.deepEqual([other.platform.files.stat('C:\\Windows\\Installer\\FirstBoot'), other.platform.registry.valueNames(runOnce)], [undefined, []])
})
