import { strict as assert } from 'node:assert'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { writeCabinet } from '../cabinet/index.ts'
import { aCabinet, cabinetInputs } from '../testing/index.ts'
import { run } from './commands/cab.ts'
import { checkWindowsNames, placeList } from './layout/places.ts'
import { Output } from './terminal/output.ts'

const work = mkdtempSync(join(tmpdir(), 'msikit-cab-'))
after(() => rmSync(work, { recursive: true }))

class Collected extends Output {
  text = ''
  override write(text: string): void {
    this.text += text
  }
}

async function cab(argv: readonly string[], env: Record<string, string> = {}): Promise<{ status: number; out: string; err: string }> {
  const [out, err] = [new Collected(-1), new Collected(-1)]
  const status = await run(argv, { out, err, env })
  return { status, out: out.text, err: err.text }
}

const path = (...names: string[]): string => join(work, ...names)
mkdirSync(path('in/Sub'), { recursive: true })
const noise = Uint8Array.from({ length: 200_000 }, (_, index) => Math.imul(index, 2654435761) >>> 13)
writeFileSync(path('in/noise.bin'), noise)
writeFileSync(path('in/Sub/text.txt'), 'text\n'.repeat(5000))
writeFileSync(path('in/Sub/empty'), '')

function checkTree(folder: string): void {
  assert.deepEqual(readdirSync(path(folder), { recursive: true }).toSorted(), ['Sub', 'Sub/empty', 'Sub/text.txt', 'noise.bin'])
  for (const name of ['noise.bin', 'Sub/text.txt', 'Sub/empty']) assert.deepEqual(readFileSync(path(folder, name)), readFileSync(path('in', name)))
}

for (const compression of ['none', 'mszip', 'lzx:17']) {
  test(`cab create, list and extract with ${compression}`, async () => {
    const file = path(`${compression.replace(':', '')}.cab`)
    assert.equal((await cab(['create', '-o', file, '-c', compression, '--level', '2', path('in')])).status, 0)
    const listed = JSON.parse((await cab(['list', file, '--json'])).out) as { files: { name: string; sizeBytes: number }[]; folders: { method: string }[] }
    assert.deepEqual(listed.files.map(({ name, sizeBytes }) => [name, sizeBytes]), [['Sub\\empty', 0], ['Sub\\text.txt', 25_000], ['noise.bin', 200_000]])
    assert.equal(listed.folders[0]!.method, compression.split(':')[0])
    assert.match((await cab(['list', file])).out, new RegExp(`200000 .* ${compression} +noise.bin\n[^]*3 files`))
    assert.equal((await cab(['extract', file, '-o', path(`out-${compression}`)])).status, 0)
    checkTree(`out-${compression}`)
  })
}

test('a set is found beside any of its cabinets, and one that is missing is named', async () => {
  const { out } = await cab(['create', '-o', path('disk08.cab'), '--max-size', '40K', '-c', 'none', '--set-id', '7', '--reserve', '20:1:2', path('in'), '--json'])
  const cabinets = JSON.parse(out) as { path: string }[]
  assert.deepEqual(cabinets.slice(0, 3).map((one) => one.path), ['disk08.cab', 'disk09.cab', 'disk10.cab'].map((name) => path(name)))
  assert.equal((await cab(['extract', path('disk10.cab'), '-o', path('out-set')])).status, 0)
  checkTree('out-set')
  rmSync(path('disk10.cab'))
  const { status, err } = await cab(['extract', path('disk08.cab'), '-o', path('out-broken')])
  assert.equal(status, 110)
  assert.match(err, /the next cabinet "disk10.cab" of the set[^]*Put the cabinets of the set into one folder/)
  assert.match((await cab(['list', path('disk09.cab')])).err, /note: cabinet set, next cabinet: expected "disk10.cab"/)
})

test('cab extract --match takes what is meant, and nothing is overwritten by a second file of the same name', async () => {
  writeFileSync(path('twice.cab'), aCabinet({ 'a.txt': 'first', 'A.TXT': 'second', 'b\\c.dll': 'library' }))
  const { err } = await cab(['extract', path('twice.cab'), '-o', path('out-twice'), '--match', '*.txt'])
  assert.deepEqual(readdirSync(path('out-twice')).toSorted(), ['A.TXT~2', 'a.txt'])
  assert.match(err, /A.TXT is in the cabinet more than once; one became A.TXT~2/)
})

test('a name that is made up for a second file gives way to none that the cabinet has', async () => {
  writeFileSync(path('made-up.cab'), aCabinet({ 'a~2': 'one', a: 'two', A: 'three' }))
  await cab(['extract', path('made-up.cab'), '-o', path('out-made-up')])
  assert.deepEqual(readdirSync(path('out-made-up')).toSorted().map((name) => [name, readFileSync(path('out-made-up', name), 'utf8')]), [['A~2~', 'three'], ['a', 'two'], ['a~2', 'one']])
})

test('names that no file of Windows can have are noted, and refused on Windows', { skip: process.platform === 'win32' }, async () => {
  const names = ['CON', 'aux.txt', 'dir\\lpt1', 'stream?', 'dot.', 'fine.txt']
  writeFileSync(path('devices.cab'), aCabinet(Object.fromEntries(names.map((name) => [name, name]))))
  const { status, err } = await cab(['extract', path('devices.cab'), '-o', path('out-devices')])
  assert.equal(status, 0)
  assert.match(err, /note: "CON" and 4 more: no file of Windows can have such a name/)
  assert.throws(() => checkWindowsNames(placeList(names.map((name) => ({ folder: name.split('\\').slice(0, -1), name: name.split('\\').at(-1)! }))), new Collected(-1), 'win32'), { code: 'ERROR_INVALID_NAME', message: /"CON" and 4 more: expected names that files of Windows can have/ })
})

test('extract --force replaces files, and a link by a file', async () => {
  writeFileSync(path('forced.cab'), aCabinet({ a: 'new', b: 'new' }))
  mkdirSync(path('out-forced'))
  writeFileSync(path('out-forced/a'), 'old')
  symlinkSync(path('in/noise.bin'), path('out-forced/b'))
  assert.match((await cab(['extract', path('forced.cab'), '-o', path('out-forced')])).err, /out-forced.a and 1 more: expected no such file yet, found one[^]*--force/)
  assert.equal((await cab(['extract', path('forced.cab'), '-o', path('out-forced'), '--force'])).status, 0)
  assert.deepEqual(['a', 'b'].map((name) => readFileSync(path('out-forced', name), 'utf8')), ['new', 'new'])
  assert.equal(readFileSync(path('in/noise.bin')).length, noise.length)
})

test('cabinets of a set under each other\'s names are told apart', async () => {
  mkdirSync(path('mixed'))
  await cab(['create', '-o', path('mixed/disk1.cab'), '--max-size', '60K', '-c', 'none', path('in')])
  renameSync(path('mixed/disk2.cab'), path('mixed/t'))
  renameSync(path('mixed/disk3.cab'), path('mixed/disk2.cab'))
  renameSync(path('mixed/t'), path('mixed/disk3.cab'))
  const { status, err } = await cab(['extract', path('mixed/disk1.cab'), '-o', path('out-mixed')])
  assert.equal(status, 13)
  assert.match(err, /disk1.cab: cabinet set, next cabinet "disk2.cab": expected cabinet 1 of set 0, found cabinet 2 of set 0[^]*under the names they were made with/)
})

for (const name of ['..\\evil', 'C:\\evil', '\\evil', 'a\\..\\..\\evil']) {
  test(`a cabinet with a file called ${name} is refused as a whole`, async () => {
    writeFileSync(path('evil.cab'), aCabinet({ good: 'x', [name]: 'y' }))
    const { status, err } = await cab(['extract', path('evil.cab'), '-o', path('out-evil')])
    assert.equal(status, 123)
    assert.match(err, /do not trust this cabinet/)
    assert.ok(!existsSync(path('out-evil')) && !existsSync(path('evil')))
  })
}

test('nothing is written through a link in the output folder', async () => {
  writeFileSync(path('linked.cab'), aCabinet({ 'Sub\\x': 'x' }))
  mkdirSync(path('out-linked'))
  symlinkSync(path('in'), path('out-linked/Sub'))
  const { status, err } = await cab(['extract', path('linked.cab'), '-o', path('out-linked')])
  assert.equal(status, 267 % 256)
  assert.match(err, /expected a folder, found a symbolic link/)
})

test('a cabinet that breaks off is told with its name, and so is what is no cabinet', async () => {
  const whole = aCabinet({ a: noise })
  writeFileSync(path('short.cab'), whole)
  truncateSync(path('short.cab'), whole.length - 1000)
  assert.match((await cab(['extract', path('short.cab'), '-o', path('out-short')])).err, /short.cab: cabinet data block, data at byte \d+: expected \d+ bytes before/)
  assert.match((await cab(['list', path('in/noise.bin')])).err, /noise.bin: cabinet header, signature at byte 0: expected MSCF/)
  assert.match((await cab(['list', path('none-such.cab')])).err, /none-such.cab: expected a cabinet, found: no such file or folder/)
})

/** Three files in a folder each, stored: the data of `second` are damaged. */
function writeDamaged(name: string): void {
  const parts: Uint8Array[] = []
  const inputs = cabinetInputs({ first: 'first'.repeat(20), second: 'second'.repeat(20), third: 'third'.repeat(20) }).map((one) => ({ ...one, newFolder: true }))
  writeCabinet(inputs, { write: (chunk) => { parts.push(chunk.slice()) } }, { compression: 'none' })
  const bytes = Buffer.concat(parts)
  const at = bytes.indexOf('secondsecond')
  bytes[at + 7]! ^= 1
  writeFileSync(path(name), bytes)
}

test('of a damaged cabinet whatever is whole is taken, the others are named, and the exit status tells of them', async () => {
  writeDamaged('damaged.cab')
  const { status, err, out } = await cab(['extract', path('damaged.cab'), '-o', path('out-damaged')])
  assert.equal(status, 13)
  assert.match(err, /damaged.cab: cabinet data block, checksum at byte \d+: expected [^]*\n {2}not extracted: second\n1 file of 3 could not be taken out\./)
  assert.match(out, /^2 files, 200 bytes/)
  assert.deepEqual(readdirSync(path('out-damaged')).toSorted(), ['first', 'third'])
  const json = JSON.parse((await cab(['extract', path('damaged.cab'), '-o', path('out-damaged-2'), '--json'])).out) as { files: { path: string }[]; failed: { path: string; error: { code: string } }[] }
  assert.deepEqual([json.files.map((one) => one.path), json.failed.map((one) => [one.path, one.error.code])], [['first', 'third'], [['second', 'ERROR_INVALID_DATA']]])
})

test('cab extract --strict refuses what is damaged before anything is written', async () => {
  writeDamaged('strict.cab')
  const { status, err } = await cab(['extract', path('strict.cab'), '-o', path('out-strict'), '--strict'])
  assert.equal(status, 13)
  assert.match(err, /strict.cab: cabinet data block, checksum/)
  assert.ok(!existsSync(path('out-strict')))
  assert.equal((await cab(['extract', path('strict.cab'), '-o', path('out-strict'), '--strict', '--match', '[ft]*'])).status, 0)
  assert.deepEqual(readdirSync(path('out-strict')).toSorted(), ['first', 'third'])
})

test('of a set whose next cabinet is missing, files that end before it are taken', async () => {
  mkdirSync(path('cut-set'))
  await cab(['create', '-o', path('cut-set/part1.cab'), '--max-size', '60K', '-c', 'none', path('in')])
  rmSync(path('cut-set/part2.cab'))
  const { status, err } = await cab(['extract', path('cut-set/part1.cab'), '-o', path('out-cut')])
  assert.equal(status, 110)
  assert.match(err, /the next cabinet "part2.cab" of the set[^]*not extracted: noise.bin\n1 file of 3/)
  assert.deepEqual(readdirSync(path('out-cut'), { recursive: true }).toSorted(), ['Sub', 'Sub/empty', 'Sub/text.txt'])
  assert.equal((await cab(['extract', path('cut-set/part1.cab'), '-o', path('out-cut-strict'), '--strict'])).status, 13)
  assert.ok(!existsSync(path('out-cut-strict')))
})

test('cab create --reproducible gives the same bytes for the same files, with no time after $SOURCE_DATE_EPOCH', async () => {
  for (const name of ['one', 'two']) await cab(['create', '-o', path(`${name}.cab`), path('in')], { SOURCE_DATE_EPOCH: '1000000000' })
  assert.deepEqual(readFileSync(path('one.cab')), readFileSync(path('two.cab')))
  assert.match((await cab(['list', path('one.cab')])).out, /2001-09-09 01:46:40/)
})

test('cab create leaves nothing behind when it fails, and replaces nothing unasked', async () => {
  writeFileSync(path('keep.cab'), 'old')
  assert.equal((await cab(['create', '-o', path('keep.cab'), path('in')])).status, 80)
  assert.equal(readFileSync(path('keep.cab'), 'utf8'), 'old')
  assert.equal((await cab(['create', '-o', path('new.cab'), path('in'), path('in/noise.bin')])).status, 183)
  assert.equal((await cab(['create', '-o', path('new.cab'), path('no-such')])).status, 110)
  assert.deepEqual(readdirSync(work).filter((name) => name.startsWith('new')), [])
  assert.equal((await cab(['create', '-o', path('keep.cab'), '--force', path('in')])).status, 0)
  assert.equal((await cab(['list', path('keep.cab')])).status, 0)
})

for (const argv of [['-c', 'zip'], ['-c', 'mszip:21'], ['--level', '0'], ['--max-size', '1K'], ['--max-size', '3G'], ['--reserve', '1:256'], ['--set-id', '65536']]) {
  test(`cab create refuses ${argv.join(' ')}`, async () => {
    const { status, err } = await cab(['create', '-o', path('refused.cab'), ...argv, path('in')])
    assert.equal(status, 2)
    assert.match(err, new RegExp(`option --${argv[0] === '-c' ? 'compression' : argv[0]!.slice(2)}: expected`))
  })
}
