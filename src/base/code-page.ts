// Windows code pages, decoded and encoded through the host's TextDecoder so that browsers can do it too.
// https://learn.microsoft.com/windows/win32/intl/code-page-identifiers
import { oemCodePages } from './oem-code-pages.ts'
import { WindowsError } from './windows-error.ts'

const labels: Readonly<Record<number, string>> = {
  874: 'windows-874', 932: 'shift_jis', 936: 'gbk', 949: 'euc-kr', 950: 'big5',
  1250: 'windows-1250', 1251: 'windows-1251', 1252: 'windows-1252', 1253: 'windows-1253', 1254: 'windows-1254',
  1255: 'windows-1255', 1256: 'windows-1256', 1257: 'windows-1257', 1258: 'windows-1258',
  10000: 'macintosh', 20866: 'koi8-r', 21866: 'koi8-u', 28592: 'iso-8859-2', 28595: 'iso-8859-5', 28597: 'iso-8859-7',
  28605: 'iso-8859-15', 51932: 'euc-jp', 51949: 'euc-kr', 54936: 'gb18030',
}
/** Code page 0 is neutral: no text beyond ASCII. Windows reads it with the system's ANSI code page; we take 1252. */
const neutral = 1252

export interface CodePage {
  readonly id: number
  decode(bytes: Uint8Array): string
  /** `undefined` when a character has no place in the code page. */
  encode(text: string): Uint8Array | undefined
}

/** @throws WindowsError ERROR_INVALID_PARAMETER for a code page that is not known. */
export function codePage(id: number): CodePage {
  if (id === 65001) return utf8
  if (id === 20127 || id === 28591) return singleByte(id, id === 20127 ? 0x80 : 0x100)
  const oem = oemCodePages[id]
  if (oem !== undefined) return tableCodePage(id, oem)
  const label = labels[id === 0 || id === 1 || id === 3 ? neutral : id]
  if (label === undefined) throw new WindowsError('ERROR_INVALID_PARAMETER', `code page: expected one that is known, found ${id}`)
  const decoder = label === 'windows-1252' ? windows1252 : new TextDecoder(label)
  let reverse: Map<string, number> | undefined
  return {
    id,
    decode: (bytes) => isAscii(bytes) ? plainText(bytes) : decoder.decode(bytes),
    encode: (text) => encodeAscii(text) ?? encodeWith(reverse ??= reverseTable(decoder), text),
  }
}

export function isKnownCodePage(id: number): boolean {
  return id === 0 || id === 1 || id === 3 || id === 65001 || id === 20127 || id === 28591 || id in labels || id in oemCodePages
}

interface Decoder {
  decode(bytes: Uint8Array): string
}

/** Node.js 20 decodes this label as ISO 8859-1: the 32 characters where the two differ are put right here. */
const windows1252: Decoder = {
  decode: (bytes) => asciiText(bytes).replace(/[\u0080-\u009f]/g, (one) => windows1252Extras[one.charCodeAt(0) - 0x80]!),
}
const windows1252Extras = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

const utf8: CodePage = {
  id: 65001,
  decode: (bytes) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
  encode: (text) => new TextEncoder().encode(text),
}

function singleByte(id: number, limit: number): CodePage {
  return {
    id,
    decode: (bytes) => asciiText(bytes),
    encode: (text) => {
      const bytes = new Uint8Array(text.length)
      for (let index = 0; index < text.length; index++) {
        const unit = text.charCodeAt(index)
        if (unit >= limit) return undefined
        bytes[index] = unit
      }
      return bytes
    },
  }
}

/** @param upper Characters of the bytes from 0x80. */
function tableCodePage(id: number, upper: string): CodePage {
  let reverse: Map<string, number> | undefined
  return {
    id,
    decode: (bytes) => asciiText(bytes).replace(/[\u0080-\u00ff]/g, (one) => upper[one.charCodeAt(0) - 0x80]!),
    encode: (text) => encodeAscii(text) ?? encodeWith(reverse ??= upperTable(upper), text),
  }
}

function upperTable(upper: string): Map<string, number> {
  const table = new Map(Array.from({ length: 0x80 }, (_, byte) => [String.fromCharCode(byte), byte]))
  for (const [index, character] of [...upper].entries()) if (character !== '\ufffd') table.set(character, 0x80 + index)
  return table
}

function isAscii(bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index++) if (bytes[index]! >= 0x80) return false
  return true
}

/** Text known to be ASCII; beyond a few hundred bytes the host's decoder is faster than we are. */
function plainText(bytes: Uint8Array): string {
  return bytes.length < 256 ? asciiText(bytes) : new TextDecoder().decode(bytes)
}

/** Each byte as the character of that number. */
function asciiText(bytes: Uint8Array): string {
  let text = ''
  for (let offset = 0; offset < bytes.length; offset += 8192) {
    text += String.fromCharCode.apply(undefined, bytes.subarray(offset, offset + 8192) as unknown as number[])
  }
  return text
}

function encodeAscii(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit >= 0x80) return undefined
    bytes[index] = unit
  }
  return bytes
}

/** Character → one byte, or lead byte × 256 + trail byte. The first byte sequence that decodes to a character wins. */
function reverseTable(decoder: Decoder): Map<string, number> {
  const table = new Map<string, number>()
  const add = (bytes: Uint8Array, code: number): void => {
    const text = decoder.decode(bytes)
    if ([...text].length === 1 && text !== '\ufffd' && !table.has(text)) table.set(text, code)
  }
  const one = new Uint8Array(1)
  const two = new Uint8Array(2)
  const leads: number[] = []
  for (let byte = 0; byte < 256; byte++) {
    one[0] = byte
    add(one, byte)
    if (byte >= 0x80 && decoder.decode(one) === '\ufffd') leads.push(byte)
  }
  for (const lead of leads) {
    two[0] = lead
    for (let trail = 0x30; trail < 256; trail++) {
      two[1] = trail
      add(two, lead << 8 | trail)
    }
  }
  return table
}

function encodeWith(table: ReadonlyMap<string, number>, text: string): Uint8Array | undefined {
  const bytes: number[] = []
  for (const character of text) {
    const code = table.get(character)
    if (code === undefined) return undefined
    if (code > 0xff) bytes.push(code >> 8)
    bytes.push(code & 0xff)
  }
  return Uint8Array.from(bytes)
}
