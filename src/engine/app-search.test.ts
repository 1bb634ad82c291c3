// AppSearch by every kind of locator.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { aPackage, anInstallStage } from '../testing/index.ts'

const app = 'C:\\Tools\\Found\\app.txt'
const machineKey = 'HKLM\\Software\\Wow6432Node\\Search'

const locators: Readonly<Record<string, { readonly rows: readonly (readonly [table: string, values: Readonly<Record<string, string | number>>])[]; readonly expected: string | undefined }>> = {
  'a folder by full path': { rows: [['DrLocator', { Path: 'C:\\Tools' }]], expected: 'C:\\Tools\\' },
  'a folder on any drive': { rows: [['DrLocator', { Path: 'Tools\\Found' }]], expected: 'C:\\Tools\\Found\\' },
  'a file in a folder': { rows: [['Signature', { FileName: 'app.txt' }], ['DrLocator', { Path: 'C:\\Tools\\Found' }]], expected: app },
  'a file some levels down': { rows: [['Signature', { FileName: 'APP.TXT' }], ['DrLocator', { Path: 'C:\\', Depth: 2 }]], expected: app },
  'nothing when it lies too deep': { rows: [['Signature', { FileName: 'app.txt' }], ['DrLocator', { Path: 'C:\\', Depth: 1 }]], expected: undefined },
  'nothing when it is too small': { rows: [['Signature', { FileName: 'app.txt', MinSize: 1000 }], ['DrLocator', { Path: 'C:\\Tools\\Found' }]], expected: undefined },
  'a raw registry value': { rows: [['RegLocator', { Root: 2, Key: 'Software\\Search', Name: 'Number', Type: 2 }]], expected: '#42' },
  'a raw text that begins with #': { rows: [['RegLocator', { Root: 2, Key: 'Software\\Search', Name: 'Hash', Type: 2 }]], expected: '##tag' },
  'a value of the 64-bit view only when asked': { rows: [['RegLocator', { Root: 2, Key: 'Software\\Only64', Name: 'Value', Type: 18 }]], expected: 'wide' },
  'no value of the 64-bit view otherwise': { rows: [['RegLocator', { Root: 2, Key: 'Software\\Only64', Name: 'Value', Type: 2 }]], expected: undefined },
  'expandable text, expanded': { rows: [['RegLocator', { Root: 2, Key: 'Software\\Search', Name: 'Folder', Type: 2 }]], expected: 'C:\\Tools\\Found' },
  'a list of texts, between NULs': { rows: [['RegLocator', { Root: 2, Key: 'Software\\Search', Name: 'List', Type: 2 }]], expected: '\0one\0two\0' },
  'a folder named in the registry': { rows: [['RegLocator', { Root: 2, Key: 'Software\\Search', Name: 'Folder', Type: 0 }]], expected: 'C:\\Tools\\Found\\' },
  'a file named in quotes in the registry': { rows: [['Signature', { FileName: 'app.txt' }], ['RegLocator', { Root: 2, Key: 'Software\\Search', Name: 'Command', Type: 1 }]], expected: app },
  'a value of an ini file': { rows: [['IniLocator', { FileName: 'SEARCH.INI', Section: 'Main', Key: 'Value', Field: 2, Type: 2 }]], expected: 'second' },
  'a folder of an ini file': { rows: [['IniLocator', { FileName: 'SEARCH.INI', Section: 'main', Key: 'FOLDER', Type: 0 }]], expected: 'C:\\Tools\\Found\\' },
  'a path that is none': { rows: [['RegLocator', { Root: 2, Key: 'Software\\Search', Name: 'Hash', Type: 0 }]], expected: undefined },
}

for (const [name, { rows, expected }] of Object.entries(locators)) {
  test(`AppSearch finds ${name}`, async () => {
    const stage = anInstallStage({
      files: { [app]: 'found', 'C:\\Windows\\SEARCH.INI': '; a comment\r\n[Other]\r\nValue=no\r\n[Main]\r\nValue = first, second,third\r\nFolder="C:\\Tools\\Found"\r\n' },
      registry: {
        [machineKey]: {
          Number: { type: 'REG_DWORD', data: 42 }, Hash: { type: 'REG_SZ', data: '#tag' }, Folder: { type: 'REG_EXPAND_SZ', data: '%SystemDrive%\\Tools\\Found' },
          List: { type: 'REG_MULTI_SZ', data: ['one', 'two'] }, Command: { type: 'REG_SZ', data: `"${app}" /run` },
        },
        'HKLM\\Software\\Only64': { Value: { type: 'REG_SZ', data: 'wide' } },
      },
    })
    const builder = aPackage()
    builder.feature('Main').file(builder.folder('ProgramFilesFolder\\Example'), 'data.txt', 'data')
    builder.row('AppSearch', { Property: 'FOUND', Signature_: 'Sought' })
    for (const [table, values] of rows) builder.row(table, table === 'Signature' ? { Signature: 'Sought', ...values } : { Signature_: 'Sought', ...values })
    assert.equal((await stage.install(stage.add(builder))).exitCode, 0)
    assert.equal(stage.property('FOUND'), expected)
  })
}

test('a search below what another one found begins in its folder', async () => {
  const stage = anInstallStage({ files: { [app]: 'found' }, registry: { [machineKey]: { Folder: { type: 'REG_SZ', data: 'C:\\Tools' } } } })
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder\\Example'), 'data.txt', 'data')
  builder.row('AppSearch', { Property: 'FOUND', Signature_: 'Sought' }).row('Signature', { Signature: 'Sought', FileName: 'app.txt' })
  builder.row('DrLocator', { Signature_: 'Sought', Parent: 'Folder', Path: 'Found' })
  builder.row('RegLocator', { Signature_: 'Folder', Root: 2, Key: 'Software\\Search', Name: 'Folder', Type: 0 })
  assert.equal((await stage.install(stage.add(builder))).exitCode, 0)
  assert.equal(stage.property('FOUND'), app)
})

test('locators that lead in a circle end the installation', async () => {
  const stage = anInstallStage()
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder\\Example'), 'data.txt', 'data')
  builder.row('AppSearch', { Property: 'FOUND', Signature_: 'One' })
  builder.row('DrLocator', { Signature_: 'One', Parent: 'Two', Path: 'a' }).row('DrLocator', { Signature_: 'Two', Parent: 'One', Path: 'b' })
  assert.equal((await stage.install(stage.add(builder))).exitCode, 1603)
})

test('locators that share their parents are looked up once each', async () => {
  const stage = anInstallStage({ files: { 'C:\\d\\': '' } })
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder\\Example'), 'data.txt', 'data')
  builder.row('AppSearch', { Property: 'FOUND', Signature_: 'S0' })
  for (let level = 0; level < 15; level++) {
    for (let path = 0; path < 20; path++) builder.row('DrLocator', { Signature_: `S${level}`, Parent: `S${level + 1}`, Path: `missing${path}` })
  }
  builder.row('DrLocator', { Signature_: 'S15', Path: 'C:\\d' })
  assert.equal((await stage.install(stage.add(builder))).exitCode, 0)
  assert.equal(stage.property('FOUND'), undefined)
})

test('a long line of blanks in an ini file is no long work', { timeout: 120_000 }, async () => {
  const stage = anInstallStage({ files: { 'C:\\Windows\\SEARCH.INI': `[Main]\r\n${' '.repeat(500_000)}x\r\nKey=1${' '.repeat(500_000)}2\r\n` } })
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder\\Example'), 'data.txt', 'data')
  builder.row('AppSearch', { Property: 'FOUND', Signature_: 'Sought' }).row('IniLocator', { Signature_: 'Sought', FileName: 'SEARCH.INI', Section: 'Main', Key: 'Other', Field: 1, Type: 2 })
  assert.equal((await stage.install(stage.add(builder))).exitCode, 0)
})
