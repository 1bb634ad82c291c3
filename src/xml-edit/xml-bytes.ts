// XML as text and back, in the encoding and with the line ends that it has.
// https://www.w3.org/TR/xml/#charencoding
import { codePage, concatBytes, encodeUtf16, isKnownCodePage, type CodePage } from '../base/index.ts'
import { XmlEditError } from './xml-edit-error.ts'

export interface XmlText {
  /** Line ends are LF. */
  readonly text: string
  readonly encoding: string
  readonly mark: Uint8Array
  readonly lineEnd: '\n' | '\r\n'
  /** Stands for `&#13;`, which no parser keeps apart from a line end. */
  readonly carriageReturn: string
  /** White space after the last thing of the document. */
  readonly end: string
}

const marks: readonly [string, readonly number[]][] = [['utf-8', [0xef, 0xbb, 0xbf]], ['utf-16le', [0xff, 0xfe]], ['utf-16be', [0xfe, 0xff]]]

/** @throws XmlEditError */
export function decodeXml(bytes: Uint8Array): XmlText {
  const marked = marks.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte))
  const encoding = marked?.[0] ?? declaredEncoding(bytes)
  const mark = Uint8Array.from(marked?.[1] ?? [])
  const raw = decode(bytes.subarray(mark.length), encoding)
  if (!isUnicode(encoding) && !sameBytes(encode(raw, encoding), bytes)) throw new XmlEditError('unreadable', '', `expected text in ${encoding}`)
  const lineEnd = (raw.match(/\r\n/g)?.length ?? 0) * 2 > (raw.match(/\n/g)?.length ?? 0) ? '\r\n' : '\n'
  const carriageReturn = freeCharacter(raw)
  const text = raw.replaceAll(/\r\n?/g, '\n').replaceAll(/&#(?:0*13|[xX]0*[dD]);/g, carriageReturn)
  return { text, encoding, mark, lineEnd, carriageReturn, end: /[ \t\n]*$/.exec(text)![0] }
}

export function encodeXml(text: string, { encoding, mark, lineEnd, carriageReturn, end }: XmlText): Uint8Array {
  const raw = `${text.trimEnd()}${end}`.replaceAll('\r', '&#13;').replaceAll('\n', lineEnd).replaceAll(carriageReturn, '&#13;')
  return concatBytes([mark, encode(raw, encoding)])
}

function declaredEncoding(bytes: Uint8Array): string {
  if (bytes[0] === 0x3c && bytes[1] === 0) return 'utf-16le'
  if (bytes[0] === 0 && bytes[1] === 0x3c) return 'utf-16be'
  const start = String.fromCharCode(...bytes.subarray(0, 200))
  const name = /^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(start)?.[1]?.toLowerCase() ?? 'utf-8'
  // Without a mark or a zero byte it cannot be what such a declaration says.
  return name.startsWith('utf-16') || name === 'utf8' ? 'utf-8' : name
}

/** Code pages of the encodings that declarations name, beside `windows-N` and `iso-8859-N`. */
const codePages: Readonly<Record<string, number>> = {
  'us-ascii': 20127, 'ascii': 20127, 'latin1': 28591, 'shift_jis': 932, 'gb2312': 936, 'gbk': 936, 'euc-kr': 949, 'big5': 950, 'koi8-r': 20866, 'gb18030': 54936,
}

function pageOf(encoding: string): CodePage {
  const [, windows, iso] = /^windows-(\d{3,4})$|^iso-8859-(\d{1,2})$/.exec(encoding) ?? []
  const id = windows !== undefined ? Number(windows) : iso !== undefined ? 28590 + Number(iso) : codePages[encoding] ?? -1
  if (!isKnownCodePage(id)) throw new XmlEditError('unreadable', '', `expected an encoding that is known, found ${encoding}`)
  return codePage(id)
}

function decode(bytes: Uint8Array, encoding: string): string {
  if (!isUnicode(encoding)) return pageOf(encoding).decode(bytes)
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new XmlEditError('unreadable', '', `expected text in ${encoding}`, { cause: error })
  }
}

/** What a code page does not have becomes a character reference. */
function encode(text: string, encoding: string): Uint8Array {
  if (encoding === 'utf-8') return new TextEncoder().encode(text)
  if (isUnicode(encoding)) {
    const bytes = encodeUtf16(text)
    if (encoding === 'utf-16be') for (let at = 0; at < bytes.length; at += 2) [bytes[at], bytes[at + 1]] = [bytes[at + 1]!, bytes[at]!]
    return bytes
  }
  const page = pageOf(encoding)
  return page.encode(text) ?? concatBytes([...text].map((character) => page.encode(character) ?? new TextEncoder().encode(`&#${character.codePointAt(0)!};`)))
}

function isUnicode(encoding: string): boolean {
  return encoding === 'utf-8' || encoding.startsWith('utf-16')
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

function freeCharacter(text: string): string {
  for (let code = 0xe000; code < 0xf8ff; code++) {
    const character = String.fromCharCode(code)
    if (!text.includes(character)) return character
  }
  throw new XmlEditError('unreadable', '', 'the file uses every private character')
}
