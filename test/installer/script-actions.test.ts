// Script custom actions: where their text comes from, what they reach, what their results and errors mean, when they run.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { runScript, type CustomAction, type PackageBuilder } from 'msikit/authoring'
import { aPackage, anInstallStage } from '../../dist/testing/index.js'

const folder = 'C:\\Program Files (x86)\\Example'
const continueBit = 0x40
const deferredBit = 0x400

interface Ran {
  readonly exitCode: number
  readonly error: { readonly action: string; readonly messageNumber: number; readonly message: string } | undefined
  readonly log: readonly string[]
  readonly installed: boolean
}

async function install(build: (builder: PackageBuilder) => void, options: { readonly customActions?: 'run' | 'skip' | 'fail'; readonly timeLimitMs?: number; readonly properties?: Record<string, string> } = {}): Promise<Ran> {
  const stage = anInstallStage()
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  builder.feature('Main').file(place, 'data.txt', 'data')
  build(builder)
  const { exitCode, error } = await stage.install(stage.add(builder), options)
  return { exitCode, error, log: stage.log, installed: stage.text(`${folder}\\data.txt`) === 'data' }
}

/** A script tells its log by a property: what its lines said, after everything ran. */
function told(log: readonly string[]): string[] {
  return log.flatMap((line) => /PROPERTY CHANGE: (?:Adding|Modifying) TOLD property\. (?:Its value is|Its current value is '.*'\. Its new value:) '(.*)'\./.exec(line)?.[1] ?? [])
}

const scheduled = { at: { after: 'CostFinalize' } } as const
const vb = (text: string): CustomAction => ({ type: 38, target: text })

function text(name: string): string {
  return `Function Main\r\nSession.Property("TOLD") = Session.Property("TOLD") & "${name} "\r\nMain = 1\r\nEnd Function\r\n`
}

test('a script is taken from the Binary table, an installed file, the Target column or a property', async () => {
  const { exitCode, log } = await install((builder) => {
    builder.binary('code', text('binary')).property('CODE', text('property'))
    builder.feature('Tools').file(builder.folder('TARGETDIR'), 'code.vbs', text('file'), { key: 'code' })
    builder.customAction('Binary', runScript('vbscript', { binary: 'code' }, 'Main'), scheduled)
    builder.customAction('Property', { type: 54, source: 'CODE', target: 'Main' }, scheduled)
    builder.customAction('Inline', vb('Property("TOLD") = Property("TOLD") & "inline "'), scheduled)
    builder.customAction('File', runScript('vbscript', { file: 'code' }, 'Main'), { at: { after: 'InstallFinalize' } })
  })
  assert.equal(exitCode, 0)
  assert.deepEqual(told(log).at(-1)?.trim().split(' ').sort(), ['binary', 'file', 'inline', 'property'])
})

test('a script sees the whole session: features, components, folders, conditions, records, actions, the database', async () => {
  const { exitCode, log } = await install((builder) => {
    builder.customAction('Look', vb(`
      Sub Tell(text): Session.Property("TOLD") = text: End Sub
      Tell Session.FeatureCurrentState("Main") & " " & Session.FeatureRequestState("Main") & " " & Session.FeatureInfo("Main").Attributes
      Tell Session.TargetPath("INSTALLDIR")
      Tell Session.EvaluateCondition("1 = 1") & Session.EvaluateCondition("NO = 1") & Session.EvaluateCondition("") & Session.EvaluateCondition("=")
      Set record = Session.Installer.CreateRecord(1)
      record.StringData(0) = "[ProductName] [1]": record.IntegerData(1) = 7
      Tell Session.FormatRecord(record)
      Tell Session.DoAction("Other") & Session.DoAction("NoSuchAction") & Session.Property("OTHER")
      Set view = Session.Database.OpenView("SELECT FileName FROM File"): view.Execute
      Tell view.Fetch.StringData(1) & " " & TypeName(Session) & " " & Session.Language & " " & Session.Mode(2) & Session.Mode(16)
      view.Close
      Tell Session.Installer.Products.Count & " " & Session.Installer.ProductState(Session.Property("ProductCode")) & " " & Session.Installer.Version
      Session.FeatureRequestState("Main") = 2: Tell Session.FeatureRequestState("Main"): Session.FeatureRequestState("Main") = 3
      Session.TargetPath("INSTALLDIR") = "C:\\Elsewhere": Tell Session.Property("INSTALLDIR")
      On Error Resume Next
      x = Session.FeatureCurrentState("None"): Tell Err.Source & " " & Hex(Err.Number)
      Err.Clear: Set x = CreateObject("ADODB.Stream"): Tell Err.Number & ""
      Err.Clear: WScript.Echo "x": Tell Err.Number & ""
    `), scheduled)
    builder.customAction('Other', vb('Session.Property("OTHER") = "other ran"'))
  })
  assert.equal(exitCode, 0)
  assert.deepEqual(told(log), [
    '2 3 1', `${folder}\\`, '1023', 'Example 7', '10other ran', 'data.txt Session 1033 FalseFalse', '0 -1 5.0.0', '2', 'C:\\Elsewhere\\', 'Msi API Error 80004005', '429', '424',
  ])
})

test('a JScript does the same, and waits for actions that it runs', async () => {
  const source = `
    function Main() {
      Session.Property("TOLD") = "target " + Session.TargetPath("INSTALLDIR") + Session.FeatureRequestState("Main")
      Session.Property("TOLD") = Session.DoAction("Other") + Session.Property("OTHER")
      var view = Session.Database.OpenView("SELECT \`FileName\` FROM \`File\`"); view.Execute()
      for (var record = view.Fetch(); record !== null; record = view.Fetch()) Session.Property("TOLD") += " " + record.StringData(1)
      var message = Session.Installer.CreateRecord(1); message.StringData(0) = "said by JScript"; Session.Message(0x04000000, message)
      return Session.Property("BAD") == "" ? 1 : Session.NoSuchMember()
    }`
  const build = (builder: PackageBuilder): void => {
    builder.binary('code', source).customAction('Script', runScript('jscript', { binary: 'code' }, 'Main'), scheduled).customAction('Other', vb('Property("OTHER") = "other ran"'))
    builder.customAction('Inline', { type: 37, target: 'Session.Property("TOLD") = "inline"' }, scheduled)
  }
  const { exitCode, log } = await install(build)
  assert.equal(exitCode, 0)
  assert.deepEqual(told(log).toSorted(), ['1other ran', '1other ran data.txt', 'inline', `target ${folder}\\3`])
  assert.equal(log.filter((line) => line.includes('said by JScript')).length, 1)
  const failed = await install(build, { properties: { BAD: '1' } })
  assert.deepEqual([failed.exitCode, failed.error?.messageNumber], [1603, 1720])
  assert.match(failed.error!.message, /Microsoft JScript runtime error: Object doesn't support this property or method: 'NoSuchMember' Line 8, Column/)
})

for (const [value, exitCode, installed] of [['1', 0, true], ['0', 0, true], ['5', 0, false], ['2', 1602, false], ['3', 1603, false], ['77', 1603, false], ['"x"', 1603, false], ['Empty', 0, true]] as const) {
  test(`a function that returns ${value} ends the installation with ${exitCode}`, async () => {
    const result = await install((builder) => {
      builder.binary('code', `Function Main: Main = ${value}: End Function`).customAction('Ask', runScript('vbscript', { binary: 'code' }, 'Main'), scheduled)
    })
    assert.deepEqual([result.exitCode, result.installed], [exitCode, installed])
  })
}

test('an error in a script is message 1720 with its place, and a failure unless results are ignored', async () => {
  const source = '\' a comment\r\nFunction Main\r\n  Dim list(1)\r\n  list(5) = 1\r\nEnd Function'
  const build = (type: number) => (builder: PackageBuilder): void => {
    builder.binary('code', source).customAction('Fails', { type: 6 | type, source: 'code', target: 'Main' }, scheduled)
  }
  const failed = await install(build(0))
  assert.deepEqual([failed.exitCode, failed.installed, failed.error?.action, failed.error?.messageNumber], [1603, false, 'Fails', 1720])
  assert.match(failed.error!.message, /-2146828279, Microsoft VBScript runtime error: Subscript out of range: '\[number: 5\]' Line 4, Column 3, list\(5\) = 1/)
  const forgiven = await install(build(continueBit))
  assert.deepEqual([forgiven.exitCode, forgiven.installed], [0, true])
  assert.ok(forgiven.log.some((line) => line.includes('Fails') && line.includes('Line 4, Column 3')))
  const broken = await install((builder) => { builder.customAction('Broken', vb('If x Then\r\n'), scheduled) })
  assert.match(broken.error!.message, /Microsoft VBScript compilation error: Expected 'End' Line 2/)
  const missing = await install((builder) => { builder.binary('code', 'x = 1').customAction('None', runScript('vbscript', { binary: 'code' }, 'Absent'), scheduled) })
  assert.deepEqual([missing.exitCode, missing.error?.messageNumber], [1603, 1720])
})

test('deferred scripts see their CustomActionData and hardly more; rollback scripts run when it goes wrong', async () => {
  const code = `
    Function Main
      Set record = Session.Installer.CreateRecord(0)
      On Error Resume Next
      Session.Property("X") = 1: refused = Hex(Err.Number)
      record.StringData(0) = "told " & Session.Property("CustomActionData") & " " & Session.Property("ProductName") & "|" & Session.Mode(16) & Session.Mode(17) & " " & refused
      Session.Message &H04000000, record
      Main = 1
    End Function`
  const build = (builder: PackageBuilder): void => {
    builder.binary('code', code).property('Later', 'data 1').property('Undo', 'undone')
    builder.customAction('Undo', { type: 6 | deferredBit | 0x100, source: 'code', target: 'Main' }, { at: { after: 'InstallInitialize' } })
    builder.customAction('Later', { type: 6 | deferredBit, source: 'code', target: 'Main' }, { at: { after: 'InstallFiles' } })
    builder.customAction('Fails', { type: 38 | deferredBit, target: 'x = 1 / 0' }, { at: { after: 'Later' }, condition: 'FAIL' })
  }
  const good = await install(build)
  assert.equal(good.exitCode, 0)
  assert.deepEqual(good.log.filter((line) => line.includes('told')).map((line) => line.slice(line.indexOf('told'))), ['told data 1 |TrueFalse 80004005'])
  const bad = await install(build, { properties: { FAIL: '1' } })
  assert.deepEqual([bad.exitCode, bad.installed], [1603, false])
  assert.deepEqual(bad.log.filter((line) => line.includes('told')).map((line) => line.slice(line.indexOf('told'))), ['told data 1 |TrueFalse 80004005', 'told undone |FalseTrue 80004005'])
})

function free(builder: PackageBuilder): void {
  builder.customAction('Free', vb('Session.Property("TOLD") = "ran"'), scheduled)
}

test('no script runs where the policy is skip or fail', async () => {
  const skipped = await install(free, { customActions: 'skip' })
  assert.deepEqual([skipped.exitCode, told(skipped.log)], [0, []])
  const failed = await install(free, { customActions: 'fail' })
  assert.deepEqual([failed.exitCode, failed.error?.messageNumber, told(failed.log)], [1603, 2738, []])
})

test('a script that does not end is ended by the time limit', async () => {
  const stage = anInstallStage()
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('TARGETDIR'), 'a.txt', 'a')
  builder.customAction('Endless', vb('On Error Resume Next: Do: Loop'), scheduled)
  let now = 0
  const clock = { now: () => (now += 50), sleep: async () => {} }
  Object.assign(stage.platform, { clock })
  const { exitCode, error } = await stage.install(stage.add(builder), { timeLimitMs: 2000 })
  assert.deepEqual([exitCode, error?.messageNumber], [1603, 1720])
  assert.match(error!.message, /ran for more than 2 seconds/)
})

for (const [language, action] of [['VBScript', vb('Session.DoAction "Self"')], ['JScript', { type: 37, target: 'Session.DoAction("Self")' }]] as const) {
  test(`a ${language} that runs itself ends with an error`, async () => {
    const { log } = await install((builder) => { builder.customAction('Self', action, scheduled) })
    assert.ok(log.some((line) => line.includes('more than 16 scripts run each other')))
  })
}
