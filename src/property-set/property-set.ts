// A property set stream: MS-OLEPS 2.21, its sections, and where the typed values of one section are. What the values
// mean is not known here. All numbers are little-endian; offsets count from the start of the section.
import { concatBytes, FormatError, guidFromBytes, guidToBytes, type Findings } from '../base/index.ts'

const byteOrder = 0xfffe
const streamHeaderBytes = 28
const sectionReferenceBytes = 20
/** Windows 2000 on Win32, what the field says of most packages. */
const systemIdentifier = 0x0002_0005

/** A value as it is stored: its variant type, and the bytes after the type up to the next value. */
export interface StoredValue {
  readonly id: number
  readonly variant: number
  readonly bytes: Uint8Array
}

/** The values of the section with that format id, or of the first one. @throws FormatError when it is no property set. */
export function readPropertySet(bytes: Uint8Array, formatId: string, structure: string, findings: Findings): StoredValue[] {
  if (bytes.length < streamHeaderBytes + sectionReferenceBytes) {
    throw new FormatError({ structure, expected: `at least ${streamHeaderBytes + sectionReferenceBytes} bytes`, found: `${bytes.length}` })
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const found = view.getUint16(0, true)
  if (found !== byteOrder) throw new FormatError({ structure, field: 'byte order', offsetBytes: 0, expected: '0xFFFE', found: `0x${found.toString(16)}` })
  const offset = sectionOffset(view, formatId, structure, findings)
  if (offset + 8 > bytes.length) {
    throw new FormatError({ structure, field: 'section offset', expected: `at most ${bytes.length - 8}`, found: `${offset}` })
  }
  const statedBytes = view.getUint32(offset, true)
  if (statedBytes > bytes.length - offset) {
    findings.report({ id: 'property-section-size', structure, field: 'section size', offsetBytes: offset, expected: `at most ${bytes.length - offset}`, found: `${statedBytes}` })
  }
  // A size that is too small hurts nobody: the offsets say where the values are.
  return readSection(bytes.subarray(offset), structure, findings)
}

function sectionOffset(view: DataView, formatId: string, structure: string, findings: Findings): number {
  const count = Math.min(view.getUint32(24, true), Math.floor((view.byteLength - streamHeaderBytes) / sectionReferenceBytes))
  for (let index = 0; index < count; index++) {
    const at = streamHeaderBytes + index * sectionReferenceBytes
    if (guidFromBytes(new Uint8Array(view.buffer, view.byteOffset + at, 16)) === formatId) return view.getUint32(at + 16, true)
  }
  if (count === 0) throw new FormatError({ structure, field: 'number of sections', offsetBytes: 24, expected: '1', found: '0' })
  const first = guidFromBytes(new Uint8Array(view.buffer, view.byteOffset + streamHeaderBytes, 16))
  findings.report({ id: 'property-format-id', structure, field: 'format id', offsetBytes: streamHeaderBytes, expected: formatId, found: first })
  return view.getUint32(streamHeaderBytes + 16, true)
}

function readSection(section: Uint8Array, structure: string, findings: Findings): StoredValue[] {
  const size = section.length
  const view = new DataView(section.buffer, section.byteOffset, size)
  const stated = view.getUint32(4, true)
  const count = Math.min(stated, (size - 8) >> 3)
  if (count < stated) {
    findings.report({ id: 'property-count', structure, field: 'number of properties', expected: `at most ${count}`, found: `${stated}` })
  }
  const behind = 8 + count * 8
  const starts = new Uint32Array(count + 1)
  for (let at = 8; at < behind; at += 8) starts[at / 8 - 1] = view.getUint32(at + 4, true)
  starts[count] = size
  starts.sort()
  const values: StoredValue[] = []
  for (let at = 8; at < behind; at += 8) {
    const id = view.getUint32(at, true)
    const offset = view.getUint32(at + 4, true)
    if (offset + 4 > size) {
      findings.report({ id: 'property-offset', structure, field: `property ${id}`, expected: `an offset below ${size - 3}`, found: `${offset}` })
      continue
    }
    values.push({ id, variant: view.getUint32(offset, true), bytes: section.subarray(offset + 4, Math.max(firstAbove(starts, offset), offset + 4)) })
  }
  return values
}

/** The least of sorted numbers that is above another. @param sorted with at least one such */
function firstAbove(sorted: Uint32Array, number: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! <= number) low = middle + 1
    else high = middle
  }
  return sorted[low]!
}

/** One section; the values in the order given, each padded to four bytes. */
export function writePropertySet(formatId: string, values: readonly StoredValue[]): Uint8Array {
  const head = new Uint8Array(streamHeaderBytes + sectionReferenceBytes)
  const headView = new DataView(head.buffer)
  headView.setUint16(0, byteOrder, true)
  headView.setUint32(4, systemIdentifier, true)
  headView.setUint32(24, 1, true)
  head.set(guidToBytes(formatId)!, streamHeaderBytes)
  headView.setUint32(streamHeaderBytes + 16, head.length, true)

  const index = new Uint8Array(8 + values.length * 8)
  const indexView = new DataView(index.buffer)
  const parts: Uint8Array[] = []
  let offset = index.length
  values.forEach(({ id, variant, bytes }, number) => {
    const stored = new Uint8Array(4 + Math.ceil(bytes.length / 4) * 4)
    new DataView(stored.buffer).setUint32(0, variant, true)
    stored.set(bytes, 4)
    indexView.setUint32(8 + number * 8, id, true)
    indexView.setUint32(12 + number * 8, offset, true)
    parts.push(stored)
    offset += stored.length
  })
  indexView.setUint32(0, offset, true)
  indexView.setUint32(4, values.length, true)
  return concatBytes([head, index, ...parts])
}
