// An uninstall removes nothing that it did not put there: files, folders, keys and values of others, put beside those of
// the product before and after its installation, are there untouched when it is gone.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createDirectories, type RegistryValue } from 'msikit/platform'
import { aPackage, anInstallStage, type InstallStage } from '../../dist/testing/index.js'

const product = 'C:\\Program Files (x86)\\Example'
/** Names that the product uses too, and others. */
const folder = fc.constantFrom(product, `${product}\\sub`, `${product}\\sub\\empty`, `${product}\\Own`, 'C:\\Program Files (x86)', 'C:\\Windows', 'C:\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs\\Example')
const foreignFile = fc.record({ folder, name: fc.constantFrom('their.txt', 'data.txt.bak', 'Notes.ini', 'example.lnk.old', 'DATA'), text: fc.string({ maxLength: 12 }) })
const key = fc.constantFrom('HKLM\\SOFTWARE\\WOW6432Node\\Example', 'HKLM\\SOFTWARE\\WOW6432Node\\Example\\Sub', 'HKLM\\SOFTWARE\\WOW6432Node\\Example\\Own', 'HKLM\\SOFTWARE\\WOW6432Node', 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run', 'HKCU\\Software\\Example', 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\SharedDLLs')
const value = fc.oneof(
  fc.string({ maxLength: 8 }).filter((data) => !data.includes('\0')).map((data): RegistryValue => ({ type: 'REG_SZ', data })),
  fc.nat().map((data): RegistryValue => ({ type: 'REG_DWORD', data })),
)
const foreignValue = fc.record({ key, name: fc.constantFrom('Theirs', 'value', 'Name2', 'PATH'), value })
const things = fc.record({ files: fc.array(foreignFile, { maxLength: 4 }), folders: fc.array(folder, { maxLength: 2 }), values: fc.array(foreignValue, { maxLength: 4 }) })
type Things = typeof things extends fc.Arbitrary<infer Value> ? Value : never

function packageOf(stage: InstallStage): string {
  const builder = aPackage()
  const at = builder.folder('ProgramFilesFolder\\Example')
  const main = builder.feature('Main')
  main.file(at, 'data.txt', 'data', { key: 'data' }).registry('HKLM', 'Software\\Example', 'Name', 'value').registry('HKLM', 'Software\\Example\\Sub', 'Deep', 'value')
    .row('RemoveFile', { FileKey: 'tidy', FileName: null, DirProperty: 'TIDY', InstallMode: 2 })
    .row('CreateFolder', { Directory_: 'TIDY' })
  builder.row('Directory', { Directory: 'TIDY', Directory_Parent: 'TARGETDIR', DefaultDir: 'Tidy' })
  main.file(at.folder('sub'), 'more.txt', 'more', { key: 'more' }).registry('HKCU', 'Software\\Example', 'Mine', 'value')
    .row('IniFile', { IniFile: 'ini', FileName: 'Notes.ini', DirProperty: 'WindowsFolder', Section: 'Example', Key: 'k', Value: 'v', Action: 0 })
  return stage.add(builder)
}

/** An INI file that the product writes to is of two owners: its bytes change. */
function isShared(one: Things): boolean {
  return one.files.some(({ folder: at, name }) => at === 'C:\\Windows' && name === 'Notes.ini')
}

/** Answers with the folders that were not there already: those are of others, the rest is the product's own. */
function put({ platform: { files, registry } }: InstallStage, { files: some, folders, values }: Things): Things {
  const made = folders.filter((one) => createDirectories(files, one).includes(one))
  for (const { folder: at, name, text } of some) {
    createDirectories(files, at)
    const writer = files.create(`${at}\\${name}`)
    writer.write(new TextEncoder().encode(text))
    writer.close()
  }
  for (const { key: at, name, value: data } of values) {
    registry.createKey(at)
    registry.setValue(at, name, data)
  }
  return { files: some, folders: made, values }
}

/** What of them is there, as it is there. */
function found({ platform: { files, registry }, text }: InstallStage, all: readonly Things[]): string[] {
  return all.flatMap((one) => [
    ...one.folders.map((path) => `${path}: ${files.stat(path)?.kind ?? 'gone'}`),
    // An INI file is shared: what is in it that is not of the product stays.
    ...one.files.map(({ folder: at, name }) => `${at}\\${name}: ${text(`${at}\\${name}`) ?? 'gone'} ${files.stat(`${at}\\${name}`)?.modifiedMs}`),
    ...one.values.map(({ key: at, name }) => `${at} → ${name}: ${JSON.stringify(registry.value(at, name) ?? 'gone')}`),
  ])
}

test('whatever others put beside a product before or after its installation is there untouched when it is gone', async () => {
  await fc.assert(fc.asyncProperty(things, things, async (before, after) => {
    fc.pre(!isShared(before) && !isShared(after))
    const stage = anInstallStage({ files: { 'C:\\Windows\\System32\\': '', 'C:\\Program Files (x86)\\': '' } })
    const first = put(stage, before)
    const { exitCode, productCode } = await stage.install(packageOf(stage))
    assert.equal(exitCode, 0, stage.log.join('\n'))
    const all = [first, put(stage, after)]
    const expected = found(stage, all)
    assert.equal((await stage.uninstall(productCode)).exitCode, 0)
    assert.deepEqual(found(stage, all), expected)
    assert.equal(stage.text(`${product}\\data.txt`), undefined)
  }), { numRuns: 40 })
})
