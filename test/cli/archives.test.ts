// Packages as text files: taken apart and put together, with msitools, and in git.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { bytesSource } from 'msikit/base'
import { openDatabase } from 'msikit/database'
import { aDatabase } from '../../dist/testing/index.js'
import { folderDigest } from '../folder-digest.js'
import { sharedPath, skipWithout } from '../shared.js'
import { msikit, Work } from './in-process.js'

const work = new Work()
const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined
const content = (version: string) => aDatabase({
  Property: [['ProductVersion', version], ['Zebra', 'last'], ['Apple', 'tab\there\r\nand a line'], ['Umlaut', 'Grüße']],
  Binary: [['a.bin', bytesSource(Uint8Array.of(1, 2, 3))]], Numbers: { columns: 'Id* i4; Value I2', rows: [[10, 1], [9, null], [-3, -32767]] },
}, { codepage: 1252 })

async function ok(...words: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await msikit(...words)
  assert.equal(status, 0, stderr)
  return stdout
}

const contents = (folder: string): Map<string, string> => new Map([...folderDigest(folder)].map(([name, digest]) => [name, digest.replace(/ \d+$/, '')]))

function aFile(name: string, version = '1.0'): string {
  const database = content(version)
  database.setStream('data.cab', bytesSource(Uint8Array.of(7)))
  database.setStorage('1031', aDatabase({ Inner: { columns: 'K* s0', rows: [['k']] } }).toStorage())
  return work.save(name, database)
}

test('a package is taken apart in the order of its keys, and put together again', async () => {
  const file = aFile('plain.msi')
  await ok('export', file, '-o', work.path('plain'))
  assert.deepEqual(readdirSync(work.path('plain'), { recursive: true }).map(String).toSorted(), [
    'Binary', 'Binary.idt', 'Binary/a.bin.ibd', 'Numbers.idt', 'Property.idt', '_ForceCodepage.idt', '_Storages', '_Storages/1031', '_Streams', '_Streams/data.cab', '_SummaryInformation.idt',
  ])
  assert.deepEqual(work.read('plain/Numbers.idt').toString('latin1').split('\r\n').slice(3), ['-3\t-32767', '9\t', '10\t1', ''])
  assert.deepEqual(work.read('plain/Property.idt').toString('latin1').split('\r\n').slice(3).map((line) => line.split('\t')[0]), ['Apple', 'ProductVersion', 'Umlaut', 'Zebra', ''])
  await ok('import', work.path('plain'), '-o', work.path('again.msi'))
  assert.equal((await msikit('diff', file, work.path('again.msi'))).stdout, '')
  await ok('import', work.path('plain'), '-o', work.path('twice.msi'))
  assert.ok(work.read('again.msi').equals(work.read('twice.msi')))
})

test('a folder is made whole or not at all, and an earlier export is replaced when that is asked for', async () => {
  const folder = work.path('folder')
  mkdirSync(join(folder, 'mine'), { recursive: true })
  writeFileSync(join(folder, 'README'), 'mine')
  const before = folderDigest(folder)
  const refused = await msikit('export', aFile('one.msi'), '-o', folder)
  assert.equal(refused.status, 145)
  assert.match(refused.stderr, /expected no such folder yet, or an empty one, found 2 files in it/)
  assert.deepEqual(folderDigest(folder), before)
  await ok('export', aFile('one.msi'), '-o', folder, '--force')
  const less = openDatabase(bytesSource(work.read('one.msi')))
  less.dropTable('Numbers')
  less.dropTable('Binary')
  await ok('export', work.save('less.msi', less), '-o', folder, '--force')
  assert.deepEqual(readdirSync(folder).toSorted(), ['Property.idt', 'README', '_ForceCodepage.idt', '_Storages', '_Streams', '_SummaryInformation.idt', 'mine'])
  assert.equal((await msikit('export', work.path('one.msi'), 'Numbesr', '-o', work.path('none'))).status, 1628 % 256)
  assert.ok(!existsSync(work.path('none')))
  assert.deepEqual(readdirSync(work.folder).filter((name) => name.includes('.new-')), [])
})

for (const [what, files, message] of [
  ['no archives', { README: 'x' }, /expected files named TABLE\.idt, found none/],
  ['an archive without types', { 'A.idt': 'Id\r\n' }, /A/],
  ['a cell whose file is missing', { 'A.idt': 'Id\tData\r\ns0\tv0\r\nA\tId\r\nkey\tnone.ibd\r\n' }, /expected a file "none\.ibd", found none/],
] as const) {
  test(`${what}: nothing is written`, async () => {
    const folder = work.path(what.replaceAll(' ', '-'))
    mkdirSync(folder)
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const { status, stderr } = await msikit('import', folder, '-o', work.path('never.msi'))
    assert.equal(status, 13)
    assert.match(stderr, message)
    assert.ok(!existsSync(work.path('never.msi')))
  })
}

test('a folder that is missing, and a place that is taken, are told', async () => {
  assert.match((await msikit('import', work.path('nowhere'), '-o', work.path('x.msi'))).stderr, /expected a folder with text archives, found: no such file or folder/)
  const taken = work.write('taken.msi', 'mine')
  assert.equal((await msikit('import', work.path('plain'), '-o', taken)).status, 80)
  assert.equal(work.read('taken.msi').toString(), 'mine')
  assert.equal((await msikit('export', work.path('plain.msi'))).status, 2)
})

test('every package of the corpus survives being taken apart and put together', { skip: skipWithout('corpus') }, async () => {
  const corpus = sharedPath('corpus')!
  const files = (readdirSync(corpus, { recursive: true }) as string[]).filter((name) => /\.ms[imp]$/.test(name))
  for (const [index, name] of files.entries()) {
    const [first, second, again] = [work.path(`${index}-a`), work.path(`${index}-b`), work.path(`${index}.msi`)]
    await ok('export', join(corpus, name), '-o', first)
    await ok('import', first, '-o', again)
    await ok('export', again, '-o', second)
    assert.deepEqual(contents(second), contents(first), name)
    const differences = JSON.parse((await msikit('diff', join(corpus, name), again, '--json', '--no-files')).stdout) as { summary: { property: string }[]; streams: { name: string }[]; tables: unknown[]; classId: unknown; codepage: unknown; storages: unknown[] }
    const { summary, streams, tables, classId, codepage, storages } = differences
    assert.deepEqual([tables, classId, codepage, storages], [[], null, null, []], name)
    // Text archives know no fractions of seconds, and a signature would not hold.
    assert.deepEqual(summary.filter(({ property }) => !['created', 'saved', 'lastPrinted'].includes(property)), [], name)
    assert.deepEqual(streams.filter((one) => !one.name.startsWith('\\x05')), [], name)
  }
})

test('msidump and msibuild understand what is exported, and the other way round', { skip: has('msidump') && has('msibuild') ? false : 'needs msidump and msibuild' }, async () => {
  const database = content('1.0')
  // msidump writes line breaks as they are, and UTF-8 below a header that says 1252: nobody can read that again.
  for (const key of ['Apple', 'Umlaut']) database.table('Property')!.delete(database.table('Property')!.find(key)!)
  database.summary = { codepage: 1252, properties: new Map([[2, { type: 'lpstr', value: 'Installation Database' }], [14, { type: 'i4', value: 200 }]]) }
  const file = work.save('both.msi', database)
  mkdirSync(work.path('dumped'))
  assert.equal(spawnSync('msidump', ['-s', '-t', file], { cwd: work.path('dumped') }).status, 0)
  await ok('import', work.path('dumped'), '-o', work.path('from-dump.msi'))
  assert.doesNotMatch((await msikit('diff', file, work.path('from-dump.msi'))).stdout, /Table|Database/)
  await ok('export', file, '-o', work.path('exported'))
  const archives = readdirSync(work.path('exported')).filter((name) => name.endsWith('.idt'))
  const built = spawnSync('msibuild', [work.path('built.msi'), '-i', '_ForceCodepage.idt', ...archives.filter((name) => name !== '_ForceCodepage.idt')], { cwd: work.path('exported'), encoding: 'utf8' })
  assert.equal(built.status, 0, built.stderr)
  assert.doesNotMatch((await msikit('diff', file, work.path('built.msi'))).stdout, /Table|Database/)
})

test('git shows what changed in a package', { skip: has('git') ? false : 'needs git' }, () => {
  const repository = work.path('repository')
  mkdirSync(repository)
  const environment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', HOME: repository }
  const git = (...words: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], { cwd: repository, encoding: 'utf8', env: environment })
    assert.equal(status, 0, stderr)
    return stdout
  }
  git('init', '-q')
  writeFileSync(join(repository, '.gitattributes'), '*.ms[imp] diff=msi\n')
  git('config', 'diff.msi.textconv', `'${process.execPath}' '${resolve(import.meta.dirname, '../../dist/bin/msikit.cjs')}' export --stdout`)
  git('config', 'diff.msi.xfuncname', '^== (.*)$')
  writeFileSync(join(repository, 'app.msi'), readFileSync(aFile('v1.msi', '1.0')))
  git('add', '.')
  git('commit', '-qm', 'one')
  writeFileSync(join(repository, 'app.msi'), readFileSync(aFile('v2.msi', '2.0')))
  const lines = git('diff', '-U0').split('\n')
  assert.deepEqual(lines.filter((line) => /^[-+][^-+]/.test(line)), ['-ProductVersion\t1.0', '+ProductVersion\t2.0'])
  assert.ok(lines.some((line) => line.startsWith('@@') && line.endsWith('== Table Property') || line.endsWith('@@ Table Property')), lines.join('\n'))
})

test('a file that is no package is told in the text for git, which gives up when a textconv fails', async () => {
  writeFileSync(work.path('pointer.msi'), 'version https://git-lfs.github.com/spec/v1\n')
  const text = await ok('export', work.path('pointer.msi'), '--stdout')
  assert.match(text, /^== No package that can be read\ncompound file header, signature at byte 0: expected D0 CF 11 E0 .*\nsize\t43\t[0-9a-f]{64}\n$/)
  assert.equal((await msikit('export', work.path('nothing.msi'), '--stdout')).status, 1619 % 256)
})

test('the text for git has the contents of binary cells, streams and storages as digests', async () => {
  const text = await ok('export', aFile('text.msi'), '--stdout')
  assert.match(text, /^== Summary information\ncode page\t1252\n== Table Binary\nName\tData\na\.bin\t\[3 bytes, 039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81\]\n== Table Numbers\n/)
  assert.match(text, /\nApple\ttab\\there\\r\\nand a line\n/)
  assert.match(text, /\n== Streams\ndata\.cab\t1\t[0-9a-f]{64}\n== Storages\n1031\t[0-9a-f]{64}\n$/)
})
