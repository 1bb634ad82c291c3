// The text of an .ini file changed as WritePrivateProfileString changes it: one line at a time, everything else kept,
// whatever the encoding. https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-writeprivateprofilestringw
import { codePage, decodeUtf16, encodeUtf16, foldCase } from '../../base/index.ts'

export type IniMode = 'add-line' | 'create-line' | 'add-tag' | 'remove-line' | 'remove-tag'

export interface IniChange {
  readonly section: string
  /** Empty with `remove-line`: the whole section. */
  readonly key: string
  readonly value: string
  readonly mode: IniMode
}

/** The changed file; `undefined` when nothing changes. No bytes: there is no such file yet. */
export function changeIniFile(bytes: Uint8Array | undefined, change: IniChange): Uint8Array | undefined {
  const encoding = encodingOf(bytes, change)
  const text = encoding.decode(bytes ?? new Uint8Array(0))
  const changed = changeIniText(text, {
    section: encoding.narrow(change.section), key: encoding.narrow(change.key), value: encoding.narrow(change.value), mode: change.mode,
  })
  return changed === text ? undefined : encoding.encode(changed)
}

/** Whether there is nothing but headings and blank lines. */
export function isEmptyIniFile(bytes: Uint8Array): boolean {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  const text = isUtf16 ? decodeUtf16(bytes.subarray(2)) : codePage(28591).decode(bytes)
  return text.split(/\r\n|\r|\n/).every((line) => line.trim() === '' || sectionName(line) !== undefined)
}

export function changeIniText(text: string, { section, key, value, mode }: IniChange): string {
  const lines = text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []
  const place = findSection(lines, section)
  const at = place === undefined ? -1 : findKey(lines, place, key)
  const present = at < 0 ? undefined : valueOf(lines[at]!)
  switch (mode) {
    case 'add-line': return setLine(lines, section, key, value)
    case 'create-line': return present === undefined ? setLine(lines, section, key, value) : text
    case 'add-tag': {
      const tags = tagsOf(present)
      return tags.some((tag) => foldCase(tag) === foldCase(value)) ? text : setLine(lines, section, key, [...tags, value].join(','))
    }
    case 'remove-line':
      if (place !== undefined && key === '') lines.splice(place.header, place.end - place.header)
      else if (at >= 0) lines.splice(at, 1)
      return lines.join('')
    case 'remove-tag': {
      const left = tagsOf(present).filter((tag) => foldCase(tag) !== foldCase(value))
      if (present === undefined || left.length === tagsOf(present).length) return text
      if (left.length > 0) return setLine(lines, section, key, left.join(','))
      lines.splice(at, 1)
      return lines.join('')
    }
  }
}

interface Section {
  /** Index of the line with its name. */
  readonly header: number
  /** Index after its last line. */
  readonly end: number
}

function findSection(lines: readonly string[], name: string): Section | undefined {
  const header = lines.findIndex((line) => sameText(sectionName(line), name))
  if (header < 0) return undefined
  const next = lines.findIndex((line, index) => index > header && sectionName(line) !== undefined)
  return { header, end: next < 0 ? lines.length : next }
}

function findKey(lines: readonly string[], { header, end }: Section, key: string): number {
  for (let index = header + 1; index < end; index++) {
    const line = lines[index]!
    const equals = line.indexOf('=')
    if (!line.trimStart().startsWith(';') && sameText((equals < 0 ? line : line.slice(0, equals)).trim(), key)) return index
  }
  return -1
}

function setLine(lines: string[], section: string, key: string, value: string): string {
  const place = findSection(lines, section)
  if (place === undefined) {
    endLastLine(lines)
    lines.push(`[${section}]\r\n`, `${key}=${value}\r\n`)
    return lines.join('')
  }
  const at = findKey(lines, place, key)
  if (at >= 0) {
    const line = lines[at]!
    const equals = line.indexOf('=')
    lines[at] = `${equals < 0 ? line.trimEnd() : line.slice(0, equals)}=${value}${/[\r\n]*$/.exec(line)![0]}`
    return lines.join('')
  }
  let after = place.end
  while (after > place.header + 1 && lines[after - 1]!.trim() === '') after--
  if (after === lines.length) endLastLine(lines)
  lines.splice(after, 0, `${key}=${value}\r\n`)
  return lines.join('')
}

function endLastLine(lines: string[]): void {
  const last = lines.at(-1)
  if (last !== undefined && !/[\r\n]$/.test(last)) lines[lines.length - 1] = `${last}\r\n`
}

function sectionName(line: string): string | undefined {
  const trimmed = line.trim()
  const close = trimmed.indexOf(']')
  return trimmed.startsWith('[') && close > 0 ? trimmed.slice(1, close).trim() : undefined
}

function valueOf(line: string): string {
  const equals = line.indexOf('=')
  return equals < 0 ? '' : line.slice(equals + 1).trim()
}

function tagsOf(value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : value.split(',').map((tag) => tag.trim())
}

function sameText(a: string | undefined, b: string): boolean {
  return a !== undefined && foldCase(a) === foldCase(b.trim())
}

interface Encoding {
  decode(bytes: Uint8Array): string
  encode(text: string): Uint8Array
  /** Text as it looks in a decoded file. */
  narrow(text: string): string
}

const mark = '\ufeff'
const utf16: Encoding = {
  decode: decodeUtf16,
  encode: (text) => encodeUtf16(text.startsWith(mark) ? text : mark + text),
  narrow: (text) => text,
}

/** With a byte order mark UTF-16; else the ANSI code page, its bytes kept one by one. */
function encodingOf(bytes: Uint8Array | undefined, change: IniChange): Encoding {
  if (bytes !== undefined && bytes[0] === 0xff && bytes[1] === 0xfe) return utf16
  const ansi = codePage(1252)
  // A new file is Unicode only when it must be, so that programs which read ANSI find it.
  if (bytes === undefined && ansi.encode(change.section + change.key + change.value) === undefined) return utf16
  const bytewise = codePage(28591)
  return {
    decode: (all) => bytewise.decode(all),
    encode: (text) => bytewise.encode(text)!,
    narrow: (text) => bytewise.decode(Uint8Array.from([...text].flatMap((one) => [...ansi.encode(one) ?? [0x3f]]))),
  }
}
