// Conversions between subtypes. Objects are no concern here: whoever converts has taken their default value before.
// https://learn.microsoft.com/previous-versions/0zk841e9(v=vs.85) (conversion functions)
import { isDateSerial, parseDate } from './dates.ts'
import { numberText, parseNumber } from './number-text.ts'
import { scriptError } from './script-error.ts'
import { date, double, integer, missing, VariantNumber, VariantType, type NumberType, type Variant } from './variant.ts'

/** Bounds of each integral subtype. */
const ranges: Partial<Record<NumberType, readonly [number, number]>> = {
  2: [-32768, 32767], 3: [-2147483648, 2147483647], 17: [0, 255],
}

/** @throws ScriptError 94 of Null, 13 of arrays and objects */
export function toText(value: Variant): string {
  if (typeof value === 'string') return value
  if (value === undefined) return ''
  if (value instanceof VariantNumber) return numberText(value)
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value === null) throw scriptError(94)
  throw scriptError(13)
}

/** The number of a Variant, its subtype kept. A string is a Double. @throws ScriptError 13 */
export function toVariantNumber(value: Variant): VariantNumber {
  if (value instanceof VariantNumber) return value
  if (value === undefined) return integer(0)
  if (typeof value === 'boolean') return integer(value ? -1 : 0)
  if (typeof value === 'string') {
    const number = parseNumber(value)
    if (number === undefined) throw scriptError(13, `[string: "${value.slice(0, 60)}"]`)
    if (!Number.isFinite(number)) throw scriptError(6)
    return double(number)
  }
  if (value === null) throw scriptError(94)
  throw scriptError(13)
}

export function toNumber(value: Variant): number {
  return toVariantNumber(value).value
}

/** Text of a boolean counts too; Null is false for conditions. */
export function toBoolean(value: Variant): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string') {
    if (/^\s*#?true#?\s*$/i.test(value)) return true
    if (/^\s*#?false#?\s*$/i.test(value)) return false
  }
  return toNumber(value) !== 0
}

/** Rounded half to even, checked against the subtype. @throws ScriptError 6 */
export function toIntegral(value: Variant, type: 2 | 3 | 17): number {
  const number = roundHalfEven(toNumber(value))
  const [least, most] = ranges[type]!
  if (!(number >= least && number <= most)) throw scriptError(6)
  return number
}

export function toLong(value: Variant): number {
  return toIntegral(value, VariantType.long)
}

/** A whole number that may be beyond a Long, for arguments that are checked otherwise. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  const rounded = rest < 0.5 ? floor : rest > 0.5 ? floor + 1 : floor % 2 === 0 ? floor : floor + 1
  return rounded === 0 ? 0 : rounded
}

/** @throws ScriptError 13 what is no date, 6 what is out of range */
export function toDate(value: Variant, currentYear: number): VariantNumber {
  if (value instanceof VariantNumber && value.type === VariantType.date) return value
  if (typeof value === 'string') {
    const serial = parseDate(value, currentYear)
    if (serial !== undefined) return date(serial)
  }
  const serial = toNumber(value)
  if (!isDateSerial(serial)) throw scriptError(6)
  return date(serial)
}

/** @throws ScriptError 6 */
export function toSubtype(value: Variant, type: NumberType): VariantNumber {
  if (type === VariantType.integer || type === VariantType.long || type === VariantType.byte) return new VariantNumber(type, toIntegral(value, type))
  const number = toNumber(value)
  return realOf(number, type)
}

/** @throws ScriptError 6 */
export function realOf(number: number, type: NumberType): VariantNumber {
  if (!Number.isFinite(number)) throw scriptError(6)
  switch (type) {
    case VariantType.single: {
      const single = Math.fround(number)
      if (!Number.isFinite(single)) throw scriptError(6)
      return new VariantNumber(type, single)
    }
    case VariantType.currency: {
      if (Math.abs(number) >= 922337203685477.6) throw scriptError(6)
      return new VariantNumber(type, roundHalfEven(number * 10000) / 10000)
    }
    case VariantType.date: {
      if (!isDateSerial(number)) throw scriptError(6)
      return date(number)
    }
    default: return new VariantNumber(type, number)
  }
}

/** A whole number in the subtype if it fits, in the next wider one if not. */
export function integralOf(value: number, type: 2 | 3 | 17): VariantNumber {
  const [least, most] = ranges[type]!
  if (value >= least && value <= most) return type === VariantType.integer ? integer(value) : new VariantNumber(type, value)
  if (type === VariantType.byte && value >= -32768 && value <= 32767) return integer(value)
  return value >= -2147483648 && value <= 2147483647 ? new VariantNumber(VariantType.long, value) : double(value)
}

/** What IsNumeric answers. */
export function isNumeric(value: Variant): boolean {
  if (typeof value === 'string') return parseNumber(value) !== undefined
  return value === undefined || typeof value === 'boolean' || (value instanceof VariantNumber && value.type !== VariantType.date)
}

/** Optional arguments: left out or passed as missing. */
export function isGiven(value: Variant): boolean {
  return value !== undefined && value !== missing
}
