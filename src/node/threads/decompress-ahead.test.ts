import { strict as assert } from 'node:assert'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { PackageBuilder } from '../../authoring/index.ts'
import { bytesSource } from '../../base/index.ts'
import { openCabinet } from '../../cabinet/index.ts'
import { installPackage } from '../../engine/index.ts'
import type { CompressedFolder } from '../../platform/index.ts'
import { aCabinet } from '../../testing/index.ts'
import { openFileSource } from '../files/file-source.ts'
import { createNodePlatform } from '../node-platform.ts'
import { decompressAhead, decompressOnThread } from './decompress-ahead.ts'

const work = mkdtempSync(join(tmpdir(), 'msikit-ahead-'))
after(() => rmSync(work, { recursive: true }))

/** More than the threads have room for between them. */
const content = Uint8Array.from({ length: 9_000_000 }, (_, at) => at * at >> 9)
const contents = { a: content.subarray(0, 5_000_000), b: content.subarray(5_000_000, 5_000_001), c: content.subarray(5_000_001) }
const whole = aCabinet(contents)

/** What is extracted of a cabinet in a file, by name, and the error that ends it. */
function extract(name: string, bytes: Uint8Array, ahead?: typeof decompressOnThread): { files: Map<string, Buffer>; error: string | undefined } {
  const path = join(work, name)
  writeFileSync(path, bytes)
  using source = openFileSource(path)
  const files = new Map<string, Buffer>()
  try {
    openCabinet(source).extract((file) => {
      const pieces: Uint8Array[] = []
      return { write: (piece) => { pieces.push(new Uint8Array(piece)) }, end: () => { files.set(file.name, Buffer.concat(pieces)) } }
    }, ahead === undefined ? {} : { ahead })
  } catch (error) {
    return { files, error: (error as Error).message }
  }
  return { files, error: undefined }
}

test('another thread decompresses what this one takes', () => {
  let pieces = 0
  const { files, error } = extract('whole.cab', whole, function* (folder: CompressedFolder, bytes: number) {
    assert.equal(bytes, content.length)
    for (const piece of decompressOnThread(folder, bytes)!) {
      pieces += piece.length
      yield piece
    }
  })
  assert.equal(error, undefined)
  assert.ok(pieces > content.length - (1 << 18))
  for (const [name, expected] of Object.entries(contents)) assert.ok(files.get(name)!.equals(expected), name)
})

test('what is damaged is met by who takes it, as without the thread', () => {
  const damaged = whole.slice()
  damaged[damaged.length - 1000]! ^= 1
  const alone = extract('damaged.cab', damaged)
  assert.match(alone.error!, /checksum/)
  assert.deepEqual(extract('damaged.cab', damaged, decompressOnThread), alone)
})

test('who leaves off has the thread stop reading', () => {
  const path = join(work, 'left.cab')
  writeFileSync(path, whole)
  using source = openFileSource(path)
  for (const piece of decompressOnThread(openCabinet(source).folders[0]!, content.length)!) {
    assert.deepEqual(piece, content.subarray(0, piece.length))
    break
  }
})

test('there is no thread for little, nor for what lies in memory', () => {
  const [folder] = openCabinet(bytesSource(whole)).folders
  assert.equal(decompressAhead(folder!, content.length), undefined)
  assert.equal(decompressOnThread(folder!, content.length), undefined)
})

test('an installation writes what the thread decompresses', async () => {
  const app = new PackageBuilder({ name: 'Large', version: '1.0.0', manufacturer: 'Acme', upgradeCode: '{5A4E7B0B-2B57-4C3E-8E5E-0C7B7A5D2F11}' })
  const folder = app.folder('ProgramFilesFolder').folder('Large', { key: 'INSTALLDIR' })
  const main = app.feature('Main', { title: 'Main', folder })
  for (const [name, bytes] of Object.entries(contents)) main.file(folder, name, bytes)
  const pieces: Uint8Array[] = []
  app.build({ validation: false }).save({ write: (piece) => { pieces.push(new Uint8Array(piece)) } })
  writeFileSync(join(work, 'large.msi'), Buffer.concat(pieces))
  const platform = createNodePlatform({ root: join(work, 'root') })
  let asked = 0
  const { exitCode } = await installPackage({ ...platform, decompressAhead: (one, bytes) => {
    asked++
    return decompressOnThread(one, bytes)
  } }, { package: platform.files.fromHostPath(join(work, 'large.msi'))!, restartManager: 'none' })
  assert.equal(exitCode, 0)
  assert.equal(asked, 1)
  for (const [name, bytes] of Object.entries(contents)) assert.ok(readFileSync(join(work, 'root/Program Files (x86)/Large', name)).equals(bytes), name)
})
