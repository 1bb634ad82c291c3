import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { bytesSource, concatBytes, equalBytes, FormatError } from '../../../base/index.ts'
import { aCabinet, encodeLzx, type LzxOptions } from '../../../testing/index.ts'
import { openCabinet } from '../../index.ts'
import type { Compression, FolderDecoder } from '../compression.ts'
import { createFolderDecoder } from '../folder-decoder.ts'
import { Deflate } from '../mszip/deflate.ts'
import { WasmDecoders } from './wasm-decoder.ts'

interface Block {
  readonly data: Uint8Array
  readonly uncompressedBytes: number
}

function randomNumbers(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = Math.imul(state, 1103515245) + 12345 >>> 0
    return (state >>> 8) % limit
  }
}

/** Literals, E8 and matches at all distances, those below eight bytes among them. */
function sample(size: number, seed: number): Uint8Array {
  const random = randomNumbers(seed)
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size;) {
    const kind = random(16)
    if (kind < 2) for (const byte of [0xe8, random(256), random(256), random(4), 0]) bytes[at++] = byte
    else if (kind < 10 && at > 1000) {
      const distance = 1 + (random(3) === 0 ? random(9) : random(Math.min(at - 1, 90000)))
      for (let length = 2 + random(random(4) === 0 ? 300 : 12); length > 0 && at < size; length--, at++) bytes[at] = bytes[at - distance]!
    } else bytes[at++] = random(256)
  }
  return bytes
}

function mszipBlocks(plain: Uint8Array): Block[] {
  const deflate = new Deflate(6)
  const blocks: Block[] = []
  for (let at = 0; at < plain.length; at += 32768) {
    const part = plain.subarray(at, at + 32768)
    blocks.push({ data: concatBytes([Uint8Array.of(0x43, 0x4b), deflate.deflate(part)]), uncompressedBytes: part.length })
  }
  return blocks
}

/** What comes out, or the message of the error. */
function decodeAll(decoder: FolderDecoder, blocks: readonly Block[]): Uint8Array | string {
  try {
    return concatBytes(blocks.map(({ data, uncompressedBytes }) => new Uint8Array(decoder.decode(data, uncompressedBytes))))
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error))
    return error.message
  }
}

const wasm = WasmDecoders.load()!
const lzx = (options: LzxOptions): readonly [Compression, (plain: Uint8Array) => readonly Block[]] =>
  [{ method: 'lzx', windowBits: options.windowBits ?? 15 }, (plain) => encodeLzx(plain, options)]
const kinds: Readonly<Record<string, readonly [Compression, (plain: Uint8Array) => readonly Block[]]>> = {
  'MSZIP': [{ method: 'mszip' }, mszipBlocks],
  'LZX, verbatim, window 2^15': lzx({}),
  'LZX, aligned offsets, window 2^21': lzx({ windowBits: 21, blocks: [{ kind: 'aligned', bytes: 70001 }] }),
  'LZX, all kinds of blocks, calls translated': lzx({ windowBits: 17, translationBytes: 12000000, blocks: [{ kind: 'aligned', bytes: 100000 },
    { kind: 'uncompressed', bytes: 12345 }, { kind: 'verbatim', bytes: 54321 }, { kind: 'uncompressed', bytes: 1 }, { kind: 'uncompressed', bytes: 32767 }, { kind: 'verbatim', bytes: 40000 }] }),
}

for (const [name, [compression, encode]] of Object.entries(kinds)) {
  test(`WebAssembly decodes what TypeScript decodes: ${name}`, () => {
    const plain = sample(900_000, 7)
    const blocks = encode(plain)
    const result = decodeAll(wasm.decoder(compression, plain.length)!, blocks)
    assert.ok(typeof result !== 'string', String(result))
    assert.ok(equalBytes(result, plain))
  })

  test(`WebAssembly and TypeScript agree about damaged data: ${name}`, () => {
    const random = randomNumbers(3)
    const plain = sample(100_000, 9)
    const whole = encode(plain)
    let failures = 0
    for (let round = 0; round < 300; round++) {
      const blocks = whole.map((block) => ({ ...block, data: new Uint8Array(block.data) }))
      const victim = random(blocks.length)
      const { data, uncompressedBytes } = blocks[victim]!
      const early = random(2) === 0
      if (round % 5 === 0) blocks[victim] = { uncompressedBytes, data: data.subarray(0, random(data.length)) }
      else for (let change = random(3); change >= 0; change--) data[early ? random(Math.min(200, data.length)) : random(data.length)]! ^= 1 << random(8)
      const expected = decodeAll(createFolderDecoder(compression, plain.length), blocks)
      const found = decodeAll(wasm.decoder(compression, plain.length)!, blocks)
      if (typeof expected === 'string') {
        failures++
        assert.equal(found, expected, `round ${round}`)
      } else assert.ok(typeof found !== 'string' && equalBytes(found, expected), `round ${round}`)
    }
    assert.ok(failures > 100, `${failures}`)
  })
}

test('one instance decodes one folder after the other, of different methods', () => {
  const plain = sample(200_000, 11)
  for (const name of ['MSZIP', 'LZX, all kinds of blocks, calls translated', 'MSZIP', 'LZX, verbatim, window 2^15']) {
    const [compression, encode] = kinds[name]!
    const result = decodeAll(wasm.decoder(compression, plain.length)!, encode(plain))
    assert.ok(typeof result !== 'string' && equalBytes(result, plain), name)
  }
})

test('a block larger than any cabinet has is refused', () => {
  const decoder = wasm.decoder({ method: 'lzx', windowBits: 15 }, 32768)!
  assert.throws(() => decoder.decode(new Uint8Array(200_000), 32768), FormatError)
})

interface WebAssemblyClasses {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => object
}

/** What a cabinet gives, and how often WebAssembly was compiled meanwhile. */
function extractWith(webAssembly: object | undefined): { bytes: Uint8Array; compiled: number } {
  const original = (globalThis as { WebAssembly?: WebAssemblyClasses }).WebAssembly!
  let compiled = 0
  const Counting = class extends original.Module {
    constructor(bytes: Uint8Array) {
      super(bytes)
      compiled++
    }
  }
  Object.defineProperty(globalThis, 'WebAssembly', { value: webAssembly ?? { Instance: original.Instance, Module: Counting }, configurable: true, writable: true })
  try {
    const parts: Uint8Array[] = []
    openCabinet(bytesSource(aCabinet({ x: fallbackSample }, { level: 1 }))).extract(() => ({ write: (chunk) => { parts.push(new Uint8Array(chunk)) } }))
    return { bytes: concatBytes(parts), compiled }
  } finally {
    Object.defineProperty(globalThis, 'WebAssembly', { value: original, configurable: true, writable: true })
  }
}

const fallbackSample = sample(400_000, 5)
function refused(): never {
  throw new EvalError('forbidden by a content security policy')
}
/** Called with `new`: what it returns is the result. */
function outOfMemory(): object {
  return { exports: { setup: () => 0 } }
}

test('WebAssembly is used for what is worth it', () => {
  const { bytes, compiled } = extractWith(undefined)
  assert.equal(compiled, 1)
  assert.ok(equalBytes(bytes, fallbackSample))
})

for (const [what, substitute] of [
  ['missing', {}], ['forbidden', { Module: refused, Instance: refused }], ['out of memory', { Module: Object, Instance: outOfMemory }],
] as const) {
  test(`TypeScript decodes where WebAssembly is ${what}`, () => {
    assert.ok(equalBytes(extractWith(substitute).bytes, fallbackSample))
  })
}
