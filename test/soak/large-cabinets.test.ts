// More than 2 GB in one cabinet and in a set: folders divide, offsets pass 2^31, and nothing is collected in memory. Sources are
// made up while they are read. LARGE_CABINETS_GB changes the size.
import { strict as assert } from 'node:assert'
import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { ByteSource } from 'msikit/base'
import { openCabinet, writeCabinet, type PatchableSink, type WriteCabinetOptions } from 'msikit/cabinet'
import { openFileSource } from 'msikit/node'

const gigabytes = Number(process.env.LARGE_CABINETS_GB ?? 2.6)
const fileBytes = Math.floor(gigabytes * 1e9 / 3)
/** A folder holds less than 2 GiB. */
const leastFolders = Math.ceil(gigabytes * 1e9 / 2 ** 31)
const work = mkdtempSync(join(tmpdir(), 'msikit-large-'))
after(() => rmSync(work, { recursive: true }))

/** Byte n is the same for the same seed, and changes little by little: it compresses well and is quickly made. */
const period = 1 << 16
function madeUp(size: number, seed: number): ByteSource {
  const pattern = Uint8Array.from({ length: period * 2 }, (_, at) => (at % period) * seed >> 9)
  return { size, read: (offset, length) => {
    const bytes = new Uint8Array(Math.min(length, size - offset))
    for (let at = 0; at < bytes.length;) {
      const part = pattern.subarray((offset + at) % period, Math.min(pattern.length, (offset + at) % period + bytes.length - at))
      bytes.set(part, at)
      at += part.length
    }
    return bytes
  } }
}

const files = [3, 5, 7].map((seed) => ({ name: `file${seed}`, source: madeUp(fileBytes, seed) }))

function fileSink(path: string): PatchableSink {
  const descriptor = openSync(path, 'w')
  after(() => closeSync(descriptor))
  return { write: (chunk) => { writeSync(descriptor, chunk) }, patch: (offset, bytes) => { writeSync(descriptor, bytes, 0, bytes.length, offset) } }
}

function check(first: string): number {
  const cabinet = openCabinet(openFileSource(join(work, first)), { strict: true, next: (name) => openFileSource(join(work, name)) })
  let position = 0
  let total = 0
  cabinet.extract((file) => {
    const { source } = files.find(({ name }) => name === file.name)!
    position = 0
    return {
      write: (chunk) => {
        assert.ok(Buffer.compare(chunk, source.read(position, chunk.length)) === 0, `${file.name} at ${position}`)
        position += chunk.length
      },
      end: () => {
        assert.equal(position, fileBytes)
        total += position
      },
    }
  })
  assert.equal(total, fileBytes * 3)
  return cabinet.folders.length
}

const hasCabextract = spawnSync('cabextract', ['--version']).error === undefined

for (const options of [{ compression: 'mszip', level: 1 }, { compression: 'lzx', level: 1, windowBits: 18 }] satisfies WriteCabinetOptions[]) {
  test(`${gigabytes} GB in one cabinet with ${options.compression}`, () => {
    const name = `${options.compression}.cab`
    const before = process.memoryUsage().arrayBuffers
    writeCabinet(files, fileSink(join(work, name)), options)
    assert.ok(process.memoryUsage().arrayBuffers - before < 64e6)
    assert.ok(check(name) >= leastFolders)
    if (hasCabextract) execFileSync('cabextract', ['-q', '-t', join(work, name)], { stdio: 'pipe' })
  })
}

test(`${gigabytes} GB over a set of cabinets`, () => {
  const set = { maximumBytes: 2_000_000, nameOf: (index: number) => `set${index}.cab`, sinkOf: (_: number, name: string) => fileSink(join(work, name)) }
  const written = writeCabinet(files, fileSink(join(work, 'set0.cab')), { compression: 'mszip', level: 1, set })
  assert.ok(written.length > 3)
  assert.ok(check('set0.cab') >= leastFolders)
})
