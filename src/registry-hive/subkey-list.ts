// Lists of subkeys in a REGF hive: `lf` and `lh` with a hint for each name, `li` without, `ri` as a list of those lists.
// A reader needs none of the hints; a writer sorts by upper-case name, because Windows searches by halves.
import { type Findings, foldCase } from '../base/index.ts'
import { cellError, signatureOf, type Cell, type CellReader } from './cell-reader.ts'
import type { CellAllocator } from './new-cell.ts'

/** What fits into one bin of 4096 bytes. */
const entriesPerLeaf = 507

/** Offsets of the key nodes in the list; lists that cannot be read are findings. */
export function readSubkeyList(reader: CellReader, offset: number, findings: Findings): number[] {
  const offsets: number[] = []
  const list = reader.cell('subkey list', offset, 4)
  if (signatureOf(list) !== 'ri') {
    readLeaf(list, offsets)
    return offsets
  }
  const count = list.uint16(2)
  const seen = new Set<number>()
  for (let index = 0; index < count && 8 + index * 4 <= list.length; index++) {
    const leaf = list.uint32(4 + index * 4)
    if (seen.has(leaf)) {
      findings.report({ id: 'subkey-list-repeated', structure: 'subkey list', offsetBytes: list.offset, expected: 'each list once', found: `${leaf} again` })
      continue
    }
    seen.add(leaf)
    readLeaf(reader.cell('subkey list', leaf, 4), offsets)
  }
  return offsets
}

function readLeaf(leaf: Cell, offsets: number[]): void {
  const signature = signatureOf(leaf)
  if (signature !== 'lf' && signature !== 'lh' && signature !== 'li') throw cellError('subkey list', leaf, 'signature', 'lf, lh or li', signature)
  const step = signature === 'li' ? 4 : 8
  const count = leaf.uint16(2)
  if (4 + count * step > leaf.length) throw cellError('subkey list', leaf, 'count', `at most ${Math.floor((leaf.length - 4) / step)}`, `${count}`)
  for (let index = 0; index < count; index++) offsets.push(leaf.uint32(4 + index * step))
}

export interface SubkeyEntry {
  readonly name: string
  readonly offset: number
}

/** `entries` are sorted already. Answers the offset of the list. */
export function writeSubkeyList(entries: readonly SubkeyEntry[], cells: CellAllocator, minorVersion: number): number {
  if (entries.length <= entriesPerLeaf) return writeLeaf(entries, cells, minorVersion)
  const leaves: number[] = []
  for (let start = 0; start < entries.length; start += entriesPerLeaf) leaves.push(writeLeaf(entries.slice(start, start + entriesPerLeaf), cells, minorVersion))
  const { offset, view, at } = cells.allocate(4 + leaves.length * 4)
  view.setUint16(at, 0x6972, true) // 'ri'
  view.setUint16(at + 2, leaves.length, true)
  leaves.forEach((leaf, index) => view.setUint32(at + 4 + index * 4, leaf, true))
  return offset
}

function writeLeaf(entries: readonly SubkeyEntry[], cells: CellAllocator, minorVersion: number): number {
  const hashed = minorVersion >= 5
  const { offset, bin, view, at } = cells.allocate(4 + entries.length * 8)
  view.setUint16(at, hashed ? 0x686c : 0x666c, true) // 'lh' or 'lf'
  view.setUint16(at + 2, entries.length, true)
  entries.forEach((entry, index) => {
    view.setUint32(at + 4 + index * 8, entry.offset, true)
    if (hashed) view.setUint32(at + 8 + index * 8, nameHash(entry.name), true)
    else bin.set(nameHint(entry.name), at + 8 + index * 8)
  })
  return offset
}

export function nameHash(name: string): number {
  const upper = foldCase(name)
  let hash = 0
  for (let index = 0; index < upper.length; index++) hash = (Math.imul(hash, 37) + upper.charCodeAt(index)) >>> 0
  return hash
}

/** The first four characters, where one byte suffices for each of them. */
function nameHint(name: string): number[] {
  const units = Array.from(name.slice(0, 4), (one) => one.charCodeAt(0))
  return units.some((unit) => unit > 0xff) ? [] : units
}
