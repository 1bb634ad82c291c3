// Logs that the package or the machine asks for, and what LOGACTION leaves in a log.
// https://learn.microsoft.com/windows/win32/msi/normal-logging, …/logaction
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { PackageBuilder } from 'msikit/authoring'
import { installPackage, planInstallation, type InstallOptions } from 'msikit/engine'
import { readFile, writeFile, type RegistryValue } from 'msikit/platform'
import { aPackage, type InstallStage } from '../../dist/testing/index.js'
import { aMachine } from './machine.js'

const policyKey = 'HKLM\\Software\\Policies\\Microsoft\\Windows\\Installer'
const temp = 'C:\\Users\\user\\AppData\\Local\\Temp'

function example(properties: Readonly<Record<string, string>> = {}): PackageBuilder {
  const builder = aPackage()
  for (const [name, value] of Object.entries(properties)) builder.property(name, value)
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' }), 'app.exe', 'program')
  return builder
}

interface Setting {
  readonly properties?: Readonly<Record<string, string>>
  readonly policies?: Readonly<Record<string, RegistryValue>>
  readonly options?: InstallOptions
}

function stageOf({ policies = {} }: Setting): InstallStage {
  return aMachine({ registry: { [policyKey]: policies } })
}

/** @returns the logs in the Temp folder. */
async function logsOf(setting: Setting, stage = stageOf(setting)): Promise<string[]> {
  const { exitCode, error } = await installPackage(stage.platform, { package: stage.add(example(setting.properties)), durability: 'process-end', ...setting.options })
  assert.equal(exitCode, 0, error?.message)
  const { files } = stage.platform
  return files.list(temp).filter((name) => /^MSI[0-9a-f]{5}\.LOG$/.test(name)).map((name) => new TextDecoder('utf-16le', { ignoreBOM: true }).decode(readFile(files, `${temp}\\${name}`)))
}

const text = (data: string): RegistryValue => ({ type: 'REG_SZ', data })
const one: RegistryValue = { type: 'REG_DWORD', data: 1 }

test('MsiLogging has a log written in the Temp folder, whose place MsiLogFileLocation tells', async () => {
  const [log = '', ...more] = await logsOf({ properties: { MsiLogging: 'voicewarmup' } })
  assert.equal(more.length, 0)
  assert.match(log, /^\ufeff=== Verbose logging started: .*\r\n/)
  assert.match(log, /\r\n=== Verbose logging stopped: .*\r\n$/)
  assert.match(log, /Property\(S\): MsiLogFileLocation = C:\\Users\\user\\AppData\\Local\\Temp\\MSI[0-9a-f]{5}\.LOG\r\n/)
  assert.match(log, /MainEngineThread is returning 0/)
})

test('the letters of the mode choose the lines', async () => {
  const [log = ''] = await logsOf({ properties: { MsiLogging: 'a!' } })
  assert.match(log, /^\ufeff=== Logging started: /)
  assert.match(log, /Action start .*: InstallFiles\./)
  assert.doesNotMatch(log, /PROPERTY CHANGE|Property\(S\)/)
})

test('a mode of + and * alone is the default one', async () => {
  const [log = ''] = await logsOf({ policies: { Logging: text('*+') } })
  assert.match(log, /Action start .*: InstallFiles\./)
  assert.doesNotMatch(log, /Property\(S\)/)
})

const cases: readonly (Setting & { readonly name: string; readonly logs: RegExp | undefined })[] = [
  { name: 'nobody asks: no log', logs: undefined },
  { name: 'the policy Logging asks', policies: { Logging: text('p') }, logs: /Property\(S\)/ },
  { name: 'the package goes before the policy', properties: { MsiLogging: 'a' }, policies: { Logging: text('p') }, logs: /Action start/ },
  { name: 'DisableLoggingFromPackage leaves the policy', properties: { MsiLogging: 'a' }, policies: { Logging: text('p'), DisableLoggingFromPackage: one }, logs: /Property\(S\)/ },
  { name: 'DisableLoggingFromPackage alone: no log', properties: { MsiLogging: 'a' }, policies: { DisableLoggingFromPackage: one }, logs: undefined },
  { name: 'a log of the caller goes before both', properties: { MsiLogging: 'a' }, policies: { Logging: text('p') }, options: { log: () => {} }, logs: undefined },
  { name: 'MsiLogging is nothing before 4.0', properties: { MsiLogging: 'a' }, options: { installerVersion: '3.1' }, logs: undefined },
  { name: 'Logging is a text', policies: { Logging: one }, logs: undefined },
]

for (const { name, logs, ...setting } of cases) {
  test(name, async () => {
    const found = await logsOf(setting)
    assert.equal(found.length, logs === undefined ? 0 : 1)
    if (logs !== undefined) assert.match(found[0]!, logs)
    assert.ok(!found.some((log) => /Property\(S\)/.test(log) && /Action start/.test(log)))
  })
}

test('a failure is in its log, and the next log has the next name', async () => {
  const setting: Setting = { properties: { MsiLogging: 'e' } }
  const stage = stageOf(setting)
  const path = stage.add(example(setting.properties).launchCondition('NEVER', 'not today'))
  for (const logs of [1, 2]) {
    assert.equal((await installPackage(stage.platform, { package: path })).exitCode, 1603)
    const names = stage.platform.files.list(temp)
    assert.equal(names.length, logs)
    for (const name of names) assert.match(new TextDecoder('utf-16le').decode(readFile(stage.platform.files, `${temp}\\${name}`)), /not today/)
  }
})

test('a plan writes no log', async () => {
  const stage = stageOf({})
  await planInstallation(stage.platform, { package: stage.add(example({ MsiLogging: 'v' })) })
  assert.deepEqual(stage.platform.files.list(temp), [])
})

test('a log that cannot be written stops nothing', async () => {
  const stage = stageOf({})
  stage.platform.files.removeDirectory(temp)
  writeFile(stage.platform.files, temp, new Uint8Array())
  const { exitCode } = await installPackage(stage.platform, { package: stage.add(example({ MsiLogging: 'v' })) })
  assert.equal(exitCode, 0)
})

async function loggedWith(properties: Readonly<Record<string, string>>): Promise<string[]> {
  const stage = stageOf({})
  await stage.install(stage.add(example()), { properties })
  return ['InstallFiles: File:', 'RegisterProduct: ', 'Action start'].filter((start) => stage.log.some((line) => line.startsWith(start)))
}

test('LOGACTION leaves the data of its actions alone', async () => {
  assert.deepEqual(await loggedWith({}), ['InstallFiles: File:', 'RegisterProduct: ', 'Action start'])
  assert.deepEqual(await loggedWith({ LOGACTION: 'registerproduct;' }), ['RegisterProduct: ', 'Action start'])
  assert.deepEqual(await loggedWith({ LOGACTION: 'PublishProduct;INSTALLFILES' }), ['InstallFiles: File:', 'Action start'])
})
