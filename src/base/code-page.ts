// Windows code pages, decoded and encoded through the host's TextDecoder so that browsers can do it too.
// https://learn.microsoft.com/windows/win32/intl/code-page-identifiers
import { oemCodePage } from './oem-code-pages.ts'
import { WindowsError } from './windows-error.ts'

const labels: Readonly<Record<number, string>> = {
  866: 'ibm866', 874: 'windows-874', 932: 'shift_jis', 936: 'gbk', 949: 'euc-kr', 950: 'big5',
  1250: 'windows-1250', 1251: 'windows-1251', 1252: 'windows-1252', 1253: 'windows-1253', 1254: 'windows-1254',
  1255: 'windows-1255', 1256: 'windows-1256', 1257: 'windows-1257', 1258: 'windows-1258',
  10000: 'macintosh', 10007: 'x-mac-cyrillic', 10017: 'x-mac-cyrillic', 20866: 'koi8-r', 20936: 'gbk', 20949: 'euc-kr', 21866: 'koi8-u',
  28592: 'iso-8859-2', 28593: 'iso-8859-3', 28594: 'iso-8859-4', 28595: 'iso-8859-5', 28596: 'iso-8859-6', 28597: 'iso-8859-7',
  28598: 'iso-8859-8', 28599: 'windows-1254', 28603: 'iso-8859-13', 28605: 'iso-8859-15', 38598: 'iso-8859-8',
  50220: 'iso-2022-jp', 50221: 'iso-2022-jp', 50222: 'iso-2022-jp', 51932: 'euc-jp', 51936: 'gbk', 51949: 'euc-kr', 54936: 'gb18030',
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
  const label = labels[id === 0 || id === 1 || id === 3 ? neutral : id]
  if (label === undefined) {
    const oem = oemCodePage(id)
    if (oem !== undefined) return tableCodePage(id, oem)
    throw new WindowsError('ERROR_INVALID_PARAMETER', `code page: expected one that can be decoded here, such as 1252, 932 or 65001, found ${id}`)
  }
  const decoder = decoderOf(id, label)
  let encoder: Encode | undefined
  return {
    id,
    // ISO 2022 says with ASCII what is none.
    decode: (bytes) => (label === 'iso-2022-jp' && bytes.includes(escape) ? undefined : plainText(bytes)) ?? decoder.decode(bytes),
    encode: (text) => encodeAscii(text) ?? (encoder ??= encoderOf(id, label, decoder))(text),
  }
}

function decoderOf(id: number, label: string): Decoder {
  if (label === 'windows-1252') return windows1252
  const decoder = id === 949 ? unifiedHangul(new TextDecoder(label)) : new TextDecoder(label)
  const others = differences[id]
  // A single-byte code page: each byte is one character, so that what differs is put right by its place.
  return others === undefined ? decoder : { decode: (bytes) => Array.from(decoder.decode(bytes), (one, index) => others(bytes[index]!) ?? one).join('') }
}

/** Node.js knows of this label only what EUC-KR has: the other syllables, which code page 949 puts around it in their order, are found by counting. */
function unifiedHangul(host: Decoder): Decoder {
  if (host.decode(Uint8Array.of(0x81, 0x41)) === '갂') return host
  let others: ReadonlyMap<number, string> | undefined
  return {
    decode: (bytes) => {
      let text = ''
      let start = 0
      for (let at = 0; at < bytes.length; at++) {
        const [lead, trail] = [bytes[at]!, bytes[at + 1]]
        if (lead < 0x81 || lead === 0xff) continue
        const found = trail === undefined ? '\ufffd' : lead < 0xa1 || lead === 0xa2 || trail < 0xa1 ? (others ??= otherSyllables(host)).get(lead << 8 | trail) : undefined
        if (found !== undefined) {
          text += host.decode(bytes.subarray(start, at)) + found
          start = at + 2
        }
        at++
      }
      return start === 0 ? host.decode(bytes) : text + host.decode(bytes.subarray(Math.min(start, bytes.length)))
    },
  }
}

/** By lead byte × 256 + trail byte. */
function otherSyllables(host: Decoder): ReadonlyMap<number, string> {
  const known = new Set<string>()
  for (let lead = 0xb0; lead <= 0xc8; lead++) for (let trail = 0xa1; trail < 0xff; trail++) known.add(host.decode(Uint8Array.of(lead, trail)))
  const found = new Map([[0xa2e6, '€'], [0xa2e7, '®']])
  let syllable = 0xac00
  for (let lead = 0x81; lead <= 0xc6; lead++) {
    for (let trail = 0x41; trail < (lead < 0xa1 ? 0xff : 0xa1); trail++) {
      if ((trail > 0x5a && trail < 0x61) || (trail > 0x7a && trail < 0x81)) continue
      while (known.has(String.fromCharCode(syllable))) syllable++
      if (syllable > 0xd7a3) return found
      found.set(lead << 8 | trail, String.fromCharCode(syllable++))
    }
  }
  return found
}

/** Where a code page of Windows is not what the host's decoder of the nearest label has. */
const differences: Readonly<Record<number, (byte: number) => string | undefined>> = {
  10000: (byte) => byte === 0xbd ? '\u2126' : undefined,
  10007: (byte) => byte === 0xa2 ? '¢' : byte === 0xb6 ? '∂' : byte === 0xff ? '¤' : undefined,
  10017: (byte) => byte === 0xff ? '¤' : undefined,
  28599: (byte) => byte >= 0x80 && byte < 0xa0 ? String.fromCharCode(byte) : undefined,
}

function encoderOf(id: number, label: string, decoder: Decoder): Encode {
  if (label === 'iso-2022-jp') return encodeIso2022
  if (label === 'gb18030') return gb18030Encoder(decoder)
  const table = reverseTable(decoder, id)
  return (text) => encodeWith(table, text)
}

export function isKnownCodePage(id: number): boolean {
  return id === 0 || id === 1 || id === 3 || id === 65001 || id === 20127 || id === 28591 || id in labels || oemCodePage(id) !== undefined
}

type Encode = CodePage['encode']

interface Decoder {
  decode(bytes: Uint8Array): string
}

/** Node.js 20 decodes this label as ISO 8859-1: the 32 characters where the two differ are put right here. */
const windows1252: Decoder = {
  decode: (bytes) => latin1Text(bytes).replace(/[\u0080-\u009f]/g, (one) => windows1252Extras[one.charCodeAt(0) - 0x80]!),
}
const windows1252Extras = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

const utf8: CodePage = {
  id: 65001,
  decode: (bytes) => (bytes.length < longText ? plainText(bytes) : undefined) ?? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
  encode: (text) => new TextEncoder().encode(text),
}

function singleByte(id: number, limit: number): CodePage {
  return {
    id,
    decode: (bytes) => latin1Text(bytes),
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
    decode: (bytes) => latin1Text(bytes).replace(/[\u0080-\u00ff]/g, (one) => upper[one.charCodeAt(0) - 0x80]!),
    encode: (text) => encodeAscii(text) ?? encodeWith(reverse ??= upperTable(upper), text),
  }
}

function upperTable(upper: string): Map<string, number> {
  const table = new Map(Array.from({ length: 0x80 }, (_, byte) => [String.fromCharCode(byte), byte]))
  for (const [index, character] of [...upper].entries()) if (character !== '\ufffd') table.set(character, 0x80 + index)
  return table
}

/** From so many bytes on, the host's decoder and encoder are faster than we are. */
const longText = 1024
const longTextToEncode = 64
/** In a loop over the bytes this takes longer than all the rest of a short command, until the loop is compiled. */
const beyondAscii = /[\x80-\xff]/

/** `undefined` for what is not ASCII. */
function plainText(bytes: Uint8Array): string | undefined {
  if (bytes.length < longText) {
    const text = characters(bytes)
    return beyondAscii.test(text) ? undefined : text
  }
  const text = new TextDecoder().decode(bytes)
  // UTF-8 has a character for each byte of ASCII, and of what is no UTF-8.
  return text.length === bytes.length && !text.includes('\ufffd') ? text : undefined
}

/** Each byte as the character of that number. */
export function latin1Text(bytes: Uint8Array): string {
  const plain = bytes.length < longText ? undefined : plainText(bytes)
  if (plain !== undefined || bytes.length <= 8192) return plain ?? characters(bytes)
  let text = ''
  for (let offset = 0; offset < bytes.length; offset += 8192) text += characters(bytes.subarray(offset, offset + 8192))
  return text
}

function characters(bytes: Uint8Array): string {
  return String.fromCharCode.apply(undefined, bytes as unknown as number[])
}

function encodeAscii(text: string): Uint8Array | undefined {
  if (text.length >= longTextToEncode) {
    const encoded = new TextEncoder().encode(text)
    return encoded.length === text.length ? encoded : undefined
  }
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit >= 0x80) return undefined
    bytes[index] = unit
  }
  return bytes
}

/** Character → one byte, or lead byte × 256 + trail byte. The first byte sequence that decodes to a character wins. */
function reverseTable(decoder: Decoder, id: number): Map<string, number> {
  const table = new Map<string, number>()
  const add = (bytes: Uint8Array, code: number): void => {
    const text = decoder.decode(bytes)
    if ([...text].length === 1 && text !== '\ufffd' && (!table.has(text) || (id === 950 && lastWinsInBig5.has(text)))) table.set(text, code)
  }
  const one = new Uint8Array(1)
  const two = new Uint8Array(2)
  const leads: number[] = []
  for (let byte = 0; byte < 256; byte++) {
    one[0] = byte
    add(one, byte)
    if (byte >= 0x80 && decoder.decode(one) === '\ufffd') leads.push(byte)
  }
  for (const lead of preferred(leads, id)) {
    two[0] = lead
    for (let trail = 0x30; trail < 256; trail++) {
      two[1] = trail
      add(two, lead << 8 | trail)
    }
  }
  return table
}

/** As in Windows: IBM's extensions of Shift JIS before NEC's choice of them; of Big5 nothing that Hong Kong added in front. */
function preferred(leads: readonly number[], id: number): readonly number[] {
  if (id === 932) return [...leads.filter((lead) => lead !== 0xed && lead !== 0xee), 0xed, 0xee]
  return id === 950 ? leads.filter((lead) => lead >= 0xa1) : leads
}

const lastWinsInBig5: ReadonlySet<string> = new Set('═╞╡╪十卅')
const escape = 0x1b

/** Between ESC $ B and ESC ( B, the bytes of EUC-JP without their high bits. */
function encodeIso2022(text: string): Uint8Array | undefined {
  const page = codePage(51932)
  const bytes: number[] = []
  let isWide = false
  for (const character of text) {
    const wide = page.encode(character)
    if (wide === undefined || (wide.length === 2 && wide[0] === 0x8e)) return undefined
    if ((wide.length === 2) !== isWide) bytes.push(...(isWide ? [escape, 0x28, 0x42] : [escape, 0x24, 0x42]))
    isWide = wide.length === 2
    for (const byte of wide) bytes.push(byte & 0x7f)
  }
  if (isWide) bytes.push(escape, 0x28, 0x42)
  return Uint8Array.from(bytes)
}

/** Two bytes as in GBK; four for the rest of the basic plane, found by decoding them all, and counted beyond it. */
function gb18030Encoder(decoder: Decoder): Encode {
  const short = reverseTable(decoder, 54936)
  // The byte 0x80 is the euro sign of code page 936; here it has two bytes.
  short.set('€', 0xa2e3)
  const long = new Map<string, number>()
  for (let index = 0; index < 39420; index++) {
    const text = decoder.decode(gb18030Bytes(index))
    if (text.length === 1 && text !== '\ufffd') long.set(text, index)
  }
  return (text) => {
    const bytes: number[] = []
    for (const character of text) {
      const code = short.get(character)
      const point = character.codePointAt(0)!
      const index = point > 0xffff ? 189000 + point - 0x10000 : long.get(character)
      if (code !== undefined) bytes.push(...(code > 0xff ? [code >> 8, code & 0xff] : [code]))
      else if (index !== undefined) bytes.push(...gb18030Bytes(index))
      else return undefined
    }
    return Uint8Array.from(bytes)
  }
}

function gb18030Bytes(index: number): Uint8Array {
  return Uint8Array.of(0x81 + Math.floor(index / 12600), 0x30 + Math.floor(index / 1260) % 10, 0x81 + Math.floor(index / 10) % 126, 0x30 + index % 10)
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
