// What a package wants hidden is in no line of the log and in no text that a user interface gets, whichever way it went.
// https://learn.microsoft.com/windows/win32/msi/preventing-confidential-information-from-being-written-into-the-log-file
import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { failWith, runProgram, runScript, setProperty, type PackageBuilder } from 'msikit/authoring'
import type { InstallMessage, InstallOptions, InstallResult } from 'msikit/engine'
import { aPackage } from '../../dist/testing/index.js'
import { msikit } from '../cli/in-process.js'
import { HostStage } from './host-stage.js'
import { aMachine } from './machine.js'

const secret = 'p4ss "w0rd'
const mask = '**********'

function example({ hides = 'PASSWORD;PIN', more = (builder: PackageBuilder) => builder } = {}): PackageBuilder {
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  builder.feature('Main').file(place, 'app.exe', 'program', { key: 'app' })
  if (hides !== '') builder.property('MsiHiddenProperties', hides)
  return more(builder)
}

/** Everything that is said about an installation, by all who say something. */
class Listener {
  readonly said: string[] = []

  options(more: InstallOptions = {}): InstallOptions {
    return { ...more, onMessage: ({ text }: InstallMessage) => (this.said.push(text), 0) }
  }

  hear(result: InstallResult, log: readonly string[]): void {
    this.said.push(...log, JSON.stringify(result))
  }

  expectSilence(text = secret): void {
    const forms = [text, text.replaceAll('"', '""'), JSON.stringify(text).slice(1, -1)]
    assert.deepEqual(this.said.filter((line) => forms.some((form) => line.includes(form))), [])
    assert.ok(this.said.some((line) => line.includes(mask)), 'it is said that something is hidden')
  }
}

async function install(change: (builder: PackageBuilder) => PackageBuilder, more: InstallOptions = {}, hides?: string): Promise<{ result: InstallResult; listener: Listener; stage: ReturnType<typeof aMachine> }> {
  const stage = aMachine()
  const listener = new Listener()
  const result = await stage.install(stage.add(example({ more: change, ...(hides === undefined ? {} : { hides }) })), listener.options({ properties: { PASSWORD: secret, PIN: '12' }, ...more }))
  listener.hear(result, stage.log)
  return { result, listener, stage }
}

const withComponent = (change: (component: ReturnType<ReturnType<PackageBuilder['feature']>['component']>) => unknown) => (builder: PackageBuilder): PackageBuilder => {
  const component = builder.feature('More').component(builder.folder('ProgramFilesFolder').folder('More'))
  component.createFolder()
  change(component)
  return builder
}

const ways: Readonly<Record<string, (builder: PackageBuilder) => PackageBuilder>> = {
  'the command line, property changes and the dump of properties': (builder) => builder,
  'another property': (builder) => builder.customAction('Copy', setProperty('CONNECTION', 'user=me;password=[PASSWORD];'), { at: { before: 'CostInitialize' } }),
  'registry values of every type': withComponent((component) => component.registry('HKLM', 'Software\\Example', 'text', '[PASSWORD]')
    .row('Registry', { Registry: 'expand', Root: 2, Key: 'Software\\Example', Name: 'expand', Value: '#%a[PASSWORD]b' })
    .row('Registry', { Registry: 'many', Root: 2, Key: 'Software\\Example\\[PASSWORD]', Name: '[PASSWORD]', Value: '[~]one[~][PASSWORD][~]' })),
  'ini files': withComponent((component) => component.iniValue('example.ini', '[PASSWORD]', 'Key', '[PASSWORD]')),
  'the environment': withComponent((component) => component.environment('EXAMPLE', 'x[PASSWORD]y')),
  'arguments of a service': withComponent((component) => component.service('ExampleSvc', { arguments: '/p [PASSWORD]' })),
  'custom action data': (builder) => builder.binary('nothing', '').customAction('Set', setProperty('Later', 'PW=[PASSWORD]'), { at: { after: 'InstallInitialize' } })
    .customAction('Later', runScript('jscript', { binary: 'nothing' }, undefined, { execution: 'deferred' }), { at: { after: 'Set' } }),
  'an error of the package': (builder) => builder.customAction('Fail', failWith('The password [PASSWORD] is wrong.'), { at: { after: 'InstallFiles' } }),
  'a launch condition': (builder) => builder.launchCondition('PASSWORD = "other"', 'Not with [PASSWORD].'),
  'a script that talks': (builder) => builder.binary('talk', 'var r = Session.Installer.CreateRecord(1); r.StringData(0) = "I know [1]"; r.StringData(1) = Session.Property("PASSWORD"); Session.Message(0x04000000, r); Session.Message(0x02000000, r);')
    .customAction('Talk', runScript('jscript', { binary: 'talk' }), { at: { after: 'InstallFiles' } }),
  'a script that breaks on it': (builder) => builder.binary('throw', 'throw new Error(Session.Property("PASSWORD"))')
    .customAction('Throw', runScript('jscript', { binary: 'throw' }), { at: { after: 'InstallFiles' } }),
  'a shortcut': withComponent((component) => component.row('Shortcut', { Shortcut: 'way', Directory_: 'INSTALLDIR', Name: 'way', Target: '[INSTALLDIR]app.exe', Arguments: '/p [PASSWORD]' })),
}

for (const [way, change] of Object.entries(ways)) {
  test(`a hidden property is not told by ${way}`, async () => {
    const { listener } = await install(change)
    listener.expectSilence()
  })
}

test('a hidden property is written to the machine as it is', async () => {
  const { result, stage } = await install(ways['registry values of every type']!)
  assert.equal(result.exitCode, 0)
  assert.equal(stage.platform.registry.value('HKLM\\Software\\Wow6432Node\\Example', 'text')?.data, secret)
})

test('a short value is hidden where it stands alone, and the log stays legible', async () => {
  const { listener, stage } = await install(withComponent((component) => component.registry('HKLM', 'Software\\Example', 'pin', 'no. [PIN]!')))
  assert.deepEqual(listener.said.filter((line) => /no\. 12!|PIN(?: =|=).*12|PIN property.*12/.test(line)), [])
  assert.ok(stage.log.some((line) => /^Action ended \d+:\d+:\d+: INSTALL\. Return value 1\.$/.test(line)))
})

test('a property becomes hidden with all it was', async () => {
  const { listener } = await install((builder) => builder.customAction('Hide', setProperty('MsiHiddenProperties', 'PASSWORD'), { at: { before: 'CostInitialize' } })
    .customAction('Copy', setProperty('COPY', 'x[PASSWORD]'), { at: { after: 'CostFinalize' } }), {}, 'OTHER')
  const after = listener.said.slice(listener.said.findIndex((line) => line.includes('Adding COPY property')))
  assert.deepEqual(after.filter((line) => line.includes(secret)), [])
})

test('the target of an action that hides it is not told, whoever runs it', async () => {
  const target = '/connect hidden-target'
  for (const execution of ['immediate', 'deferred', 'commit'] as const) {
    using stage = new HostStage()
    const listener = new Listener()
    const builder = example().binary('fail', '#!/bin/sh\nexit 3\n')
      .customAction('Secretly', runProgram({ binary: 'fail' }, target, { execution, hideTarget: true }), { at: { after: 'InstallFiles' } })
    listener.hear(await stage.install(stage.add(builder), listener.options()), stage.log)
    listener.expectSilence(target)
  }
})

test('a property that is set by an action with a hidden target is not told', async () => {
  const { listener } = await install((builder) => builder.customAction('Set', setProperty('ANYTHING', 'hidden-value', { hideTarget: true }), { at: { before: 'CostInitialize' } }))
  listener.expectSilence('hidden-value')
})

test('a program that fails does not tell its command line', async () => {
  using stage = new HostStage()
  const listener = new Listener()
  const builder = example().binary('fail', '#!/bin/sh\nexit 3\n').customAction('Fail', runProgram({ binary: 'fail' }, '/password=[PASSWORD]'), { at: { after: 'InstallFiles' } })
  const result = await stage.install(stage.add(builder), listener.options({ properties: { PASSWORD: secret } }))
  assert.equal(result.error?.messageNumber, 1722)
  listener.hear(result, stage.log)
  listener.expectSilence()
})

test('neither does a nested product that does not know what is hidden, nor its parent', async () => {
  using stage = new HostStage()
  const nested = aPackage({ name: 'Nested' })
  nested.feature('Main').file(nested.folder('ProgramFilesFolder').folder('Nested'), 'nested.txt', 'x').registry('HKLM', 'Software\\Nested', 'x', '[PASSWORD]')
  stage.add(nested, 'nested.msi')
  const listener = new Listener()
  const builder = example().customAction('Nest', { type: 23, source: 'nested.msi', target: 'PASSWORD="[PASSWORD]"' }, { at: { after: 'InstallFiles' } })
  const value = 'another-p4ssw0rd'
  const result = await stage.install(stage.add(builder), listener.options({ properties: { PASSWORD: value } }))
  assert.equal(result.exitCode, 0, result.error?.message)
  listener.hear(result, stage.log)
  listener.expectSilence(value)
})

test('a plan does not tell it', async () => {
  const stage = aMachine()
  const listener = new Listener()
  listener.hear(await stage.plan(stage.add(example({ more: ways['registry values of every type']! })), listener.options({ properties: { PASSWORD: secret } })), stage.log)
  listener.expectSilence()
})

/** The Control table as far as it matters. */
const withPasswordField = (builder: PackageBuilder): PackageBuilder => builder.table('Control', 'Dialog_* s72; Control* s50; Type s20; Attributes I4; Property S50', [
  ['Ask', 'Password', 'Edit', 3 | 0x20_0000, 'PASSWORD'], ['Ask', 'Name', 'Edit', 3, 'NAME'],
])

test('what is typed into a password field is hidden without being named', async () => {
  const { listener } = await install(withPasswordField, { properties: { PASSWORD: secret, NAME: 'somebody' } }, '')
  listener.expectSilence()
  assert.ok(listener.said.some((line) => line.includes('somebody')))
})

test('the Debug policy shows command lines with what is hidden, but not what password fields have', async () => {
  for (const [change, isShown] of [[(builder: PackageBuilder) => builder, true], [withPasswordField, false]] as const) {
    const stage = aMachine({ registry: { 'HKLM\\Software\\Policies\\Microsoft\\Windows\\Installer': { Debug: { type: 'REG_DWORD', data: 7 } } } })
    await stage.install(stage.add(example({ more: change })), { properties: { PASSWORD: secret } })
    const telling = stage.log.filter((line) => line.includes(secret.replaceAll('"', '""')) || line.includes(secret))
    assert.deepEqual(telling.map((line) => line.slice(0, 13)), isShown ? ['Command Line:'] : [])
  }
})

test('the command line shows it neither on the terminal nor in the log', async () => {
  using stage = new HostStage()
  const path = stage.add(example({ more: ways['an error of the package']! }))
  const log = `${stage.folder}/install.log`
  for (const command of ['plan', 'install']) {
    const { stdout, stderr } = await msikit(command, path, `PASSWORD=${secret}`, '--root', stage.root, '--ui', command === 'plan' ? 'none' : 'basic', ...(command === 'plan' ? [] : ['--log', log]))
    assert.ok(!`${stdout}${stderr}`.includes(secret), `${stdout}${stderr}`)
  }
  const written = readFileSync(log)
  const text = written[0] === 0xff ? written.toString('utf16le') : written.toString()
  assert.ok(text.includes('PASSWORD') && text.includes(mask))
  assert.ok(!text.includes(secret) && !text.includes(secret.replaceAll('"', '""')))
})
