// `msikit extract` on packages that are whole, damaged, or something else; and that it replaces nothing.
import { strict as assert } from 'node:assert'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { bytesSource } from 'msikit/base'
import { createDatabase, databaseClassIds, generateTransform, openDatabase, transformValidations, type Database } from 'msikit/database'
import { aCabinet, aDatabase, bytesOf } from '../../dist/testing/index.js'
import { sharedPath, skipWithout } from '../shared.js'
import { msikit, Work } from './in-process.js'

const work = new Work()
const putty = 'corpus/putty-0.68-installer.msi'
const listed = (folder: string): string[] => (readdirSync(folder, { recursive: true }) as string[]).filter((name) => statSync(join(folder, name)).isFile()).toSorted()

async function ok(...words: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await msikit(...words)
  assert.equal(status, 0, stderr)
  return stdout
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
/** Incompressible, so that each file has data of its own in the cabinet. */
const noise = (seed: number, length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => Math.imul(at + 1, 2654435761 + seed * 97) >>> 11 & 0xff)

function aTwoFolderPackage(files: Readonly<Record<string, Uint8Array>>, extra: (database: Database) => void = () => {}): Database {
  const names = Object.keys(files)
  const database = aDatabase({
    Directory: [['TARGETDIR', null, 'SourceDir'], ['ProgramFilesFolder', 'TARGETDIR', '.'], ['App', 'ProgramFilesFolder', 'app|My App:src'], ['Sub', 'App', 'sub']],
    Component: names.map((_, index) => [`c${index}`, null, index % 2 === 0 ? 'App' : 'Sub', 0, null, null]),
    File: names.map((name, index) => [name, `c${index}`, `${name}.txt`, files[name]!.length, null, null, null, index + 1]),
    Media: [[1, names.length, null, '#data.cab']],
  })
  database.summary = { codepage: 1252, properties: new Map([[15, { type: 'i4', value: 2 }]]) }
  database.setStream('data.cab', bytesSource(aCabinet(files)))
  extra(database)
  return database
}

test('files are laid out as installed, as on the medium, or flat, and chosen by patterns', async () => {
  const file = work.save('plain.msi', aTwoFolderPackage({ one: text('1'), two: text('2'), three: text('3') }))
  await ok('extract', file, '-o', work.path('target'))
  assert.deepEqual(listed(work.path('target')), ['Program Files/My App/one.txt', 'Program Files/My App/sub/two.txt', 'Program Files/My App/three.txt'].toSorted())
  await ok('extract', file, '-o', work.path('source'), '--layout', 'source')
  assert.deepEqual(listed(work.path('source')), ['src/one.txt', 'src/sub/two.txt', 'src/three.txt'].toSorted())
  await ok('extract', file, '-o', work.path('flat'), '--flat')
  assert.deepEqual(listed(work.path('flat')), ['one.txt', 'three.txt', 'two.txt'])
  await ok('extract', file, '-o', work.path('some'), '--match', '**/SUB/*', '-m', 't?ree.*')
  assert.deepEqual(listed(work.path('some')), ['Program Files/My App/sub/two.txt', 'Program Files/My App/three.txt'].toSorted())
  const none = await msikit('extract', file, '-o', work.path('none'), '--match', '*.exe')
  assert.match(none.stderr, /expected files that fit \*\.exe, found none of 3/)
  assert.ok(!existsSync(work.path('none')))
  assert.equal((await msikit('extract', file, '-o', work.path('none'), '--flat', '--layout', 'source')).status, 2)
})

test('no file is replaced, and none is written then, unless that is asked for', async () => {
  const file = work.save('again.msi', aTwoFolderPackage({ one: text('1'), two: text('2') }))
  mkdirSync(work.path('taken'))
  writeFileSync(work.path('taken/two.txt'), 'mine')
  const refused = await msikit('extract', file, '-o', work.path('taken'), '--flat')
  assert.equal(refused.status, 80)
  assert.match(refused.stderr, /two\.txt: expected no such file yet/)
  assert.deepEqual(listed(work.path('taken')), ['two.txt'])
  await ok('extract', file, '-o', work.path('taken'), '--flat', '--force')
  assert.equal(readFileSync(work.path('taken/two.txt'), 'utf8'), '2')
})

test('of damaged data the files before the damage are whole, the others are named and not there', async () => {
  const files = { one: noise(1, 60_000), two: noise(2, 60_000), three: noise(3, 60_000) }
  const database = aTwoFolderPackage(files)
  const cabinet = database.stream('data.cab')!
  const bytes = Uint8Array.from(cabinet.read(0, cabinet.size))
  bytes[Math.floor(bytes.length * 0.5)]! ^= 0x55
  database.setStream('data.cab', bytesSource(bytes))
  const { status, stdout, stderr } = await msikit('extract', work.save('damaged.msi', database), '-o', work.path('damaged'), '--flat')
  assert.equal(status, 1620 % 256)
  assert.match(stderr, /checksum/)
  assert.match(stderr, /not extracted: two\.txt\n {2}not extracted: three\.txt\n2 files of 3 could not be taken out/)
  assert.match(stdout, /^1 file,/)
  assert.deepEqual(listed(work.path('damaged')), ['one.txt'])
  assert.deepEqual(Uint8Array.from(readFileSync(work.path('damaged/one.txt'))), files.one)
  const json = JSON.parse((await msikit('extract', work.path('damaged.msi'), '-o', work.path('damaged2'), '--json')).stdout) as { files: unknown[]; failed: { file: string; error: { errno: number } }[] }
  assert.deepEqual([json.files.length, json.failed.map(({ file, error }) => [file, error.errno])], [1, [['two', 1620], ['three', 1620]]])
})

test('of a package whose tables are cut off, what is whole of its cabinet is taken under the keys of the files', { skip: skipWithout(putty) }, async () => {
  const whole = readFileSync(sharedPath(putty)!)
  const keys = JSON.parse(await ok('extract', sharedPath(putty)!, '-o', work.path('whole'), '--json')) as { file: string; path: string }[]
  const cut = work.write('cut.msi', whole.subarray(0, Math.floor(whole.length * 0.7)))
  const { status, stderr } = await msikit('extract', cut, '-o', work.path('cut'))
  assert.equal(status, 1620 % 256)
  assert.match(stderr, /What looks like a cabinet is taken nevertheless/)
  const found = listed(work.path('cut'))
  assert.ok(found.length > 0 && found.length < keys.length, found.join())
  for (const name of found) assert.ok(work.read('cut', name).equals(work.read('whole', keys.find(({ file }) => file === name)!.path)), name)
  assert.equal(stderr.split('not extracted: ').length - 1, keys.length - found.length)
})

test('of a package that ends too early the files before the end are whole', async () => {
  const files = { one: noise(1, 60_000), two: noise(2, 60_000), three: noise(3, 60_000) }
  work.save('long.msi', aTwoFolderPackage(files))
  const whole = work.read('long.msi')
  for (const [share, expected] of [[0.95, 2], [0.8, 1], [0.6, 0]] as const) {
    const { status, stderr } = await msikit('extract', work.write('short.msi', whole.subarray(0, Math.floor(whole.length * share))), '-o', work.path(`short-${share}`), '--flat')
    assert.equal(status, 1620 % 256)
    assert.equal(stderr.split('not extracted: ').length - 1, 3 - expected)
    assert.deepEqual(listed(work.path(`short-${share}`)), ['one.txt', 'two.txt'].slice(0, expected))
  }
  assert.deepEqual(Uint8Array.from(readFileSync(work.path('short-0.95/two.txt'))), files.two)
})

test('a cabinet elsewhere is found where one says, and missing ones are named', async () => {
  const database = aTwoFolderPackage({ one: text('1'), two: text('2') })
  const cabinet = database.stream('data.cab')!
  mkdirSync(work.path('disk'))
  writeFileSync(work.path('disk/DATA.CAB'), cabinet.read(0, cabinet.size))
  database.setStream('data.cab', undefined)
  const media = database.table('Media')!
  media.update(media.find(1)!, 'Cabinet', 'data.cab')
  const file = work.save('external.msi', database)
  const missing = await msikit('extract', file, '-o', work.path('external'))
  assert.equal(missing.status, 1612 % 256)
  assert.match(missing.stderr, /cabinet data\.cab: expected a file beside .*\n.*--external-cabinets DIR/)
  await ok('extract', file, '-o', work.path('external2'), '--external-cabinets', work.path('disk'), '--flat')
  assert.deepEqual(listed(work.path('external2')), ['one.txt', 'two.txt'])
  // The shorter spelling, and a pattern as Windows writes paths.
  await ok('extract', file, '-o', work.path('external3'), '--external-cabs', work.path('disk'), '--match', '**\\two.*', '--flat')
  assert.deepEqual(listed(work.path('external3')), ['two.txt'])
  const pattern = await msikit('extract', file, '--list', '--match', '[z-a]')
  assert.deepEqual([pattern.status, /expected a pattern .*found "\[z-a\]"/.test(pattern.stderr)], [2, true])
})

const lpstr = (value: string) => ({ type: 'lpstr' as const, value })

function aPatch(target: Database, changed: Database, own: Database, base: Database, files: Readonly<Record<string, Uint8Array>>): Database {
  const patch = createDatabase({ classId: databaseClassIds.patch })
  patch.setStorage('AtoB', generateTransform(changed, target)!)
  patch.setStorage('#AtoB', generateTransform(own, base)!)
  patch.setStream('PCW_CAB_1', bytesSource(aCabinet(files)))
  patch.summary = { codepage: 1252, properties: new Map([[2, lpstr('Patch')], [7, lpstr('{11111111-1111-1111-1111-111111111111}')], [8, lpstr(':AtoB;:#AtoB')], [9, lpstr('{22222222-2222-2222-2222-222222222222}')]]) }
  return patch
}

test('a patch gives its files, in their places when its target is named', async () => {
  const target = aTwoFolderPackage({ one: text('1'), two: text('2') })
  const changed = aTwoFolderPackage({ one: text('1'), two: text('22'), three: text('3') })
  const own = aTwoFolderPackage({ one: text('1'), two: text('22'), three: text('3') }, (database) => {
    database.table('Media')!.insert([2, 10002, null, '#PCW_CAB_1'])
    const file = database.table('File')!
    for (const [index, key] of ['two', 'three'].entries()) file.update(file.find(key)!, 'Sequence', 10001 + index)
  })
  const patch = work.save('update.msp', aPatch(target, changed, own, changed, { two: text('22'), three: text('3') }))
  await ok('extract', patch, '-o', work.path('patch'))
  assert.deepEqual(listed(work.path('patch')).map((name) => name.split('/').at(-1)), ['three.txt', 'two'])
  await ok('extract', patch, '--target', work.save('target.msi', target), '-o', work.path('patched'))
  assert.deepEqual(listed(work.path('patched')), ['Program Files/My App/sub/two.txt', 'Program Files/My App/three.txt'])
  assert.match(await ok('info', patch), /For product +\{1111/)
})

function withCabinetOfPatch(base: Database, number: number): Database {
  const copy = openDatabase(bytesOf((sink) => { base.save(sink) }))
  copy.table('Media')!.insert([2, 10001, null, `#cab${number}`])
  copy.table('File')!.update(copy.table('File')!.find('one')!, 'Sequence', 10001)
  return copy
}

test('of a patch for two versions of a product each version gets its own files, and without a target none is lost', async () => {
  const codes = ['{AAAAAAAA-1111-1111-1111-111111111111}', '{BBBBBBBB-1111-1111-1111-111111111111}']
  const bases = codes.map((code) => {
    const base = aTwoFolderPackage({ one: text('1') })
    const table = base.createTable({ name: 'Property', columns: [{ name: 'Property', type: 'string', key: true, nullable: false }, { name: 'Value', type: 'string', key: false, nullable: true }] })
    table.insert(['ProductCode', code])
    return base
  })
  const patch = createDatabase({ classId: databaseClassIds.patch })
  for (const [number, base] of bases.entries()) {
    const bigger = openDatabase(bytesOf((sink) => { base.save(sink) }))
    bigger.table('File')!.update(bigger.table('File')!.find('one')!, 'FileSize', 2)
    patch.setStorage(`T${number}`, generateTransform(bigger, base, { validation: transformValidations.product })!)
    patch.setStorage(`#T${number}`, generateTransform(withCabinetOfPatch(base, number), base)!)
    patch.setStream(`cab${number}`, bytesSource(aCabinet({ one: text(`${number}!`) })))
  }
  patch.summary = { codepage: 1252, properties: new Map([[7, lpstr(codes.join(';'))], [8, lpstr(':T0;:#T0;:T1;:#T1')], [9, lpstr('{22222222-2222-2222-2222-222222222222}')]]) }
  const file = work.save('two.msp', patch)
  assert.match(await ok('extract', file, '-o', work.path('twins')), /^2 files, 4 bytes/)
  assert.deepEqual(listed(work.path('twins')).map((name) => work.read('twins', name).toString()).toSorted(), ['0!', '1!'])
  for (const [number, base] of bases.entries()) {
    await ok('extract', file, '--target', work.save(`base${number}.msi`, base), '-o', work.path(`for${number}`))
    assert.equal(work.read(`for${number}`, 'Program Files/My App/one.txt').toString(), `${number}!`)
  }
  const { status, stderr } = await msikit('extract', file, '--target', work.save('none.msi', aTwoFolderPackage({ one: text('1') })), '-o', work.path('for-none'))
  assert.equal(status, 1642 % 256)
  assert.match(stderr, /none\.msi: expected a package that the patch is for, with the product code \{AAAA.* or \{BBBB.*, found none/)
})

test('merge modules and real patches give their files', { skip: skipWithout('corpus/MergeModule1.msm') }, async () => {
  assert.match(await ok('extract', sharedPath('corpus/MergeModule1.msm')!, '-o', work.path('module')), /2 files/)
  assert.match(await ok('extract', sharedPath('corpus/SQL2008_AS.msp')!, '-o', work.path('sql')), /1 file, 6 bytes/)
})
