// Long names of the File table as bytes: most need not be made texts to know whether they are safe, whether Windows can have
// them, and whether another file has the same.
import type { Table } from '../../database/index.ts'
import { textNumbers, type Cells } from '../terminal/table-cells.ts'
import type { NameHash } from './places.ts'

const [bar, dot, longestName] = [0x7c, 0x2e, 255] as const
/** Why a name is looked at again: no file of Windows may be called so; the bytes do not tell what is to be known. */
export const cares = { foreign: 1, text: 2 } as const
const careOfByte = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 || byte === 0x1b || '\0/\\'.includes(String.fromCharCode(byte)) ? cares.text : byte < 0x20 || '<>:"|?*'.includes(String.fromCharCode(byte)) ? cares.foreign : 0)
/** Devices are called CON, PRN, AUX, NUL, COM1 and so on. */
const mayBeginDevice = Uint8Array.from({ length: 256 }, (_, byte) => 'CPANL'.includes(String.fromCharCode(byte).toUpperCase()) ? cares.foreign : 0)
const mayNotEnd = Uint8Array.from({ length: 256 }, (_, byte) => byte === dot || byte === 0x20 ? cares.foreign : 0)
const upperCase = Uint8Array.from({ length: 256 }, (_, byte) => byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte)

/** Puts the long name of a row into the hash, from its bytes. @returns what has to be looked at again */
export function nameHashes(table: Table, hash: NameHash): Cells<number> {
  const number = textNumbers(table, 'FileName')
  const { bytes, offsets } = table.pool.stored
  return (row) => {
    const id = number(row)
    return id === 0 || id >= offsets.length ? cares.text : hashName(bytes, offsets[id - 1]!, offsets[id]!, hash)
  }
}

function hashName(bytes: Uint8Array, start: number, end: number, hash: NameHash): number {
  let begin = start
  let care = 0
  hash.reset()
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byte === bar && begin === start) {
      begin = at + 1
      hash.reset()
    } else {
      care |= careOfByte[byte]!
      hash.add(upperCase[byte]!)
    }
  }
  if (begin === end || end - begin > longestName || bytes[begin] === dot) return cares.text
  return care | mayBeginDevice[bytes[begin]!]! | mayNotEnd[bytes[end - 1]!]!
}
