import { strict as assert } from 'node:assert'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { bytesSource, readAll } from '../base/index.ts'
import { openCabinet } from '../cabinet/index.ts'
import { openDatabase, type Database, type Row } from '../database/index.ts'
import { summaryInteger, SummaryProperty, summaryText } from '../property-set/index.ts'
import { aPackage, bytesOf } from '../testing/index.ts'
import { callLibrary, setProperty, type BuiltPackage, type PackageBuilder } from './index.ts'

const reopen = (built: BuiltPackage): Database => openDatabase(bytesSource(bytesOf((sink) => built.save(sink))), { strict: true })
const rows = (database: Database, table: string, ...columns: string[]): string[][] =>
  [...database.table(table)?.rows() ?? []].map((row) => columns.map((column) => row.text(column))).sort()
const sorted = (database: Database, table: string): Row[] => [...database.table(table)!.rows()].sort((a, b) => a.integer('Sequence')! - b.integer('Sequence')!)

/** A product with something in most tables. */
function everything(): PackageBuilder {
  const app = aPackage({ platform: 'x64' })
  const folder = app.folder('ProgramFiles64Folder').folder('Example Corporation\\Example', { key: 'INSTALLDIR' })
  const main = app.feature('Main', { title: 'Example', folder, display: 'expanded' })
  app.icon('app.exe', new Uint8Array(500))
  main.file(folder, 'example program.exe', new Uint8Array(9_000).fill(7), { version: '1.0.0.0', language: '1033', modifiedMs: Date.UTC(2020, 0, 1) })
    .shortcut(app.folder('ProgramMenuFolder'), 'Example', { icon: 'app.exe', workingFolder: folder, advertise: true })
    .registry('HKLM', 'Software\\Example', 'Path', '[INSTALLDIR]')
    .environment('PATH', '[INSTALLDIR]', { part: 'last' })
    .service('Example', { start: 'auto', dependencies: ['RpcSs'] })
  main.file(folder, 'readme.txt', 'hello', { readOnly: true })
  main.feature('Docs', { level: 3, conditions: [{ level: 0, condition: 'NODOCS' }] }).file(folder.folder('docs'), 'manual.html', 'manual')
  main.component(folder.folder('logs')).removeFile('*.log')
  main.component(folder, { key: 'Settings', permanent: true }).registry('HKCU', 'Software\\Example', null, ['a', 'b'], { keyPath: true }).iniValue('a.ini', 's', 'k', 'v')
  app.binary('helper', 'bytes').majorUpgrade({ downgradeMessage: 'newer' }).property('FOO', 'bar', { secure: true, hidden: true })
  app.customAction('SetFoo', setProperty('FOO', '1'), { at: { after: 'CostFinalize' }, condition: 'NOT Installed', in: ['InstallUISequence', 'InstallExecuteSequence'] })
  app.customAction('Run', callLibrary({ binary: 'helper' }, 'Run', { execution: 'deferred', impersonate: false }), { at: { before: 'InstallFinalize' } })
  return app.table('Mine', 'Id* s72 Identifier; Value L0; Number I4 0..10', [['a', 'b', 3]])
}

test('a package holds what was put into it', () => {
  const built = everything().build()
  const database = reopen(built)
  assert.deepEqual(rows(database, 'Directory', 'Directory', 'Directory_Parent', 'DefaultDir'), [
    ['Example_Corporation', 'ProgramFiles64Folder', 'EXAMPL~1|Example Corporation'], ['INSTALLDIR', 'Example_Corporation', 'Example'],
    ['ProgramFiles64Folder', 'TARGETDIR', 'PFiles64'], ['ProgramMenuFolder', 'TARGETDIR', 'ProgMenu'], ['TARGETDIR', '', 'SourceDir'],
    ['docs', 'INSTALLDIR', 'docs'], ['logs', 'INSTALLDIR', 'logs'],
  ])
  assert.deepEqual(rows(database, 'File', 'File', 'FileName', 'Version', 'Attributes', 'Sequence'), [
    ['example_program.exe', 'EXAMPL~1.EXE|example program.exe', '1.0.0.0', '512', '1'], ['manual.html', 'MANUAL~1.HTM|manual.html', '', '512', '3'], ['readme.txt', 'readme.txt', '', '513', '2'],
  ])
  assert.deepEqual(rows(database, 'Component', 'Component', 'Directory_', 'Attributes', 'KeyPath'), [
    ['Settings', 'INSTALLDIR', '276', 'Settings.Example'], ['example_program.exe', 'INSTALLDIR', '256', 'example_program.exe'], ['logs', 'logs', '256', ''],
    ['manual.html', 'docs', '256', 'manual.html'], ['readme.txt', 'INSTALLDIR', '256', 'readme.txt'],
  ])
  assert.deepEqual(rows(database, 'CreateFolder', 'Directory_', 'Component_'), [['logs', 'logs']])
  assert.deepEqual(rows(database, 'Registry', 'Root', 'Name', 'Value'), [['1', '', '[~]a[~]b[~]'], ['2', 'Path', '[INSTALLDIR]']])
  assert.deepEqual(rows(database, 'Shortcut', 'Directory_', 'Target', 'Icon_', 'WkDir'), [['ProgramMenuFolder', 'Main', 'app.exe', 'INSTALLDIR']])
  assert.deepEqual(rows(database, 'Environment', 'Name', 'Value'), [['=-*PATH', '[~];[INSTALLDIR]']])
  assert.deepEqual(rows(database, 'ServiceControl', 'Name', 'Event'), [['Example', '163']])
  assert.deepEqual(rows(database, 'CustomAction', 'Action', 'Type', 'Source'), [['Run', '3073', 'helper'], ['SetFoo', '51', 'FOO']])
  assert.deepEqual(rows(database, 'FeatureComponents', 'Feature_', 'Component_').filter(([feature]) => feature === 'Docs'), [['Docs', 'manual.html']])
  assert.equal(database.table('Property')!.find('SecureCustomProperties')!.text('Value'), 'FOO;NEWERVERSIONFOUND;OLDERVERSIONFOUND')
  assert.equal(database.table('Mine')!.find('a')!.integer('Number'), 3)
  assert.deepEqual(rows(database, 'MsiFileHash', 'File_'), [['manual.html'], ['readme.txt']])
  assert.equal(summaryText(database.summary, SummaryProperty.template), 'x64;1033')
  assert.equal(summaryText(database.summary, SummaryProperty.revision), built.product.packageCode)
  assert.equal(summaryInteger(database.summary, SummaryProperty.wordCount), 2)
})

test('the cabinet has the files by their keys in the order of their sequence', () => {
  const database = reopen(everything().build())
  const cabinet = openCabinet(database.stream('data.cab')!)
  assert.deepEqual(cabinet.files.map((file) => file.name), sorted(database, 'File').map((row) => row.text('File')))
  assert.equal(cabinet.files[0]!.modifiedMs, Date.UTC(2020, 0, 1))
  assert.equal(cabinet.files[1]!.modifiedMs, Date.UTC(1980, 0, 1))
  assert.equal(database.table('Media')!.find(1)!.integer('LastSequence'), 3)
})

test('the same calls give the same bytes, and other content another package code', () => {
  const first = everything().build()
  assert.deepEqual(bytesOf((sink) => everything().build().save(sink)), bytesOf((sink) => first.save(sink)))
  const other = everything()
  other.property('OTHER', '1')
  const second = other.build()
  assert.notEqual(second.product.packageCode, first.product.packageCode)
  assert.equal(second.product.productCode, first.product.productCode)
})

test('sequences have the actions that the tables call for, and those of the author where they belong', () => {
  const database = reopen(everything().build())
  const actions = sorted(database, 'InstallExecuteSequence').map((row) => row.text('Action'))
  assert.deepEqual(actions.slice(0, 9), ['FindRelatedProducts', 'LaunchConditions', 'CostInitialize', 'FileCost', 'CostFinalize', 'SetFoo', 'MigrateFeatureStates', 'InstallValidate', 'RemoveExistingProducts'])
  assert.deepEqual(actions.slice(-3), ['PublishProduct', 'Run', 'InstallFinalize'])
  assert(!actions.includes('RegisterClassInfo') && actions.includes('InstallServices'))
  assert.deepEqual(sorted(database, 'InstallUISequence').map((row) => row.text('Action')).slice(-3), ['SetFoo', 'MigrateFeatureStates', 'ExecuteAction'])
  assert.deepEqual(sorted(database, 'AdminExecuteSequence').map((row) => row.text('Action')),
    ['CostInitialize', 'FileCost', 'CostFinalize', 'InstallValidate', 'InstallInitialize', 'InstallAdminPackage', 'InstallFiles', 'InstallFinalize'])
  assert.deepEqual(sorted(database, 'AdvtExecuteSequence').map((row) => row.text('Action')),
    ['CostInitialize', 'CostFinalize', 'InstallValidate', 'InstallInitialize', 'CreateShortcuts', 'PublishFeatures', 'PublishProduct', 'InstallFinalize'])
})

test('files may be spread over media: embedded, beside the package, uncompressed', () => {
  const app = aPackage()
  const folder = app.folder('ProgramFilesFolder\\Example')
  app.media({ cabinet: 'one.cab' })
  const beside = app.media({ cabinet: 'two.cab', embedded: false, compression: 'none', diskPrompt: 'Disk 2' })
  const loose = app.media({ cabinet: null })
  const main = app.feature('Main')
  main.file(folder, 'c', 'three', { media: loose })
  main.file(folder, 'b', 'two', { media: beside })
  main.file(folder, 'a', 'one')
  const built = app.build()
  const database = reopen(built)
  assert.deepEqual(rows(database, 'Media', 'DiskId', 'LastSequence', 'Cabinet', 'DiskPrompt'), [['1', '1', '#one.cab', ''], ['2', '2', 'two.cab', 'Disk 2'], ['3', '3', '', '']])
  assert.deepEqual(rows(database, 'File', 'File', 'Sequence', 'Attributes'), [['a', '1', '512'], ['b', '2', '512'], ['c', '3', String(512 | 0x2000)]])
  assert.deepEqual([...built.cabinets.keys()], ['two.cab'])
  assert.deepEqual([...built.sourceFiles].map(([path, source]) => [path, readAll(source).length]), [['c', 5]])
})

test('_Validation describes every column of every table', () => {
  const database = reopen(everything().build())
  for (const name of database.tableNames) {
    for (const column of database.table(name)!.columns) assert(database.table('_Validation')!.find(name, column.name), `${name}.${column.name}`)
  }
  assert.equal(database.table('_Validation')!.find('Mine', 'Number')!.integer('MaxValue'), 10)
  assert.equal(reopen(aPackage().build({ validation: false })).table('_Validation'), undefined)
})

test('what Windows Installer would refuse is refused', () => {
  assert.throws(() => aPackage({ version: '256.0.0' }), /product, version: expected up to 255\.255\.65535, found 256\.0\.0/)
  assert.throws(() => aPackage({ upgradeCode: 'x' }), /upgradeCode: expected a GUID/)
  assert.throws(() => aPackage().feature('1'), /key "1": expected an identifier/)
  assert.throws(() => aPackage().feature('x'.repeat(39)), /at most 38 characters/)
  assert.throws(() => aPackage().row('Property', { Wrong: 1 }), { code: 'ERROR_INVALID_FIELD' })
  assert.throws(() => aPackage().row('Nonsense', {}), { code: 'ERROR_INVALID_TABLE' })
  assert.throws(() => aPackage().folder('a?b'), { code: 'ERROR_INVALID_NAME' })
  assert.throws(() => aPackage().schedule('Mine', { at: { after: 'Nothing' } }).build(), /InstallExecuteSequence, action Mine: expected a place beside an action/)
  const app = aPackage().property('A', '1')
  assert.throws(() => app.property('a', '2'), /a key that is not in use/)
})

const fileName = fc.string({ unit: fc.constantFrom('a', 'B', 'é', ' ', '.', '1', '_', '漢'), minLength: 1, maxLength: 24 }).filter((name) => !/^\.{1,2}$/.test(name))

test('any tree of files comes out of the package as it went in', () => {
  const trees = fc.uniqueArray(fc.tuple(fc.constantFrom('x', 'x\\y', 'z z\\long folder name'), fileName, fc.uint8Array({ maxLength: 300 })),
    { maxLength: 20, selector: ([folder, name]) => `${folder}\\${name}`.toUpperCase() })
  fc.assert(fc.property(trees, (files) => {
    const app = aPackage({ codepage: 65001 })
    const main = app.feature('Main')
    for (const [folder, name, content] of files) main.file(app.folder('ProgramFilesFolder').folder(folder), name, content)
    const database = reopen(app.build())
    const found = new Map<string, Uint8Array[]>()
    if (files.length > 0) openCabinet(database.stream('data.cab')!).extract((file) => {
      const chunks: Uint8Array[] = []
      found.set(file.name, chunks)
      return { write: (chunk) => { chunks.push(Uint8Array.from(chunk)) } }
    })
    const shorts = new Set<string>()
    const out = [...database.table('File')!.rows()].map((row) => {
      const folder = database.table('Component')!.find(row.text('Component_'))!.text('Directory_')
      const [short, long = short] = row.text('FileName').split('|')
      assert.match(short!, /^[^ .]{1,8}(\.[^ .]{1,3})?$/)
      shorts.add(`${folder}\\${short!.toUpperCase()}`)
      return `${folder}|${long}|${Buffer.concat(found.get(row.text('File'))!).toString('hex')}`
    })
    assert.equal(shorts.size, files.length)
    const keys = new Map([['x', 'x'], ['x\\y', 'y'], ['z z\\long folder name', 'long_folder_name']])
    assert.deepEqual(out.sort(), files.map(([folder, name, content]) => `${keys.get(folder)}|${name}|${Buffer.from(content).toString('hex')}`).sort())
  }), { numRuns: 40 })
})

const hasTools = spawnSync('msiextract', ['--version']).error === undefined
test('msitools reads the package and extracts its files', { skip: hasTools ? false : 'msitools are not installed' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-'))
  try {
    const path = join(folder, 'example.msi')
    writeFileSync(path, bytesOf((sink) => everything().build().save(sink)))
    assert.match(execFileSync('msiinfo', ['suminfo', path], { encoding: 'utf8' }), /Template: x64;1033/)
    assert.match(execFileSync('msiinfo', ['export', path, 'Mine'], { encoding: 'utf8' }), /a\tb\t3/)
    execFileSync('msiextract', ['-C', join(folder, 'out'), path])
    const found = readdirSync(join(folder, 'out'), { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, 'out', name)).isFile())
    assert.deepEqual(found.map((name) => name.split('/').slice(2).join('/')).sort(), ['Example/docs/manual.html', 'Example/example program.exe', 'Example/readme.txt'])
    const readme = found.find((name) => name.endsWith('readme.txt'))!
    assert.equal(readFileSync(join(folder, 'out', readme), 'utf8'), 'hello')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
