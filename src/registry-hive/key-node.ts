// The key node (`nk`) of a REGF hive: one key, without its subkeys and values, which are lists in other cells.
// Names of characters below 0x100 are stored in one byte each.
import { decodeUtf16 } from '../base/index.ts'
import { cellError, type Cell } from './cell-reader.ts'
import type { NewCell } from './new-cell.ts'

/** No cell. */
export const nil = 0xffffffff

const fixedBytes = 76
const flagRoot = 0x04
const flagNoDelete = 0x08
const flagLink = 0x10
const flagNarrowName = 0x20

export interface KeyNode {
  readonly name: string
  readonly isRoot: boolean
  readonly isLink: boolean
  readonly lastWrite: bigint
  readonly parent: number
  readonly subkeyCount: number
  readonly subkeyList: number
  readonly valueCount: number
  readonly valueList: number
  readonly security: number
  readonly classCell: number
  /** Bytes of the class name, in UTF-16. */
  readonly classBytes: number
  /** Largest of the subkeys' names and classes in bytes of UTF-16, of the values' names likewise, and of their data. */
  readonly longest: { readonly subkeyName: number; readonly subkeyClass: number; readonly valueName: number; readonly valueData: number }
}

export function keyNodeBytes(name: string): number {
  return fixedBytes + (isNarrow(name) ? name.length : name.length * 2)
}

export const keyNodeFixedBytes = fixedBytes

export function readKeyNode(cell: Cell): KeyNode {
  const flags = cell.uint16(2)
  const nameBytes = cell.uint16(72)
  if (fixedBytes + nameBytes > cell.length) throw cellError('key node', cell, 'name length', `at most ${cell.length - fixedBytes}`, `${nameBytes}`)
  return {
    name: readName(cell.bytes(fixedBytes, fixedBytes + nameBytes), (flags & flagNarrowName) !== 0),
    isRoot: (flags & flagRoot) !== 0,
    isLink: (flags & flagLink) !== 0,
    lastWrite: cell.uint64(4),
    parent: cell.uint32(16),
    subkeyCount: cell.uint32(20),
    subkeyList: cell.uint32(28),
    valueCount: cell.uint32(36),
    valueList: cell.uint32(40),
    security: cell.uint32(44),
    classCell: cell.uint32(48),
    classBytes: cell.uint16(74),
    longest: {
      subkeyName: cell.uint16(52), subkeyClass: cell.uint32(56), valueName: cell.uint32(60), valueData: cell.uint32(64),
    },
  }
}

export function writeKeyNode(node: KeyNode, { view, at }: NewCell): void {
  const narrow = isNarrow(node.name)
  view.setUint16(at, 0x6b6e, true) // 'nk'
  view.setUint16(at + 2, (node.isRoot ? flagRoot | flagNoDelete : 0) | (node.isLink ? flagLink : 0) | (narrow ? flagNarrowName : 0), true)
  view.setBigUint64(at + 4, node.lastWrite, true)
  view.setUint32(at + 16, node.parent, true)
  view.setUint32(at + 20, node.subkeyCount, true)
  view.setUint32(at + 28, node.subkeyList, true)
  view.setUint32(at + 32, nil, true) // volatile subkeys
  view.setUint32(at + 36, node.valueCount, true)
  view.setUint32(at + 40, node.valueList, true)
  view.setUint32(at + 44, node.security, true)
  view.setUint32(at + 48, node.classCell, true)
  view.setUint16(at + 52, node.longest.subkeyName, true)
  view.setUint32(at + 56, node.longest.subkeyClass, true)
  view.setUint32(at + 60, node.longest.valueName, true)
  view.setUint32(at + 64, node.longest.valueData, true)
    view.setUint16(at + 74, node.classBytes, true)
  view.setUint16(at + 72, writeName(node.name, narrow, view, at + fixedBytes), true)
}

export function isNarrow(name: string): boolean {
  for (let index = 0; index < name.length; index++) if (name.charCodeAt(index) > 0xff) return false
  return true
}

/** Answers how many bytes it took. */
export function writeName(name: string, narrow: boolean, view: DataView, at: number): number {
  for (let index = 0; index < name.length; index++) {
    if (narrow) view.setUint8(at + index, name.charCodeAt(index))
    else view.setUint16(at + index * 2, name.charCodeAt(index), true)
  }
  return narrow ? name.length : name.length * 2
}

export function readName(bytes: Uint8Array, narrow: boolean): string {
  return narrow ? String.fromCharCode.apply(undefined, bytes as unknown as number[]) : decodeUtf16(bytes)
}
