// Numbers as text and text as numbers, in the locale en-US. A Double shows 15 significant digits, a Single 7.
// https://learn.microsoft.com/previous-versions/zbb0fhxa(v=vs.85) (CStr), CDbl
import { formatDate } from './dates.ts'
import { VariantType, type VariantNumber } from './variant.ts'

export function numberText({ type, value }: VariantNumber): string {
  switch (type) {
    case VariantType.date: return formatDate(value)
    case VariantType.single: return realText(value, 7)
    case VariantType.double: return realText(value, 15)
    case VariantType.currency: return trimZeros(value.toFixed(4))
    default: return String(value)
  }
}

/** Without an exponent as long as all digits stand within `digits` places before or after the point. */
function realText(value: number, digits: number): string {
  if (Number.isNaN(value)) return '-1.#IND'
  if (!Number.isFinite(value)) return value < 0 ? '-1.#INF' : '1.#INF'
  if (value === 0) return '0'
  const [mantissa, exponentText] = Math.abs(value).toExponential(digits - 1).split('e') as [string, string]
  const exponent = Number(exponentText)
  const significant = trimZeros(mantissa).replace('.', '')
  const sign = value < 0 ? '-' : ''
  if (exponent >= 0 && exponent < digits) {
    const whole = significant.slice(0, exponent + 1).padEnd(exponent + 1, '0')
    const fraction = significant.slice(exponent + 1)
    return sign + whole + (fraction === '' ? '' : `.${fraction}`)
  }
  if (exponent < 0 && significant.length - exponent - 1 <= digits) return `${sign}0.${'0'.repeat(-exponent - 1)}${significant}`
  return `${sign}${significant[0]!}${significant.length > 1 ? `.${significant.slice(1)}` : ''}E${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

const decimal = /^([+-]?)\$?(\d[\d,]*(?:\.\d*)?|\.\d+)(?:[eEdD]([+-]?\d+))?([+-]?)$/

/** `undefined` when the text is no number. */
export function parseNumber(text: string): number | undefined {
  let rest = text.trim()
  const bits = /^&(?:h([0-9a-f]+)|o?([0-7]+))(&?)$/i.exec(rest)
  if (bits !== null) return signed(bits[1] === undefined ? Number.parseInt(bits[2]!, 8) : Number.parseInt(bits[1], 16), bits[3] === '&')
  let negative = false
  if (rest.startsWith('(') && rest.endsWith(')')) {
    negative = true
    rest = rest.slice(1, -1).trim()
  }
  rest = rest.replace(/^([+-]?)\s+/, '$1').replace(/^\$([+-])/, '$1$')
  const match = decimal.exec(rest)
  if (match === null) return undefined
  const [, sign, digits, exponent, trailing] = match
  if (sign !== '' && trailing !== '') return undefined
  const value = Number(`${digits!.replaceAll(',', '')}e${exponent ?? '0'}`)
  return negative !== (sign === '-' || trailing === '-') ? -value : value
}

/** Hexadecimal and octal numbers are bit patterns of an Integer or a Long; an ampersand behind makes it a Long. */
function signed(value: number, isLong: boolean): number | undefined {
  if (value > 0xffffffff) return undefined
  return value <= 0xffff && !isLong ? (value > 0x7fff ? value - 0x10000 : value) : value | 0
}
