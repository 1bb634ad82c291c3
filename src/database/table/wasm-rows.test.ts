import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { codePage, concatBytes } from '../../base/index.ts'
import { exportTable } from '../archive/text-archive.ts'
import { createDatabase, openDatabase, type Database } from '../database.ts'
import { WasmRows } from './wasm-rows.ts'

function randomNumbers(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = Math.imul(state, 1103515245) + 12345 >>> 0
    return (state >>> 8) % limit
  }
}

/** Keys of several columns with much in common, integers at their limits, nulls, texts of every length up to 40. */
function randomDatabase(seed: number, alphabet: string, codepage: number): Database {
  const random = randomNumbers(seed)
  const database = createDatabase({ codepage })
  const table = database.createTable({ name: 'Random', columns: [
    { name: 'Key', type: 'string', width: 72, key: true, nullable: true }, { name: 'Number', type: seed % 2 === 0 ? 'int16' : 'int32', key: true, nullable: true },
    { name: 'Text', type: 'string', key: true, nullable: true }, { name: 'Short', type: 'int16', nullable: true }, { name: 'Long', type: 'int32', nullable: true },
  ] })
  const text = (length: number): string => Array.from({ length }, () => alphabet[random(alphabet.length)]).join('')
  const prefix = text(random(12))
  for (let row = 0; row < 900; row++) {
    const cells = [random(9) === 0 ? null : prefix + text(random(4)), random(9) === 0 ? null : random(40) - 20, random(5) === 0 ? null : text(random(40)),
      [null, 32767, -32767, random(2000)][random(4)]!, [null, 0x7fffffff, -0x7fffffff, random(1 << 30)][random(4)]!]
    if (table.find(...cells.slice(0, 3) as (string | number | null)[]) === undefined) table.insert(cells)
  }
  return reopened(database)
}

function reopened(database: Database): Database {
  const chunks: Uint8Array[] = []
  database.save({ write: (chunk) => { chunks.push(chunk.slice()) } })
  return openDatabase(concatBytes(chunks))
}

/** The rows as TypeScript writes them: what was touched is not written by WebAssembly. */
function reference(database: Database, order: 'keys' | 'stored'): Uint8Array {
  const table = database.table('Random')!
  for (const row of table.rows()) table.update(row, 'Short', row.integer('Short'))
  assert.equal(table.unchangedRows(), undefined)
  return exportTable(database, 'Random', { order })
}

for (const [alphabet, codepage, what] of [['ab_1', 1252, 'plain'], ['aÄ\t\n\r', 1252, 'that have to be escaped'], ['日本\u0000x', 932, 'of two bytes'], ['äö€', 65001, 'in UTF-8']] as const) {
  test(`WebAssembly writes rows of texts ${what} as TypeScript does`, () => {
    assert.ok(WasmRows.load(), 'this machine has WebAssembly')
    for (let seed = 1; seed <= 6; seed++) {
      for (const order of ['keys', 'stored'] as const) {
        const database = randomDatabase(seed, alphabet, codepage)
        const unchanged = database.table('Random')!.unchangedRows()!
        const options = { substitutes: Uint8Array.from({ length: 256 }, (_, byte) => byte), headerBytes: 7, keys: [] }
        assert.ok(database.pool.writeUnchanged(unchanged, codePage(codepage), options), 'written by WebAssembly')
        const ours = exportTable(database, 'Random', { order })
        assert.deepEqual(Buffer.from(ours).toString('latin1'), Buffer.from(reference(database, order)).toString('latin1'), `seed ${seed}, ${order}`)
      }
    }
  })
}

test('offsets of a pool with long and missing texts are the same in WebAssembly', () => {
  const pool = new Uint8Array(4 * 8)
  const words = [0, 0x00010003, 0, 0x00010000, 70000, 0x00020005, 0x00010000, 9]
  words.forEach((word, index) => new DataView(pool.buffer).setUint32(index * 4, word, true))
  for (const dataSize of [70017, 70016, 70000, 3, 0]) {
    const read = WasmRows.load()!.readOffsets(pool, dataSize)!
    const ends = [0, 3, 3, 70003, 70008, 70017].map((end) => Math.min(end, dataSize))
    assert.deepEqual([...read.offsets], ends)
    assert.equal(read.cut, [3, 3, 70003, 70008, 70017].findIndex((end) => end > dataSize) + 1)
  }
})

test('a reference beyond the string pool is left to TypeScript, which tells it', () => {
  const database = randomDatabase(1, 'ab', 1252)
  const table = database.table('Random')!
  const rows = table.unchangedRows()!
  const read = rows.source.read(0, rows.source.size).slice()
  read.fill(0xff, 0, 2)
  const damaged = { ...rows, source: { size: read.length, read: (offset: number, length: number) => read.subarray(offset, offset + length) } }
  assert.equal(database.pool.writeUnchanged(damaged, codePage(1252), { substitutes: new Uint8Array(256), headerBytes: 0, keys: [] }), undefined)
})

