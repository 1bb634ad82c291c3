// The lines of Wine's text hives: escapes of names and strings, and the forms of values. Escapes: a backslash before
// itself and the closing characters, C's letters for control characters, octal below U+0020, `\x` and hexadecimal
// digits above U+007F (four of them where the next character is a digit itself).
import { bytesFromHex, decodeUtf16, encodeUtf16, type RawRegistryValue, registryTypes } from '../base/index.ts'

const letters: Readonly<Record<string, string>> = { '\x07': 'a', '\b': 'b', '\x1b': 'e', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't', '\v': 'v' }
const characters: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(letters).map(([character, letter]) => [letter, character]))
const { REG_SZ, REG_EXPAND_SZ, REG_MULTI_SZ, REG_BINARY, REG_DWORD } = registryTypes

/** `closing` are the characters that get a backslash too: `"` in strings, `[]` in the names of keys. */
export function escapeText(text: string, closing: '"' | '[]'): string {
  const special = closing === '"' ? /[\u0000-\u001f"\\]|[^\u0000-\u007f]/g : /[\u0000-\u001f[\]\\]|[^\u0000-\u007f]/g
  let from = 0
  let escaped = ''
  for (const match of text.matchAll(special)) {
    escaped += text.slice(from, match.index)
    // A character beyond U+FFFF matches as its two halves: the pattern is not a Unicode one.
    from = match.index + 1
    escaped += escapeUnit(text.charCodeAt(match.index), text.charCodeAt(from))
  }
  return escaped + text.slice(from)
}

/** `next` is NaN at the end. */
function escapeUnit(unit: number, next: number): string {
  if (unit > 0x7f) return `\\x${isHexDigit(next) ? unit.toString(16).padStart(4, '0') : unit.toString(16)}`
  const character = String.fromCharCode(unit)
  if (unit >= 0x20) return `\\${character}`
  const letter = letters[character]
  if (letter !== undefined) return `\\${letter}`
  return `\\${next >= 0x30 && next <= 0x37 ? unit.toString(8).padStart(3, '0') : unit.toString(8)}`
}

/** Reads escaped text from `start` to the first `end` that is not escaped; `undefined` when there is none. */
export function unescapeUntil(line: string, start: number, end: string): { text: string; next: number } | undefined {
  let text = ''
  for (let from = start; ;) {
    const close = line.indexOf(end, from)
    if (close < 0) return undefined
    const backslash = line.indexOf('\\', from)
    if (backslash < 0 || backslash > close) return { text: text + line.slice(from, close), next: close + 1 }
    const escape = /^\\(?:x([0-9a-fA-F]{1,4})|([0-7]{1,3})|([^]))/.exec(line.slice(backslash, backslash + 6))
    if (escape === null) return undefined
    const [whole, hexDigits, octalDigits, other] = escape
    text += line.slice(from, backslash)
    if (hexDigits !== undefined) text += String.fromCharCode(Number.parseInt(hexDigits, 16))
    else if (octalDigits !== undefined) text += String.fromCharCode(Number.parseInt(octalDigits, 8))
    else text += characters[other!] ?? other!
    from = backslash + whole.length
  }
}

/** The lines of a value, without the last line feed. */
export function valueLines({ name, type, data }: RawRegistryValue): string {
  const start = name === '' ? '@=' : `"${escapeText(name, '"')}"=`
  const text = textForm(type, data)
  if (text !== undefined) return `${start}${text}`
  if (type === REG_DWORD && data.length === 4) {
    return `${start}dword:${(new DataView(data.buffer, data.byteOffset, 4).getUint32(0, true)).toString(16).padStart(8, '0')}`
  }
  return hexLines(`${start}${type === REG_BINARY ? 'hex:' : `hex(${type.toString(16)}):`}`, data)
}

function textForm(type: number, data: Uint8Array): string | undefined {
  if (type !== REG_SZ && type !== REG_EXPAND_SZ && type !== REG_MULTI_SZ) return undefined
  if (data.length < 2 || data.length % 2 !== 0 || data[data.length - 1] !== 0 || data[data.length - 2] !== 0) return undefined
  return `${type === REG_SZ ? '' : `str(${type}):`}"${escapeText(decodeUtf16(data.subarray(0, -2)), '"')}"`
}

/** Lines are broken after column 76. */
function hexLines(start: string, data: Uint8Array): string {
  let lines = start
  let column = start.length
  for (let index = 0; index < data.length; index++) {
    lines += data[index]!.toString(16).padStart(2, '0')
    if (index === data.length - 1) break
    lines += ','
    column += 3
    if (column > 76) {
      lines += '\\\n  '
      column = 2
    }
  }
  return lines
}

/** One value; its continuation lines are joined already. `undefined` when the line is none. */
export function parseValue(line: string): RawRegistryValue | undefined {
  const name = line.startsWith('@') ? { text: '', next: 1 } : line.startsWith('"') ? unescapeUntil(line, 1, '"') : undefined
  if (name === undefined || line[name.next] !== '=') return undefined
  const parsed = parseData(line, name.next + 1)
  return parsed === undefined ? undefined : { name: name.text, ...parsed }
}

function parseData(line: string, start: number): { type: number; data: Uint8Array } | undefined {
  const form = /(?:"|str(?:\(([0-9a-f]{1,8})\))?:"|dword:([0-9a-f]{1,8})|hex(?:\(([0-9a-f]{1,8})\))?:)/iy
  form.lastIndex = start
  const match = form.exec(line)
  if (match === null) return undefined
  const [whole, textType, number, hexType] = match
  if (whole.endsWith('"')) {
    const text = unescapeUntil(line, form.lastIndex, '"')
    return text && { type: textType === undefined ? REG_SZ : Number.parseInt(textType, 16), data: encodeUtf16(`${text.text}\0`) }
  }
  if (number !== undefined) {
    const data = new Uint8Array(4)
    new DataView(data.buffer).setUint32(0, Number.parseInt(number, 16), true)
    return { type: REG_DWORD, data }
  }
  const data = parseBytes(line.slice(form.lastIndex))
  return data && { type: hexType === undefined ? REG_BINARY : Number.parseInt(hexType, 16), data }
}

function parseBytes(list: string): Uint8Array | undefined {
  const digits = list.replace(/[\s,]/g, '')
  return bytesFromHex(digits)
}

function isHexDigit(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x46) || (unit >= 0x61 && unit <= 0x66)
}
