// String functions. Places count from 1. https://learn.microsoft.com/previous-versions/3ca8tfek(v=vs.85) (VBScript Functions)
import { isGiven, toLong, toText } from '../values/convert.ts'
import { scriptError } from '../values/script-error.ts'
import { integer, isArray, long, type Variant } from '../values/variant.ts'
import { VariantArray } from '../values/variant-array.ts'
import { between, checkedLength, comparison, fixed, ofValue, optionalLong, optionalText, type Builtin, type BuiltinTable } from './builtin.ts'

/** The characters 0x80 to 0x9F of the code page 1252; the others are those of Unicode. */
const high1252 = '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178'

const len = ofValue((value) => long(toText(value).length))
const trim = (pattern: RegExp): Builtin => ofValue((value) => toText(value).replace(pattern, ''))
const ascii = fixed(1, ([value]) => {
  const text = toText(value)
  if (text === '') throw scriptError(5)
  const at = high1252.indexOf(text[0]!)
  const code = at >= 0 ? at + 0x80 : text.charCodeAt(0)
  return integer(code < 256 ? code : 63)
})

export const stringFunctions: BuiltinTable = {
  Len: len,
  LenB: ofValue((value) => long(toText(value).length * 2)),
  Left: fixed(2, ([value, count]) => value === null ? null : toText(value).slice(0, length(count))),
  Right: fixed(2, ([value, count]) => {
    if (value === null) return null
    const text = toText(value)
    return text.slice(Math.max(0, text.length - length(count)))
  }),
  Mid: between(2, 3, ([value, start, count]) => {
    if (value === null) return null
    const from = toLong(start)
    if (from < 1) throw scriptError(5)
    const text = toText(value)
    return isGiven(count) ? text.slice(from - 1, from - 1 + length(count)) : text.slice(from - 1)
  }),
  LCase: ofValue((value) => toText(value).toLowerCase()),
  UCase: ofValue((value) => toText(value).toUpperCase()),
  LTrim: trim(/^ +/), RTrim: trim(/ +$/),
  Trim: ofValue((value) => toText(value).replace(/^ +/, '').replace(/ +$/, '')),
  Space: fixed(1, ([count]) => ' '.repeat(checkedLength(length(count)))),
  String: fixed(2, ([count, character]) => {
    if (character === null) return null
    const unit = typeof character === 'string' ? character[0] : characterOf(toLong(character) & 0xff)
    if (unit === undefined) throw scriptError(5)
    return unit.repeat(checkedLength(length(count)))
  }),
  StrReverse: fixed(1, ([value]) => toText(value).split('').toReversed().join('')),
  StrComp: between(2, 3, ([left, right, mode]) => {
    if (left === null || right === null) return null
    const fold = comparison(mode)
    const a = fold(toText(left))
    const b = fold(toText(right))
    return integer(a < b ? -1 : a > b ? 1 : 0)
  }),
  InStr: between(2, 4, inStr),
  InStrRev: between(2, 4, inStrRev),
  Replace: between(3, 6, replace),
  Split: between(1, 4, split),
  Join: between(1, 2, ([list, delimiter]) => {
    if (!isArray(list)) throw scriptError(13)
    if (list.bounds.length !== 1) throw scriptError(list.bounds.length === 0 ? 9 : 5)
    const texts = list.cells.map((cell) => toText(cell))
    const separator = optionalText(delimiter, ' ')
    checkedLength(texts.reduce((sum, text) => sum + text.length + separator.length, 0))
    return texts.join(separator)
  }),
  Filter: between(2, 4, ([list, value, include, mode]) => {
    if (!isArray(list)) throw scriptError(13)
    const fold = comparison(mode)
    const wanted = fold(toText(value))
    const keeps = !isGiven(include) || include !== false
    return VariantArray.of(list.cells.map((cell) => toText(cell)).filter((text) => fold(text).includes(wanted) === keeps))
  }),
  Asc: ascii, AscB: fixed(1, ([value]) => integer(firstUnit(value) & 0xff)), AscW: fixed(1, ([value]) => integer(signed16(firstUnit(value)))),
  Chr: fixed(1, ([code]) => {
    const number = toLong(code)
    if (number < 0 || number > 255) throw scriptError(5)
    return characterOf(number)
  }),
  ChrB: fixed(1, ([code]) => String.fromCharCode(toLong(code) & 0xff)),
  ChrW: fixed(1, ([code]) => {
    const number = toLong(code)
    if (number < -32768 || number > 65535) throw scriptError(5)
    return String.fromCharCode(number & 0xffff)
  }),
  Escape: fixed(1, ([value]) => escapeText(toText(value))),
  Unescape: fixed(1, ([value]) => toText(value).replace(/%u([0-9a-f]{4})|%([0-9a-f]{2})/gi, (_, wide: string | undefined, narrow: string | undefined) => String.fromCharCode(Number.parseInt(wide ?? narrow!, 16)))),
}

function length(value: Variant): number {
  const count = toLong(value)
  if (count < 0) throw scriptError(5)
  return count
}

function characterOf(code: number): string {
  return code >= 0x80 && code < 0xa0 ? high1252[code - 0x80]! : String.fromCharCode(code)
}

function firstUnit(value: Variant): number {
  const text = toText(value)
  if (text === '') throw scriptError(5)
  return text.charCodeAt(0)
}

function signed16(unit: number): number {
  return unit > 0x7fff ? unit - 0x10000 : unit
}

/** `InStr([start,] text, wanted[, compare])`: with four arguments, or a number first, the start is given. */
function inStr(args: readonly Variant[]): Variant {
  const hasStart = args.length > 2
  const [start, text, wanted, mode] = hasStart ? args : [undefined, ...args]
  const from = hasStart ? toLong(start) : 1
  if (from < 1) throw scriptError(5)
  if (text === null || wanted === null) return null
  const fold = comparison(mode)
  const haystack = fold(toText(text))
  const needle = fold(toText(wanted))
  if (haystack === '' || from > haystack.length) return long(0)
  return long(haystack.indexOf(needle, from - 1) + 1)
}

function inStrRev([text, wanted, start, mode]: readonly Variant[]): Variant {
  if (text === null || wanted === null) return null
  const fold = comparison(mode)
  const haystack = fold(toText(text))
  const needle = fold(toText(wanted))
  const from = optionalLong(start, -1)
  if (from === 0 || from < -1) throw scriptError(5)
  const last = from === -1 ? haystack.length : from
  if (haystack === '' || last > haystack.length) return long(0)
  if (needle === '') return long(last)
  return long(last < needle.length ? 0 : haystack.lastIndexOf(needle, last - needle.length) + 1)
}

function replace([value, find, by, start, count, mode]: readonly Variant[]): Variant {
  if (value === null || find === null || by === null) throw scriptError(94)
  const from = optionalLong(start, 1)
  const limit = optionalLong(count, -1)
  if (from < 1 || limit < -1) throw scriptError(5)
  const fold = comparison(mode)
  const text = toText(value).slice(from - 1)
  const wanted = fold(toText(find))
  const replacement = toText(by)
  if (wanted === '' || limit === 0) return text
  const folded = fold(text)
  const parts = cutAt(text, folded, wanted, limit === -1 ? Infinity : limit)
  checkedLength(text.length + (parts.length - 1) * (replacement.length - wanted.length))
  return parts.join(replacement)
}

function split([value, delimiter, count, mode]: readonly Variant[]): Variant {
  const text = toText(value)
  const separator = optionalText(delimiter, ' ')
  const limit = optionalLong(count, -1)
  if (limit < -1) throw scriptError(5)
  if (text === '' || limit === 0) return new VariantArray([-1])
  if (separator === '') return VariantArray.of([text])
  const fold = comparison(mode)
  return VariantArray.of(cutAt(text, fold(text), fold(separator), limit === -1 ? Infinity : limit - 1))
}

/** The pieces of a text between occurrences in its folded form, of which at most `most` are found. */
function cutAt(text: string, folded: string, wanted: string, most: number): string[] {
  const parts: string[] = []
  let at = 0
  while (parts.length < most) {
    const hit = folded.indexOf(wanted, at)
    if (hit < 0) break
    parts.push(text.slice(at, hit))
    at = hit + wanted.length
  }
  parts.push(text.slice(at))
  return parts
}

function escapeText(text: string): string {
  return text.replace(/[^A-Za-z0-9@*_+\-./]/g, (unit) => {
    const code = unit.charCodeAt(0)
    return code < 256 ? `%${code.toString(16).toUpperCase().padStart(2, '0')}` : `%u${code.toString(16).toUpperCase().padStart(4, '0')}`
  })
}

