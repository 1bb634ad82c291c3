import { strict as assert } from 'node:assert'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { bytesSource } from '../../base/index.ts'
import { openCabinet, writeCabinet, type Cabinet, type CabinetFile } from '../../cabinet/index.ts'
import { createDatabase, openDatabase } from '../../database/index.ts'
import { openFileSource } from '../../node/index.ts'
import { OutputFolder } from '../output-folder.ts'
import { writeFile } from '../write-file.ts'
import { extractOnThreads } from './threads.ts'

const work = mkdtempSync(join(tmpdir(), 'msikit-threads-'))
after(() => rmSync(work, { recursive: true }))
const options = { threads: 2, draw: () => {} }
const content = (index: number): Uint8Array => Uint8Array.from({ length: index * 3001 }, (_, at) => at * index >> 5)

/** Two files in each of six folders, one of them below a folder that all of them share. */
function aCabinetFile(name: string): string {
  const path = join(work, name)
  const files = Array.from({ length: 12 }, (_, index) => ({ name: index % 2 === 0 ? `f${index}` : `shared\\folder\\f${index}`, source: bytesSource(content(index)), newFolder: index % 2 === 0 }))
  writeFile(path, (sink) => { writeCabinet(files, sink, { compression: 'lzx', level: 1, windowBits: 15 }) })
  return path
}

function targetsOf(cabinet: Cabinet): Map<CabinetFile, { path: readonly string[]; modifiedMs: number }> {
  return new Map(cabinet.files.map((file) => [file, { path: file.safePath!, modifiedMs: file.modifiedMs }]))
}

function checkFiles(folder: string, indexes: readonly number[]): void {
  for (const index of indexes) assert.deepEqual(new Uint8Array(readFileSync(join(folder, index % 2 === 0 ? `f${index}` : `shared/folder/f${index}`))), content(index), `f${index}`)
}

test('folders of a cabinet are extracted by several threads', async () => {
  const cabinet = openCabinet(openFileSource(aCabinetFile('whole.cab')))
  const output = new OutputFolder(join(work, 'whole'))
  const finished = await extractOnThreads([{ cabinet, targets: targetsOf(cabinet) }], output, options)
  assert.equal(finished.size, 12)
  checkFiles(output.path, [...Array.from({ length: 12 }).keys()])
})

test('a cabinet in a stream of a package is found again by other threads', async () => {
  const bytes = readFileSync(aCabinetFile('inner.cab'))
  const database = createDatabase()
  database.setStream('other', bytesSource(new Uint8Array(5000)))
  database.setStream('data.cab', bytesSource(bytes))
  writeFile(join(work, 'x.msi'), (sink) => database.save(sink))
  const cabinet = openCabinet(openDatabase(openFileSource(join(work, 'x.msi'))).stream('data.cab')!)
  const output = new OutputFolder(join(work, 'inner'))
  assert.equal((await extractOnThreads([{ cabinet, targets: targetsOf(cabinet) }], output, options)).size, 12)
  checkFiles(output.path, [...Array.from({ length: 12 }).keys()])
})

test('a damaged folder costs its own files, and what is half written goes', async () => {
  const path = aCabinetFile('damaged.cab')
  const bytes = readFileSync(path)
  const whole = openCabinet(bytesSource(bytes))
  const { dataOffset } = whole.folders[3]!.parts[0]!
  bytes.fill(0xff, dataOffset + 8, dataOffset + 40)
  writeFileSync(path, bytes)
  const cabinet = openCabinet(openFileSource(path))
  const output = new OutputFolder(join(work, 'damaged'))
  const finished = await extractOnThreads([{ cabinet, targets: targetsOf(cabinet) }], output, options)
  assert.deepEqual(cabinet.files.filter((file) => !finished.has(file)).map((file) => file.name), ['f6', 'shared\\folder\\f7'])
  checkFiles(output.path, [0, 1, 2, 3, 4, 5, 8, 9, 10, 11])
  assert.ok(!existsSync(join(output.path, 'f6')) && !existsSync(join(output.path, 'shared/folder/f7')))
})

test('little work, one thread, or bytes that are in no file of the host are left to the caller', async () => {
  const path = aCabinetFile('little.cab')
  const output = new OutputFolder(join(work, 'little'))
  const cabinet = openCabinet(openFileSource(path))
  const inMemory = openCabinet(bytesSource(readFileSync(path)))
  for (const [one, threads] of [[cabinet, undefined], [cabinet, 1], [inMemory, 2]] as const) {
    assert.equal((await extractOnThreads([{ cabinet: one, targets: targetsOf(one) }], output, { ...options, threads })).size, 0)
  }
})
