// The value (`vk`) of a REGF hive and its data: up to 4 bytes in place of the offset, up to 16344 in a cell of their own,
// more in a list of such pieces (`db`, from version 1.4).
import { concatBytes, type Findings, FormatError, type RawRegistryValue } from '../base/index.ts'
import { cellError, signatureOf, type Cell, type CellReader } from './cell-reader.ts'
import { isNarrow, readName, writeName } from './key-node.ts'
import type { CellAllocator } from './new-cell.ts'

const fixedBytes = 20
const inline = 0x80000000
const flagNarrowName = 1
export const pieceBytes = 16344
export const firstMinorVersionWithPieces = 4

export function readValue(reader: CellReader, offset: number, minorVersion: number, findings: Findings): RawRegistryValue {
  const cell = reader.cell('value', offset, fixedBytes)
  if (signatureOf(cell) !== 'vk') throw cellError('value', cell, 'signature', 'vk', signatureOf(cell))
  const nameBytes = cell.uint16(2)
  if (fixedBytes + nameBytes > cell.length) throw cellError('value', cell, 'name length', `at most ${cell.length - fixedBytes}`, `${nameBytes}`)
  const narrow = (cell.uint16(16) & flagNarrowName) !== 0
  const name = readName(cell.bytes(fixedBytes, fixedBytes + nameBytes), narrow)
  return { name, type: cell.uint32(12), data: readData(reader, cell, minorVersion, findings) }
}

function readData(reader: CellReader, value: Cell, minorVersion: number, findings: Findings): Uint8Array {
  const stored = value.uint32(4)
  const length = stored & ~inline
  if (stored >= inline) {
    if (length <= 4) return value.bytes(8, 8 + length)
    findings.report({ id: 'value-inline-length', structure: 'value', field: 'data length', offsetBytes: value.offset, expected: 'at most 4 in place', found: `${length}` })
    return value.bytes(8, 12)
  }
  if (length === 0) return new Uint8Array(0)
  const offset = value.uint32(8)
  const cell = reader.cell('value data', offset, 4)
  if (length > pieceBytes && minorVersion >= firstMinorVersionWithPieces && signatureOf(cell) === 'db') return readPieces(reader, cell, length)
  if (length > cell.length) {
    findings.report({ id: 'value-data-short', structure: 'value data', offsetBytes: cell.offset, expected: `${length} bytes`, found: `${cell.length}` })
  }
  return cell.bytes(0, length)
}

function readPieces(reader: CellReader, list: Cell, length: number): Uint8Array {
  const count = Math.ceil(length / pieceBytes)
  if (list.length < 8 || list.uint16(2) !== count) {
    throw cellError('big data', list, 'piece count', `${count}`, `${list.length < 8 ? 'no list' : list.uint16(2)}`)
  }
  const offsets = reader.cell('list of big data', list.uint32(4), count * 4)
  const pieces: Uint8Array[] = []
  for (let index = 0; index < count; index++) {
    const wanted = Math.min(pieceBytes, length - index * pieceBytes)
    pieces.push(reader.cell('piece of big data', offsets.uint32(index * 4), wanted).bytes(0, wanted))
  }
  return concatBytes(pieces)
}

/** Writes a value and its data; answers the offset of its cell. */
export function writeValue({ name, type, data }: RawRegistryValue, cells: CellAllocator, minorVersion: number): number {
  const { length } = data
  if (length >= inline) throw new FormatError({ structure: 'value', field: 'data length', expected: 'less than 2 GiB', found: `${length}` })
  const narrow = isNarrow(name)
  const { offset, bin, view, at } = cells.allocate(fixedBytes + (narrow ? name.length : name.length * 2))
  view.setUint16(at, 0x6b76, true) // 'vk'
  view.setUint16(at + 2, writeName(name, narrow, view, at + fixedBytes), true)
  view.setUint32(at + 12, type, true)
  view.setUint16(at + 16, narrow ? flagNarrowName : 0, true)
  view.setUint32(at + 4, length <= 4 ? length + inline : length, true)
  if (length <= 4) bin.set(data, at + 8)
  else view.setUint32(at + 8, writeData(data, cells, minorVersion), true)
  return offset
}

function writeData(data: Uint8Array, cells: CellAllocator, minorVersion: number): number {
  if (data.length <= pieceBytes || minorVersion < firstMinorVersionWithPieces) {
    const { offset, bin, at } = cells.allocate(data.length)
    bin.set(data, at)
    return offset
  }
  const count = Math.ceil(data.length / pieceBytes)
  const list = cells.allocate(8)
  const offsets = cells.allocate(count * 4)
  list.view.setUint16(list.at, 0x6264, true) // 'db'
  list.view.setUint16(list.at + 2, count, true)
  list.view.setUint32(list.at + 4, offsets.offset, true)
  for (let index = 0; index < count; index++) {
    const piece = data.subarray(index * pieceBytes, (index + 1) * pieceBytes)
    // Windows keeps four bytes more in every piece, and reads them.
    const cell = cells.allocate(piece.length + 4)
    cell.bin.set(piece, cell.at)
    offsets.view.setUint32(offsets.at + index * 4, cell.offset, true)
  }
  return list.offset
}
