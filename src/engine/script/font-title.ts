// The full names in a TrueType or OpenType font file, or in a collection of them: name table, name 4.
// https://learn.microsoft.com/typography/opentype/spec/name. Offsets in bytes, big-endian. No other font formats.
import type { ByteSource } from '../../base/index.ts'

const fullName = 4
const maximumFonts = 64
const maximumTables = 256
const maximumNames = 4096
const englishUnitedStates = 0x409

/** As Windows registers it, such as `Arial (TrueType)`; `undefined` when the file is no such font, or has no name. */
export function fontTitle(source: ByteSource): string | undefined {
  const names = fontOffsets(source).map((offset) => nameOfFont(source, offset)).filter((name) => name !== undefined && name !== '')
  return names.length === 0 ? undefined : `${names.join(' & ')} (TrueType)`
}

function fontOffsets(source: ByteSource): number[] {
  const header = view(source, 0, 12)
  if (header === undefined) return []
  if (tag(header, 0) !== 'ttcf') return [0]
  const count = Math.min(header.getUint32(8), maximumFonts)
  const offsets = view(source, 12, 4 * count)
  return offsets === undefined ? [] : Array.from({ length: count }, (_, index) => offsets.getUint32(4 * index))
}

function nameOfFont(source: ByteSource, offset: number): string | undefined {
  const header = view(source, offset, 12)
  if (header === undefined || !(header.getUint32(0) === 0x10000 || tag(header, 0) === 'OTTO' || tag(header, 0) === 'true')) return undefined
  const count = Math.min(header.getUint16(4), maximumTables)
  const tables = view(source, offset + 12, 16 * count)
  if (tables === undefined) return undefined
  for (let at = 0; at < 16 * count; at += 16) if (tag(tables, at) === 'name') return nameIn(source, tables.getUint32(at + 8))
  return undefined
}

/** The English name of Windows' platform, else another of its names, else the first of the Macintosh's. */
function nameIn(source: ByteSource, table: number): string | undefined {
  const header = view(source, table, 6)
  if (header === undefined) return undefined
  const count = Math.min(header.getUint16(2), maximumNames)
  const records = view(source, table + 6, 12 * count)
  const strings = table + header.getUint16(4)
  if (records === undefined) return undefined
  let best: { rank: number; text: string } | undefined
  for (let at = 0; at < 12 * count; at += 12) {
    const platform = records.getUint16(at)
    const rank = platform === 3 ? (records.getUint16(at + 4) === englishUnitedStates ? 3 : 2) : platform === 1 ? 1 : 0
    if (records.getUint16(at + 6) !== fullName || rank <= (best?.rank ?? 0)) continue
    const bytes = view(source, strings + records.getUint16(at + 10), records.getUint16(at + 8))
    if (bytes !== undefined) best = { rank, text: platform === 3 ? utf16(bytes) : latin(bytes) }
  }
  return best?.text
}

function utf16(bytes: DataView): string {
  let text = ''
  for (let at = 0; at + 1 < bytes.byteLength; at += 2) text += String.fromCharCode(bytes.getUint16(at))
  return text
}

function latin(bytes: DataView): string {
  let text = ''
  for (let at = 0; at < bytes.byteLength; at++) text += String.fromCharCode(bytes.getUint8(at))
  return text
}

function tag(bytes: DataView, at: number): string {
  return String.fromCharCode(bytes.getUint8(at), bytes.getUint8(at + 1), bytes.getUint8(at + 2), bytes.getUint8(at + 3))
}

/** `undefined` where the file ends before. */
function view(source: ByteSource, offset: number, length: number): DataView | undefined {
  if (offset + length > source.size) return undefined
  const bytes = source.read(offset, length)
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
