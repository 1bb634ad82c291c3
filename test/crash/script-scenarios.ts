// A package whose deferred scripts change files and registry of the root, for the crash matrix; and one where something fails behind them.
import { installPackage } from 'msikit/engine'
import { aPackage, bytesOf } from '../../dist/testing/index.js'
import { options, packageWorld, type CrashScenario } from './package-scenarios.ts'

const deferred = 0x400
const script64Bit = 0x1000

const edits = `
  Function Main
    Set fso = CreateObject("Scripting.FileSystemObject"): Set shell = CreateObject("WScript.Shell"): place = Session.Property("CustomActionData")
    Set out = fso.OpenTextFile(place & "data.txt", 8): out.WriteLine "by": out.WriteLine "a script": out.Close
    fso.CreateFolder place & "made": fso.CreateTextFile(place & "made\\one.txt").Write "1": fso.MoveFile place & "made\\one.txt", place & "made\\two.txt"
    fso.DeleteFile "C:\\Data\\old.txt": fso.DeleteFolder "C:\\Cache"
    shell.RegWrite "HKLM\\Software\\Scripted\\Text", "text": shell.RegWrite "HKLM\\Software\\Scripted\\Text", "again": shell.RegDelete "HKLM\\Software\\Gone\\Below\\"
    Main = 1
  End Function`

export function scriptScenarios(): CrashScenario[] {
  return [false, true].map((fails): CrashScenario => {
    const path = 'D:\\scripts.msi'
    const platform = packageWorld({ [path]: scripted(fails), 'C:\\Data\\old.txt': 'old', 'C:\\Cache\\deep\\one.bin': '1', 'C:\\Cache\\two.bin': '2' })
    platform.registry.createKey('HKLM\\SOFTWARE\\Gone\\Below')
    platform.registry.flush()
    return { name: fails ? 'scripts and a failure' : 'scripts', start: async () => platform, fails, run: (root) => installPackage(root, { ...options, customActions: 'run', package: path }) }
  })
}

function scripted(fails: boolean): Uint8Array {
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' }), 'data.txt', 'data')
  builder.binary('code', edits)
  builder.customAction('Data', { type: 51, source: 'Change', target: '[INSTALLDIR]' }, { at: { after: 'InstallInitialize' } })
  builder.customAction('Change', { type: 6 | deferred | script64Bit, source: 'code', target: 'Main' }, { at: { after: 'InstallFiles' }, condition: 'NOT Installed' })
  if (fails) builder.customAction('Fails', { type: 38 | deferred, target: 'x = 1 / 0' }, { at: { after: 'Change' } })
  return bytesOf((sink) => { builder.build({ validation: false }).save(sink) })
}
