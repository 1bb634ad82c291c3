// `msikit script`: maintenance scripts of the kind that people have, in both languages.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { buildPatch, runScript, type PackageBuilder } from 'msikit/authoring'
import { aPackage, bytesOf } from '../../dist/testing/index.js'
import { msikit, Work } from './in-process.js'

const work = new Work()

function samplePackage(name: string): string {
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder'), 'data.txt', 'data')
  return work.write(name, bytesOf((sink) => { builder.build().save(sink) }))
}

test('a script lists, changes and saves a package, and returns its status', async () => {
  const file = samplePackage('app.msi')
  const script = work.write('rename.vbs', `Option Explicit
    Dim installer, db, view, record, count : count = 0
    If WScript.Arguments.Count < 2 Then WScript.Echo "usage: rename.vbs FILE NAME" : WScript.Quit 3
    Set installer = CreateObject("WindowsInstaller.Installer")
    Set db = installer.OpenDatabase(WScript.Arguments(0), 1)
    Set view = db.OpenView("SELECT \`Value\` FROM \`Property\` WHERE \`Property\` = 'ProductName'")
    view.Execute
    Set record = view.Fetch
    WScript.Echo "was", record.StringData(1), TypeName(db)
    record.StringData(1) = WScript.Arguments(1)
    view.Modify 2, record
    Dim info : Set info = db.SummaryInformation(1) : info.Property(3) = "renamed" : info.Persist
    db.Commit
    WScript.StdErr.WriteLine WScript.ScriptName
    WScript.Quit 7`)
  assert.deepEqual(await msikit('script', script).then(({ status, stdout }) => [status, stdout]), [3, 'usage: rename.vbs FILE NAME\n'])
  const { status, stdout, stderr } = await msikit('script', script, file, 'Renamed')
  assert.deepEqual([status, stdout, stderr], [7, 'was Example Database\n', 'rename.vbs\n'])
  const { stdout: after } = await msikit('info', file)
  assert.match(after, /Renamed/)
})

test('a package that cannot be opened is told in the words of Windows, with message 2203', async () => {
  const script = work.write('open.vbs', `On Error Resume Next
    Set i = CreateObject("WindowsInstaller.Installer")
    i.OpenDatabase "missing.msi", 0
    WScript.Echo Err.Source & ": " & Err.Description & "; " & i.LastErrorRecord.StringData(1)`)
  assert.equal((await msikit('script', script)).stdout, 'Msi API Error: OpenDatabase: missing.msi: no such file or folder; 2203\n')
})

test('command lines written for cscript can stay', async () => {
  const script = work.write('echo.txt', 'WScript.Echo(WScript.Arguments.length, WScript.Arguments(0))')
  assert.deepEqual(await msikit('script', '//Nologo', '//E:JScript', script, '//B', '//share/x', '//T:20').then(({ status, stdout, stderr }) => [status, stdout, stderr]), [0, '1 //share/x\n', ''])
  const { status, stderr } = await msikit('script', script)
  assert.equal(status, 2)
  assert.match(stderr, /expected a script that ends in \.vbs or \.js, or \/\/E:vbscript/)
})

test('a JScript has arguments, files, a session of a package', async () => {
  const file = samplePackage('session.msi')
  const root = work.path('root')
  const script = work.write('look.js', `
    var installer = new ActiveXObject("WindowsInstaller.Installer"), fso = WScript.CreateObject("Scripting.FileSystemObject"), args = WScript.Arguments
    var session = installer.OpenPackage(args(0), 1)
    session.Property("MINE") = "set"
    WScript.Echo(session.ProductProperty("ProductName"), session.Property("MINE"), session.DoAction("CostInitialize"), session.FeatureInfo("Main").Title)
    WScript.Echo(args.length, args.Named.Exists("deep"), args.Named("deep"), args.Unnamed.Count())
    var out = fso.CreateTextFile(fso.BuildPath(fso.GetParentFolderName(args(0)), "out.txt"), true)
    out.WriteLine("first"); out.Write("second"); out.Close()
    var text = fso.OpenTextFile(fso.GetParentFolderName(args(0)) + "\\\\out.txt")
    while (!text.AtEndOfStream) WScript.Echo(text.Line + " " + text.ReadLine())
    WScript.Echo(installer.Products.Count, installer.ProductState("{00000000-0000-0000-0000-000000000001}"))`)
  const { status, stdout, stderr } = await msikit('script', '--root', root, script, file, '/deep:3')
  assert.equal(stderr, '')
  assert.deepEqual([status, stdout], [0, 'Example set 1 Main\n2 True 3 1\n1 first\n2 second\n0 -1\n'])
})

test('a script installs, repairs and takes out products of a root', async () => {
  const file = samplePackage('installed.msi')
  const script = work.write('life.vbs', `
    Set installer = CreateObject("WindowsInstaller.Installer"): installer.UILevel = 2
    installer.InstallProduct WScript.Arguments(0), "MINE=1"
    code = installer.Products(0)
    WScript.Echo installer.Products.Count, installer.ProductInfo(code, "ProductName"), installer.ProductState(code), installer.FeatureState(code, installer.Features(code)(0))
    installer.ReinstallProduct code, &H2 + &H80
    installer.ConfigureProduct code, 65535, 2
    WScript.Echo installer.Products.Count, installer.ProductState(code)
    On Error Resume Next
    installer.InstallProduct "none.msi": WScript.Echo Err.Source, Hex(Err.Number)`)
  const { status, stdout, stderr } = await msikit('script', '--root', work.path('life'), script, file)
  assert.equal(stderr, '')
  assert.deepEqual([status, stdout], [0, '1 Example 5 3\n0 -1\nMsi API Error 80004005\n'])
})

function twoFeatures(version: string): PackageBuilder {
  const builder = aPackage({ version, productCode: '{00000000-0000-0000-0000-0000000000A1}', upgradeCode: '{00000000-0000-0000-0000-0000000000A2}' })
  const place = builder.folder('ProgramFilesFolder').folder('Example')
  builder.feature('Main').file(place, 'data.txt', `data ${version}`)
  builder.feature('More', { level: 200 }).file(place, 'more.txt', 'more')
  return builder
}

test('a script applies and removes patches, asks for them, and adds and removes single features', async () => {
  const base = twoFeatures('1.0.0').build()
  const file = work.write('patched.msi', bytesOf((sink) => { base.save(sink) }))
  const code = '{00000000-0000-0000-0000-0000000000B1}'
  const patch = work.write('patch.msp', bytesOf((sink) => { buildPatch({ code, targets: [{ base: base.database, updated: twoFeatures('1.0.1').build().database }], allowRemoval: true }).save(sink) }))
  const script = work.write('patch.vbs', `
    Set installer = CreateObject("WindowsInstaller.Installer")
    installer.InstallProduct WScript.Arguments(0): code = installer.Products(0)
    installer.ApplyPatch WScript.Arguments(1), "", 0, ""
    WScript.Echo installer.ProductInfo(code, "VersionString"), installer.Patches(code)(0), installer.PatchInfo(installer.Patches(code)(0), "State"), Len(installer.PatchTransforms(code, installer.Patches(code)(0))) > 0
    Set one = installer.PatchesEx(code)(0): xml = installer.ExtractPatchXMLData(WScript.Arguments(1)): WScript.Echo one.PatchCode = installer.Patches(code)(0), one.State, one.PatchProperty("Uninstallable"), one.Context
    WScript.Echo InStr(xml, one.PatchCode) > 0, InStr(xml, "<TargetProductCode>" & code & "</TargetProductCode>") > 0, InStr(xml, ">1.0.0</TargetVersion><UpdatedVersion>1.0.1</UpdatedVersion>") > 0
    installer.RemovePatches installer.Patches(code)(0), code, 1, ""
    WScript.Echo installer.ProductInfo(code, "VersionString"), installer.Patches(code).Count
    WScript.Echo installer.FeatureState(code, "More"): installer.ConfigureFeature code, "More", 3
    WScript.Echo installer.FeatureState(code, "More"): installer.ConfigureFeature code, "More", 2
    WScript.Echo installer.FeatureState(code, "More")
    On Error Resume Next: installer.ApplyPatch WScript.Arguments(1), "x", 1, "": WScript.Echo Err.Number`)
  const { status, stdout, stderr } = await msikit('script', '--root', work.path('patched'), script, file, patch)
  assert.deepEqual([stderr, status, stdout], ['', 0, `1.0.1 ${code} 1 True\nTrue 1 1 4\nTrue True True\n1.0.0 0\n2\n3\n2\n445\n`])
})

test('files and folders are objects, with the slashes of Windows', async () => {
  const script = work.write('files.vbs', `
    Set fso = CreateObject("Scripting.FileSystemObject"): Set shell = CreateObject("WScript.Shell")
    here = Left(WScript.ScriptFullName, InStrRev(WScript.ScriptFullName, "\\")): place = fso.BuildPath(here, "tree")
    WScript.Echo LCase(Mid(WScript.FullName, Len(WScript.Path) + 2)), WScript.ScriptName, WScript.Arguments(0) = here & "tree", shell.ExpandEnvironmentStrings("%TEMP%") = fso.GetSpecialFolder(2).Path
    Set folder = fso.CreateFolder(place): folder.SubFolders.Add "inner"
    Set out = fso.CreateTextFile(place & "\\a.txt"): out.WriteLine "one": out.Write "two " & Chr(233): WScript.Echo out.Line, out.Column: out.Close
    Set file = fso.GetFile(place & "\\a.txt"): WScript.Echo file.Name, file.Size, file = place & "\\a.txt", file.ParentFolder.Name, TypeName(file.DateLastModified), file.Attributes
    Set out = fso.CreateTextFile(place & "\\inner\\u.txt", True, True): out.Write ChrW(&H20AC): out.Close
    WScript.Echo fso.OpenTextFile(place & "\\inner\\u.txt", 1, False, -2).ReadAll = ChrW(&H20AC), fso.GetFile(place & "\\inner\\u.txt").Size
    fso.CopyFile place & "\\*.txt", place & "\\inner\\": file.Name = "b.txt": file.Copy place & "\\c.log"
    For Each one In folder.Files: list = list & one.Name & " ": Next
    For Each one In folder.SubFolders: list = list & one.Name & "=" & one.Files.Count & " ": Next
    WScript.Echo list & folder.Size
    fso.MoveFolder place & "\\inner", place & "\\moved": fso.DeleteFile place & "\\?.txt": fso.CopyFolder place, place & "2"
    WScript.Echo fso.FolderExists(place & "2\\moved"), fso.FileExists(place & "2\\b.txt"), fso.FileExists(place & "2\\c.log"), fso.GetBaseName("x\\y.tar.gz"), fso.GetExtensionName("y.gz"), fso.GetParentFolderName("C:\\a"), fso.GetDriveName("C:\\a")
    fso.DeleteFolder place: fso.DeleteFolder place & "2"
    On Error Resume Next
    fso.GetFile place: WScript.Echo Err.Number: Err.Clear: fso.GetFolder place: WScript.Echo Err.Number: Err.Clear: fso.OpenTextFile place: WScript.Echo Err.Number
    Err.Clear: fso.CreateTextFile(here & "x.txt").Write ChrW(&H4E2D): WScript.Echo Err.Number`)
  const { status, stdout, stderr } = await msikit('script', script, work.path('tree'))
  assert.deepEqual([stderr, status], ['', 0])
  assert.deepEqual(stdout.trimEnd().split('\n'), [
    'cscript.exe files.vbs True True', '2 6', 'a.txt 10 True tree Date 32', 'True 4', 'b.txt c.log inner=2 34', 'True False True y.tar gz C:\\ C:', '53', '76', '53', '5',
  ])
})

test('a script reads and writes the registry of the root, and lists what is installed in every context', async () => {
  const builder = twoFeatures('1.0.0')
  const file = work.write('listed.msi', bytesOf((sink) => { builder.build().save(sink) }))
  const script = work.write('listed.vbs', `
    Set installer = CreateObject("WindowsInstaller.Installer"): Set shell = CreateObject("WScript.Shell"): Set fso = CreateObject("Scripting.FileSystemObject")
    shell.RegWrite "HKLM\\Software\\Mine\\Text", "abc": shell.RegWrite "HKEY_LOCAL_MACHINE\\Software\\Mine\\Number", 7, "REG_DWORD": shell.RegWrite "HKLM\\Software\\Mine\\", "default"
    WScript.Echo shell.RegRead("HKLM\\Software\\Mine\\Text"), shell.RegRead("HKLM\\Software\\Mine\\Number") + 1, shell.RegRead("HKLM\\Software\\Mine\\")
    WScript.Echo installer.RegistryValue(2, "Software\\Mine", "Text"), installer.RegistryValue(2, "Software\\None"), installer.RegistryValue(2, "Software\\Mine", 1)
    shell.RegDelete "HKLM\\Software\\Mine\\Text"
    On Error Resume Next
    shell.RegRead "HKLM\\Software\\Mine\\Text": WScript.Echo Hex(Err.Number): Err.Clear: installer.RegistryValue 2, "Software\\Mine", "Text": WScript.Echo Err.Number
    On Error GoTo 0
    installer.EnableLog "voicewarmup", WScript.Arguments(1): installer.InstallProduct WScript.Arguments(0): WScript.Echo fso.GetFile(WScript.Arguments(1)).Size > 1000
    Set product = installer.ProductsEx("", "", 4)(0): code = product.ProductCode
    WScript.Echo code, product.Context, "[" & product.UserSid & "]", product.State, product.InstallProperty("VersionString"), product.FeatureState("Main"), product.SourceListInfo("PackageName")
    product.SourceListAddSource 1, "\\\\server\\share", 1: product.SourceListInfo("DiskPrompt") = "Insert": product.SourceListAddMediaDisk 2, "LABEL", "Disk"
    For Each one In product.Sources(1): list = list & one & " ": Next
    For Each disk In product.MediaDisks: list = list & disk.StringData(1) & disk.StringData(2) & " ": Next
    WScript.Echo product.Sources(1)(0), product.SourceListInfo("DiskPrompt"), product.MediaDisks.Count, installer.PatchesEx(code).Count, installer.ProductElevated(code)
    product.SourceListClearAll 7: WScript.Echo product.Sources(1).Count, product.MediaDisks.Count
    Set component = installer.ComponentsEx("")(0): id = component.ComponentCode: Set client = installer.ClientsEx(id)(0): path = installer.ComponentPathEx(code, id)(0).Path
    WScript.Echo component.Context, client.ProductCode = code, product.ComponentState(id), fso.FileExists(path), installer.ProvideComponent(code, "Main", id, -1) = path
    WScript.Echo installer.UseFeature(code, "Main", -2), installer.FeatureUsageCount(code, "Main"), installer.FeatureUsageDate(code, "Main") > 0
    installer.ConfigureProduct code, 65535, 2: installer.AdvertiseProduct WScript.Arguments(0), 0: WScript.Echo installer.ProductState(code), installer.ProductsEx(code)(0).State`)
  const { status, stdout, stderr } = await msikit('script', '--root', work.path('listed'), script, file, work.path('listed.log'))
  assert.deepEqual([stderr, status], ['', 0])
  assert.deepEqual(stdout.trimEnd().split('\n'), [
    'abc 8 default', 'abc False Text', '80070002', '9', 'True', '{00000000-0000-0000-0000-0000000000A1} 4 [] 5 1.0.0 3 listed.msi', '\\\\server\\share\\ Insert 2 0 True', '0 0', '4 True 3 True True', '3 1 True', '1 1',
  ])
})

test('INSTALL run by a session that is open installs, with what the script has chosen in it', async () => {
  const builder = twoFeatures('1.0.0')
  const file = work.write('top.msi', bytesOf((sink) => { builder.build().save(sink) }))
  const script = work.write('top.vbs', `
    Set installer = CreateObject("WindowsInstaller.Installer")
    Set session = installer.OpenPackage(WScript.Arguments(0), 1): WScript.Echo session.DoAction("INSTALL"), installer.Products.Count: Set session = Nothing
    Set session = installer.OpenPackage(WScript.Arguments(0)): session.Property("ARPCOMMENTS") = "by a script"
    WScript.Echo session.DoAction("CostInitialize"), session.DoAction("FileCost"), session.DoAction("CostFinalize"), session.DoAction("NoSuchAction")
    session.FeatureRequestState("Main") = 3: WScript.Echo session.DoAction(""), installer.Products.Count
    code = installer.Products(0): WScript.Echo installer.FeatureState(code, "Main"), installer.FeatureState(code, "More")
    Set session = installer.OpenProduct(code): session.Property("REMOVE") = "ALL": WScript.Echo session.DoAction("INSTALL"), installer.Products.Count`)
  const { stdout, stderr } = await msikit('script', '--root', work.path('top'), script, file)
  assert.deepEqual([stderr, stdout], ['', '0 0\n1 1 1 0\n1 1\n3 2\n1 0\n'])
})

test('tables with streams are exported with them, and what went wrong is told once', async () => {
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder'), 'data.txt', 'data')
  builder.binary('code', 'some code')
  const file = work.write('export.msi', bytesOf((sink) => { builder.build().save(sink) }))
  const script = work.write('export.vbs', `
    Set installer = CreateObject("WindowsInstaller.Installer"): Set db = installer.OpenDatabase(WScript.Arguments(0), 0): folder = WScript.CreateObject("WScript.Shell").CurrentDirectory
    Set fso = CreateObject("Scripting.FileSystemObject"): place = fso.GetParentFolderName(WScript.Arguments(0)): db.Export "Binary", place, "Binary.idt"
    WScript.Echo fso.OpenTextFile(place & "\\Binary\\code.ibd").ReadAll
    Set session = installer.OpenPackage(db, 1): WScript.Echo session.DoAction("CostInitialize"), fso.GetFileName(session.Property("OriginalDatabase"))
    On Error Resume Next
    db.Export "Binary", place & "\\none", "x.idt": WScript.Echo installer.LastErrorRecord.IntegerData(1), installer.LastErrorRecord Is Nothing`)
  const { stdout, stderr } = await msikit('script', '--root', work.path('export'), script, file)
  assert.deepEqual([stderr, stdout], ['', 'some code\n1 export.msi\n2 True\n'])
})

test('a script prints what it likes: there is no --json', async () => {
  assert.doesNotMatch((await msikit('script', '--help')).stdout, /--json/)
})

test('errors are told with their place, and mistakes of the command line', async () => {
  const bad = await msikit('script', work.write('bad.vbs', 'x = 1\nEcho y\n'))
  assert.equal(bad.status, 1)
  assert.match(bad.stderr, /bad\.vbs\(2, 1\) Microsoft VBScript runtime error: Type mismatch: 'Echo'/)
  const broken = await msikit('script', work.write('broken.js', 'if ('))
  assert.match(broken.stderr, /broken\.js\(1, 5\) Microsoft JScript compilation error/)
  const failed = await msikit('script', work.write('failed.vbs', 'Set i = CreateObject("WindowsInstaller.Installer")\ni.OpenDatabase "none.msi", 0'))
  assert.match(failed.stderr, /failed\.vbs\(2, 1\) Msi API Error: OpenDatabase: /)
  assert.equal((await msikit('script', work.write('x.txt', ''))).status, 2)
  assert.equal((await msikit('script', '--nothing', '1', 'x.vbs')).status, 2)
  assert.equal((await msikit('script', work.path('none.vbs'))).status, 110)
})

test('the bundled program loads the interpreters from their own bundle, and understands the errors of the session', () => {
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder'), 'data.txt', 'data')
  builder.binary('code', 'function Main() { try { Session.FeatureCurrentState("None") } catch (e) { Session.Property("TOLD") = e.number + Session.Property("FROMVB"); return 1 } }')
  builder.customAction('Vb', { type: 38, target: 'Property("FROMVB") = " and VBScript " & Session.Database.TablePersistent("File")' }, { at: { after: 'CostFinalize' } })
  builder.customAction('Js', runScript('jscript', { binary: 'code' }, 'Main'), { at: { after: 'Vb' } })
  const file = work.write('bundled.msi', bytesOf((sink) => { builder.build().save(sink) }))
  const program = resolve(import.meta.dirname, '../../dist/bin/msikit.cjs')
  const { status, stderr } = spawnSync(process.execPath, [program, 'install', file, '--root', work.path('bundled'), '--log', work.path('bundled.log')], { encoding: 'utf8', timeout: 60_000 })
  assert.deepEqual([status, stderr], [0, ''])
  assert.match(work.read('bundled.log').toString().replaceAll('\0', ''), /TOLD = -2147467259 and VBScript 1/)
})
