import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { bytesSource, concatBytes, FormatError } from '../../base/index.ts'
import { openCabinet, writeCabinet, type ExtractOptions } from '../index.ts'
import { cabinetHeader, folderEntry } from '../structures.ts'

const zeros = { size: 10_000_000, read: (_: number, length: number) => new Uint8Array(length) }

function bomb(compression: 'mszip' | 'lzx'): Uint8Array {
  const parts: Uint8Array[] = []
  writeCabinet([{ name: 'zeros', source: zeros }], { write: (chunk) => { parts.push(new Uint8Array(chunk)) } }, { compression, level: 1, windowBits: 15 })
  return concatBytes(parts)
}

for (const compression of ['mszip', 'lzx'] as const) {
  const bytes = bomb(compression)
  for (const webAssembly of [true, false]) {
    test(`10 MB of zeros in a small ${compression} cabinet pass in pieces, and no further than is allowed${webAssembly ? ' (WebAssembly)' : ''}`, () => {
      assert.ok(bytes.length < 80_000)
      const extract = (options: ExtractOptions): { total: number; largest: number; memory: number } => {
        let [total, largest] = [0, 0]
        const before = process.memoryUsage().arrayBuffers
        openCabinet(bytesSource(bytes)).extract(() => ({ write: (chunk) => {
          total += chunk.length
          largest = Math.max(largest, chunk.length)
        } }), { webAssembly, ...options })
        return { total, largest, memory: process.memoryUsage().arrayBuffers - before }
      }
      const { total, largest, memory } = extract({})
      assert.equal(total, 10_000_000)
      assert.ok(largest <= 1 << 20 && memory < 8 << 20, `${largest}, ${memory}`)
      assert.throws(() => extract({ maximumBytes: 9_999_999 }), /total size/)
    })
  }
}

test('counts that the file cannot hold are refused without memory for them', () => {
  const header = { cabinetBytes: 100, filesOffset: 36, minorVersion: 3, majorVersion: 1, folderCount: 0, fileCount: 0, flags: 0, setId: 0, index: 0 }
  for (const counts of [{ folderCount: 0xffff }, { fileCount: 0xffff }, { folderCount: 1, fileCount: 3, filesOffset: 44 }]) {
    const bytes = concatBytes([cabinetHeader.write({ ...header, ...counts }), folderEntry.write({ dataOffset: 60, blockCount: 0xffff, compression: 3 | 21 << 8 }), new Uint8Array(56)])
    assert.throws(() => openCabinet(bytesSource(bytes)), FormatError)
  }
})

test('a folder of 65,535 blocks that are not there ends with the first of them, without a window for all', () => {
  const parts: Uint8Array[] = []
  writeCabinet([{ name: 'x', source: bytesSource(new Uint8Array(100)) }], { write: (chunk) => { parts.push(new Uint8Array(chunk)) } }, { compression: 'lzx' })
  const bytes = concatBytes(parts)
  bytes.set([0xff, 0xff], cabinetHeader.size + 4)
  // The file claims to go on to the end of the folder.
  new DataView(bytes.buffer).setUint32(cabinetHeader.size + folderEntry.size, 0x7fff8000, true)
  for (const webAssembly of [true, false]) {
    const before = process.memoryUsage().arrayBuffers
    assert.throws(() => openCabinet(bytesSource(bytes)).extract(() => ({ write: () => {} }), { webAssembly }), /before .* where the folder's data end/)
    assert.ok(process.memoryUsage().arrayBuffers - before < 16 << 20)
  }
})
