// `msikit merge`: modules and databases into a package, with their conflicts told.
import { strict as assert } from 'node:assert'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { bytesSource } from 'msikit/base'
import { openDatabase, type Database } from 'msikit/database'
import type { SummaryValue } from 'msikit/property-set'
import { aCabinet, aDatabase, type TableRows } from '../../dist/testing/index.js'
import { msikit, Work } from './in-process.js'

const work = new Work()
const guid = '11111111_1111_1111_1111_111111111111'
const nullGuid = '{00000000-0000-0000-0000-000000000000}'

function aModule(extra: Readonly<Record<string, TableRows>> = {}): string {
  const database = aDatabase({
    Directory: [['TARGETDIR', null, 'SourceDir'], [`Sub.${guid}`, 'TARGETDIR', 'sub']],
    Component: [[`c.${guid}`, '{33333333-3333-3333-3333-333333333333}', `Sub.${guid}`, 0, null, `f.${guid}`]],
    File: [[`f.${guid}`, `c.${guid}`, 'lib.dll', 3, null, null, null, 1]],
    ModuleSignature: [[`Mod.${guid}`, 1033, '1.0.0']], ModuleComponents: [[`c.${guid}`, `Mod.${guid}`, 1033]], FeatureComponents: [],
    Shortcut: [[`s.${guid}`, `Sub.${guid}`, 'Name', `c.${guid}`, nullGuid]],
    ...extra,
  })
  database.summary = { codepage: 1252, properties: new Map([[7, { type: 'lpstr', value: 'Intel;1033' }]]) }
  database.setStream('MergeModule.CABinet', bytesSource(aCabinet({ [`f.${guid}`]: Uint8Array.of(1, 2, 3) })))
  return work.save('module.msm', database)
}

function aTarget(features: readonly string[] = ['Main']): string {
  const database = aDatabase({
    Feature: features.map((name) => [name, null, null, null, null, 1, null, 0]), FeatureComponents: [], Property: [['A', '1'], ['B', '2']],
    Directory: [['TARGETDIR', null, 'SourceDir'], ['INSTALLDIR', 'TARGETDIR', 'App']], Component: [], File: [], Media: [],
  })
  database.summary = { codepage: 1252, properties: new Map<number, SummaryValue>([[15, { type: 'i4', value: 0 }], [7, { type: 'lpstr', value: 'Intel;1033' }]]) }
  return work.save('target.msi', database)
}

const open = (name: string): Database => openDatabase(bytesSource(work.read(name)))

test('a module comes with components, folders, files and its cabinet', async () => {
  const out = work.path('out.msi')
  const { status, stdout, stderr } = await msikit('merge', aTarget(), aModule(), '-o', out, '--directory', 'INSTALLDIR')
  assert.equal(status, 0, stderr)
  assert.match(stdout, /merged Mod\.11111111\S+ 1\.0\.0, language 1033, 1 file/)
  const merged = open('out.msi')
  assert.ok(merged.table('FeatureComponents')!.find('Main', `c.${guid}`))
  assert.equal(merged.table('Directory')!.find(`Sub.${guid}`)!.text('Directory_Parent'), 'INSTALLDIR')
  assert.equal((await msikit('extract', out, '-o', work.path('files'), '--flat')).status, 0)
  assert.deepEqual([...work.read('files', 'lib.dll')], [1, 2, 3])
})

test('values are given to configurable items', async () => {
  const module = aModule({
    Property: [['PORT', '80']],
    ModuleSubstitution: [['Property', 'PORT', 'Value', '[=Port]']],
    ModuleConfiguration: [['Port', 0, null, null, '80', 0, null, null, null, null]],
  })
  assert.equal((await msikit('merge', aTarget(), module, '-o', work.path('set.msi'), '--set', 'Port=8080')).status, 0)
  assert.equal(open('set.msi').table('Property')!.find('PORT')!.text('Value'), '8080')
  assert.match((await msikit('merge', aTarget(), module, '-o', work.path('no.msi'), '--set', 'Prt=1')).stderr, /expected a configurable item \(Port\), found "Prt"; did you mean Port\?/)
})

test('conflicts are told, the rows of the package stay, and the status says so', async () => {
  const { status, stderr } = await msikit('merge', aTarget(), aModule({ Property: [['A', 'other']] }), '-o', work.path('conflict.msi'), '--json')
  assert.equal(status, 1)
  assert.match(stderr, /conflict: .*module\.msm: table Property, row A: /)
  assert.equal(open('conflict.msi').table('Property')!.find('A')!.text('Value'), '1')
})

test('a module that is missing is told', async () => {
  const module = aModule({ ModuleDependency: [[`Mod.${guid}`, 1033, 'Other.22222222_2222_2222_2222_222222222222', 0, '2.0']] })
  const { status, stderr } = await msikit('merge', aTarget(), module, '-o', work.path('missing.msi'))
  assert.equal(status, 1)
  assert.match(stderr, /missing: Mod\.\S+ needs the module Other\.2222\S+ 2\.0/)
})

test('what cannot be merged leaves nothing behind', async () => {
  const module = aModule()
  const out = work.path('nothing.msi')
  const several = await msikit('merge', aTarget(['Main', 'Docs']), module, '-o', out)
  assert.equal(several.status, 1627 % 256)
  assert.match(several.stderr, /expected a feature.*\n.*Name a feature with --feature: Docs, Main|Main, Docs/)
  assert.match((await msikit('merge', aTarget(['Main']), module, '-o', out, '--feature', 'Man')).stderr, /Did you mean --feature Main\?/)
  assert.equal((await msikit('merge', aTarget(), module, '-o', out, '--directory', 'NOWHERE')).status, 87)
  assert.equal((await msikit('merge', aTarget(), module, '-o', out, '--language', 'de')).status, 2)
  assert.ok(!existsSync(out))
})

test('a database is merged table by table', async () => {
  const other = work.save('other.msi', aDatabase({ Property: [['A', '1'], ['B', 'x'], ['C', '3']], Feature: [] }))
  const { status, stderr, stdout } = await msikit('merge', aTarget(), other, '-o', work.path('both.msi'))
  assert.equal(status, 1)
  assert.match(stderr, /table Property: 1 row of the package/)
  assert.match(stdout, /merged .*other\.msi, a database/)
  assert.deepEqual([...open('both.msi').table('Property')!.rows()].map((row) => row.cells().join('=')).toSorted(), ['A=1', 'B=2', 'C=3'])
})
