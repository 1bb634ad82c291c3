// Cabinets that we write, of every kind, are read by cabextract, 7-Zip and gcab, and give back what went in: sets, reserve
// areas, more files than a cabinet can count, more bytes than a signed number of 32 bits. And Quantum cabinets of an
// encoder that exists for tests only: what these programs and our decoder make of it is the same.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { bytesSource, type ByteSource } from 'msikit/base'
import { openCabinet, writeCabinet, writeCabinetAsync, type CabinetInput, type PatchableSink, type WriteCabinetOptions } from 'msikit/cabinet'
import { DeflateThreads, deflateBlock, openFileSource } from 'msikit/node'
import { aQuantumCabinet } from '../../dist/testing/index.js'

const work = mkdtempSync(join(tmpdir(), 'msikit-cabinet-peers-'))
after(() => { rmSync(work, { recursive: true, force: true }) })
const isThere = (program: string): boolean => spawnSync(program, ['--help']).error === undefined
const peers = ['cabextract', '7z', 'gcab'].filter(isThere)
const skip = peers.length === 3 ? false : 'needs cabextract, 7z and gcab'

function run(file: string, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(file, words, { cwd: work, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' }, maxBuffer: 1 << 28 })
  assert.equal(status, 0, `${file} ${words.join(' ')}: ${stdout.slice(-1000)}${stderr.slice(-1000)}`)
  return stdout
}

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')

/** A program (with calls), text, noise, nothing, one byte. */
const contents: Readonly<Record<string, Uint8Array>> = {
  'program.bin': readFileSync(process.execPath).subarray(5 << 20, (5 << 20) + 400_000),
  'text.txt': new TextEncoder().encode(Array.from({ length: 30_000 }, (_, index) => `line ${index * index % 977}\r\n`).join('')),
  'noise.bin': Uint8Array.from({ length: 150_001 }, (_, index) => Math.imul(index, 0x9e3779b1) >>> 13),
  'empty': new Uint8Array(0),
  'Grüße.txt': Uint8Array.of(33),
}
const expected = new Map(Object.entries(contents).map(([name, bytes]) => [name, md5(bytes)] as const).sort(([a], [b]) => a < b ? -1 : 1))
const inputs = (): CabinetInput[] => Object.entries(contents).map(([name, bytes]) => ({ name, source: bytesSource(bytes) }))

function fileSink(path: string): PatchableSink & { close(): void } {
  const descriptor = openSync(path, 'w')
  return { write: (chunk) => { writeSync(descriptor, chunk) }, patch: (offset, chunk) => { writeSync(descriptor, chunk, 0, chunk.length, offset) }, close: () => { closeSync(descriptor) } }
}

function digestsOf(path: string): Map<string, string> {
  return new Map(readdirSync(path, { encoding: 'utf8' }).sort((a, b) => a < b ? -1 : 1).map((name) => [name, md5(readFileSync(join(path, name)))]))
}

function ours(path: string): Map<string, string> {
  const found = new Map<string, string>()
  using source = openFileSource(path)
  openCabinet(source, { strict: true, next: (name) => openFileSource(join(work, name)) }).extract(({ name }) => {
    const digest = createHash('md5')
    return { write: (chunk) => { digest.update(chunk) }, end: () => { found.set(name, digest.digest('hex')) } }
  })
  return new Map([...found].sort(([a], [b]) => a < b ? -1 : 1))
}

function checkWith(programs: readonly string[], name: string): void {
  const path = join(work, name)
  assert.deepEqual(ours(path), expected, 'msikit')
  for (const program of programs) {
    const place = join(work, `${name}-${program}`)
    mkdirSync(place)
    run(program, program === '7z' ? ['x', '-y', '-bd', `-o${place}`, path] : program === 'gcab' ? ['-x', '-C', place, path] : ['-q', '-d', place, path])
    assert.deepEqual(digestsOf(place), expected, program)
    rmSync(place, { recursive: true })
  }
}

function write(name: string, options: WriteCabinetOptions): void {
  const sink = fileSink(join(work, name))
  writeCabinet(inputs(), sink, options)
  sink.close()
}

for (const windowBits of [15, 16, 17, 18, 19, 20, 21] as const) {
  for (const translateCalls of [true, false]) {
    test(`LZX:${windowBits}${translateCalls ? ', calls translated,' : ''} is read by others`, { skip }, () => {
      const name = `lzx${windowBits}${translateCalls}.cab`
      write(name, { compression: 'lzx', windowBits, translateCalls, level: windowBits === 18 ? 6 : 1 })
      checkWith(peers, name)
    })
  }
}

for (const level of [1, 3, 6, 9] as const) {
  for (const [what, options] of [['our own deflate', { level }], ['zlib', { deflate: (block: Uint8Array, history: Uint8Array) => deflateBlock(block, history) }]] as const) {
    if (what === 'zlib' && level !== 6) continue
    test(`MSZIP by ${what} at level ${level} is read by others`, { skip }, () => {
      const name = `mszip${level}${what[0]}.cab`
      write(name, { compression: 'mszip', ...options })
      checkWith(peers, name)
    })
  }
}

for (const compression of ['none', 'mszip', 'lzx'] as const) {
  test(`a cabinet with ${compression} and reserve areas is read by others`, { skip }, () => {
    write(`reserve-${compression}.cab`, { compression, level: 1, reserve: { header: Uint8Array.from({ length: 20 }, (_, index) => index), folderBytes: 4, dataBytes: 8 } })
    checkWith(peers, `reserve-${compression}.cab`)
  })

  // gcab reads no sets.
  test(`a set with ${compression} is read by others from its first cabinet`, { skip }, () => {
    const sinks: ReturnType<typeof fileSink>[] = []
    const nameOf = (index: number): string => `set-${compression}-${index}.cab`
    const sinkOf = (index: number): ReturnType<typeof fileSink> => sinks[sinks.push(fileSink(join(work, nameOf(index)))) - 1]!
    const written = writeCabinet(inputs(), sinkOf(0), { compression, level: 1, setId: 7, set: { maximumBytes: 50_000, nameOf, sinkOf } })
    for (const sink of sinks) sink.close()
    assert.ok(written.length >= 3 && written.every(({ sizeBytes }) => sizeBytes <= 50_000), written.map(({ sizeBytes }) => sizeBytes).join())
    checkWith(['cabextract', '7z'], nameOf(0))
  })
}

for (const windowBits of [10, 12, 15, 18, 20, 21]) {
  test(`Quantum:${windowBits} is the same to us, cabextract and 7-Zip`, { skip }, () => {
    const name = `quantum${windowBits}.cab`
    const { 'Grüße.txt': _, ...plain } = contents
    writeFileSync(join(work, name), aQuantumCabinet(plain, windowBits))
    assert.deepEqual(ours(join(work, name)), new Map([...expected].filter(([file]) => file in plain)))
    const digests = [...run('cabextract', ['-t', name]).matchAll(/ ([0-9a-f]{32})$/gm)].map(([, digest]) => digest)
    assert.deepEqual(digests, Object.keys(plain).map((file) => expected.get(file)))
    assert.match(run('7z', ['t', name]), /Everything is Ok/)
  })
}

test('a byte that changed on its way is found by its checksum, as others find it', { skip }, () => {
  write('flipped.cab', { compression: 'mszip', level: 1 })
  const bytes = readFileSync(join(work, 'flipped.cab'))
  bytes[bytes.length - 3000]! ^= 1
  writeFileSync(join(work, 'flipped.cab'), bytes)
  assert.throws(() => ours(join(work, 'flipped.cab')), /cabinet data block, checksum at byte \d+: expected 0x[0-9a-f]{8}, found 0x[0-9a-f]{8}/)
  assert.notEqual(spawnSync('cabextract', ['-t', join(work, 'flipped.cab')]).status, 0)
})

test('70,000 files make a set that others read whole', { skip, timeout: 300_000 }, () => {
  const many = Array.from({ length: 70_000 }, (_, index) => ({ name: `d${index % 70}\\f${index}`, source: bytesSource(new TextEncoder().encode(`${index}`)) }))
  const sinks: ReturnType<typeof fileSink>[] = []
  const sinkOf = (index: number): ReturnType<typeof fileSink> => sinks[sinks.push(fileSink(join(work, `many${index}.cab`))) - 1]!
  writeCabinet(many, sinkOf(0), { compression: 'mszip', level: 1, set: { maximumBytes: 0x7fffffff, nameOf: (index) => `many${index}.cab`, sinkOf } })
  for (const sink of sinks) sink.close()
  assert.equal(sinks.length, 2)
  const place = join(work, 'many')
  run('cabextract', ['-q', '-d', place, join(work, 'many0.cab')])
  for (const { name, source } of many) assert.equal(readFileSync(join(place, name.replace('\\', '/')), 'latin1'), Buffer.from(source.read(0, 9)).toString())
  assert.match(run('7z', ['t', join(work, 'many0.cab')]), /Files: 70000/)
})

/** Lines that count up, made when they are read. */
function counted(size: number): ByteSource {
  const line = 64
  return { size, read: (offset, length) => {
    const from = Math.floor(offset / line)
    const end = Math.min(size, offset + length)
    let text = ''
    for (let index = from; index * line < end; index++) text += `${index}`.padEnd(line - 1, index % 1000 < 500 ? 'x' : 'yz').concat('\n')
    return Buffer.from(text, 'latin1').subarray(offset - from * line, end - from * line)
  } }
}

test('a cabinet of more than 2 GB is written and read in little memory, and read by others', { skip, timeout: 600_000 }, async () => {
  const sizes = { 'a.txt': 1_300_000_000, 'b.txt': 1_300_000_000, 'c.txt': 100_001 }
  const path = join(work, 'large.cab')
  const sink = fileSink(path)
  using threads = new DeflateThreads({ level: 1, bytes: 2_700_000_000 })
  await writeCabinetAsync(Object.entries(sizes).map(([name, size]) => ({ name, source: counted(size) })), sink, { compression: 'mszip', deflate: threads.deflate, blocksInWork: threads.blocksInWork })
  sink.close()
  assert.ok(process.memoryUsage().rss < 500 << 20, `${process.memoryUsage().rss >> 20} MiB`)
  using source = openFileSource(path)
  const cabinet = openCabinet(source, { strict: true })
  // A folder has at most 65,535 blocks.
  assert.ok(cabinet.folders.length >= 2 && cabinet.folders.every(({ blockCount }) => blockCount <= 0xffff))
  assert.deepEqual(Object.fromEntries(cabinet.files.map(({ name, size }) => [name, size])), sizes)
  const found = ours(path)
  const theirs = new Map([...run('cabextract', ['-t', path]).matchAll(/^ {2}(\S+) .* ([0-9a-f]{32})$/gm)].map(([, name, digest]) => [name!, digest!]))
  assert.deepEqual(found, theirs)
  const whole = createHash('md5')
  for (let at = 0; at < 100_001; at += 10_000) whole.update(counted(100_001).read(at, Math.min(10_000, 100_001 - at)))
  assert.equal(found.get('c.txt'), whole.digest('hex'))
  assert.match(run('7z', ['t', path]), /Everything is Ok/)
  assert.ok(statSync(path).size < 400_000_000)
})
