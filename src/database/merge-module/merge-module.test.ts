import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { bytesSource } from '../../base/index.ts'
import { createDatabase, type Database } from '../database.ts'
import { columnsFromText, standardTable } from '../standard-tables.ts'
import type { Cell } from '../table/cell.ts'
import { generateTransform } from '../transform/generate-transform.ts'
import { configurableItems, splitCmsm } from './configuration.ts'
import { moduleLanguages } from './language.ts'
import { connectModule, mergeModule } from './merge-module.ts'

const guid = '11111111_2222_3333_4444_555555555555'
const nullGuid = '{00000000-0000-0000-0000-000000000000}'
type Rows = Readonly<Record<string, readonly (readonly Cell[])[]>>

function aDatabase(template: string, tables: Rows): Database {
  const database = createDatabase()
  database.summary = { codepage: 1252, properties: new Map([[7, { type: 'lpstr', value: template }]]) }
  for (const [name, rows] of Object.entries(tables)) {
    const table = database.createTable({ name, columns: standardTable(name)!.columns })
    for (const row of rows) table.insert(row)
  }
  return database
}

function aPackage(more: Rows = {}): Database {
  return aDatabase('Intel;1033', {
    Feature: [['Main', null, null, null, null, 1, null, 0]], FeatureComponents: [], Component: [], Directory: [['TARGETDIR', null, 'SourceDir'], ['APP', 'TARGETDIR', 'app']],
    File: [['own.txt', 'Own', 'own.txt', 1, null, null, 0, 7]], Media: [[1, 9, null, '#own.cab', null, null]], CustomAction: [],
    InstallExecuteSequence: [['CostInitialize', null, 800], ['InstallFiles', 'NOT Installed', 4000], ['Next', null, 4001]], ...more,
  })
}

const key = (name: string): string => `${name}.${guid}`

function aModule(more: Rows = {}, template = 'Intel;1033'): Database {
  const module = aDatabase(template, {
    ModuleSignature: [[key('Mod'), 1033, '1.2.0']], ModuleComponents: [[key('C'), key('Mod'), 1033]], FeatureComponents: [],
    Component: [[key('C'), null, key('SystemFolder'), 0, null, key('b')]],
    Directory: [['TARGETDIR', null, 'SourceDir'], [key('SystemFolder'), 'TARGETDIR', 'sys'], [key('Dir'), 'TARGETDIR', '.:x']],
    File: [[key('b'), key('C'), 'b.txt', 2, null, null, 0, 20], [key('a'), key('C'), 'a.txt', 3, null, null, 0, 10]],
    MsiAssembly: [[key('C'), nullGuid, null, null, 0]], InstallExecuteSequence: [], CustomAction: [[key('Act'), 51, 'P', 'V', null]],
    ModuleInstallExecuteSequence: [['InstallFiles', 3000, null, null, null], ['CreateFolders', 3700, null, null, null], [key('Act'), null, 'InstallFiles', 1, 'X'], [key('Two'), null, key('Act'), 0, null]],
    ...more,
  })
  module.setStream('MergeModule.CABinet', bytesSource(Uint8Array.of(1, 2, 3)))
  return module
}

test('A module is merged: components, features, directories, files in the order of the cabinet, and the cabinet', () => {
  const database = aPackage()
  const merged = mergeModule(database, aModule(), { feature: 'Main', directory: 'APP' })
  assert.deepEqual(merged, {
    id: `Mod.${guid}`, language: 1033, version: '1.2.0', problems: [], missing: [], files: [`a.${guid}`, `b.${guid}`], cabinet: 'module2.cab',
  })
  const rows = (name: string): Cell[][] => [...database.table(name)!.rows()].map((row) => row.cells())
  assert.ok(database.table('FeatureComponents')!.find('Main', `C.${guid}`))
  assert.equal(database.table('Directory')!.find(`Dir.${guid}`)!.text('Directory_Parent'), 'APP')
  assert.deepEqual(rows('File').map((cells) => [cells[0], cells[7]]), [['own.txt', 7], [`b.${guid}`, 11], [`a.${guid}`, 10]])
  assert.equal(database.table('MsiAssembly')!.find(`C.${guid}`)!.text('Feature_'), 'Main')
  assert.deepEqual(rows('Media').at(-1), [2, 11, null, '#module2.cab', null, null])
  assert.equal(database.stream('module2.cab')!.size, 3)
  assert.equal(database.table('CustomAction')!.find(`SystemFolder.${guid}`)!.text('Target'), '[SystemFolder]')
  assert.equal(database.table('ModuleInstallExecuteSequence'), undefined)
})

test('Numbers of the package win, and actions of the module stand beside theirs, pushing others on', () => {
  const database = aPackage()
  mergeModule(database, aModule(), { feature: 'Main' })
  const sequence = [...database.table('InstallExecuteSequence')!.rows()].map((row) => [row.integer('Sequence')!, row.text('Action')] as const).sort(([a], [b]) => a - b)
  assert.deepEqual(sequence, [
    [1, `SystemFolder.${guid}`], [800, 'CostInitialize'], [3700, 'CreateFolders'], [4000, 'InstallFiles'], [4001, `Two.${guid}`], [4002, `Act.${guid}`], [4003, 'Next'],
  ])
  const lost = mergeModule(aPackage(), aModule({ ModuleInstallExecuteSequence: [['Lost', null, 'Nobody', 1, null]] }), { feature: 'Main' })
  assert.deepEqual(lost.problems.map((one) => [one.type, one.key]), [['resequenceMerge', ['Lost']]])
})

test('Another module can be merged too, the same rows are shared, and other rows of the same key are told', () => {
  const database = aPackage({ Property: [['Shared', 'package']] })
  const merged = mergeModule(database, aModule({ Property: [['Shared', 'module'], ['New', '1']] }), { feature: 'Main' })
  assert.deepEqual(merged.problems.map((one) => [one.type, one.table, one.key]), [['tableMerge', 'Property', ['Shared']]])
  assert.equal(database.table('Property')!.find('Shared')!.text('Value'), 'package')
  const again = mergeModule(database, aModule(), { feature: 'Main' })
  assert.deepEqual([again.problems, again.cabinet], [[], undefined])
  database.table('Feature')!.insert(['More', null, null, null, null, 1, null, 0])
  connectModule(database, `Mod.${guid}`, 'More')
  assert.ok(database.table('FeatureComponents')!.find('More', `C.${guid}`))
})

test('Without its feature, on another platform, or in another language a module is not merged at all', () => {
  const database = aPackage()
  const types = [
    mergeModule(database, aModule()), mergeModule(database, aModule(), { feature: 'None' }),
    mergeModule(database, aModule({}, 'x64;1033'), { feature: 'Main' }), mergeModule(database, aModule(), { feature: 'Main', language: 1031 }),
  ].map(({ problems }) => problems[0]!.type)
  assert.deepEqual(types, ['featureRequired', 'featureRequired', 'platformMismatch', 'languageUnsupported'])
  assert.equal(database.table('Component')!.rowCount, 0)
})

test('Dependencies that nothing satisfies are told, and exclusions by language and version', () => {
  const id = `Mod.${guid}`
  const database = aPackage({ ModuleSignature: [['Other', 1031, '2.0'], ['Third', 1033, '3.0']] })
  const { missing, problems } = mergeModule(database, aModule({
    ModuleDependency: [[id, 1033, 'Other', 7, '1.5'], [id, 1033, 'Other', 1033, null], [id, 1033, 'Third', 0, '3.1'], [id, 1033, 'Gone', 0, null]],
    ModuleExclusion: [[id, 1033, 'Other', 1031, '1.0', '1.9'], [id, 1033, 'Other', -1033, null, null], [id, 1033, 'Third', 0, null, null], [id, 1033, 'Third', 9, '3.0', null]],
  }), { feature: 'Main' })
  assert.deepEqual(missing.map(({ requiredModule, requiredLanguage, requiredVersion }) => [requiredModule, requiredLanguage, requiredVersion]),
    [['Other', 1033, ''], ['Third', 0, '3.1'], ['Gone', 0, '']])
  assert.deepEqual(problems.map((one) => [one.type, one.key![2], one.key![3]]), [['exclusion', 'Other', '-1033'], ['exclusion', 'Third', '9']])
})

test('A module in several languages is merged in the one that is asked for', () => {
  const german = aModule()
  german.table('ModuleSignature')!.deleteRow(0)
  german.table('ModuleSignature')!.insert([`Mod.${guid}`, 1031, '1.2.0'])
  const module = aModule()
  module.setStorage('MergeModule.Lang7', generateTransform(german, module))
  assert.deepEqual(moduleLanguages(module), [1033, 7])
  const merged = mergeModule(aPackage(), module, { feature: 'Main', language: 2055 })
  assert.deepEqual([merged.language, merged.problems], [1031, []])
})

const items: Rows = {
  ModuleConfiguration: [
    ['Text', 0, null, null, 'plain', null, null, null, null, null], ['File', 1, 'File', null, 'x;y', 1, null, null, null, null],
    ['Size', 2, null, null, '5', null, null, null, null, null], ['Bits', 3, null, '6;A=2', '2', null, null, null, null, null],
  ],
  ModuleSubstitution: [
    ['Property', 'Greeting', 'Value', 'Say [=Text] and [=Size]\\;'], ['File', `a.${guid}`, 'FileSize', '[=Size]'], ['File', `b.${guid}`, 'Attributes', '[=Bits]'],
    ['Property', 'Second', 'Value', '[=File;2]'],
  ],
  Property: [['Greeting', 'default'], ['Second', 'default']],
}

test('Configurable items are put into the cells that take them', () => {
  assert.deepEqual(configurableItems(aModule(items)).map(({ name, format }) => [name, format]), [['File', 'key'], ['Text', 'text'], ['Size', 'integer'], ['Bits', 'bitfield']])
  const database = aPackage()
  const { problems } = mergeModule(database, aModule(items), { feature: 'Main', configure: ({ name }) => ({ Text: 'a;b', Bits: 4 })[name] })
  assert.deepEqual(problems, [])
  assert.equal(database.table('Property')!.find('Greeting')!.text('Value'), 'Say a;b and 5;')
  assert.equal(database.table('Property')!.find('Second')!.text('Value'), 'y')
  assert.equal(database.table('File')!.find(`a.${guid}`)!.integer('FileSize'), 5)
  assert.equal(database.table('File')!.find(`b.${guid}`)!.integer('Attributes'), 4)
  assert.deepEqual(splitCmsm('a\\;b;;c\\\\'), ['a;b', '', 'c\\'])
})

function outcome(more: Rows, configure = () => undefined as string | null | undefined): string[] {
  const database = aPackage()
  const { problems } = mergeModule(database, aModule(more), { feature: 'Main', configure })
  assert.equal(database.table('Component')!.rowCount, 0)
  return problems.map(({ type }) => type)
}

test('A bad configuration stops the merge before anything is changed', () => {
  assert.deepEqual(outcome({ ...items, ModuleSubstitution: [['Property', 'Greeting', 'Value', '[=None]']] }), ['missingConfigItem'])
  assert.deepEqual(outcome({ ...items, ModuleSubstitution: [['File', `a.${guid}`, 'FileSize', '[=Text]']] }), ['badSubstitutionType'])
  assert.deepEqual(outcome({ ...items, ModuleSubstitution: [['Property', 'Greeting', 'Value', '']] }), ['badNullSubstitution'])
  assert.deepEqual(outcome(items, () => null), ['badNullResponse'])
  assert.deepEqual(outcome({ ...items, ModuleSubstitution: [['ModuleSignature', 'x', 'Version', '']] }), ['missingConfigItem'])
})

test('A row of a key that nobody uses any more is left out when the item wants no orphans', () => {
  const more: Rows = {
    ModuleConfiguration: [['Icon', 1, 'Icon', null, 'old.ico', 1, null, null, null, null]],
    ModuleSubstitution: [['Shortcut', 'S', 'Icon_', '[=Icon]']],
    Shortcut: [['S', 'D', 'n', 'C', 'T', null, null, null, 'old.ico', null, null, null]],
  }
  const merged = (value: string | undefined): boolean => {
    const module = aModule(more)
    module.createTable({ name: 'Icon', columns: columnsFromText('Name* s72; Data v0') }).insert(['old.ico', bytesSource(Uint8Array.of(1))])
    const database = aPackage()
    assert.deepEqual(mergeModule(database, module, { feature: 'Main', configure: () => value }).problems, [])
    return database.table('Icon')!.find('old.ico') !== undefined
  }
  assert.deepEqual([merged(undefined), merged('new.ico')], [true, false])
})
