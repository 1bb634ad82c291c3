// Logs written as msiexec writes them, each with one thing that went wrong.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { diagnose, type Diagnosis } from './diagnosis.ts'
import { adviceFor, adviceForCode } from './error-advice.ts'
import { readLogLines } from './log-lines.ts'

const of = (text: string): Diagnosis => diagnose(readLogLines(new TextEncoder().encode(text), 'x.log'))

const customAction = `=== Verbose logging started: 1/2/2026  10:00:00  Build type: SHIP UNICODE 5.00.10011.00  Calling process: C:\\Windows\\system32\\msiexec.exe ===
MSI (c) (10:14) [10:00:00:100]: Resetting cached policy values
Action start 10:00:01: InstallFinalize.
MSI (s) (A8:40) [10:00:01:200]: Executing op: ActionStart(Name=InstallFiles,Description=Copying new files,Template=File: [1])
MSI (s) (A8:40) [10:00:01:210]: Note: 1: 2205 2:  3: Patch
MSI (s) (A8:40) [10:00:02:000]: Executing op: ActionStart(Name=StartIt,,)
MSI (s) (A8:40) [10:00:02:001]: Executing op: CustomActionSchedule(Action=StartIt,ActionType=3073,Source=BinaryData,Target=CAQuietExec,CustomActionData="C:\\App\\a.exe" /start)
MSI (s) (A8:9C) [10:00:02:010]: Invoking remote custom action. DLL: C:\\Windows\\Installer\\MSI1.tmp, Entrypoint: CAQuietExec
CAQuietExec:  cannot open the port
CAQuietExec:  Error 0x80070001: Command line returned an error.
CAQuietExec:  Error 0x80070001: CAQuietExec Failed
CustomAction StartIt returned actual error code 1603 (note this may not be 100% accurate if translation happened inside sandbox)
Action ended 10:00:03: InstallFinalize. Return value 3.
MSI (s) (A8:40) [10:00:03:100]: Executing op: Header(Signature=1397708873,Version=500,Timestamp=1,LangId=1033,Platform=0,ScriptType=2,ScriptMajorVersion=21,ScriptMinorVersion=4,ScriptAttributes=1)
Rollback: InstallFiles
Action ended 10:00:04: INSTALL. Return value 3.
Property(S): ProductName = Port Opener
Property(S): ProductVersion = 2.1.0
MSI (s) (A8:40) [10:00:04:300]: MainEngineThread is returning 1603
=== Verbose logging stopped: 1/2/2026  10:00:04 ===
`

test('the custom action that failed first is named, with what it printed', () => {
  const { product, version, exitCode, cause, failed, isRolledBack } = of(customAction)
  assert.deepEqual([product, version, exitCode, isRolledBack], ['Port Opener', '2.1.0', 1603, true])
  assert.deepEqual([cause?.kind, cause?.action, cause?.line, cause?.message], ['custom action', 'StartIt', 12, 'CAQuietExec:  Error 0x80070001: Command line returned an error.'])
  assert.deepEqual(cause?.before.map(({ number }) => number), [9, 10, 11])
  assert.deepEqual(failed, [{ action: 'InstallFinalize', result: 3, line: 13 }, { action: 'INSTALL', result: 3, line: 16 }])
})

test('UTF-16 with and without a mark, ANSI, and breaks of HTML are read alike', () => {
  const utf16 = Buffer.from(customAction.replaceAll('\n', '\r\n'), 'utf16le')
  for (const bytes of [Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), utf16, Buffer.from(customAction.replace('the port', 'den Anschluß'), 'latin1'), Buffer.from(customAction.replaceAll('\n', '<br>'))]) {
    assert.equal(diagnose(readLogLines(bytes, 'x.log')).cause?.line, 12)
  }
  assert.throws(() => readLogLines(Buffer.from('ab\0\u0001cdef'), 'x.log'), { code: 'ERROR_INVALID_DATA', message: /^x\.log: expected the text of a log, found binary data/ })
})

test('an error of the installer itself is told with its number and the operation it came from', () => {
  const { cause } = of(`Action start 9:00:00: InstallFinalize.
MSI (s) (A8:40) [09:00:00:200]: Executing op: ActionStart(Name=InstallFiles,,)
MSI (s) (A8:40) [09:00:00:300]: Executing op: FileCopy(SourceName=a.txt,,,DestName=a.txt)
Error 1310. Error writing to file: C:\\App\\a.txt. System error 5. Verify that you have access to that directory.
MSI (s) (A8:40) [09:00:00:400]: Product: App -- Error 1310. Error writing to file: C:\\App\\a.txt.
Action ended 9:00:01: InstallFinalize. Return value 3.`)
  assert.deepEqual([cause?.kind, cause?.action, cause?.errorNumber, cause?.line], ['error', 'InstallFiles', 1310, 4])
})

test('of code that only Windows can run it is said what to do with it', () => {
  const { cause, exitCode } = of(`Action start 9:00:00: SxsInstallCA.
MSI (s) (A8:40) [09:00:00:200]: Custom action SxsInstallCA (type 1, library in Binary.SxsCA, target Install) cannot be run here: it is in a library of Windows
MSI (s) (A8:40) [09:00:00:210]: Error 1723: A library that this installation needs cannot be run. Action: SxsInstallCA, entry: Install, library: SxsCA
Action ended 9:00:01: SxsInstallCA. Return value 3.
MSI (s) (A8:40) [09:00:00:300]: MainEngineThread is returning 1603`)
  assert.match(adviceFor(cause!, exitCode)!, /--defer-to-first-boot/)
  assert.doesNotMatch(adviceFor(of(customAction).cause!, 1603)!, /--defer-to-first-boot/)
})

test('a launch condition is told by its text', () => {
  const { cause, exitCode } = of(`MSI (c) (10:14) [10:00:00:100]: Doing action: LaunchConditions
Action start 10:00:00: LaunchConditions.
MSI (c) (10:14) [10:00:00:200]: Product: App -- This needs Windows 10.

Action ended 10:00:00: LaunchConditions. Return value 3.
Action ended 10:00:00: INSTALL. Return value 3.
MSI (c) (10:14) [10:00:01:200]: Product: App -- Installation failed.
MSI (c) (10:14) [10:00:01:300]: MainEngineThread is returning 1603`)
  assert.deepEqual([exitCode, cause?.kind, cause?.action, cause?.message], [1603, 'launch condition', 'LaunchConditions', 'This needs Windows 10.'])
})

test('a user who cancels is no error', () => {
  const { cause, exitCode } = of('Action start 10:00:00: WelcomeDlg.\nAction ended 10:00:05: WelcomeDlg. Return value 2.\nAction ended 10:00:05: INSTALL. Return value 2.\nMSI (c) (10:14) [10:00:05:200]: MainEngineThread is returning 1602')
  assert.deepEqual([exitCode, cause?.kind, cause?.action, cause?.message], [1602, 'cancelled', 'WelcomeDlg', 'The user cancelled.'])
})

test('what the package passed over is no cause', () => {
  const { cause, ignored, exitCode, needsRestart } = of(`CustomAction Tidy returned actual error code 1603 but will be translated to success due to continue marking
Action ended 10:00:05: INSTALL. Return value 1.
MSI (s) (A8:40) [10:00:05:200]: MainEngineThread is returning 3010`)
  assert.deepEqual([cause, exitCode, needsRestart, ignored], [undefined, 3010, true, [{ action: 'Tidy', code: 1603, line: 1 }]])
})

test('logs in other languages are understood by their shape', () => {
  const { cause, failed } = of('Aktion gestartet um 10:00:00: InstallFinalize.\nCustomAction Los returned actual error code 1603 (note)\nAktion beendet um 10:00:01: InstallFinalize. Rückgabewert 3.')
  assert.deepEqual([cause?.action, failed[0]?.action], ['Los', 'InstallFinalize'])
})

test('errors are found in logs of any language, and times of any region', () => {
  const cases: readonly (readonly [log: string, action: string, errorNumber: number, message: string])[] = [
    ['Aktion gestartet um 10:00:00: InstallFiles.\nFehler 1310. Fehler beim Schreiben.\nProdukt: App -- Fehler 1310. Fehler beim Schreiben.\nAktion beendet um 10:00:01: InstallFiles. Rückgabewert 3.', 'InstallFiles', 1310, 'Fehler beim Schreiben.'],
    ['Début de l’action 10:00:00 : InstallFiles.\nProduit : App -- Erreur interne 2753. c_file\nFin de l’action 10:00:01 : InstallFiles. Valeur renvoyée : 3.', 'InstallFiles', 2753, 'c_file'],
    ['操作開始 5:30:30: InstallFiles。\nエラー 1310。ファイル\n操作終了 5:30:37: InstallFiles。 戻り値 3。', 'InstallFiles', 1310, 'ファイル'],
    ['操作结束 9:00:01: InstallFiles。返回值 3。', 'InstallFiles', 0, 'InstallFiles ended with 3; the log does not say why.'],
    ['Action start 10.00.00: InstallFiles.\nError 1310. It is in use.\nAction ended 10.00.01: InstallFiles. Return value 3.', 'InstallFiles', 1310, 'It is in use.'],
    ['Avvio operazione 10.00.00: LaunchConditions.\nMSI (c) (10:14) [10:00:00:200]: Prodotto: App -- Serve Windows 10.\nFine operazione 10.00.01: LaunchConditions. Valore restituito 3.', 'LaunchConditions', 0, 'Serve Windows 10.'],
  ]
  for (const [log, action, errorNumber, message] of cases) {
    const { cause, exitCode } = of(log)
    assert.deepEqual([cause?.action, cause?.errorNumber, cause?.message, exitCode], [action, errorNumber, message, 1603])
  }
  // A warning is no cause, and an action's description that ends in a number no failure.
  assert.equal(of('Aktion gestartet um 10:00:00: A.\nWarnung 1946. Eigenschaft\nAktion beendet um 10:00:01: A. Rückgabewert 3.').cause?.errorNumber, 0)
  assert.deepEqual(of('Action 10:00:00: Copy. Copying part 3.\nAction ended 10:00:01: INSTALL. Return value 1.').failed, [])
})

test('of what a managed custom action printed, the exception is the message', () => {
  const { cause } = of(`Action start 9:00:00: Db.
SFXCA: Binding to CLR version v4.0.30319
Exception thrown by custom action:
System.InvalidOperationException: no database
CustomAction Db returned actual error code 1603 (note)
Action ended 9:00:05: Db. Return value 3.`)
  assert.equal(cause?.message, 'System.InvalidOperationException: no database')
})

test('a log in another code page is read when it is named', () => {
  const bytes = Uint8Array.from([...Buffer.from('A 9:00:00: X.\n'), 0xce, 0xf8, 0xe8, 0xe1, 0xea, 0xe0, ...Buffer.from(' 1310. '), 0xd4, 0xe0, 0xe9, 0xeb])
  assert.equal(diagnose(readLogLines(bytes, 'x.log', 1251)).cause?.message, 'Файл')
  assert.equal(diagnose(readLogLines(bytes, 'x.log')).cause?.errorNumber, 1310)
})

test('a code without an error in the log has advice of its own', () => {
  const { cause, exitCode } = of('MSI (c) (10:14) [10:00:00:100]: MainEngineThread is returning 1618')
  assert.deepEqual([cause, exitCode], [undefined, 1618])
  assert.match(adviceForCode(exitCode)!, /Another installation runs/)
  assert.match(adviceFor({ kind: 'error', action: 'InstallValidate', errorNumber: 1601, message: '', line: 1, before: [] }, 1603)!, /disk is full/)
})

test('without an error line, an unusual note is better than nothing', () => {
  const { cause } = of('Doing action: InstallValidate\nMSI (s) (A8:40) [10:00:00:200]: Note: 1: 2205 2:  3: Patch \nMSI (s) (A8:40) [10:00:00:200]: Note: 1: 2711 2: Missing \nAction ended 10:00:05: InstallValidate. Return value 3.')
  assert.deepEqual([cause?.action, cause?.errorNumber, cause?.line], ['InstallValidate', 2711, 3])
})

test('a log that ends in the middle has no result', () => {
  const { cause, exitCode } = of('=== Verbose logging started\nAction start 10:00:00: InstallFiles.\n')
  assert.deepEqual([cause, exitCode], [undefined, undefined])
})
