// MsiRestartManagerSessionKey on a real root: custom actions are programs of their own that are given the key, join the
// session from their own process and register what the installer does not know. A test for every row of the design's table.
import { strict as assert } from 'node:assert'
import { statSync, utimesSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { runProgram, setProperty, type PackageBuilder } from 'msikit/authoring'
import type { InstallOptions, InstallResult } from 'msikit/engine'
import type { ProcessIdentity } from 'msikit/platform'
import { RestartManagerError, type RestartManager } from 'msikit/restart-manager'
import { aPackage } from '../../dist/testing/index.js'
import { HostStage } from './host-stage.js'

const folder = 'C:\\Program Files (x86)\\Example'
const key = 'MsiRestartManagerSessionKey'
const fallback = 'Windows Installer will use the built-in FilesInUse functionality.'
const policies = 'HKLM\\Software\\Policies\\Microsoft\\Windows\\Installer'
const onLinux = process.platform === 'linux' ? {} : { skip: 'who holds a file is found out through /proc' }

/** Notes the key it is told. */
const note = '#!/bin/sh\necho "$2=$3" >> "$1"\n'

/** Joins the session that it is given the key of, if any, and registers a file. */
const client = `#!${process.execPath}
const [key, sessions, file] = process.argv.slice(2)
const join = async () => {
  const { createHostRestartManager } = await import('${resolve(import.meta.dirname, '../../dist/node/restart-manager.js')}')
  const session = await createHostRestartManager({ sessionFolder: sessions }).joinSession(key)
  await session.register({ files: [file] })
  await session.end()
}
if (key !== '') join()
`

function example(): PackageBuilder {
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example')
  builder.feature('Main').file(place, 'data.bin', 'new data')
  builder.binary('note', note).binary('client', client)
  for (const [when, at] of [['first', 1], ['before', 1300], ['after', { after: 'InstallValidate' }], ['last', { after: 'InstallFinalize' }]] as const) {
    builder.customAction(`Note.${when}`, runProgram({ binary: 'note' }, `"[NOTES]" ${when} "[${key}]"`), { at })
  }
  builder.customAction('Join', runProgram({ binary: 'client' }, `"[${key}]" "[SESSIONS]" "[EXTRA]"`), { at: { after: 'Note.before' } })
  return builder
}

interface Outcome {
  readonly stage: HostStage
  readonly result: InstallResult
  /** The key as custom actions saw it, by when they ran. */
  readonly notes: Readonly<Record<string, string>>
  readonly holder: ProcessIdentity
  readonly other: ProcessIdentity
}

/** `data.bin` is held by one process; another holds a file beside the root that only the custom action registers. */
async function installHeld(stage: HostStage, options: InstallOptions = {}, change: (builder: PackageBuilder) => void = () => {}): Promise<Outcome> {
  const { files } = stage.platform
  for (const path of ['C:\\Program Files (x86)', folder]) files.createDirectory(path)
  const data = join(stage.path(folder), 'data.bin')
  writeFileSync(data, 'old data')
  // Written in the moment of its making it would now and then count as changed by a user, and be kept.
  utimesSync(data, 1e9, 1e9)
  writeFileSync(stage.beside('extra.bin'), 'extra')
  const start = (name: string, file: string): Promise<ProcessIdentity> => {
    writeFileSync(stage.beside(name), `#!/bin/bash\nexec 9<"$1" 8<> <(:)\nwait $!\necho ready\nread -r -u 8\n`, { mode: 0o755 })
    return stage.start(stage.beside(name), [file])
  }
  const [one, two] = [await start('holder', data), await start('bystander', stage.beside('extra.bin'))]
  const builder = example()
  change(builder)
  const result = await stage.install(stage.add(builder), {
    ...options, properties: { NOTES: stage.beside('notes'), SESSIONS: stage.beside('sessions'), EXTRA: stage.beside('extra.bin'), ...options.properties },
  })
  const notes = Object.fromEntries(stage.lines('notes').map((line) => line.split('=') as [string, string]))
  return { stage, result, notes, holder: one, other: two }
}

const position = ({ log }: HostStage, pattern: RegExp | string): number => log.findIndex((line) => typeof pattern === 'string' ? line === pattern : pattern.test(line))

test('a session is opened before the first action; a custom action joins it from its own process; InstallValidate clears the key and closes who holds either file', onLinux, async () => {
  using stage = new HostStage()
  const inode = (): number => statSync(join(stage.path(folder), 'data.bin')).ino
  let before = 0
  const { result, notes, holder: one, other } = await installHeld(stage, { onMessage: () => {
    before ||= inode()
    return 0
  } })
  assert.equal(result.exitCode, 0, result.error?.message)
  const value = notes['first']!
  assert.match(value, /^[0-9a-f]{32}$/)
  assert.deepEqual(notes, { first: value, before: value, after: '', last: '' })
  assert.deepEqual([stage.isRunning(one), stage.isRunning(other)], [false, false])
  assert.equal(stage.text(`${folder}\\data.bin`), 'new data')
  assert.notEqual(inode(), before)
  const order = [
    'RESTART MANAGER: Session opened.',
    /^Action start .*: INSTALL\.$/,
    /^Action start .*: Note\.before\.$/,
    /^Action start .*: InstallValidate\.$/,
    `PROPERTY CHANGE: Deleting ${key} property. Its current value is '${value}'.`,
    'RESTART MANAGER: Will attempt to shut down and restart applications in no UI modes.',
    'RESTART MANAGER: Successfully shut down all applications in the service\'s session that held files in use.',
    /^Action ended .*: InstallValidate\. Return value 1\.$/,
    'MainEngineThread is returning 0',
    'RESTART MANAGER: Previously shut down applications have been restarted.',
    'RESTART MANAGER: Session closed.',
  ].map((pattern) => position(stage, pattern))
  assert.ok(order.every((at, index) => at >= 0 && (index === 0 || at > order[index - 1]!)), order.join(' '))
  assert.equal(stage.log[order[0]! - 1], `PROPERTY CHANGE: Adding ${key} property. Its value is '${value}'.`)
  assert.equal(position(stage, new RegExp(`^Property\\(S\\): ${key} = `)), -1)
  // Both are back, with the new file.
  assert.equal(stage.started.length, 4)
  for (const identity of stage.started.slice(2)) assert.ok(stage.isRunning(identity))
})

test('the policy is read before the session is opened, and TRANSFORMS comes after it', onLinux, async () => {
  using stage = new HostStage()
  await installHeld(stage)
  const order = ['Machine policy value \'DisableAutomaticApplicationShutdown\' is 0', 'RESTART MANAGER: Session opened.', 'TRANSFORMS property is now: '].map((line) => position(stage, line))
  assert.ok(order[0]! >= 0 && order[1]! > order[0]! && order[2]! > order[1]!, order.join(' '))
})

for (const version of ['3.1', '3.0', '2.0']) {
  test(`Windows Installer ${version} has no session, no key and none of the properties that came with 4.0`, onLinux, async () => {
    using stage = new HostStage()
    stage.platform.registry.createKey('HKLM\\System\\CurrentControlSet\\Control\\Session Manager')
    stage.platform.registry.setValue('HKLM\\System\\CurrentControlSet\\Control\\Session Manager', 'PendingFileRenameOperations', { type: 'REG_MULTI_SZ', data: ['\\??\\C:\\gone.txt', ''] })
    const { result, notes, holder: one } = await installHeld(stage, { installerVersion: version, properties: { MSIRMSHUTDOWN: '1' } }, (builder) => {
      // A setup authored for 4.0 says so; this one runs anywhere.
      builder.property('VERSIONMSI', version)
    })
    assert.equal(result.exitCode, 3010, result.error?.message)
    assert.deepEqual(notes, { first: '', before: '', after: '', last: '' })
    assert.deepEqual(stage.log.filter((line) => line.includes('RESTART MANAGER') || line.includes(key) || line.includes('MsiSystemRebootPending')), [])
    assert.ok(!stage.log.some((line) => line.includes('DisableAutomaticApplicationShutdown')), 'the policy came with 4.0 too')
    assert.ok(stage.isRunning(one))
    assert.equal(stage.text(`${folder}\\data.bin`), 'new data')
  })
}

test('Windows Installer 4.0 has the session, and says that a restart is pending', onLinux, async () => {
  using stage = new HostStage()
  stage.platform.registry.createKey('HKLM\\System\\CurrentControlSet\\Control\\Session Manager')
  stage.platform.registry.setValue('HKLM\\System\\CurrentControlSet\\Control\\Session Manager', 'PendingFileRenameOperations', { type: 'REG_MULTI_SZ', data: ['\\??\\C:\\gone.txt', ''] })
  const { notes } = await installHeld(stage, { installerVersion: '4.0' })
  assert.match(notes['first']!, /^[0-9a-f]{32}$/)
  assert.ok(stage.log.includes('PROPERTY CHANGE: Adding MsiSystemRebootPending property. Its value is \'1\'.'))
})

for (const [what, disabledBy, options, prepare] of [
  ['MSIRESTARTMANAGERCONTROL=Disable on the command line', 'MSIRESTARTMANAGERCONTROL property', { properties: { MSIRESTARTMANAGERCONTROL: 'Disable' } }, () => {}],
  ['policy DisableAutomaticApplicationShutdown=1', 'DisableAutomaticApplicationShutdown system policy', {}, ({ platform: { registry } }: HostStage) => {
    registry.createKey(policies)
    registry.setValue(policies, 'DisableAutomaticApplicationShutdown', { type: 'REG_DWORD', data: 1 })
  }],
] as const) {
  test(`${what}: no session, no key, the FilesInUse way`, onLinux, async () => {
    using stage = new HostStage()
    prepare(stage)
    const { result, notes, holder: one } = await installHeld(stage, { ...options, properties: { MSIRMSHUTDOWN: '1', ...('properties' in options ? options.properties : {}) } })
    assert.deepEqual(notes, { first: '', before: '', after: '', last: '' })
    assert.deepEqual(stage.log.filter((line) => line.includes('RESTART MANAGER')), [`RESTART MANAGER: Disabled by ${disabledBy}; ${fallback}`])
    assert.ok(position(stage, /^RESTART MANAGER: Disabled by/) < position(stage, /^Action start .*: INSTALL\.$/))
    assert.ok(stage.isRunning(one))
    assert.equal(result.exitCode, 3010)
  })
}

test('MSIRESTARTMANAGERCONTROL=Disable in the Property table counts as well', onLinux, async () => {
  using stage = new HostStage()
  const { notes } = await installHeld(stage, {}, (builder) => builder.property('MSIRESTARTMANAGERCONTROL', 'Disable'))
  assert.equal(notes['first'], '')
})

test('MSIRESTARTMANAGERCONTROL set by a custom action comes too late, whatever it says', onLinux, async () => {
  for (const value of ['Disable', 'DisableShutdown']) {
    using stage = new HostStage()
    const { result, notes, holder: one } = await installHeld(stage, {}, (builder) => {
      builder.customAction('TooLate', setProperty('MSIRESTARTMANAGERCONTROL', value), { at: 2 })
    })
    assert.match(notes['before']!, /^[0-9a-f]{32}$/)
    assert.equal(result.exitCode, 0, value)
    assert.equal(stage.isRunning(one), false)
  }
})

test('when no session can be opened the key is absent, the log says why, and the installation goes on', onLinux, async () => {
  using stage = new HostStage()
  const broken = { startSession: () => Promise.reject(new RestartManagerError('ERROR_MAX_SESSIONS_REACHED', 'all 64 sessions are taken')) } as unknown as RestartManager
  const { result, notes, holder: one } = await installHeld(stage, { restartManager: broken })
  assert.deepEqual(notes, { first: '', before: '', after: '', last: '' })
  assert.deepEqual(stage.log.filter((line) => line.includes('RESTART MANAGER')), [`RESTART MANAGER: Failed to open session; ${fallback} Error: 353`])
  assert.ok(stage.isRunning(one))
  assert.equal(result.exitCode, 3010)
})

test('a session folder that cannot be trusted opens no session either, and is left alone', onLinux, async () => {
  using stage = new HostStage()
  writeFileSync(stage.beside('sessions'), 'a file where the folder should be')
  const { result, notes } = await installHeld(stage)
  assert.equal(notes['first'], '')
  assert.ok(stage.log.some((line) => line.startsWith(`RESTART MANAGER: Failed to open session; ${fallback} Error: `)))
  assert.equal(result.exitCode, 3010)
  assert.deepEqual(stage.lines('sessions'), ['a file where the folder should be'])
})

for (const [what, prepare, properties] of [
  ['MSIRESTARTMANAGERCONTROL=DisableShutdown', () => {}, { MSIRESTARTMANAGERCONTROL: 'DisableShutdown' }],
  ['policy DisableAutomaticApplicationShutdown=2', ({ platform: { registry } }: HostStage) => {
    registry.createKey(policies)
    registry.setValue(policies, 'DisableAutomaticApplicationShutdown', { type: 'REG_DWORD', data: 2 })
  }, {}],
] as const) {
  test(`${what}: a session and a key to look with, and nobody is closed`, onLinux, async () => {
    using stage = new HostStage()
    prepare(stage)
    const { result, notes, holder: one, other } = await installHeld(stage, { properties })
    assert.match(notes['before']!, /^[0-9a-f]{32}$/)
    assert.equal(notes['after'], '', stage.log.join('\n'))
    assert.deepEqual([stage.isRunning(one), stage.isRunning(other)], [true, true])
    assert.equal(result.exitCode, 3010, stage.log.join('\n'))
    assert.equal(stage.text(`${folder}\\data.bin`), 'new data')
  })
}

test('a plan opens no session and has no key', onLinux, async () => {
  using stage = new HostStage()
  const { planInstallation } = await import('msikit/engine')
  const log: string[] = []
  const { exitCode } = await planInstallation(stage.platform, { package: stage.add(example()), log: (line) => { log.push(line) } })
  assert.equal(exitCode, 0)
  assert.ok(!log.some((line) => line.includes(key) || line.includes('RESTART MANAGER')))
})
