// The commands that change packages and compare them: set, stream, transform, diff.
import { strict as assert } from 'node:assert'
import { chmodSync, readdirSync, statSync } from 'node:fs'
import { test } from 'node:test'
import { bytesSource } from 'msikit/base'
import { openDatabase, storageFromFile, type Database } from 'msikit/database'
import { summaryText } from 'msikit/property-set'
import { aDatabase } from '../../dist/testing/index.js'
import { sharedPath, skipWithout } from '../shared.js'
import { msikit, Work } from './in-process.js'

const work = new Work()
let count = 0

const tables = {
  Property: [['ProductName', 'Example'], ['ProductVersion', '1.0.0'], ['ProductCode', '{11111111-1111-1111-1111-111111111111}']],
  Binary: [['a.bin', bytesSource(Uint8Array.of(1))]], FeatureComponents: [['Main', 'c.1']],
  Pair: { columns: 'A* s72; B* I2; X L0; Y I2', rows: [['one', 1, 'x', 5], ['one', null, 'y', 6]] },
}
const content = () => aDatabase(tables)
const fresh = (change: (database: Database) => void = () => {}): string => {
  const database = content()
  change(database)
  return work.save(`package-${++count}.msi`, database)
}
const open = (path: string): Database => openDatabase(bytesSource(work.read(path.slice(work.folder.length + 1))))
const cells = (path: string, table: string): unknown[][] => Array.from(open(path).table(table)!.rows(), (row) => row.cells())

async function ok(...words: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await msikit(...words)
  assert.equal(status, 0, stderr)
  return stdout
}

async function refused(status: number, message: RegExp, ...words: readonly string[]): Promise<void> {
  const before = new Map(readdirSync(work.folder).map((name) => [name, work.read(name).toString('hex')]))
  const told = await msikit(...words)
  assert.equal(told.status, status, told.stderr + told.stdout)
  assert.match(told.stderr, message)
  assert.deepEqual(new Map(readdirSync(work.folder).map((name) => [name, work.read(name).toString('hex')])), before, 'nothing is written')
}

test('values are set in place, in a copy, as null, and in columns of longer keys', async () => {
  const file = fresh()
  assert.match(await ok('set', file, 'Property.ProductName=Two = 2', 'Pair.one.1.X=', 'Pair.one..Y=-7'), /Property\.ProductName\.Value: Example -> Two = 2\nPair\.one\.1\.X: x -> null\nPair\.one\.\.Y: 6 -> -7/)
  assert.equal(open(file).table('Property')!.find('ProductName')!.text('Value'), 'Two = 2')
  assert.deepEqual(cells(file, 'Pair'), [['one', null, 'y', -7], ['one', 1, null, 5]])
  const copy = work.path('copy.msi')
  await ok('set', file, 'Property.ProductName=Three', '-o', copy)
  assert.equal(open(file).table('Property')!.find('ProductName')!.text('Value'), 'Two = 2')
  assert.equal(open(copy).table('Property')!.find('ProductName')!.text('Value'), 'Three')
})

test('rows are added and removed, streams come from files', async () => {
  const file = fresh()
  work.write('logo', Uint8Array.of(9, 9))
  await ok('set', file, '--add', 'Property.NEW=1', '--add', `Binary.b.Data=@${work.path('logo')}`, '--remove', 'Pair.one.1')
  assert.equal(open(file).table('Property')!.find('NEW')!.text('Value'), '1')
  assert.deepEqual([...open(file).stream('Binary.b')!.read(0, 9)], [9, 9])
  assert.deepEqual(cells(file, 'Pair'), [['one', null, 'y', 6]])
})

test('a row for a documented table that the package lacks makes the table', async () => {
  const file = work.save('bare.msi', aDatabase({ Property: [['ProductName', 'x']] }))
  await msikit('set', file, '--add', `Icon.app.Data=@${work.write('app.ico', 'icon')}`, '--add', 'Binary.logo.Data=@' + work.path('app.ico'))
  assert.equal((await msikit('stream', 'get', file, 'Icon.app')).stdout, 'icon')
  const { status, stderr } = await msikit('set', file, '--add', 'Unheard.x=1')
  assert.deepEqual([status, /expected a table of the package, found "Unheard"/.test(stderr)], [1628 % 256, true])
})

test('summary properties and the code page are set', async () => {
  const file = fresh()
  await ok('set', file, 'Summary.title=Title', 'summary.CREATED=2026-01-31T12:00:00Z', 'Summary.pageCount=500', 'Summary.codepage=65001', 'Codepage=1251', 'Summary.subject=Grüße')
  const { summary, codepage } = open(file)
  assert.deepEqual([summaryText(summary, 2), summaryText(summary, 3), summary.codepage, codepage], ['Title', 'Grüße', 65001, 1251])
  assert.match(await ok('info', file), /2026-01-31T12:00:00/)
})

for (const [status, message, ...words] of [
  [87, /ProductNam: expected a row with this key.*\n?.*Did you mean Property\.ProductName/s, 'Property.ProductNam=x'],
  [1628 % 256, /expected a table of the package, found "Proprety".*\n?.*Did you mean Property/s, 'Proprety.A=x'],
  [2, /expected NAME=VALUE, found "Property"/, 'Property'],
  [2, /expected NAME=VALUE, --add or --remove/],
  [2, /Summary\.pageCount: expected a whole number/, 'Summary.pageCount=many'],
  [2, /Codepage: expected the number of a known code page/, 'Codepage=77'],
  [2, /is binary: expected @FILE/, 'Binary.a.bin.Data=text'],
] as const) {
  test(`a change that cannot be made changes nothing: ${words.join(' ') || 'none'}`, async () => {
    await refused(status, message, 'set', fresh(), ...words.length > 0 ? ['Property.ProductVersion=9', ...words] : [])
  })
}

test('a text that the code page does not have is refused with the way to make room for it', async () => {
  const file = fresh((database) => { database.codepage = 1252 })
  for (const name of ['Property.ProductName', 'Summary.subject']) {
    const { status, stderr } = await msikit('set', file, `${name}=日本`)
    assert.notEqual(status, 0)
    assert.match(stderr, /code page (?:1252|0).*\n`msikit set FILE Codepage=65001 Summary\.codepage=65001`/)
  }
  await ok('set', file, 'Codepage=65001', 'Summary.codepage=65001', 'Property.ProductName=日本', 'Summary.subject=日本')
})

test('an integer cell refuses text, and another summary property is suggested', async () => {
  await refused(87, /expected an integer/, 'set', fresh(), 'Pair.one.1.Y=abc')
  const told = await msikit('set', fresh(), 'Summary.titel=x')
  assert.match(told.stderr, /Did you mean Summary\.title/)
})

test('a read-only file is not changed in place, whoever asks; a copy can be made', async () => {
  const file = fresh()
  chmodSync(file, 0o444)
  for (const words of [['set', file, 'Property.ProductName=X'], ['stream', 'rm', file, 'Binary.a.bin'], ['query', file, 'DELETE FROM `Property`', '--save']]) {
    const { status, stderr } = await msikit(...words)
    assert.equal(status, 5)
    assert.match(stderr, /found one that is read-only/)
  }
  await ok('set', file, 'Property.ProductName=X', '-o', `${file}.new`)
  assert.equal(statSync(`${file}.new`).mode & 0o200, 0o200)
})

test('what is written to a device goes there, and the device stays', async () => {
  await ok('set', fresh(), 'Property.ProductName=X', '-o', '/dev/null')
  assert.ok(statSync('/dev/null').isCharacterDevice())
})

test('columns of two tables with the same name keep both their values', async () => {
  const file = work.save('join.msi', aDatabase({ A: { columns: 'Id* s10; Text S10', rows: [['1', 'of A']] }, B: { columns: 'Id* s10; Text S10', rows: [['1', 'of B']] } }))
  const select = 'SELECT `A`.`Id`, `A`.`Text`, `B`.`Text` FROM `A`, `B` WHERE `A`.`Id` = `B`.`Id`'
  assert.deepEqual(JSON.parse(await ok('query', file, select, '--json')), [{ Id: '1', 'A.Text': 'of A', 'B.Text': 'of B' }])
  assert.equal(await ok('query', file, select, '--csv'), 'Id,A.Text,B.Text\r\n1,of A,of B\r\n')
})

test('statements take the values of their markers in turn', async () => {
  const file = fresh()
  await ok('query', file, 'UPDATE `Property` SET `Value` = ? WHERE `Property` = ?', "DELETE FROM `Property` WHERE `Value` = ? AND `Property` <> '?'", '-p', '2', '-p', 'ProductName', '-p', '1.0.0', '--save')
  assert.deepEqual(cells(file, 'Property').map(([name, value]) => `${name}=${value}`).sort(), ['ProductCode={11111111-1111-1111-1111-111111111111}', 'ProductName=2'])
  assert.deepEqual(JSON.parse(await ok('query', file, 'SELECT `Value` FROM `Property` WHERE `Property` = ?', 'DELETE FROM `Binary`', '-p', 'ProductName', '--save', '--json')), [[{ Value: '2' }], []])
  assert.match((await msikit('query', file, 'SELECT * FROM `Property`', '-p', '1')).stderr, /expected 0 of --parameter, one for each \?, found 1/)
})

test('a signature that no longer holds is told, and goes when it is asked to', async () => {
  const file = fresh((database) => { database.setStream('\u0005DigitalSignature', bytesSource(Uint8Array.of(1))) })
  assert.match((await msikit('set', file, 'Property.ProductName=x')).stderr, /is not what was signed any more/)
  await ok('stream', 'rm', file, 'DigitalSignature')
  assert.equal(open(file).stream('\u0005DigitalSignature'), undefined)
})

test('streams are put in, taken out and removed', async () => {
  const file = fresh()
  work.write('bytes', Uint8Array.of(4, 5, 6))
  await ok('stream', 'put', file, 'data.cab', work.path('bytes'))
  assert.deepEqual([...(await msikit('stream', 'get', file, 'data.cab')).bytes], [4, 5, 6])
  await ok('stream', 'put', file, 'Binary.a.bin', work.path('bytes'))
  assert.deepEqual([...open(file).stream('Binary.a.bin')!.read(0, 9)], [4, 5, 6])
  await ok('stream', 'rm', file, 'data.cab')
  assert.equal(open(file).stream('data.cab'), undefined)
  await refused(87, /expected a row of the table Binary with this key/, 'stream', 'put', file, 'Binary.none', work.path('bytes'))
  await refused(87, /expected a stream that is no cell/, 'stream', 'rm', file, 'Binary.a.bin')
  await refused(87, /expected a stream of the package, found "nothing"/, 'stream', 'rm', file, 'nothing')
  await refused(2, /unknown command "putt"; did you mean put\?/, 'stream', 'putt')
})

const changed = (): string => fresh((database) => {
  const property = database.table('Property')!
  property.update(property.find('ProductVersion')!, 'Value', '2.0.0')
  property.delete(property.find('ProductName')!)
  property.insert(['Added', 'x'])
  database.setStream('Binary.a.bin', bytesSource(Uint8Array.of(2)))
  database.createTable({ name: 'New', columns: [{ name: 'K', type: 'string', key: true }] }).insert(['k'])
})

test('differences are told row by row, as text and as data, with the status of diff', async () => {
  const [a, b] = [fresh(), changed()]
  const told = await msikit('diff', a, b)
  assert.equal(told.status, 1)
  assert.equal(told.stdout, [
    'Table Binary', '  ~ a.bin: Data [1 byte] -> [1 byte]', 'Table New (new)', '  + k', 'Table Property', '  + Added: Value x', '  - ProductName', '  ~ ProductVersion: Value 1.0.0 -> 2.0.0', '',
  ].join('\n'))
  const json = JSON.parse((await msikit('diff', a, b, '--json')).stdout) as { differs: boolean; tables: { table: string; kind: string }[] }
  assert.deepEqual([json.differs, json.tables.map(({ table, kind }) => `${kind} ${table}`)], [true, ['changed Binary', 'added New', 'changed Property']])
  assert.deepEqual(await msikit('diff', a, a).then(({ status, stdout }) => [status, stdout]), [0, ''])
  assert.match((await msikit('diff', a, b, '--brief')).stdout, /differ/)
  assert.equal((await msikit('diff', a, work.path('missing.msi'))).status, 1619 % 256)
  assert.equal((await msikit('diff', a)).status, 2)
})

test('how a package is stored makes no difference', async () => {
  const a = fresh()
  const b = work.save('other-order.msi', aDatabase(Object.fromEntries(Object.entries(tables).toReversed())))
  assert.ok(!work.read(a.slice(work.folder.length + 1)).equals(work.read('other-order.msi')))
  assert.equal((await msikit('diff', a, b)).status, 0)
})

test('transforms are compared with transforms, by what they change', async () => {
  const base = work.save('base.msi', aDatabase({ Property: [['ProductCode', '{11111111-2222-3333-4444-555555555555}'], ['ProductVersion', '1.0'], ['A', '1']] }))
  const make = async (name: string, rows: readonly (readonly [string, string])[]): Promise<string> => {
    const changed = work.save(`${name}.msi`, aDatabase({ Property: [['ProductCode', '{11111111-2222-3333-4444-555555555555}'], ...rows] }))
    await ok('transform', 'create', base, changed, '-o', work.path(`${name}.mst`))
    return work.path(`${name}.mst`)
  }
  const two = await make('two', [['ProductVersion', '2.0'], ['A', '1']])
  const three = await make('three', [['ProductVersion', '3.0'], ['B', '1']])
  const { status, stdout } = await msikit('diff', two, three)
  assert.equal(status, 1)
  assert.match(stdout, /Table _TransformView\n {2}\+ Property, DELETE, A\n {2}\+ Property, INSERT, B\n {2}\+ Property, Value, B: Data 1\n {2}~ Property, Value, ProductVersion: Data 2\.0 -> 3\.0\n/)
  assert.equal((await msikit('diff', two, two)).status, 0)
  await refused(50, /found the transform .*two\.mst and the package .*base\.msi.*transform apply BASE\.msi/s, 'diff', base, two)
})

test('a transform is made, shown, applied, and gives the changed tables', async () => {
  const [a, b] = [fresh(), changed()]
  const transform = work.path('change.mst')
  assert.match(await ok('transform', 'create', a, b, '-o', transform, '--check', 'product', '--ignore', 'addExistingRow'), /3 changed tables/)
  const text = await ok('transform', 'show', transform, a)
  assert.match(text, /Checked +product\n/)
  assert.match(text, /~ ProductVersion: Value 1\.0\.0 -> 2\.0\.0/)
  assert.match(text, /- ProductName\n/)
  assert.match(await ok('transform', 'show', transform), /~ ProductVersion: Value null -> 2\.0\.0/)
  const result = work.path('applied.msi')
  await ok('transform', 'apply', a, transform, '-o', result)
  assert.deepEqual(await msikit('diff', result, b).then(({ status, stdout }) => [status, stdout]), [0, ''])
  await refused(80, /expected no such file yet/, 'transform', 'apply', a, transform, '-o', result)
  const other = fresh((database) => { database.table('Property')!.update(database.table('Property')!.find('ProductCode')!, 'Value', '{22222222-2222-2222-2222-222222222222}') })
  await refused(1624 % 256, /expected a package whose product is \{1111/, 'transform', 'apply', other, transform, '-o', work.path('no.msi'))
  await ok('transform', 'apply', other, transform, '-o', work.path('forced.msi'), '--no-check')
  await refused(1624 % 256, /table New exists already.*\n?.*--ignore/s, 'transform', 'apply', b, transform, '-o', work.path('no.msi'))
  await refused(1624 % 256, /expected a transform, found another kind/, 'transform', 'apply', a, b, '-o', work.path('no.msi'))
  await refused(1619 % 256, /missing\.mst: expected a package/, 'transform', 'apply', a, work.path('missing.mst'), '-o', work.path('no.msi'))
  await refused(1627 % 256, /expected tables that differ/, 'transform', 'create', a, a, '-o', work.path('none.mst'))
  await refused(2, /did you mean product\?/, 'transform', 'create', a, b, '-o', work.path('none.mst'), '--check', 'produkt')
})

test('a transform inside the package is applied by its name', async () => {
  const [a, b] = [fresh(), changed()]
  const transform = work.path('inner.mst')
  await ok('transform', 'create', a, b, '-o', transform)
  const file = fresh((database) => { database.setStorage('1031', storageFromFile(bytesSource(work.read('inner.mst')))) })
  await ok('transform', 'apply', file, ':1031', '-o', work.path('inner.msi'))
  assert.equal(open(work.path('inner.msi')).table('Property')!.find('ProductVersion')!.text('Value'), '2.0.0')
  assert.match(await ok('transform', 'show', `${file}:1031`, file), /ProductVersion: Value 1\.0\.0 -> 2\.0\.0/)
  await refused(1624 % 256, /expected a storage "1032" in the package, found 1031/, 'transform', 'apply', file, ':1032', '-o', work.path('no.msi'))
})

test('files are compared by content', { skip: skipWithout('corpus/made/upgrade_v1.msi') }, async () => {
  const [a, b] = [sharedPath('corpus/made/upgrade_v1.msi')!, sharedPath('corpus/made/upgrade_v2.msi')!]
  const { stdout } = await msikit('diff', a, b)
  assert.match(stdout, /Files\n {2}- Program Files\/Oracle upgrade\/own-1\.0\.0\.txt, 9 bytes\n {2}\+ .*own-2\.0\.0\.txt.*\n {2}~ .*shared\.txt: 21 bytes, other content\n/)
  assert.match((await msikit('diff', a, b, '--no-files')).stdout, /Streams\n {2}~ data\.cab/)
})
