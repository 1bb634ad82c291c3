// Every cabinet of the corpus, on its own and inside packages, against the digests that cabextract gives.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { bytesSource, readAll, type ByteSource } from 'msikit/base'
import { openCabinet } from 'msikit/cabinet'
import { openCompoundFile, type Storage } from 'msikit/compound-file'
import { openFileSource } from 'msikit/node'
import { sharedPath, skipWithout } from '../shared.ts'

const hasCabextract = spawnSync('cabextract', ['--version']).status === 0
const skip = skipWithout('corpus') || (hasCabextract ? false : 'needs cabextract')
const corpus = sharedPath('corpus')
const files = corpus === undefined ? [] : readdirSync(corpus, { recursive: true, encoding: 'utf8' }).sort()

for (const name of files.filter((file) => file.endsWith('.cab'))) {
  test(`${name} holds what cabextract finds`, { skip }, () => {
    using source = openFileSource(join(corpus!, name))
    compare(source)
  })
}

for (const name of files.filter((file) => /\.ms[ipm]$/.test(file))) {
  test(`the cabinets in ${name} hold what cabextract finds`, { skip }, () => {
    using source = openFileSource(join(corpus!, name))
    for (const stream of cabinetsOf(openCompoundFile(source).root)) compare(stream)
  })
}

if (files.length === 0) test('the cabinets of the corpus hold what cabextract finds', { skip }, () => undefined)

function cabinetsOf(storage: Storage): ByteSource[] {
  return storage.entries.flatMap((entry) => entry.kind === 'storage' ? cabinetsOf(entry)
    : Buffer.from(entry.source.read(0, 4)).toString('latin1') === 'MSCF' ? [entry.source] : [])
}

function compare(source: ByteSource): void {
  const bytes = readAll(source)
  const found = new Map<string, string>()
  openCabinet(bytesSource(bytes), { strict: true }).extract((file) => {
    const digest = createHash('md5')
    return { write: (chunk) => { digest.update(chunk) }, end: () => { found.set(file.name.replaceAll('\\', '/'), digest.digest('hex')) } }
  })
  assert.deepEqual(found, cabextractDigests(bytes))
}

function cabextractDigests(cabinet: Uint8Array): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-cabinet-'))
  try {
    writeFileSync(join(folder, 'x.cab'), cabinet)
    const { status, stdout, stderr } = spawnSync('cabextract', ['-t', join(folder, 'x.cab')], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } })
    assert.equal(status, 0, stderr)
    return new Map([...stdout.matchAll(/^ {2}(.*?) {2}OK\s+([0-9a-f]{32})$/gm)].map((match) => [match[1]!, match[2]!]))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
