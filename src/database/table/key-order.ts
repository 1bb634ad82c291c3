// Row numbers in the order of the rows' keys as they are told: integers by value, null first, texts byte by byte in the code
// page. It stays when texts get other numbers in the string pool, by which Windows stores rows.
import type { EncodedTexts } from '../string-pool/encoded-texts.ts'
import type { Table } from './table.ts'

interface KeyColumn {
  readonly cells: Uint32Array
  readonly isText: boolean
}

export function sortedByKey(table: Table, texts: EncodedTexts): Uint32Array {
  const keys = table.keyColumns.map((position): KeyColumn => ({ cells: table.rawColumn(position), isText: table.columns[position]!.type === 'string' }))
  return table.rowNumbers().slice().sort((a, b) => compareKeys(keys, texts, a, b))
}

function compareKeys(keys: readonly KeyColumn[], texts: EncodedTexts, a: number, b: number): number {
  for (const { cells, isText } of keys) {
    const difference = isText && cells[a] !== cells[b] ? compareTexts(texts, cells[a]!, cells[b]!) : cells[a]! - cells[b]!
    if (difference !== 0) return difference
  }
  return a - b
}

function compareTexts(texts: EncodedTexts, a: number, b: number): number {
  const [one, oneStart, oneEnd] = placeOf(texts, a)
  const [other, otherStart, otherEnd] = placeOf(texts, b)
  const common = Math.min(oneEnd - oneStart, otherEnd - otherStart)
  for (let index = 0; index < common; index++) {
    const difference = one[oneStart + index]! - other[otherStart + index]!
    if (difference !== 0) return difference
  }
  return oneEnd - oneStart - (otherEnd - otherStart)
}

function placeOf({ data, offsets, encode }: EncodedTexts, id: number): [bytes: Uint8Array, start: number, end: number] {
  if (id < offsets.length && offsets[id]! > offsets[id - 1]!) return [data, offsets[id - 1]!, offsets[id]!]
  const bytes = encode(id)
  return [bytes, 0, bytes.length]
}
