// Places that are no good to read from or write to: each is told by its name, with what to do, and nothing else goes wrong.
import { strict as assert } from 'node:assert'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { test } from 'node:test'
import { aPackage, bytesOf } from '../../dist/testing/index.js'
import { msikit, Work } from './in-process.js'

const work = new Work()
const skip = existsSync('/dev/full') ? false : 'there are no devices here'
const file = work.write('package.msi', bytesOf((sink) => { aPackage().build({ validation: false }).save(sink) }))

test('a log on a full disk does not stop the installation, and is told to lack lines', { skip }, async () => {
  const { status, stdout, stderr } = await msikit('install', file, '--root', work.path('root'), '--log', '/dev/full')
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^installed /)
  assert.match(stderr, /note: the log \/dev\/full is not complete: the disk is full/)
})

test('a log that cannot be opened stops the installation, and no root is left', async () => {
  const { status, stderr } = await msikit('install', file, '--root', work.path('above', 'unused'), '--log', work.path('none', 'a.log'))
  assert.equal(status, 1622 % 256, stderr)
  assert.ok(!existsSync(work.path('above')))
})

test('what cannot be read in any order is no empty file', { skip }, async () => {
  for (const words of [['info', '/dev/null'], ['install', '/dev/null'], ['cab', 'list', '/dev/null']]) {
    assert.match((await msikit(...words)).stderr, /\/dev\/null: expected a (package|cabinet), found: a pipe or a device/)
  }
})

for (const [words, expected] of [
  [['export', file, '-o', file], /output .*package\.msi: expected a folder, or a place for one, found: a file/],
  [['cab', 'create', file, '-o', work.folder, '--force'], /expected a file, or a place for one, found: a folder/],
  [['cab', 'create', file, '-o', work.path('none', 'a.cab')], /none.a\.cab: expected a file that can be written, found: no such file or folder .*\nMake its folder first/],
  [['stream', 'get', file, 'SummaryInformation', work.path('none', 'a')], /none.a: expected a file that can be written, found: no such file or folder/],
  [['set', file, '--add', 'Property.A=1', '-o', work.path('none', 'a.msi')], /none.a\.msi: expected a file that can be written/],
  [['log', work.folder], /expected a log, found: a folder/],
] as const) {
  test(`${words.slice(0, 2).join(' ')} to ${String(expected)}`, async () => {
    const before = readdirSync(work.folder)
    const { status, stderr } = await msikit(...words)
    assert.notEqual(status, 0)
    assert.match(stderr, expected)
    assert.doesNotMatch(stderr, /\.new-/)
    assert.deepEqual(readdirSync(work.folder), before)
  })
}

test('a cabinet is not written over a device', { skip }, async () => {
  assert.match((await msikit('cab', 'create', file, '-o', '/dev/null', '--force')).stderr, /found: a device/)
  assert.ok(statSync('/dev/null').isCharacterDevice())
})
