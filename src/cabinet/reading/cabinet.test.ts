import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { bytesSource, concatBytes, FormatError, type ByteSource } from '../../base/index.ts'
import { aCabinet, cabinetInputs } from '../../testing/index.ts'
import { leastMaximumBytes, openCabinet, writeCabinet, type Cabinet, type CabinetFile, type ExtractOptions, type WrittenCabinet } from '../index.ts'

const text = (count: number, word = 'word'): Uint8Array => new TextEncoder().encode(Array.from({ length: count }, (_, index) => `${word} ${index % 97}`).join('\n'))
const noise = (size: number, seed = 7): Uint8Array => {
  let state = seed
  return Uint8Array.from({ length: size }, () => (state = Math.imul(state, 1103515245) + 12345 >>> 0) >>> 16)
}

function extractAll(cabinet: Cabinet, select: (file: CabinetFile) => boolean = () => true, options?: ExtractOptions): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  cabinet.extract((file) => {
    if (!select(file)) return undefined
    const parts: Uint8Array[] = []
    return { write: (chunk) => { parts.push(chunk.slice()) }, end: () => { files.set(file.name, concatBytes(parts)) } }
  }, options)
  return files
}

const open = (bytes: Uint8Array): Cabinet => openCabinet(bytesSource(bytes), { strict: true })
const formatError = (field: RegExp, code = 'ERROR_INVALID_DATA') => (error: unknown): boolean => {
  assert.ok(error instanceof FormatError, String(error))
  assert.match(error.message, field)
  assert.equal(error.code, code)
  return true
}

for (const compression of ['none', 'mszip'] as const) {
  test(`files come back from a cabinet with ${compression}, in order`, () => {
    const contents = { 'a.txt': text(30000), 'empty': new Uint8Array(0), 'b\\c.bin': noise(100000), 'ä€.txt': 'name in UTF-8', 'last': '' }
    const cabinet = open(aCabinet(contents, { compression }))
    assert.deepEqual(cabinet.files.map((file) => file.name), Object.keys(contents))
    assert.deepEqual(cabinet.files.map((file) => file.attributes.utf8Name), [false, false, false, true, false])
    const files = extractAll(cabinet)
    assert.deepEqual([...files.keys()], Object.keys(contents))
    for (const [name, content] of Object.entries(contents)) {
      assert.deepEqual(files.get(name), typeof content === 'string' ? new TextEncoder().encode(content) : content, name)
    }
  })
}

test('a cabinet with many long names is listed whole, by objects and by columns', () => {
  const names = Array.from({ length: 2000 }, (_, index) => `n${'long'.repeat(index % 60)}${index}`)
  const { files, list } = open(aCabinet(Object.fromEntries(names.map((name, index) => [name, text(index % 7)])), { compression: 'none' }))
  assert.deepEqual(files.map(({ name }) => name), names)
  assert.deepEqual([...list.sizes], files.map(({ size }) => size))
  assert.deepEqual([...list.offsets], files.map(({ offset }) => offset))
  assert.ok(names.every((name, number) => list.nameIs(number, (bytes, start, end) => Buffer.from(bytes.subarray(start, end)).toString() === name)))
})

test('files that are listed on behind where a folder says that its data begin are found', () => {
  const bytes = aCabinet({ 'first': '', 'second.txt': '' }, { compression: 'none' })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  view.setUint32(36, view.getUint32(16, true) + 20, true)
  assert.deepEqual(open(bytes).files.map(({ name }) => name), ['first', 'second.txt'])
})

test('the same files give the same bytes', () => {
  const contents = { a: text(5000), b: noise(3000) }
  assert.deepEqual(aCabinet(contents), aCabinet(contents))
})

test('time and attributes are kept, in two-second steps', () => {
  const modifiedMs = Date.UTC(2021, 1, 28, 23, 59, 58)
  const parts: Uint8Array[] = []
  writeCabinet([{ name: 'x', source: bytesSource(text(1)), modifiedMs: modifiedMs + 1999, attributes: { readOnly: true, execute: true } }],
    { write: (chunk) => { parts.push(new Uint8Array(chunk)) } }, { compression: 'none' })
  const [file] = open(Buffer.concat(parts)).files
  assert.equal(file!.modifiedMs, modifiedMs)
  assert.deepEqual(file!.attributes, { readOnly: true, hidden: false, system: false, archive: false, execute: true, utf8Name: false })
})

test('a sink that can be patched gets the same bytes without their being collected', () => {
  const files = cabinetInputs({ a: text(20000), b: noise(70000), c: '' })
  const whole = aCabinet({ a: text(20000), b: noise(70000), c: '' })
  let bytes = new Uint8Array(0)
  writeCabinet(files, {
    write: (chunk) => { bytes = Uint8Array.of(...bytes, ...chunk) },
    patch: (offset: number, chunk: Uint8Array) => { bytes.set(chunk, offset) },
  } as Parameters<typeof writeCabinet>[1], { compression: 'mszip' })
  assert.deepEqual(bytes, whole)
})

test('only what is wanted is asked for and decoded: a damaged rest of the folder does not matter', () => {
  const bytes = aCabinet({ first: text(10), second: text(40000), third: 'x' }, { compression: 'none' })
  bytes[bytes.length - 1]! ^= 1
  const asked: string[] = []
  const files = extractAll(open(bytes), (file) => {
    asked.push(file.name)
    return file.name === 'first'
  })
  assert.deepEqual(asked, ['first', 'second', 'third'])
  assert.deepEqual(files.get('first'), text(10))
  assert.throws(() => extractAll(open(bytes)), formatError(/cabinet data block, checksum at byte \d+: expected 0x[0-9a-f]{8}, found/))
})

test('a sink is asked for when the file before has ended', () => {
  const events: string[] = []
  open(aCabinet({ a: text(20000), b: '', c: text(9000) })).extract((file) => {
    events.push(`open ${file.name}`)
    return { write: () => undefined, end: () => { events.push(`end ${file.name}`) } }
  })
  assert.deepEqual(events, ['open a', 'end a', 'open b', 'end b', 'open c', 'end c'])
})

test('folders are decoded independently', () => {
  const parts: Uint8Array[] = []
  const inputs = cabinetInputs({ a: text(20000), b: text(30000) }).map((input) => ({ ...input, newFolder: true }))
  writeCabinet(inputs, { write: (chunk) => { parts.push(new Uint8Array(chunk)) } }, { compression: 'mszip' })
  const cabinet = open(Buffer.concat(parts))
  assert.deepEqual(cabinet.folders.map((folder) => folder.compression.method), ['mszip', 'mszip'])
  assert.deepEqual(extractAll(cabinet, (file) => file.name === 'b').get('b'), text(30000))
})

interface WrittenSet {
  readonly cabinets: Map<string, Uint8Array>
  readonly written: readonly WrittenCabinet[]
}

function writeTestSet(contents: Record<string, Uint8Array>, compression: 'none' | 'mszip', maximumBytes = leastMaximumBytes): WrittenSet {
  const parts = new Map<string, Uint8Array[]>()
  const sinkOf = (name: string): { write(chunk: Uint8Array): void } => {
    const list: Uint8Array[] = []
    parts.set(name, list)
    return { write: (chunk) => { list.push(new Uint8Array(chunk)) } }
  }
  const written = writeCabinet(cabinetInputs(contents), sinkOf('set0.cab'), { compression, setId: 9,
    set: { maximumBytes, nameOf: (index) => `set${index}.cab`, diskLabelOf: (index) => `Disk ${index}`, sinkOf: (_, name) => sinkOf(name) } })
  return { cabinets: new Map([...parts].map(([name, list]) => [name, new Uint8Array(Buffer.concat(list))])), written }
}

for (const compression of ['none', 'mszip'] as const) {
  test(`a set of cabinets with ${compression} keeps to the maximum size and comes back whole`, () => {
    const contents: Record<string, Uint8Array> = { big: noise(200000), empty: new Uint8Array(0), text: text(30000) }
    for (let index = 0; index < 400; index++) contents[`small${index}`] = noise(index * 3, index)
    const { cabinets, written } = writeTestSet(contents, compression)
    assert.ok(cabinets.size > 3)
    assert.deepEqual(written.map((one) => one.sizeBytes), [...cabinets.values()].map((bytes) => bytes.length))
    assert.deepEqual(written.flatMap((one) => one.files), Object.keys(contents))
    for (const [name, bytes] of cabinets) assert.ok(bytes.length <= leastMaximumBytes, name)
    const labels: string[] = []
    const cabinet = openCabinet(bytesSource(cabinets.get('set0.cab')!), { strict: true, next: (name, label) => {
      labels.push(label)
      return bytesSource(cabinets.get(name)!)
    } })
    assert.deepEqual(labels, [...cabinets.keys()].slice(1).map((_, index) => `Disk ${index + 1}`))
    assert.deepEqual(cabinet.files.map((file) => file.name), Object.keys(contents))
    const files = extractAll(cabinet)
    for (const [name, content] of Object.entries(contents)) assert.deepEqual(files.get(name), content, name)
  })
}

test('without the next cabinet, what runs over is refused and everything before is read', () => {
  const { cabinets } = writeTestSet({ whole: noise(20000), over: noise(90000) }, 'none')
  const alone = openCabinet(bytesSource(cabinets.get('set0.cab')!))
  assert.equal(alone.nextCabinet?.name, 'set1.cab')
  assert.deepEqual(alone.files.map((file) => file.name), ['whole', 'over'])
  assert.throws(() => extractAll(alone), formatError(/expected the next cabinet "set1.cab" of the set/, 'ERROR_OPEN_FAILED'))
  const second = openCabinet(bytesSource(cabinets.get('set1.cab')!))
  assert.equal(second.previousCabinet?.name, 'set0.cab')
  assert.throws(() => extractAll(second), formatError(/expected the previous cabinet "set0.cab" of the set/, 'ERROR_OPEN_FAILED'))
})

test('a set that goes in circles is refused', () => {
  const { cabinets } = writeTestSet({ over: noise(90000) }, 'none')
  const first: ByteSource = bytesSource(cabinets.get('set0.cab')!)
  assert.throws(() => openCabinet(first, { next: () => first }), formatError(/expected cabinet 1 of set 9, found cabinet 0 of set 9/))
})

test('a maximum size that is too small is refused', () => {
  assert.throws(() => writeTestSet({ a: noise(10) }, 'none', 1000), { code: 'ERROR_INVALID_PARAMETER', message: /expected 40000 to/ })
})

for (const name of ['..\\x', 'a\\..\\..\\x', '/etc/x', '\\x', 'C:x', 'a/../b']) {
  test(`the name ${name} is reported when opening and refused when extracting`, () => {
    const bytes = aCabinet({ [name]: 'x', good: 'y' })
    const cabinet = openCabinet(bytesSource(bytes))
    assert.deepEqual(cabinet.findings.map((finding) => finding.id), ['cabinet-file-name-unsafe'])
    assert.equal(cabinet.files[0]!.safePath, undefined)
    assert.throws(() => extractAll(cabinet), formatError(/cabinet file, name: expected a relative path without \.\./))
    assert.deepEqual([...extractAll(cabinet, undefined, { unsafeNames: 'skip' }).keys()], ['good'])
    assert.throws(() => open(bytes), formatError(/relative path/))
  })
}

test('a limit on the bytes produced is kept', () => {
  const cabinet = open(aCabinet({ a: text(1000), zeros: new Uint8Array(5000000) }))
  assert.throws(() => extractAll(cabinet, undefined, { maximumBytes: 1000000 }), formatError(/total size: expected at most 1000000 bytes/))
})

/** Offsets in a cabinet of one folder and files called a and b: header 36, folder 8, entries of 18 bytes. */
const places = { filesOffset: 16, folderCount: 26, fileCount: 28, dataOffset: 36, blockCount: 40, compression: 42, sizeOfA: 44, offsetOfB: 66, folderOfB: 70 }
const damaged: readonly (readonly [string, keyof typeof places, number, 16 | 32, RegExp])[] = [
  ['a file table beyond the end', 'filesOffset', 0x7fffffff, 32, /offset of the first file at byte 16: expected 36 to/],
  ['more files than there are', 'fileCount', 3, 16, /name of file 2|folder of/],
  ['more folders than fit', 'folderCount', 60000, 16, /folder \d+ at byte|folder data offset|folder/],
  ['data beyond the end', 'dataOffset', 0x7fffff00, 32, /cabinet data block, header at byte 2147483392/],
  ['data inside the header', 'dataOffset', 4, 32, /cabinet data block|CK/],
  ['more blocks than there are', 'blockCount', 0, 16, /size of "a": expected an end within the folder's 0 blocks/],
  ['a compression that does not exist', 'compression', 9, 16, /compression type: expected 0 to 3, found 9/],
  ['an LZX window that does not exist', 'compression', 3 | 25 << 8, 16, /window bits: expected 15 to 21 for lzx, found 25/],
  ['a file larger than its folder', 'sizeOfA', 0xfffffff0, 32, /size of "a": expected an end within the folder's 2 blocks/],
  ['files that overlap', 'offsetOfB', 5, 32, /offset of "b": expected \d+ or more, where the file before ends, found 5/],
  ['a file in no folder', 'folderOfB', 7, 16, /folder of "b" at byte 70: expected less than 1, found 7/],
]
for (const [what, place, value, bits, message] of damaged) {
  test(`a cabinet with ${what} is refused`, () => {
    const bytes = aCabinet({ a: text(5000), b: text(1000) })
    const view = new DataView(bytes.buffer)
    if (bits === 16) view.setUint16(places[place], value, true)
    else view.setUint32(places[place], value, true)
    const code = what.includes('compression') ? 'ERROR_UNSUPPORTED_TYPE' : 'ERROR_INVALID_DATA'
    assert.throws(() => extractAll(openCabinet(bytesSource(bytes))), formatError(message, code))
  })
}

/** The entries of a folder all tell the place of the first, as those of equal files do when they are stored once. */
function allAtTheFirst(bytes: Uint8Array, names: readonly string[]): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  let entry = 44
  for (const name of names) {
    view.setUint32(entry, view.getUint32(44, true), true)
    view.setUint32(entry + 4, 0, true)
    entry += 17 + name.length
  }
  return bytes
}

test('equal files that are stored once are each taken out, one after the other', () => {
  for (const size of [0, 17, 40_000, (8 << 20) + 5]) {
    const content = new Uint8Array(size).fill(7)
    const cabinet = open(allAtTheFirst(aCabinet({ a: content, b: 'x', c: 'y' }, { compression: 'none' }), ['a', 'b', 'c']))
    assert.deepEqual(extractAll(cabinet), new Map([['a', content], ['b', content], ['c', content]]), `${size} bytes`)
    assert.deepEqual(extractAll(cabinet, ({ name }) => name !== 'a'), new Map([['b', content], ['c', content]]))
    assert.deepEqual(extractAll(cabinet, ({ name }) => name === 'c'), new Map([['c', content]]))
  }
})

test('one sink is open at a time, and equal files count for the limit', () => {
  const cabinet = open(allAtTheFirst(aCabinet({ a: noise(100), b: 'x' }), ['a', 'b']))
  const events: string[] = []
  cabinet.extract(({ name }) => {
    events.push(`select ${name}`)
    return { write: (chunk) => { events.push(`write ${chunk.length}`) }, end: () => { events.push(`end ${name}`) } }
  })
  assert.deepEqual(events, ['select a', 'write 100', 'end a', 'select b', 'write 100', 'end b'])
  assert.throws(() => extractAll(cabinet, undefined, { maximumBytes: 199 }), formatError(/total size: expected at most 199 bytes, found 1 bytes more/))
})

test('every cut of a cabinet is refused or read, never anything else', () => {
  const bytes = aCabinet({ a: text(300), b: noise(300) })
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => extractAll(openCabinet(bytesSource(bytes.subarray(0, length)))), FormatError)
  }
})

test('two folders over the same data are refused', () => {
  const parts: Uint8Array[] = []
  writeCabinet(cabinetInputs({ a: text(9), b: text(9) }).map((input) => ({ ...input, newFolder: true })),
    { write: (chunk) => { parts.push(new Uint8Array(chunk)) } }, { compression: 'none' })
  const bytes = new Uint8Array(Buffer.concat(parts))
  bytes.copyWithin(44, 36, 40)
  assert.throws(() => openCabinet(bytesSource(bytes)), formatError(/expected data of its own/))
})
