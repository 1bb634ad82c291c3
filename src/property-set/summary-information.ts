// The summary information stream `\u0005SummaryInformation` of packages, modules, transforms and patches: typed values
// by property id. https://learn.microsoft.com/windows/win32/msi/summary-information-stream-property-set
// Its code page is its own, not the database's.
import { codePage, decodeUtf16, encodeUtf16, Findings, FormatError, isKnownCodePage, type CodePage } from '../base/index.ts'
import { readPropertySet, writePropertySet, type StoredValue } from './property-set.ts'

/** Property ids by what a package keeps in them. */
export const SummaryProperty = {
  codepage: 1, title: 2, subject: 3, author: 4, keywords: 5, comments: 6, template: 7, lastAuthor: 8, revision: 9,
  lastPrinted: 11, created: 12, saved: 13, pageCount: 14, wordCount: 15, characterCount: 16, application: 18, security: 19,
} as const

export type SummaryValue =
  | { readonly type: 'i2' | 'i4'; readonly value: number }
  | { readonly type: 'lpstr'; readonly value: string }
  /** 100-nanosecond intervals since 1601-01-01 UTC. */
  | { readonly type: 'filetime'; readonly value: bigint }
  /** Any other variant type, with its bytes as they are stored. */
  | { readonly type: 'other'; readonly variant: number; readonly bytes: Uint8Array }

export interface SummaryInformation {
  /** Windows code page of the strings; 0 when the stream has none. */
  readonly codepage: number
  /** By property id, in stored order. The code page is among them when it is stored. */
  readonly properties: ReadonlyMap<number, SummaryValue>
}

const formatId = '{F29F85E0-4FF9-1068-AB91-08002B27B3D9}'
const structure = 'summary information'
const variants = { i2: 2, i4: 3, lpstr: 30, filetime: 64 } as const
const utf16 = 1200
const dictionary = 0

/**
 * Reads a summary information stream.
 *
 * @throws FormatError ERROR_INVALID_DATA when it is no property set
 */
export function readSummaryInformation(bytes: Uint8Array, findings: Findings = new Findings()): SummaryInformation {
  const stored = readPropertySet(bytes, formatId, structure, findings)
  const codepage = readCodepage(stored, findings)
  const decode = codepage === utf16 ? (text: Uint8Array) => decodeUtf16(text) : codePage(codepage).decode
  const properties = new Map<number, SummaryValue>()
  for (const one of stored) {
    if (properties.has(one.id)) findings.report(problem('property-twice', one.id, 'one value', 'two'))
    else properties.set(one.id, readValue(one, decode, findings))
  }
  return { codepage, properties }
}

function readCodepage(stored: readonly StoredValue[], findings: Findings): number {
  const value = stored.find((one) => one.id === SummaryProperty.codepage)
  if (value === undefined || value.bytes.length < 2) return 0
  const codepage = value.bytes[0]! | value.bytes[1]! << 8
  if (codepage === utf16 || isKnownCodePage(codepage)) return codepage
  findings.report(problem('summary-codepage', value.id, 'a known code page', `${codepage}`))
  return 0
}

function readValue({ id, variant, bytes }: StoredValue, decode: CodePage['decode'], findings: Findings): SummaryValue {
  const size = bytes.length
  // A dictionary begins with a count where other values have their type.
  const needed = id === dictionary ? undefined : bytesNeeded(variant)
  if (needed === undefined || size < needed) {
    if (needed !== undefined) findings.report(problem('property-truncated', id, `${needed} bytes`, `${size}`))
    return { type: 'other', variant, bytes: Uint8Array.from(bytes) }
  }
  const number = bytes[0]! | bytes[1]! << 8 | bytes[2]! << 16 | bytes[3]! << 24
  if (variant === variants.i2) return { type: 'i2', value: number << 16 >> 16 }
  if (variant === variants.i4) return { type: 'i4', value: number }
  if (variant === variants.filetime) return { type: 'filetime', value: new DataView(bytes.buffer, bytes.byteOffset, size).getBigUint64(0, true) }
  const length = number >>> 0
  if (length > size - 4) findings.report(problem('property-truncated', id, `${length} bytes of text`, `${size - 4}`))
  const text = decode(bytes.subarray(4, 4 + length))
  const end = text.indexOf('\0')
  return { type: 'lpstr', value: end < 0 ? text : text.slice(0, end) }
}

/** `undefined` for variants that are not known. */
function bytesNeeded(variant: number): number | undefined {
  switch (variant) {
    case variants.i2: return 2
    case variants.i4: case variants.lpstr: return 4
    case variants.filetime: return 8
    default: return undefined
  }
}

/**
 * The bytes of a summary information stream: the code page first, as readers need it, then by property id.
 *
 * @throws FormatError ERROR_INVALID_DATA for text that the code page cannot hold, or a number out of range
 */
export function writeSummaryInformation(summary: SummaryInformation): Uint8Array {
  const stored: StoredValue[] = []
  if (summary.codepage !== 0 || summary.properties.has(SummaryProperty.codepage)) {
    const codepage = new Uint8Array(2)
    new DataView(codepage.buffer).setUint16(0, summary.codepage, true)
    stored.push({ id: SummaryProperty.codepage, variant: variants.i2, bytes: codepage })
  }
  for (const [id, value] of [...summary.properties].sort(([a], [b]) => a - b)) {
    if (id !== SummaryProperty.codepage) stored.push(storeValue(id, value, summary.codepage))
  }
  return writePropertySet(formatId, stored)
}

function storeValue(id: number, value: SummaryValue, codepage: number): StoredValue {
  if (value.type === 'other') return { id, variant: value.variant, bytes: value.bytes }
  return { id, variant: variants[value.type], bytes: value.type === 'lpstr' ? storeText(id, value.value, codepage) : storeNumber(id, value) }
}

function storeNumber(id: number, value: Exclude<SummaryValue, { type: 'lpstr' | 'other' }>): Uint8Array {
  const bytes = new Uint8Array(value.type === 'filetime' ? 8 : value.type === 'i2' ? 2 : 4)
  const view = new DataView(bytes.buffer)
  if (value.type === 'filetime') view.setBigUint64(0, value.value, true)
  else {
    const limit = value.type === 'i2' ? 0x8000 : 0x8000_0000
    if (!Number.isInteger(value.value) || value.value < -limit || value.value >= limit) {
      throw new FormatError(problem('property-range', id, `a number from ${-limit} to ${limit - 1}`, `${value.value}`))
    }
    if (value.type === 'i2') view.setInt16(0, value.value, true)
    else view.setInt32(0, value.value, true)
  }
  return bytes
}

function storeText(id: number, text: string, codepage: number): Uint8Array {
  const encoded = codepage === utf16 ? encodeUtf16(`${text}\0`) : codePage(codepage).encode(`${text}\0`)
  if (encoded === undefined) throw new FormatError(problem('property-text', id, `characters of code page ${codepage}`, JSON.stringify(text)))
  const bytes = new Uint8Array(4 + encoded.length)
  new DataView(bytes.buffer).setUint32(0, encoded.length, true)
  bytes.set(encoded, 4)
  return bytes
}

/** The text of a property; empty when it is absent or no text. */
export function summaryText(summary: SummaryInformation, id: number): string {
  const value = summary.properties.get(id)
  return value?.type === 'lpstr' ? value.value : ''
}

/** The number of a property; undefined when it is absent or no number. */
export function summaryInteger(summary: SummaryInformation, id: number): number | undefined {
  const value = summary.properties.get(id)
  return value?.type === 'i2' || value?.type === 'i4' ? value.value : undefined
}

function problem(id: string, property: number, expected: string, found: string): { id: string; structure: string; field: string; expected: string; found: string } {
  return { id, structure, field: `property ${property}`, expected, found }
}
