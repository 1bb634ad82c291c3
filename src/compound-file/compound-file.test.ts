import { strict as assert } from 'node:assert'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { bytesSource, concatBytes, equalBytes, FormatError, readAll, type ByteSource } from '../base/index.ts'
import { compareNames, openCompoundFile, writeCompoundFile, type Storage, type StorageContent, type StorageContentEntry, type WriteOptions } from './index.ts'

const installerClass = '{000C1084-0000-0000-C000-000000000046}'

function write(content: StorageContent, options?: WriteOptions): Uint8Array {
  const parts: Uint8Array[] = []
  writeCompoundFile(content, { write: (chunk) => parts.push(chunk.slice()) }, options)
  return concatBytes(parts)
}

const stream = (name: string, bytes: Uint8Array): StorageContentEntry => ({ kind: 'stream', name, source: bytesSource(bytes) })
const filled = (size: number, seed = 1): Uint8Array => Uint8Array.from({ length: size }, (_, index) => (index * 31 + seed) & 0xff)

function contentOf(storage: Storage): StorageContent {
  return {
    classId: storage.classId, stateBits: storage.stateBits, created: storage.created, modified: storage.modified,
    entries: storage.entries.map((entry) => entry.kind === 'stream' ? entry : { kind: 'storage', name: entry.name, content: contentOf(entry) }),
  }
}

/** Everything a reader can see, for comparison. */
function seen(storage: Storage): unknown {
  return [storage.classId, storage.stateBits, storage.entries.map((entry) => entry.kind === 'stream'
    ? [entry.name, entry.source.size, Buffer.from(readAll(entry.source)).toString('base64')]
    : [entry.name, seen(entry)])]
}

const byName = (entries: readonly StorageContentEntry[]): StorageContentEntry[] => entries.toSorted((a, b) => compareNames(a.name, b.name))
function wanted(content: StorageContent): unknown {
  return [content.classId ?? '{00000000-0000-0000-0000-000000000000}', content.stateBits ?? 0, byName(content.entries).map((entry) => entry.kind === 'stream'
    ? [entry.name, entry.source.size, Buffer.from(readAll(entry.source)).toString('base64')]
    : [entry.name, wanted(entry.content)])]
}

test('names are ordered by length, then by upper-cased units', () => {
  assert.deepEqual(['b', 'aa', 'C', 'ab', 'Ä', 'z'].toSorted(compareNames), ['b', 'C', 'z', 'Ä', 'aa', 'ab'])
  assert.equal(compareNames('straße', 'STRAßE'), 0)
})

test('an empty file has a root with its class id', () => {
  const bytes = write({ classId: installerClass, entries: [] })
  assert.equal(bytes.length, 512 * 3)
  const file = openCompoundFile(bytesSource(bytes), { strict: true })
  assert.equal(file.root.classId, installerClass)
  assert.equal(file.majorVersion, 3)
  assert.deepEqual(file.root.entries, [])
})

test('streams at the borders of sectors and of the mini stream come back as they were', () => {
  const sizes = [0, 1, 63, 64, 65, 511, 512, 4095, 4096, 4097, 70_000]
  const content: StorageContent = { classId: installerClass, entries: sizes.map((size) => stream(`s${size}`, filled(size, size))) }
  for (const majorVersion of [3, 4] as const) {
    const file = openCompoundFile(bytesSource(write(content, { majorVersion })), { strict: true })
    assert.equal(file.majorVersion, majorVersion)
    assert.deepEqual(seen(file.root), wanted(content))
  }
})

test('a stream is found without regard to case, and read in part', () => {
  const file = openCompoundFile(bytesSource(write({ entries: [stream('Data', filled(10_000))] })))
  const entry = file.root.find('DATA')
  assert(entry?.kind === 'stream')
  assert.deepEqual(entry.source.read(5_000, 3), filled(10_000).subarray(5_000, 5_003))
  assert.equal(entry.source.read(9_999, 100).length, 1)
  assert.equal(entry.source.read(10_000, 1).length, 0)
  assert.equal(file.root.find('other'), undefined)
})

test('a file of more than 109 FAT sectors has a DIFAT', () => {
  const size = 512 * 128 * 240
  const content: StorageContent = { entries: [{ kind: 'stream', name: 'large', source: zeros(size) }, stream('after', filled(9_000))] }
  const bytes = write(content)
  assert(new DataView(bytes.buffer).getUint32(0x48, true) > 1)
  const file = openCompoundFile(bytesSource(bytes), { strict: true })
  const entry = file.root.find('after')
  assert(entry?.kind === 'stream')
  assert(equalBytes(readAll(entry.source), filled(9_000)))
})

test('a file beyond 2 GiB is of version 4 and keeps the range lock sector free of data', () => {
  const size = 0x8000_0000
  const sparse = new SparseFile()
  writeCompoundFile({ entries: [{ kind: 'stream', name: 'large', source: zeros(size) }, stream('tail', filled(5_000))] }, sparse)
  const file = openCompoundFile(sparse, { strict: true })
  assert.equal(file.majorVersion, 4)
  const large = file.root.find('large')
  const tail = file.root.find('tail')
  assert(large?.kind === 'stream' && tail?.kind === 'stream')
  assert.equal(large.source.size, size)
  assert(equalBytes(readAll(tail.source), filled(5_000)))
  assert.equal(sparse.size % 4096, 0)
  assert.throws(() => writeCompoundFile({ entries: [{ kind: 'stream', name: 'large', source: zeros(size) }] }, sparse, { majorVersion: 3 }), { code: 'ERROR_NOT_SUPPORTED' })
})

test('names that Windows refuses are refused', () => {
  for (const name of ['', 'x'.repeat(32), 'a/b', 'a:b', 'a!b', 'a\\b', 'a\0']) {
    assert.throws(() => write({ entries: [stream(name, filled(1))] }), { code: 'ERROR_INVALID_NAME' }, name)
  }
  assert.throws(() => write({ entries: [stream('One', filled(1)), stream('oNE', filled(1))] }), /the same name twice/)
})

const names = fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'B', '.', '_', '\u4840', '\u3b00', 'ß', 'é', '\u0005'), minLength: 1, maxLength: 31 }),
  { maxLength: 40, comparator: (a, b) => compareNames(a, b) === 0 })
const streams = fc.oneof({ weight: 9, arbitrary: fc.uint8Array({ maxLength: 200 }) }, { weight: 1, arbitrary: fc.integer({ min: 3_900, max: 20_000 }).map((size) => filled(size)) })
const contents = (depth: number): fc.Arbitrary<StorageContent> => fc.record({
  classId: fc.constantFrom(installerClass, '{00000000-0000-0000-0000-000000000000}'),
  entries: names.chain((list) => fc.tuple(...list.map((name) => {
    const leaf = streams.map((bytes) => stream(name, bytes))
    return depth === 0 ? leaf : fc.oneof({ weight: 5, arbitrary: leaf },
      { weight: 1, arbitrary: contents(depth - 1).map((content): StorageContentEntry => ({ kind: 'storage', name, content })) })
  }))),
})

test('storages may be nested as deeply as a file likes', () => {
  let content: StorageContent = { entries: [] }
  for (let depth = 0; depth < 20_000; depth++) content = { entries: [{ kind: 'storage', name: 'x', content }] }
  let storage: Storage | undefined = openCompoundFile(bytesSource(write(content)), { strict: true }).root
  let depth = 0
  for (; storage !== undefined; depth++) {
    const child: Storage['entries'][number] | undefined = storage.entries[0]
    storage = child?.kind === 'storage' ? child : undefined
  }
  assert.equal(depth, 20_001)
})

test('whatever is written is read again, without findings', () => {
  fc.assert(fc.property(contents(2), fc.constantFrom(3 as const, 4 as const), (content, majorVersion) => {
    const bytes = write(content, { majorVersion })
    assert.deepEqual(seen(openCompoundFile(bytesSource(bytes), { strict: true }).root), wanted(content))
    assert(equalBytes(write(contentOf(openCompoundFile(bytesSource(bytes)).root), { majorVersion }), bytes))
  }), { numRuns: 60 })
})

test('a damaged file is read in part or refused with a format error, whatever the damage', () => {
  const bytes = write({ entries: [stream('a', filled(100)), stream('b', filled(6_000)), { kind: 'storage', name: 'c', content: { entries: [stream('d', filled(5_000))] } }] })
  const damage = fc.array(fc.record({ at: fc.nat(bytes.length / 4 - 1), value: fc.oneof(fc.nat(40), fc.integer({ min: -8, max: -1 }), fc.integer()) }), { minLength: 1, maxLength: 6 })
  fc.assert(fc.property(damage, fc.integer({ min: 0, max: bytes.length }), (changes, cut) => {
    const damaged = bytes.slice()
    const view = new DataView(damaged.buffer)
    for (const { at, value } of changes) view.setInt32(at * 4, value, true)
    for (const source of [bytesSource(damaged), bytesSource(damaged.subarray(0, cut))]) {
      try {
        visit(openCompoundFile(source).root, source.size)
      } catch (error) {
        assert(error instanceof FormatError, `${error}`)
      }
    }
  }), { numRuns: 1_000 })
})

// Where the test file below has the FAT entry of a sector, and a directory entry.
const fat = (sector: number): number => 512 + sector * 4
const directory = (entry: number): number => 1024 + entry * 128

test('loops, shared sectors and wrong sizes are findings', () => {
  const bytes = write({ entries: [stream('a', filled(5_000)), stream('b', filled(5_000))] })
  // Sector 0 is the FAT, sector 1 the directory, a begins at 2 and b at 12.
  const change = (offset: number, value: number): { ids: string[]; sizes: number[] } => {
    const changed = bytes.slice()
    new DataView(changed.buffer).setUint32(offset, value, true)
    const file = openCompoundFile(bytesSource(changed))
    return { ids: file.findings.map((one) => one.id), sizes: file.root.entries.map((entry) => entry.kind === 'stream' ? entry.source.size : -1) }
  }
  assert.deepEqual(change(fat(4), 2), { ids: ['sector-shared'], sizes: [512 * 3, 5_000] })
  assert.deepEqual(change(fat(4), 999), { ids: ['sector-out-of-range'], sizes: [512 * 3, 5_000] })
  assert.deepEqual(change(fat(4), 0xfffffffe), { ids: ['chain-short'], sizes: [512 * 3, 5_000] })
  assert.deepEqual(change(directory(1) + 120, 0x7fffffff), { ids: ['chain-short'], sizes: [5_120, 5_000] })
  assert.deepEqual(change(directory(2) + 116, 2), { ids: ['sector-shared'], sizes: [5_000, 0] })
  assert.deepEqual(change(directory(1) + 68, 2), { ids: ['directory-cycle'], sizes: [5_000, 5_000] })
  assert.deepEqual(change(directory(2) + 72, 77), { ids: ['directory-link'], sizes: [5_000, 5_000] })
  const truncated = openCompoundFile(bytesSource(bytes.subarray(0, 512 * 14)))
  assert.deepEqual(truncated.findings.map((one) => one.id), ['sector-out-of-range'])
})

test('strict reading throws what lenient reading finds', () => {
  const bytes = write({ entries: [stream('a', filled(5_000))] })
  bytes[0x1a] = 9
  assert.deepEqual(openCompoundFile(bytesSource(bytes)).findings.map((one) => one.id), ['header-field'])
  assert.throws(() => openCompoundFile(bytesSource(bytes), { strict: true }), /compound file header, major version at byte 26: expected 3, found 9/)
})

test('a file that is no compound file is refused', () => {
  assert.throws(() => openCompoundFile(bytesSource(new Uint8Array(0))), /signature at byte 0: expected D0 CF .* found nothing/)
  assert.throws(() => openCompoundFile(bytesSource(filled(4_096))), FormatError)
})

const corpus = resolve(process.env['MSIKIT_SHARED'] ?? resolve(import.meta.dirname, '../../../shared'), 'corpus')
test('real packages are read without findings, and are the same after writing', { skip: existsSync(corpus) ? false : 'the corpus is not here' }, () => {
  const files = ['.', 'made'].flatMap((folder) => readdirSync(join(corpus, folder)).map((name) => join(corpus, folder, name))).filter((name) => /\.ms[ipm]$/.test(name))
  assert(files.length > 10)
  for (const name of files) {
    const file = openCompoundFile(bytesSource(readFileSync(name)), { strict: true })
    const again = openCompoundFile(bytesSource(write(contentOf(file.root))), { strict: true })
    assert.deepEqual(seen(again.root), seen(file.root), name)
  }
})

/** Reads everything; no stream may claim more than the file has. */
function visit(root: Storage, fileBytes: number): void {
  const pending = [root]
  for (let storage = pending.pop(); storage !== undefined; storage = pending.pop()) {
    for (const entry of storage.entries) {
      if (entry.kind === 'storage') pending.push(entry)
      else {
        assert(entry.source.size <= fileBytes)
        assert.equal(readAll(entry.source).length, entry.source.size)
      }
    }
  }
}

function zeros(size: number): ByteSource {
  const piece = new Uint8Array(1 << 20)
  return { size, read: (offset, length) => piece.subarray(0, Math.min(piece.length, length, size - offset)) }
}

/** Keeps only the chunks that are not all zero: the first byte decides, which is enough here. */
class SparseFile implements ByteSource {
  size = 0
  readonly #chunks: { offset: number; bytes: Uint8Array }[] = []

  write(chunk: Uint8Array): void {
    if (chunk.length < 1 << 19 || chunk[0] !== 0) this.#chunks.push({ offset: this.size, bytes: chunk.slice() })
    this.size += chunk.length
  }

  read(offset: number, length: number): Uint8Array {
    const result = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)))
    for (const chunk of this.#chunks) {
      const from = Math.max(offset, chunk.offset)
      const to = Math.min(offset + result.length, chunk.offset + chunk.bytes.length)
      if (from < to) result.set(chunk.bytes.subarray(from - chunk.offset, to - chunk.offset), from - offset)
    }
    return result
  }
}
