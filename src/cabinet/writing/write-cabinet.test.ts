import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { bytesSource, concatBytes, equalBytes, WindowsError } from '../../base/index.ts'
import { Deflate } from '../codec/mszip/deflate.ts'
import { openCabinet, writeCabinet, writeCabinetAsync, type Cabinet, type CabinetInput, type WriteCabinetOptions } from '../index.ts'

function inputs(sizes: readonly number[]): CabinetInput[] {
  return sizes.map((size, index) => ({ name: `file${index}`, source: bytesSource(Uint8Array.from({ length: size }, (_, at) => at * (index + 3) >> 4 ^ at >> 9)) }))
}

class Shelf {
  readonly cabinets = new Map<string, Uint8Array[]>()
  readonly sink = (name: string): { write(chunk: Uint8Array): void } => {
    const parts: Uint8Array[] = []
    this.cabinets.set(name, parts)
    return { write: (chunk) => { parts.push(new Uint8Array(chunk)) } }
  }

  bytes(name: string): Uint8Array {
    return concatBytes(this.cabinets.get(name)!)
  }

  set(maximumBytes: number): Pick<Required<WriteCabinetOptions>, 'set'> {
    return { set: { maximumBytes, nameOf: (index) => `c${index}.cab`, sinkOf: (_, name) => this.sink(name) } }
  }

  open(): Cabinet {
    return openCabinet(bytesSource(this.bytes('c0.cab')), { strict: true, next: (name) => bytesSource(this.bytes(name)) })
  }
}

function checkContents(cabinet: Cabinet, files: readonly CabinetInput[]): void {
  const found: Record<string, Uint8Array> = {}
  cabinet.extract((file) => {
    const parts: Uint8Array[] = []
    return { write: (chunk) => { parts.push(new Uint8Array(chunk)) }, end: () => { found[file.name] = concatBytes(parts) } }
  })
  for (const { name, source } of files) assert.ok(equalBytes(found[name]!, source.read(0, source.size)), name)
}

const files = inputs([100_000, 0, 70_000, 32_768, 1, 200_000])
const reserve = { header: Uint8Array.of(1, 2, 3, 4, 5), folderBytes: 7, dataBytes: 9 }
for (const compression of ['none', 'mszip', 'lzx'] as const) {
  test(`a cabinet and a set with ${compression} and reserve areas come back whole`, () => {
    for (const limited of [false, true]) {
      const shelf = new Shelf()
      const written = writeCabinet(files, shelf.sink('c0.cab'), { compression, level: 2, windowBits: 16, reserve, ...(limited ? shelf.set(41_000) : {}) })
      const cabinet = shelf.open()
      assert.deepEqual(cabinet.reserve, reserve.header)
      checkContents(cabinet, files)
      for (const [index, { sizeBytes }] of written.entries()) assert.equal(shelf.bytes(`c${index}.cab`).length, sizeBytes)
      if (limited && compression === 'none') assert.ok(written.length > 5)
    }
  })
}

test('reserve areas that a cabinet cannot hold are refused', () => {
  for (const bad of [{ header: new Uint8Array(60_001) }, { folderBytes: 256 }, { dataBytes: -1 }]) {
    assert.throws(() => writeCabinet([], { write: () => {} }, { compression: 'none', reserve: bad }), WindowsError)
  }
})

/** Compresses as zlib does: without state, against the history that is given. */
function deflate(block: Uint8Array, history: Uint8Array): Uint8Array {
  const one = new Deflate(4)
  if (history.length > 0) one.deflate(history)
  return new Uint8Array(one.deflate(block))
}

test('blocks compressed many at once give the bytes of blocks compressed one by one', async () => {
  let inWork = 0
  let mostInWork = 0
  const deflateLater = async (block: Uint8Array, history: Uint8Array): Promise<Uint8Array> => {
    mostInWork = Math.max(mostInWork, ++inWork)
    // Those that begin later are done earlier.
    for (let turns = 20 - inWork; turns > 0; turns--) await Promise.resolve()
    inWork--
    return deflate(block, history)
  }
  for (const limited of [false, true]) {
    const [one, many] = [new Shelf(), new Shelf()]
    const several = [...files, ...inputs([300_000, 5, 5]).map((file, index) => ({ ...file, name: `more${index}`, newFolder: index === 0 }))]
    writeCabinet(several, one.sink('c0.cab'), { compression: 'mszip', deflate, ...(limited ? one.set(40_000) : {}) })
    await writeCabinetAsync(several, many.sink('c0.cab'), { compression: 'mszip', deflate: deflateLater, ...(limited ? many.set(40_000) : {}) })
    assert.deepEqual([...many.cabinets.keys()], [...one.cabinets.keys()])
    for (const name of one.cabinets.keys()) assert.ok(equalBytes(one.bytes(name), many.bytes(name)), name)
    checkContents(many.open(), several)
  }
  assert.ok(mostInWork > 4, `${mostInWork}`)
})

test('a failure of compression elsewhere ends the writing', async () => {
  const failure = new Error('no memory')
  await assert.rejects(writeCabinetAsync(files, { write: () => {} }, { compression: 'mszip', deflate: async () => { throw failure } }), failure)
})

test('a set holds more files than one cabinet can', () => {
  const empty = bytesSource(new Uint8Array(0))
  const many = Array.from({ length: 70_000 }, (_, index) => ({ name: `f${index}`, source: index % 7000 === 0 ? bytesSource(Uint8Array.of(index >> 8, index)) : empty }))
  assert.throws(() => writeCabinet(many, { write: () => {} }, { compression: 'none' }), WindowsError)
  const shelf = new Shelf()
  const written = writeCabinet(many, shelf.sink('c0.cab'), { compression: 'mszip', ...shelf.set(0x7fffffff) })
  assert.deepEqual(written.map((one) => one.files.length), [65_535, 4_465])
  const cabinet = shelf.open()
  assert.equal(cabinet.files.length, 70_000)
  let seen = 0
  cabinet.extract((file) => ({ write: (chunk) => { assert.equal(file.name, `f${chunk[0]! << 8 | chunk[1]!}`) }, end: () => { seen++ } }))
  assert.equal(seen, 70_000)
})
