// Packages built with WiX: util:RestartResource and util:CloseApplication, whose libraries need a running Windows and whose
// meaning msikit has itself. With processes in memory, and with real ones that hold files and bear names.
import { strict as assert } from 'node:assert'
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { test } from 'node:test'
import { callLibrary, type PackageBuilder } from 'msikit/authoring'
import type { InstallOptions } from 'msikit/engine'
import { MemoryProcesses, MemoryServices, type MemoryProcess, type MemoryProcessOptions, type ProcessIdentity } from 'msikit/platform'
import { aPackage, anInstallStage, type InstallStage } from '../../dist/testing/index.js'
import { HostStage } from './host-stage.js'

const onLinux = process.platform === 'linux' ? {} : { skip: 'who holds a file is found out through /proc' }
const key = 'MsiRestartManagerSessionKey'

/** What WiX 3 calls things, and what WiX 4 and later do. */
const versions = {
  'WiX 3': { prefix: 'Wix', suffix: '', library: 'WixCA' },
  'WiX 4': { prefix: 'Wix4', suffix: '_X86', library: 'Wix4UtilCA_X86' },
  'WiX 4 for x64': { prefix: 'Wix4', suffix: '_X64', library: 'Wix4UtilCA_X64' },
  'WiX 4 for ARM': { prefix: 'Wix4', suffix: '_ARM', library: 'Wix4UtilCA_ARM' },
  'WiX 4 for ARM64': { prefix: 'Wix4', suffix: '_A64', library: 'Wix4UtilCA_A64' },
} as const
type Version = keyof typeof versions

const resource = { file: 1, processName: 2, service: 3 } as const
const close = { message: 0x01, rebootPrompt: 0x02, elevated: 0x04, endSession: 0x08, terminate: 0x20, prompt: 0x40 } as const

interface CloseRow { readonly target: string; readonly attributes: number; readonly property?: string; readonly timeoutMs?: number; readonly condition?: string; readonly sequence?: number; readonly description?: string }

function example(): PackageBuilder {
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  builder.feature('Main').file(place, 'data.txt', 'data')
  for (const { library } of Object.values(versions)) builder.binary(library, 'MZ a library of Windows')
  return builder
}

/** Rows: component (null for none), resource, kind. */
function restartResources(builder: PackageBuilder, version: Version, rows: readonly (readonly [string | null, string, number])[], at: number = 1350): void {
  const { prefix, suffix, library } = versions[version]
  const table = `${prefix}RestartResource`
  builder.table(table, `${table}* s72; Component_ S72; Resource s0; Attributes i4`, rows.map(([component, what, kind], index) => [`r${index}`, component, what, kind]))
  builder.customAction(version === 'WiX 3' ? 'WixRegisterRestartResources' : `Wix4RegisterRestartResources${suffix}`, callLibrary({ binary: library }, 'WixRegisterRestartResources'), { at })
}

function closeApplications(builder: PackageBuilder, version: Version, rows: readonly CloseRow[], at: number = 3999): void {
  const { prefix, suffix, library } = versions[version]
  const table = `${prefix}CloseApplication`
  builder.table(table, `${table}* s72; Target l0; Description L0; Condition S0; Attributes i4; Sequence I4; Property S72; TerminateExitCode I4; Timeout I4`,
    rows.map(({ target, attributes, property = null, timeoutMs = null, condition = null, sequence = null, description = null }, index) => [`c${index}`, target, description, condition, attributes, sequence, property, null, timeoutMs]))
  const name = version === 'WiX 3' ? 'WixCloseApplications' : 'Wix4CloseApplications'
  builder.customAction(`${name}${suffix}`, callLibrary({ binary: library }, 'WixCloseApplications'), { at })
  builder.customAction(`${name}Deferred${suffix}`, callLibrary({ binary: library }, 'WixCloseApplicationsDeferred', { execution: 'deferred', impersonate: false }))
  builder.customAction(`${prefix}CheckRebootRequired${suffix}`, callLibrary({ binary: library }, 'WixCheckRebootRequired', { ignoreResult: true }), { at: { after: 'InstallFinalize' } })
}

interface Made {
  readonly stage: InstallStage
  readonly path: string
  readonly services: MemoryServices
  readonly add: (options: MemoryProcessOptions) => MemoryProcess
}

function inMemory(change: (builder: PackageBuilder) => void): Made {
  const processes = new MemoryProcesses()
  const services = new MemoryServices()
  const stage = anInstallStage({ processes, services, files: { 'C:\\Data\\plugin.dll': 'plugin', 'C:\\Data\\other.dll': 'other' } })
  const builder = example()
  change(builder)
  return { stage, path: stage.add(builder), services, add: (options) => processes.add(options) }
}

const named = (name: string, more: MemoryProcessOptions['facts'] = {}): MemoryProcessOptions => ({ facts: { commandName: name, executable: `/opt/${name}`, userId: 1000, ...more } })
const logged = (stage: { readonly log: readonly string[] }, part: string): boolean => stage.log.some((line) => line.includes(part))

for (const version of Object.keys(versions) as Version[]) {
  test(`${version}: RestartResource registers files, applications by name and services with the installer's session`, async () => {
    const { stage, path, add, services } = inMemory((builder) => {
      restartResources(builder, version, [[null, '[WindowsVolume]Data\\plugin.dll', resource.file], [null, 'Editor.EXE', resource.processName], [null, 'worker', resource.service]])
    })
    const holder = add({ facts: { commandName: 'holder' }, uses: { 'C:\\Data\\plugin.dll': 'mapped' } })
    const editor = add(named('editor'))
    const stranger = add(named('editor2'))
    services.add('worker.service')
    assert.equal((await stage.install(path)).exitCode, 0)
    assert.deepEqual([holder.running, editor.running, stranger.running], [false, false, true])
    assert.ok(services.journal.includes('stop worker.service') && services.journal.includes('start worker.service'), services.journal.join())
    assert.ok(logged(stage, 'registered with the Restart Manager: files 1, processes 1, services 1'))
    assert.ok(logged(stage, 'Successfully shut down all applications'))
    assert.equal(stage.platform.processes.launched.length, 2, 'both applications are started again')
  })

  test(`${version}: CloseApplication sets the property to the number of instances, and closes them before files are installed`, async () => {
    const { stage, path, add } = inMemory((builder) => {
      closeApplications(builder, version, [{ target: 'editor.exe', attributes: close.message | close.rebootPrompt, property: 'EDITORRUNS' }, { target: 'absent.exe', attributes: close.message, property: 'ABSENTRUNS' }])
    })
    const editors = [add(named('editor')), add(named('editor'))]
    const result = await stage.install(path)
    assert.deepEqual([result.exitCode, result.rebootRequired], [0, false])
    assert.deepEqual(editors.map(({ running, signals }) => [running, signals]), [[false, ['interrupt']], [false, ['interrupt']]])
    assert.deepEqual([stage.property('EDITORRUNS'), stage.property('ABSENTRUNS')], ['2', undefined])
    assert.equal(stage.platform.processes.launched.length, 0, 'nothing is started again')
    assert.equal(stage.text('C:\\Program Files (x86)\\Example\\data.txt'), 'data')
  })
}

test('a resource of a component is registered while that is installed, reinstalled or removed, and only then', async () => {
  const { stage, path, add } = inMemory((builder) => {
    const place = builder.folder('ProgramFilesFolder').folder('Example')
    builder.feature('Plugin').component(place, { key: 'CPlugin' }).file('plugin.txt', 'x')
    builder.feature('Other', { level: 200 }).component(place, { key: 'COther' }).file('other.txt', 'x')
    restartResources(builder, 'WiX 4', [['CPlugin', 'C:\\Data\\plugin.dll', resource.file], ['COther', 'C:\\Data\\other.dll', resource.file], ['CNone', 'C:\\Data\\other.dll', resource.file]])
  })
  for (const [what, options] of [['installed', {}], ['reinstalled', { properties: { REINSTALL: 'ALL' } }], ['removed', { properties: { REMOVE: 'ALL' } }]] as const) {
    const [concerned, unconcerned] = ['plugin', 'other'].map((name) => add({ facts: { commandName: name }, uses: { [`C:\\Data\\${name}.dll`]: 'mapped' } })) as [MemoryProcess, MemoryProcess]
    assert.equal((await stage.install(path, options)).exitCode, 0, what)
    assert.deepEqual([concerned.running, unconcerned.running], [false, true], what)
    unconcerned.running = false
  }
})

test('without a key, and with resources that cannot be, the log says so and the installation goes on', async () => {
  const rows = [[null, 'no path', resource.file], [null, 'C:\\Data', resource.file], [null, '[NOTHING]', resource.service], [null, 'x', 9]] as const
  const { stage, path } = inMemory((builder) => { restartResources(builder, 'WiX 3', rows) })
  assert.equal((await stage.install(path)).exitCode, 0)
  for (const line of ['the file no path is not registered', 'C:\\Data is not registered: it is a directory', 'a service without a name', 'of the unknown type 9']) assert.ok(logged(stage, line), line)
  const disabled = inMemory((builder) => { restartResources(builder, 'WiX 3', [[null, 'C:\\Data\\plugin.dll', resource.file]]) })
  assert.equal((await disabled.stage.install(disabled.path, { properties: { MSIRESTARTMANAGERCONTROL: 'Disable' } })).exitCode, 0)
  assert.ok(logged(disabled.stage, `there is no ${key}, so no resources are registered`))
  const late = inMemory((builder) => { restartResources(builder, 'WiX 3', [[null, 'C:\\Data\\plugin.dll', resource.file]], 1450) })
  assert.equal((await late.stage.install(late.path)).exitCode, 0)
  assert.ok(logged(late.stage, `there is no ${key}, so no resources are registered`), 'after InstallValidate')
})

test('both are data that the installer interprets: no policy for custom actions keeps them from it, and a plan only names them', async () => {
  for (const customActions of ['run', 'skip', 'fail'] as const) {
    const { stage, path, add } = inMemory((builder) => {
      restartResources(builder, 'WiX 4', [[null, 'C:\\Data\\plugin.dll', resource.file]])
      closeApplications(builder, 'WiX 4', [{ target: 'editor.exe', attributes: close.elevated }])
    })
    const holder = add({ facts: { commandName: 'holder' }, uses: { 'C:\\Data\\plugin.dll': 'mapped' } })
    const editor = add(named('editor'))
    const planned = await stage.plan(path)
    assert.deepEqual([planned.exitCode, holder.running, editor.running], [0, true, true])
    assert.deepEqual(planned.plan.flatMap(({ immediateActions }) => immediateActions.filter(({ description }) => description.endsWith(', done by the installer itself')).map(({ name }) => name)),
      ['Wix4RegisterRestartResources_X86', 'Wix4CloseApplications_X86', 'Wix4CheckRebootRequired_X86'])
    assert.deepEqual(planned.plan.flatMap(({ restartResources }) => restartResources), [{ files: ['C:\\Data\\plugin.dll'], processes: [], services: [] }])
    assert.equal((await stage.install(path, { customActions })).exitCode, 0, customActions)
    assert.deepEqual([holder.running, editor.running], [false, false], customActions)
  }
})

test('a program counts by the name of its executable and its user, not by what else it is called, and never the installer itself', async () => {
  const { stage, path, add } = inMemory((builder) => { closeApplications(builder, 'WiX 3', [{ target: 'EDITOR.exe', attributes: close.message | close.terminate, timeoutMs: 10 }]) })
  const theirs = add(named('editor', { userId: 1001 }))
  const script = add({ facts: { commandName: 'editor', executable: '/bin/bash', arguments: ['bash', '/opt/editor'], userId: 1000 } })
  const unseen = add({ facts: { commandName: 'editor', userId: 1000, executable: '/opt/editor.bin' } })
  const layered = add({ facts: { commandName: 'editor.exe', executable: '/usr/lib/wine/wine64-preloader', arguments: ['C:\\Apps\\Editor.exe'], userId: 1000 } })
  assert.equal((await stage.install(path)).exitCode, 0)
  assert.deepEqual([theirs, script, unseen, layered].map(({ running }) => running), [true, true, true, false])
})

const stubborn: MemoryProcessOptions = { ...named('editor'), onSignal: () => {} }

test('what does not close is ended by force where the package says so, after its time limit; elsewhere it is left to a restart', async () => {
  const forced = inMemory((builder) => { closeApplications(builder, 'WiX 4', [{ target: 'editor.exe', attributes: close.message | close.terminate, timeoutMs: 20 }]) })
  const killed = forced.add(stubborn)
  assert.equal((await forced.stage.install(forced.path)).exitCode, 0)
  assert.deepEqual([killed.running, killed.signals.at(-1)], [false, 'kill'])
  const asked = inMemory((builder) => { closeApplications(builder, 'WiX 4', [{ target: 'editor.exe', attributes: close.endSession | close.rebootPrompt, timeoutMs: 20 }]) })
  const left = asked.add(stubborn)
  const result = await asked.stage.install(asked.path)
  assert.deepEqual([result.exitCode, result.rebootReasons, left.running, left.signals.includes('kill')], [3010, ['custom action'], true, false])
  assert.ok(logged(asked.stage, 'was not closed. Error: 351'))
})

test('what only a deferred action may do waits until the script runs', async () => {
  const { stage, path, add } = inMemory((builder) => { closeApplications(builder, 'WiX 4', [{ target: 'editor.exe', attributes: close.elevated }], 1600) })
  const editor = add(named('editor'))
  assert.equal((await stage.install(path)).exitCode, 0)
  assert.equal(editor.running, false)
  const immediate = stage.log.findIndex((line) => line.startsWith('Wix4CloseApplications_X86: editor.exe runs'))
  const deferred = stage.log.findIndex((line) => line.startsWith('Wix4CloseApplicationsDeferred_X86: editor.exe was closed'))
  const executing = stage.log.findIndex((line) => line.startsWith('Executing op: CustomActionSchedule(Action=Wix4CloseApplicationsDeferred_X86'))
  assert.ok(immediate >= 0 && executing > immediate && deferred > executing, [immediate, executing, deferred].join())
  const outside = inMemory((builder) => { closeApplications(builder, 'WiX 4', [{ target: 'editor.exe', attributes: close.elevated }], 1100) })
  const running = outside.add(named('editor'))
  assert.equal((await outside.stage.install(outside.path)).exitCode, 0)
  assert.equal(running.running, true)
  assert.ok(logged(outside.stage, 'the script is not being written'))
})

test('rows are taken by their sequence, and a false condition leaves one out', async () => {
  const { stage, path, add } = inMemory((builder) => {
    closeApplications(builder, 'WiX 3', [
      { target: 'b.exe', attributes: close.message, sequence: 2 }, { target: 'a.exe', attributes: close.message, sequence: 1 }, { target: 'c.exe', attributes: close.message, sequence: 3, condition: 'NEVER' },
    ])
  })
  const [a, b, c] = ['a', 'b', 'c'].map((name) => add(named(name)))
  assert.equal((await stage.install(path)).exitCode, 0)
  assert.deepEqual([a, b, c].map((one) => one!.running), [false, false, true])
  assert.deepEqual(stage.log.flatMap((line) => /^WixCloseApplications: (\w\.exe) was closed/.exec(line)?.[1] ?? []), ['a.exe', 'b.exe'])
})

/** Exit code, whether the program still runs, and what was asked. */
async function prompted(options: (editor: MemoryProcess) => InstallOptions): Promise<readonly [number, boolean, string[]]> {
  const { stage, path, add } = inMemory((builder) => { closeApplications(builder, 'WiX 3', [{ target: 'editor.exe', attributes: close.prompt, description: 'Close the [ProductName] editor [first].' }]) })
  const editor = add(named('editor'))
  const asked: string[] = []
  const { onMessage, ...more } = options(editor)
  const { exitCode } = await stage.install(path, { ...more, ...(onMessage === undefined ? {} : { onMessage: (message) => {
    if (message.type !== 3) return 0
    asked.push(message.text)
    return onMessage(message)
  } }) })
  return [exitCode, editor.running, asked]
}

test('the user is asked whether to continue: abort ends the installation, retry looks again, ignore and silence go on', async () => {
  const text = 'Close the Example editor .'
  assert.deepEqual(await prompted(() => ({ ui: 'basic', onMessage: () => 3 })), [1602, true, [text]])
  assert.deepEqual(await prompted(() => ({ ui: 'basic', onMessage: () => 5 })), [0, true, [text]])
  let looks = 0
  assert.deepEqual(await prompted((editor) => ({ ui: 'basic', onMessage: () => {
    if (++looks === 2) editor.running = false
    return 4
  } })), [0, false, [text, text]])
  assert.deepEqual(await prompted(() => ({})), [0, true, []])
})

/** A copy of a program of the host, under a name that nothing else has. */
function copyAs(stage: HostStage, name: string): string {
  const path = stage.beside(name)
  copyFileSync('/bin/bash', path)
  chmodSync(path, 0o755)
  return path
}

const holds = resolve(import.meta.dirname, '../../test/programs/holds-file.sh')
const unique = `msikit-${process.pid}-editor`

async function installReal(stage: HostStage, change: (builder: PackageBuilder) => void, options: InstallOptions = {}): Promise<number> {
  const builder = example()
  change(builder)
  return (await stage.install(stage.add(builder), options)).exitCode
}

test('on real processes RestartResource closes who holds a file and who bears a name, and both come back', onLinux, async () => {
  using stage = new HostStage()
  stage.platform.files.createDirectory('C:\\Data')
  writeFileSync(stage.path('C:\\Data\\plugin.dll'), 'plugin')
  const program = copyAs(stage, unique)
  const holder = await stage.start('bash', [holds, stage.path('C:\\Data\\plugin.dll')])
  const editor = await stage.start(program, [holds])
  const bystander = await stage.start('bash', [holds, join(stage.folder, basename(program))])
  const exitCode = await installReal(stage, (builder) => {
    restartResources(builder, 'WiX 4', [[null, 'C:\\Data\\plugin.dll', resource.file], [null, `${unique}.exe`, resource.processName]])
  })
  assert.equal(exitCode, 0, stage.log.filter((line) => line.includes('RESTART')).join('\n'))
  assert.deepEqual([holder, editor, bystander].map((one) => stage.isRunning(one)), [false, false, true])
  assert.ok(logged(stage, 'RESTART MANAGER: Previously shut down applications have been restarted.'))
  const again = stage.started.filter((one): one is ProcessIdentity => one !== holder && one !== editor && one !== bystander)
  assert.equal(again.length, 2)
})

test('on real processes CloseApplication counts, closes and, where told to, kills those of the name', onLinux, async () => {
  using stage = new HostStage()
  const program = copyAs(stage, unique)
  const editors = [await stage.start(program, [holds]), await stage.start(program, ['-c', 'trap "" INT TERM HUP; exec 8<> <(:); wait $!; echo ready; while :; do read -r -u 8; done'])]
  const bystander = await stage.start('bash', [holds, program])
  const exitCode = await installReal(stage, (builder) => {
    closeApplications(builder, 'WiX 4', [{ target: `${unique}.exe`, attributes: close.message | close.terminate, property: 'EDITORS', timeoutMs: 300 }])
  })
  assert.equal(exitCode, 0)
  assert.deepEqual([...editors, bystander].map((one) => stage.isRunning(one)), [false, false, true])
  assert.ok(logged(stage, 'Property(S): EDITORS = 2'))
})
