// Mathematics and conversions. https://learn.microsoft.com/previous-versions/3ca8tfek(v=vs.85) (VBScript Functions)
import { isGiven, realOf, roundHalfEven, toBoolean, toDate, toLong, toNumber, toSubtype, toText, toVariantNumber } from '../values/convert.ts'
import { negate } from '../values/operators.ts'
import { scriptError } from '../values/script-error.ts'
import { double, integer, long, VariantNumber, VariantType, type Variant } from '../values/variant.ts'
import { between, fixed, ofValue, optionalLong, optionalNumber, type BuiltinTable } from './builtin.ts'

export const numberFunctions: BuiltinTable = {
  Abs: ofValue((value) => {
    const number = toVariantNumber(value)
    return number.value < 0 ? negate(number) : number
  }),
  Sgn: ofValue((value) => integer(Math.sign(toNumber(value)) + 0)),
  Int: ofValue((value) => whole(value, Math.floor)), Fix: ofValue((value) => whole(value, Math.trunc)),
  Sqr: fixed(1, ([value]) => real(Math.sqrt(toNumber(value)))),
  Log: fixed(1, ([value]) => {
    const number = toNumber(value)
    if (number <= 0) throw scriptError(5)
    return double(Math.log(number))
  }),
  Exp: fixed(1, ([value]) => realOf(Math.exp(toNumber(value)), VariantType.double)),
  Sin: fixed(1, ([value]) => double(Math.sin(toNumber(value)))),
  Cos: fixed(1, ([value]) => double(Math.cos(toNumber(value)))),
  Tan: fixed(1, ([value]) => double(Math.tan(toNumber(value)))),
  Atn: fixed(1, ([value]) => double(Math.atan(toNumber(value)))),
  Round: between(1, 2, ([value, places]) => {
    if (value === null) return null
    const digits = optionalLong(places, 0)
    if (digits < 0) throw scriptError(5)
    const number = toVariantNumber(value)
    if (Number.isInteger(number.value)) return number
    return realOf(roundPlaces(number.value, digits), number.type)
  }),
  Rnd: between(0, 1, ([value], { random }) => new VariantNumber(VariantType.single, random.next(optionalNumber(value)))),
  Randomize: between(0, 1, ([seed], { random, host }) => {
    random.randomize(isGiven(seed) ? toNumber(seed) : ((host.now() / 1000) + host.utcOffsetMinutes * 60) % 86400)
    return undefined
  }),
  Hex: ofValue((value) => (toLong(value) >>> 0).toString(16).toUpperCase().replace(/^FFFF(?=[89A-F]...$)/, (prefix) => isShort(value) ? '' : prefix)),
  Oct: ofValue((value) => isShort(value) ? (toLong(value) & 0xffff).toString(8) : (toLong(value) >>> 0).toString(8)),
  CBool: fixed(1, ([value]) => toBoolean(value)),
  CByte: fixed(1, ([value]) => toSubtype(value, VariantType.byte)),
  CCur: fixed(1, ([value]) => toSubtype(value, VariantType.currency)),
  CDbl: fixed(1, ([value]) => toSubtype(value, VariantType.double)),
  CInt: fixed(1, ([value]) => toSubtype(value, VariantType.integer)),
  CLng: fixed(1, ([value]) => long(toLong(value))),
  CSng: fixed(1, ([value]) => toSubtype(value, VariantType.single)),
  CStr: fixed(1, ([value]) => toText(value)),
  CDate: fixed(1, ([value], { currentYear }) => toDate(value, currentYear)),
  CVDate: fixed(1, ([value], { currentYear }) => toDate(value, currentYear)),
  RGB: fixed(3, ([red, green, blue]) => long(channel(red) | (channel(green) << 8) | (channel(blue) << 16))),
}

function real(value: number): Variant {
  if (Number.isNaN(value)) throw scriptError(5)
  return double(value)
}

function whole(value: Variant, cut: (value: number) => number): Variant {
  const number = toVariantNumber(value)
  return new VariantNumber(number.type, cut(number.value) + 0)
}

function roundPlaces(value: number, digits: number): number {
  const scale = 10 ** Math.min(digits, 15)
  const scaled = value * scale
  // 2.675 * 100 is a little less than 267.5, as the number itself is.
  return Number.isFinite(scaled) ? roundHalfEven(Number(scaled.toPrecision(15))) / scale : value
}

function isShort(value: Variant): boolean {
  return typeof value === 'boolean' || value === undefined || (value instanceof VariantNumber && (value.type === VariantType.integer || value.type === VariantType.byte))
}

function channel(value: Variant): number {
  const number = toLong(value)
  if (number < 0) throw scriptError(5)
  return Math.min(number, 255)
}
