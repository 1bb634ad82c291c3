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
    installer.RemovePatches installer.Patches(code)(0), code, 1, ""
    WScript.Echo installer.ProductInfo(code, "VersionString"), installer.Patches(code).Count
    WScript.Echo installer.FeatureState(code, "More"): installer.ConfigureFeature code, "More", 3
    WScript.Echo installer.FeatureState(code, "More"): installer.ConfigureFeature code, "More", 2
    WScript.Echo installer.FeatureState(code, "More")
    On Error Resume Next: installer.ApplyPatch WScript.Arguments(1), "x", 1, "": WScript.Echo Err.Number`)
  const { status, stdout, stderr } = await msikit('script', '--root', work.path('patched'), script, file, patch)
  assert.deepEqual([stderr, status, stdout], ['', 0, `1.0.1 ${code} 1 True\n1.0.0 0\n2\n3\n2\n445\n`])
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
