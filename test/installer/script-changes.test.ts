// Scripts of packages that change files and registry: deferred ones do, and what they did is taken back with everything else.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { PackageBuilder } from 'msikit/authoring'
import { aPackage, anInstallStage, differences, takeSnapshot, type InstallStage } from '../../dist/testing/index.js'

const folder = 'C:\\Program Files (x86)\\Example'
const deferred = 0x400
const script64Bit = 0x1000

const vbscript = `
  Function Main
    Set fso = CreateObject("Scripting.FileSystemObject"): Set shell = CreateObject("WScript.Shell")
    place = Session.Property("CustomActionData")
    text = fso.OpenTextFile(place & "data.txt").ReadAll
    Set out = fso.OpenTextFile(place & "data.txt", 2): out.WriteLine Replace(text, "data", "edited"): out.Write "by a script": out.Close
    fso.CreateFolder place & "made": fso.CreateTextFile(place & "made\\one.txt").Write "1"
    fso.CopyFile place & "made\\one.txt", place & "made\\two.txt": fso.MoveFile place & "made\\one.txt", place & "made\\three.txt"
    fso.DeleteFile "C:\\before.txt": fso.DeleteFolder "C:\\old"
    shell.RegWrite "HKLM\\Software\\Scripted\\Text", shell.ExpandEnvironmentStrings("%SystemRoot%"), "REG_EXPAND_SZ": shell.RegWrite "HKLM\\Software\\Scripted\\Sub\\Number", 7, "REG_DWORD"
    shell.RegDelete "HKLM\\Software\\Before\\Value": shell.RegDelete "HKLM\\Software\\Before\\Gone\\"
    If fso.FileExists(place & "made\\two.txt") And shell.RegRead("HKLM\\Software\\Scripted\\Sub\\Number") = 7 Then Main = 1 Else Main = 3
  End Function`

const jscript = `
  function Main() {
    var fso = new ActiveXObject("Scripting.FileSystemObject"), shell = new ActiveXObject("WScript.Shell"), place = Session.Property("CustomActionData")
    var from = fso.OpenTextFile(place + "data.txt"), to = fso.CreateTextFile(place + "new.txt")
    while (!from.AtEndOfStream) to.WriteLine(from.ReadLine().replace("data", "lines"))
    from.Close(); to.Close()
    fso.DeleteFile(place + "data.txt"); fso.MoveFile(place + "new.txt", place + "data.txt")
    shell.RegWrite("HKLM\\\\Software\\\\Scripted\\\\", "default", "REG_SZ")
    return 1
  }`

function prepared(): InstallStage {
  const stage = anInstallStage()
  const { files, registry } = stage.platform
  for (const [path, content] of [['C:\\before.txt', 'before'], ['C:\\old\\a.txt', 'a'], ['C:\\old\\b\\c.txt', 'c']] as const) {
    for (const parent of ['C:\\old', 'C:\\old\\b']) if (path.startsWith(parent) && files.stat(parent) === undefined) files.createDirectory(parent)
    const writer = files.create(path)
    writer.write(new TextEncoder().encode(content))
    writer.close()
  }
  registry.createKey('HKLM\\Software\\Before\\Gone')
  registry.setValue('HKLM\\Software\\Before', 'Value', { type: 'REG_SZ', data: 'kept' })
  registry.setValue('HKLM\\Software\\Before\\Gone', 'Value', { type: 'REG_DWORD', data: 1 })
  registry.flush()
  return stage
}

function scripted(type: number, code: string, alsoFails: boolean): PackageBuilder {
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' }), 'data.txt', 'data')
  builder.binary('code', code)
  builder.customAction('Data', { type: 51, source: 'Change', target: '[INSTALLDIR]' }, { at: { after: 'InstallInitialize' } })
  builder.customAction('Change', { type: type | deferred | script64Bit, source: 'code', target: 'Main' }, { at: { after: 'InstallFiles' } })
  if (alsoFails) builder.customAction('Fails', { type: 38 | deferred, target: 'x = 1 / 0' }, { at: { after: 'Change' } })
  return builder
}

for (const [language, type, code] of [['VBScript', 6, vbscript], ['JScript', 5, jscript]] as const) {
  test(`a deferred ${language} changes files and registry, and all of it is taken back`, async () => {
    const stage = prepared()
    const before = takeSnapshot(stage.platform)
    const failed = await stage.install(stage.add(scripted(type, code, true), 'fails.msi'))
    assert.deepEqual([failed.exitCode, failed.error?.action], [1603, 'Fails'])
    assert.ok(stage.log.some((line) => line.includes('Executing op: FileWrite')))
    assert.deepEqual(differences(before, takeSnapshot(stage.platform)).filter((line) => !line.includes('fails.msi')), [])
    const done = await stage.install(stage.add(scripted(type, code, false), 'good.msi'))
    assert.deepEqual([done.error, done.exitCode], [undefined, 0])
    const { registry, files } = stage.platform
    if (language === 'JScript') {
      assert.equal(stage.text(`${folder}\\data.txt`), 'lines\r\n')
      assert.equal(stage.text(`${folder}\\new.txt`), undefined)
      assert.deepEqual(registry.value('HKLM\\Software\\Scripted', ''), { type: 'REG_SZ', data: 'default' })
      return
    }
    assert.equal(stage.text(`${folder}\\data.txt`), 'edited\r\nby a script')
    assert.deepEqual(files.list(`${folder}\\made`), ['three.txt', 'two.txt'])
    assert.deepEqual([files.stat('C:\\before.txt'), files.stat('C:\\old'), registry.keyExists('HKLM\\Software\\Before\\Gone')], [undefined, undefined, false])
    assert.deepEqual(registry.value('HKLM\\Software\\Scripted\\Sub', 'Number'), { type: 'REG_DWORD', data: 7 })
    assert.deepEqual(registry.value('HKLM\\Software\\Before', 'Value'), undefined)
  })
}

test('a script that runs at once looks at the root, and may change nothing in it', async () => {
  const stage = prepared()
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Example'), 'data.txt', 'data')
  builder.customAction('Look', { type: 38 | script64Bit, target: `
    Set fso = CreateObject("Scripting.FileSystemObject"): Set shell = CreateObject("WScript.Shell")
    told = fso.OpenTextFile("C:\\before.txt").ReadAll & " " & shell.RegRead("HKLM\\Software\\Before\\Value") & " " & fso.GetFolder("C:\\old").SubFolders.Count & " " & fso.GetSpecialFolder(0)
    On Error Resume Next
    fso.CreateTextFile "C:\\x.txt": told = told & " " & Err.Number: Err.Clear
    shell.RegWrite "HKLM\\Software\\X\\Y", 1: told = told & " " & Err.Number
    Session.Property("TOLD") = told` }, { at: { after: 'CostFinalize' } })
  assert.equal((await stage.install(stage.add(builder))).exitCode, 0)
  assert.ok(stage.log.some((line) => line.includes('TOLD property. Its value is \'before kept 1 C:\\Windows 70 70\'')))
  assert.ok(stage.log.some((line) => line.includes('Custom action Look: its script may not change C:\\x.txt at once')))
})
