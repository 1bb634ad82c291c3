// The commands that look inside, on every kind of file: packages, modules, patches, transforms, and what lies in them.
import { strict as assert } from 'node:assert'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { bytesSource } from 'msikit/base'
import { writeCompoundFile } from 'msikit/compound-file'
import { generateTransform } from 'msikit/database'
import { aDatabase, bytesOf } from '../../dist/testing/index.js'
import { sharedPath, skipWithout } from '../shared.js'
import { msikit, Work } from './in-process.js'

const work = new Work()
const base = () => aDatabase({ Property: [['ProductName', 'Example'], ['Quoted', 'a "b", c']], Mine: { columns: 'Id* i2; Data V0', rows: [[1, bytesSource(Uint8Array.of(1, 2, 3))]] } })
const file = work.save('base.msi', base())

function transformFile(): string {
  const changed = base()
  changed.table('Property')!.insert(['Added', 'x'])
  changed.table('Mine')!.insert([2])
  return work.write('change.mst', bytesOf((sink) => { writeCompoundFile(generateTransform(changed, base(), { validation: 2, errorConditions: 1 })!, sink) }))
}

test('rows are told as text, JSON and CSV', async () => {
  assert.match((await msikit('tables', file, 'Property')).stdout, /^Property +Value\n-+ +-+\n.*Example/)
  const json = JSON.parse((await msikit('tables', file, 'Property', '--json')).stdout) as { Property: string; Value: string }[]
  assert.deepEqual(json.find(({ Property }) => Property === 'Quoted'), { Property: 'Quoted', Value: 'a "b", c' })
  assert.match((await msikit('tables', file, 'Property', '--csv')).stdout, /^Property,Value\r\n[^]*Quoted,"a ""b"", c"\r\n/)
  assert.equal((await msikit('query', file, 'SELECT `Value` FROM `Property` WHERE `Property` = \'ProductName\'', '--csv')).stdout, 'Value\r\nExample\r\n')
  assert.equal((await msikit('streams', file, '--csv')).stdout, 'Name,Kind,Bytes\r\nMine.1,stream,3\r\n')
  assert.equal((await msikit('tables', file, '--csv', '--json')).status, 2)
})

test('a stream is found by its name as it is shown', async () => {
  const database = base()
  const encodedName = '\u0005\u4118\u4010'
  database.setStream(encodedName, bytesSource(Uint8Array.of(7)))
  const path = work.save('encoded.msi', database)
  const [name] = (JSON.parse((await msikit('streams', path, '--json')).stdout) as { name: string }[]).map((one) => one.name).filter((one) => one.startsWith('\\x05'))
  assert.match(name!, /^\\x05[A-Za-z0-9._]{4}$/)
  assert.deepEqual([...(await msikit('streams', path, name!)).bytes], [7])
  assert.deepEqual([...(await msikit('streams', path, name!.slice(4))).bytes], [7])
})

test('nothing is replaced without being told', async () => {
  const out = work.write('taken', 'mine')
  const refused = await msikit('streams', file, 'Mine.1', '-o', out)
  assert.equal(refused.status, 80)
  assert.match(refused.stderr, /taken: expected no such file yet, found one.*ERROR_FILE_EXISTS/)
  assert.equal(work.read('taken').toString(), 'mine')
  assert.equal((await msikit('streams', file, 'Mine.1', '-o', out, '--force')).status, 0)
  assert.deepEqual([...work.read('taken')], [1, 2, 3])
  const update = 'UPDATE `Property` SET `Value` = \'New\' WHERE `Property` = \'ProductName\''
  assert.equal((await msikit('query', file, update, '-o', out)).status, 80)
  assert.equal((await msikit('query', file, update, '-o', work.path('new.msi'))).status, 0)
  assert.match((await msikit('tables', work.path('new.msi'), 'Property')).stdout, /New/)
  assert.match((await msikit('tables', file, 'Property')).stdout, /Example/)
})

test('a transform is told by what it changes', async () => {
  const transform = transformFile()
  const { stdout } = await msikit('info', transform)
  assert.match(stdout, /Kind +transform/)
  assert.match(stdout, /Checked +product\n/)
  assert.match(stdout, /Passed over +addExistingRow\n/)
  assert.match(stdout, /Property +1\n/)
  assert.match(stdout, /Not told +Mine: /)
  const [facts] = JSON.parse((await msikit('info', transform, '--json')).stdout) as { transform: { validation: string[]; unknownTables: string[] } }[]
  assert.deepEqual(facts!.transform.validation, ['product'])
  assert.deepEqual(facts!.transform.unknownTables, ['Mine'])
  assert.match((await msikit('query', transform, 'SELECT `Row`, `Data` FROM `_TransformView` WHERE `Column` = \'Value\'', '--csv')).stdout, /^Row,Data\r\nAdded,x\r\n$/)
})

test('of several files, one that cannot be read does not keep the others from being told', async () => {
  const bad = work.write('bad.msi', 'no package')
  const { status, stdout, stderr } = await msikit('info', bad, file, '--csv')
  assert.equal(status, 1620 % 256)
  assert.match(stderr, /bad\.msi: compound file header/)
  assert.match(stdout, /base\.msi,package/)
  assert.equal((await msikit('info', bad)).stdout, '')
})

test('a package inside a file is named by its storage', async () => {
  const outer = base()
  outer.setStorage('inner', base().toStorage())
  const path = work.save('outer.msi', outer)
  assert.match((await msikit('tables', `${path}:inner`, 'Property')).stdout, /Example/)
  const missing = await msikit('info', `${path}:other`)
  assert.match(missing.stderr, /expected a storage "other" in the file, found inner/)
  const colon = work.path('with:colon.msi')
  writeFileSync(colon, work.read('base.msi'))
  assert.ok(existsSync(colon))
  assert.equal((await msikit('tables', colon, 'Property')).status, 0)
})

test('every file of the corpus can be looked into, in every form', { skip: skipWithout('corpus') }, async () => {
  const corpus = sharedPath('corpus')!
  const files = (readdirSync(corpus, { recursive: true }) as string[]).filter((name) => /\.ms[imp]$/.test(name)).map((name) => join(corpus, name))
  assert.ok(files.length > 10)
  for (const one of files) {
    for (const words of [['info'], ['tables'], ['streams'], ['tables', '_Columns']]) {
      for (const form of [[], ['--json'], ['--csv']]) {
        const [command, ...rest] = words
        const { status, stdout, stderr } = await msikit(command!, one, ...rest, ...form)
        assert.equal(status, 0, `${command} ${one}: ${stderr}`)
        assert.doesNotMatch(stdout, /Finding [a-z]|[\u3800-\u4840]/, `${command} ${one}`)
        if (form[0] === '--json') JSON.parse(stdout)
      }
    }
  }
})

test('a patch is told by its targets, its transforms and its family', { skip: skipWithout('corpus/SQL2008_AS.msp') }, async () => {
  const path = sharedPath('corpus/SQL2008_AS.msp')!
  const { stdout } = await msikit('info', path)
  assert.match(stdout, /Patch code +\{2DFFC5F8-9B0F-4510-92AE-FA3D38B8A47D\}/)
  assert.match(stdout, /For product +\{4508D19D-07FE-4722-88C7-27152965756B\}/)
  assert.match(stdout, /Family +SQLREMOVE 1, supersedes earlier ones/)
  assert.match(stdout, /RemoveFile +8\n/)
  assert.match((await msikit('tables', `${path}:#Target01ToUpgrade01`, '_TransformView', '--csv')).stdout, /Media,Cabinet,20,#PCW_CAB_Family01,/)
})

test('what fails leaves one JSON document, and other lists have CSV too', async () => {
  const failed = await msikit('query', file, 'SELECT `Value` FROM `Property`', 'SELECT `None` FROM `Nothing`', '--json')
  assert.equal(failed.status, 1615 % 256)
  assert.equal((JSON.parse(failed.stdout) as { error: { code: string } }).error.code, 'ERROR_BAD_QUERY_SYNTAX')
  const mistyped = await msikit('query', file, 'SELCT * FROM `Property`')
  assert.match(mistyped.stderr, /position 0: expected SELECT, INSERT.*found "SELCT"/)
  const cabinet = work.path('some.cab')
  assert.equal((await msikit('cab', 'create', '-o', cabinet, file)).status, 0)
  assert.match((await msikit('cab', 'list', cabinet, '--csv')).stdout, /^Bytes,Modified,Attributes,Compression,Name\r\n\d+,[-0-9]+ [:0-9]+,---a-,mszip,base\.msi\r\n$/)
  assert.equal((await msikit('list', '--root', work.path('none'), '--csv')).stdout, 'Name,Version,For,Product code\r\n')
})

test('a file that is named and not there is never told as a wrong command line', async () => {
  const none = work.path('none')
  for (const words of [['info', none], ['diff', none, none], ['cab', 'list', none], ['cab', 'extract', none, '-o', work.path('d')], ['cab', 'create', '-o', work.path('c.cab'), none],
    ['log', none], ['script', `${none}.js`], ['stream', 'put', file, 'Mine.1', none], ['import', none, '-o', work.path('x.msi')], ['extract', file, '--list', '--match', 'none']]) {
    const { status, stderr } = await msikit(...words)
    assert.ok(status > 2, `${words.join(' ')}: ${status} ${stderr}`)
  }
})
