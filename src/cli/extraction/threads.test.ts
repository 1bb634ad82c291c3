import { strict as assert } from 'node:assert'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { bytesSource } from '../../base/index.ts'
import { openCabinet, writeCabinet, type Cabinet, type CabinetFile } from '../../cabinet/index.ts'
import { createDatabase, openDatabase } from '../../database/index.ts'
import { openFileSource } from '../../node/index.ts'
import { OutputFolder } from '../files/output-folder.ts'
import { writeFile } from '../files/write-file.ts'
import { placeList } from '../layout/places.ts'
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

/** @returns those that are finished */
async function extract(cabinet: Cabinet, output: OutputFolder, more: { readonly threads?: number | undefined } = {}): Promise<Set<CabinetFile>> {
  const places = placeList(cabinet.files.map(({ safePath }) => ({ folder: safePath!.slice(0, -1), name: safePath!.at(-1)! })))
  const numbers = Uint32Array.from(cabinet.files.keys())
  const isFinished = await extractOnThreads([{ cabinet, files: numbers, targets: numbers }], places, output, { ...options, ...more })
  return new Set(cabinet.files.filter((_, number) => isFinished(number)))
}

function checkFiles(folder: string, indexes: readonly number[]): void {
  for (const index of indexes) assert.deepEqual(new Uint8Array(readFileSync(join(folder, index % 2 === 0 ? `f${index}` : `shared/folder/f${index}`))), content(index), `f${index}`)
}

test('folders of a cabinet are extracted by several threads', async () => {
  const cabinet = openCabinet(openFileSource(aCabinetFile('whole.cab')))
  const output = new OutputFolder(join(work, 'whole'))
  const finished = await extract(cabinet, output)
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
  assert.equal((await extract(cabinet, output)).size, 12)
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
  const finished = await extract(cabinet, output)
  assert.deepEqual(cabinet.files.filter((file) => !finished.has(file)).map((file) => file.name), ['f6', 'shared\\folder\\f7'])
  checkFiles(output.path, [0, 1, 2, 3, 4, 5, 8, 9, 10, 11])
  assert.ok(!existsSync(join(output.path, 'f6')) && !existsSync(join(output.path, 'shared/folder/f7')))
})

/** One folder: files small and large, more than the ring between the threads holds. */
function oneFolder(name: string): { path: string; contents: Map<string, Uint8Array> } {
  const contents = new Map(Array.from({ length: 200 }, (_, index) => [`d${index % 3}\\f${index}`, index % 50 === 7 ? new Uint8Array(2_400_000).fill(index) : content(index % 9)]))
  const path = join(work, name)
  writeFile(path, (sink) => { writeCabinet([...contents].map(([file, bytes]) => ({ name: file, source: bytesSource(bytes), modifiedMs: Date.UTC(2020, 1, 2) })), sink, { compression: 'none' }) })
  return { path, contents }
}

const placeOf = (output: OutputFolder, name: string): string => join(output.path, ...name.split('\\'))

test('one folder is written by two threads', async () => {
  const { path, contents } = oneFolder('one.cab')
  const cabinet = openCabinet(openFileSource(path))
  const output = new OutputFolder(join(work, 'one'))
  assert.equal((await extract(cabinet, output)).size, contents.size)
  for (const [name, bytes] of contents) {
    assert.ok(Buffer.from(bytes).equals(readFileSync(placeOf(output, name))), name)
    assert.equal(statSync(placeOf(output, name)).mtimeMs, Date.UTC(2020, 1, 2), name)
  }
})

test('a file that the writing thread cannot create is left to the caller, and nothing is replaced', async () => {
  const { path, contents } = oneFolder('taken.cab')
  const cabinet = openCabinet(openFileSource(path))
  const output = new OutputFolder(join(work, 'taken'))
  mkdirSync(join(output.path, 'd1'))
  writeFileSync(join(output.path, 'd1/f100'), 'mine')
  const finished = await extract(cabinet, output)
  assert.ok(finished.size < contents.size)
  assert.equal(readFileSync(join(output.path, 'd1/f100'), 'utf8'), 'mine')
  for (const [name, bytes] of contents) {
    if ([...finished].some((file) => file.name === name)) assert.ok(Buffer.from(bytes).equals(readFileSync(placeOf(output, name))), name)
    else if (name !== 'd1\\f100') assert.ok(!existsSync(placeOf(output, name)), name)
  }
})

test('a folder that is damaged in the middle: files before are whole, the others are not there', async () => {
  const { path, contents } = oneFolder('broken.cab')
  const bytes = readFileSync(path)
  bytes[bytes.length - (bytes.length >> 2)]! ^= 1
  writeFileSync(path, bytes)
  const cabinet = openCabinet(openFileSource(path))
  const output = new OutputFolder(join(work, 'broken'))
  const finished = new Set([...await extract(cabinet, output)].map(({ name }) => name))
  assert.ok(finished.size > 50 && finished.size < contents.size, `${finished.size}`)
  for (const [name, content] of contents) {
    assert.equal(existsSync(placeOf(output, name)), finished.has(name), name)
    if (finished.has(name)) assert.ok(Buffer.from(content).equals(readFileSync(placeOf(output, name))), name)
  }
})

test('little work, one thread, or bytes that are in no file of the host are left to the caller', async () => {
  const path = aCabinetFile('little.cab')
  const output = new OutputFolder(join(work, 'little'))
  const cabinet = openCabinet(openFileSource(path))
  const inMemory = openCabinet(bytesSource(readFileSync(path)))
  for (const [one, threads] of [[cabinet, undefined], [cabinet, 1], [inMemory, 2]] as const) {
    assert.equal((await extract(one, output, { threads })).size, 0)
  }
})
