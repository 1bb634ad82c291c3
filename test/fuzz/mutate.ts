// Damages bytes: at random, within one stream of a compound file, or as cells of a database that no author would write.
import { concatBytes, bytesSource, readAll } from 'msikit/base'
import { openCompoundFile, writeCompoundFile, type Storage, type StorageContent } from 'msikit/compound-file'
import { openDatabase, type Cell, type Column } from 'msikit/database'
import type { Random } from './random.ts'

const interesting = [0, 1, 2, 3, 7, 0x10, 0x20, 0x3f, 0x40, 0x7f, 0x80, 0xff, 0x100, 0x1ff, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffa,
  0xfffffffb, 0xfffffffc, 0xfffffffd, 0xfffffffe, 0xffffffff]

const hostileTexts = ['..\\..\\evil.txt', 'C:\\evil.txt', '\\evil.txt', '/evil.txt', 'a|..', '..|..\\..\\evil', '.', '..', '|', '||', '[', ']', '[[', '[#x]', '[!x]', '[$x]',
  '[TARGETDIR]', '[~]', '[\\[]', '[[[[[[[[[[[[[[[[[[[[[[A]', '(((((((((((((((((((', 'NOT NOT NOT', '1 AND', 'A=1 OR', '%', '%X%', '#', '#cab', ':x', 'CON', 'a:b', 'x'.repeat(300),
  '\u0000', '\t\r\n', '-1', '65536', '99999999999', '{00000000-0000-0000-0000-000000000000}', 'TARGETDIR', 'SourceDir', '[A]', 'A', '*']
const hostileIntegers = [0, 1, -1, 2, 3, 127, 128, 255, 256, 1000, 32767, -32767, 65535, 0x10000, 2147483647, -2147483647]

/** One to eight random changes. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let result = new Uint8Array(bytes)
  for (let count = 1 + random.below(random.chance(70) ? 2 : 8); count > 0; count--) result = mutateOnce(result, random)
  return result
}

function mutateOnce(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  if (bytes.length === 0) return Uint8Array.of(random.below(256))
  // Headers decide more than what follows.
  const at = random.below(random.chance(40) ? Math.min(bytes.length, 512) : bytes.length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  switch (random.below(9)) {
    case 0:
      bytes[at]! ^= 1 << random.below(8)
      return bytes
    case 1:
      bytes[at] = random.below(256)
      return bytes
    case 2:
      if (at + 2 <= bytes.length) view.setUint16(at, random.pick(interesting), true)
      return bytes
    case 3:
    case 4: {
      const aligned = at & ~3
      if (aligned + 4 <= bytes.length) view.setUint32(aligned, random.pick(interesting), true)
      return bytes
    }
    case 5: return random.chance(30) ? bytes.slice(0, at) : bytes
    case 6: {
      const length = 1 + random.below(64)
      bytes.fill(random.pick([0, 0xff, 0x41]), at, at + length)
      return bytes
    }
    case 7: {
      const from = random.below(bytes.length)
      bytes.copyWithin(at, from, from + 1 + random.below(128))
      return bytes
    }
    default: {
      const piece = bytes.subarray(at, at + 1 + random.below(64))
      return random.chance(50) ? concatBytes([bytes.subarray(0, at), piece, bytes.subarray(at)]) : concatBytes([bytes.subarray(0, at), bytes.subarray(at + piece.length)])
    }
  }
}

/** Applies a mutation that reads its input, or damages bytes where that cannot be read. */
export function mutateWith(mutate: (file: Uint8Array, random: Random) => Uint8Array, file: Uint8Array, random: Random): Uint8Array {
  try {
    return mutate(file, random)
  } catch {
    return mutateBytes(file, random)
  }
}

/** Damages the content of one stream and writes a sound compound file around it. */
export function mutateStream(file: Uint8Array, random: Random): Uint8Array {
  const { root } = openCompoundFile(bytesSource(file))
  const streams = root.entries.filter((entry) => entry.kind === 'stream')
  const chosen = random.pick(streams)
  const content = contentOf(root, (name, bytes) => name === chosen?.name ? mutateBytes(bytes, random) : bytes)
  return written((sink) => { writeCompoundFile(content, sink) })
}

function contentOf(storage: Storage, change: (name: string, bytes: Uint8Array) => Uint8Array): StorageContent {
  return {
    classId: storage.classId,
    entries: storage.entries.map((entry) => entry.kind === 'stream'
      ? { kind: 'stream', name: entry.name, source: bytesSource(change(entry.name, readAll(entry.source))) }
      : { kind: 'storage', name: entry.name, content: contentOf(entry, (_, bytes) => bytes) }),
  }
}

/** Writes one to four cells that no author would. */
export function mutateCells(file: Uint8Array, random: Random): Uint8Array {
  const database = openDatabase(bytesSource(file))
  for (let count = 1 + random.below(4); count > 0; count--) {
    const table = database.table(random.pick(database.tableNames))
    if (table === undefined || table.rowCount === 0) continue
    const rows = [...table.rows()]
    const row = random.pick(rows)
    const column = random.pick(table.columns)
    const cells = table.columns.map((one) => one.name === column.name ? hostileCell(column, random) : row.cell(one.name))
    try {
      table.delete(row)
      table.insert(cells)
    } catch {
      // A key that exists already: the row is gone, which is damage too.
    }
  }
  return written((sink) => { database.save(sink) })
}

function hostileCell(column: Column, random: Random): Cell {
  if (column.nullable && random.chance(15)) return null
  if (column.type === 'string') return random.pick(hostileTexts)
  if (column.type === 'binary') return bytesSource(Uint8Array.of(1, 2, 3))
  const value = random.pick(hostileIntegers)
  return column.type === 'int16' && Math.abs(value) > 32767 ? 32767 : value
}

export function written(write: (sink: { write(chunk: Uint8Array): void }) => void): Uint8Array {
  const parts: Uint8Array[] = []
  write({ write: (chunk) => { parts.push(new Uint8Array(chunk)) } })
  return concatBytes(parts)
}
